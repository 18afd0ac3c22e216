//! Tests of the catalogues: every language has the same keys, with the same places.

use super::*;

/// The names of the places of a sentence, sorted, without the forms of words.
fn places(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let mut names: Vec<&str> =
        parts.map(|(name, _)| name.split_once(':').map_or(name, |(name, _)| name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn all_languages_have_the_same_sentences_with_the_same_places() {
    let english = Catalogue::of(Language::English);
    assert!(english.keys().count() > 400);
    for language in Language::ALL {
        let catalogue = Catalogue::of(language);
        assert_eq!(catalogue.language(), language);
        let missing: Vec<&str> = english.keys().filter(|key| !catalogue.has(key)).collect();
        assert_eq!(missing, [""; 0], "{language:?}");
        for key in catalogue.keys() {
            let template = catalogue.template(key).unwrap();
            assert!(!template.is_empty(), "{language:?} {key}");
            let original = english.template(key).unwrap_or_else(|| panic!("{language:?} {key} has no use"));
            assert_eq!(places(template), places(original), "{language:?} {key}");
        }
    }
}

/// Sentences of values, names and signs alone.
const NOTHING_TO_TRANSLATE: [&str; 17] = [
    "collect-where.named",
    "explain.title",
    "html.attempt-cause",
    "html.column.sha256",
    "html.column.tracking-id",
    "html.picture-count",
    "html.title.confirmed",
    "html.title.ruled_out",
    "html.title.undetermined",
    "place.row",
    "reply.also-possible-item",
    "reply.attempt",
    "report.fact.connector-sid",
    "report.fact.user-admin-count",
    "report.fact.user-sid",
    "report.remedy-also",
    "report.remedy-otherwise",
];

/// A sentence that is the same in both was forgotten, unless there is nothing in it to translate.
#[test]
fn japanese_sentences_are_japanese() {
    let english = Catalogue::of(Language::English);
    let japanese = Catalogue::of(Language::Japanese);
    for key in japanese.keys().filter(|key| !NOTHING_TO_TRANSLATE.contains(key)) {
        let template = japanese.template(key).unwrap();
        assert!(!template.is_ascii(), "{key}: {template}");
        assert_ne!(Some(template), english.template(key), "{key}");
        assert!(!template.contains('|'), "{key}: Japanese has one form for one and many");
    }
}

/// Codes, ids, names of values and options are the same in every language.
#[test]
fn japanese_sentences_have_the_same_numbers_and_options() {
    fn marks(text: &str) -> std::collections::BTreeSet<&str> {
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_')
            .filter(|part| part.len() > 2)
            .filter(|part| part.starts_with("--") || part.bytes().all(|byte| byte.is_ascii_digit()))
            .collect()
    }
    let japanese = Catalogue::of(Language::Japanese);
    let english = Catalogue::of(Language::English);
    for key in english.keys() {
        let (one, other) = (english.template(key).unwrap(), japanese.template(key).unwrap());
        assert_eq!(marks(one), marks(other), "{key}");
    }
}

/// A name in Latin letters is set off by spaces; Japanese words for a name that is not known are not.
#[test]
fn japanese_words_take_no_spaces() {
    let said = |machine: &str| {
        let template = "ドメイン コントローラーが {machine} による呼び出し";
        fill(template, &[("machine", machine.to_owned())])
    };
    assert_eq!(said("dc01"), "ドメイン コントローラーが dc01 による呼び出し");
    assert_eq!(said("コネクタ アカウント"), "ドメイン コントローラーがコネクタ アカウントによる呼び出し");
    assert_eq!(said("田中"), "ドメイン コントローラーが田中による呼び出し");
    assert_eq!(fill("場所: {where}", &[("where", "サーバー".to_owned())]), "場所: サーバー");
}

#[test]
fn words_for_a_name_begin_a_sentence_in_upper_case() {
    let english = Catalogue::of(Language::English);
    let says = |machine: &str| {
        let empty = Statement::new("check.controller-lets-connector-in.yes-absent").with("machine", machine);
        english.say(&empty)
    };
    let rest = "has no such value, and a domain controller then restricts nobody.";
    assert_eq!(says(stand_in::UNNAMED_MACHINE), format!("A machine that the file does not name {rest}"));
    assert_eq!(says("dc01"), format!("dc01 {rest}"));
}

/// An event that stands for an error code is a word of the language.
#[test]
fn an_event_is_said_in_the_language() {
    let refused = Statement::new("other.account-disabled").with("code", stand_in::event(33005));
    assert!(Catalogue::of(Language::English).say(&refused).ends_with("on-premises (event 33005)."));
    assert!(Catalogue::of(Language::Japanese).say(&refused).ends_with("(イベント 33005)。"));
}

#[test]
fn a_sentence_reads_back_to_its_statement() {
    let account = "CONTOSO\\MSOL_1".to_owned();
    for (key, values) in [
        ("reason.remote-sam.succeeded", vec![]),
        (
            "reason.remote-sam.value-denies",
            vec![
                ("machine", "dc01".to_owned()),
                ("value", "O:BAD:(A;;RC;;;BA)".to_owned()),
                ("account", account),
            ],
        ),
        (
            "check.connector-set-password.yes",
            vec![("account", "a".to_owned()), ("user", "b@c.example".to_owned())],
        ),
        ("collect-again.log-damaged", vec![("path", "a b.evtx".to_owned()), ("count", "1".to_owned())]),
        ("collect-again.log-damaged", vec![("path", "a.evtx".to_owned()), ("count", "12".to_owned())]),
        (
            "reason.remote-sam.latent",
            vec![("machine", stand_in::MACHINE.to_owned()), ("account", "a".to_owned())],
        ),
        ("reason.remote-sam.audit-only", vec![("machine", stand_in::CONTROLLER.to_owned())]),
        ("other.account-disabled", vec![("code", stand_in::event(33005))]),
        ("place.record-at", vec![("id", "7".to_owned()), ("offset", "4096".to_owned())]),
        ("place.file", vec![]),
    ] {
        let statement = Statement { key: key.to_owned(), values };
        let section = key.rsplit_once('.').unwrap().0;
        for language in Language::ALL {
            let said = Catalogue::of(language).say(&statement);
            let read = read_back(&said, &[section], language).unwrap_or_else(|| panic!("{said}"));
            for other in Language::ALL.map(Catalogue::of) {
                assert_eq!(other.say(&read), other.say(&statement), "{said}");
            }
        }
    }
}

#[test]
fn what_nobody_says_is_not_read_back() {
    let read =
        |said: &str| read_back(said, &["reason.remote-sam", "check.audit-only-mode"], Language::English);
    for said in [
        "",
        "The operations failed.",
        "dc01 has  in force",
        "The operations succeeded. And more.",
        "{machine}",
    ] {
        assert_eq!(read(said), None, "{said}");
    }
    assert_eq!(read(&format!("{} is in audit-only mode and refuses nobody.", "a".repeat(9_000))), None);
    assert_eq!(read("The operations succeeded.").unwrap().key, "reason.remote-sam.succeeded");
}
