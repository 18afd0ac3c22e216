//! What `Get-Acl | Export-Clixml` writes: PowerShell objects in XML ([MS-PSRP] 2.2.5).
//!
//! Each object is an `Obj` with its properties as elements that have their name in `N`. Those of one object
//! may stand several levels below it, in `Props` and `MS`.
//! <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/export-clixml>

use std::collections::BTreeMap;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::security_descriptor::SecurityDescriptor;

use super::access_rules::{self, is_rule};
use super::{AclEntry, Gaps, MAX_ENTRIES, MAX_OBJECTS, ObjectAcl, dn_of_path};

use crate::words::Statement;

/// Deepest nesting that is followed. Access lists have five levels.
const MAX_DEPTH: usize = 64;

pub(super) fn looks_like(text: &str) -> bool {
    let root = text.trim_start_matches('\u{FEFF}').trim_start();
    let root = root
        .strip_prefix("<?")
        .and_then(|rest| rest.split_once("?>"))
        .map_or(root, |(_, rest)| rest.trim_start());
    let names_list = text.contains("ActiveDirectorySecurity")
        || text.contains("ActiveDirectoryAccessRule")
        || text.contains("AreAccessRulesProtected");
    root.starts_with("<Objs ") && names_list
}

/// An element that is open.
#[derive(Default)]
struct Frame {
    /// It is an `Obj`, so that properties below are its own.
    is_object: bool,
    /// `N`, or the element's name where it has none.
    name: String,
    text: String,
    /// The number by which a later `Ref` names this object again.
    reference: Option<String>,
    properties: BTreeMap<String, String>,
    entries: Vec<AclEntry>,
    /// A rule below was not understood.
    damaged: bool,
}

pub(super) fn read(text: &str, gaps: &mut Gaps<'_>) -> Vec<ObjectAcl> {
    let mut reader = Reader::from_str(text);
    let mut state =
        State { stack: vec![Frame::default()], objects: Vec::new(), entries: 0, texts: BTreeMap::new() };
    let reason = loop {
        match reader.read_event() {
            Ok(Event::Start(_)) if state.stack.len() >= MAX_DEPTH => {
                break Some(Statement::new("gap.access-control-list.too-deep"));
            }
            Ok(Event::Start(start)) => state.stack.push(frame(&start)),
            Ok(Event::Empty(start)) => {
                state.stack.push(frame(&start));
                state.end(gaps);
            }
            Ok(Event::End(_)) => state.end(gaps),
            Ok(Event::Text(text)) => {
                state.text(&text);
            }
            Ok(Event::GeneralRef(reference)) => {
                let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
                let text = letter.or_else(|| resolve_xml_entity(&reference).map(str::to_owned));
                state.text(&text.unwrap_or_default());
            }
            Ok(Event::Eof) if state.stack.len() > 1 => {
                break Some(Statement::new("gap.access-control-list.cut"));
            }
            Ok(Event::Eof) => break None,
            Ok(_) => {}
            Err(_) => {
                let at = reader.error_position().to_string();
                break Some(Statement::new("gap.access-control-list.broken").with("at", at));
            }
        }
    };
    state.finish(reason, gaps)
}

fn frame(start: &BytesStart<'_>) -> Frame {
    let element = start.local_name().as_ref().to_owned();
    let attribute = |name: &str| {
        let attribute = start.try_get_attribute(name).ok().flatten()?;
        Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    };
    let is_object = element == "Obj";
    // Types are numbered too, apart from objects.
    let reference = attribute("RefId").filter(|_| is_object || element == "Ref");
    Frame { is_object, reference, name: attribute("N").unwrap_or(element), ..Frame::default() }
}

struct State {
    stack: Vec<Frame>,
    objects: Vec<ObjectAcl>,
    entries: usize,
    /// Texts of objects by their numbers.
    texts: BTreeMap<String, String>,
}

impl State {
    fn text(&mut self, text: &str) {
        if let Some(frame) = self.stack.last_mut() {
            frame.text.push_str(text);
        }
    }

    /// Ends an element: what it says goes to the object around it.
    fn end(&mut self, gaps: &mut Gaps<'_>) {
        if self.stack.len() < 2 {
            return;
        }
        let Some(mut frame) = self.stack.pop() else { return };
        if frame.is_object {
            self.end_object(&mut frame, gaps);
        }
        let Some(around) = self.stack.last_mut() else { return };
        around.entries.append(&mut frame.entries);
        around.damaged |= frame.damaged;
        if frame.is_object {
            // An enumeration or a name is an object with its text in `ToString`.
            if let Some(text) = frame.properties.remove("ToString") {
                if let Some(number) = frame.reference.filter(|_| self.texts.len() < MAX_ENTRIES) {
                    self.texts.insert(number, text.clone());
                }
                around.properties.entry(frame.name).or_insert(text);
            }
        } else if let Some(number) = frame.reference {
            if let Some(text) = self.texts.get(&number) {
                around.properties.entry(frame.name).or_insert_with(|| text.clone());
            }
        } else if frame.properties.is_empty() {
            around.properties.entry(frame.name).or_insert_with(|| unescaped(frame.text.trim()));
        } else {
            // `Props` and `MS` only group properties.
            for (name, value) in frame.properties {
                around.properties.entry(name).or_insert(value);
            }
        }
    }

    fn end_object(&mut self, frame: &mut Frame, gaps: &mut Gaps<'_>) {
        let properties = &frame.properties;
        if is_rule(&|name| properties.contains_key(name)) {
            match access_rules::entry(&|name| properties.get(name).cloned(), 0) {
                Some(entry) if self.entries < MAX_ENTRIES => frame.entries.push(entry),
                Some(_) | None => frame.damaged = true,
            }
            self.entries = self.entries.saturating_add(1);
        } else if properties.contains_key("Sddl") || properties.contains_key("AreAccessRulesProtected") {
            let object = Self::object(frame, gaps);
            if self.objects.len() <= MAX_OBJECTS {
                self.objects.push(object);
            }
        }
    }

    fn object(frame: &mut Frame, gaps: &mut Gaps<'_>) -> ObjectAcl {
        let get = |name: &str| frame.properties.get(name).filter(|value| !value.is_empty()).cloned();
        let path = get("Path").or_else(|| get("PSPath"));
        let descriptor = get("Sddl").and_then(|sddl| {
            SecurityDescriptor::from_sddl(&sddl)
                .map_err(|error| {
                    gaps.add(
                        0,
                        Statement::new("gap.access-control-list.sddl-xml").with("at", error.at.to_string()),
                    );
                })
                .ok()
        });
        let stated = get("AreAccessRulesProtected").and_then(|value| value.to_ascii_lowercase().parse().ok());
        let entries = std::mem::take(&mut frame.entries);
        let known = descriptor.map(ObjectAcl::of_descriptor).unwrap_or_default();
        ObjectAcl {
            object: path.as_deref().and_then(dn_of_path).map(str::to_owned),
            path,
            owner: get("Owner").or(known.owner),
            protected: known.protected.or(stated),
            trustworthy: known.trustworthy || (!entries.is_empty() && !frame.damaged),
            entries: if known.descriptor.is_some() { Vec::new() } else { entries },
            descriptor: known.descriptor,
            line: 0,
        }
    }

    fn finish(mut self, reason: Option<Statement>, gaps: &mut Gaps<'_>) -> Vec<ObjectAcl> {
        let mut left = Vec::new();
        let mut damaged = reason.is_some();
        for frame in &mut self.stack {
            left.append(&mut frame.entries);
            damaged |= frame.damaged;
        }
        // Rules without an object around them: `(Get-Acl …).Access | Export-Clixml`.
        if !left.is_empty() {
            self.objects.push(ObjectAcl { entries: left, trustworthy: !damaged, ..ObjectAcl::default() });
        }
        if let Some(reason) = reason {
            gaps.add(0, [reason, Statement::new("gap.access-control-list.again")]);
        }
        self.objects
    }
}

/// Takes back `_x000D_`, as characters are written that XML cannot hold.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("_x") {
        out.push_str(before);
        let code = behind.get(..4).filter(|_| behind.get(4..5) == Some("_"));
        let letter = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match letter {
            Some(letter) => {
                out.push(letter);
                rest = behind.get(5..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = behind;
            }
        }
    }
    out + rest
}
