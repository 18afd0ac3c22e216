//! Which events are wanted, in the form that a reader of many records asks for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use evtx::ParserSettings;

use super::event_xml::EventParts;
use super::render;
use crate::artifacts::Wanted;

/// The wanted events, and the settings to render them with.
pub(super) struct Selection {
    /// For every ID whether it is wanted of some provider.
    ids: Vec<bool>,
    /// Provider names in lower case, each with the IDs that are wanted of it.
    events: HashMap<String, HashSet<u16>>,
    /// Events of which one of each computer is kept, in the same form.
    seen_once: HashSet<(String, u16)>,
    /// Provider GUIDs in lower case with braces, each with its name.
    guids: HashMap<String, String>,
    pub(super) settings: Arc<ParserSettings>,
}

impl Selection {
    pub(super) fn of(wanted: &Wanted) -> Selection {
        let mut events: HashMap<String, HashSet<u16>> = HashMap::new();
        for (provider, id) in &wanted.events {
            events.entry(provider.to_ascii_lowercase()).or_default().insert(*id);
        }
        let mut ids = vec![false; usize::from(u16::MAX) + 1];
        for (_, id) in &wanted.events {
            if let Some(wanted) = ids.get_mut(usize::from(*id)) {
                *wanted = true;
            }
        }
        let guids = wanted.provider_guids.iter();
        Selection {
            ids,
            events,
            seen_once: wanted.seen_once.iter().map(|(name, id)| (name.to_ascii_lowercase(), *id)).collect(),
            guids: guids.map(|(guid, name)| (guid.to_ascii_lowercase(), name.clone())).collect(),
            settings: render::settings(),
        }
    }

    /// Whether some provider's event of that ID is wanted.
    pub(super) fn has_id(&self, id: u16) -> bool {
        self.ids.get(usize::from(id)).copied().unwrap_or(false)
    }

    /// Whether one event of that kind is kept of each computer.
    pub(super) fn is_seen_once(&self, provider: &str, id: u16) -> bool {
        !self.seen_once.is_empty() && self.seen_once.contains(&(provider.to_ascii_lowercase(), id))
    }

    /// The name by which an event is wanted; none if it is not. Channel and file name play no part.
    pub(super) fn provider<'a>(&'a self, parts: &'a EventParts) -> Option<&'a str> {
        let id = parts.id?;
        let by_guid = || self.guids.get(parts.guid.as_ref()?).map(String::as_str);
        let name = parts.provider.as_deref().or_else(by_guid);
        let names = [name, parts.source.as_deref()];
        names
            .into_iter()
            .flatten()
            .find(|name| self.events.get(&name.to_ascii_lowercase()).is_some_and(|ids| ids.contains(&id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(provider: Option<&str>, source: Option<&str>, guid: Option<&str>, id: u16) -> EventParts {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let (provider, source, guid) = (text(provider), text(source), text(guid));
        EventParts { provider, source, guid, id: Some(id), ..EventParts::default() }
    }

    #[test]
    fn an_event_is_wanted_by_name_source_or_guid_and_by_its_id() {
        let selection = Selection::of(&Wanted {
            events: vec![("ADSync".into(), 6329), ("Directory Synchronization".into(), 611)],
            provider_guids: vec![("{0000AAAA-0000-0000-0000-000000000000}".into(), "adsync".into())],
            ..Wanted::default()
        });
        let guid = Some("{0000aaaa-0000-0000-0000-000000000000}");
        assert_eq!(selection.provider(&parts(Some("adSYNC"), None, None, 6329)), Some("adSYNC"));
        assert_eq!(selection.provider(&parts(Some("New"), Some("ADSync"), None, 6329)), Some("ADSync"));
        assert_eq!(selection.provider(&parts(None, None, guid, 6329)), Some("adsync"));
        // A name that is there counts, whatever the GUID.
        assert_eq!(selection.provider(&parts(Some("Other"), None, guid, 6329)), None);
        // IDs belong to their provider.
        assert_eq!(selection.provider(&parts(Some("ADSync"), None, None, 611)), None);
        assert_eq!(selection.provider(&EventParts::default()), None);
        assert!(selection.has_id(611) && !selection.has_id(612));
    }
}
