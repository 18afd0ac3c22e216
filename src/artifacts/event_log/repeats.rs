//! Records that only repeat: known without rendering.
//!
//! Most of what a service writes it has written before. An event that differs from one rendered before in time
//! and record ID only is that event at another time. And a service that is well says so every few minutes, and a large log holds nothing more often. Of such
//! events one of each computer is kept. Whether a record is another one is seen in its template definition,
//! where a classic event has its provider and its computer as text.

use std::collections::VecDeque;

use memchr::memmem::Finder;

use super::Event;
use super::bytes::plausible_time;
use super::likeness::Own;
use super::slots::{Slots, system_of};
use crate::source::Place;

/// An event that was kept, of which no more are needed.
#[derive(Debug)]
pub(super) struct Seen {
    id: u16,
    provider: String,
    computer: String,
    /// Both names as a template definition has them.
    in_definition: [Finder<'static>; 2],
}

impl Seen {
    pub(super) fn of(event: &Event) -> Self {
        let (provider, computer) = (event.provider.clone(), event.computer.clone());
        let in_definition = [&provider, &computer].map(|name| Finder::new(&text_node(name)).into_owned());
        Seen { id: event.id, provider, computer, in_definition }
    }

    /// Whether an event is another one of that kind and computer.
    pub(super) fn is(&self, event: &Event) -> bool {
        self.id == event.id
            && self.provider.eq_ignore_ascii_case(&event.provider)
            && self.computer.eq_ignore_ascii_case(&event.computer)
    }
}

/// A text in binary XML: the kind of the node and of the value, the length in letters, the letters. With its
/// length in front, no longer name can pass for it.
fn text_node(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u16::try_from(units.len()).unwrap_or(u16::MAX);
    let start = [0x05, 0x01].into_iter().chain(length.to_le_bytes());
    start.chain(units.into_iter().flat_map(u16::to_le_bytes)).collect()
}

/// Tells the records of one chunk that only repeat.
pub(super) struct Repeats<'a> {
    chunk: &'a [u8],
    seen: &'a [Seen],
    /// The last definition and ID asked about, and the answer. Records of a kind share their definition.
    last: Option<(usize, u16, bool)>,
}

impl<'a> Repeats<'a> {
    pub(super) fn new(chunk: &'a [u8], seen: &'a [Seen]) -> Self {
        Repeats { chunk, seen, last: None }
    }

    pub(super) fn is_repeat(&mut self, values: &Slots) -> bool {
        let (Some(id), Some(definition)) = (values.event_id, values.definition) else { return false };
        if self.seen.iter().all(|seen| seen.id != id) {
            return false;
        }
        if let Some((known, of, repeat)) = self.last
            && (known, of) == (definition, id)
        {
            return repeat;
        }
        let system = system_of(self.chunk, definition);
        let names_both = |seen: &&Seen| seen.in_definition.iter().all(|name| name.find(system).is_some());
        let repeat = self.seen.iter().filter(|seen| seen.id == id).any(|seen| names_both(&seen));
        self.last = Some((definition, id, repeat));
        repeat
    }
}

/// Events that were rendered last, each with the form of its record.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    events: VecDeque<(Box<[u8]>, Event)>,
}

impl Rendered {
    /// More kinds of events take turns in no real log, and comparing has to be cheaper than rendering.
    const EVENTS: usize = 32;

    /// Keeps an event that was rendered, in place of the oldest.
    pub(super) fn add(&mut self, form: Box<[u8]>, event: &Event) {
        if self.events.iter().any(|(known, _)| *known == form) {
            return;
        }
        if self.events.len() >= Self::EVENTS {
            self.events.pop_front();
        }
        self.events.push_back((form, event.clone()));
    }

    /// The event of a live record, where one of its form was rendered.
    pub(super) fn like(&self, form: &[u8], own: Own) -> Option<Event> {
        let time = plausible_time(own.time)?;
        let (_, event) = self.events.iter().rev().find(|(known, _)| **known == *form)?;
        let place = Place::Record { id: own.record_id, offset: None };
        Some(Event { record_id: own.record_id, place, time, ..event.clone() })
    }
}
