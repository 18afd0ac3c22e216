//! What reports of policies say of the domain controllers.

use crate::facts::Facts;
use crate::facts::connector::Connector;
use crate::facts::sam_restriction::{Basis, SamValue};
use crate::rules::{Answer, Finding, Weight};
use crate::source::Source;

use super::reach::Reach;
use super::{Effect, Stance, Standing, Survey, keeps_out};

/// A Group Policy Results report, or an export of the security database, of a machine that may be a domain
/// controller.
#[derive(Debug)]
pub(super) struct ReportOf {
    machine: String,
    /// None where the machine has none.
    report: Option<(Source, bool)>,
}

/// The report of each machine that may be a domain controller; where there are several, one that keeps the
/// account out.
pub(super) fn of_controllers(facts: &Facts, connector: Option<&Connector>) -> Vec<ReportOf> {
    let of = |id| {
        let seen = facts.restrictions.seen.iter().find(|seen| seen.machine == Some(id));
        let policies = seen.into_iter().flat_map(|seen| &seen.policies);
        let reports = policies.map(|policy| (policy.source.clone(), keeps_out(policy, connector)));
        ReportOf {
            machine: facts.machines.name(id).to_owned(),
            report: reports.max_by_key(|(_, keeps_out)| *keeps_out),
        }
    };
    facts.machines.may_be_controllers().map(of).collect()
}

impl Survey {
    /// A Group Policy Results report of a controller defines the setting; the value was not seen, or
    /// disagrees.
    pub(in crate::rules) fn policy_denies_connector(&self) -> Finding {
        let finding = |answer| Finding::new("policy-denies-connector", Weight::Supports, answer);
        let by_policy = self.of(Standing::Controller).find(|stance| {
            matches!(stance.effect, Effect::Denies | Effect::MayDeny)
                && stance.in_force.as_ref().is_some_and(|in_force| in_force.basis == Basis::Policy)
        });
        if let Some(stance) = by_policy {
            let finding = self.saying(finding(Answer::Yes), stance);
            return finding.needing("controller-lsa-key", stance.machine.as_deref());
        }
        if let Some((stance, report)) = self.agreeing_report() {
            return self.saying(finding(Answer::Yes).variant("agrees").at(report), stance);
        }
        if let Some(policy) = &self.gpo_defining {
            return finding(Answer::Yes)
                .variant("gpo")
                .with("path", policy.source.path.to_string())
                .with("value", policy.value.as_ref().map(SamValue::shown).unwrap_or_default())
                .with("account", self.account.clone())
                .at(&policy.source)
                .needing("controller-lsa-key", None);
        }
        if let Some(reports) = self.reports_without() {
            return finding(Answer::No).with("machine", self.reported_named()).at_all(reports);
        }
        if self.unelevated.is_empty() {
            return finding(Answer::Unknown);
        }
        finding(Answer::Unknown)
            .variant("unelevated")
            .at_all(&self.unelevated)
            .needing("controller-policy-report", self.unseen.first().map(String::as_str))
    }

    /// A controller whose value keeps the account out, and whose report has a policy that does so too.
    fn agreeing_report(&self) -> Option<(&Stance, &Source)> {
        let denying = self.of(Standing::Controller).filter(|stance| {
            stance.reach != Reach::Elsewhere && matches!(stance.effect, Effect::Denies | Effect::MayDeny)
        });
        denying.into_iter().find_map(|stance| {
            let of = self.reports.iter().find(|of| Some(&of.machine) == stance.machine.as_ref())?;
            let (source, keeps_out) = of.report.as_ref()?;
            keeps_out.then_some((stance, source))
        })
    }

    /// The reports, where every machine that may be a controller has one and none keeps the account out.
    /// That says nothing of the values, which outlive policies.
    fn reports_without(&self) -> Option<Vec<&Source>> {
        let without = |of: &'_ ReportOf| matches!(of.report, Some((_, false)));
        let all = !self.reports.is_empty() && self.reports.iter().all(without);
        all.then(|| self.reports.iter().filter_map(|of| Some(&of.report.as_ref()?.0)).collect())
    }

    fn reported_named(&self) -> String {
        let names: Vec<&str> = self.reports.iter().map(|of| of.machine.as_str()).collect();
        names.join(", ")
    }
}
