//! The computer half of a console text: which machine, its groups and GPOs, and settings that name a
//! registry value.

use super::outline::{Heading, Line, Outline, value};
use crate::artifacts::policy_report::document::shortened;
use crate::artifacts::policy_report::{GpoEntry, PolicyReport, SecurityOption};
use crate::source::Place;

/// The most rows that are kept. Real texts have some hundred.
const MAX_ROWS: usize = 10_000;
/// Lines of a setting: GPO, policy, registry value, setting.
const BLOCK_LINES: usize = 8;

/// The computer in a title such as `RSOP data for CONTOSO\user on DC01 : Logging Mode`, in English or
/// French: the order of words differs by language.
pub(super) fn in_title(title: &str) -> Option<String> {
    let (names, _mode) = title.rsplit_once(':')?;
    let computer = [" on ", " sur "].into_iter().find_map(|word| Some(names.rsplit_once(word)?.1.trim()))?;
    let is_name = !computer.is_empty() && !computer.contains(char::is_whitespace);
    is_name.then(|| computer.to_owned())
}

/// Reads the half: the first of the headings is its own, the others stand inside.
pub(super) fn read(outline: &Outline<'_>, headings: &[Heading<'_>], report: &mut PolicyReport) {
    let Some((own, inside)) = headings.split_first() else { return };
    identity(outline.below(own), report);
    let lists: Vec<&[Line<'_>]> = inside.iter().map(|heading| outline.below(heading)).collect();
    if let Some(applied) = lists.first() {
        let names = applied.iter().filter(|line| line.text != "N/A").take(MAX_ROWS);
        report.gpos = names.map(|line| gpo(line.text, None)).collect();
    }
    // What was filtered out has a line with the reason below each name, deeper than it.
    let level = inside.first().map(|heading| heading.indent);
    let others = inside.iter().zip(&lists).skip(1).filter(|(heading, _)| Some(heading.indent) == level);
    for (_, list) in others {
        let Some(indent) = list.first().map(|line| line.indent) else { continue };
        if list.iter().any(|line| line.indent > indent) {
            let names = list.iter().zip(list.iter().skip(1)).filter(|(_, reason)| reason.indent > indent);
            report.gpos.extend(
                names
                    .take(MAX_ROWS)
                    .map(|(name, reason)| gpo(name.text, Some(value(reason.text).unwrap_or(reason.text)))),
            );
        } else {
            report.computer_groups = list.iter().take(MAX_ROWS).map(|line| shortened(line.text)).collect();
            break;
        }
    }
    report.security_options = lists.iter().flat_map(|list| settings(list)).take(MAX_ROWS).collect();
}

fn gpo(name: &str, denied: Option<&str>) -> GpoEntry {
    GpoEntry {
        name: shortened(name),
        guid: None,
        applied: denied.is_none(),
        link: None,
        denied_reason: denied.map(shortened),
    }
}

/// The half's distinguished name in parts, where the computer is a member of a domain.
fn own_name(lines: &[Line<'_>]) -> Option<Vec<(String, String)>> {
    let name = lines.first()?.text;
    let is_name = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("CN="));
    is_name.then(|| distinguished_name(name))
}

/// Whether the half is of the computer that the title names. A user's half is not, nor is one whose lines
/// lost their indentation.
pub(super) fn is_of(outline: &Outline<'_>, headings: &[Heading<'_>], titled: Option<&str>) -> bool {
    let lines = headings.first().map(|own| outline.below(own)).unwrap_or_default();
    let name = own_name(lines).and_then(|parts| Some(parts.into_iter().next()?.1));
    // The title has the NetBIOS name, which is cut at 15 characters.
    let short = |name: &str| name.chars().take(15).flat_map(char::to_lowercase).collect::<String>();
    let agrees = match (&name, titled) {
        (Some(name), Some(titled)) => short(name) == short(titled),
        _ => true,
    };
    agrees && lines.first().is_none_or(|line| line.indent > 0)
}

/// The lines under the heading of the half: its distinguished name, where it is a member of a domain; when
/// policy was applied, and from where.
fn identity(lines: &[Line<'_>], report: &mut PolicyReport) {
    let name = own_name(lines);
    if let Some(parts) = &name {
        let of = |kind: &'static str| {
            parts
                .iter()
                .filter(move |(have, _)| have.eq_ignore_ascii_case(kind))
                .map(|(_, value)| value.as_str())
        };
        report.computer = of("CN").next().map(str::to_owned).or(report.computer.take());
        let domain = of("DC").collect::<Vec<_>>().join(".");
        let container = parts.iter().skip(1).filter(|(kind, _)| !kind.eq_ignore_ascii_case("DC"));
        let mut path: Vec<&str> = container.map(|(_, value)| value.as_str()).collect();
        path.push(&domain);
        path.reverse();
        report.organizational_unit = Some(path.join("/"));
    }
    let mut labels = lines.iter().skip(usize::from(name.is_some())).filter_map(|line| value(line.text));
    let _applied_at = labels.next();
    report.applied_from = labels.next().filter(|server| is_host(server)).map(str::to_owned);
    let _slow_link = labels.next();
    report.domain = labels.next().filter(|domain| !domain.contains(char::is_whitespace)).map(str::to_owned);
}

/// A full name of a machine: `dc01.contoso.example`.
fn is_host(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

/// Parts of a distinguished name, as kind and value. A backslash takes the special meaning from what follows.
fn distinguished_name(name: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        if letter == ',' {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
        }
    }
    parts
        .iter()
        .filter_map(|part| part.split_once('='))
        .map(|(kind, value)| (kind.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// Settings that name a registry value: a block of lines with the GPO first, then labels, one of which has
/// the path, and the line behind it the value.
fn settings<'l>(lines: &'l [Line<'_>]) -> impl Iterator<Item = SecurityOption> + 'l {
    lines.iter().enumerate().filter_map(move |(at, line)| {
        let key = value(line.text)
            .filter(|key| key.get(..8).is_some_and(|k| k.eq_ignore_ascii_case(r"MACHINE\")))?;
        let next = lines.get(at + 1).filter(|next| !next.begins_block)?;
        let block = lines.get(..=at)?.iter().rev().take(BLOCK_LINES).find(|line| line.begins_block);
        Some(SecurityOption {
            name: key.to_owned(),
            key_name: Some(key.to_owned()),
            value: value(next.text).unwrap_or_default().to_owned(),
            winning_gpo: block.and_then(|line| value(line.text)).map(shortened),
            place: Place::Line(line.number),
        })
    })
}
