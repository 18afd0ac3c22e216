//! Group Policy reports: `gpresult`, the Group Policy Management Console, and PowerShell, in whatever form.
//!
//! HTML, XML and console text say the same, so they give one type.
//! The readers take no Security Options row for more than it is: what a value means is not asked here.
//! [`ComputerHalf`] tells whether a report can say what is not defined.

mod computer;
mod console;
mod document;
mod gpos;
mod html;
mod island;
mod kind;
mod markup;
#[cfg(test)]
mod real_reports;
mod sections;
mod settings;
#[cfg(test)]
mod tests;
mod xml;

use jiff::Timestamp;

use crate::artifacts::kept;
use crate::artifacts::text_encoding::{self, Decoded};
use crate::source::{BundlePath, Gap, Place};

/// What one report says.
#[derive(Debug, Clone)]
pub struct PolicyReport {
    /// Which of the three reports it is.
    pub kind: ReportKind,
    /// The computer that the report is of, as written (`CONTOSO\DC01`); none in a GPO report.
    pub computer: Option<String>,
    /// Fully qualified name of the computer from the report's own event data (`dc01.contoso.example`).
    pub computer_fqdn: Option<String>,
    /// The computer's domain, as written; `Local` for a standalone machine.
    pub domain: Option<String>,
    /// The computer's organizational unit (`contoso.example/Domain Controllers`); console text writes a
    /// distinguished name instead, which is turned into this form.
    pub organizational_unit: Option<String>,
    /// Role of the computer in the words of console text (`Primary Domain Controller`), as written.
    pub os_configuration: Option<String>,
    /// Security groups of the computer: names as written, or SIDs where names were not resolved. XML gives
    /// both, and its SIDs stand here.
    pub computer_groups: Vec<String>,
    /// What the report can say about the computer.
    pub computer_half: ComputerHalf,
    /// When the report was made: the text as written, in the locale of whoever ran it.
    pub collected: Option<String>,
    /// When the report was made, UTC: in XML only. A file with several GPOs has the time of the first.
    pub read_time: Option<Timestamp>,
    /// Domain controller that policy was last applied from, as console text names it.
    pub applied_from: Option<String>,
    /// Policy processing passes of the computer, from the report's data island, in UTC.
    pub passes: Vec<PolicyPass>,
    /// Every row of Local Policies/Security Options of the computer half, or of the GPOs.
    pub security_options: Vec<SecurityOption>,
    /// User rights of the computer half, or of the GPOs: in XML only.
    pub user_rights: Vec<UserRight>,
    /// Account policies of the computer half, or of the GPOs: in XML only.
    pub account_policies: Vec<AccountPolicy>,
    /// Registry values set below the computer half by preferences or by extra registry settings.
    pub registry_settings: Vec<RegistrySetting>,
    /// GPOs that the computer half lists.
    pub gpos: Vec<GpoEntry>,
}

/// The three reports that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// What was applied to a machine (`gpresult`, Group Policy Results).
    Results,
    /// A simulation (Group Policy Modeling): says nothing about what was applied.
    Modeling,
    /// What one GPO would set (Get-GPOReport): names no machine.
    GpoReport,
}

/// Whether a report can say anything about the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputerHalf {
    /// Settings of the computer are listed, so what is not listed was not defined by policy.
    Present,
    /// The report was made without elevation: it has no computer data, and says nothing about it.
    NotAvailable,
    /// The report has no computer half, or it was lost to damage.
    Missing,
    /// Console text: names, groups and GPOs, but no full list of settings, so what is not listed may be
    /// defined all the same.
    SummaryOnly,
}

/// One policy processing pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPass {
    /// Time of the pass' first event, UTC.
    pub from: Timestamp,
    /// Time of the pass' last event, UTC.
    pub to: Timestamp,
    /// Domain controller that served the policy, as written.
    pub domain_controller: Option<String>,
}

/// One row of Security Options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityOption {
    /// The policy's name, in the report's language; the registry path where the report has no name.
    pub name: String,
    /// The registry value that the policy sets, the same in every language:
    /// `MACHINE\System\CurrentControlSet\Control\Lsa\LimitBlankPasswordUse`. None in HTML.
    pub key_name: Option<String>,
    /// The value, as written. XML of a GPO has quotes around a string.
    pub value: String,
    /// Name of the winning GPO; in an XML GPO report the GPO that has the row, none in an HTML one.
    pub winning_gpo: Option<String>,
    /// The row with the headings above it, or the line.
    pub place: Place,
}

/// One user right: who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRight {
    /// Name of the right (`SeImpersonatePrivilege`), the same in every language.
    pub name: String,
    /// Holders: SIDs, or names as written where the report has no SID. Empty where policy gives the right to
    /// nobody.
    pub members: Vec<String>,
    /// Name of the winning GPO, or of the GPO that has the row.
    pub winning_gpo: Option<String>,
    /// The line.
    pub place: Place,
}

/// One account policy (password, lockout, Kerberos).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPolicy {
    /// Name (`MinimumPasswordAge`), the same in every language.
    pub name: String,
    /// Value as written: a number in the policy's own unit (`MinimumPasswordAge` in days), or `true` or
    /// `false`.
    pub value: String,
    /// Name of the winning GPO, or of the GPO that has the row.
    pub winning_gpo: Option<String>,
    /// The line.
    pub place: Place,
}

/// One registry value that preferences or extra registry settings define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySetting {
    /// Key with the hive in front where the report has it, as written.
    pub key: String,
    /// Name of the value.
    pub value_name: String,
    /// Data as written, where the report shows it.
    pub data: Option<String>,
    /// Name of the winning GPO, where shown.
    pub winning_gpo: Option<String>,
    /// The row, with the headings above it.
    pub place: Place,
}

/// One GPO of the report's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpoEntry {
    /// Name as written.
    pub name: String,
    /// GUID in braces, upper case; none for the local policy.
    pub guid: Option<String>,
    /// Applied or denied.
    pub applied: bool,
    /// Where the GPO is linked.
    pub link: Option<String>,
    /// Reason why it was denied, as written.
    pub denied_reason: Option<String>,
}

impl PolicyReport {
    /// A report that says nothing yet.
    fn empty(kind: ReportKind) -> Self {
        PolicyReport {
            kind,
            computer: None,
            computer_fqdn: None,
            domain: None,
            organizational_unit: None,
            os_configuration: None,
            computer_groups: Vec::new(),
            computer_half: ComputerHalf::Missing,
            collected: None,
            read_time: None,
            applied_from: None,
            passes: Vec::new(),
            security_options: Vec::new(),
            user_rights: Vec::new(),
            account_policies: Vec::new(),
            registry_settings: Vec::new(),
            gpos: Vec::new(),
        }
    }

    /// Memory that it takes, in bytes, near enough.
    pub(super) fn bytes(&self) -> usize {
        let of = |texts: &[&String], winner: &Option<String>, place: &Place| {
            let texts = kept::bytes_of(texts.iter().copied()).saturating_add(kept::bytes_of(winner));
            texts.saturating_add(kept::bytes_of_place(place)).saturating_add(size_of::<RegistrySetting>())
        };
        let options = self
            .security_options
            .iter()
            .map(|row| of(&[&row.name, &row.value], &row.winning_gpo, &row.place));
        let rights = self.user_rights.iter().map(|row| {
            of(&[&row.name], &row.winning_gpo, &row.place).saturating_add(kept::bytes_of(&row.members))
        });
        let accounts = self
            .account_policies
            .iter()
            .map(|row| of(&[&row.name, &row.value], &row.winning_gpo, &row.place));
        let values = self.registry_settings.iter().map(|row| {
            of(&[&row.key, &row.value_name], &row.winning_gpo, &row.place)
                .saturating_add(kept::bytes_of(&row.data))
        });
        let gpos =
            self.gpos.iter().map(|gpo| kept::bytes_of([&gpo.name]).saturating_add(size_of::<GpoEntry>()));
        let rows: usize = options.chain(rights).chain(accounts).chain(values).chain(gpos).sum();
        rows.saturating_add(kept::bytes_of(&self.computer_groups))
    }

    /// The row of the minimum password age, in days, where XML has it.
    pub fn minimum_password_age(&self) -> Option<&AccountPolicy> {
        self.account_policies.iter().find(|policy| policy.name.eq_ignore_ascii_case("MinimumPasswordAge"))
    }
}

/// The form that a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Xml,
    Console,
}

/// Bytes that tell the form.
const HEAD_BYTES: usize = 64 << 10;

fn form(head: &str) -> Option<Form> {
    if xml::looks_like(head) {
        Some(Form::Xml)
    } else if html::looks_like(head) {
        Some(Form::Html)
    } else if console::looks_like(head) {
        Some(Form::Console)
    } else {
        None
    }
}

/// Whether a file looks like one of the reports, from its first bytes (up to 64 KiB), in any encoding.
pub fn looks_like_policy_report(head: &[u8]) -> bool {
    form(&text_encoding::decode(head.get(..HEAD_BYTES).unwrap_or(head)).text).is_some()
}

/// Reads a report. Without a report there is a gap that says why, and what to ask for instead.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<PolicyReport>, Vec<Gap>) {
    read_text(path, &text_encoding::decode(bytes))
}

/// The same of a text that is decoded.
pub(super) fn read_text(path: &BundlePath, decoded: &Decoded) -> (Option<PolicyReport>, Vec<Gap>) {
    let head = decoded.text.get(..decoded.text.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    match form(head) {
        Some(Form::Xml) => xml::read(path, decoded),
        Some(Form::Console) => console::read(path, decoded),
        Some(Form::Html) | None => html::read(path, decoded),
    }
}
