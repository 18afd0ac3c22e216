//! Group Policy reports in HTML: `gpresult /h`, and the reports of the Group Policy Management Console.

use jiff::Timestamp;

use crate::source::Place;

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
    /// The computer's organizational unit (`contoso.example/Domain Controllers`), as written.
    pub organizational_unit: Option<String>,
    /// Security groups of the computer: names as written, or SIDs where they were not resolved.
    pub computer_groups: Vec<String>,
    /// Whether the report has a computer half.
    pub computer_half: ComputerHalf,
    /// When the report was made: the text as written, in the locale of whoever ran it.
    pub collected: Option<String>,
    /// Policy processing passes of the computer, from the report's data island, in UTC.
    pub passes: Vec<PolicyPass>,
    /// Every row of Local Policies/Security Options of the computer half, or of the GPO.
    pub security_options: Vec<SecurityOption>,
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
    /// The policy's name, in the report's language.
    pub name: String,
    /// The value, as written.
    pub value: String,
    /// Name of the winning GPO; none in a GPO report.
    pub winning_gpo: Option<String>,
    /// The row, with the headings above it.
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
