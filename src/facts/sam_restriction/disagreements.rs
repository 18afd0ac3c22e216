//! Where the files of one machine disagree.

use crate::facts::Contradiction;
use crate::facts::machines::Machines;
use crate::source::Source;
use crate::words::Statement;

use super::in_force::same;
use super::{PolicySeen, Restriction, SamValue};

/// Where the files of one machine disagree, and why they may.
pub(super) fn disagreements(restriction: &Restriction, machines: &Machines, into: &mut Vec<Contradiction>) {
    let Some(machine) = restriction.machine else { return };
    let name = machines.name(machine);
    reports(restriction, name, into);
    let mut note = |key: &str, values: [&SamValue; 2], sources: [&Source; 2]| {
        let [first, second] = values;
        into.push(Contradiction {
            text: Statement::new(key)
                .with("machine", name)
                .with("first", first.shown())
                .with("second", second.shown()),
            sources: sources.into_iter().cloned().collect(),
        });
    };
    if let [first, rest @ ..] = restriction.values.as_slice() {
        for other in rest.iter().filter(|other| other.value != first.value) {
            note(
                "contradiction.exports-differ",
                [&first.value, &other.value],
                [&first.source, &other.source],
            );
        }
        for policy in &restriction.policies {
            let sources = [&first.source, &policy.source];
            match &policy.value {
                None if first.value != SamValue::Absent => {
                    note("contradiction.value-outlives-policy", [&first.value, &SamValue::Absent], sources);
                }
                Some(value) if first.value == SamValue::Absent => {
                    note("contradiction.policy-without-value", [&first.value, value], sources);
                }
                Some(value) if !same(value, &first.value) => {
                    note("contradiction.value-differs-from-policy", [&first.value, value], sources);
                }
                _ => {}
            }
        }
        if let Some(last) = restriction.announced.last()
            && !same(&last.value, &first.value)
        {
            note(
                "contradiction.value-differs-from-event",
                [&first.value, &last.value],
                [&first.source, &last.source],
            );
        }
    }
}

/// Where policy reports of one machine set different values.
fn reports(restriction: &Restriction, name: &str, into: &mut Vec<Contradiction>) {
    if let [first, rest @ ..] = restriction.policies.as_slice() {
        for other in rest.iter().filter(|other| !alike(first, other)) {
            let [one, two] = [first, other].map(|policy| policy.value.as_ref().unwrap_or(&SamValue::Absent));
            let text = match (first.time, other.time) {
                (Some(one), Some(two)) => Statement::new("contradiction.reports-differ-dated")
                    .with("first_time", one.to_string())
                    .with("second_time", two.to_string()),
                _ => Statement::new("contradiction.reports-differ"),
            };
            let text = text.with("machine", name).with("first", one.shown()).with("second", two.shown());
            let sources = vec![first.source.clone(), other.source.clone()];
            into.push(Contradiction { text, sources });
        }
    }
}

/// Whether two reports of a machine say the same of the setting.
fn alike(a: &PolicySeen, b: &PolicySeen) -> bool {
    match (&a.value, &b.value) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}
