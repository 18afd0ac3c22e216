//! The data island: events of Group Policy as XML inside the report, with times in UTC and full names.
//!
//! Windows 10 and 2016 write it as `script#data-island`, Windows 8 as a bare element
//! `XML#RsopDataIslands`. Only its `ComputerPolicySection` is read. The scan is tolerant and bounded: it is
//! one pass over tokens and keeps nothing but passes. It reads no localised text.

use jiff::Timestamp;

use super::PolicyPass;
use super::document::{Document, NodeId};
use super::markup::{Token, Tokens, attribute, decode};

/// What the island says of the computer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Island {
    /// Name of the computer in its latest event.
    pub(super) computer: Option<String>,
    /// Passes in order of time.
    pub(super) passes: Vec<PolicyPass>,
    /// Passes that have no event with a readable time, and are left out.
    pub(super) unreadable: usize,
}

/// Reads the island of a report, if it has one.
pub(super) fn read(document: &Document<'_>) -> Island {
    let id_is = |node: NodeId, id: &str| {
        document.attribute(node, "id").is_some_and(|found| found.eq_ignore_ascii_case(id))
    };
    let island = document.elements().find(|&node| {
        (document.is(node, "script") && id_is(node, "data-island"))
            || (document.is(node, "xml") && id_is(node, "RsopDataIslands"))
    });
    let Some(island) = island else { return Island::default() };
    let source = document.source(island);
    // The start tag of the script itself would make all that follows a raw text.
    scan(source.split_once('>').map_or("", |(_, inside)| inside))
}

/// Passes that are being read, one after the other.
#[derive(Debug, Default)]
pub(super) struct Passes {
    island: Island,
    latest: Option<(Timestamp, String)>,
    pass: Option<Pass>,
}

#[derive(Debug, Default)]
struct Pass {
    domain_controller: Option<String>,
    span: Option<(Timestamp, Timestamp)>,
}

impl Passes {
    /// A pass begins, and any before it ends.
    pub(super) fn begin(&mut self, domain_controller: Option<&str>) {
        self.end();
        let server = domain_controller.map(|name| name.trim().to_owned());
        self.pass = Some(Pass { domain_controller: server.filter(|name| !name.is_empty()), span: None });
    }

    /// An event of the pass, as XML.
    pub(super) fn event(&mut self, xml: &str) {
        let (time, computer) = event(xml);
        if let (Some(time), Some(pass)) = (time, &mut self.pass) {
            let (from, to) = pass.span.unwrap_or((time, time));
            pass.span = Some((from.min(time), to.max(time)));
        }
        let time = time.unwrap_or(Timestamp::MIN);
        if let Some(computer) = computer
            && self.latest.as_ref().is_none_or(|(latest, _)| *latest <= time)
        {
            self.latest = Some((time, computer));
        }
    }

    /// The pass ends.
    pub(super) fn end(&mut self) {
        match self.pass.take() {
            Some(Pass { domain_controller, span: Some((from, to)) }) => {
                self.island.passes.push(PolicyPass { from, to, domain_controller });
            }
            Some(_) => self.island.unreadable += 1,
            None => {}
        }
    }

    /// All passes, in order of time.
    pub(super) fn finish(mut self) -> Island {
        self.end();
        self.island
            .passes
            .sort_by(|a, b| (a.from, a.to, &a.domain_controller).cmp(&(b.from, b.to, &b.domain_controller)));
        self.island.computer = self.latest.map(|(_, computer)| computer);
        self.island
    }
}

fn scan(xml: &str) -> Island {
    let mut passes = Passes::default();
    let (mut of_computer, mut in_event) = (false, false);
    for (token, _) in Tokens::new(xml) {
        match token {
            Token::Start { name: "ComputerPolicySection", self_closing, .. } => of_computer = !self_closing,
            Token::End("ComputerPolicySection") => {
                passes.end();
                of_computer = false;
            }
            _ if !of_computer => {}
            Token::Start { name: "SinglePassEventsDetails", attributes, .. } => {
                passes.begin(attribute(attributes, "DomainControllerName").as_deref());
            }
            Token::Start { name: "EventXml", .. } => in_event = true,
            Token::Text(text) if in_event => {
                passes.event(&decode(text));
                in_event = false;
            }
            _ => {}
        }
    }
    passes.finish()
}

/// Time and computer of one event.
fn event(xml: &str) -> (Option<Timestamp>, Option<String>) {
    let (mut time, mut computer, mut in_computer) = (None, None, false);
    for (token, _) in Tokens::new(xml) {
        match token {
            Token::Start { name: "TimeCreated", attributes, .. } => {
                time = attribute(attributes, "SystemTime").and_then(|text| text.trim().parse().ok());
            }
            Token::Start { name, .. } => in_computer = name == "Computer",
            Token::Text(text) if in_computer => {
                computer = Some(decode(text).trim().to_owned()).filter(|name| !name.is_empty());
                in_computer = false;
            }
            Token::End("System") => break,
            _ => {}
        }
    }
    (time, computer)
}
