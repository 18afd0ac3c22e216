//! Comparisons of reports made by hand.

use super::*;
use crate::report::examples;

fn before() -> Report {
    let mut report = examples::remote_sam();
    report.facts = vec![fact(REGISTRY_VALUE, "O:BAG:BAD:(A;;RC;;;BA)")];
    report
}

fn fact(name: &str, value: &str) -> FactEntry {
    FactEntry {
        subject: "dc01.contoso.example".to_owned(),
        fact: name.to_owned(),
        value: value.to_owned(),
        detail: None,
        sources: Vec::new(),
    }
}

/// The operation of the first report again, a day after its last one.
fn next_day(report: &Report, result: &str, cause: &str) -> Attempt {
    let mut attempt = report.attempts.last().unwrap().clone();
    attempt.time = "2099-01-01T00:00:00Z".to_owned();
    attempt.result = result.to_owned();
    attempt.cause = cause.to_owned();
    attempt
}

fn outcome_of(after: &Report) -> Outcome {
    compare(&before(), after, Language::English).outcome
}

#[test]
fn a_later_success_of_the_same_user_is_a_fix() {
    let mut after = before();
    after.attempts.push(next_day(&after, "succeeded", "no-failure"));
    assert_eq!(outcome_of(&after), Outcome::Fixed);
    after.attempts.last_mut().unwrap().user = Some("another@contoso.example".to_owned());
    after.facts[0].value = "(absent)".to_owned();
    assert_eq!(outcome_of(&after), Outcome::NotShown, "another user's success shows nothing of this one");
}

#[test]
fn a_later_change_is_no_fix_of_a_reset() {
    let mut after = before();
    after.attempts.push(next_day(&after, "succeeded", "no-failure"));
    after.attempts.last_mut().unwrap().operation = "change".to_owned();
    let compared = compare(&before(), &after, Language::English);
    assert_eq!(compared.outcome, Outcome::NotShown);
    assert!(compared.reason.contains("change"), "{}", compared.reason);
}

#[test]
fn one_account_that_works_says_nothing_of_another_one_that_is_protected() {
    let mut before = before();
    before.verdict.cause = "protected-account".to_owned();
    before.attempts.retain(|attempt| attempt.user.is_some());
    before.attempts.truncate(1);
    before.attempts[0].cause = "protected-account".to_owned();
    before.attempts[0].result = "failed".to_owned();
    let mut other = before.attempts[0].clone();
    other.user = Some("another@contoso.example".to_owned());
    before.attempts.push(other);
    let mut after = before.clone();
    after.attempts.push(next_day(&before, "succeeded", "no-failure"));
    assert_eq!(compare(&before, &after, Language::English).outcome, Outcome::NotShown);
    let mut first = next_day(&before, "succeeded", "no-failure");
    first.user.clone_from(&before.attempts[0].user);
    after.attempts.push(first);
    assert_eq!(compare(&before, &after, Language::English).outcome, Outcome::Fixed);
}

#[test]
fn a_later_failure_is_none() {
    let mut after = before();
    after.attempts.push(next_day(&after, "failed", "remote-sam"));
    assert_eq!(outcome_of(&after), Outcome::NotFixed);
    after.attempts.last_mut().unwrap().cause = "other".to_owned();
    assert_eq!(outcome_of(&after), Outcome::NotShown, "another cause stands in its place");
    let mut succeeded = next_day(&after, "succeeded", "no-failure");
    succeeded.time = "2099-01-02T00:00:00Z".to_owned();
    after.attempts.push(succeeded);
    assert_eq!(outcome_of(&after), Outcome::Fixed, "the last word counts");
}

#[test]
fn a_deleted_value_comes_back_while_the_policy_sets_it() {
    let mut after = before();
    after.facts = vec![fact(REGISTRY_VALUE, "(absent)"), fact(POLICY, "O:BAG:BAD:(A;;RC;;;BA)")];
    after.attempts.push(next_day(&after, "succeeded", "no-failure"));
    assert_eq!(outcome_of(&after), Outcome::WillComeBack, "even though it works now");
    after.facts.pop();
    assert_eq!(outcome_of(&after), Outcome::Fixed);
    after.facts = vec![fact(POLICY, "O:BAG:BAD:(A;;RC;;;BA)")];
    assert_eq!(outcome_of(&after), Outcome::Fixed, "whether the value is gone is not known");
}

#[test]
fn without_a_later_operation_changes_prove_nothing() {
    let mut after = before();
    assert_eq!(outcome_of(&after), Outcome::NotFixed, "all is as it was");
    after.facts = vec![fact(REGISTRY_VALUE, "(absent)")];
    let comparison = compare(&before(), &after, Language::English);
    assert_eq!(comparison.outcome, Outcome::NotShown);
    let change = Change {
        what: "dc01.contoso.example: sam-registry-value".to_owned(),
        before: Some("O:BAG:BAD:(A;;RC;;;BA)".to_owned()),
        after: Some("(absent)".to_owned()),
    };
    assert_eq!(comparison.facts, [change]);
}

#[test]
fn a_report_without_a_cause_has_nothing_to_fix() {
    let mut nothing = before();
    nothing.verdict.cause = "undetermined".to_owned();
    assert_eq!(compare(&nothing, &before(), Language::English).outcome, Outcome::NoCauseBefore);
}

#[test]
fn states_and_checks_that_changed_are_listed() {
    let mut after = before();
    after.causes[2].state = State::RuledOut;
    let gone = after.causes[2].evidence.remove(0);
    let comparison = compare(&before(), &after, Language::English);
    let state = comparison.states.iter().find(|change| change.what == "remote-sam").unwrap();
    assert_eq!((state.before.as_deref(), state.after.as_deref()), (Some("confirmed"), Some("ruled_out")));
    assert!(comparison.checks.iter().any(|change| change.what == format!("remote-sam/{}", gone.check)));
}

#[test]
fn a_check_that_changed_otherwise_for_each_cause_names_the_cause() {
    let change = |what: &str, before: &str, after: &str| Change {
        what: what.to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    let mut comparison = compare(&before(), &before(), Language::English);
    comparison.checks = vec![
        change("connector-permissions/controller-denies-connector", "no", "unknown"),
        change("connector-permissions/sam-call-refused", "yes", "no"),
        change("protected-account/sam-call-refused", "yes", "no"),
        change("remote-sam/controller-denies-connector", "yes", "unknown"),
    ];
    let text = render(&comparison, &crate::report::text::TextOptions { width: 120, colour: false });
    let denies = "The value in force leaves the account out (controller-denies-connector)";
    let expected = format!(
        "Checks\n  {denies}, for cause 2\n    no -> cannot tell\n  {denies}, for cause 3\n    \
         yes -> cannot tell\n  The call to SAM was refused (sam-call-refused)\n    yes -> no\n"
    );
    assert!(text.ends_with(&expected), "{text}");
}

#[test]
fn reports_in_the_wrong_order_are_noticed() {
    let (mut earlier, mut later) = (before(), before());
    later.attempts.push(next_day(&later, "failed", "remote-sam"));
    earlier.facts[0].value = "(absent)".to_owned();
    let swapped = compare(&later, &earlier, Language::English);
    assert_eq!(swapped.outcome, Outcome::NotShown);
    assert!(swapped.reason.contains("were swapped"), "{}", swapped.reason);
    later.attempts.pop();
    let same = compare(&later, &earlier, Language::English);
    assert!(same.reason.contains("no operation that is newer"), "{}", same.reason);
}
