//! The XML files: a connector (`ma-data`, alone or in `saved-ma-configuration`), its private
//! configuration alone (`adma-configuration`, as the database holds it), and the metaverse.

use super::connector::{Connector, Kind};
use super::document::{self, Attributes, Ending, Step};
use super::values::{Doubts, Slot};
use super::{ConfigurationFile, ConnectConfiguration};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

const MA_DATA: &str = "ma-data";
const METAVERSE: &str = "saved-mv-configuration";
const ADMA: &str = "adma-configuration";
const ROOTS: [&str; 4] = [MA_DATA, "saved-ma-configuration", METAVERSE, ADMA];

/// Connectors of one file that are read. `Get-ADSyncServerConfiguration` writes one into each.
const MOST_CONNECTORS: usize = 20;

const ASK_AGAIN: &str = "gap.ask.connect-configuration";

/// Whether the first element is one of Entra Connect.
pub(super) fn begins(text: &str) -> bool {
    document::root(text).is_some_and(|root| ROOTS.contains(&root.as_str()))
}

/// Reads a file.
pub(super) fn read(path: &BundlePath, text: &str) -> (Option<ConnectConfiguration>, Vec<Gap>) {
    let root = document::root(text).unwrap_or_default();
    let mut doubts = Doubts::new(path);
    let mut reader = Reader::default();
    let ending = document::walk(text, is_wanted, |step| reader.step(&step, &mut doubts));
    match ending {
        Ending::Whole => {}
        Ending::Broken(at) => doubts.tell(
            Place::Offset(at),
            [Statement::new("gap.connect-configuration.no-xml"), Statement::new(ASK_AGAIN)],
        ),
        Ending::TooDeep(at) => doubts.tell(
            Place::Offset(at),
            [Statement::new("gap.connect-configuration.too-deep"), Statement::new(ASK_AGAIN)],
        ),
    }
    let read = reader.finish(root == METAVERSE, &mut doubts);
    (Some(read), doubts.into_gaps())
}

/// Elements whose text can be of use. All else, such as cookies, is never held, and of the parameters
/// only those with a known name are kept.
fn is_wanted(path: &[String]) -> bool {
    const LEAVES: [&str; 15] = [
        "name",
        "category",
        "subtype",
        "ma-listname",
        "forest-name",
        "forest-login-domain",
        "forest-login-user",
        "sign-and-seal",
        "parameter",
        "selected",
        "dn",
        "last-dc",
        "preferred-dc",
        "dc-failover",
        "enabled",
    ];
    let in_schema = path.iter().any(|name| matches!(name.as_str(), "schema" | "dsml"));
    let leaf = path.last().map_or("", String::as_str);
    !in_schema && (LEAVES.contains(&leaf) || matches!(leaf, "login-user" | "login-domain"))
}

#[derive(Default)]
struct Reader {
    open: Option<Connector>,
    connectors: Vec<Connector>,
    left_out: usize,
    server: Slot<String>,
    export_date: Slot<String>,
    version: Slot<String>,
    staging_mode: Slot<bool>,
    password_writeback: Slot<bool>,
}

impl Reader {
    fn step(&mut self, step: &Step<'_>, doubts: &mut Doubts<'_>) {
        match step {
            Step::Open(path, attributes) => self.opens(path, attributes, doubts),
            Step::Leaf(path, attributes, text) => {
                self.leaf(path, attributes, text, doubts);
                self.closes(path);
            }
            Step::Lost(path) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                let reason = [Statement::new("gap.connect-configuration.value"), Statement::new(ASK_AGAIN)];
                doubts.tell(place_of(&names, None), reason);
                self.closes(path);
            }
            Step::Close(path) => self.closes(path),
        }
    }

    fn opens(&mut self, path: &[String], attributes: &Attributes, doubts: &mut Doubts<'_>) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names.as_slice() {
            [root] if root.starts_with("saved-") => {
                let place =
                    |name: &str| Place::Row { section: [(*root).to_owned()].into(), name: name.to_owned() };
                self.server.text(attributes.server.as_deref().unwrap_or_default(), place("@server"), doubts);
                let date = attributes.export_date.as_deref().unwrap_or_default();
                self.export_date.text(date, place("@export-date"), doubts);
            }
            [] => return,
            _ => {}
        }
        if begins_connector(&names) {
            self.open = Some(Connector::default());
        }
        if let Some(connector) = &mut self.open {
            connector.opens(&below_connector(&names));
        }
    }

    fn leaf(&mut self, path: &[String], attributes: &Attributes, text: &str, doubts: &mut Doubts<'_>) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(connector) = &mut self.open {
            connector.leaf(&names, &below_connector(&names), attributes, text, doubts);
        } else if let ([METAVERSE, .., "parameter"], Some(name)) = (names.as_slice(), &attributes.name) {
            let place = place_of(&names, Some(name));
            match name.as_str() {
                "Microsoft.Synchronize.ServerConfigurationVersion" => self.version.text(text, place, doubts),
                "Microsoft.Synchronize.StagingMode" => self.staging_mode.truth(text, place, doubts),
                "Microsoft.OptionalFeature.PasswordWriteback" => {
                    self.password_writeback.truth(text, place, doubts);
                }
                _ => {}
            }
        }
    }

    fn closes(&mut self, path: &[String]) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if begins_connector(&names) {
            self.keep_open();
        } else if let Some(connector) = &mut self.open {
            connector.closes(&below_connector(&names));
        }
    }

    fn keep_open(&mut self) {
        match self.open.take() {
            Some(connector) if self.connectors.len() < MOST_CONNECTORS => self.connectors.push(connector),
            Some(_) => self.left_out = self.left_out.saturating_add(1),
            None => {}
        }
    }

    fn finish(mut self, metaverse: bool, doubts: &mut Doubts<'_>) -> ConnectConfiguration {
        // A file that was cut leaves its connector open. What it said until then stands.
        self.keep_open();
        if self.left_out > 0 {
            let reason = Statement::new("gap.connect-configuration.connectors")
                .with("limit", MOST_CONNECTORS.to_string())
                .with("count", self.left_out.to_string());
            doubts.tell(Place::File, reason);
        }
        let kinds: Vec<Kind> = self.connectors.iter().map(Connector::kind).collect();
        let file = if metaverse {
            ConfigurationFile::Metaverse
        } else if kinds.contains(&Kind::ActiveDirectory) {
            ConfigurationFile::AdConnector
        } else if kinds.contains(&Kind::Entra) {
            ConfigurationFile::EntraConnector
        } else {
            ConfigurationFile::OtherConnector
        };
        let mut read = ConnectConfiguration::of(file);
        read.server = self.server.take();
        read.export_date = self.export_date.take();
        read.version = self.version.take();
        read.staging_mode = self.staging_mode.take();
        read.password_writeback = self.password_writeback.take();
        for connector in self.connectors {
            connector.into_configuration(&mut read, doubts);
        }
        read
    }
}

/// The element that holds one connector: `ma-data`, or the private configuration where it stands alone.
fn begins_connector(names: &[&str]) -> bool {
    matches!(names, [MA_DATA | ADMA] | ["saved-ma-configuration", MA_DATA])
}

/// The path below the connector, written as if the private configuration never stood alone.
fn below_connector<'n>(names: &'n [&'n str]) -> Vec<&'n str> {
    match names {
        [ADMA, ..] => std::iter::once("private-configuration").chain(names.iter().copied()).collect(),
        [MA_DATA, below @ ..] | [_, MA_DATA, below @ ..] => below.to_vec(),
        _ => Vec::new(),
    }
}

/// The place of an element: those around it, then its own name, with that of a parameter.
pub(super) fn place_of(names: &[&str], parameter: Option<&str>) -> Place {
    let (last, around) = names.split_last().map_or(("", names), |(last, around)| (*last, around));
    let name = parameter.map_or_else(|| last.to_owned(), |parameter| format!("{last} {parameter}"));
    Place::Row { section: around.iter().map(|name| (*name).to_owned()).collect(), name }
}
