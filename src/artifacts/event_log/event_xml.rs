//! From the XML of one record to its parts: who logged it, what its number is, what it says.
//!
//! The XML is the `evtx` crate's own output, so there are no comments, entities of a document type or
//! foreign encodings to expect; what does not parse is a damaged record. `RenderingInfo`, which
//! forwarded events carry, is a translation of the event and is left out.

use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event as XmlEvent};

use super::Datum;

/// What one event says, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct EventParts {
    /// `Provider/@Name`.
    pub(super) provider: Option<String>,
    /// `Provider/@EventSourceName`: the name of a classic source that a manifest provider took over.
    pub(super) source: Option<String>,
    /// `Provider/@Guid`, in lower case.
    pub(super) guid: Option<String>,
    /// `EventID`, without qualifiers.
    pub(super) id: Option<u16>,
    /// `EventRecordID`.
    pub(super) record_id: Option<u64>,
    /// `TimeCreated/@SystemTime`.
    pub(super) time: Option<Timestamp>,
    /// `Computer`.
    pub(super) computer: Option<String>,
    /// `Channel`.
    pub(super) channel: Option<String>,
    /// `Level`.
    pub(super) level: Option<u8>,
    /// `Keywords`.
    pub(super) keywords: Option<u64>,
    /// The values of `EventData` or `UserData`.
    pub(super) data: Vec<Datum>,
}

/// Reads the parts of an event; none where the XML is broken.
pub(super) fn parse(xml: &[u8]) -> Option<EventParts> {
    let mut reader = Reader::from_str(std::str::from_utf8(xml).ok()?);
    reader.config_mut().expand_empty_elements = true;
    let mut parts = EventParts::default();
    let mut place = Place::default();
    loop {
        match reader.read_event().ok()? {
            XmlEvent::Start(start) => {
                place.enter(&start);
                parts.take_attributes(&mut place, &start);
            }
            XmlEvent::End(_) => {
                parts.take_element(&mut place);
                place.leave();
            }
            XmlEvent::Text(text) => place.text.push_str(&text),
            XmlEvent::CData(text) => place.text.push_str(&text),
            XmlEvent::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => place.text.push(character),
                None => place.text.push_str(resolve_predefined_entity(&reference)?),
            },
            XmlEvent::Eof => return (place.depth == 0).then_some(parts),
            XmlEvent::Decl(_) | XmlEvent::PI(_) | XmlEvent::Comment(_) | XmlEvent::DocType(_) => {}
            XmlEvent::Empty(_) => return None,
        }
    }
}

/// Where in the event the reader is. One for the whole event, so that an element takes no memory of its own.
#[derive(Debug, Default)]
struct Place {
    /// Elements that are open.
    depth: usize,
    root: Root,
    section: Section,
    /// The element that was opened last, its `Name` attribute, and its text so far.
    name: String,
    label: Option<String>,
    text: String,
    /// It is open, and nothing was opened in it.
    is_leaf: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Root {
    Event,
    #[default]
    Other,
}

/// The part of an event that an element of the second level is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Section {
    System,
    EventData,
    UserData,
    #[default]
    Other,
}

impl Section {
    fn named(name: &str) -> Self {
        match name {
            "System" => Section::System,
            "EventData" => Section::EventData,
            "UserData" => Section::UserData,
            _ => Section::Other,
        }
    }
}

impl Place {
    fn enter(&mut self, start: &BytesStart<'_>) {
        let name = start.local_name().into_inner();
        match self.depth {
            0 => self.root = if name == "Event" { Root::Event } else { Root::Other },
            1 if self.root == Root::Event => self.section = Section::named(name),
            1 => self.section = Section::Other,
            _ => {}
        }
        self.depth += 1;
        self.is_leaf = true;
        self.label = None;
        self.text.clear();
        self.name.clear();
        self.name.push_str(name);
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.is_leaf = false;
    }

    /// The section that the element opened last stands in, and how deep below it.
    fn section(&self) -> (Section, usize) {
        match self.depth.checked_sub(2) {
            Some(below) if below > 0 => (self.section, below),
            _ => (Section::Other, 0),
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok()??;
    Some(unescape(&attribute.value).ok()?.into_owned())
}

impl EventParts {
    fn take_attributes(&mut self, place: &mut Place, start: &BytesStart<'_>) {
        match place.section() {
            (Section::System, 1) if place.name == "Provider" => {
                let filled = |name| attribute(start, name).filter(|value| !value.is_empty());
                self.provider = filled("Name");
                self.source = filled("EventSourceName");
                self.guid = filled("Guid").map(|guid| guid.to_ascii_lowercase());
            }
            (Section::System, 1) if place.name == "TimeCreated" => {
                self.time = attribute(start, "SystemTime").and_then(|time| time.parse().ok());
            }
            (Section::EventData | Section::UserData, _) => place.label = attribute(start, "Name"),
            _ => {}
        }
    }

    fn take_element(&mut self, place: &mut Place) {
        if !place.is_leaf {
            return;
        }
        match place.section() {
            (Section::System, 1) => self.take_system(&place.name, &place.text),
            (Section::EventData, _) => self.take_event_data(place),
            (Section::UserData, _) => {
                let name = Some(place.label.take().unwrap_or_else(|| place.name.clone()));
                self.data.push(Datum { name, value: place.text.clone() });
            }
            _ => {}
        }
    }

    fn take_system(&mut self, name: &str, text: &str) {
        match name {
            "EventID" => self.id = text.trim().parse().ok(),
            "EventRecordID" => self.record_id = text.trim().parse().ok(),
            "Level" => self.level = text.trim().parse().ok(),
            "Keywords" => self.keywords = number(text.trim()),
            "Computer" => self.computer = Some(text.to_owned()),
            "Channel" => self.channel = Some(text.to_owned()).filter(|channel| !channel.is_empty()),
            _ => {}
        }
    }

    /// `Data` keeps the name it has, if any. Other elements (`Binary`) go by their own name, and only
    /// when they hold something: classic events have an empty one each.
    fn take_event_data(&mut self, place: &mut Place) {
        if place.name == "Data" {
            self.data.push(Datum { name: place.label.take(), value: place.text.clone() });
        } else if !place.text.is_empty() {
            self.data.push(Datum { name: Some(place.name.clone()), value: place.text.clone() });
        }
    }
}

/// A number, in hexadecimal where it starts with `0x`.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(name: Option<&str>, value: &str) -> Datum {
        Datum { name: name.map(str::to_owned), value: value.to_owned() }
    }

    #[test]
    fn a_classic_event_keeps_its_unnamed_strings_and_line_breaks() {
        let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\
            <System><Provider Name=\"ADSync\"></Provider><EventID Qualifiers=\"49152\">6329</EventID><Level>2</Level>\
            <Keywords>0x80000000000000</Keywords><TimeCreated SystemTime=\"2024-05-01T03:04:05.1234567Z\"></TimeCreated>\
            <EventRecordID>77</EventRecordID><Channel>Application</Channel><Computer>sync01.contoso.example</Computer></System>\
            <EventData><Data>first\r\nsecond &lt;a &amp; b&gt;&#x41;\n</Data><Data></Data><Data>  third </Data><Binary></Binary></EventData></Event>";
        let parts = parse(xml.as_bytes()).unwrap();
        assert_eq!(parts.provider.as_deref(), Some("ADSync"));
        assert_eq!((parts.id, parts.record_id), (Some(6329), Some(77)));
        assert_eq!((parts.level, parts.keywords), (Some(2), Some(1 << 55)));
        assert_eq!(parts.time.unwrap().to_string(), "2024-05-01T03:04:05.1234567Z");
        assert_eq!(parts.channel.as_deref(), Some("Application"));
        assert_eq!(parts.computer.as_deref(), Some("sync01.contoso.example"));
        let expected = [datum(None, "first\r\nsecond <a & b>A\n"), datum(None, ""), datum(None, "  third ")];
        assert_eq!(parts.data, expected);
    }

    #[test]
    fn a_manifest_event_keeps_names_order_and_duplicates() {
        let xml = "<Event><System><Provider Guid=\"{0D4FDC09-8C27-494A-BDA0-505E4FD8ADAE}\" EventSourceName=\"SAM\"/>\
            <EventID> 16962 </EventID></System><EventData Name=\"X\"><Data Name=\"b: c\">1</Data><Data Name=\"a\">2</Data>\
            <Data Name=\"b: c\">3</Data><Binary>00FF</Binary></EventData></Event>";
        let parts = parse(xml.as_bytes()).unwrap();
        assert_eq!(parts.provider, None);
        assert_eq!(parts.source.as_deref(), Some("SAM"));
        assert_eq!(parts.guid.as_deref(), Some("{0d4fdc09-8c27-494a-bda0-505e4fd8adae}"));
        assert_eq!(parts.id, Some(16962));
        let expected = [
            datum(Some("b: c"), "1"),
            datum(Some("a"), "2"),
            datum(Some("b: c"), "3"),
            datum(Some("Binary"), "00FF"),
        ];
        assert_eq!(parts.data, expected);
    }

    #[test]
    fn user_data_goes_by_element_names_and_renderings_are_left_out() {
        let xml = "<Event><UserData><LogFileCleared xmlns=\"x\"><SubjectUserName>amy</SubjectUserName><Inner><Deep>1</Deep></Inner>\
            </LogFileCleared></UserData><RenderingInfo Culture=\"en-US\"><Message>m</Message><Channel>Other</Channel></RenderingInfo></Event>";
        let parts = parse(xml.as_bytes()).unwrap();
        assert_eq!(parts.data, [datum(Some("SubjectUserName"), "amy"), datum(Some("Deep"), "1")]);
        assert_eq!(parts.channel, None);
    }

    #[test]
    fn broken_xml_is_no_event() {
        for xml in
            [&b"<Event><System></Event>"[..], b"<Event>", b"<Event>\xff</Event>", b"<Event>&nope;</Event>"]
        {
            assert_eq!(parse(xml), None);
        }
    }
}
