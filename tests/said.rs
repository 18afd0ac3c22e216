//! What reports say in their sentences: of some cases, that it is true of the bundle. The sentences that a reader
//! must find, or must not, follow from each case's `source/` and `case.toml`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::Path;

use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, html, json, junit, reply, text};
use sspr_triage::why::why;
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze};

fn report_in(case: &str, language: Language) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(case).join("bundle");
    analyze(&[folder], &Options::default()).unwrap().report(language)
}

fn report(case: &str) -> Report {
    report_in(case, Language::English)
}

/// The text without its line breaks, so that a sentence is found wherever its lines end.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_of(report: &Report) -> String {
    words_of(&text::render(report, &TextOptions { width: 120, colour: false }))
}

/// What stands between two headings of a text report.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from}: {text}"));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

const DENY: &str = "connector-permissions/deny-defeats-the-grant";

#[test]
fn a_deny_that_is_the_cause_is_the_first_evidence() {
    let text = text_of(&report(DENY));
    let first = between(&text, "Evidence 1. ", " 2. ");
    assert!(
        first.contains("Entry 1 of 9 in the access list of megan@contoso.example, for Everyone"),
        "{first}"
    );
    assert!(
        first.contains("denies CONTOSO.EXAMPLE\\MSOL_3f1c0b7a9d2e the right 'Reset password'"),
        "{first}"
    );
    let causes = between(&text, "Causes ", " Evidence ");
    assert!(causes.contains("denies") && !causes.contains("does not give"), "{causes}");
}

/// One entry is one piece of evidence, also where two checks look at it.
#[test]
fn a_right_that_is_missing_or_denied_is_named_once() {
    for (case, right) in [(DENY, "Reset password"), ("connector-permissions/right-missing", "Reset password")]
    {
        let report = report(case);
        let both = ["connector-right-missing", "connector-right"];
        let evidence = &report.causes[1].evidence;
        assert!(both.iter().all(|check| evidence.iter().any(|one| one.check == *check)), "{case}");
        let text = text_of(&report);
        let pieces = between(&text, "Evidence 1. ", "Remedy");
        assert_eq!(pieces.matches(&format!("'{right}'")).count(), 1, "{pieces}");
    }
    // Others that are missing too have no other piece.
    let text = text_of(&report("connector-permissions/collected-by-script"));
    let pieces = between(&text, "Evidence 1. ", "Remedy");
    for right in ["Reset password", "Write lockoutTime", "Write pwdLastSet"] {
        assert_eq!(pieces.matches(&format!("'{right}'")).count(), 1, "{right}: {pieces}");
    }
}

#[test]
fn the_remedy_of_a_deny_removes_it_first() {
    let report = report(DENY);
    let steps: Vec<_> = report.causes[1].remedy.iter().filter(|step| !step.note).collect();
    let first = steps.first().unwrap();
    let wanted = "Remove the entry of type Deny for Everyone (S-1-1-0) on 'Reset password'";
    assert!(first.step.starts_with(wanted), "{first:?}");
    let text = text_of(&report);
    assert!(between(&text, "Remedy: ", "Attempts").contains(wanted), "{text}");
    let reply = words_of(&reply::render(&report));
    assert!(reply.contains("denies it to"), "{reply}");
    // Nothing gives the account the right to change a password, and a reset does not need it.
    assert!(!text.contains("'Change password'") && !reply.contains("'Change password'"), "{reply}");
    assert!(reply.find(wanted).unwrap() < reply.find("Grant the rights").unwrap(), "{reply}");
    // In Japanese the right has its Japanese name.
    let japanese = report_in(DENY, Language::Japanese);
    assert!(!japanese.causes[1].remedy.iter().any(|step| step.step.contains("stand-in")));
}

/// A grant is all that is missing where nothing is denied.
#[test]
fn without_a_deny_no_step_removes_one() {
    for case in ["connector-permissions/right-missing", "connector-permissions/one-write-right-missing"] {
        let report = report(case);
        assert!(!report.causes[1].remedy.is_empty());
        assert!(!report.causes[1].remedy.iter().any(|step| step.step.contains("type Deny")), "{case}");
    }
}

const WRITE: &str = "connector-permissions/one-write-right-missing";

#[test]
fn the_missing_right_stands_before_those_that_the_account_has() {
    let report = report(WRITE);
    let text = text_of(&report);
    let evidence = between(&text, "Evidence ", "Remedy");
    assert!(
        evidence.starts_with("1. 'Write lockoutTime' on megan@contoso.example: none of 12 entries"),
        "{evidence}"
    );
    assert!(!evidence.contains("has it"), "{evidence}");
    // Reset password, Change password and Write pwdLastSet are left out.
    assert!(evidence.contains("3 more in the JSON report"), "{evidence}");
    let rights = report.causes[1].evidence.iter().filter(|one| one.check == "connector-right");
    let answers: Vec<&str> = rights.map(|one| one.answer.word()).collect();
    assert_eq!(answers, ["no", "yes", "yes", "yes"]);
    let reply = words_of(&reply::render(&report));
    assert!(reply.contains("'Write lockoutTime' on megan@contoso.example: none of 12 entries"), "{reply}");
    assert!(!reply.contains("has it, by entry"), "{reply}");
}

#[test]
fn a_check_of_several_answers_is_not_headed_by_one_of_them() {
    let said = why(&report(WRITE), "connector-right", Language::English, &TextOptions::default()).unwrap();
    assert_eq!(said.lines().next(), Some("The rights, one by one (connector-right)"), "{said}");
    assert!(words_of(&said).contains("(connector-permissions) no: 'Write lockoutTime'"), "{said}");
}

/// Only where the call was refused does an open way to SAM leave the read rights.
#[test]
fn a_refusal_is_explained_only_where_there_was_one() {
    let cleared = "restricts remote calls to SAM";
    for (case, refused) in [
        ("trust/resets-succeed", false),
        ("mixed/four-users-three-causes", false),
        ("connector-permissions/collected-by-script", false),
        ("connector-permissions/sam-server-unreadable", true),
    ] {
        let report = report(case);
        let evidence = report.causes[1].evidence.iter();
        let said: Vec<_> = evidence.filter(|one| one.check == "sam-restriction-cleared").collect();
        assert!(!said.is_empty() && said.iter().all(|one| one.text.contains(cleared)), "{case}: {said:?}");
        assert_eq!(said.iter().all(|one| one.text.contains("refusal")), refused, "{case}: {said:?}");
    }
}

const MIXED: &str = "mixed/four-users-three-causes";
const ALEX: &str = "alex@contoso.example";
const HELENA: &str = "helena@contoso.example";
const MEGAN: &str = "megan@contoso.example";
const JONI: &str = "joni@contoso.example";

/// Of four failures, one broke the password policy, one was refused by the directory, and two by dc01.
#[test]
fn a_conclusion_says_which_attempts_it_is_about() {
    let report = report(MIXED);
    let about = |number: usize| report.causes[number].about.as_ref().unwrap();
    let users = |number: usize| -> Vec<&str> {
        about(number).attempts.iter().map(|one| one.user.as_deref().unwrap()).collect()
    };
    assert_eq!(users(0), [HELENA]);
    assert_eq!(users(1), [HELENA]);
    assert_eq!(users(2), [MEGAN, JONI]);
    assert_eq!((about(2).count, about(2).failed), (2, 4));
    let policy = report.other_diagnoses[0].about.as_ref().unwrap();
    assert_eq!(policy.attempts.iter().map(|one| one.user.as_deref().unwrap()).collect::<Vec<_>>(), [ALEX]);

    let text = text_of(&report);
    let causes = between(&text, "Causes ", " Other known diagnoses");
    let helena =
        "This is about 1 of 4 failed operations: helena@contoso.example at 2026-10-03T11:05:18.412Z.";
    assert_eq!(causes.matches(helena).count(), 2, "{causes}");
    let two = "This is about 2 of 4 failed operations: megan@contoso.example at 2026-10-05T07:14:03.225Z, \
               joni@contoso.example at 2026-10-05T08:31:45.880Z.";
    assert!(causes.contains(two), "{causes}");
    let first = between(&text, "Evidence 1. ", " 2. ");
    assert!(
        first.contains("for the operation of joni@contoso.example at 2026-10-05T08:31:45.880Z"),
        "{first}"
    );
}

#[test]
fn answers_that_differ_between_attempts_name_theirs() {
    let report = report(MIXED);
    let said =
        why(&report, "controller-denies-connector", Language::English, &TextOptions::default()).unwrap();
    let (of_helena, of_joni) = words_of(&said)
        .split_once("For: Remote calls to SAM are restricted (remote-sam)")
        .map(|(before, after)| (before.to_owned(), after.to_owned()))
        .unwrap();
    assert!(
        of_helena.contains("for the operation of helena@contoso.example at 2026-10-03T11:05:18.412Z"),
        "{said}"
    );
    assert!(
        of_joni.contains("for the operation of joni@contoso.example at 2026-10-05T08:31:45.880Z"),
        "{said}"
    );
    let page = html::render(&report).unwrap();
    assert!(page.contains("for the operation of helena@contoso.example at"), "{page}");
    assert!(page.contains("This is about 2 of 4 failed operations"));
    // Where all failed in the same way, there is nothing to tell apart.
    for case in ["connector-permissions/one-user", "connector-permissions/four-users"] {
        let same = self::report(case);
        assert!(same.causes.iter().all(|cause| cause.about.is_none()), "{case}");
    }
}

#[test]
fn each_test_case_of_junit_has_its_own_reason() {
    let report = report(MIXED);
    let cases = junit::suite(&report).cases;
    let said: Vec<(&str, &str)> = cases
        .iter()
        .map(|case| match &case.outcome {
            junit::Outcome::Failed { message, text } => (message.as_str(), text.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    let messages: Vec<&str> = said.iter().map(|(message, _)| *message).collect();
    assert_eq!(
        messages,
        ["password-policy: confirmed", "undetermined", "remote-sam: confirmed", "remote-sam: confirmed"]
    );
    assert_eq!(said[0].1, "The new password was refused by the domain's password policy (0x80230619).");
    // Causes 1 and 2 say the same of her, with the halves changed round.
    let refused = "Active Directory refused to set the password: the user is protected, or the connector account \
                   lacks rights.";
    assert_eq!(said[1].1, refused);
    assert!(said[2].1.starts_with("dc01.contoso.example has O:BAG:BAD:(A;;RC;;;BA) in force"), "{said:?}");
    assert!(!said[0].1.contains("SAM") && !said[1].1.contains("SAM"), "{said:?}");
}

#[test]
fn no_attempt_with_a_cause_of_its_own_is_hidden() {
    let text = text_of(&report(MIXED));
    let attempts = between(&text, "Attempts: 4 failed", "Files");
    let alex = "alex@contoso.example, 0x80230619: The new password breaks the password policy (confirmed)";
    assert!(attempts.contains(alex), "{attempts}");
    assert!(
        attempts.contains("helena@contoso.example, 0x80230626: undetermined (cause 1, cause 2) 2026"),
        "{attempts}"
    );
    // Beside those, the others have theirs too; where all have that of the verdict, it stands above.
    assert!(attempts.contains("megan@contoso.example, 0x80230626: cause 3 (confirmed) 2026"), "{attempts}");
    let same = text_of(&report_in("connector-permissions/three-users-refused", Language::English));
    assert!(!between(&same, "Attempts: 3 failed", "Files").contains("cause"), "{same}");
    let japanese = text_of(&report_in(MIXED, Language::Japanese));
    assert!(japanese.contains("0x80230626: 判定不能 (原因 1、原因 2) 2026"), "{japanese}");
    assert!(!japanese.contains("undetermined"), "{japanese}");
}

/// More failures than are shown: the only one of its cause is the oldest.
#[test]
fn of_many_attempts_the_latest_of_each_cause_stands_there() {
    let mut report = report(MIXED);
    let joni = report.attempts.last().unwrap().clone();
    for minute in 10..40 {
        let time = format!("2026-10-06T08:{minute}:00Z");
        report.attempts.push(sspr_triage::report::model::Attempt { time, ..joni.clone() });
    }
    let text = text_of(&report);
    let attempts = between(&text, "Attempts: 34 failed", "Files");
    assert!(attempts.contains(ALEX) && attempts.contains(HELENA), "{attempts}");
    // Ten latest, and one of each of the two other causes.
    assert_eq!(attempts.matches("reset, ").count(), 12, "{attempts}");
    assert!(attempts.contains("22 more failures of the same causes in the JSON report"), "{attempts}");
}

#[test]
fn a_verdict_names_the_other_diagnosis_by_its_title() {
    let report = report("other/password-policy");
    let title = "The new password breaks the password policy";
    assert_eq!(report.verdict.diagnosis.as_deref(), Some("password-policy"));
    assert_eq!(report.other_diagnoses[0].title, title);
    let text = text::render(&report, &TextOptions::default());
    let flat = words_of(&text);
    assert!(flat.starts_with(&format!("Verdict: none of the three causes, but \"{title}\"")), "{text}");
    let verdict = between(&flat, "Verdict", "Evidence");
    assert!(!verdict.contains("password-policy"), "{verdict}");
    let page = html::render(&report).unwrap();
    assert!(page.contains(&format!("None of the three causes, but &#34;{title}&#34;</h1>")), "{page}");
    assert!(json::render(&report).unwrap().contains("\"diagnosis\": \"password-policy\""));
    let japanese = text_of(&report_in("other/password-policy", Language::Japanese));
    assert!(japanese.contains("「パスワード ポリシーに違反している」"), "{japanese}");
}

#[test]
fn what_to_collect_is_named_as_people_name_it() {
    let text = text_of(&report(MIXED));
    let collect = between(&text, "Collect next ", "Remedy");
    assert!(
        collect.contains(" 1. The properties and groups of the user in Active Directory: dc01"),
        "{collect}"
    );
    assert!(collect.contains("It decides: cause 1, cause 2."), "{collect}");
    for id in ["target-protected-now", "connector-right-missing", "target-permissions:", "target-user:"] {
        assert!(!collect.contains(id), "{id}: {collect}");
    }
    // Where the verdict lacks something, that has its name too.
    let report = report("mixed/four-users-three-causes");
    assert!(report.causes.iter().flat_map(|cause| &cause.missing).count() > 0);
    for missing in report.causes.iter().flat_map(|cause| &cause.missing) {
        assert!(!missing.starts_with("target-"), "{missing}");
    }
    let json = json::render(&report).unwrap();
    assert!(json.contains("\"artifact\": \"target-"), "ids stay for programs: {json}");
}

/// The trace of event 6329 in the case's `source/` has the refused call in its fifth line.
#[test]
fn evidence_of_a_record_has_the_words_of_the_record() {
    let report = report(MIXED);
    let refused = report.causes[2].evidence.iter().find(|one| one.check == "sam-call-refused").unwrap();
    let words = refused.words.as_deref().unwrap();
    assert!(
        words.starts_with("An unexpected error has occurred during a password set operation."),
        "{words}"
    );
    let said =
        "Failed to acquire user information: CONTOSO\\MSOL_3f1c0b7a9d2e. Error Code: ERROR_ACCESS_DENIED";
    assert!(words.contains(said), "{words}");
    let page = html::render(&report).unwrap();
    assert!(page.contains(said), "{page}");
    assert_eq!(
        page.matches("<summary>What the record says</summary>").count(),
        page.matches("class=\"said\"").count()
    );
    // Of a descriptor, nothing but what it means was kept.
    let list = self::report(DENY);
    let of_list = list.causes[1].evidence.iter().filter(|one| one.check.starts_with("connector-right"));
    assert!(of_list.clone().count() > 0 && of_list.clone().all(|one| one.words.is_none()));
    for evidence in report.causes.iter().flat_map(|cause| &cause.evidence) {
        assert!(evidence.words.as_ref().is_none_or(|words| words.chars().count() <= 1006), "{evidence:?}");
    }
}

/// Line 19 of `Lsa.reg` has the value, and a row of the policy report the setting with the GPO that won.
#[test]
fn evidence_of_a_line_or_a_row_has_what_stands_there() {
    let report = report("remote-sam/registry-of-domain-controller");
    let denies = report.causes[2].evidence.iter().filter(|one| one.check == "controller-denies-connector");
    let words: Vec<(&str, &str)> = denies
        .map(|one| (one.source.as_ref().unwrap().path.as_str(), one.words.as_deref().unwrap_or_default()))
        .collect();
    let value = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\n\
                 \"RestrictRemoteSam\"=\"O:BAG:BAD:(A;;RC;;;BA)\"";
    let row = "Network access: Restrict clients allowed to make remote calls to SAM | O:BAG:BAD:(A;;RC;;;BA) | \
               Contoso Baseline - Domain Controllers";
    assert_eq!(words, [("dc01/Lsa.reg", value), ("dc01/GPreport.htm", row)]);
    let page = html::render(&report).unwrap();
    assert!(page.contains(&format!("<pre>{row}\n</pre>")), "{page}");
    assert!(page.contains("&#34;RestrictRemoteSam&#34;=&#34;O:BAG:BAD:(A;;RC;;;BA)&#34;"), "{page}");
}

/// Markup and controls in a record's text are shown, and do nothing.
#[test]
fn words_of_a_record_cannot_act() {
    let mut report = report(MIXED);
    for evidence in report.causes.iter_mut().flat_map(|cause| &mut cause.evidence) {
        evidence.words = evidence.words.as_ref().map(|_| "<script>a</script>\u{202e}\u{1b}[2J\nb".to_owned());
    }
    let page = html::render(&report).unwrap();
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("&#60;script&#62;a&#60;/script&#62;\\u{202e}\\u{1b}[2J\nb"), "{page}");
}

fn replies(case: &str) -> (String, String) {
    let in_language = |language| words_of(&reply::render(&report_in(case, language)));
    (in_language(Language::English), in_language(Language::Japanese))
}

/// What the call for user information lacks is named, and only where that call was refused.
#[test]
fn the_reply_names_what_the_call_for_user_information_lacks() {
    for (case, lacks) in [
        ("sam-server-unreadable", "CN=Server,CN=System"),
        ("sam-server-unreadable-value-unseen", "CN=Server,CN=System"),
        ("read-group-emptied", "Pre-Windows 2000 Compatible Access"),
        ("domain-root-hardened", "dc=contoso,dc=example"),
        ("impersonation-right-reduced", "NT AUTHORITY\\SERVICE"),
    ] {
        let (english, japanese) = replies(&format!("connector-permissions/{case}"));
        let missing = between(&english, "This is what your files show as missing or denied: - ", "explain");
        assert!(missing.contains(lacks), "{case}: {missing}");
        let missing = between(&japanese, "不足または拒否を確認できたものは、次のとおりです。 - ", "この原因");
        assert!(missing.contains(lacks), "{case}: {missing}");
    }
    let (english, _) = replies("connector-permissions/sam-server-readable");
    assert!(!english.contains("CN=Server,CN=System: its access list"), "{english}");
}

/// Who is protected cannot have resets; who was once can, after the clean-up that the reply has steps for.
#[test]
fn the_reply_does_not_deny_what_its_steps_bring_about() {
    for case in
        ["formerly-protected-list-seen", "formerly-protected-token-seen", "former-administrator-in-csv"]
    {
        let (english, japanese) = replies(&format!("protected-account/{case}"));
        assert!(english.contains("The account was an administrator once: clean it up"), "{case}: {english}");
        assert!(english.contains("the protection stayed"), "{case}: {english}");
        assert!(english.contains("resets work again"), "{case}: {english}");
        assert!(!english.contains("The password of such an account cannot be reset"), "{case}: {english}");
        assert!(japanese.contains("再びリセットできるようになります"), "{case}: {japanese}");
        assert!(!japanese.contains("このようなアカウントのパスワードを"), "{case}: {japanese}");
    }
}

/// A protected group is a fact; that it is the reason is none where the cause is possible or likely.
#[test]
fn a_protected_group_is_no_verdict() {
    for case in ["holder-grants-user-list-not-seen", "no-trace-protected-now"] {
        let (english, japanese) = replies(&format!("protected-account/{case}"));
        assert!(english.contains("belongs to the group Domain Admins"), "{case}: {english}");
        assert!(english.contains("could then not be reset from the cloud"), "{case}: {english}");
        assert!(!english.contains("This is by design"), "{case}: {english}");
        assert!(japanese.contains("この保護によって拒否されている場合"), "{case}: {japanese}");
        assert!(!japanese.contains("これは仕様による動作です"), "{case}: {japanese}");
    }
    let (english, japanese) = replies("protected-account/listed-in-domain-admins");
    assert!(english.contains("This is by design"), "{english}");
    assert!(japanese.contains("これは仕様による動作です"), "{japanese}");
}

/// Three events of the case say that the service had trouble with the cloud.
#[test]
fn the_reply_names_another_diagnosis_that_is_possible() {
    let (english, japanese) = replies("other/service-cannot-reach-the-cloud");
    let wanted = "- The writeback service has lost the cloud: The writeback service had trouble with the cloud 3 \
                  times; users then see SSPR";
    assert!(between(&english, "signs of the following: ", "## ").starts_with(wanted), "{english}");
    assert!(between(&japanese, "次のことも考えられます。 - ", "## ").contains("3 回"), "{japanese}");
    assert!(!replies("trust/resets-succeed").0.contains("signs of the following"));
}

/// One file comes back, and not a folder.
#[test]
fn the_exported_settings_come_back_as_one_file() {
    for reply in <[String; 2]>::from(replies("trust/audit-log-only")) {
        assert!(reply.contains("`C:\\Temp\\ADSyncConfiguration.zip`"), "{reply}");
        assert!(reply.contains("; Compress-Archive -Path C:\\Temp\\ADSyncConfiguration "), "{reply}");
    }
}

const ONE_USER_LOG: &str = "connector-permissions/one-user/bundle/aadc01/Application.evtx";

/// What could not be opened was not gone through.
#[test]
fn the_reply_says_that_nothing_could_be_looked_into() {
    let (all, zero) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let cut = zero.path().join("cut.zip");
    std::fs::write(&cut, b"PK\x03\x04\x14\0\0\0").unwrap();
    let file = zero.path().join("zero.zip");
    std::fs::write(&file, b"").unwrap();
    let log = zero.path().join("cut.evtx");
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(ONE_USER_LOG);
    std::fs::write(&log, &std::fs::read(whole).unwrap()[..5000]).unwrap();
    let folder = all.path().to_owned();
    for (input, says, says_in_japanese) in [
        (&cut, "We could not read what you sent", "読み取ることができなかった"),
        (&log, "We could not read what you sent", "読み取ることができなかった"),
        (&folder, "What you sent holds no files", "ファイルが含まれていなかった"),
        (&file, "Your files arrived empty (0 bytes)", "空 (0 バイト) の状態で届いた"),
    ] {
        let analysis = analyze(std::slice::from_ref(input), &Options::default()).unwrap();
        let english = words_of(&reply::render(&analysis.report(Language::English)));
        let japanese = words_of(&reply::render(&analysis.report(Language::Japanese)));
        assert!(english.contains("We have not been able to look into what you sent"), "{english}");
        assert!(!english.contains("gone through") && english.contains(says), "{english}");
        assert!(
            japanese.contains("まだ確認できておりません") && japanese.contains(says_in_japanese),
            "{japanese}"
        );
        assert!(!japanese.contains("拝見した結果"), "{japanese}");
    }
}

/// A file of no bytes is asked for again by its name, also beside others that were read.
#[test]
fn a_file_that_arrived_empty_is_asked_for_again() {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(ONE_USER_LOG);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("zero.zip"), b"").unwrap();
    for beside in [false, true] {
        if beside {
            std::fs::copy(&log, folder.path().join("Application.evtx")).unwrap();
        }
        let analysis = analyze(&[folder.path().to_owned()], &Options::default()).unwrap();
        let report = analysis.report(Language::English);
        let english = words_of(&reply::render(&report));
        assert!(
            english.contains("arrived empty (0 bytes). Please send them to us again: - zero.zip"),
            "{english}"
        );
        assert_eq!(english.contains("gone through"), beside, "{english}");
        assert!(!english.contains("hold no record"), "{english}");
        let text = text_of(&report);
        assert!(text.contains("zero.zip, whole file: Not used: an empty file, 0 bytes"), "{text}");
        let gap = report.gaps.iter().find(|gap| gap.path == "zero.zip").unwrap();
        assert_eq!(gap.kind, "empty");
        let japanese = words_of(&reply::render(&analysis.report(Language::Japanese)));
        assert!(japanese.contains("空 (0 バイト) の状態で届きました"), "{japanese}");
    }
}

/// Where all failures are explained, nothing is asked for, and what arrived empty is still told.
#[test]
fn an_empty_file_is_told_where_it_was_not_needed() {
    let mut report = report("connector-permissions/sam-server-unreadable");
    let mut file = report.artifacts[0].clone();
    (file.path, file.kind, file.bytes, file.coverage) = ("zero.zip".into(), "not-used".into(), 0, None);
    report.artifacts.push(file);
    report.gaps = vec![sspr_triage::report::model::GapEntry {
        path: "zero.zip".into(),
        place: "whole file".into(),
        kind: "empty".into(),
        reason: "Not used.".into(),
    }];
    let reply = words_of(&reply::render(&report));
    assert!(
        reply.contains("arrived empty (0 bytes). We did not need them for this result: - zero.zip"),
        "{reply}"
    );
    assert!(!reply.contains("could not read the following"), "{reply}");
}

#[test]
fn a_restriction_of_the_connect_server_is_not_removed_there() {
    let text = text_of(&report("remote-sam/restriction-of-connect-server"));
    let remedy = between(&text, "Remedy: ", "Attempts");
    assert!(!remedy.contains("aadc01") && !remedy.contains("only its value is left"), "{remedy}");
    assert!(remedy.contains("[dc01.contoso.example, elevated command prompt]"), "{remedy}");
}

#[test]
fn what_may_be_stale_is_the_export_and_not_what_shows_the_success() {
    for (case, success) in [
        ("protected-account/mended-before-export", "aadc01/Application.evtx"),
        ("protected-account/success-in-the-cloud-later", "entra/AuditLogs.json"),
    ] {
        let text = text_of(&report(case));
        let wanted = format!("dc01/user.txt may show the user after a change: by {success}, ");
        assert!(text.contains(&wanted), "{text}");
    }
}
