//! Reports in Japanese: whole texts of some cases as snapshots, and what must hold of those of all.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sspr_triage::knowledge::collect::collectables;
use sspr_triage::report::text::{TextOptions, render};
use sspr_triage::report::{Report, json, reply};
use sspr_triage::rules::CHECKS;
use sspr_triage::why::why;
use sspr_triage::words::{Catalogue, Language};
use sspr_triage::{Options, analyze};
use unicode_width::UnicodeWidthStr;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

/// The report of a case in each language.
fn both(case: &Path) -> (Report, Report) {
    let analysis = analyze(&[case.join("bundle")], &Options::default()).unwrap();
    (analysis.report(Language::English), analysis.report(Language::Japanese))
}

/// The text of a case, without the hash of the knowledge, which every edit of a page changes.
fn text(case: &str) -> String {
    let (_, mut report) = both(&folder().join(case));
    report.tool.knowledge = "0".repeat(64);
    render(&report, &TextOptions::default())
}

/// Every value of a report that no language changes.
fn without_sentences(report: &Report) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Array(list) => list.iter_mut().for_each(strip),
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    let sentences = [
                        "language", "summary", "reason", "text", "place", "step", "where", "section", "why",
                        "how", "missing", "warnings", "command", "what", "question", "yes", "no", "again",
                        "title",
                    ];
                    if sentences.contains(&key.as_str()) {
                        *value = serde_json::Value::Null;
                    } else {
                        strip(value);
                    }
                }
            }
            _ => {}
        }
    }
    let mut value = serde_json::from_str(&json::render(report).unwrap()).unwrap();
    strip(&mut value);
    value
}

/// What must hold of every reply: it points at nothing that is not there, has no word of the program, and says of
/// each command where it is run and what comes back.
fn is_for_a_customer(case: &Path, report: &Report) {
    let reply = reply::render(report);
    let case = case.display();
    let words = Catalogue::of(report.language);
    let say = |key: &str| words.template(&format!("reply.{key}")).unwrap();
    let asks = reply.contains(&format!("## {}", say("send")));
    for below in ["information below", "下記の情報", "以下の情報"] {
        assert!(asks || !reply.contains(below), "{case}: {below}\n{reply}");
    }
    let ids = CHECKS.iter().map(|check| check.id);
    let ids = ids.chain(collectables().iter().map(|one| one.id.as_str()));
    for id in ids.chain([
        "protected-account",
        "connector-permissions",
        "remote-sam",
        "sspr-triage",
        "NetUserGetInfo",
    ]) {
        assert!(!reply.contains(id), "{case}: {id}\n{reply}");
    }
    let (mut in_block, mut brackets) = (false, false);
    for line in reply.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            brackets |= line.contains('<');
        } else {
            // What the bundle says is escaped, and stays.
            assert!(line == say("placeholder") || !line.replace("\\<", "").contains('<'), "{case}: {line}");
        }
    }
    assert_eq!(brackets, reply.contains(say("placeholder")), "{case}\n{reply}");
    if asks && !report.collect_next.is_empty() {
        let first = report.collect_next.first().map(|one| one.prepare.as_str()).unwrap();
        assert!(reply.contains(first), "{case}\n{reply}");
        for file in report.collect_next.iter().flat_map(|one| &one.files) {
            assert!(reply.contains(&format!("`{file}`")), "{case}: {file}\n{reply}");
        }
    }
}

/// What `explain --report` says of each id of a report.
fn reasons(report: &Report, language: Language) -> Vec<(String, String)> {
    let causes = report.causes.iter().map(|cause| (&cause.id, &cause.evidence));
    let others = report.other_diagnoses.iter().map(|other| (&other.id, &other.evidence));
    let mut ids: Vec<&String> = Vec::new();
    for (id, evidence) in causes.chain(others) {
        ids.push(id);
        ids.extend(evidence.iter().map(|evidence| &evidence.check));
    }
    let verdicts = ["no-failure", "other", "undetermined"].map(str::to_owned);
    ids.extend(&verdicts);
    ids.extend(collectables().iter().map(|one| &one.id));
    ids.sort();
    ids.dedup();
    let options = TextOptions { width: 120, colour: false };
    ids.iter().map(|id| ((*id).clone(), why(report, id, language, &options).unwrap())).collect()
}

/// A report is English unless somebody asks for another language, and whoever asks it why may speak another one.
fn reasons_are_the_same_whatever_the_language_of_the_report(case: &Path, of: &Report, as_of: &Report) {
    let language = as_of.language;
    for ((id, said), (_, wanted)) in reasons(of, language).into_iter().zip(reasons(as_of, language)) {
        assert_eq!(said, wanted, "{}: {id}", case.display());
    }
}

#[test]
fn what_is_no_sentence_is_the_same_in_every_language_and_all_sentences_have_their_words() {
    let cases: Vec<PathBuf> = walkdir::WalkDir::new(folder())
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() == "case.toml" && !entry.path().iter().any(|part| part == "bundle"))
        .map(|entry| entry.path().parent().unwrap().to_owned())
        .collect();
    assert!(cases.len() > 100);
    cases.par_iter().for_each(|case| {
        let (english, japanese) = both(case);
        assert_eq!(without_sentences(&english), without_sentences(&japanese), "{}", case.display());
        is_for_a_customer(case, &english);
        is_for_a_customer(case, &japanese);
        reasons_are_the_same_whatever_the_language_of_the_report(case, &english, &japanese);
        reasons_are_the_same_whatever_the_language_of_the_report(case, &japanese, &english);
        let commands: Vec<String> = {
            let remedies = japanese.causes.iter().flat_map(|cause| &cause.remedy);
            let others = japanese.other_diagnoses.iter().flat_map(|other| &other.remedy);
            let steps = remedies.chain(others).filter_map(|step| step.command.clone());
            japanese
                .collect_next
                .iter()
                .flat_map(|next| [next.command.clone(), next.prepare.clone()])
                .chain(steps)
                .collect()
        };
        for line in render(&japanese, &TextOptions::default()).lines() {
            let command = commands.iter().any(|command| command.contains(line.trim()));
            assert!(command || line.width() <= 80, "{}: {line}", case.display());
            let closing = ['、', '。', '」', '）', 'ー', 'っ', 'ゃ', 'ュ'];
            assert!(!line.trim_start().starts_with(closing), "{}: {line}", case.display());
            assert!(!line.contains("<report.") && !line.contains("<check."), "{}: {line}", case.display());
        }
    });
}

#[test]
fn files_with_japanese_names() {
    insta::assert_snapshot!(text("remote-sam/japanese-report"));
}

#[test]
fn a_right_is_missing() {
    insta::assert_snapshot!(text("connector-permissions/right-missing"));
}

#[test]
fn a_user_is_protected() {
    insta::assert_snapshot!(text("protected-account/formerly-protected-list-seen"));
}

#[test]
fn the_password_policy() {
    insta::assert_snapshot!(text("other/minimum-age-too-young"));
}

#[test]
fn two_causes_look_alike() {
    insta::assert_snapshot!(text("protected-account/trace-alone"));
}

#[test]
fn a_log_that_is_damaged() {
    insta::assert_snapshot!(text("trust/truncated-log"));
}

#[test]
fn nothing_usable() {
    insta::assert_snapshot!(text("trust/nothing-usable"));
}
