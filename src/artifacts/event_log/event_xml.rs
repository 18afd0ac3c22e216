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
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            XmlEvent::Start(start) => {
                if let Some(parent) = open.last_mut() {
                    parent.is_leaf = false;
                }
                let element = Element::of(&start)?;
                parts.take_attributes(&open, &element.name, &start);
                open.push(element);
            }
            XmlEvent::End(_) => {
                let element = open.pop()?;
                parts.take_element(&open, element);
            }
            XmlEvent::Text(text) => push_text(&mut open, &text),
            XmlEvent::CData(text) => push_text(&mut open, &text),
            XmlEvent::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => push_text(&mut open, character.encode_utf8(&mut [0; 4])),
                None => push_text(&mut open, resolve_predefined_entity(&reference)?),
            },
            XmlEvent::Eof => return open.is_empty().then_some(parts),
            XmlEvent::Decl(_) | XmlEvent::PI(_) | XmlEvent::Comment(_) | XmlEvent::DocType(_) => {}
            XmlEvent::Empty(_) => return None,
        }
    }
}

/// An element that is open.
struct Element {
    name: String,
    /// Its `Name` attribute.
    label: Option<String>,
    text: String,
    is_leaf: bool,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Option<Element> {
        let label = attribute(start, "Name");
        Some(Element {
            name: start.local_name().into_inner().to_owned(),
            label,
            text: String::new(),
            is_leaf: true,
        })
    }
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok()??;
    Some(unescape(&attribute.value).ok()?.into_owned())
}

fn names(open: &[Element]) -> Vec<&str> {
    open.iter().map(|element| element.name.as_str()).collect()
}

impl EventParts {
    fn take_attributes(&mut self, parents: &[Element], name: &str, start: &BytesStart<'_>) {
        if names(parents) != ["Event", "System"] {
            return;
        }
        match name {
            "Provider" => {
                let filled = |name| attribute(start, name).filter(|value| !value.is_empty());
                self.provider = filled("Name");
                self.source = filled("EventSourceName");
                self.guid = filled("Guid").map(|guid| guid.to_ascii_lowercase());
            }
            "TimeCreated" => {
                self.time = attribute(start, "SystemTime").and_then(|time| time.parse().ok());
            }
            _ => {}
        }
    }

    fn take_element(&mut self, parents: &[Element], element: Element) {
        match names(parents).as_slice() {
            ["Event", "System"] => self.take_system(&element.name, element.text),
            ["Event", "EventData", ..] if element.is_leaf => self.take_event_data(element),
            ["Event", "UserData", ..] if element.is_leaf => {
                let name = Some(element.label.unwrap_or(element.name));
                self.data.push(Datum { name, value: element.text });
            }
            _ => {}
        }
    }

    fn take_system(&mut self, name: &str, text: String) {
        match name {
            "EventID" => self.id = text.trim().parse().ok(),
            "EventRecordID" => self.record_id = text.trim().parse().ok(),
            "Level" => self.level = text.trim().parse().ok(),
            "Keywords" => self.keywords = number(text.trim()),
            "Computer" => self.computer = Some(text),
            "Channel" => self.channel = Some(text).filter(|channel| !channel.is_empty()),
            _ => {}
        }
    }

    /// `Data` keeps the name it has, if any. Other elements (`Binary`) go by their own name, and only
    /// when they hold something: classic events have an empty one each.
    fn take_event_data(&mut self, element: Element) {
        if element.name == "Data" {
            self.data.push(Datum { name: element.label, value: element.text });
        } else if !element.text.is_empty() {
            self.data.push(Datum { name: Some(element.name), value: element.text });
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
