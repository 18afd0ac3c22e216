//! Reasons of reports made by hand.

use super::*;
use crate::report::examples;
use crate::report::model::SourceEntry;
use crate::report::text::TextOptions;

fn asked(report: &Report, id: &str) -> String {
    why(report, id, &TextOptions::default()).unwrap()
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

#[test]
fn an_open_check_names_what_would_answer_it_and_what_that_would_change() {
    let text = asked(&open_report(), "controller-denies-connector");
    assert!(text.starts_with("remote-sam / controller-denies-connector: cannot tell\n"), "{text}");
    assert!(text.contains("No file shows the value of dc01.contoso.example."), "{text}");
    assert!(text.contains("confirmed"), "the rung that a yes leads to: {text}");
    assert!(text.contains("reg export HKLM"), "{text}");
}

#[test]
fn a_cause_names_the_conditions_that_it_lacks() {
    let text = asked(&open_report(), "remote-sam");
    assert!(text.starts_with("remote-sam: possible\n"), "{text}");
    assert!(text.contains("controller-denies-connector must answer yes; it answers: cannot tell"), "{text}");
    assert!(!text.contains("sam-call-refused must answer yes; it answers: yes\n\nFor"), "{text}");
}

#[test]
fn a_confirmed_cause_lacks_nothing() {
    let text = asked(&examples::remote_sam(), "remote-sam");
    assert!(text.starts_with("remote-sam: confirmed\n"), "{text}");
    assert!(text.contains("controller-denies-connector must answer yes; it answers: yes"), "{text}");
    assert!(!text.contains("It would be"), "{text}");
}

#[test]
fn an_id_that_the_report_has_not_is_told_apart_from_one_that_nobody_has() {
    let options = TextOptions::default();
    let report = examples::remote_sam();
    let known = why(&report, "connect-on-domain-controller", &options).unwrap_err();
    assert!(known.known && known.in_words(Language::English).contains("connect-on-domain-controller"));
    assert!(!why(&report, "moon-phase", &options).unwrap_err().known);
}
