//! What records of logs, lines and rows say in their own words: what evidence of them can be held against.

use std::cell::Cell;
use std::collections::HashMap;

use crate::artifacts::event_log::{Datum, Event};
use crate::artifacts::{Artifact, Content};
use crate::source::{BundlePath, Place, Source};

use super::lines;

/// Most characters of one record. The trace of a refused call has the refusal among its first lines.
const LONGEST: usize = 1000;

/// Places that are no records, of which the words are looked up. Those of a report stand beside each other on a page;
/// an upload may name a hundred thousand.
const MOST_LINES: usize = 500;

/// What files say, by path.
pub(super) struct Said<'a> {
    contents: HashMap<&'a BundlePath, &'a Content>,
    lines: Cell<usize>,
}

impl<'a> Said<'a> {
    /// What these files say.
    pub(super) fn by(artifacts: &'a [Artifact]) -> Self {
        let contents = artifacts.iter().map(|artifact| (&artifact.path, &artifact.content)).collect();
        Said { contents, lines: Cell::new(0) }
    }

    /// What stands at a place, or its beginning; none where its reader kept nothing of it, or it says nothing.
    pub(super) fn at(&self, source: &Source) -> Option<String> {
        let said = match (self.contents.get(&source.path)?, &source.place) {
            (Content::EventLog(log), Place::Record { .. }) => {
                said(log.events.iter().find(|event| event.place == source.place)?)
            }
            (content, place) => {
                let before = self.lines.get();
                if before == MOST_LINES {
                    return None;
                }
                self.lines.set(before.saturating_add(1));
                beginning(lines::words(content, place)?)
            }
        };
        (!said.is_empty()).then_some(said)
    }
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
    beginning(said)
}

/// The first characters.
fn beginning(said: String) -> String {
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} [...]", said.get(..end).unwrap_or_default()),
        None => said,
    }
}
