//! Which events are asked for.

use std::collections::{HashMap, HashSet};

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;

use crate::artifacts::event_log::Event;
use crate::source::{Place, Source};

use super::row::tracking_id;
use super::{Found, Query};

/// Those of the events that meet all filters. `operations` has the places of the events of each operation.
pub(super) fn chosen(mut all: Vec<Found>, query: &Query, operations: &[Vec<Source>]) -> Vec<Found> {
    if !query.users.is_empty() {
        let of_users = of_users(&all, &query.users, operations);
        let mut of_users = of_users.into_iter();
        all.retain(|_| of_users.next() == Some(true));
    }
    if !query.tracking_ids.is_empty() {
        let ids: Vec<Name> = query.tracking_ids.iter().filter_map(|id| Name::new(id)).collect();
        all.retain(|found| ids.iter().any(|id| id.is_in(&found.event)));
    }
    all.retain(|Found { event, .. }| {
        query.since.is_none_or(|since| event.time >= since)
            && query.before.is_none_or(|before| event.time < before)
            && (query.ids.is_empty() || query.ids.contains(&event.id))
            && (query.providers.is_empty()
                || query.providers.iter().any(|provider| provider.eq_ignore_ascii_case(&event.provider)))
    });
    all
}

/// Of each event, whether it names one of the users or belongs to an operation that does.
fn of_users(all: &[Found], users: &[String], operations: &[Vec<Source>]) -> Vec<bool> {
    let names: Vec<Name> = users.iter().filter_map(|name| Name::new(name)).collect();
    let is_named = |event: &Event| names.iter().any(|name| name.is_in(event));
    // An operation names its user in some of its events, and its id in all but the engine's traces.
    let ids: HashSet<String> =
        all.iter().filter(|found| is_named(&found.event)).filter_map(|found| id_of(&found.event)).collect();
    let named: Vec<bool> = all
        .iter()
        .map(|found| is_named(&found.event) || id_of(&found.event).is_some_and(|id| ids.contains(&id)))
        .collect();
    let by_place: HashMap<(&str, &Place), (&Found, bool)> = all
        .iter()
        .zip(&named)
        .map(|(found, named)| ((found.path.as_ref(), &found.event.place), (found, *named)))
        .collect();
    let at = |source: &Source| by_place.get(&(source.path.as_ref(), &source.place)).copied();
    // A log may be there twice, and an operation has its events once.
    let joined: HashSet<_> = operations
        .iter()
        .filter(|events| events.iter().filter_map(at).any(|(_, named)| named))
        .flat_map(|events| events.iter().filter_map(at).map(|(found, _)| identity(&found.event)))
        .collect();
    all.iter().zip(named).map(|(found, named)| named || joined.contains(&identity(&found.event))).collect()
}

/// What tells an event from all others, whatever file it stands in.
fn identity(event: &Event) -> (&str, &str, u16, u64, Timestamp) {
    (&event.computer, &event.provider, event.id, event.record_id, event.time)
}

fn id_of(event: &Event) -> Option<String> {
    tracking_id(event).map(|id| id.to_lowercase())
}

/// Something to look for in the values of events, whatever its letters' case.
struct Name {
    lower: String,
    /// Of a GUID, the source anchor that it gives: base64 of its bytes.
    anchor: Option<String>,
}

impl Name {
    /// None where there is nothing to look for.
    fn new(name: &str) -> Option<Self> {
        let lower = name.trim().trim_matches(['{', '}']).to_lowercase();
        let anchor = guid_bytes(&lower).map(|bytes| BASE64.encode(&bytes));
        (!lower.is_empty()).then_some(Name { lower, anchor })
    }

    fn is_in(&self, event: &Event) -> bool {
        event.data.iter().any(|datum| self.is_named_in(&datum.value))
    }

    /// Whether the text has it as a whole: `ann` stands in `CONTOSO\ann` and in `ann@contoso.example`, and
    /// neither in `joann` nor in `ann.smith`. A GUID cannot be part of another name.
    fn is_named_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        if let Some(anchor) = &self.anchor {
            return lower.contains(&self.lower) || text.contains(anchor);
        }
        lower.match_indices(&self.lower).any(|(at, found)| {
            let before = lower.get(..at).unwrap_or_default().chars().rev();
            let after = lower.get(at.saturating_add(found.len())..).unwrap_or_default().chars();
            !goes_on(before) && !goes_on(after)
        })
    }
}

/// The bytes of a GUID as the directory holds them: its first three numbers are little-endian.
fn guid_bytes(guid: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = guid.split('-').collect();
    if parts.iter().map(|part| part.len()).ne([8, 4, 4, 4, 12]) {
        return None;
    }
    let mut bytes = Vec::with_capacity(16);
    for (number, part) in parts.into_iter().enumerate() {
        let mut part = HEXLOWER.decode(part.as_bytes()).ok()?;
        if number < 3 {
            part.reverse();
        }
        bytes.append(&mut part);
    }
    Some(bytes)
}

/// Whether the letters beside a name belong to it. A dot does only between letters: sentences end with one.
fn goes_on(mut beside: impl Iterator<Item = char>) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    match beside.next() {
        Some('.') => beside.next().is_some_and(is_letter),
        Some(letter) => is_letter(letter),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(name: &str, text: &str) -> bool {
        Name::new(name).is_some_and(|name| name.is_named_in(text))
    }

    #[test]
    fn a_name_is_found_as_a_whole_in_any_letter_case() {
        for text in [
            "ann",
            "Details: Ann@contoso.example",
            "CONTOSO\\ANN",
            "CN=ann,OU=Staff,DC=contoso,DC=example",
            "the reset of ann.",
            "ann, and others",
            "joann and ann",
        ] {
            assert!(is_in("ann", text), "{text}");
        }
        for text in
            ["joann", "ann.smith@contoso.example", "ann-admin", "ann_2", "anna", "svc.ann", "x-ann", ""]
        {
            assert!(!is_in("ann", text), "{text}");
        }
    }

    #[test]
    fn principal_names_ids_and_distinguished_names_are_found() {
        let text =
            "UserPrincipalName: Megan@contoso.example, Context: User_250f6fc8-1250-56fa-84d1-d60eded745d0.";
        assert!(is_in("megan@contoso.example", text));
        assert!(!is_in("megan@contoso.example", "megan@contoso.example.org"));
        assert!(is_in("User_250f6fc8-1250-56fa-84d1-d60eded745d0", text));
        assert!(is_in("{250F6FC8-1250-56FA-84D1-D60EDED745D0}", text));
        assert!(!is_in("250f6fc8-1250-56fa-84d1", text));
        // 33 22 11 00, 55 44, 77 66, then the rest as it stands.
        let anchor = "SourceAnchorValue: MyIRAFVEd2aImaq7zN3u/w==, UserPrincipalName";
        assert!(is_in("00112233-4455-6677-8899-aabbccddeeff", anchor));
        assert!(!is_in("00112233-4455-6677-8899-aabbccddeefe", anchor));
        assert!(is_in(
            "CN=山田 太郎,OU=社員,DC=contoso,DC=example",
            "dn: cn=山田 太郎,ou=社員,dc=contoso,dc=example"
        ));
        assert!(is_in("S-1-5-21-1-2-3-1733", "TargetSid: S-1-5-21-1-2-3-1733"));
        assert!(!is_in("S-1-5-21-1-2-3-173", "S-1-5-21-1-2-3-1733"));
        assert!(!is_in(" ", "anything"));
    }
}
