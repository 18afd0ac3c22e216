//! XML as a row of values, each with the path of its element; what is not asked for is not kept.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// Elements within elements. Connector files have about ten.
const DEEPEST: usize = 64;

/// Longest text of an element that is asked for, in bytes.
const LONGEST_TEXT: usize = 16 << 10;

/// A step of the way through a document.
pub(super) enum Step<'s> {
    /// An element opens. The last name of the path is its own.
    Open(&'s [String], &'s Attributes),
    /// An element that holds only text closes, with its text.
    Leaf(&'s [String], &'s Attributes, &'s str),
    /// An element whose text was asked for closes, and the text is too long or refers to what nobody knows.
    Lost(&'s [String]),
    /// Any other element closes.
    Close(&'s [String]),
}

/// The attributes that are asked for.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// `name`.
    pub(super) name: Option<String>,
    /// `server`.
    pub(super) server: Option<String>,
    /// `export-date`.
    pub(super) export_date: Option<String>,
}

/// How a document ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    /// It is no XML from this byte of the text on.
    Broken(u64),
    /// It nests deeper than any such file.
    TooDeep(u64),
}

struct Open {
    attributes: Attributes,
    text: String,
    is_leaf: bool,
    /// The text is longer than is kept, or refers to what nobody knows.
    lost: bool,
}

/// Name of the first element, without prefix.
pub(super) fn root(text: &str) -> Option<String> {
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => return Some(local_name(&start)),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Walks through a document. `wanted` tells by the path whether the text of an element is asked for.
pub(super) fn walk(text: &str, wanted: impl Fn(&[String]) -> bool, mut step: impl FnMut(Step<'_>)) -> Ending {
    let text = text.trim_start();
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut open): (Vec<String>, Vec<Open>) = (Vec::new(), Vec::new());
    loop {
        let at = reader.buffer_position();
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if path.len() >= DEEPEST {
                    return Ending::TooDeep(at);
                }
                if let Some(parent) = open.last_mut() {
                    parent.is_leaf = false;
                }
                path.push(local_name(&start));
                let attributes = Attributes::of(&start);
                step(Step::Open(&path, &attributes));
                open.push(Open { attributes, text: String::new(), is_leaf: true, lost: false });
            }
            Ok(Event::End(_)) => {
                let Some(element) = open.pop() else { return Ending::Broken(at) };
                step(match element {
                    Open { is_leaf: false, .. } => Step::Close(&path),
                    Open { lost: true, .. } => Step::Lost(&path),
                    Open { ref attributes, ref text, .. } => Step::Leaf(&path, attributes, text),
                });
                path.pop();
            }
            Ok(Event::Text(text)) => push(&mut open, &path, &wanted, Some(&text)),
            Ok(Event::CData(text)) => push(&mut open, &path, &wanted, Some(&text)),
            Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(letter)) => push(&mut open, &path, &wanted, Some(letter.encode_utf8(&mut [0; 4]))),
                _ => push(&mut open, &path, &wanted, resolve_predefined_entity(&reference)),
            },
            Ok(Event::Eof) if open.is_empty() => return Ending::Whole,
            Ok(Event::Eof | Event::Empty(_)) | Err(_) => return Ending::Broken(at),
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
        }
    }
}

fn push(open: &mut [Open], path: &[String], wanted: &impl Fn(&[String]) -> bool, text: Option<&str>) {
    let Some(element) = open.last_mut() else { return };
    if element.lost || !wanted(path) {
        return;
    }
    match text {
        Some(text) if element.text.len().saturating_add(text.len()) <= LONGEST_TEXT => {
            element.text.push_str(text);
        }
        _ => element.lost = true,
    }
}

fn local_name(start: &BytesStart<'_>) -> String {
    start.local_name().into_inner().to_owned()
}

impl Attributes {
    fn of(start: &BytesStart<'_>) -> Self {
        let read = |name: &str| {
            let attribute = start.try_get_attribute(name).ok()??;
            Some(unescape(&attribute.value).ok()?.into_owned())
        };
        Attributes { name: read("name"), server: read("server"), export_date: read("export-date") }
    }
}
