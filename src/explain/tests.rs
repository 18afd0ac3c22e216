//! Tests of the texts, over all pages; three of them as snapshots.

use unicode_width::UnicodeWidthStr;

use super::*;

const WIDTH: usize = 80;

fn explain(id: Option<&str>) -> Result<String, UnknownId> {
    super::explain(id, Language::English, WIDTH)
}

/// All ids that are explained.
fn ids() -> Vec<&'static str> {
    let (verdicts, artifacts) = (named::verdicts(Language::English), named::artifacts(Language::English));
    let ids = pages::pages(Language::English).iter().map(|page| page.id.as_str()).chain(check_ids());
    ids.chain(verdicts.into_iter().chain(artifacts).map(|(id, _)| id)).collect()
}

#[test]
fn verdicts_and_artifacts_are_explained_in_each_language() {
    for (id, english, japanese) in [
        ("no-failure", "No operation failed (no-failure)\n====", "失敗した操作なし (no-failure)\n===="),
        ("undetermined", "collect-script --for REPORT.json", "collect-script --for REPORT.json"),
        ("other", "verdict.diagnosis", "verdict.diagnosis"),
        ("controller-lsa-key", "Does RestrictRemoteSam keep the connector account out?", "採取する場合"),
        ("target-user", "'<user principal name>'", "'<ユーザー プリンシパル名>'"),
        ("connect-application-log", "the Entra Connect server, elevated PowerShell", "管理者として実行した"),
    ] {
        for (language, says) in [(Language::English, english), (Language::Japanese, japanese)] {
            let text = super::explain(Some(id), language, WIDTH).unwrap();
            assert!(
                text.contains(says) && !text.contains("<reply.") && !text.contains("<explain."),
                "{text}"
            );
        }
    }
}

#[test]
fn a_cause_a_diagnosis_and_a_check_are_explained() {
    let cause = explain(Some("remote-sam")).unwrap();
    assert!(cause.starts_with("Remote calls to SAM are restricted (remote-sam)\n===="));
    assert!(cause.contains("\n        gpupdate /force\n"), "commands stand on lines of their own");
    assert!(cause.contains("Add the connector account, and tick") && !cause.contains("{connector"));
    assert!(explain(Some("password-policy")).unwrap().contains("80230619"));
    let check = explain(Some("Sam-Call-Refused")).unwrap();
    for page in ["protected-account", "connector-permissions", "remote-sam"] {
        assert!(check.contains(page), "{page}");
    }
}

#[test]
fn the_whole_of_a_page_is_in_its_text() {
    for page in pages::pages(Language::English) {
        let text = explain(Some(&page.id)).unwrap();
        let words: String = text.split_whitespace().collect();
        let mut parts = vec![&page.title, &page.summary];
        parts.extend(&page.body);
        parts.extend(page.checks.iter().flat_map(|check| [&check.id, &check.title, &check.text]));
        parts.extend(page.remedies.iter().flat_map(|remedy| [&remedy.title, &remedy.when]));
        parts.extend(page.sources.iter().flat_map(|source| [&source.link, &source.text]));
        for part in parts {
            let part = pages::Values::default().fill(part, Language::English).replace('`', "");
            let part: String = part.split_whitespace().collect();
            assert!(words.contains(&part), "{}: {part}", page.id);
        }
        for step in page.remedies.iter().flat_map(|remedy| &remedy.steps) {
            let step = step.filled(&pages::Values::default(), Language::English);
            for line in step.command.iter().flat_map(|command| command.lines()) {
                assert!(text.contains(&format!("\n        {line}\n")), "{}: {line}", page.id);
            }
            let step: String = step.text.replace('`', "").split_whitespace().collect();
            assert!(words.contains(&step), "{}: {step}", page.id);
        }
    }
}

#[test]
fn text_keeps_to_80_columns_except_commands_and_addresses() {
    for id in ids().into_iter().map(Some).chain([None]) {
        for line in explain(id).unwrap().lines() {
            let free = line.starts_with("        ") || line.trim_start().starts_with("https://");
            assert!(line.width() <= WIDTH || free, "{line}");
        }
    }
}

#[test]
fn the_list_has_every_id_once_on_a_line_of_its_own() {
    let list = explain(None).unwrap();
    for id in ids() {
        let lines = list.lines().filter(|line| line.split_whitespace().next() == Some(id)).count();
        assert_eq!(lines, 1, "{id}");
    }
    let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    assert_eq!(lines.count(), ids().len());
}

#[test]
fn an_unknown_id_names_its_neighbours() {
    let error = explain(Some("remotesam")).unwrap_err();
    assert_eq!(error.near, ["remote-sam"]);
    assert_eq!(
        error.in_words(Language::English),
        "Nothing has the id \"remotesam\". Did you mean remote-sam?"
    );
    let error = explain(Some("xyzzy\u{1b}[2J")).unwrap_err();
    assert!(error.near.is_empty());
    assert!(!error.in_words(Language::English).contains('\u{1b}'));
}

#[test]
fn the_list() {
    insta::assert_snapshot!(explain(None).unwrap());
}

#[test]
fn a_cause() {
    insta::assert_snapshot!(explain(Some("remote-sam")).unwrap());
}

#[test]
fn a_check() {
    insta::assert_snapshot!(explain(Some("sam-call-refused")).unwrap());
}
