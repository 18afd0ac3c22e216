//! The catalogue and the source agree: every sentence that the source names is there, and every sentence
//! that is there is named.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Parser};
use sspr_triage::knowledge::collect::collectables;
use sspr_triage::knowledge::pages::{PLACEHOLDERS, Values, page, pages, plain};
use sspr_triage::rules::CHECKS;
use sspr_triage::words::{Catalogue, Language};

/// Sections whose keys stand in the source as they are.
const LITERAL: [&str; 9] =
    ["case-result", "gap", "place", "contradiction", "machine", "warning", "fit", "program", "stand-in"];

/// All string literals of the source below a folder of `src`, without tests.
fn literals(below: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(below);
    let mut found = BTreeSet::new();
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.unwrap();
        let path = entry.path();
        let is_tests = path.iter().any(|part| part == "tests" || part == "tests.rs");
        if path.extension().is_none_or(|end| end != "rs" && end != "html") || is_tests {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.flat_map(|line| [line, "\n"]).collect();
        found.extend(code.split('"').map(str::to_owned));
    }
    found
}

#[test]
fn every_sentence_that_the_source_names_is_in_the_catalogue() {
    let english = Catalogue::of(Language::English);
    for literal in literals("") {
        let (section, rest) = literal.split_once('.').unwrap_or_default();
        let is_key =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        if LITERAL.contains(&section) && !rest.is_empty() && rest.bytes().all(is_key) && !rest.ends_with('.')
        {
            assert!(english.has(&literal), "{literal}");
        }
    }
}

#[test]
fn every_sentence_of_the_catalogue_is_named_in_the_source() {
    let (all, rules, diagnosis) = (literals(""), literals("rules"), literals("diagnosis"));
    let states = ["confirmed", "likely", "possible"];
    let is_used = |key: &str| -> bool {
        let (section, rest) = key.split_once('.').unwrap();
        let (first, last) = rest.split_once('.').unwrap_or((rest, ""));
        match section {
            "check" => {
                let (answer, variant) = last.split_once('-').unwrap_or((last, ""));
                CHECKS.iter().any(|check| check.id == first)
                    && ["yes", "no", "unknown"].contains(&answer)
                    && (variant.is_empty() || rules.contains(variant))
            }
            "reason" => diagnosis.contains(last),
            "summary" => all.contains(key) || states.contains(&last) || last.starts_with("open-"),
            "collect-again" => {
                all.contains(first) || rules.iter().any(|reason| first.ends_with(reason.as_str()))
            }
            "collect" | "collect-question" | "collect-yes" | "collect-no" => {
                collectables().iter().any(|artifact| artifact.id == first)
            }
            "other" => all.contains(key) || page(Language::English, first).is_some(),
            "placeholder" | "placeholder-in-text" => PLACEHOLDERS.contains(&first),
            "report" => {
                last.is_empty()
                    || [
                        "cause",
                        "cause-row",
                        "console",
                        "short",
                        "state",
                        "weight",
                        "weight-of-no",
                        "operation",
                        "fact",
                        "fact-value",
                    ]
                    .contains(&first)
            }
            "html" | "reply" | "timeline" | "diff" | "why" => {
                let table = format!("{first}.");
                all.contains(key)
                    || all.contains(rest)
                    || all.iter().any(|literal| literal == first || literal.starts_with(&table))
            }
            "explain" if !last.is_empty() => {
                ["verdict", "verdict-title", "verdict-next"].contains(&first)
                    && literals("explain").contains(last)
            }
            "explain" => literals("explain").contains(first) || literals("explain.rs").contains(first),
            "not-used" => literals("artifacts").contains(first),
            _ => all.contains(key),
        }
    };
    let unused: Vec<&str> = Catalogue::of(Language::English).keys().filter(|key| !is_used(key)).collect();
    assert_eq!(unused, [""; 0]);
}

/// A sentence without what values are put in for.
fn outside_placeholders(sentence: &str) -> String {
    let parts = sentence.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.collect::<String>().trim().to_owned()
}

/// What a reader of Markdown sees of a text; none where it is more than text.
fn as_markdown(text: &str) -> Option<String> {
    let mut seen = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(part) => seen.push_str(&part),
            Event::Start(tag) if tag != pulldown_cmark::Tag::Paragraph => return None,
            Event::Start(_) | Event::End(_) => {}
            _ => return None,
        }
    }
    Some(seen)
}

/// No word of ours needs a character that Markdown would have to be kept from reading, so that the reply can be
/// pasted into a mail as plain text.
#[test]
fn our_own_words_are_no_markup() {
    let nothing = Values::default();
    let holds = |text: &str, of: &str| {
        assert_eq!(as_markdown(text).as_deref(), Some(text), "{of}");
        assert!(!text.contains('<'), "{of}: {text}");
    };
    for language in Language::ALL {
        for page in pages(language) {
            for section in &page.remedies {
                holds(&nothing.fill(&plain(&section.when), language), &page.id);
                holds(&section.title, &page.id);
                for step in section.steps.iter().map(|step| step.filled(&nothing, language)) {
                    holds(&step.text, &page.id);
                    step.where_.iter().for_each(|place| holds(place, &page.id));
                }
            }
        }
        let words = Catalogue::of(language);
        for key in words.keys().filter(|key| key.starts_with("fit.") || key.starts_with("collect-again.")) {
            holds(&outside_placeholders(words.template(key).unwrap()), key);
        }
    }
    assert_eq!(as_markdown("a *b*"), None);
}
