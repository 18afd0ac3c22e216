//! One connector of the XML files.

use super::document::Attributes;
use super::values::{Doubts, Slot, text_of};
use super::xml::place_of;
use super::{AdConnector, ConnectConfiguration, Partition};
use crate::artifacts::Located;
use crate::source::Place;
use crate::words::Statement;

/// Partitions of a connector that are read. A forest has some dozens of domains.
const MOST: usize = 100;
/// Preferred domain controllers of a partition that are read.
const MOST_PREFERRED: usize = 20;

/// The directory that a connector connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ActiveDirectory,
    Entra,
    Other,
}

/// What the elements of a connector say, wherever they stand in it.
#[derive(Debug, Default)]
pub(super) struct Connector {
    name: Slot<String>,
    category: Slot<String>,
    entra: bool,
    adma: bool,
    forest: Slot<String>,
    netbios: Slot<String>,
    login_domain: Slot<String>,
    login_user: Slot<String>,
    sign_and_seal: Slot<bool>,
    entra_account: Slot<String>,
    writeback: Slot<bool>,
    partitions: Vec<OpenPartition>,
    in_partition: bool,
    left_out: usize,
}

#[derive(Debug, Default)]
struct OpenPartition {
    name: Slot<String>,
    dn: Slot<String>,
    selected: Slot<bool>,
    last_dc: Slot<String>,
    preferred_dcs: Vec<Located<String>>,
    dc_failover: Slot<bool>,
    sign_and_seal: Slot<bool>,
    login_domain: Slot<String>,
    login_user: Slot<String>,
}

impl Connector {
    pub(super) fn opens(&mut self, below: &[&str]) {
        match below {
            ["private-configuration", "adma-configuration"] => self.adma = true,
            ["ma-partition-data", "partition"] if self.partitions.len() < MOST => {
                self.partitions.push(OpenPartition::default());
                self.in_partition = true;
            }
            ["ma-partition-data", "partition"] => self.left_out = self.left_out.saturating_add(1),
            _ => {}
        }
    }

    pub(super) fn closes(&mut self, below: &[&str]) {
        if below == ["ma-partition-data", "partition"] {
            self.in_partition = false;
        }
    }

    pub(super) fn leaf(
        &mut self,
        names: &[&str],
        below: &[&str],
        attributes: &Attributes,
        text: &str,
        doubts: &mut Doubts<'_>,
    ) {
        let place = || place_of(names, attributes.name.as_deref());
        match below {
            ["name"] => self.name.text(text, place(), doubts),
            ["category"] => self.category.text(text, place(), doubts),
            ["subtype" | "ma-listname"] => self.entra |= is_entra(text),
            ["private-configuration", "adma-configuration", rest @ ..] => {
                self.private(rest, attributes, text, place(), doubts);
            }
            ["private-configuration", "MAConfig", rest @ ..] => {
                self.extensible(rest, attributes, text, place(), doubts);
            }
            ["ma-partition-data", "partition", rest @ ..] if self.in_partition => {
                if let Some(partition) = self.partitions.last_mut() {
                    partition.leaf(rest, text, place(), doubts);
                }
            }
            _ => {}
        }
    }

    /// The elements and the parameters say the same; where one is empty, the other counts.
    fn private(
        &mut self,
        rest: &[&str],
        attributes: &Attributes,
        text: &str,
        place: Place,
        doubts: &mut Doubts<'_>,
    ) {
        self.adma = true;
        let name = match rest {
            [name] => *name,
            ["parameter-values", "parameter"] => attributes.name.as_deref().unwrap_or_default(),
            _ => return,
        };
        match name {
            "forest-name" => self.forest.text(text, place, doubts),
            "forest-login-domain" => self.login_domain.text(text, place, doubts),
            "forest-login-user" => self.login_user.text(text, place, doubts),
            "sign-and-seal" => self.sign_and_seal.truth(text, place, doubts),
            "Forest.Netbios" => self.netbios.text(text, place, doubts),
            _ => {}
        }
    }

    fn extensible(
        &mut self,
        rest: &[&str],
        attributes: &Attributes,
        text: &str,
        place: Place,
        doubts: &mut Doubts<'_>,
    ) {
        match (rest, attributes.name.as_deref()) {
            (["aad-password-reset-config", "enabled"], _) => self.writeback.truth(text, place, doubts),
            (["parameter-values", "parameter"], Some("UserName")) => {
                self.entra_account.text(text, place, doubts);
            }
            _ => {}
        }
    }

    pub(super) fn kind(&self) -> Kind {
        let is_ad = matches!(&self.category, Slot::Said(said) if said.value.eq_ignore_ascii_case("AD"));
        if is_ad || self.adma {
            Kind::ActiveDirectory
        } else if self.entra {
            Kind::Entra
        } else {
            Kind::Other
        }
    }

    /// Adds what the connector says to what the file says.
    pub(super) fn into_configuration(self, read: &mut ConnectConfiguration, doubts: &mut Doubts<'_>) {
        if self.left_out > 0 {
            let reason = Statement::new("gap.connect-configuration.partitions")
                .with("limit", MOST.to_string())
                .with("count", self.left_out.to_string());
            doubts.tell(Place::File, reason);
        }
        match self.kind() {
            Kind::ActiveDirectory => read.connectors.push(self.into_ad()),
            // An account and a switch of another connector are not those of Entra.
            Kind::Entra => {
                read.entra_account = read.entra_account.take().or(self.entra_account.take());
                read.writeback_enabled = read.writeback_enabled.take().or(self.writeback.take());
            }
            Kind::Other => {}
        }
    }

    fn into_ad(self) -> AdConnector {
        AdConnector {
            name: self.name.take(),
            forest: self.forest.take(),
            netbios: self.netbios.take(),
            login_domain: self.login_domain.take(),
            login_user: self.login_user.take(),
            sign_and_seal: self.sign_and_seal.take(),
            partitions: self.partitions.into_iter().map(OpenPartition::close).collect(),
        }
    }
}

impl OpenPartition {
    fn leaf(&mut self, rest: &[&str], text: &str, place: Place, doubts: &mut Doubts<'_>) {
        match rest {
            ["name"] => self.name.text(text, place, doubts),
            ["selected"] => self.selected.truth(text, place, doubts),
            ["custom-data", "adma-partition-data", rest @ ..] => match rest {
                ["dn"] => self.dn.text(text, place, doubts),
                ["last-dc"] => self.last_dc.text(text, place, doubts),
                ["dc-failover"] => self.dc_failover.truth(text, place, doubts),
                ["sign-and-seal"] => self.sign_and_seal.truth(text, place, doubts),
                ["login-domain"] => self.login_domain.text(text, place, doubts),
                ["login-user"] => self.login_user.text(text, place, doubts),
                ["preferred-dcs", "preferred-dc"] if self.preferred_dcs.len() < MOST_PREFERRED => {
                    let name = text_of(text, &place, doubts);
                    self.preferred_dcs.extend(name.map(|name| Located::new(name, place)));
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn close(self) -> Partition {
        Partition {
            dn: self.dn.take().or(self.name.take()),
            selected: self.selected.take(),
            last_dc: self.last_dc.take(),
            preferred_dcs: self.preferred_dcs,
            dc_failover: self.dc_failover.take(),
            sign_and_seal: self.sign_and_seal.take(),
            login_domain: self.login_domain.take(),
            login_user: self.login_user.take(),
        }
    }
}

/// The subtype and the list name of the Entra connector, in its old and its possible new wording.
fn is_entra(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.starts_with("windows azure active directory") || text.starts_with("microsoft entra")
}
