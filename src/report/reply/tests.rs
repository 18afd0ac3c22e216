//! Tests of the reply: whole replies as snapshots, what it must never say, and that nothing from a bundle
//! becomes markup.

use pulldown_cmark::{Event, Options, Parser};

use super::*;
use crate::report::examples::{self, hostile};
use crate::report::model::GapEntry;
use crate::words::Language;

/// Reports of every state, made from the examples.
fn states() -> Vec<(&'static str, Report)> {
    let mut likely = examples::remote_sam();
    likely.verdict.state = State::Likely;
    likely.causes[2].state = State::Likely;
    likely.attempts[1].state = State::Likely;
    likely.attempts.push(likely.attempts[1].clone());
    (likely.attempts[2].cause, likely.attempts[2].state) = ("undetermined".into(), State::Undetermined);
    let mut undetermined = examples::two_causes();
    (undetermined.verdict.cause, undetermined.verdict.state) = ("undetermined".into(), State::Undetermined);
    undetermined.attempts.iter_mut().for_each(|attempt| attempt.cause = "undetermined".into());
    let mut no_failure = examples::other();
    (no_failure.verdict.cause, no_failure.verdict.state) = ("no-failure".into(), State::Likely);
    no_failure.attempts[0].result = "succeeded".into();
    no_failure.other_diagnoses.clear();
    let mut no_log = undetermined.clone();
    no_log.attempts.clear();
    let mut encrypted = no_log.clone();
    encrypted.artifacts.clear();
    encrypted.collect_next.clear();
    encrypted.causes.iter_mut().for_each(|cause| cause.state = State::Undetermined);
    encrypted.gaps =
        ["証拠.zip!aadc01/Application.evtx", "証拠.zip!dc01/Lsa.reg"].map(encrypted_gap).to_vec();
    vec![
        ("mixed", mixed()),
        ("encrypted", encrypted),
        ("confirmed", examples::remote_sam()),
        ("likely", likely),
        ("possible", examples::two_causes()),
        ("undetermined", undetermined),
        ("no-log", no_log),
        ("no-failure", no_failure),
        ("other", examples::other()),
    ]
}

fn encrypted_gap(path: &str) -> GapEntry {
    let kind = "encrypted".into();
    GapEntry { path: path.into(), place: "whole file".into(), kind, reason: "It is encrypted.".into() }
}

/// Three users, one of the verdict's cause, one of a known diagnosis, and one who is not explained.
fn mixed() -> Report {
    let mut mixed = examples::remote_sam();
    mixed.other_diagnoses = examples::other().other_diagnoses;
    mixed.collect_next = examples::two_causes().collect_next;
    mixed.collect_next[0].again = Some("user.txt and another export disagree.".into());
    let first = mixed.attempts.iter().rfind(|attempt| attempt.result == "failed").unwrap().clone();
    let other = Attempt {
        user: Some("joni@contoso.example".into()),
        cause: "other".into(),
        diagnosis: Some("password-policy".into()),
        ..first.clone()
    };
    let open = Attempt {
        user: Some("helena@contoso.example".into()),
        cause: "undetermined".into(),
        state: State::Undetermined,
        ..first.clone()
    };
    mixed.attempts = vec![first, other, open];
    mixed
}

/// Each failed attempt has its own outcome, and what to do for it.
#[test]
fn failures_of_different_causes_are_told_apart() {
    let reply = render(&mixed());
    let at = |text: &str| reply.find(text).unwrap_or_else(|| panic!("{text}\n{reply}"));
    let found = [
        "The logs show 3 failed attempts, and not all of them have the same cause",
        "For 1 of the 3 attempts we have found the cause. Before a password reset",
        "anna.berg@contoso.example",
        "For 1 of the 3 attempts we have found the cause. The domain's password policy refused the new password.",
        "joni@contoso.example",
        "For 1 of the 3 attempts your files alone do not tell the cause.",
        "helena@contoso.example",
        "## What to do",
        "For the failed attempts of anna.berg@contoso.example:",
        "### Solution 1",
        "For the failed attempts of joni@contoso.example:",
        "## What we need from you",
    ];
    let places: Vec<usize> = found.iter().map(|text| at(text)).collect();
    assert!(places.is_sorted(), "{places:?}\n{reply}");
    assert!(!reply.contains("It does not explain the others"));
}

/// Beside attempts that are explained, one that is not has the causes that remain for it, and for it alone.
#[test]
fn an_attempt_without_a_cause_has_those_that_remain() {
    let mut mixed = mixed();
    mixed.attempts[2].open = vec!["protected-account".into()];
    let reply = render(&mixed);
    let remain = reply.split_once("these causes remain possible:").unwrap().1.split_once("## ").unwrap().0;
    assert_eq!(remain.matches("\n- ").count(), 1, "{remain}");
    assert!(remain.contains("helena@contoso.example may belong to a group"), "{remain}");
    assert_eq!(reply.matches("remain possible").count(), 1, "{reply}");
}

/// The reasons that engineers read have codes and terms of the trade.
#[test]
fn every_known_diagnosis_has_words_for_the_customer() {
    for language in Language::ALL {
        let words = Catalogue::of(language);
        let known: Vec<&str> = words.keys().filter_map(|key| key.strip_prefix("other.")).collect();
        assert!(known.len() > 10);
        for id in known {
            let said = words.say(&Statement::new(format!("reply.other.{id}")));
            let jargon = ["0x", "event ", "イベント ", "anchor", "アンカー", "LDAP", "DN"];
            assert!(!said.starts_with('<'), "{said}");
            assert!(jargon.iter().all(|term| !said.contains(term)), "{said}");
        }
    }
}

/// What is encrypted is not asked for again: its password is.
#[test]
fn for_an_encrypted_archive_its_password_is_asked_for() {
    let (_, report) = states().into_iter().find(|(name, _)| *name == "encrypted").unwrap();
    let reply = render(&report);
    assert!(reply.contains("We could not open the files, because they are encrypted"), "{reply}");
    assert!(reply.contains("Please send us the password by a separate way"), "{reply}");
    assert_eq!(reply.matches("証拠.zip").count(), 1, "{reply}");
    assert!(reply.contains("We have not been able to look into what you sent"), "{reply}");
    for wrong in ["Application", "hold no record", "collect them again", "gone through"] {
        assert!(!reply.contains(wrong), "{wrong}: {reply}");
    }
}

/// The files that were not read are named by what is to be done about them.
#[test]
fn files_that_were_not_read_are_named() {
    let mut report = examples::two_causes();
    let gap = |path: &str, kind: &str| GapEntry { kind: kind.into(), ..encrypted_gap(path) };
    report.gaps = vec![gap("a.zip", "unread"), gap("b.zip", "empty"), gap("c.zip!d.evtx", "encrypted")];
    let reply = render(&report);
    for said in [
        "because they are encrypted. Please send us the password by a separate way, such as by telephone, or send \
         the files once more without a password:\n\n- c.zip\n",
        "or not to their end. Please collect them again and send them to us:\n\n- a.zip\n",
        "archives are empty. Please check that the files were added, and send them to us again:\n\n- b.zip\n",
    ] {
        assert!(reply.contains(said), "{said}\n{reply}");
    }
    // Where all is explained, nothing is asked for.
    let mut report = examples::remote_sam();
    report.gaps = vec![gap("a.zip", "unread")];
    let reply = render(&report);
    assert!(reply.contains("We did not need them for this result:\n\n- a.zip\n"), "{reply}");
    assert!(!reply.contains("## What we need from you"), "{reply}");
}

/// Every command says what it is for and which file comes back, and the folder is made first.
#[test]
fn what_to_collect_can_be_done_as_it_is_sent() {
    let reply = render(&mixed());
    let send = &reply[reply.find("## What we need from you").unwrap()..];
    let at = |text: &str| send.find(text).unwrap_or_else(|| panic!("{text}\n{send}"));
    let order = [
        "cmd.exe /c \"if not exist C:\\Temp md C:\\Temp\"",
        "1. ",
        "user.txt and another export disagree.",
        "Where: a domain controller, PowerShell",
        "File to send us: `C:\\Temp\\user.txt`",
        "Get-ADUser",
        "2. ",
        "Where: a domain controller, elevated PowerShell",
    ];
    let places: Vec<usize> = order.iter().map(|text| at(text)).collect();
    assert!(places.is_sorted(), "{places:?}\n{send}");
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
        if name == "mixed" {
            // Each cause has its own state there.
            continue;
        }
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
        Event::Code(_) => Some("Code".to_owned()),
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
        let placeholder = Catalogue::of(report.language).say(&Statement::new("reply.placeholder"));
        let render = |text: &str| render(&hostile(&report, text)).replace(&placeholder, "");
        let plain = shape(&render("plain"));
        for payload in payloads {
            let reply = render(payload);
            assert_eq!(shape(&reply), plain, "{name} {payload:?}\n{reply}");
            assert!(!reply.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\r']));
        }
    }
}
