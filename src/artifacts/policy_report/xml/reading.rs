//! A report that is being read: what its elements say is put together, and whether that is all of it.

use std::collections::HashMap;

use super::parts::{Part, part};
use super::rows;
use super::scan::{Element, Ending, Name, Sink};
use crate::artifacts::policy_report::document::shortened;
use crate::artifacts::policy_report::island::Passes;
use crate::artifacts::policy_report::{ComputerHalf, PolicyReport, ReportKind};

/// The most rows that are kept of a report.
const MAX_ROWS: usize = 100_000;

/// Identifier of the extension that applies security settings.
const SECURITY_EXTENSION: &str = "{827D319E-6EAC-11D2-A4EA-00C04F79F83A}";

/// What was read so far.
pub(super) struct Reading {
    report: PolicyReport,
    passes: Passes,
    /// What `DataType` says.
    data_type: Option<String>,
    /// Names of GPOs by identifier in lower case.
    names: HashMap<String, String>,
    /// The parts of which a report is made, as far as they begin; and the computer halves or GPOs that end by
    /// their own end tag.
    begun: Begun,
    ended: u64,
    /// Extensions that ran for the computer.
    extensions: u64,
    /// The security extension failed, so that its list may not be whole.
    security_failed: bool,
    /// In a GPO report: name of the GPO that is open, and the rows that stood before it.
    gpo: Option<String>,
    rows_before: Rows,
    left_out: u64,
}

#[derive(Default)]
struct Begun {
    computers: u64,
    users: u64,
    gpos: u64,
}

/// Numbers of rows: options, rights, account policies, registry values.
type Rows = [usize; 4];

impl Reading {
    pub(super) fn new() -> Self {
        Reading {
            report: PolicyReport::empty(ReportKind::GpoReport),
            passes: Passes::default(),
            data_type: None,
            names: HashMap::new(),
            begun: Begun::default(),
            ended: 0,
            extensions: 0,
            security_failed: false,
            gpo: None,
            rows_before: [0; 4],
            left_out: 0,
        }
    }

    /// The report, with what was lost of it.
    pub(super) fn finish(
        mut self,
        ending: Ending,
        damaged: bool,
        too_large: u64,
    ) -> (PolicyReport, Vec<&'static str>) {
        self.left_out += too_large;
        let mut reasons = Vec::new();
        let told = matches!(self.data_type.as_deref(), Some("LoggedData" | "PlanningData"));
        self.report.kind = match self.data_type.as_deref() {
            _ if self.begun.gpos > 0 => ReportKind::GpoReport,
            Some("LoggedData") => ReportKind::Results,
            _ => ReportKind::Modeling,
        };
        if self.report.kind == ReportKind::GpoReport {
            self.end_of_gpo();
        } else {
            self.name_winners();
            if !told {
                reasons.push("gap.policy-report.xml-kind");
            }
        }
        self.report.computer_half = self.computer_half(ending, damaged);
        reasons.extend(self.losses());
        let island = self.passes.finish();
        if island.unreadable > 0 {
            reasons.push("gap.policy-report.passes");
        }
        self.report.computer_fqdn = island.computer;
        self.report.passes = island.passes;
        (self.report, reasons)
    }

    fn computer_half(&self, ending: Ending, damaged: bool) -> ComputerHalf {
        let begun =
            if self.report.kind == ReportKind::GpoReport { self.begun.gpos } else { self.begun.computers };
        let whole = begun == self.ended && !damaged && self.left_out == 0 && !self.security_failed;
        if self.report.kind == ReportKind::GpoReport {
            return if whole && ending == Ending::Whole {
                ComputerHalf::Present
            } else {
                ComputerHalf::Missing
            };
        }
        match self.begun.computers {
            0 if self.begun.users > 0 && ending == Ending::Whole => ComputerHalf::NotAvailable,
            1 if whole && self.report.computer.is_some() => {
                // A machine on which policy ran has extensions, though none may have had settings.
                let ran = self.extensions > 0 || self.rows() != [0; 4];
                if ran || self.report.kind == ReportKind::Modeling {
                    ComputerHalf::Present
                } else {
                    ComputerHalf::NotAvailable
                }
            }
            _ => ComputerHalf::Missing,
        }
    }

    fn losses(&self) -> Vec<&'static str> {
        let all = [
            (self.left_out > 0, "gap.policy-report.xml-too-many"),
            (self.security_failed, "gap.policy-report.security-failed"),
            (self.report.computer_half == ComputerHalf::Missing, "gap.policy-report.computer-half"),
        ];
        all.into_iter().filter_map(|(is_lost, reason)| is_lost.then_some(reason)).collect()
    }

    fn rows(&self) -> Rows {
        let report = &self.report;
        [
            report.security_options.len(),
            report.user_rights.len(),
            report.account_policies.len(),
            report.registry_settings.len(),
        ]
    }

    fn has_room(&mut self) -> bool {
        let others = self.report.gpos.len() + self.report.computer_groups.len();
        let room = self.rows().iter().sum::<usize>() + others < MAX_ROWS;
        self.left_out += u64::from(!room);
        room
    }

    /// The winning GPO of each row from a number of rows on.
    fn winners(&mut self, from: Rows) -> impl Iterator<Item = &mut Option<String>> {
        let [options, rights, accounts, values] = from;
        let report = &mut self.report;
        let options = report.security_options.iter_mut().skip(options).map(|row| &mut row.winning_gpo);
        let rights = report.user_rights.iter_mut().skip(rights).map(|row| &mut row.winning_gpo);
        let accounts = report.account_policies.iter_mut().skip(accounts).map(|row| &mut row.winning_gpo);
        let values = report.registry_settings.iter_mut().skip(values).map(|row| &mut row.winning_gpo);
        options.chain(rights).chain(accounts).chain(values)
    }

    /// Puts names in place of identifiers. A GPO that is not in the list keeps its identifier.
    fn name_winners(&mut self) {
        let names = std::mem::take(&mut self.names);
        for winner in self.winners([0; 4]) {
            let name = winner.as_ref().and_then(|identifier| names.get(&identifier.to_ascii_lowercase()));
            if let Some(name) = name {
                *winner = Some(name.clone());
            }
        }
    }

    /// The rows of the GPO that ends are its own.
    fn end_of_gpo(&mut self) {
        let gpo = self.gpo.take();
        for winner in self.winners(self.rows_before) {
            winner.clone_from(&gpo);
        }
        self.rows_before = self.rows();
    }

    fn take_part(&mut self, part: Part, element: &Element) {
        let report = &mut self.report;
        let text = Some(element.text.as_str()).filter(|text| !text.is_empty());
        match part {
            Part::ReadTime if report.read_time.is_none() => {
                report.read_time = text.and_then(|text| text.parse().ok());
                report.collected = text.map(shortened);
            }
            Part::DataType => self.data_type = text.map(shortened),
            Part::GpoName => self.gpo = text.map(shortened),
            Part::ComputerName => {
                report.computer = text.map(|name| name.strip_suffix('$').unwrap_or(name).to_owned());
            }
            Part::Domain => report.domain = text.map(str::to_owned),
            Part::OrganizationalUnit => report.organizational_unit = text.map(str::to_owned),
            Part::Event => self.passes.event(&element.text),
            Part::ExtensionStatus => self.take_status(element),
            _ if self.has_room() => self.take_row(part, element),
            _ => {}
        }
    }

    fn take_status(&mut self, status: &Element) {
        self.extensions += 1;
        let is_security =
            status.text_of("Identifier").is_some_and(|text| text.eq_ignore_ascii_case(SECURITY_EXTENSION));
        let failed = status.text_of("Error").is_some_and(|error| error != "0")
            || status.text_of("LoggingStatus").is_some_and(|status| status != "Complete");
        self.security_failed |= is_security && failed;
    }

    fn take_row(&mut self, part: Part, row: &Element) {
        let report = &mut self.report;
        match part {
            Part::Group => report.computer_groups.extend(rows::sid_or_name(row)),
            Part::ListedGpo => {
                let (entry, identifier) = rows::listed_gpo(row);
                self.names.insert(identifier.to_ascii_lowercase(), entry.name.clone());
                report.gpos.push(entry);
            }
            Part::SecurityOption => report.security_options.push(rows::security_option(row)),
            Part::UserRight => report.user_rights.push(rows::user_right(row)),
            Part::Account => report.account_policies.push(rows::account_policy(row)),
            Part::Preference => report.registry_settings.extend(rows::preference(row)),
            Part::ExtraSetting => report.registry_settings.extend(rows::extra_setting(row)),
            _ => {}
        }
    }
}

impl Sink for Reading {
    type Part = Part;

    fn chosen(&mut self, path: &[Name], attributes: &[(String, String)]) -> Option<Part> {
        let part = part(path)?;
        match part {
            Part::ComputerHalf => self.begun.computers += 1,
            Part::UserHalf => self.begun.users += 1,
            Part::Gpo => self.begun.gpos += 1,
            Part::Pass => {
                let server = attributes.iter().find(|(name, _)| name == "DomainControllerName");
                self.passes.begin(server.map(|(_, server)| server.as_str()));
            }
            _ => return Some(part),
        }
        None
    }

    fn take(&mut self, part: Part, element: Element) {
        self.take_part(part, &element);
    }

    fn close(&mut self, path: &[Name]) {
        match part(path) {
            Some(Part::ComputerHalf) => self.ended += 1,
            Some(Part::Gpo) => {
                self.ended += 1;
                self.end_of_gpo();
            }
            Some(Part::Pass) => self.passes.end(),
            _ => {}
        }
    }
}
