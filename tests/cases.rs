//! All cases: the expected answers, the matrix of rule by case, and what must hold of every report.

#![allow(
    clippy::expect_used,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sspr_triage::case_check::{CaseResult, check};
use sspr_triage::diagnosis::collect::plan::Open;
use sspr_triage::knowledge::collect::cost;
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, json, text};
use sspr_triage::rules::Need;
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn cases() -> Vec<CaseResult> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    check(&folder, &Options::default()).expect("fixtures/cases has cases")
}

fn reports() -> Vec<(String, Report)> {
    cases().into_iter().map(|case| (case.name, case.report.expect("a report"))).collect()
}

#[test]
fn every_case_gets_its_answer() {
    let cases = cases();
    let differing: Vec<String> = cases
        .iter()
        .filter(|case| !case.differences.is_empty())
        .map(|case| format!("{}: {}", case.name, case.differences.join("; ")))
        .collect();
    assert_eq!(differing, [] as [String; 0]);
    assert!(cases.len() >= 54, "{} cases", cases.len());
}

/// A change of judgement anywhere is one changed cell.
#[test]
fn the_matrix_of_rule_by_case() {
    let mut matrix = String::new();
    let heading = ["protected-account", "connector-permissions", "remote-sam", "other"];
    let _ = writeln!(
        matrix,
        "{:<60}{:<24}{:<24}{:<24}{}",
        "case", heading[0], heading[1], heading[2], heading[3]
    );
    for (name, report) in reports() {
        let _ = write!(matrix, "{name:<60}");
        for cause in &report.causes {
            let leads = if report.verdict.cause == cause.id { "*" } else { "" };
            let _ = write!(matrix, "{:<24}", format!("{}{leads}", cause.state.word()));
        }
        let others: Vec<String> = report
            .other_diagnoses
            .iter()
            .map(|other| format!("{} {}", other.id, other.state.word()))
            .collect();
        let line = matrix.trim_end().len();
        let _ = write!(matrix, "{}", others.join(", "));
        if others.is_empty() {
            matrix.truncate(line);
        }
        matrix.push('\n');
    }
    insta::assert_snapshot!(matrix);
}

#[test]
fn every_report_follows_the_schema() {
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for (name, report) in reports() {
        let document = serde_json::from_str(&json::render(&report).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [] as [String; 0], "{name}");
    }
}

/// What is asked for tells in every world what all artifacts together would tell; without any one of them it
/// does not; and no cheaper choice does.
#[test]
fn what_is_asked_for_is_the_fewest_and_cheapest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let mut asked_for = 0;
    for (name, _) in reports() {
        let diagnosis = analyze(&[folder.join(&name).join("bundle")], &Options::default()).unwrap().diagnosis;
        for result in &diagnosis.attempts {
            let open = Open::of(result);
            let all: Vec<Need> = open.candidates().into_iter().collect();
            let told = open.outcomes(&open.candidates());
            let asked: BTreeSet<Need> = open.fewest().into_iter().map(|asked| asked.need).collect();
            if open.outcomes(&BTreeSet::new()) == told {
                // Nothing would tell more; what is asked for could only overturn.
                assert!(asked.is_disjoint(&open.candidates()), "{name}: {asked:?}");
                continue;
            }
            asked_for += 1;
            assert_eq!(open.outcomes(&asked), told, "{name}: {asked:?}");
            for need in &asked {
                let without = asked.iter().filter(|have| *have != need).cloned().collect();
                assert_ne!(open.outcomes(&without), told, "{name}: {need:?} is not needed");
            }
            let price = |needs: &BTreeSet<Need>| needs.iter().map(|need| cost(need.artifact)).sum::<u32>();
            assert!(all.len() <= 12, "{name}: too many to try all choices");
            for choice in 0_u32..1 << all.len() {
                let chosen = all.iter().enumerate().filter(|(at, _)| choice & (1 << at) != 0);
                let chosen: BTreeSet<Need> = chosen.map(|(_, need)| need.clone()).collect();
                if price(&chosen) < price(&asked) {
                    assert_ne!(open.outcomes(&chosen), told, "{name}: {chosen:?} is cheaper than {asked:?}");
                }
            }
        }
    }
    assert!(asked_for >= 30, "{asked_for}");
}

/// What is settled is not asked for, and what is there only with the reason.
#[test]
fn nothing_is_asked_for_without_need() {
    use sspr_triage::diagnosis::State;
    for (name, report) in reports() {
        let failed: Vec<_> = report.attempts.iter().filter(|attempt| attempt.result == "failed").collect();
        if !failed.is_empty() && failed.iter().all(|attempt| attempt.state == State::Confirmed) {
            assert!(report.collect_next.is_empty(), "{name}");
        }
        for one in &report.collect_next {
            let there = |kind: &str| {
                report.artifacts.iter().any(|have| have.kind == kind && have.machine == one.machine)
            };
            if one.artifact == "controller-lsa-key" && one.machine.is_some() && there("registry-export") {
                assert!(one.again.is_some(), "{name}");
            }
            assert!(!one.decides.is_empty(), "{name}: {}", one.artifact);
        }
    }
}

/// A sentence without words shows as its key in angle brackets, a value that nobody gave as its name.
#[test]
fn every_sentence_has_its_words_and_values() {
    for (name, report) in reports() {
        let evidence = report.causes.iter().flat_map(|cause| &cause.evidence);
        let other = report.other_diagnoses.iter().flat_map(|other| &other.evidence);
        let said = evidence
            .chain(other)
            .map(|evidence| &evidence.text)
            .chain(report.causes.iter().map(|cause| &cause.reason))
            .chain(report.causes.iter().flat_map(|cause| &cause.missing))
            .chain(report.other_diagnoses.iter().map(|other| &other.reason))
            .chain(report.contradictions.iter().map(|contradiction| &contradiction.text))
            .chain(report.collect_next.iter().flat_map(|collect| {
                [&collect.why, &collect.question, &collect.yes, &collect.no, &collect.r#where]
                    .into_iter()
                    .chain(&collect.again)
            }))
            .chain(report.machines.iter().map(|machine| &machine.how))
            .chain(&report.warnings)
            .chain([&report.verdict.summary]);
        for sentence in said {
            assert!(!sentence.contains('<'), "{name}: {sentence}");
        }
    }
}

#[test]
fn the_text_keeps_to_its_width_and_commands_stay_whole() {
    use unicode_width::UnicodeWidthStr;
    for (name, report) in reports() {
        let text = text::render(&report, &TextOptions::default());
        let commands: Vec<&str> = report
            .collect_next
            .iter()
            .map(|next| next.command.as_str())
            .chain(
                report
                    .causes
                    .iter()
                    .flat_map(|cause| &cause.remedy)
                    .filter_map(|step| step.command.as_deref()),
            )
            .chain(
                report
                    .other_diagnoses
                    .iter()
                    .flat_map(|o| &o.remedy)
                    .filter_map(|step| step.command.as_deref()),
            )
            .flat_map(str::lines)
            .collect();
        for line in text.lines().filter(|line| line.width() > 80) {
            assert!(commands.contains(&line.trim()), "{name}: {line}");
        }
    }
}

/// The remedy never makes the connector account an administrator.
#[test]
fn no_remedy_adds_the_connector_to_an_administrators_group() {
    for (name, report) in reports() {
        for step in report.causes.iter().flat_map(|cause| &cause.remedy) {
            let command = step.command.clone().unwrap_or_default().to_lowercase();
            assert!(!command.contains("add-adgroupmember"), "{name}: {command}");
            assert!(!command.contains("net localgroup administrators"), "{name}: {command}");
        }
    }
}

#[test]
fn the_same_bundle_gives_the_same_bytes_whatever_the_threads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let bundles: Vec<PathBuf> =
        ["remote-sam/archive-in-archive", "trust/truncated-log", "mixed/four-users-three-causes"]
            .map(|case| folder.join(case).join("bundle"))
            .to_vec();
    let with_threads = |threads: usize, bundle: &PathBuf| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            json::render(&analyze(&[bundle], &Options::default()).unwrap().report(Language::English)).unwrap()
        })
    };
    for bundle in &bundles {
        assert_eq!(with_threads(1, bundle), with_threads(3, bundle), "{}", bundle.display());
    }
}
