//! All shapes of a report, in each language, say the same of one bundle: the verdict and how sure it is, the causes,
//! who failed and when, and what to do.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;
use sspr_triage::report::model::{Attempt, Report};
use sspr_triage::report::phrases::Phrases;
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{html, json, junit, reply, sarif, text};
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let cases: Vec<PathBuf> = files
        .filter(|entry| entry.file_name() == "case.toml")
        .map(|entry| entry.path().parent().unwrap().to_owned())
        .collect();
    assert!(cases.len() > 100);
    cases
}

/// Without white space, so that a sentence is found wherever its lines end.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// What a reader of a page sees.
fn seen(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    let mut text = String::new();
    for part in body.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    signs.iter().fold(text, |text, (from, to)| text.replace(from, to))
}

fn failed(report: &Report) -> Vec<&Attempt> {
    report.attempts.iter().filter(|attempt| attempt.result == "failed").collect()
}

/// What people read has the verdict, the causes and what is wrong with them.
fn people_read_the_same(name: &str, report: &Report) {
    let shown = squeezed(&text::render(report, &TextOptions { width: 120, colour: false }));
    let page = squeezed(&seen(&html::render(report).unwrap()));
    let phrases = Phrases::of(report);
    for shape in [&shown, &page] {
        let has = |what: &str| assert!(shape.contains(&squeezed(what)), "{name}: {what}\n{shape}");
        // Text that a terminal or a page would obey is shown in another form.
        if name.contains("names-that-act") {
            continue;
        }
        has(&report.verdict.summary);
        has(&phrases.state_name(report.verdict.state));
        for cause in &report.causes {
            has(&cause.reason);
            if let Some(about) = &cause.about {
                has(&phrases.about(about));
            }
        }
        for warning in &report.warnings {
            has(warning);
        }
        for collect in report.collect_next.iter().take(3) {
            has(&collect.command);
            has(&collect.question);
        }
    }
    for attempt in failed(report).iter().rev().take(10) {
        let user = attempt.user.as_deref().unwrap_or_default();
        if name.contains("names-that-act") {
            continue;
        }
        assert!(shown.contains(user) && page.contains(user), "{name}: {user}");
    }
}

/// A remedy that one shape has as that of the verdict, the others have, with each of its commands.
fn remedies_are_the_same(name: &str, report: &Report) {
    let page = squeezed(&seen(&html::render(report).unwrap()));
    let reply = reply::render(report);
    let squeezed_reply = squeezed(&reply);
    let cause = report.causes.iter().find(|cause| cause.id == report.verdict.cause);
    let other =
        report.other_diagnoses.iter().find(|other| Some(&other.id) == report.verdict.diagnosis.as_ref());
    let steps = cause.map(|cause| &cause.remedy).or(other.map(|other| &other.remedy));
    let commands = steps.into_iter().flatten().filter_map(|step| step.command.as_deref());
    for command in commands.map(squeezed) {
        assert!(page.contains(&command), "{name}: {command}");
        assert!(squeezed_reply.contains(&command), "{name}: {command}\n{reply}");
    }
}

/// Programs get the same states, and the same attempts.
fn programs_read_the_same(name: &str, report: &Report) {
    let read = json::read(json::render(report).unwrap().as_bytes()).unwrap();
    assert_eq!(&read, report, "{name}");
    let document: Value = serde_json::from_str(&sarif::render(report).unwrap()).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let states = report.causes.iter().map(|cause| (&cause.id, cause.state, &cause.reason, &cause.about));
    let others = report.other_diagnoses.iter();
    let others = others.map(|other| (&other.id, other.state, &other.reason, &other.about));
    let all: Vec<_> = states.chain(others).collect();
    assert_eq!(results.len(), all.len(), "{name}");
    for (result, (id, state, reason, about)) in results.iter().zip(all) {
        assert_eq!(result["ruleId"], **id, "{name}");
        assert_eq!(result["properties"]["state"], state.word(), "{name}");
        let message = result["message"]["text"].as_str().unwrap();
        assert!(message.starts_with(reason.as_str()), "{name}: {message}");
        for of in about.iter().flat_map(|about| about.attempts.iter().rev().take(3)) {
            assert!(message.contains(of.user.as_deref().unwrap_or_default()), "{name}: {message}");
        }
    }
    let cases = junit::suite(report).cases;
    let failures = cases.iter().filter(|case| matches!(case.outcome, junit::Outcome::Failed { .. }));
    if !report.attempts.is_empty() {
        assert_eq!(cases.len(), report.attempts.len(), "{name}");
        let counted = failed(report).iter().filter(|attempt| !attempt.staging).count();
        assert_eq!(failures.count(), counted, "{name}");
    }
    for (case, attempt) in cases.iter().zip(&report.attempts) {
        if let junit::Outcome::Failed { message, text } = &case.outcome {
            let cause = attempt.diagnosis.as_ref().unwrap_or(&attempt.cause);
            assert!(message.starts_with(cause.as_str()), "{name}: {message}");
            assert!(attempt.reason.as_ref().is_none_or(|reason| reason == text), "{name}: {text}");
            if report.language == Language::English {
                let sentences: Vec<&str> = text.split(". ").collect();
                let distinct: std::collections::BTreeSet<&str> = sentences.iter().copied().collect();
                assert_eq!(distinct.len(), sentences.len(), "{name}: {text}");
            }
        }
    }
}

/// Languages differ in sentences alone.
fn languages_say_the_same(name: &str, english: &Report, japanese: &Report) {
    let of = |report: &Report| {
        let causes: Vec<_> = report
            .causes
            .iter()
            .map(|cause| {
                (cause.id.clone(), cause.state, cause.about.clone(), cause.evidence.len(), cause.remedy.len())
            })
            .collect();
        let attempts: Vec<_> = report
            .attempts
            .iter()
            .map(|attempt| {
                (attempt.time.clone(), attempt.cause.clone(), attempt.state, attempt.diagnosis.clone())
            })
            .collect();
        let collect: Vec<_> = report.collect_next.iter().map(|collect| collect.artifact.clone()).collect();
        let verdict = (report.verdict.cause.clone(), report.verdict.state, report.verdict.diagnosis.clone());
        (verdict, causes, attempts, collect, report.warnings.len(), report.contradictions.len())
    };
    assert_eq!(of(english), of(japanese), "{name}");
}

#[test]
fn all_shapes_of_every_case_agree() {
    cases().par_iter().for_each(|case| {
        let name = case.display().to_string();
        let analysis = analyze(&[case.join("bundle")], &Options::default()).unwrap();
        let reports = Language::ALL.map(|language| analysis.report(language));
        for report in &reports {
            people_read_the_same(&name, report);
            remedies_are_the_same(&name, report);
            programs_read_the_same(&name, report);
        }
        let [english, japanese] = &reports;
        languages_say_the_same(&name, english, japanese);
    });
}
