//! Reasons of reports made by hand.

use super::*;
use crate::report::examples;
use crate::report::model::SourceEntry;
use crate::report::text::TextOptions;

fn asked_in(report: &Report, id: &str, language: Language) -> String {
    why(report, id, language, &TextOptions { width: 120, colour: false }).unwrap()
}

fn asked(report: &Report, id: &str) -> String {
    asked_in(report, id, Language::English)
}

/// Cause 3 as if nothing were known of the controller's value.
fn open_report() -> Report {
    let mut report = examples::remote_sam();
    let remote = &mut report.causes[2];
    remote.state = State::Possible;
    let value = &mut remote.evidence[0];
    (value.answer, value.text, value.source) =
        (Answer::Unknown, "No file shows the value of dc01.contoso.example.".to_owned(), None::<SourceEntry>);
    report.collect_next[0].decides = vec!["controller-denies-connector".to_owned()];
    report
}

const VALUE: &str = "The value in force leaves the account out (controller-denies-connector)";

#[test]
fn an_open_check_names_what_would_answer_it_and_what_that_would_change() {
    let text = asked(&open_report(), "controller-denies-connector");
    assert!(text.starts_with(&format!("{VALUE}: cannot tell\n")), "{text}");
    assert!(text.contains("For: Remote calls to SAM are restricted (remote-sam)\n"), "{text}");
    assert!(text.contains("No file shows the value of dc01.contoso.example."), "{text}");
    assert!(text.contains("What it lacks to be confirmed:"), "the rung that a yes leads to: {text}");
    assert!(text.contains("reg export HKLM"), "{text}");
}

#[test]
fn a_cause_names_the_conditions_that_it_lacks_and_the_command_that_would_tell() {
    let text = asked(&open_report(), "remote-sam");
    assert!(text.starts_with("Remote calls to SAM are restricted (remote-sam): possible\n"), "{text}");
    assert!(text.contains(&format!("{VALUE}: needs a yes; now: cannot tell\n")), "{text}");
    assert!(text.contains("It rests on\n  The call to SAM was refused (sam-call-refused): yes\n"), "{text}");
    assert!(text.contains("What would answer it\n") && text.contains("reg export HKLM"), "{text}");
    let next = &open_report().collect_next[0];
    for part in ["First make the folder", "PowerShell)\n", "To be sent back: ", &next.files[0], &next.prepare]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_confirmed_cause_lacks_nothing() {
    let text = asked(&examples::remote_sam(), "remote-sam");
    assert!(text.starts_with("Remote calls to SAM are restricted (remote-sam): confirmed\n"), "{text}");
    assert!(text.contains(&format!("{VALUE}: yes\n")), "{text}");
    assert!(text.contains("(connector-set-password): not asked; a yes would change that"), "{text}");
    assert!(!text.contains("What it lacks"), "{text}");
}

#[test]
fn what_is_undetermined_rests_on_nothing() {
    let mut report = open_report();
    let remote = &mut report.causes[2];
    remote.state = State::Undetermined;
    remote.evidence.clear();
    let text = asked(&report, "remote-sam");
    assert!(!text.contains("It rests on") && text.contains("What it lacks to be"), "{text}");
}

#[test]
fn a_diagnosis_that_is_not_concluded_says_what_no_failure_has() {
    let mut report = examples::remote_sam();
    let code = report.attempts.iter().find_map(|attempt| attempt.code.clone()).unwrap();
    let text = asked(&report, "password-policy");
    assert!(
        text.starts_with("The new password breaks the password policy (password-policy): not concluded\n")
    );
    assert!(
        text.contains("No failed operation shows what would tell it: 80230619 or event 33008."),
        "{text}"
    );
    assert!(text.contains(&format!("Error codes of the failed operations: {code}\n")), "{text}");
    for id in ["password-policy-code", "minimum-password-age"] {
        let text = asked(&report, id);
        assert!(text.contains(&format!("({id}): not asked\n")), "{text}");
        assert!(text.contains("80230619 or event 33008") && text.contains("(password-policy)"), "{text}");
    }
    report.attempts.clear();
    assert!(asked(&report, "password-policy").contains("Only a failed operation could tell it"));
}

#[test]
fn every_id_that_explain_lists_has_an_answer() {
    let report = examples::remote_sam();
    for language in Language::ALL {
        for page in pages::pages(language) {
            for id in [&page.id].into_iter().chain(page.checks.iter().map(|check| &check.id)) {
                let text = asked_in(&report, id, language);
                assert!(text.contains(&format!("({id})")) && !text.contains('<'), "{id}: {text}");
            }
        }
    }
    assert_eq!(why(&report, "moon-phase", Language::English, &TextOptions::default()), None);
}

#[test]
fn another_language_than_the_reports_is_kept_to() {
    let report = open_report();
    let text = asked_in(&report, "remote-sam", Language::Japanese);
    assert!(text.contains("(remote-sam): 可能性あり\n") && text.contains("判断の根拠\n"), "{text}");
    assert!(text.contains("(controller-denies-connector): 「はい」が必要 (現在: 不明)"), "{text}");
    assert!(text.contains("--lang ja"), "{text}");
    assert!(!asked(&report, "remote-sam").contains("--lang"), "nothing to say in one language");
}

#[test]
fn a_verdict_without_a_cause_and_an_artifact_are_answered() {
    let mut report = open_report();
    let text = asked(&report, "no-failure");
    assert!(text.starts_with("No operation failed (no-failure): not the verdict\n"), "{text}");
    assert!(
        text.contains("The verdict of this report: cause 3, remote calls to SAM are restricted ("),
        "{text}"
    );
    report.verdict.cause = "undetermined".to_owned();
    report.verdict.state = State::Undetermined;
    let text = asked(&report, "undetermined");
    assert!(text.starts_with("The cause cannot be told (undetermined): undetermined\n"), "{text}");
    assert!(text.contains("  Remote calls to SAM are restricted (remote-sam): possible\n    "), "{text}");
    assert!(text.contains("What would answer it\n"), "{text}");
    let asks = report.collect_next[0].artifact.clone();
    let text = asked(&report, &asks);
    assert!(text.contains(&format!("({asks}): asked for\n")) && text.contains("reg export HKLM"), "{text}");
    assert!(text.contains(&format!("It decides\n  {VALUE}\n")), "{text}");
    let text = asked(&report, "net-user-read-access");
    assert!(
        text.contains("(net-user-read-access): not asked for\n") && text.contains("at less cost"),
        "{text}"
    );
    report.collect_next.clear();
    assert!(asked(&report, "net-user-read-access").contains("asks for nothing to be collected"));
}
