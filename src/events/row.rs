//! One record of the timeline: an event that was asked for, in full, or a record beside one, in brief.

use jiff::Timestamp;

use crate::artifacts::Wanted;
use crate::artifacts::event_log::{Datum, Event, Neighbour, Position, first_line};
use crate::facts::writeback_text::operation_text;
use crate::knowledge::events::known_event;
use crate::source::Place;

/// The provider whose events name their operation.
const RESET_SERVICE: &str = "PasswordResetService";

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// It was asked for; otherwise it stands beside one that was.
    pub asked_for: bool,
    /// When, UTC; none where the record has no time that makes sense.
    pub time: Option<Timestamp>,
    /// `EventRecordID`.
    pub record: u64,
    /// Byte offset in the file, where other events of the log have the same record ID.
    pub offset: Option<u64>,
    /// What tells it from all others of its log.
    pub position: Position,
    /// `Computer`, as written.
    pub computer: Option<String>,
    /// `Channel`.
    pub channel: Option<String>,
    /// The provider; none where the record cannot be rendered.
    pub provider: Option<String>,
    /// `EventID`.
    pub id: Option<u16>,
    /// Microsoft's name of the event, where the catalogue has it.
    pub name: Option<&'static str>,
    /// `Level`.
    pub level: Option<u8>,
    /// It stands in space that the log had freed, and may be out of date.
    pub from_slack: bool,
    /// Of events of its kind only the first of each computer in a log is listed.
    pub first_only: bool,
    /// Tracking id of the operation.
    pub tracking_id: Option<String>,
    /// The first line of what it says.
    pub text: String,
    /// All that it says; nothing of a record that was not asked for.
    pub data: Vec<Datum>,
    /// Records between this one and the one before it in its block, by their numbers, that are not in the log:
    /// lost with a damaged part, or told as freed.
    pub missing_before: u64,
}

impl Row {
    /// The row of an event that was asked for.
    pub(super) fn of_event(event: Event, wanted: &Wanted) -> Self {
        let is_of = |(provider, id): &(String, u16)| {
            *id == event.id && provider.eq_ignore_ascii_case(&event.provider)
        };
        let offset = match event.place {
            Place::Record { offset, .. } => offset,
            _ => None,
        };
        Row {
            asked_for: true,
            time: Some(event.time),
            record: event.record_id,
            offset,
            position: event.position,
            name: known_event(&event.provider, event.id).map(|known| known.name),
            first_only: wanted.seen_once.iter().any(is_of),
            tracking_id: tracking_id(&event),
            text: first_line(&event.data),
            computer: Some(event.computer).filter(|computer| !computer.is_empty()),
            channel: event.channel,
            provider: Some(event.provider),
            id: Some(event.id),
            level: event.level,
            from_slack: event.from_slack,
            data: event.data,
            missing_before: 0,
        }
    }

    /// The row of a record beside one.
    pub(super) fn of_neighbour(neighbour: Neighbour) -> Self {
        let Neighbour { position, record_id, time, provider, id, level, computer, channel, text, from_slack } =
            neighbour;
        let name = provider.as_ref().zip(id).and_then(|(provider, id)| known_event(provider, id));
        Row {
            asked_for: false,
            time,
            record: record_id,
            offset: None,
            position,
            computer: computer.filter(|computer| !computer.is_empty()),
            channel,
            name: name.map(|known| known.name),
            provider,
            id,
            level,
            from_slack,
            first_only: false,
            tracking_id: None,
            text,
            data: Vec::new(),
            missing_before: 0,
        }
    }
}

/// The tracking id that an event of the reset service names.
pub(super) fn tracking_id(event: &Event) -> Option<String> {
    if !event.provider.eq_ignore_ascii_case(RESET_SERVICE) {
        return None;
    }
    event.data.iter().find_map(|datum| operation_text(&datum.value).tracking_id)
}
