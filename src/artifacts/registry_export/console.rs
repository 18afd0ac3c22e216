//! Console text: what `reg query` and `Get-ItemProperty` wrote, alone or among other things.
//!
//! A text may hold several outputs, of several times and machines. What a later output or command
//! replaces does not count, and a text that mixes machines tells nothing of any.

use super::commands::{Command, Verb, remote_prompt};
use super::lines::{Line, Lines};
use super::selection::Selection;
use super::{
    ExportFormat, RegistryData, RegistryExport, RegistryKey, RegistryValue, item_properties, reg_query,
};
use crate::artifacts::text_encoding;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Lines that are read of one text. A console keeps fewer than 10,000; a transcript may be longer.
const LINES: usize = 500_000;

/// Outputs of wanted keys that are kept of one text.
const OUTPUTS: usize = 1_000;

/// Commands that change the registry, of which each is applied to the outputs above it.
const CHANGES: usize = 500;

/// Values that one command names, if it is no script.
const NAMES: usize = 100;

/// A key as some output shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listing {
    /// Full path.
    pub(super) path: String,
    /// The remote machine that the output or its command names.
    pub(super) computer: Option<String>,
    /// First line of the output.
    pub(super) line: u64,
    /// All values are shown.
    pub(super) complete: bool,
    /// Number of values that are shown, wanted or not.
    pub(super) shown: usize,
    /// Line of the last of them.
    pub(super) last: Option<u64>,
    /// Wanted values, in order.
    pub(super) values: Vec<RegistryValue>,
    /// Line of the first value that cannot be read.
    pub(super) lost: Option<u64>,
}

/// Whether a text holds an output that is read here.
pub(super) fn looks_like_console(head: &[u8]) -> bool {
    let text = text_encoding::decode(head).text;
    // Markup, tables of values and programs that name keys are no output.
    let start = text.trim_start();
    if start.starts_with(['<', '{']) || text.contains('\0') {
        return false;
    }
    let lines: Vec<Line<'_>> = Lines::new(&text).take(LINES).collect();
    reg_query::is_in(&lines) || item_properties::is_in(&lines)
}

/// Reads the outputs in a text.
pub(super) fn read(
    path: &BundlePath,
    text: &str,
    wanted: Selection<'_>,
) -> (Option<RegistryExport>, Vec<Gap>) {
    let mut lines: Vec<Line<'_>> = Lines::new(text).take(LINES + 1).collect();
    let mut gaps = Vec::new();
    if let Some(first) = lines.get(LINES) {
        let reason = Statement::new("gap.registry.too-long");
        gaps.push(Gap::new(path, Place::Line(first.number), reason));
        lines.truncate(LINES);
    }
    if !reg_query::is_in(&lines) && !item_properties::is_in(&lines) {
        let reason = Statement::new("gap.registry.no-output");
        gaps.push(Gap::new(path, Place::File, reason));
        return (None, gaps);
    }
    let (queried, others) = reg_query::listings(&lines, wanted);
    let format = if queried.is_empty() && others == 0 && item_properties::is_in(&lines) {
        ExportFormat::GetItemProperty
    } else {
        ExportFormat::RegQuery
    };
    let mut listings = queried;
    listings.extend(item_properties::listings(&lines, wanted));
    listings.sort_by_key(|listing| listing.line);
    let keys_in_file = others.saturating_add(listings.len() as u64);
    name_machines(&lines, &mut listings);
    let mut found: Vec<Found> =
        listings.into_iter().filter_map(|listing| Found::of(listing, wanted)).collect();
    let surplus = found.len().saturating_sub(OUTPUTS);
    if let Some(first) = found.drain(..surplus).next() {
        let reason = Statement::new("gap.registry.flood-of-outputs");
        gaps.push(Gap::new(path, Place::Line(first.line), reason));
    }
    replaced(&mut found);
    if let Some(line) = changed(&lines, &mut found, wanted) {
        let reason = Statement::new("gap.registry.changed");
        gaps.push(Gap::new(path, Place::Line(line), reason));
    }
    gaps.extend(lost(path, &found));
    gaps.extend(unfinished(path, &lines, &found));
    let computer = one_machine(path, &mut found, &mut gaps);
    let keys = found.into_iter().map(|found| found.key).collect();
    gaps.sort();
    (Some(RegistryExport { format, computer, keys, keys_in_file }), gaps)
}

/// A wanted key, with what belongs to the text and not to the registry.
struct Found {
    key: RegistryKey,
    computer: Option<String>,
    line: u64,
    lost: Option<u64>,
    last: Option<u64>,
}

impl Found {
    /// The listing, if it is of a wanted key and says anything.
    fn of(listing: Listing, wanted: Selection<'_>) -> Option<Self> {
        if listing.shown == 0 && !listing.complete {
            return None;
        }
        let (key, wanted) = wanted.key(&listing.path)?;
        let key = RegistryKey {
            control_set: key.control_set.to_owned(),
            wanted: wanted.clone(),
            deleted: false,
            complete: listing.complete,
            place: Place::Line(listing.line),
            values: listing.values,
            path: listing.path,
        };
        let Listing { computer, line, lost, last, .. } = listing;
        Some(Found { key, computer, line, lost, last })
    }
}

/// Outputs behind a remote prompt are of that machine.
fn name_machines(lines: &[Line<'_>], listings: &mut [Listing]) {
    let mut prompts = lines.iter().filter_map(|line| {
        let prompt =
            super::commands::is_prompt(line.text).then(|| remote_prompt(line.text).map(str::to_owned));
        Some((line.number, prompt?))
    });
    let mut next = prompts.next();
    let mut remote = None;
    for listing in listings {
        while let Some((_, name)) = next.take_if(|(number, _)| *number < listing.line) {
            remote = name;
            next = prompts.next();
        }
        listing.computer = listing.computer.take().or_else(|| remote.clone());
    }
}

/// Drops outputs of keys that a later one shows with all values.
fn replaced(found: &mut Vec<Found>) {
    let whole: Vec<(String, Option<String>, u64)> = found
        .iter()
        .filter(|found| found.key.complete)
        .map(|found| (found.key.path.to_lowercase(), found.computer.clone(), found.line))
        .collect();
    found.retain(|found| {
        let path = found.key.path.to_lowercase();
        !whole
            .iter()
            .any(|(of, computer, line)| *of == path && *computer == found.computer && found.line < *line)
    });
}

/// Values that a command changes after they were shown, or that a key may have got since, are not known.
/// Returns the line of the first such command.
fn changed(lines: &[Line<'_>], found: &mut [Found], wanted: Selection<'_>) -> Option<u64> {
    let mut first = None;
    let changes = lines.iter().filter_map(|line| {
        Some((line, Command::of(line.text).filter(|command| command.verb == Verb::Change)?))
    });
    for (count, (line, mut command)) in changes.take(CHANGES + 1).enumerate() {
        if count == CHANGES || command.values.len() > NAMES {
            // A script, and no transcript: nothing that stands above it can be relied on.
            command = Command { key: None, values: Vec::new(), ..command };
        }
        let of_key = |found: &&mut Found| {
            found.line < line.number
                && command.key.as_ref().is_none_or(|key| key.path.eq_ignore_ascii_case(&found.key.path))
        };
        for found in found.iter_mut().filter(of_key) {
            first = first.or(Some(line.number));
            // A command without names changes the key as a whole.
            if command.values.is_empty() {
                found.key.complete = false;
                found.key.values.clear();
            }
            for name in &command.values {
                found.key.values.retain(|value| !name.eq_ignore_ascii_case(&value.name));
                found.key.complete &= wanted.keep(
                    &mut found.key.values,
                    RegistryValue {
                        name: name.clone(),
                        data: RegistryData::Unreadable("changed by a later command".to_owned()),
                        place: Place::Line(line.number),
                    },
                );
            }
        }
    }
    first
}

/// Values whose lines cannot be put together.
fn lost(path: &BundlePath, found: &[Found]) -> Option<Gap> {
    let line = found.iter().find_map(|found| found.lost)?;
    let reason = Statement::new("gap.registry.lines");
    Some(Gap::new(path, Place::Line(line), reason))
}

/// A text that ends with a value and without a line end may have been cut inside it.
fn unfinished(path: &BundlePath, lines: &[Line<'_>], found: &[Found]) -> Option<Gap> {
    let last = lines.last().filter(|line| !line.ended)?;
    let in_value = found.iter().any(|found| found.last == Some(last.number));
    let reason = Statement::new("gap.registry.open-end");
    in_value.then(|| Gap::new(path, Place::Line(last.number), reason))
}

/// The machine of all keys. Keys of several machines are dropped: nothing says which one a value is of.
fn one_machine(path: &BundlePath, found: &mut Vec<Found>, gaps: &mut Vec<Gap>) -> Option<String> {
    let first = found.first()?.computer.clone();
    let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    };
    if let Some(other) = found.iter().find(|found| !same(&found.computer, &first)) {
        let reason = Statement::new("gap.registry.machines");
        gaps.push(Gap::new(path, Place::Line(other.line), reason));
        found.clear();
        return None;
    }
    first
}
