//! Console text of PowerShell's `Get-ItemProperty`: lists of `Name : value`, and the error that a value is
//! not there.
//!
//! PowerShell shows no types: a number is taken for a REG_DWORD, a list in braces tells neither its type
//! nor all of it. The command:
//! <https://learn.microsoft.com/powershell/module/microsoft.powershell.management/get-itemproperty>.

use super::commands::{Command, KeyNamed, Verb, is_prompt};
use super::console::Listing;
use super::key_path::below_control_set;
use super::lines::Line;
use super::selection::Selection;
use super::{RegistryData, RegistryValue};
use crate::source::Place;

/// Properties that PowerShell adds behind the values.
const TRAILER: [&str; 5] = ["PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider"];
/// Properties that remoting adds.
const REMOTING: [&str; 3] = ["PSComputerName", "RunspaceId", "PSShowComputerName"];
/// The error that a value is not there, in every language, without white space.
const NO_SUCH_VALUE: &str = "psargumentexception,microsoft.powershell.commands.getitempropertycommand";
/// Lines in which an error names the value, its key, and itself.
const ERROR_LINES: usize = 14;
/// Characters of them.
const ERROR_CHARS: usize = 8_000;
/// Paths of keys in an error that are looked at. A real one names its key once.
const ERROR_PATHS: usize = 4;
/// Values from which on a list without its command line is taken for the whole key, if their names do not
/// begin alike, as those of a wildcard do.
const WHOLE_KEY: usize = 8;

/// Whether a text holds such a list or error, or a command line of it with a list below.
pub(super) fn is_in(lines: &[Line<'_>]) -> bool {
    let names_key = |line: &Line<'_>| {
        property(line.text).is_some_and(|(name, value, _)| name == "PSPath" && KeyNamed::of(value).is_some())
    };
    let command = lines
        .iter()
        .position(|line| Command::of(line.text).is_some_and(|command| command.verb == Verb::GetItemProperty));
    let below = command.and_then(|at| lines.get(at.saturating_add(1)..)).unwrap_or_default();
    let is_error = |text: &str| text.contains("[Get-ItemProperty]") || text.starts_with("Get-ItemProperty: ");
    lines.iter().any(|line| names_key(line) || is_error(line.text))
        || below.iter().any(|line| property(line.text).is_some())
}

/// One property of a list: name, value, and the column of its colon in characters.
fn property(text: &str) -> Option<(&str, &str, usize)> {
    let text = text.trim_end();
    let at = text.find(" : ").or_else(|| text.strip_suffix(" :").map(str::len))?;
    let (name, value) = (text.get(..at)?, text.get(at.checked_add(2)?..)?);
    (!name.trim().is_empty()).then(|| (name.trim(), value.trim(), name.chars().count()))
}

/// Name, value and line.
type Property = (String, String, u64);

/// A list: its properties with their lines, from the first to the last of one block.
struct List {
    properties: Vec<Property>,
    line: u64,
}

/// The list that begins at a line; and the line behind it.
fn list(lines: &[Line<'_>], at: usize) -> Option<(List, usize)> {
    let first = lines.get(at)?;
    let column = property(first.text)?.2;
    let mut list = List { properties: Vec::new(), line: first.number };
    let mut at = at;
    while let Some(line) = lines.get(at) {
        let indent = line.text.chars().take_while(|letter| *letter == ' ').count();
        match property_at(line.text, column) {
            Some((name, value)) => list.properties.push((name.to_owned(), value.to_owned(), line.number)),
            None if indent > column && !line.text.trim().is_empty() => {
                let (_, value, _) = list.properties.last_mut()?;
                go_on(value, line.text.trim());
            }
            None => break,
        }
        at = at.saturating_add(1);
    }
    Some((list, at))
}

/// The property of a line whose colon stands in the column of its list.
fn property_at(text: &str, column: usize) -> Option<(&str, &str)> {
    let at = text.char_indices().nth(column)?.0;
    let (name, rest) = text.split_at_checked(at)?;
    let value = rest.strip_prefix(" :")?;
    let is_name = !name.trim().is_empty() && !name.starts_with("         ");
    (is_name && (value.is_empty() || value.starts_with(' '))).then(|| (name.trim(), value.trim()))
}

/// A value without white space was broken at the console's width, any other at white space.
fn go_on(value: &mut String, rest: &str) {
    if value.contains(char::is_whitespace) || rest.contains(char::is_whitespace) {
        value.push(' ');
    }
    value.push_str(rest);
}

/// All listings of a text, in order. Errors name their key only if it is a wanted one.
pub(super) fn listings(lines: &[Line<'_>], wanted: Selection<'_>) -> Vec<Listing> {
    let mut found = Vec::new();
    let mut command: Option<Command> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some(asked) = Command::of(line.text) {
            command = Some(asked).filter(|asked| asked.verb == Verb::GetItemProperty);
        } else if is_prompt(line.text) {
            command = None;
        } else if let Some((list, next)) = list(lines, at) {
            found.extend(listing(list, command.as_ref(), wanted));
            // An error's lines look like a list, and may begin anywhere in it.
            found.extend((at..next).filter_map(|at| absent(lines, at, wanted)));
            at = next.max(at.saturating_add(1));
            continue;
        }
        found.extend(absent(lines, at, wanted));
        at = at.saturating_add(1);
    }
    found
}

/// A list as a listing: with the key that it names itself, or that the command line above it names.
fn listing(list: List, command: Option<&Command>, wanted: Selection<'_>) -> Option<Listing> {
    let List { properties, line } = list;
    let is_added = |name: &str| TRAILER.contains(&name) || REMOTING.contains(&name);
    let trailer = properties.iter().position(|(name, _, _)| name == "PSPath");
    let (values, behind) = properties.split_at_checked(trailer.unwrap_or(properties.len()))?;
    // Other objects of the registry, such as access lists, have properties behind their path.
    if !behind.iter().all(|(name, _, _)| is_added(name)) || behind.len() == 1 {
        return None;
    }
    let of = |name: &str| behind.iter().chain(values).find(|(have, _, _)| have == name).map(|found| &found.1);
    let key = match of("PSPath") {
        Some(path) => KeyNamed::of(path)?,
        None => command?.key.clone()?,
    };
    let shown: Vec<&Property> = values
        .iter()
        .filter(|(name, _, _)| !is_added(name))
        .filter(|(name, _, _)| trailer.is_some() || command.is_some_and(|command| asks_for(command, name)))
        .collect();
    let whole = match command {
        Some(command) => !command.partial,
        None => shown.len() >= WHOLE_KEY && !begin_alike(&shown),
    };
    let (mut values, mut kept) = (Vec::new(), true);
    for (name, text, line) in &shown {
        let name = if name == "(default)" { String::new() } else { name.clone() };
        let value = RegistryValue { name, data: typed(text), place: Place::Line(*line) };
        kept &= wanted.keep(&mut values, value);
    }
    // The provider is the last property, so that no value can stand behind it.
    let complete = kept && trailer.is_some() && whole && of("PSProvider").is_some();
    let computer = of("PSComputerName").cloned().or(key.computer);
    let (count, last) = (shown.len(), shown.last().map(|(_, _, line)| *line));
    Some(Listing { path: key.path, computer, line, complete, shown: count, last, values, lost: None })
}

/// Whether a command asks for a value by its name, or for all of them.
fn asks_for(command: &Command, name: &str) -> bool {
    command.values.is_empty() || command.values.iter().any(|asked| asked.eq_ignore_ascii_case(name))
}

fn begin_alike(values: &[&Property]) -> bool {
    let first = |(name, _, _): &Property| {
        let name = if name == "(default)" { "" } else { name };
        name.chars().next().map(|letter| letter.to_ascii_lowercase())
    };
    values.windows(2).all(|pair| matches!(pair, [a, b] if first(a) == first(b)))
}

/// Data as PowerShell shows it. It shows a REG_DWORD as a signed number.
fn typed(text: &str) -> RegistryData {
    if text.starts_with('{') {
        return RegistryData::Shown(text.to_owned());
    }
    let plain = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if plain => match (u32::try_from(number), i32::try_from(number)) {
            (Ok(number), _) => RegistryData::Dword(number),
            (_, Ok(number)) => RegistryData::Dword(number.cast_unsigned()),
            _ => RegistryData::Qword(number.cast_unsigned()),
        },
        _ => RegistryData::String(text.to_owned()),
    }
}

/// The value that an error says is not there. Windows PowerShell names it and the error in every language;
/// PowerShell 7 says it in English alone.
fn absent(lines: &[Line<'_>], at: usize, wanted: Selection<'_>) -> Option<Listing> {
    let line = lines.get(at)?;
    let packed = |lines: &[Line<'_>]| -> String {
        let letters = lines.iter().flat_map(|line| line.text.chars());
        letters.filter(|c| !c.is_whitespace() && *c != '|').take(ERROR_CHARS).collect()
    };
    let is_start =
        |line: &Line<'_>| line.text.trim().is_empty() || line.text.contains("FullyQualifiedErrorId");
    let (before, window);
    if line.text.contains("CategoryInfo") {
        let above = lines.get(at.saturating_sub(ERROR_LINES)..at)?;
        let start = above.iter().rposition(is_start).map_or(0, |start| start.saturating_add(1));
        before = above.get(start..)?;
        window = packed(block(lines, at, 6));
        if !window.to_ascii_lowercase().contains(NO_SUCH_VALUE) {
            return None;
        }
        let name = window.split_once(":String)[Get-ItemProperty]")?.0.rsplit_once('(')?.1.to_owned();
        return said_absent(&packed(before), name, line.number, wanted);
    }
    if !line.text.contains("Property ") || Command::of(line.text).is_some() {
        return None;
    }
    let window = packed(block(lines, at, 6));
    let (said, rest) = window.split_once("doesnotexistatpath")?;
    let name = said.rsplit_once("Property")?.1;
    let is_old = packed(block(lines, at, ERROR_LINES)).contains("FullyQualifiedErrorId");
    (!is_old).then(|| said_absent(rest, name.to_owned(), line.number, wanted)).flatten()
}

/// The lines from one on to an empty one, up to a number.
fn block<'l, 't>(lines: &'l [Line<'t>], at: usize, most: usize) -> &'l [Line<'t>] {
    let below = lines.get(at..).unwrap_or_default();
    let below = below.get(..most).unwrap_or(below);
    let end = below.iter().position(|line| line.text.trim().is_empty()).unwrap_or(below.len());
    below.get(..end).unwrap_or_default()
}

/// The wanted key in the text of an error, which the console may have broken anywhere.
fn said_absent(text: &str, name: String, line: u64, wanted: Selection<'_>) -> Option<Listing> {
    let lower = text.to_ascii_lowercase();
    let path = lower.match_indices("hkey_local_machine\\").take(ERROR_PATHS).find_map(|(at, _)| {
        let rest = text.get(at..)?;
        wanted.keys.iter().find_map(|wanted| {
            let end = lower.get(at..)?.find(&wanted.to_ascii_lowercase())?.checked_add(wanted.len())?;
            let (path, behind) = rest.split_at_checked(end)?;
            let ends =
                !behind.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '\\' | '_'));
            let is_wanted = below_control_set(path).is_some_and(|key| key.below.eq_ignore_ascii_case(wanted));
            (ends && is_wanted).then(|| path.to_owned())
        })
    })?;
    let mut values = Vec::new();
    wanted.keep(&mut values, RegistryValue { name, data: RegistryData::Absent, place: Place::Line(line) });
    let (shown, last) = (1, Some(line));
    Some(Listing { path, computer: None, line, complete: false, shown, last, values, lost: None })
}
