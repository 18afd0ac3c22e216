//! What records of logs say in their own words: what evidence of them can be held against.

use std::collections::HashMap;

use crate::artifacts::event_log::{Datum, Event};
use crate::artifacts::{Artifact, Content, EventLog};
use crate::source::{BundlePath, Place, Source};

/// Most characters of one record. The trace of a refused call has the refusal among its first lines.
const LONGEST: usize = 1000;

/// The logs of a bundle, by path.
pub(super) fn logs<'a>(artifacts: &'a [Artifact]) -> HashMap<&'a BundlePath, &'a EventLog> {
    let log = |artifact: &'a Artifact| match &artifact.content {
        Content::EventLog(log) => Some((&artifact.path, log)),
        _ => None,
    };
    artifacts.iter().filter_map(log).collect()
}

/// What the record at a place says, or its beginning; none where the place is no record that was kept, or the record
/// says nothing.
pub(super) fn words(log: Option<&EventLog>, source: &Source) -> Option<String> {
    let Place::Record { .. } = source.place else { return None };
    let event = log?.events.iter().find(|event| event.place == source.place)?;
    let said = said(event);
    (!said.is_empty()).then_some(said)
}

/// The values of an event, each on lines of its own, with its name where it has one.
fn said(event: &Event) -> String {
    let mut said = String::new();
    for Datum { name, value } in &event.data {
        if said.len() > 4 * LONGEST {
            break;
        }
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        if !said.is_empty() {
            said.push('\n');
        }
        if let Some(name) = name {
            said.push_str(name.trim_end().trim_end_matches(':'));
            said.push_str(": ");
        }
        said.extend(value.chars().take(LONGEST.saturating_add(1)));
    }
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} [...]", said.get(..end).unwrap_or_default()),
        None => said,
    }
}
