//! Console text of `reg query`: keys, values, and the message that a value is not there.
//!
//! Types and keys are never translated, the lines around them are. The command:
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/reg-query>.

use super::commands::{Command, KeyNamed, Verb, is_prompt};
use super::console::Listing;
use super::data;
use super::lines::Line;
use super::selection::Selection;
use super::{RegistryData, RegistryValue};
use crate::source::Place;

/// Names of types as `reg query` writes them.
const TYPES: [&str; 12] = [
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_MULTI_SZ",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_DWORD_LITTLE_ENDIAN",
    "REG_QWORD",
    "REG_BINARY",
    "REG_NONE",
    "REG_LINK",
    "REG_FULL_RESOURCE_DESCRIPTOR",
    "REG_RESOURCE_LIST",
];

/// Parts of the message that a key or value is not there, lower case: English, Japanese, Chinese, German,
/// French, Spanish. Other messages, such as that access is denied, look alike but for their words.
const NOT_FOUND: [&str; 6] = [
    "unable to find the specified registry key or value",
    "指定されたレジストリ キーまたは値が見つかりません",
    "系统找不到指定的注册表项或值",
    "konnte den angegebenen registrierungsschlüssel oder",
    "pas trouvé la clé ou la valeur de registre spécifiée",
    "no ha podido encontrar la clave o el valor de registro",
];

/// Shortest line that a console breaks. A line that goes on behind a shorter one does so for another
/// reason.
const NARROWEST_CONSOLE: usize = 79;

/// Whether a text holds output of `reg query`, or a command line of it with the message that nothing is
/// there.
pub(super) fn is_in(lines: &[Line<'_>]) -> bool {
    let is_query =
        |line: &Line<'_>| Command::of(line.text).is_some_and(|command| command.verb == Verb::RegQuery);
    lines.iter().any(|line| value(line.text).is_some())
        || (lines.iter().any(|line| is_not_found(line.text)) && lines.iter().any(is_query))
}

/// The key of a line that is nothing but a key. A full root name starts it; a short one is a command's.
fn key_line(text: &str) -> Option<KeyNamed> {
    let text = text.trim();
    let is_full = text.starts_with("HKEY_") || (text.starts_with(r"\\") && text.contains(r"\HKEY_"));
    (is_full && !text.contains("    REG_")).then(|| KeyNamed::of(text)).flatten()
}

/// Name, type and data of `    name    TYPE    data`. Names may hold spaces, and even the name of a type.
fn value(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.strip_prefix("  ").or_else(|| text.strip_prefix('\t'))?.trim_start();
    text.match_indices("REG_").find_map(|(at, _)| {
        let (name, rest) = text.split_at_checked(at)?;
        let kind = rest.split([' ', '\t']).next()?;
        let parted = name.ends_with(' ') || name.ends_with('\t');
        let data = rest.get(kind.len()..)?;
        (parted && TYPES.contains(&kind)).then(|| (name.trim_end(), kind, data.trim()))
    })
}

/// The listings of wanted keys in a text, in order, and the number of those of other keys.
pub(super) fn listings(lines: &[Line<'_>], wanted: Selection<'_>) -> (Vec<Listing>, u64) {
    let mut others = 0_u64;
    let mut found = Vec::new();
    let mut output_end = 0;
    let mut command: Option<Command> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if let Some(asked) = Command::of(line.text) {
            command = Some(asked).filter(|asked| asked.verb == Verb::RegQuery);
        } else if is_prompt(line.text) {
            command = None;
        } else if let Some(key) = key_line(line.text) {
            let (mut listing, next) = listing(lines, at, key, wanted);
            let asked = command.as_ref().and_then(|command| command.key.as_ref());
            // A key without values may be listed as a subkey of the one that was asked for.
            let is_itself =
                listing.shown > 0 || asked.is_some_and(|key| key.path.eq_ignore_ascii_case(&listing.path));
            listing.complete = listing.complete
                && is_itself
                && match &command {
                    Some(command) => !command.partial,
                    None => {
                        if output_end < next {
                            output_end = end_of_output(lines, next);
                        }
                        shows_subkeys(lines.get(next..output_end).unwrap_or_default(), &listing.path)
                            && !counts_matches(lines.get(output_end))
                    }
                };
            listing.computer = listing.computer.or_else(|| asked.and_then(|key| key.computer.clone()));
            if wanted.key(&listing.path).is_none() {
                others = others.saturating_add(1);
            } else {
                found.push(listing);
            }
            at = next;
            continue;
        } else if let Some(asked) = &command
            && is_not_found(line.text)
        {
            found.extend(absent(asked, line.number, wanted));
            command = None;
        }
        at = at.saturating_add(1);
    }
    (found, others)
}

/// One key with its values; and the line behind them.
fn listing(lines: &[Line<'_>], at: usize, key: KeyNamed, wanted: Selection<'_>) -> (Listing, usize) {
    let number = lines.get(at).map_or(1, |line| line.number);
    let mut listing = Listing {
        path: key.path,
        computer: key.computer,
        line: number,
        complete: true,
        shown: 0,
        last: None,
        values: Vec::new(),
        lost: None,
    };
    let mut kept = true;
    let mut at = at.saturating_add(1);
    while let Some(line) = lines.get(at) {
        if let Some((name, kind, data)) = value(line.text) {
            let mut text = data.to_owned();
            let number = line.number;
            let mut wide = line.text.chars().count();
            let mut broken = false;
            // A console breaks long lines at its width, and goes on in the first column.
            while let Some(more) = lines.get(at.saturating_add(1)).filter(|more| goes_on(more.text)) {
                broken |= wide < NARROWEST_CONSOLE;
                text.push_str(more.text);
                wide = more.text.chars().count();
                at = at.saturating_add(1);
            }
            let data = if broken { RegistryData::Unreadable(text) } else { typed(kind, &text) };
            if matches!(data, RegistryData::Unreadable(_)) {
                listing.lost = listing.lost.or(Some(number));
            }
            let name = default_name(name);
            let value = RegistryValue { name, data, place: Place::Line(number) };
            kept &= wanted.keep(&mut listing.values, value);
            listing.shown = listing.shown.saturating_add(1);
            listing.last = Some(number);
        } else {
            break;
        }
        at = at.saturating_add(1);
    }
    // Without a line behind them, the values may go on.
    listing.complete = kept && at < lines.len() && listing.lost.is_none();
    (listing, at)
}

/// The default value is shown in brackets, in the language of Windows.
fn default_name(name: &str) -> String {
    let is_default = ["(Default)", "(Standard)", "(既定)", "(默认)", "(par défaut)", "(Predeterminado)"]
        .iter()
        .any(|default| name.eq_ignore_ascii_case(default));
    if is_default { String::new() } else { name.to_owned() }
}

/// Whether a line behind a value is the rest of its data.
fn goes_on(text: &str) -> bool {
    !text.trim().is_empty()
        && !text.starts_with([' ', '\t'])
        && key_line(text).is_none()
        && !is_prompt(text)
        && Command::of(text).is_none()
}

/// Without the command line, a listing is known to be whole where the key's subkeys follow, which a
/// query for single values does not list, and where no count of matches ends it, as behind a search.
fn shows_subkeys(behind: &[Line<'_>], path: &str) -> bool {
    let first = behind.iter().find(|line| !line.text.trim().is_empty());
    first.and_then(|line| key_line(line.text)).is_some_and(|key| {
        let (start, rest) = key.path.split_at_checked(path.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(path) && rest.starts_with('\\')
    })
}

/// The first line that is no key, no value and not empty.
fn end_of_output(lines: &[Line<'_>], at: usize) -> usize {
    let rest = lines.get(at..).unwrap_or_default();
    let of_output = |line: &Line<'_>| {
        line.text.trim().is_empty() || key_line(line.text).is_some() || value(line.text).is_some()
    };
    rest.iter().position(|line| !of_output(line)).map_or(lines.len(), |end| at.saturating_add(end))
}

fn counts_matches(line: Option<&Line<'_>>) -> bool {
    line.is_some_and(|line| {
        !is_prompt(line.text) && line.text.contains(|letter: char| letter.is_ascii_digit())
    })
}

fn is_not_found(text: &str) -> bool {
    let text = text.to_lowercase();
    NOT_FOUND.iter().any(|words| text.contains(words))
}

/// The values that a command asked for in vain.
fn absent(command: &Command, line: u64, wanted: Selection<'_>) -> Option<Listing> {
    let key = command.key.clone().filter(|_| !command.values.is_empty())?;
    let mut values = Vec::new();
    for name in &command.values {
        let value =
            RegistryValue { name: name.clone(), data: RegistryData::Absent, place: Place::Line(line) };
        wanted.keep(&mut values, value);
    }
    Some(Listing {
        path: key.path,
        computer: key.computer,
        line,
        complete: false,
        shown: command.values.len(),
        last: Some(line),
        values,
        lost: None,
    })
}

/// Data by the name of its type.
fn typed(kind: &str, text: &str) -> RegistryData {
    let number = || text.strip_prefix("0x").filter(|digits| !digits.is_empty());
    let read = match kind {
        "REG_SZ" => Some(RegistryData::String(text.to_owned())),
        "REG_EXPAND_SZ" => Some(RegistryData::ExpandString(text.to_owned())),
        "REG_MULTI_SZ" => Some(RegistryData::MultiString(
            text.split(r"\0")
                .map(|part| part.trim_matches('"').to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
        )),
        "REG_DWORD" | "REG_DWORD_LITTLE_ENDIAN" => {
            number().and_then(|digits| u32::from_str_radix(digits, 16).ok()).map(RegistryData::Dword)
        }
        "REG_QWORD" => {
            number().and_then(|digits| u64::from_str_radix(digits, 16).ok()).map(RegistryData::Qword)
        }
        "REG_BINARY" => data::packed_bytes(text).map(RegistryData::Binary),
        kind => data::packed_bytes(text).map(|bytes| RegistryData::Other {
            kind: match kind {
                "REG_DWORD_BIG_ENDIAN" => 5,
                "REG_LINK" => 6,
                "REG_RESOURCE_LIST" => 8,
                "REG_FULL_RESOURCE_DESCRIPTOR" => 9,
                _ => 0,
            },
            bytes,
        }),
    };
    read.unwrap_or_else(|| RegistryData::Unreadable(text.to_owned()))
}
