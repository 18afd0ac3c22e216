//! What was in force on a machine at a given time, and how sure that is.

use jiff::Timestamp;

use crate::source::Source;

use super::{PolicySeen, Restriction, SamValue, ValueSeen};

/// What was in force at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The value.
    pub value: SamValue,
    /// What says so.
    pub basis: Basis,
    /// It can prove or clear: the machine is certain, the time fits, and nothing disagrees.
    pub firm: bool,
    /// Audit-only mode: on, off, or unknown.
    pub audit_only: Option<bool>,
    /// Places, the deciding one first.
    pub sources: Vec<Source>,
    /// Where audit-only mode stands, where it is on.
    pub audit_source: Option<Source>,
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

impl Restriction {
    /// What was in force at a time; none where nothing says so.
    pub fn at(&self, time: Timestamp) -> Option<InForce> {
        let mut in_force = self.value_at(time)?;
        (in_force.audit_only, in_force.audit_source) = self.audit_only_at(time);
        in_force.gpo = self.policies.iter().find(|policy| policy.value.is_some()).and_then(|p| p.gpo.clone());
        Some(in_force)
    }

    fn value_at(&self, time: Timestamp) -> Option<InForce> {
        let before = self.announced.iter().rev().find(|announced| announced.time <= time);
        let after = self.announced.iter().find(|announced| announced.time > time);
        let defined = self.policies.iter().find(|policy| policy.value.is_some());
        let one_value = self.values.windows(2).all(|pair| matches!(pair, [a, b] if a.value == b.value));
        match (before, self.values.first()) {
            (Some(said), value) => {
                let covered = self.log_spans.iter().any(|(from, to)| *from <= said.time && time <= *to);
                // A later announcement of the export's value dates the export: it was taken after a change.
                let changed_since =
                    |value: &ValueSeen| after.is_some_and(|after| same(&after.value, &value.value));
                let agrees =
                    value.is_none_or(|value| same(&value.value, &said.value) || changed_since(value));
                let mut sources = vec![said.source.clone()];
                sources.extend(value.map(|value| value.source.clone()));
                Some(InForce::of(
                    said.value.clone(),
                    Basis::Announced,
                    covered && agrees && one_value,
                    sources,
                ))
            }
            (None, Some(seen)) => {
                let contradicted = defined.is_some_and(|policy| {
                    seen.value == SamValue::Absent
                        || !policy.value.as_ref().is_some_and(|v| same(v, &seen.value))
                });
                // An announcement after the failure of another value than the export's dates neither.
                let changed = after.is_some_and(|after| !same(&after.value, &seen.value));
                let corroborated =
                    defined.is_some_and(|policy| policy.value.as_ref().is_some_and(|v| same(v, &seen.value)));
                let firm = (seen.firm || corroborated) && one_value && !contradicted && !changed;
                if contradicted && seen.value == SamValue::Absent {
                    // The policy will write the value again: what stood at the failure is not certain.
                    return defined.map(|policy| InForce::of_policy(policy, vec![seen.source.clone()]));
                }
                let agreeing = defined.filter(|_| corroborated).map(|policy| policy.source.clone());
                let sources = std::iter::once(seen.source.clone()).chain(agreeing).collect();
                Some(InForce::of(seen.value.clone(), Basis::Registry, firm, sources))
            }
            (None, None) => defined.map(|policy| InForce::of_policy(policy, Vec::new())),
        }
    }

    /// Audit-only mode at a time (none: unknown), and where it was seen to be on.
    pub fn audit_only_at(&self, time: Timestamp) -> (Option<bool>, Option<Source>) {
        if let Some(said) = self.audit_only.iter().rev().find(|said| said.time <= time) {
            return (Some(said.on), said.on.then(|| said.source.clone()));
        }
        match self.values.iter().find(|value| value.firm).or(self.values.first()) {
            Some(value) => (Some(value.audit_only), value.audit_source.clone().filter(|_| value.audit_only)),
            None => (None, None),
        }
    }
}

impl InForce {
    fn of(value: SamValue, basis: Basis, firm: bool, sources: Vec<Source>) -> Self {
        InForce { value, basis, firm, audit_only: None, sources, audit_source: None, gpo: None }
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
