//! What Microsoft Entra Connect writes of its own configuration: connectors, global settings, the
//! wizard's settings files and traces.
//!
//! `Get-ADSyncServerConfiguration` writes a file for each connector (`Connector_{GUID}.xml`) and one for
//! the metaverse (`MV.xml`); the wizard writes `Applied-SynchronizationPolicy-*.JSON` and `trace-*.log`.
//! A value is what the file says and not what is true today: these files have no event and no signature.
//! Passwords, keys and cookies are not read at all.
//! Paths in connector files are those that
//! <https://github.com/microsoft/AADConnectConfigDocumenter> reads.

mod connector;
mod document;
mod policy;
mod trace;
mod values;
mod xml;

use crate::artifacts::text_stream::TextStream;
use crate::artifacts::{Located, held_text, text_encoding};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// What one file of Entra Connect says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectConfiguration {
    /// Which file it is.
    pub file: ConfigurationFile,
    /// Name of the Connect server, in the metaverse file, a saved connector file, or a settings file.
    pub server: Option<Located<String>>,
    /// When the file was written, as written: `2016-05-03 14:28:09.784`, whose zone the file does not
    /// tell, or the UTC start of a wizard run, `Thu, 16 Nov 2023 17:09:02 GMT`.
    pub export_date: Option<Located<String>>,
    /// Version of Entra Connect, such as `2.2.8.0`.
    pub version: Option<Located<String>>,
    /// The server is in staging mode, so that it writes nothing back.
    pub staging_mode: Option<Located<bool>>,
    /// Password writeback as the wizard keeps it (`Microsoft.OptionalFeature.PasswordWriteback`).
    pub password_writeback: Option<Located<bool>>,
    /// The connectors to Active Directory in the file.
    pub connectors: Vec<AdConnector>,
    /// Account of the Entra connector, `Sync_<server>_<number>@<tenant>`.
    pub entra_account: Option<Located<String>>,
    /// Password writeback as the Entra connector has it (`aad-password-reset-config/enabled`).
    pub writeback_enabled: Option<Located<bool>>,
    /// Accounts of AD connectors that a trace names, as written, each once.
    pub connector_accounts: Vec<Located<String>>,
}

/// The files that Entra Connect writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigurationFile {
    /// A connector to Active Directory, or a part of one.
    AdConnector,
    /// The connector to Entra ID.
    EntraConnector,
    /// A connector to another directory, or one that does not say to which.
    OtherConnector,
    /// The metaverse with the global settings (`MV.xml`).
    Metaverse,
    /// The settings file of the wizard, in JSON.
    AppliedPolicy,
    /// The trace of a run of the wizard. It has no events of password writeback.
    WizardTrace,
}

/// A connector to an Active Directory forest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdConnector {
    /// Name of the connector, mostly that of the forest.
    pub name: Option<Located<String>>,
    /// DNS name of the forest.
    pub forest: Option<Located<String>>,
    /// NetBIOS name of the forest's root domain.
    pub netbios: Option<Located<String>>,
    /// Domain of the connector account, as DNS or NetBIOS name.
    pub login_domain: Option<Located<String>>,
    /// Name of the connector account, without its domain.
    pub login_user: Option<Located<String>>,
    /// LDAP traffic is signed and encrypted. Where it is not, setting a password is refused with 8023062C.
    pub sign_and_seal: Option<Located<bool>>,
    /// Domains of the forest.
    pub partitions: Vec<Partition>,
}

/// A directory partition (domain) of a forest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partition {
    /// Distinguished name.
    pub dn: Option<Located<String>>,
    /// The partition is synchronised.
    pub selected: Option<Located<bool>>,
    /// The domain controller that the connector used last: the one to look at.
    pub last_dc: Option<Located<String>>,
    /// Preferred domain controllers, in their order.
    pub preferred_dcs: Vec<Located<String>>,
    /// The element `dc-failover`, as written. What it means together with the option "Only use preferred
    /// domain controllers" is documented nowhere.
    pub dc_failover: Option<Located<bool>>,
    /// LDAP traffic to the partition is signed and encrypted.
    pub sign_and_seal: Option<Located<bool>>,
    /// Domain of the account that is used for this partition in place of the connector's.
    pub login_domain: Option<Located<String>>,
    /// Name of the account that is used for this partition in place of the connector's.
    pub login_user: Option<Located<String>>,
}

impl ConnectConfiguration {
    /// A file that says nothing yet.
    fn of(file: ConfigurationFile) -> Self {
        ConnectConfiguration {
            file,
            server: None,
            export_date: None,
            version: None,
            staging_mode: None,
            password_writeback: None,
            connectors: Vec::new(),
            entra_account: None,
            writeback_enabled: None,
            connector_accounts: Vec::new(),
        }
    }
}

/// The forms in which Entra Connect writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Xml,
    Json,
    Trace,
}

impl Form {
    fn of(text: &str) -> Option<Form> {
        [
            (Form::Xml, xml::begins as fn(&str) -> bool),
            (Form::Json, policy::begins),
            (Form::Trace, trace::begins),
        ]
        .into_iter()
        .find_map(|(form, begins)| begins(text).then_some(form))
    }
}

/// Whether a file begins like one that Entra Connect writes, in any encoding.
pub fn looks_like_connect_configuration(head: &[u8]) -> bool {
    Form::of(&text_encoding::decode(head).text).is_some()
}

/// Reads a file of Entra Connect. Gaps name what could not be read, or what the file says in two ways.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<ConnectConfiguration>, Vec<Gap>) {
    let mut content = bytes;
    read_text(path, TextStream::new(&mut content))
}

/// The same of a text that is still to be read. A trace is read line by line, and the others as a whole.
pub(super) fn read_text(
    path: &BundlePath,
    mut text: TextStream<'_>,
) -> (Option<ConnectConfiguration>, Vec<Gap>) {
    let form = Form::of(text.start());
    let (read, mut gaps, encoding, damaged) = match form {
        Some(Form::Trace) => {
            let (read, mut gaps) = trace::read(path, &mut text);
            gaps.extend(held_text::unreadable(path, &text));
            gaps.extend(held_text::long_line(path, &text));
            (read, gaps, text.encoding(), text.damaged())
        }
        form => {
            let (held, lost) = held_text::hold(path, text);
            let (read, mut gaps) = match form {
                Some(Form::Xml) => xml::read(path, &held.decoded.text),
                Some(Form::Json) => policy::read(path, &held.decoded.text),
                Some(Form::Trace) | None => {
                    let reason = Statement::new("gap.connect-configuration.other");
                    (None, vec![Gap::new(path, Place::File, reason)])
                }
            };
            gaps.extend(lost);
            (read, gaps, held.decoded.encoding, held.decoded.damaged)
        }
    };
    if damaged {
        let reason = Statement::new("gap.connect-configuration.encoding").with("encoding", encoding.name());
        gaps.push(Gap::new(path, Place::File, reason));
    }
    gaps.sort();
    (read, gaps)
}

#[cfg(test)]
mod tests;
