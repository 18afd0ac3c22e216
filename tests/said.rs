//! What reports say in their sentences: of some cases, that it is true of the bundle. The sentences that a reader
//! must find, or must not, follow from each case's `source/` and `case.toml`.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::Path;

use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, reply, text};
use sspr_triage::why::why;
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn report_in(case: &str, language: Language) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(case).join("bundle");
    analyze(&[folder], &Options::default()).unwrap().report(language)
}

fn report(case: &str) -> Report {
    report_in(case, Language::English)
}

/// The text without its line breaks, so that a sentence is found wherever its lines end.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_of(report: &Report) -> String {
    words_of(&text::render(report, &TextOptions::default()))
}

/// What stands between two headings of a text report.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from}: {text}"));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

const DENY: &str = "connector-permissions/deny-defeats-the-grant";

#[test]
fn a_deny_that_is_the_cause_is_the_first_evidence() {
    let text = text_of(&report(DENY));
    let first = between(&text, "Evidence 1. ", " 2. ");
    assert!(
        first.contains("Entry 1 of 9 in the access list of megan@contoso.example, for Everyone"),
        "{first}"
    );
    assert!(
        first.contains("denies CONTOSO.EXAMPLE\\MSOL_3f1c0b7a9d2e the right 'Reset password'"),
        "{first}"
    );
    let causes = between(&text, "Causes ", " Evidence ");
    assert!(causes.contains("denies") && !causes.contains("does not give"), "{causes}");
}

#[test]
fn the_remedy_of_a_deny_removes_it_first() {
    let report = report(DENY);
    let steps: Vec<_> = report.causes[1].remedy.iter().filter(|step| !step.note).collect();
    let first = steps.first().unwrap();
    let wanted = "Remove the entry of type Deny for Everyone (S-1-1-0) on 'Reset password'";
    assert!(first.step.starts_with(wanted), "{first:?}");
    let text = text_of(&report);
    assert!(between(&text, "Remedy: ", "Attempts").contains(wanted), "{text}");
    let reply = words_of(&reply::render(&report));
    assert!(reply.contains("denies it to"), "{reply}");
    assert!(reply.find(wanted).unwrap() < reply.find("Grant the rights").unwrap(), "{reply}");
    // In Japanese the right has its Japanese name.
    let japanese = report_in(DENY, Language::Japanese);
    assert!(!japanese.causes[1].remedy.iter().any(|step| step.step.contains("stand-in")));
}

/// A grant is all that is missing where nothing is denied.
#[test]
fn without_a_deny_no_step_removes_one() {
    for case in ["connector-permissions/right-missing", "connector-permissions/one-write-right-missing"] {
        let report = report(case);
        assert!(!report.causes[1].remedy.is_empty());
        assert!(!report.causes[1].remedy.iter().any(|step| step.step.contains("type Deny")), "{case}");
    }
}

const WRITE: &str = "connector-permissions/one-write-right-missing";

#[test]
fn the_missing_right_stands_before_those_that_the_account_has() {
    let report = report(WRITE);
    let text = text_of(&report);
    let evidence = between(&text, "Evidence ", "Remedy");
    assert!(
        evidence.starts_with("1. 'Write lockoutTime' on megan@contoso.example: none of 12 entries"),
        "{evidence}"
    );
    assert!(!evidence.contains("has it"), "{evidence}");
    // Reset password, Change password and Write pwdLastSet are left out.
    assert!(evidence.contains("3 more in the JSON report"), "{evidence}");
    let rights = report.causes[1].evidence.iter().filter(|one| one.check == "connector-right");
    let answers: Vec<&str> = rights.map(|one| one.answer.word()).collect();
    assert_eq!(answers, ["no", "yes", "yes", "yes"]);
    let reply = words_of(&reply::render(&report));
    assert!(reply.contains("'Write lockoutTime' on megan@contoso.example: none of 12 entries"), "{reply}");
    assert!(!reply.contains("has it, by entry"), "{reply}");
}

#[test]
fn a_check_of_several_answers_is_not_headed_by_one_of_them() {
    let said = why(&report(WRITE), "connector-right", &TextOptions::default()).unwrap();
    assert_eq!(said.lines().next(), Some("connector-permissions / connector-right"), "{said}");
    assert!(words_of(&said).contains("connector-right no: 'Write lockoutTime'"), "{said}");
}

/// Only where the call was refused does an open way to SAM leave the read rights.
#[test]
fn a_refusal_is_explained_only_where_there_was_one() {
    let cleared = "restricts remote calls to SAM";
    for (case, refused) in [
        ("trust/resets-succeed", false),
        ("mixed/four-users-three-causes", false),
        ("connector-permissions/collected-by-script", false),
        ("connector-permissions/one-user", true),
    ] {
        let report = report(case);
        let evidence = report.causes[1].evidence.iter();
        let said: Vec<_> = evidence.filter(|one| one.check == "sam-restriction-cleared").collect();
        assert!(!said.is_empty() && said.iter().all(|one| one.text.contains(cleared)), "{case}: {said:?}");
        assert_eq!(said.iter().all(|one| one.text.contains("refusal")), refused, "{case}: {said:?}");
    }
}
