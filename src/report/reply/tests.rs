//! Tests of the reply: whole replies as snapshots, what it must never say, and that nothing from a bundle
//! becomes markup.

use pulldown_cmark::{Event, Options, Parser};

use super::*;
use crate::report::examples::{self, hostile};
use crate::words::Language;

/// Reports of every state, made from the examples.
fn states() -> Vec<(&'static str, Report)> {
    let mut likely = examples::remote_sam();
    likely.verdict.state = State::Likely;
    likely.causes[2].state = State::Likely;
    likely.attempts.push(likely.attempts[1].clone());
    likely.attempts[2].cause = "undetermined".into();
    let mut undetermined = examples::two_causes();
    (undetermined.verdict.cause, undetermined.verdict.state) = ("undetermined".into(), State::Undetermined);
    undetermined.attempts.iter_mut().for_each(|attempt| attempt.cause = "undetermined".into());
    let mut no_failure = examples::other();
    (no_failure.verdict.cause, no_failure.verdict.state) = ("no-failure".into(), State::Likely);
    no_failure.attempts[0].result = "succeeded".into();
    no_failure.other_diagnoses.clear();
    let mut no_log = undetermined.clone();
    no_log.attempts.clear();
    vec![
        ("confirmed", examples::remote_sam()),
        ("likely", likely),
        ("possible", examples::two_causes()),
        ("undetermined", undetermined),
        ("no-log", no_log),
        ("no-failure", no_failure),
        ("other", examples::other()),
    ]
}

#[test]
fn a_reply_for_every_state_in_every_language() {
    for (name, report) in states() {
        for language in Language::ALL {
            let report = Report { language, ..report.clone() };
            insta::assert_snapshot!(format!("{name}-{}", language.code()), render(&report));
        }
    }
}

#[test]
fn internals_stay_inside() {
    for (name, report) in states() {
        for language in Language::ALL {
            let reply = render(&Report { language, ..report.clone() });
            let causes = report.causes.iter().flat_map(|cause| &cause.evidence);
            let others = report.other_diagnoses.iter().flat_map(|other| &other.evidence);
            for evidence in causes.chain(others) {
                assert!(!reply.contains(&evidence.check), "{name}: {}", evidence.check);
            }
            for id in ["protected-account", "connector-permissions", "remote-sam", "sspr-triage", "<reply."] {
                assert!(!reply.contains(id), "{name}: {id}");
            }
        }
    }
}

/// Steps are promised by nothing less than likely, and what is not confirmed is never called the cause.
#[test]
fn it_says_no_more_than_the_verdict() {
    for (name, report) in states() {
        let reply = render(&report);
        let state = report.verdict.state;
        let is_cause = !["undetermined", "no-failure"].contains(&report.verdict.cause.as_str());
        assert_eq!(
            reply.contains("We have found the cause."),
            is_cause && state == State::Confirmed,
            "{name}"
        );
        assert_eq!(reply.contains("## What to do\n"), is_cause && state == State::Confirmed, "{name}");
        let probably = reply.contains("## What will probably have to be done\n");
        assert_eq!(probably, is_cause && state == State::Likely, "{name}");
        assert_eq!(reply.contains("This explains"), is_cause && state == State::Confirmed, "{name}");
    }
}

/// The events that a reader of Markdown sees, without text.
fn shape(markdown: &str) -> Vec<String> {
    // Headings are the pages' own words, never those of a bundle.
    let parser = Parser::new_ext(markdown, Options::all() - Options::ENABLE_HEADING_ATTRIBUTES);
    let events = parser.filter_map(|event| match event {
        Event::Text(_) | Event::SoftBreak => None,
        other => Some(format!("{other:?}")),
    });
    events.collect()
}

#[test]
fn no_text_of_a_bundle_becomes_markup() {
    let payloads = [
        "**bold** *it* _it_ __x__ ~~s~~",
        "[x](https://fabrikam.example) ![y](https://fabrikam.example/a.png)",
        "[^1]: x",
        "<script>alert(1)</script> <b>x</b> <https://fabrikam.example>",
        "https://fabrikam.example www.fabrikam.example",
        "# heading",
        "- item",
        "+ item",
        "12. item",
        "3) item",
        "> quote",
        "--- ",
        "=== ",
        "`code` ``` fence",
        "~~~",
        "| a | b |",
        "$x$ $$y$$",
        "&lt; &#60; &amp;",
        "\\* \\\\",
        "- [ ] task",
        "a\r\n\r\n# heading\n```\nx",
        ": definition",
        "{{ x }} {#id .class}",
        "x\u{202e}y\u{1b}[31m\u{200b}\u{2028}",
    ];
    for (name, report) in states() {
        // Whether there are angle brackets in a command decides on one paragraph of our own.
        let placeholder = plain(&Catalogue::of(report.language).say(&Statement::new("reply.placeholder")));
        let render = |text: &str| render(&hostile(&report, text)).replace(&placeholder, "");
        let plain = shape(&render("plain"));
        for payload in payloads {
            let reply = render(payload);
            assert_eq!(shape(&reply), plain, "{name} {payload:?}\n{reply}");
            assert!(!reply.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\r']));
        }
    }
}
