//! What was in force on a machine at a given time, and how sure that is.

use jiff::{SignedDuration, Timestamp};

use crate::security_descriptor::Sid;
use crate::source::Source;

use super::{Announced, Denial, PolicySeen, Restriction, SamValue, ValueSeen};

/// What was in force at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The value.
    pub value: SamValue,
    /// What says so.
    pub basis: Basis,
    /// It can prove or clear: the machine is certain, the time fits, and nothing disagrees.
    pub firm: bool,
    /// The machine is certain.
    pub machine_is_firm: bool,
    /// It is from no file that was made for import.
    pub is_export: bool,
    /// Places, the deciding one first.
    pub sources: Vec<Source>,
    /// Winning GPO, where a policy report names it.
    pub gpo: Option<String>,
}

/// What a statement on the value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The SAM server's own events.
    Announced,
    /// A registry export.
    Registry,
    /// A Group Policy Results report.
    Policy,
}

/// Audit-only mode at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditState {
    /// On or off.
    pub on: bool,
    /// It can clear: the machine is certain, and the time fits.
    pub firm: bool,
    /// Where it stands.
    pub source: Source,
}

/// A log whose last record stands this close before a failure covers it: nothing was written since.
const LOG_END_WINDOW: SignedDuration = SignedDuration::from_secs(15 * 60);

impl Restriction {
    /// What was in force at a time; none where nothing says so.
    pub fn at(&self, time: Timestamp) -> Option<InForce> {
        let mut in_force = self.value_at(time)?;
        in_force.gpo = self.policies.iter().find(|policy| policy.value.is_some()).and_then(|p| p.gpo.clone());
        Some(in_force)
    }

    fn value_at(&self, time: Timestamp) -> Option<InForce> {
        let said = self.announced.iter().rev().find(|announced| announced.time <= time);
        let policy = self.policies.iter().find(|policy| policy.value.is_some());
        match (said, self.values.first()) {
            (Some(said), _) if self.log_covers(said.time, time) => Some(self.as_announced(said, time)),
            (_, Some(seen)) => match policy {
                // The policy will write the value again: what stood at the failure is not certain.
                Some(policy) if seen.value == SamValue::Absent => {
                    Some(InForce::of_policy(policy, vec![seen.source.clone()]))
                }
                _ => Some(self.as_exported(seen, said, time)),
            },
            (Some(said), None) => {
                let sources = vec![said.source.clone()];
                Some(InForce::of(said.value.clone(), Basis::Announced, false, sources))
            }
            (None, None) => policy.map(|policy| InForce::of_policy(policy, Vec::new())),
        }
    }

    /// The SAM server said so before the failure, and its log runs on to it.
    fn as_announced(&self, said: &Announced, time: Timestamp) -> InForce {
        // A later announcement of the export's value dates the export: it was taken after a change.
        let agrees = |seen: &ValueSeen| {
            same(&seen.value, &said.value)
                || self.later(time).is_some_and(|later| same(&later.value, &seen.value))
        };
        let firm = self.values.iter().all(agrees) && self.policy_agrees(&said.value);
        let values = self.values.iter().map(|seen| seen.source.clone());
        let sources = std::iter::once(said.source.clone()).chain(values).collect();
        InForce::of(said.value.clone(), Basis::Announced, firm, sources)
    }

    /// An undated export describes the machine at the failure, unless something shows a change.
    fn as_exported(&self, seen: &ValueSeen, said: Option<&Announced>, time: Timestamp) -> InForce {
        let same_policy =
            |policy: &&PolicySeen| policy.value.as_ref().is_some_and(|value| same(value, &seen.value));
        let agreeing = self.policies.iter().find(same_policy);
        // An announcement after the failure, in a log that has none before it, may be that of a change.
        let later = self.later(time);
        let may_have_changed = later.is_some_and(|later| {
            !same(&later.value, &seen.value) || self.log_spans.iter().any(|(from, _)| *from <= time)
        });
        let firm = seen.firm
            && self.values.iter().all(|other| other.value == seen.value)
            && said.is_none_or(|said| same(&said.value, &seen.value))
            && self.policy_agrees(&seen.value)
            && !may_have_changed;
        let sources =
            std::iter::once(&seen.source).chain(agreeing.map(|policy| &policy.source)).cloned().collect();
        let in_force = InForce::of(seen.value.clone(), Basis::Registry, firm, sources);
        InForce { machine_is_firm: seen.machine_is_firm, is_export: seen.is_export, ..in_force }
    }

    fn later(&self, time: Timestamp) -> Option<&Announced> {
        self.announced.iter().find(|announced| announced.time > time)
    }

    /// Every policy report that defines the setting defines this value.
    fn policy_agrees(&self, value: &SamValue) -> bool {
        self.policies.iter().filter_map(|policy| policy.value.as_ref()).all(|defined| same(defined, value))
    }

    /// Whether a log shows all that was said between two times. Where records are lost, a change may be
    /// among them.
    fn log_covers(&self, from: Timestamp, to: Timestamp) -> bool {
        let near = |end: &Timestamp| to.duration_since(*end) <= LOG_END_WINDOW;
        self.whole_spans.iter().any(|(start, end)| *start <= from && near(end))
    }

    /// The System log has the SAM server's own events, and runs from one of them on over a time: a refusal
    /// that SAM logged then would be in it.
    pub fn logs_sam_over(&self, time: Timestamp) -> bool {
        let said = self.announced.iter().filter(|said| said.time <= time);
        let runs_on =
            |from: Timestamp| self.log_spans.iter().any(|(start, end)| *start <= from && time <= *end);
        said.into_iter().any(|said| runs_on(said.time))
    }

    /// A refusal that a value cannot have led to: of anybody, where it restricts nobody, and of the account itself
    /// (`own`), where it lets that in. Nothing tells of a change between the refusal and `time`, so that another
    /// value may have been in force then, and the one that was seen came later.
    pub fn refused_although(&self, value: &SamValue, own: Option<&Sid>, time: Timestamp) -> Option<&Denial> {
        let changed = |denial: &Denial| {
            let (first, last) = (denial.time.min(time), denial.time.max(time));
            self.announced.iter().any(|said| first < said.time && said.time <= last)
        };
        let contradicts = |denial: &&Denial| match value {
            SamValue::Absent | SamValue::Empty | SamValue::Malformed(_) => true,
            SamValue::Descriptor { .. } => own.is_some() && denial.caller.as_ref() == own,
            SamValue::Unusable(_) => false,
        };
        self.denials.iter().find(|denial| contradicts(denial) && !changed(denial))
    }

    /// Audit-only mode at a time; none where nothing says so.
    pub fn audit_only_at(&self, time: Timestamp) -> Option<AuditState> {
        let said = self.audit_only.iter().rev().find(|said| said.time <= time);
        if let Some(said) = said.filter(|said| self.log_covers(said.time, time)) {
            return Some(AuditState { on: said.on, firm: true, source: said.source.clone() });
        }
        let turned_later = self.audit_only.iter().any(|later| later.time > time);
        // Of exports that disagree, the one with the mode on: it keeps the others from proving a refusal.
        let mut shown: Vec<(bool, &ValueSeen)> =
            self.values.iter().filter_map(|seen| Some((seen.audit_only?, seen))).collect();
        shown.sort_by_key(|(on, _)| !on);
        let Some((on, seen)) = shown.first().copied() else {
            let said = said?;
            return Some(AuditState { on: said.on, firm: false, source: said.source.clone() });
        };
        let agree = shown.iter().all(|(other, _)| *other == on) && said.is_none_or(|said| said.on == on);
        let source = seen.audit_source.clone().unwrap_or_else(|| seen.source.clone());
        Some(AuditState { on, firm: seen.firm && agree && !turned_later, source })
    }
}

impl InForce {
    fn of(value: SamValue, basis: Basis, firm: bool, sources: Vec<Source>) -> Self {
        InForce { value, basis, firm, machine_is_firm: true, is_export: true, sources, gpo: None }
    }

    fn of_policy(policy: &PolicySeen, more: Vec<Source>) -> Self {
        let value = policy.value.clone().unwrap_or(SamValue::Absent);
        let sources = std::iter::once(policy.source.clone()).chain(more).collect();
        InForce::of(value, Basis::Policy, false, sources)
    }
}

/// Whether two values restrict alike. What the SAM server announces as its default may be an absent, an
/// empty or a malformed value.
pub(super) fn same(a: &SamValue, b: &SamValue) -> bool {
    use SamValue::{Absent, Descriptor, Empty, Malformed};
    match (a, b) {
        (Descriptor { descriptor: a, .. }, Descriptor { descriptor: b, .. }) => a == b,
        (Absent | Empty | Malformed(_), Absent | Empty | Malformed(_)) => true,
        _ => a == b,
    }
}
