//! The domain's minimum password age, as commands, templates and policy reports show it.
//!
//! What a member server shows of its own accounts is not the domain's policy and is left out. Fine-grained
//! policies take precedence over all of these, so nothing here proves why one password was refused.
//! <https://learn.microsoft.com/en-us/windows/security/threat-protection/security-policy-settings/minimum-password-age>

use crate::artifacts::password_policy::{PasswordPolicy, PolicyCommand};
use crate::artifacts::policy_report::ReportKind;
use crate::artifacts::security_template::{SecurityTemplate, TemplateKind};
use crate::artifacts::{Artifact, Content};
use crate::source::{BundlePath, Place, Source};
use crate::words::Statement;

use super::Contradiction;
use super::attribution::Attributed;
use super::machines::{Machines, Role};

/// What the files say of the minimum password age, in order of the files.
#[derive(Debug, Clone, Default)]
pub struct MinimumAges {
    /// One for each file that shows it.
    pub seen: Vec<MinimumAge>,
}

/// The minimum password age in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumAge {
    /// In days; 0 is none.
    pub days: u32,
    /// Where it stands.
    pub source: Source,
}

impl MinimumAges {
    /// The age in days, where all files agree. Files of several domains need not.
    pub fn days(&self) -> Option<u32> {
        let first = self.seen.first()?.days;
        self.seen.iter().all(|seen| seen.days == first).then_some(first)
    }
}

pub(super) fn gather(
    artifacts: &[Artifact],
    files: &[Attributed],
    machines: &Machines,
    contradictions: &mut Vec<Contradiction>,
) -> MinimumAges {
    let seen: Vec<MinimumAge> = artifacts
        .iter()
        .zip(files)
        .filter_map(|(artifact, file)| {
            let of_controller = file.machine.is_some_and(|id| machines.is(id, Role::DomainController));
            let (days, place) = match &artifact.content {
                Content::PasswordPolicy(policy) => of_command(policy),
                Content::SecurityTemplate(template) if of_controller => of_template(template),
                Content::PolicyReport(report) if of_controller && report.kind == ReportKind::Results => {
                    let policy = report.minimum_password_age()?;
                    Some((policy.value.trim().parse().ok()?, policy.place.clone()))
                }
                _ => None,
            }?;
            Some(MinimumAge { days, source: source(&artifact.path, place) })
        })
        .collect();
    let ages = MinimumAges { seen };
    if let (None, Some(first)) = (ages.days(), ages.seen.first())
        && let Some(other) = ages.seen.iter().find(|seen| seen.days != first.days)
    {
        contradictions.push(Contradiction {
            text: Statement::new("contradiction.minimum-ages-differ")
                .with("first", first.days.to_string())
                .with("second", other.days.to_string()),
            sources: vec![first.source.clone(), other.source.clone()],
        });
    }
    ages
}

fn source(path: &BundlePath, place: Place) -> Source {
    Source::new(path, place)
}

/// Of `net accounts`, only that of a domain controller is the domain's; so is that of `/domain`, which shows
/// the role of the controller that answered.
fn of_command(policy: &PasswordPolicy) -> Option<(u32, Place)> {
    const CONTROLLERS: [&str; 2] = ["PRIMARY", "BACKUP"];
    let of_domain = policy.command == PolicyCommand::DefaultDomainPasswordPolicy
        || policy.computer_role.as_ref().is_some_and(|role| CONTROLLERS.contains(&role.value.as_str()));
    let age = policy.minimum_age_days.as_ref().filter(|_| of_domain)?;
    Some((age.value, age.place.clone()))
}

/// A domain controller's database holds the policy of the domain.
fn of_template(template: &SecurityTemplate) -> Option<(u32, Place)> {
    if template.kind != TemplateKind::ExportOfMachine {
        return None;
    }
    let mut settings = template.system_access.iter();
    let setting = settings.rfind(|setting| setting.name.eq_ignore_ascii_case("MinimumPasswordAge"))?;
    Some((setting.value.trim().parse().ok()?, Place::Line(setting.line)))
}
