//! The records around the events that were asked for, by a second look at their logs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::artifacts;
use crate::artifacts::event_log::{Event, InLog, Neighbours, Position};
use crate::bundle::{self, Limits, OpenError};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

use super::{Block, Found, Row, Timeline, WITH_CONTEXT_MAX, by_log};

/// The events of one log that neighbours are asked of: live ones, and those in freed space.
#[derive(Debug, Default)]
struct Asked {
    live: Vec<Position>,
    freed: Vec<Position>,
}

/// Fills the timeline with the events, which are in its order, and what stands around them.
///
/// # Errors
/// A path that does not exist any more or cannot be opened.
pub(super) fn add(
    timeline: &mut Timeline,
    found: Vec<Found>,
    paths: &[impl AsRef<Path>],
    limits: &Limits,
    as_row: impl Fn(Event) -> Row,
) -> Result<(), OpenError> {
    let count = timeline.context;
    let of = found.get(..WITH_CONTEXT_MAX).unwrap_or(&found);
    timeline.without_context = found.len().saturating_sub(of.len());
    let logs: BTreeMap<BundlePath, Asked> =
        by_log(of).into_iter().map(|(path, events)| (path, asked(&events))).collect();
    let only: BTreeSet<BundlePath> = logs.keys().cloned().collect();
    let again = bundle::read_again(paths, limits, &only, |member| {
        let asked = logs.get(member.path)?;
        Some(artifacts::read_around(member, &asked.live, &asked.freed, count))
    })?;
    let mut around: BTreeMap<BundlePath, Neighbours> =
        again.into_iter().filter_map(|member| Some((member.path, member.read?))).collect();
    for path in &only {
        let read = around
            .entry(path.clone())
            .or_insert_with(|| Neighbours { not_found: 1, ..Neighbours::default() });
        timeline.gaps.extend(gaps(path, read));
    }
    timeline.blocks = blocks(found, around, as_row);
    Ok(())
}

fn asked(events: &[&Event]) -> Asked {
    let of = |freed: bool| {
        events.iter().filter(|event| event.from_slack == freed).map(|event| event.position).collect()
    };
    Asked { live: of(false), freed: of(true) }
}

fn gaps(path: &BundlePath, read: &Neighbours) -> Vec<Gap> {
    let changed = (read.not_found > 0).then(|| Statement::new("gap.events.changed"));
    let exhausting = read.exhausting.then(|| Statement::new("gap.events.exhausting"));
    let reasons = changed.into_iter().chain(exhausting);
    reasons.map(|reason| Gap::new(path, Place::File, reason)).collect()
}

/// Counts what the numbers of live records leave out.
fn count_missing(rows: &mut [Row]) {
    let mut before: Option<u64> = None;
    for row in rows.iter_mut().filter(|row| !row.from_slack) {
        let number = row.position.number;
        row.missing_before = before.map_or(0, |before| number.saturating_sub(before).saturating_sub(1));
        before = Some(number);
    }
}

/// The parts of the logs with their events in full, in the order of the first event of each. An event of which
/// nothing is known but itself stands alone.
fn blocks(
    found: Vec<Found>,
    around: BTreeMap<BundlePath, Neighbours>,
    as_row: impl Fn(Event) -> Row,
) -> Vec<Block> {
    // The place of the first event of each block in the order of the timeline, then the block.
    let mut blocks: Vec<(usize, Block)> = Vec::new();
    let mut events: BTreeMap<(BundlePath, Position), Vec<(usize, Row)>> = BTreeMap::new();
    for (place, Found { path, event }) in found.into_iter().enumerate() {
        events.entry((path, event.position)).or_default().push((place, as_row(event)));
    }
    for (path, neighbours) in around {
        for part in neighbours.parts {
            let (mut first, mut rows) = (usize::MAX, Vec::new());
            for record in part {
                match record {
                    InLog::Beside(neighbour) => rows.push(Row::of_neighbour(neighbour)),
                    InLog::Asked(position) => {
                        for (place, row) in events.remove(&(path.clone(), position)).unwrap_or_default() {
                            first = first.min(place);
                            rows.push(row);
                        }
                    }
                }
            }
            count_missing(&mut rows);
            blocks.push((first, Block { path: path.clone(), rows }));
        }
    }
    let alone = events.into_iter().flat_map(|((path, _), rows)| {
        rows.into_iter().map(move |(place, row)| (place, Block { path: path.clone(), rows: vec![row] }))
    });
    blocks.extend(alone);
    blocks.sort_by_key(|(first, _)| *first);
    blocks.into_iter().map(|(_, block)| block).collect()
}
