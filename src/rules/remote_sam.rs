//! Cause 3: the domain controller refuses the connector account's remote calls to SAM.

use crate::facts::{Attempt, Facts};

use super::controllers::Survey;
use super::shared::Shared;
use super::{CauseId, Finding};

pub(super) fn findings(
    facts: &Facts,
    attempt: Option<&Attempt>,
    survey: &Survey,
    shared: &Shared,
) -> Vec<Finding> {
    let mut findings = shared.weighed(CauseId::RemoteSam);
    findings.push(survey.denies_connector());
    if let Some(attempt) = attempt {
        findings.push(survey.denial_logged_for_connector(facts, attempt));
        findings.push(survey.denial_logged(facts, attempt));
    }
    findings.push(survey.may_deny_connector());
    findings.push(survey.policy_denies_connector());
    findings.push(survey.connect_server_denies());
    findings.push(survey.lets_connector_in());
    findings.push(survey.audit_only_mode());
    findings
}
