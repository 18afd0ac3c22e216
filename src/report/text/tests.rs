//! Tests of the text renderer: three whole reports as snapshots, and what must hold for every report.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::report::examples::{self, hostile};
use crate::words::{Catalogue, Language};

fn plain(report: &Report, width: usize) -> String {
    render(report, &TextOptions { width, colour: false })
}

#[test]
fn confirmed_remote_sam() {
    insta::assert_snapshot!(plain(&examples::remote_sam(), 80));
}

#[test]
fn two_causes_in_japanese_names() {
    insta::assert_snapshot!(plain(&examples::two_causes(), 80));
}

#[test]
fn another_diagnosis() {
    insta::assert_snapshot!(plain(&examples::other(), 80));
}

#[test]
fn every_line_but_a_command_keeps_to_the_width() {
    for report in examples::all() {
        let commands =
            report.collect_next.iter().flat_map(|one| [one.command.as_str(), one.prepare.as_str()]);
        let steps = report.causes.iter().flat_map(|cause| &cause.remedy);
        let steps = steps.chain(report.other_diagnoses.iter().flat_map(|other| &other.remedy));
        let commands: Vec<_> = commands.chain(steps.filter_map(|step| step.command.as_deref())).collect();
        for width in [40, 60, 80, 100] {
            for line in plain(&report, width).lines() {
                let command = commands.iter().any(|command| command.contains(line.trim_start()));
                assert!(line.width() <= width || command, "{width}: {line}");
                assert_eq!(line, line.trim_end());
            }
        }
    }
}

#[test]
fn an_ordinary_report_is_about_a_screen() {
    for (report, most) in
        [(examples::other(), 60), (examples::two_causes(), 66), (examples::remote_sam(), 94)]
    {
        let lines = plain(&report, 80).lines().count();
        assert!((25..=most).contains(&lines), "{lines}");
    }
}

#[test]
fn every_phrase_is_in_the_catalogue() {
    for report in examples::all() {
        assert!(!plain(&report, 80).contains("<report."));
    }
    let mut keys = Vec::new();
    for id in ["protected-account", "connector-permissions", "remote-sam"] {
        keys.extend([format!("cause.{id}"), format!("cause-row.{id}")]);
    }
    keys.extend(["other", "undetermined", "no-failure"].map(|id| format!("cause.{id}")));
    keys.extend(["reset", "change", "admin-reset", "unknown"].map(|id| format!("operation.{id}")));
    keys.extend(["failed", "succeeded", "unknown"].map(|id| format!("attempts-{id}")));
    keys.extend(
        ["confirmed", "likely", "possible", "ruled_out", "undetermined"].map(|id| format!("state.{id}")),
    );
    for weight in ["proves", "supports", "rules-out", "context"] {
        keys.extend([format!("weight.{weight}"), format!("weight-of-no.{weight}")]);
    }
    for key in keys {
        assert!(Catalogue::of(Language::English).has(&format!("report.{key}")), "{key}");
    }
}

#[test]
fn every_phrase_of_the_catalogue_is_used() {
    let catalogue: toml::Table = include_str!("../../words/en.toml").parse().unwrap();
    let sources = [
        include_str!("verdict.rs"),
        include_str!("evidence.rs"),
        include_str!("next.rs"),
        include_str!("appendix.rs"),
        include_str!("../facts.rs"),
        include_str!("../phrases.rs"),
    ]
    .concat();
    for (key, value) in catalogue["report"].as_table().unwrap() {
        let by_table = ["attempts-failed", "attempts-succeeded", "attempts-unknown"].contains(&key.as_str());
        assert!(value.is_table() || by_table || sources.contains(&format!("\"{key}\"")), "{key}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
    #[test]
    fn any_text_renders_within_the_width(text in "\\PC*|.{0,300}", width in 0usize..200) {
        let mut report = hostile(&examples::two_causes(), &text);
        for collect in &mut report.collect_next {
            (collect.command, collect.prepare) = (String::new(), String::new());
        }
        for line in plain(&report, width).lines() {
            assert!(line.width() <= width.clamp(40, 120), "{line}");
        }
    }
}

#[test]
fn nothing_from_a_bundle_reaches_the_terminal_as_it_is() {
    let text = "x\u{1b}]0;owned\u{7}\r\nVerdict: none\u{202e}\u{9b}2J\u{200b}\u{2028}y";
    for report in examples::all() {
        let rendered = plain(&hostile(&report, text), 80);
        let unsafe_character =
            |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2028}".contains(c);
        assert_eq!(rendered.chars().find(|c| unsafe_character(*c)), None);
        assert_eq!(rendered.lines().filter(|line| line.starts_with("Verdict")).count(), 1);
        assert!(rendered.contains("\\u{202e}"));
    }
}

#[test]
fn an_empty_report_renders() {
    let mut report = examples::other();
    report.causes.clear();
    report.other_diagnoses.clear();
    report.attempts.clear();
    report.artifacts.clear();
    report.bundle.inputs.clear();
    let rendered = plain(&report, 80);
    assert!(rendered.contains("Attempts: none seen") && rendered.contains("Files: 0"));
}

#[test]
fn the_steps_of_another_way_are_not_mixed_with_the_first() {
    let rendered = plain(&examples::remote_sam(), 80);
    assert!(rendered.contains("Solution 1: keep the restriction"));
    assert!(rendered.contains("Solution 2, instead of solution 1"));
    assert!(!rendered.contains("Remove-ItemProperty"), "the steps of solution 2 stand in explain");
}
