//! One pass over the XML of a report, by which chosen elements come out whole, with their lines.
//!
//! Elements are named by namespace, never by prefix. Bounded in depth, in elements, and in what one chosen
//! element may hold. A document type is passed over: no entity that it defines is known, and none expands.

use memchr::memchr_iter;
use quick_xml::NsReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// The deepest nesting that is followed. Real reports nest 12 deep.
const MAX_DEPTH: usize = 64;
/// The most elements of a file. The largest real report has about 20,000.
const MAX_ELEMENTS: u64 = 2_000_000;
/// The most namespace declarations that hold in one place. Real reports have five.
const MAX_NAMESPACES: usize = 32;
/// The most elements, and bytes of text, of one chosen element.
const MAX_ROW_ELEMENTS: usize = 20_000;
const MAX_ROW_BYTES: usize = 1 << 20;

/// What all namespaces of reports begin with.
pub(super) const POLICY: &str = "http://www.microsoft.com/GroupPolicy/";

/// Name of an element: what its namespace has after [`POLICY`] (empty for any other namespace), and the
/// local name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) namespace: String,
    pub(super) local: String,
}

impl Name {
    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }
}

/// A chosen element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) local: String,
    /// Line of its start tag, counted from 1.
    pub(super) line: u64,
    /// Its own text, trimmed, without that of elements inside.
    pub(super) text: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) inside: Vec<Element>,
}

impl Element {
    /// The first element directly inside of a local name.
    pub(super) fn child(&self, local: &str) -> Option<&Element> {
        self.inside.iter().find(|child| child.local == local)
    }

    /// Text of the first element directly inside of a local name, where it has any.
    pub(super) fn text_of(&self, local: &str) -> Option<&str> {
        self.child(local).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// What the reader of a report does with what a scan finds.
pub(super) trait Sink {
    /// What a chosen element is.
    type Part: Copy;
    /// Whether the element at the end of the path is to come out whole, and as what. Called at each start tag
    /// that is in no chosen element.
    fn chosen(&mut self, path: &[Name], attributes: &[(String, String)]) -> Option<Self::Part>;
    /// A chosen element.
    fn take(&mut self, part: Self::Part, element: Element);
    /// An element that is not chosen was closed by its end tag.
    fn close(&mut self, path: &[Name]);
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With the end tag of the root.
    Whole,
    /// The file ends before it.
    Cut,
    /// Reading stopped at a line that is no XML, or at bounds that no report reaches.
    Broken { line: u64 },
}

/// Scans a text. The number is that of chosen elements that were too large, and are left out.
pub(super) fn scan(text: &str, sink: &mut impl Sink) -> (Ending, u64) {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.resolver_mut().set_max_namespace_bindings(MAX_NAMESPACES);
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut scan = Scan {
        sink,
        path: Vec::new(),
        part: None,
        row: Vec::new(),
        held: (0, 0),
        left_out: 0,
        had_root: false,
    };
    let mut elements = 0_u64;
    loop {
        let line = lines.at(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        let Ok((namespace, event)) = reader.read_resolved_event() else {
            // A tag that is cut in its middle cannot be told from a broken one, but for its place.
            let ending = if lines.at_end() { Ending::Cut } else { Ending::Broken { line } };
            return (ending, scan.left_out);
        };
        match event {
            Event::Start(start) => {
                elements += 1;
                if scan.path.len() >= MAX_DEPTH || elements > MAX_ELEMENTS {
                    return (Ending::Broken { line }, scan.left_out);
                }
                let name = name(&namespace, &start);
                scan.start(name, &start, line);
            }
            Event::End(_) => scan.end(),
            Event::Text(text) => scan.text(&text),
            Event::CData(text) => scan.text(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => scan.text(character.encode_utf8(&mut [0; 4])),
                // An entity that no standard knows stays as it is written.
                _ => match resolve_predefined_entity(&reference) {
                    Some(text) => scan.text(text),
                    None => scan.text(&format!("&{};", &*reference)),
                },
            },
            Event::Eof => {
                let whole = scan.had_root && scan.path.is_empty();
                return (if whole { Ending::Whole } else { Ending::Cut }, scan.left_out);
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) | Event::Empty(_) => {}
        }
    }
}

fn name(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Name {
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => namespace.0.strip_prefix(POLICY).unwrap_or_default(),
        _ => "",
    };
    Name { namespace: namespace.to_owned(), local: start.local_name().into_inner().to_owned() }
}

struct Scan<'s, S: Sink> {
    sink: &'s mut S,
    path: Vec<Name>,
    /// What the chosen element is.
    part: Option<S::Part>,
    /// The chosen element that is being read, and the open ones inside.
    row: Vec<Element>,
    /// Elements and bytes of it.
    held: (usize, usize),
    left_out: u64,
    had_root: bool,
}

impl<S: Sink> Scan<'_, S> {
    fn start(&mut self, name: Name, start: &BytesStart<'_>, line: u64) {
        self.had_root = true;
        self.path.push(name);
        let attributes = attributes(start);
        if self.row.is_empty() {
            self.part = self.sink.chosen(&self.path, &attributes);
            self.held = (0, 0);
        }
        if self.part.is_none() {
            return;
        }
        let bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.held = (self.held.0 + 1, self.held.1.saturating_add(bytes));
        let local = self.path.last().map(|name| name.local.clone()).unwrap_or_default();
        // What is too large keeps its shape while it is read, and nothing more.
        let attributes = if self.is_too_large() { Vec::new() } else { attributes };
        self.row.push(Element { local, line, attributes, ..Element::default() });
    }

    fn is_too_large(&self) -> bool {
        self.held.0 > MAX_ROW_ELEMENTS || self.held.1 > MAX_ROW_BYTES
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.row.last_mut() {
            // Spaces between tags are no text of a report.
            let blank = text.trim().is_empty() && !element.inside.is_empty();
            self.held.1 = self.held.1.saturating_add(text.len());
            if self.held.1 <= MAX_ROW_BYTES && !blank {
                element.text.push_str(text);
            }
        }
    }

    fn end(&mut self) {
        let Some(mut element) = self.row.pop() else {
            self.sink.close(&self.path);
            self.path.pop();
            return;
        };
        element.text = element.text.trim().to_owned();
        self.path.pop();
        let too_large = self.is_too_large();
        match self.row.last_mut() {
            Some(parent) if too_large => parent.inside.clear(),
            Some(parent) => parent.inside.push(element),
            None if too_large => {
                self.part = None;
                self.left_out += 1;
            }
            None => {
                if let Some(part) = self.part.take() {
                    self.sink.take(part, element);
                }
            }
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut all = start.attributes();
    all.with_checks(false)
        .flatten()
        .take(256)
        .filter_map(|attribute| {
            let name = attribute.key.local_name().into_inner().to_owned();
            Some((name, unescape(&attribute.value).ok()?.into_owned()))
        })
        .collect()
}

/// Counts lines up to a byte, which only grows.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, at: usize) -> u64 {
        let passed = self.text.get(self.at..at).unwrap_or_default();
        self.line += memchr_iter(b'\n', passed).count() as u64;
        self.at = at.max(self.at);
        self.line
    }

    /// No tag begins after the place that was last asked for.
    fn at_end(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        memchr::memrchr(b'<', rest).is_none_or(|last| last == 0)
    }
}
