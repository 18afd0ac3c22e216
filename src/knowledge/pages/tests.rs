//! Tests of all built-in pages: that they parse, and that they have what a reader relies on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;
use crate::words::{Catalogue, Statement};

fn pages() -> &'static [Page] {
    super::pages(Language::English)
}

fn page(id: &str) -> Option<&'static Page> {
    super::page(Language::English, id)
}

fn find_check(id: &str) -> Vec<(&'static Page, &'static PageCheck)> {
    super::find_check(Language::English, id)
}

/// The texts of all pages, with their ids, in each language.
fn texts() -> impl Iterator<Item = (Language, &'static str, &'static str)> {
    Language::ALL.into_iter().flat_map(|language| {
        CAUSES.iter().chain(&DIAGNOSES).map(move |page| (language, page.id, page.of(language)))
    })
}

/// Writes a page in its own shape again.
fn markdown(page: &Page, language: Language) -> String {
    let headings = parse::Headings::of(language);
    let mut text = format!("# {} (`{}`)\n\n{}\n\n", page.title, page.id, page.summary);
    for paragraph in &page.body {
        let _ = writeln!(text, "{paragraph}\n");
    }
    let _ = writeln!(text, "{}", headings.checks);
    for check in &page.checks {
        let _ = writeln!(text, "### `{}`: {}\n{}\n", check.id, check.title, check.text);
    }
    let _ = writeln!(text, "{}", headings.remedy);
    for remedy in &page.remedies {
        let _ = writeln!(text, "### `{}`: {}\n{}\n", remedy.id, remedy.title, remedy.when);
        for (number, step) in remedy.steps.iter().enumerate() {
            let _ = writeln!(text, "{}. {}", number + 1, step.text);
            if let Some(place) = &step.where_ {
                let _ = writeln!(text, "{}{place}", headings.place);
            }
            if let (Some(shell), Some(command)) = (step.shell, &step.command) {
                let fence = if shell == Shell::Cmd { "cmd" } else { "powershell" };
                let _ = writeln!(text, "```{fence}\n{command}\n```");
            }
        }
    }
    let _ = writeln!(text, "{}", headings.sources);
    for source in &page.sources {
        let _ = writeln!(text, "- <{}> {}", source.link, source.text);
    }
    text
}

#[test]
fn every_page_parses_and_nothing_of_it_is_lost() {
    for (language, id, text) in texts() {
        let page = parse::page(text, language).unwrap_or_else(|misfit| panic!("{id}: {misfit:?}"));
        assert_eq!(page.id, id, "the id is the name of the file");
        let written = markdown(&page, language);
        let words: Vec<_> = text.split_whitespace().collect();
        let again: Vec<_> = written.split_whitespace().collect();
        assert_eq!(words, again, "{id}");
    }
    for language in Language::ALL {
        assert_eq!(super::pages(language).len(), CAUSES.len() + DIAGNOSES.len());
    }
}

#[test]
fn every_file_in_the_folders_is_built_in() {
    let built_in: BTreeSet<_> = texts().map(|(_, id, _)| id.to_owned()).collect();
    for docs in ["docs", "docs/ja"] {
        let mut files = BTreeSet::new();
        for folder in ["causes", "diagnoses"] {
            for entry in std::fs::read_dir(format!("{}/{docs}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap()
            {
                let name = entry.unwrap().file_name().into_string().unwrap();
                files.extend(name.strip_suffix(".md").filter(|id| *id != "README").map(str::to_owned));
            }
        }
        assert_eq!(files, built_in, "{docs}");
    }
}

/// What no translation changes: ids, commands, addresses, and which values a text has.
fn bones(page: &Page) -> Vec<String> {
    let mut bones = vec![page.id.clone(), page.body.len().to_string()];
    bones.extend(page.checks.iter().map(|check| check.id.clone()));
    for remedy in &page.remedies {
        bones.push(format!("{} {:?}", remedy.id, sorted_placeholders(&remedy.when)));
        for step in &remedy.steps {
            let place = step.where_.as_deref().map(sorted_placeholders);
            let text = sorted_placeholders(&step.text);
            bones.push(format!("{text:?} {place:?} {:?} {:?}", step.shell, step.command));
        }
    }
    bones.extend(page.sources.iter().map(|source| source.link.clone()));
    bones
}

fn sorted_placeholders(text: &str) -> BTreeSet<&str> {
    placeholders(text).into_iter().collect()
}

#[test]
fn a_page_has_the_same_bones_in_every_language() {
    for page in pages() {
        for language in Language::ALL {
            let translated = super::page(language, &page.id).unwrap();
            assert_eq!(bones(translated), bones(page), "{language:?} {}", page.id);
        }
    }
}

/// A number or a code that is lost in translation sends a reader to the wrong event.
#[test]
fn a_page_has_the_same_numbers_in_every_language() {
    let numbers = |text: &str| -> BTreeSet<String> {
        let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        parts
            .filter(|part| part.len() > 2 && part.starts_with(|l: char| l.is_ascii_digit()))
            .map(str::to_owned)
            .collect()
    };
    for texts in CAUSES.iter().chain(&DIAGNOSES) {
        assert_eq!(numbers(texts.japanese), numbers(texts.english), "{}", texts.id);
    }
}

#[test]
fn every_page_has_what_its_readers_need() {
    for page in pages() {
        let id = &page.id;
        assert_eq!(page.summary.matches(". ").count(), 0, "{id}: the summary is one sentence");
        assert!(page.summary.ends_with('.'), "{id}");
        assert!(!page.body.is_empty() && !page.checks.is_empty() && !page.remedies.is_empty(), "{id}");
        assert!(page.remedies.iter().all(|remedy| !remedy.steps.is_empty()), "{id}");
        assert!(!page.sources.is_empty(), "{id}: a fact without a source");
        for source in &page.sources {
            assert!(source.link.starts_with("https://learn.microsoft.com/"), "{id}: {}", source.link);
        }
    }
}

#[test]
fn the_checks_that_the_rules_use_have_their_words() {
    let shared = [
        "sam-call-refused",
        "password-set-refused",
        "no-engine-trace",
        "connector-set-password",
        "operation-succeeded",
        "other-diagnosis-explains",
    ];
    for page in pages().iter().filter(|page| page.is_cause()) {
        for check in shared {
            assert!(page.checks.iter().any(|own| own.id == check), "{} lacks {check}", page.id);
        }
    }
    let own = [
        (
            "protected-account",
            vec!["target-restamped", "privileged-target-refused", "change-works-reset-fails"],
        ),
        (
            "connector-permissions",
            vec![
                "sam-restriction-cleared",
                "many-users-refused",
                "connect-on-domain-controller",
                "custom-connector-account",
            ],
        ),
        (
            "remote-sam",
            vec![
                "controller-denies-connector",
                "denial-logged-for-connector",
                "controller-may-deny-connector",
                "policy-denies-connector",
                "connect-server-denies-connector",
                "denial-logged",
                "controller-lets-connector-in",
                "audit-only-mode",
            ],
        ),
    ];
    for (id, checks) in own {
        for check in checks {
            assert!(find_check(check).iter().any(|(page, _)| page.id == id), "{id} lacks {check}");
        }
    }
    for known in &DIAGNOSES {
        assert_eq!(find_check(&format!("{}-code", known.id)).len(), 1, "{}", known.id);
    }
}

#[test]
fn ids_are_unique_where_they_must_be() {
    let mut ids = BTreeSet::new();
    for page in pages() {
        assert!(ids.insert(&page.id));
        let checks: BTreeSet<_> = page.checks.iter().map(|check| &check.id).collect();
        assert_eq!(checks.len(), page.checks.len(), "{}", page.id);
        let sections: BTreeSet<_> = page.remedies.iter().map(|remedy| &remedy.id).collect();
        assert_eq!(sections.len(), page.remedies.len(), "{}", page.id);
    }
    assert!(pages().iter().flat_map(|page| &page.checks).all(|check| !ids.contains(&check.id)));
}

#[test]
fn a_check_has_the_same_short_title_everywhere() {
    for page in pages() {
        assert!(page.title.chars().count() <= 43, "{}", page.id);
        for check in &page.checks {
            assert!(check.title.chars().count() <= 43, "{}", check.id);
            assert!(find_check(&check.id).iter().all(|(_, same)| same.title == check.title), "{}", check.id);
        }
    }
}

/// The names in braces that look like placeholders.
fn placeholders(text: &str) -> Vec<&str> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')).collect()
}

#[test]
fn every_placeholder_is_known_and_every_known_one_is_used_and_described() {
    let known: BTreeSet<_> = PLACEHOLDERS.into_iter().collect();
    let used: BTreeSet<_> = texts().flat_map(|(_, _, text)| placeholders(text)).collect();
    assert_eq!(used, known);
    let readme = include_str!("../../../docs/causes/README.md");
    for name in PLACEHOLDERS {
        let words = Catalogue::of(Language::English).say(&Statement::new(format!("placeholder.{name}")));
        assert!(readme.contains(&format!("| `{{{name}}}` | `{words}` |")), "{name}");
    }
}

/// A value is safe in a command because it is plain text between quotes; so quotes have to be there.
#[test]
fn every_placeholder_in_a_command_stands_between_quotes() {
    for page in pages() {
        for command in page.remedies.iter().flat_map(|r| &r.steps).filter_map(|step| step.command.as_ref()) {
            for line in command.lines() {
                for (at, _) in line.match_indices('{') {
                    let name = line[at + 1..].split('}').next().unwrap_or_default();
                    let single = line[..at].matches('\'').count() % 2 == 1;
                    let double = line[..at].matches('"').count() % 2 == 1;
                    let placeholder = PLACEHOLDERS.contains(&name);
                    assert!(!placeholder || single || double, "{}: {line}", page.id);
                }
            }
        }
    }
}

/// Membership in an administrators' group would hide the cause and endanger the domain.
#[test]
fn no_command_makes_anybody_an_administrator() {
    for page in pages() {
        for step in page.remedies.iter().flat_map(|remedy| &remedy.steps) {
            let command = step.command.as_deref().unwrap_or_default();
            assert!(!command.contains("Admins") && !command.contains("Add-ADGroupMember"), "{}", page.id);
        }
    }
}

#[test]
fn the_order_of_solution_2_is_policy_then_report_then_value() {
    let solution = page("remote-sam").and_then(|page| page.remedy("solution-2")).unwrap();
    let step = |command: &str| {
        let has = |step: &PageStep| step.command.as_deref().is_some_and(|text| text.contains(command));
        solution.steps.iter().position(has).unwrap()
    };
    assert!(step("gpupdate /force") < step("gpresult /h"));
    assert!(step("gpresult /h") < step("Remove-ItemProperty"));
}

/// A customer who says yes or no to a negative question in Japanese says the opposite of one who does so in
/// English.
#[test]
fn no_question_is_negative() {
    let japanese = Catalogue::of(Language::Japanese);
    let questions = japanese.keys().filter(|key| key.starts_with("collect-question."));
    let pages = crate::knowledge::pages::pages(Language::Japanese).iter();
    let checks = pages.flat_map(|page| &page.checks).map(|check| check.text.as_str());
    for text in questions.filter_map(|key| japanese.template(key)).chain(checks) {
        for negative in ["ませんか", "ないですか", "ませんでしたか"] {
            assert!(!text.contains(negative), "{text}");
        }
    }
}

#[test]
fn a_cause_is_asked_for_by_its_number_too() {
    for asked in ["remote-sam", "Remote-SAM", " 3", "cause 3", "Cause3", "原因 3"] {
        assert_eq!(id_of(asked), "remote-sam", "{asked}");
    }
    assert_eq!(id_of("1"), "protected-account");
    for other in ["0", "4", "03", "", "cause", "sam-call-refused", "cause-3"] {
        assert_eq!(id_of(other), other);
    }
}
