//! Tables of `whoami /all`, `/user` and `/groups`, in any language: a ruler of `=`, then rows with a SID.
//!
//! The table of two columns is the user, the one of four the groups of the token.
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/whoami>

use crate::security_descriptor::Sid;

use super::collect::Collector;
use super::{AttributeValue, DirectoryObject};

/// Integrity levels stand among the groups and are none.
const MANDATORY_LABEL: &str = "S-1-16-";

/// Most rows of a table. A token holds at most 1,024 groups.
const MAX_ROWS: usize = 4096;

pub(super) fn looks_like(text: &str) -> bool {
    tables(text).iter().any(|table| !table.rows.is_empty())
}

struct Table<'t> {
    columns: usize,
    rows: Vec<Row<'t>>,
    line: u64,
    /// A row without a SID stood in it, or the text ended in it.
    damaged: bool,
}

struct Row<'t> {
    name: &'t str,
    sid: Sid,
    line: u64,
}

pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let mut object: Option<DirectoryObject> = None;
    for table in tables(text).into_iter().filter(|table| !table.rows.is_empty()) {
        let complete = !table.damaged;
        if table.columns == 2 {
            object.take().into_iter().for_each(|object| collector.push(object));
            let user = object.insert(DirectoryObject::at(table.line));
            for row in table.rows.iter().take(1) {
                user.add("name", Some(AttributeValue::Text(row.name.to_owned())), row.line, true);
                user.add("objectSid", Some(AttributeValue::Text(row.sid.to_string())), row.line, true);
            }
            continue;
        }
        let user = object.get_or_insert_with(|| DirectoryObject::at(table.line));
        for row in table.rows.iter().filter(|row| !row.sid.as_str().starts_with(MANDATORY_LABEL)) {
            user.add("memberOf", Some(AttributeValue::Text(row.name.to_owned())), row.line, complete);
            user.add("tokenGroups", Some(AttributeValue::Text(row.sid.to_string())), row.line, complete);
        }
    }
    object.into_iter().for_each(|object| collector.push(object));
}

fn tables(text: &str) -> Vec<Table<'_>> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    let mut open: Option<usize> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        if let Some((columns, first)) = ruler(line) {
            tables.push(Table { columns, rows: Vec::new(), line: number, damaged: false });
            open = Some(first);
        } else if line.trim().is_empty() {
            open = None;
        } else if let (Some(width), Some(table)) = (open, tables.last_mut()) {
            match row(line, width, number) {
                Some(row) if table.rows.len() < MAX_ROWS => table.rows.push(row),
                Some(_) | None => table.damaged = true,
            }
        }
    }
    // A list that reaches the last line has lost its end: an empty line follows each table.
    if let Some(table) = tables.last_mut().filter(|_| open.is_some() && !text.ends_with('\n')) {
        table.damaged = true;
    }
    tables
}

/// How many columns a ruler has, and the width of the first. Tables of users and groups have two and four.
fn ruler(line: &str) -> Option<(usize, usize)> {
    let is_ruler = line.chars().all(|letter| matches!(letter, '=' | ' '));
    let mut runs = line.split_whitespace();
    let first = runs.next().filter(|_| is_ruler)?.len();
    let columns = runs.count().saturating_add(1);
    matches!(columns, 2 | 4).then_some((columns, first))
}

fn row(line: &str, width: usize, number: u64) -> Option<Row<'_>> {
    let at = line.find("S-1-")?;
    let sid = line.get(at..)?.split_whitespace().next().and_then(Sid::parse)?;
    let before = line.get(..at)?;
    let cut = before.char_indices().nth(width).filter(|(_, letter)| *letter == ' ').map(|(at, _)| at);
    // Where letters are two columns wide, the ruler does not measure characters.
    let name = cut.and_then(|cut| before.get(..cut)).or_else(|| before.split("  ").next())?;
    // The name of an account that is gone is its SID.
    let name = Some(name.trim())
        .filter(|name| !name.is_empty())
        .or_else(|| line.get(at..)?.split_whitespace().next());
    Some(Row { name: name?, sid, line: number })
}
