//! `net user`, `net localgroup` and `net group`: labels in the language of Windows, values in a column.
//!
//! Groups of a user begin with `*` and are cut after 21 characters; groups within groups are not shown.

use unicode_width::UnicodeWidthStr;

use super::collect::Collector;
use super::{AttributeValue, DirectoryObject};
use crate::words::Statement;

/// The label of the first line of `net user`, by language.
const USER_NAME: [&str; 14] = [
    "User name",
    "Benutzername",
    "ユーザー名",
    "Nom d'utilisateur",
    "Nom d’utilisateur",
    "Nombre de usuario",
    "Nome utente",
    "Nome de usuário",
    "Имя пользователя",
    "用户名",
    "使用者名稱",
    "사용자 이름",
    "Gebruikersnaam",
    "Användarnamn",
];

/// The label of the first line of `net localgroup` and `net group`, by language.
const GROUP_NAME: [&str; 6] =
    ["Alias name", "Group name", "Aliasname", "Gruppenname", "エイリアス名", "グループ名"];

/// Lines with a label and a value at the column of the groups that a `net user` has at least.
const MIN_LINES: usize = 5;

/// Most lines of members of a group.
const MAX_MEMBERS: usize = 20_000;

/// Groups stand in a column, and further lines have their values in that column. Where letters are two
/// columns wide, the column counts as the console shows it.
pub(super) fn looks_like_user(text: &str) -> bool {
    let measures: [fn(&str) -> usize; 2] = [|text| text.chars().count(), UnicodeWidthStr::width];
    // A user may be in one group alone; without a label that is known, one column is too little.
    let labelled = text.lines().any(|line| of_label(line, &USER_NAME).is_some());
    let least = if labelled { 1 } else { 2 };
    measures.into_iter().any(|measure| {
        let group_columns = text.lines().filter_map(|line| Some(measure(line.split_once("  *")?.0)));
        let Some(column) = group_columns.clone().next() else { return false };
        let values = text.lines().filter(|line| {
            let value = line.split_once("  ").map(|(_, rest)| rest.trim_start());
            let start = value.and_then(|value| line.strip_suffix(value));
            start.is_some_and(|start| !start.trim().is_empty() && measure(start) == column.saturating_add(2))
        });
        group_columns.filter(|have| *have == column).count() >= least && values.count() >= MIN_LINES
    })
}

/// The groups of a line: `Label   *One   *Two`, or further ones under it.
fn groups(line: &str) -> impl Iterator<Item = &str> {
    let groups = line.split_once("  *").map_or("", |(_, groups)| groups);
    groups.split('*').map(str::trim).filter(|group| !group.is_empty())
}

/// The name of the user in a command that stands above its output: `C:\>net user NAME /domain`.
fn name_in_command<'t>(line: &'t str, command: &str) -> Option<&'t str> {
    let at = line.to_ascii_lowercase().find(command)?;
    let rest = line.get(at.saturating_add(command.len())..)?.trim_start();
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split_whitespace().next(),
    };
    name.filter(|name| !name.is_empty() && !name.starts_with('/'))
}

pub(super) fn read_user(text: &str, collector: &mut Collector<'_>) {
    let mut object: Option<DirectoryObject> = None;
    let mut command: Option<(&str, u64)> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        if let Some(name) = name_in_command(line, "net user ") {
            object.take().into_iter().for_each(|object| collector.push(object));
            command = Some((name, number));
            continue;
        }
        if let Some(name) = of_label(line, &USER_NAME) {
            object.take().into_iter().for_each(|object| collector.push(object));
            command = None;
            let user = object.insert(DirectoryObject::at(number));
            user.add("sAMAccountName", Some(AttributeValue::Text(name.to_owned())), number, true);
            continue;
        }
        let mut groups = groups(line).peekable();
        if groups.peek().is_none() {
            continue;
        }
        let user = object.get_or_insert_with(|| {
            let mut user = DirectoryObject::at(command.map_or(number, |(_, line)| line));
            if let Some((name, line)) = command.take() {
                user.add("sAMAccountName", Some(AttributeValue::Text(name.to_owned())), line, true);
            }
            user
        });
        for group in groups {
            user.add("memberOf", Some(AttributeValue::Text(group.to_owned())), number, false);
        }
    }
    object.into_iter().for_each(|object| collector.push(object));
}

/// The value behind a label that is one of `labels`.
fn of_label<'t>(line: &'t str, labels: &[&str]) -> Option<&'t str> {
    let value = labels.iter().find_map(|label| line.strip_prefix(label))?;
    let apart = value.starts_with([' ', '\t']);
    Some(value.trim()).filter(|value| apart && !value.is_empty())
}

/// A ruler of dashes, as wide as the console.
fn is_ruler(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 70 && line.bytes().all(|byte| byte == b'-')
}

pub(super) fn looks_like_group(text: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| of_label(line, &GROUP_NAME).is_none());
    lines.next().is_some() && lines.take(8).any(is_ruler)
}

pub(super) fn read_group(text: &str, collector: &mut Collector<'_>) {
    let mut lines = (1_u64..).zip(text.lines()).peekable();
    while let Some((number, line)) = lines.next() {
        let Some(name) = of_label(line, &GROUP_NAME) else { continue };
        let mut group = DirectoryObject::at(number);
        group.add("name", Some(AttributeValue::Text(name.to_owned())), number, true);
        while lines.next_if(|(_, line)| !is_ruler(line)).is_some() {}
        let Some((ruler, _)) = lines.next() else {
            collector.gap(number, Statement::new("gap.directory-objects.no-members"));
            return;
        };
        let mut members: Vec<(u64, &str)> = Vec::new();
        while let Some(line) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            if members.len() <= MAX_MEMBERS {
                members.push(line);
            }
        }
        // The command ends with a sentence on its own success; without it the list was cut.
        let ends = |(_, line): &(u64, &str)| line.trim_end().ends_with(['.', '。']);
        let whole = members.len() <= MAX_MEMBERS && members.pop_if(|line| ends(line)).is_some();
        group.add("member", None, ruler, whole);
        for (line, row) in members {
            for member in row.split("  ").map(str::trim).filter(|member| !member.is_empty()) {
                group.add("member", Some(AttributeValue::Text(member.to_owned())), line, whole);
            }
        }
        collector.push(group);
    }
}
