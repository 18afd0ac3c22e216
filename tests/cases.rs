//! All cases: the expected answers, the matrix of rule by case, and what must hold of every report.

#![allow(
    clippy::expect_used,
    clippy::too_many_lines,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sspr_triage::case_check::{Case, CaseResult, check};
use sspr_triage::diagnosis::collect::plan::Open;
use sspr_triage::diagnosis::{Answer, State, Weight};
use sspr_triage::knowledge::collect::cost;
use sspr_triage::knowledge::diagnoses::known_diagnoses;
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, html, json, reply, text};
use sspr_triage::rules::{CHECKS, NEVER, Need, never_answers, source};
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze, analyze_in_memory};

/// All cases, analysed once for all tests.
static CASES: LazyLock<Vec<CaseResult>> =
    LazyLock::new(|| check(&folder(), &Options::default()).expect("fixtures/cases has cases"));

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

fn reports() -> impl Iterator<Item = (&'static str, &'static Report)> {
    CASES.iter().map(|case| (case.name.as_str(), case.report.as_ref().expect("a report")))
}

#[test]
fn every_case_gets_its_answer() {
    let differing: Vec<String> = CASES
        .iter()
        .filter(|case| !case.differences.is_empty())
        .map(|case| format!("{}: {}", case.name, case.lines(Language::English).join("; ")))
        .collect();
    assert_eq!(differing, [] as [String; 0]);
    assert!(CASES.len() >= 147, "{} cases", CASES.len());
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

/// Cases in which a check, as a cause asks it, has an answer; those that expect it come first.
fn cases_with(cause: &str, check: &str, answer: Answer) -> Vec<&'static str> {
    let has = |report: &Report| {
        let causes = report.causes.iter().map(|cause| (cause.id.as_str(), &cause.evidence));
        let other = report.other_diagnoses.iter().map(|other| ("other", &other.evidence));
        let asked = causes.chain(other).filter(|(by, _)| *by == cause);
        asked.flat_map(|(_, evidence)| evidence).any(|said| said.check == check && said.answer == answer)
    };
    let mut cases: Vec<&str> = reports().filter(|(_, report)| has(report)).map(|(name, _)| name).collect();
    cases.sort_by_key(|case| !expects(case, cause, check, answer));
    cases
}

/// Whether a case's `case.toml` names the answer.
fn expects(case: &str, cause: &str, check: &str, answer: Answer) -> bool {
    static EXPECTED: LazyLock<HashMap<String, Case>> = LazyLock::new(|| {
        let read = |case: &CaseResult| {
            let path = folder().join(&case.name).join("case.toml");
            let text = std::fs::read_to_string(path).expect("a case.toml");
            (case.name.clone(), toml::from_str(&text).expect("a case"))
        };
        CASES.iter().map(read).collect()
    });
    let Some(Case { expect: expected, .. }) = EXPECTED.get(case) else { return false };
    let answers = [check.to_owned(), format!("{cause}/{check}")];
    answers.iter().any(|check| expected.checks.get(check).is_some_and(|word| word == answer.word()))
        || expected.evidence.iter().any(|evidence| {
            evidence.check.as_deref() == Some(check)
                && evidence.answer.as_deref().unwrap_or("yes") == answer.word()
        })
}

/// Every check of every cause says yes, no and that it cannot tell, each in some case that expects it.
#[test]
fn the_matrix_of_check_by_answer() {
    let rows = CHECKS.iter().flat_map(|check| {
        let causes: Vec<&str> = check.asked_by.iter().map(|(cause, _)| cause.id()).collect();
        // Without a cause it belongs to another diagnosis.
        let asked_by = if causes.is_empty() { vec!["other"] } else { causes };
        asked_by.into_iter().map(|cause| (check.id, cause))
    });
    let mut matrix = format!("{:<34}{:<24}{:<64}{:<64}{}\n", "check", "cause", "yes", "no", "unknown");
    let mut lacking = Vec::new();
    for (check, cause) in rows {
        let _ = write!(matrix, "{check:<34}{cause:<24}");
        let cells: Vec<String> = Answer::ALL
            .iter()
            .map(|answer| {
                let cases = cases_with(cause, check, *answer);
                let first = cases.first().copied();
                if first.is_none_or(|case| !expects(case, cause, check, *answer))
                    && never_answers(check, *answer).is_none()
                {
                    lacking.push(format!("{cause}/{check} = {}", answer.word()));
                }
                format!("{:<64}", first.map_or("-".to_owned(), |case| format!("{:>3} {case}", cases.len())))
            })
            .collect();
        let _ = writeln!(matrix, "{}", cells.concat().trim_end());
    }
    for (check, answer, reason) in NEVER {
        let _ = writeln!(matrix, "{check} never answers {}: {reason}", answer.word());
    }
    insta::assert_snapshot!(matrix);
    assert_eq!(lacking, [] as [String; 0], "no case expects these answers");
}

/// A diagnosis outside the three causes is listed where something speaks for it; that none explains a
/// failure is the answer of `other-diagnosis-explains`.
#[test]
fn every_other_diagnosis_has_its_case() {
    let ids = known_diagnoses().iter().map(|known| known.id.as_str()).chain(["service-connectivity"]);
    let without: Vec<&str> =
        ids.filter(|id| cases_with("other", &format!("{id}-code"), Answer::Yes).is_empty()).collect();
    assert_eq!(without, [] as [&str; 0]);
}

/// What is confirmed rests on a check that proves it, and on a page that documents that check.
#[test]
fn nothing_undocumented_confirms() {
    for (name, report) in reports() {
        for cause in report.causes.iter().filter(|cause| cause.state == State::Confirmed) {
            let proofs = cause.evidence.iter().filter(|said| {
                said.weight == Weight::Proves && said.answer == Answer::Yes && source(&said.check).is_some()
            });
            assert!(proofs.count() > 0, "{name}: {}", cause.id);
        }
        for other in report.other_diagnoses.iter().filter(|other| other.state == State::Confirmed) {
            let known = known_diagnoses().iter().find(|known| known.id == other.id);
            assert!(known.is_some_and(|known| known.source.starts_with("https://")), "{name}: {}", other.id);
        }
    }
}

#[test]
fn every_report_follows_the_schema() {
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for (name, report) in reports() {
        let document = serde_json::from_str(&json::render(report).unwrap()).unwrap();
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
        let diagnosis = analyze(&[folder.join(name).join("bundle")], &Options::default()).unwrap().diagnosis;
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
    for (name, report) in reports() {
        let failed: Vec<_> = report.attempts.iter().filter(|attempt| attempt.result == "failed").collect();
        // Failures of a server in staging mode leave the verdict open.
        let settled = report.verdict.state == State::Confirmed;
        if settled && failed.iter().all(|attempt| attempt.state == State::Confirmed) {
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
        // In one case, markup stands in the names themselves.
        for sentence in said.filter(|_| name != "trust/names-that-act") {
            assert!(!sentence.contains('<'), "{name}: {sentence}");
        }
    }
}

#[test]
fn the_text_keeps_to_its_width_and_commands_stay_whole() {
    use unicode_width::UnicodeWidthStr;
    for (name, report) in reports() {
        let text = text::render(report, &TextOptions::default());
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
            .map(str::trim)
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
    let folder = folder();
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

/// Elements of a document, with their attributes, as a browser finds them.
fn elements(document: &str) -> Vec<html5ever::tokenizer::Tag> {
    use html5ever::tokenizer::states::RawKind;
    use html5ever::tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    };
    #[derive(Default)]
    struct Tags(std::cell::RefCell<Vec<Tag>>);
    impl TokenSink for Tags {
        type Handle = ();
        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
            let raw = match (tag.kind, tag.name.as_ref()) {
                (TagKind::StartTag, "style") => TokenSinkResult::RawData(RawKind::Rawtext),
                (TagKind::StartTag, "script") => TokenSinkResult::RawData(RawKind::ScriptData),
                _ => TokenSinkResult::Continue,
            };
            self.0.borrow_mut().push(tag);
            raw
        }
    }
    let input = BufferQueue::default();
    input.push_back(document.into());
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Whatever a bundle is called and says, a report has our elements and attributes, and loads nothing.
#[test]
fn every_report_for_a_browser_is_inert() {
    const ELEMENTS: &[&str] = &[
        "a",
        "article",
        "body",
        "br",
        "code",
        "dd",
        "defs",
        "desc",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "g",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "html",
        "i",
        "li",
        "line",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "path",
        "pattern",
        "pre",
        "rect",
        "section",
        "span",
        "strong",
        "style",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "tspan",
        "ul",
    ];
    for (name, report) in reports() {
        let document = html::render(report).unwrap();
        assert_eq!(document, html::render(report).unwrap(), "{name}");
        for missing in ["&#60;html.", "&#60;report.", "&#60;timeline."] {
            assert!(!document.contains(missing), "{name}: {missing}");
        }
        for element in elements(&document) {
            assert!(ELEMENTS.contains(&element.name.as_ref()), "{name}: {}", element.name);
            for attribute in &element.attrs {
                let (attribute, value): (&str, &str) = (&attribute.name.local, &attribute.value);
                assert!(!attribute.starts_with("on") && attribute != "src" && attribute != "style", "{name}");
                assert!(attribute != "href" || value.starts_with('#'), "{name}: {value}");
            }
        }
    }
}

#[test]
fn names_that_act_are_shown_as_they_are() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases/trust/names-that-act/bundle");
    let report = analyze(&[bundle], &Options::default()).unwrap().report(Language::English);
    let document = html::render(&report).unwrap();
    for shown in [
        "&#60;/style&#62;&#60;img/src=x/onerror=alert(&#39;1&#39;)&#62;{{7*7}}_`[x](//fabrikam.example)@contoso.example",
        "dc01&#60;svg onload=alert(1)&#62;.contoso.example",
        "System {{7+7}} &#38; $(calc) &#39;x&#39;.evtx",
        "&#60;/script&#62;&#60;script src=https://fabrikam.example/x.js&#62;&#60;/script&#62;",
        // A path that a shell could take for more is not put into a command.
        "Get-WinEvent -Path &#39;&#60;path of the log&#62;&#39;",
    ] {
        assert!(document.contains(shown), "{shown}");
    }
    let reply = reply::render(&report);
    let user =
        "\\</style>\\<img/src=x/onerror=alert('1')>{{7\\*7}}\\_\\`[x\\](//fabrikam.example)@contoso.example";
    assert!(reply.contains(user), "{reply}");
}

/// What the customer reads says as much as the verdict of the case, and steps come only with a cause.
#[test]
fn replies() {
    const FOUND: &str = "We have found the cause.";
    const PROBABLY: &str = "We have found the probable cause, but it is not certain yet.";
    let said = [
        ("remote-sam/denied-in-system-log", FOUND),
        ("protected-account/primary-group", FOUND),
        ("mixed/four-users-three-causes", "For 2 of the 4 attempts we have found the cause."),
        ("trust/staging-server-only", "The log is of a server in staging mode"),
        ("trust/staging-server-and-active-one", "They do not count for this result"),
        ("other/password-policy", FOUND),
        ("remote-sam/policy-without-value", PROBABLY),
        ("connector-permissions/one-user", "but your files alone do not tell the cause."),
        ("trust/healthy-server", "failed password reset or change"),
        ("trust/nothing-usable", "Your files hold no record of a failed password reset"),
        ("trust/start-only", "but not how they ended"),
    ];
    for (case, sentence) in said {
        let (_, report) = reports().find(|(name, _)| *name == case).expect("the case");
        let reply = reply::render(report);
        assert!(reply.contains(sentence), "{case}: {reply}");
        assert_eq!(
            reply.contains(FOUND) || reply.contains("attempts we have found the cause."),
            report.verdict.state == State::Confirmed && report.verdict.cause != "no-failure",
            "{case}"
        );
        assert!(
            reply.contains("## What we need from you")
                || report.collect_next.is_empty()
                || reply.contains(FOUND),
            "{case}: {reply}"
        );
        assert!(!reply.contains("<reply."), "{case}");
    }
}

/// Nobody knows whether the log is among what is encrypted, so that its password comes first.
#[test]
fn an_encrypted_upload_asks_for_its_password_and_not_for_the_log() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let secret = zip::write::SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "x");
    zip.start_file("aadc01/Application.evtx", secret).expect("a member");
    std::io::Write::write_all(&mut zip, b"ElfFile").expect("its bytes");
    let bytes = zip.finish().expect("an archive").into_inner();
    let report = analyze_in_memory("upload.zip", bytes, &Options::default()).report(Language::English);
    assert!(report.verdict.summary.contains("are encrypted and were not read"), "{}", report.verdict.summary);
    assert_eq!(report.collect_next, []);
    assert_eq!(report.gaps.iter().map(|gap| gap.kind.as_str()).collect::<Vec<_>>(), ["encrypted"]);
    let reply = reply::render(&report);
    assert!(reply.contains("Please send us the password by a separate way"), "{reply}");
    assert!(reply.contains("\n- upload.zip\n") && !reply.contains("Application"), "{reply}");
}

#[test]
fn every_artifact_has_a_name_for_the_customer() {
    for language in Language::ALL {
        for artifact in sspr_triage::knowledge::collect::collectables() {
            let key = format!("reply.artifact.{}", artifact.id);
            assert!(sspr_triage::words::Catalogue::of(language).has(&key), "{language:?} {key}");
        }
    }
}
