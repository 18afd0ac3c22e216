//! The program and the mistakes of its users: what it refuses, what it leaves alone, and how it says so.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and has to start programs; the switch for tests does not reach shared functions"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name).join("bundle")
}

/// What a run says on both streams, and its exit code.
struct Ran {
    code: i32,
    out: String,
    said: String,
}

fn run(folder: &Path, line: &str) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_sspr-triage"))
        .args(line.split(' '))
        .current_dir(folder)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), said: text(output.stderr) }
}

/// What is said, with its lines put together again.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder `bd` that is a bundle, and the file `one.txt`, which is one by itself.
fn upload() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = case("remote-sam/denied-in-system-log");
    for entry in walkdir::WalkDir::new(&from) {
        let entry = entry.unwrap();
        let to = folder.path().join("bd").join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    fs::create_dir_all(folder.path().join("bd/notes")).unwrap();
    fs::write(folder.path().join("bd/notes/a.txt"), "a note").unwrap();
    fs::write(folder.path().join("one.txt"), "a note").unwrap();
    folder
}

/// Names and contents of all files.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn output_never_goes_over_input() {
    let folder = upload();
    let at = folder.path();
    assert_eq!(run(at, "analyze bd --format json=report.json").code, 0);
    fs::create_dir_all(at.join("cases/c")).unwrap();
    fs::write(at.join("cases/c/case.toml"), "").unwrap();
    let before = files(at);
    for line in [
        "analyze one.txt -o one.txt",
        "analyze one.txt --format json=./one.txt",
        "analyze bd --format html=bd/notes/a.txt",
        "analyze bd/notes bd -o bd/notes/../notes/a.txt",
        "events one.txt -o one.txt",
        "facts one.txt -o one.txt",
        "facts bd --format json -o bd/notes/a.txt",
        "diff one.txt bd -o one.txt",
        "diff report.json bd -o report.json",
        "events bd --format csv -o bd/notes/a.txt",
        "collect-script --for report.json -o report.json",
        "check cases -o cases/c/case.toml",
    ] {
        let ran = run(at, &format!("{line} --lang en"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}: {}", ran.said);
        assert!(flat(&ran.said).contains("is part of the input. Name another file."), "{line}: {}", ran.said);
        assert_eq!(files(at), before, "{line}");
        let japanese = run(at, &format!("{line} --lang ja"));
        assert!(japanese.said.contains("入力の一部です"), "{line}: {}", japanese.said);
    }
    let passwords = run(at, "analyze bd --password-file one.txt -o one.txt --lang en");
    assert!(
        passwords.code == 2 && flat(&passwords.said).contains("is part of the input"),
        "{}",
        passwords.said
    );
    // A new file in the input would be read by the next run.
    for line in [
        "analyze bd -o bd/report.txt",
        "events bd -o bd/notes/list.txt",
        "facts bd -o bd/notes/list.txt",
        "diff bd bd -o bd/notes/list.txt",
        "batch bd -o bd/results",
        "batch --children bd -o bd",
        "batch --children bd -o bd/notes/results",
    ] {
        let ran = run(at, &format!("{line} --lang en"));
        assert_eq!(ran.code, 2, "{line}: {}", ran.said);
        assert!(ran.said.contains("part of the input"), "{line}: {}", ran.said);
        assert_eq!(files(at), before, "{line}");
    }
    // Beside it is room, and beside bundles for their results. A file has what standard output has.
    for line in
        ["facts bd --lang ja", "facts bd --format json", "diff bd bd --lang ja", "diff bd bd --format json"]
    {
        let ran = run(at, &format!("{line} -o list"));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{line}: {}", ran.said);
        assert_eq!(fs::read_to_string(at.join("list")).unwrap(), run(at, line).out, "{line}");
    }
    assert_eq!(run(at, "analyze bd -o bd.txt").code, 0);
    assert_eq!(run(at, "batch --children bd -o bd/results").code, 0);
    assert_eq!(run(at, "check cases -o cases/results.txt").code, 20);
}

#[test]
fn a_list_of_no_log_is_not_written() {
    let folder = upload();
    let at = folder.path();
    fs::write(at.join("keep.csv"), "kept").unwrap();
    let ran = run(at, "events one.txt --format csv -o keep.csv --lang en");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.said);
    assert_eq!(fs::read_to_string(at.join("keep.csv")).unwrap(), "kept");
}

#[test]
fn a_batch_of_nothing_is_a_mistake_and_errors_are_told() {
    let folder = upload();
    let at = folder.path();
    for lang in ["en", "ja"] {
        let ran = run(at, &format!("batch no-such-folder nor-this -o d --lang {lang}"));
        assert_eq!(ran.code, 2, "{}", ran.said);
        assert!(ran.said.contains("no-such-folder") && !at.join("d").exists(), "{}", ran.said);
    }
    let ran = run(at, "batch no-such-folder bd one.txt -o d --lang en");
    let said = flat(&ran.said);
    assert_eq!(ran.code, 2, "{said}");
    assert!(said.ends_with("check the spelling, and that the drive or share is connected."), "{said}");
    assert_eq!(fs::read_to_string(at.join("d/results.jsonl")).unwrap().lines().count(), 3, "all have rows");
    assert!(!at.join("d/results.earlier.jsonl").exists(), "the run is complete");
    assert_eq!(run(at, "batch one.txt bd -o bad").code, 0, "a bundle without use is a row");
    assert!(said.contains("3 bundles: 2 with an error, 0 done by an earlier run."), "{said}");
    assert!(said.contains("results.jsonl"), "{said}");
    assert!(said.contains("no-such-folder: it cannot be opened: there is nothing at its path"), "{said}");
    assert!(said.contains("one.txt: nothing in it could be used"), "{said}");
    let ja = run(at, "batch bd one.txt a b c -o e --lang ja").said;
    assert!(ja.contains("バンドル 5 件: エラー 4 件") && ja.contains("ほかに 1 件のエラー"), "{ja}");
    assert!(ja.contains("one.txt: ") && !ja.contains("nothing in it"), "{ja}");
    let file = run(at, "batch bd -o one.txt --lang en");
    assert_eq!(file.code, 1);
    assert!(flat(&file.said).contains("It is a file"), "{}", file.said);
}

#[test]
fn a_path_that_is_not_there_ends_every_command_alike() {
    let folder = upload();
    let at = folder.path();
    for (path, says) in [
        ("nope.json", "check the spelling"),
        ("one.txt/nope.json", "check the spelling"),
        ("case*.json", "the shell has not resolved its wildcard"),
        ("-", "Standard input is not read"),
    ] {
        for line in [
            format!("analyze bd {path}"),
            format!("facts {path}"),
            format!("events {path}"),
            format!("diff bd {path}"),
            format!("diff {path} bd"),
            format!("explain --report {path} remote-sam"),
            format!("collect-script --for {path}"),
            format!("check {path}"),
            format!("batch {path} -o none"),
            format!("batch --children {path} -o none"),
            format!("analyze bd --password-file {path}"),
        ] {
            let ran = run(at, &format!("{line} --lang en"));
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}: {}", ran.said);
            assert!(flat(&ran.said).contains(says), "{line}: {}", ran.said);
            assert!(!at.join("none").exists(), "{line}");
            let japanese = run(at, &format!("{line} --lang ja")).said.replace("\n  ", "");
            let says =
                if path == "-" { "標準入力からは" } else { "このパスには何もありません" };
            assert!(japanese.contains(says), "{line}: {japanese}");
        }
    }
    fs::create_dir(at.join("empty")).unwrap();
    let none = run(at, "batch --children empty -o none --lang en");
    assert!(none.code == 2 && flat(&none.said).contains("that could be a bundle"), "{}", none.said);
    assert!(!at.join("none").exists());
}

#[test]
fn a_path_or_a_slip_in_place_of_a_command_is_helped() {
    let folder = upload();
    for (lang, path, list) in
        [("en", "To read it: ", "Commands: "), ("ja", "読み取る場合: ", "使えるコマンド: ")]
    {
        let ran = run(folder.path(), &format!("one.txt --lang {lang}"));
        let says = format!("{path}sspr-triage\u{a0}analyze\u{a0}one.txt").replace('\u{a0}', " ");
        assert!(ran.code == 2 && ran.said.contains(&says), "{}", ran.said);
        let ran = run(folder.path(), &format!("frob --lang {lang}"));
        assert!(ran.code == 2 && ran.said.contains(&format!("{list}analyze, batch, ")), "{}", ran.said);
    }
}

#[test]
fn a_report_that_powershell_redirected_is_read() {
    let folder = upload();
    let at = folder.path();
    assert_eq!(run(at, "analyze bd --format json=r.json").code, 0);
    let text = fs::read_to_string(at.join("r.json")).unwrap();
    let says = run(at, "explain --report r.json remote-sam --lang en").out;
    let utf_16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    };
    let utf_8 = format!("\u{feff}{text}").into_bytes();
    for bytes in [utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes), utf_8] {
        fs::write(at.join("r.json"), bytes).unwrap();
        assert_eq!(run(at, "explain --report r.json remote-sam --lang en").out, says);
    }
}

#[test]
fn the_help_of_each_command_ends_with_its_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    for (command, code) in [
        ("analyze", "11"),
        ("batch", "PATH"),
        ("check", "20"),
        ("collect-script", "2"),
        ("diff", "3"),
        ("events", "3"),
        ("explain", "2"),
        ("facts", "3"),
    ] {
        for (lang, begins) in [("en", "Exit codes: 0"), ("ja", "終了コード: 0")] {
            for of in [format!("{command} --help"), format!("man {command}")] {
                let out = run(folder.path(), &format!("{of} --lang {lang}")).out;
                let codes = out.split(begins).nth(1).unwrap_or_else(|| panic!("{of}: {out}"));
                assert!(codes.contains(code), "{of}: {codes}");
            }
        }
    }
    let diff = run(folder.path(), "diff --help --lang ja").out;
    assert!(diff.find("  <BEFORE>\n").unwrap() < diff.find("  <AFTER>\n").unwrap(), "{diff}");
}

#[test]
fn help_fits_the_console_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "",
        "analyze ",
        "batch ",
        "check ",
        "collect-script ",
        "diff ",
        "events ",
        "explain ",
        "facts ",
        "man ",
    ] {
        for line in ["-h", "--help"].iter().flat_map(|help| ["en", "ja"].map(|lang| (help, lang))) {
            let ran = run(folder.path(), &format!("{command}{} --lang {}", line.0, line.1));
            assert!(ran.code == 0 && !ran.out.is_empty());
            for line in ran.out.lines() {
                assert!(line.width() <= 80, "{command}: {line}");
            }
        }
    }
}

#[test]
fn messages_fit_the_console_and_keep_paths_whole() {
    let folder = tempfile::tempdir().unwrap();
    let missing =
        "a-folder-with-a-rather-long-name/and-a-file-with-a-name-that-is-longer-than-a-line-of-it.zip";
    for line in [
        format!("analyze {missing}"),
        "explain nope".to_owned(),
        format!("analyze {missing} --format json=a --format html=a"),
        format!("analyze {missing} --format pdf"),
        format!("events {missing} --since 2026-10-06 --until 2026-10-05"),
    ] {
        for lang in ["en", "ja"] {
            let said = run(folder.path(), &format!("{line} --lang {lang}")).said;
            assert!(said.starts_with("sspr-triage: "), "{said}");
            for line in said.lines() {
                assert!(line.width() <= 80 || line.contains("a-folder"), "{line}");
            }
        }
    }
    let said = run(folder.path(), &format!("analyze {missing} --lang en")).said;
    assert!(said.contains(missing), "{said}");
}

#[test]
fn values_that_cannot_be_are_refused_in_the_users_language() {
    let folder = upload();
    for (line, english, japanese) in [
        ("analyze bd --max-depth x", "Give a whole number, 0 or more", "0 以上の整数"),
        ("analyze bd --max-depth -1", "Give a whole number, 0 or more", "0 以上の整数"),
        ("analyze bd --max-ratio -1", "Expected a whole number, 1 or more.", "1 以上の整数"),
        ("batch bd --output out --threads 0", "Expected a whole number, 1 or more.", "1 以上の整数"),
        ("batch bd --output out --threads -1", "Expected a whole number, 1 or more.", "1 以上の整数"),
        ("analyze bd --max-file-bytes 0", "Expected a whole number, 1 or more.", "1 以上の整数"),
        ("analyze bd --max-ratio 0", "Expected a whole number, 1 or more.", "1 以上の整数"),
        ("events bd --event-id abc", "Expected a number from 0 to 65535.", "0 から 65535 まで"),
        ("events bd --event-id 70000", "Expected a number from 0 to 65535.", "0 から 65535 まで"),
        ("events bd --since 2026-10-06 --until 2026-10-05", "swap the two times", "入れ替えて"),
        ("events bd --since 2026-10-06T01:00:00Z --until 2026-10-06T00:00:00Z", "swap", "入れ替えて"),
        (
            "analyze bd --machine foo=bar",
            "nothing in the bundle has this path",
            "このパスはバンドルにありません",
        ),
        ("check no-such-folder", "There is nothing at this path", "このパスには何もありません"),
    ] {
        for (lang, says) in [("en", english), ("ja", japanese)] {
            let ran = run(folder.path(), &format!("{line} --lang {lang}"));
            let said = ran.said.replace("\n  ", if lang == "en" { " " } else { "" });
            assert_eq!(ran.code, 2, "{line}: {said}");
            assert!(said.contains(says) && said.starts_with("sspr-triage: "), "{line}: {said}");
            assert!(!said.contains("invalid digit") && !said.contains("error:"), "{line}: {said}");
            assert_eq!(ran.out, "", "{line}");
        }
    }
    let day = run(folder.path(), "events bd --since 2026-10-05 --until 2026-10-05 --lang en");
    assert_eq!(day.code, 0, "a day is one: {}", day.said);
    let no_report = run(folder.path(), "diff bd/notes/a.json bd --lang en");
    assert_eq!(no_report.code, 2);
    fs::write(folder.path().join("a.json"), "{}").unwrap();
    let no_report = flat(&run(folder.path(), "diff a.json bd --lang en").said);
    assert!(no_report.contains("not a report that this version of sspr-triage can read"), "{no_report}");
    assert!(no_report.contains("analyze BUNDLE --format json="), "{no_report}");
    for (text, says) in [
        ("PK", "It is no JSON."),
        ("{\"schema\": \"sspr-triage/rep", "It begins as JSON and breaks off at line 1, column 27"),
        ("{\"schema\": \"sspr-triage/report/1\"}", "at line 1, column 34 it does not have the form of one"),
        ("{\"schema\": \"sspr-triage/report/9\"}", "It is of the version \"sspr-triage/report/9\""),
        ("[]", "It is JSON of another kind"),
    ] {
        fs::write(folder.path().join("a.json"), text).unwrap();
        let ran = run(folder.path(), "explain --report a.json remote-sam --lang en");
        assert!(ran.code == 1 && flat(&ran.said).contains(says), "{}", ran.said);
        // The words of a parser are English in every language.
        let japanese = run(folder.path(), "explain --report a.json remote-sam --lang ja").said;
        assert!(!japanese.contains("missing") && !japanese.contains("EOF"), "{japanese}");
    }
}

#[test]
fn facts_of_nothing_end_like_the_other_commands() {
    let folder = upload();
    let encrypted = "PK\u{3}\u{4} and no more";
    fs::write(folder.path().join("torn.zip"), encrypted).unwrap();
    for lang in ["en", "ja"] {
        let ran = run(folder.path(), &format!("facts torn.zip --lang {lang}"));
        assert_eq!(ran.code, 3, "{}", ran.said);
        assert!(ran.said.contains("torn.zip") && ran.said.lines().count() > 1, "{}", ran.said);
        let ran = run(folder.path(), &format!("diff bd torn.zip --lang {lang}"));
        assert_eq!(ran.code, 3, "{}", ran.said);
        assert!(ran.out.lines().count() < 6 && !ran.out.contains("->"), "{}", ran.out);
    }
    assert_eq!(run(folder.path(), "facts bd").code, 0);
}

#[test]
fn adjusted_facts_are_words() {
    let name = case("protected-account/formerly-protected");
    let unset = case("connector-permissions/user-is-not-protected");
    let folder = tempfile::tempdir().unwrap();
    for bundle in [name, unset] {
        for (lang, word) in [("en", "not set"), ("ja", "未設定")] {
            let ran = run(folder.path(), &format!("facts {} --lang {lang}", bundle.display()));
            assert_eq!(ran.code, 0);
            assert!(!ran.out.contains("adminCount: -"), "{}", ran.out);
            let has_unset = bundle.to_string_lossy().contains("user-is-not-protected");
            assert_eq!(ran.out.contains(&format!("adminCount: {word}")), has_unset, "{}", ran.out);
        }
    }
}

#[test]
fn a_case_that_is_wrong_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let case = |name: &str, expect: &str| {
        fs::create_dir_all(folder.path().join(name)).unwrap();
        let head = if expect.contains("origin") { "" } else { "origin = \"a\"\nwhy = \"b\"\n" };
        fs::write(folder.path().join(name).join("case.toml"), format!("{head}{expect}")).unwrap();
    };
    case("broken", "origin = \"a\"\nwhy = \n");
    let expect = "[expect]\ncause = \"remote-sam\"\n";
    case("unknown", &format!("{expect}stat = \"confirmed\"\n"));
    case("lacks", expect);
    case("kind", "[expect]\ncause = 3\nstate = \"confirmed\"\n");
    fs::create_dir_all(folder.path().join("latin")).unwrap();
    fs::write(folder.path().join("latin/case.toml"), b"origin = \"\xfcber\"\n").unwrap();
    case("no-bundle", "[expect]\ncause = \"remote-sam\"\nstate = \"confirmed\"\n");
    case(
        "words",
        "[expect]\ncause = \"foo\"\nstate = \"certain\"\n[expect.checks]\naudit-only-mode = \"maybe\"\n",
    );
    let ran = run(folder.path(), "check . --lang en");
    assert_eq!(ran.code, 20);
    assert!(!ran.out.contains("\\n") && !ran.out.contains("os error"), "{}", ran.out);
    let out = flat(&ran.out);
    for says in [
        "broken case.toml, line 2: this is not TOML: why =",
        "unknown case.toml, line 5: there is no key stat; here are known: cause, state, causes, other, attempts,",
        "lacks case.toml lacks the key state",
        "kind case.toml, line 4: the value is of another kind than the format has there: cause = 3",
        "latin case.toml is not a text in UTF-8",
        "There is no folder bundle beside case.toml",
        "cause: unknown value \"foo\"; known are protected-account, ",
        "state: unknown value \"certain\"; known are confirmed, likely, ",
        "checks.audit-only-mode: unknown value \"maybe\"; known are yes, no, unknown",
    ] {
        assert!(out.contains(says), "{says}: {}", ran.out);
    }
    let japanese = run(folder.path(), "check . --lang ja").out;
    assert!(
        japanese.contains("2 行目: TOML の書式") && japanese.contains("使える値: confirmed"),
        "{japanese}"
    );
    for english in ["expected", "unknown field", "missing", "invalid", "stream"] {
        assert!(!japanese.contains(english), "{english}: {japanese}");
    }
    for line in ran.out.lines().chain(japanese.lines()) {
        assert!(line.width() <= 80, "{line}");
    }
}

#[test]
fn a_comparison_has_words_and_titles() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) =
        (case("remote-sam/denied-in-system-log"), case("remote-sam-cleared/connect-server-value-absent"));
    let diff = |more: &str| {
        let ran = run(folder.path(), &format!("diff {} {} {more}", before.display(), after.display()));
        assert_eq!(ran.code, 0);
        ran.out
    };
    let (english, japanese) = (diff("--lang en"), diff("--lang ja"));
    assert!(english.contains("Remote calls to SAM are restricted (remote-sam)\n    confirmed -> possible\n"));
    assert!(english.contains("(controller-denies-connector)\n    yes -> cannot tell\n"), "{english}");
    assert_eq!(english.matches("(controller-denies-connector)").count(), 1, "{english}");
    assert!(english.contains("role\n    Connect server -> Connect server, member\n"), "{english}");
    assert!(
        japanese.contains("    はい -> 不明\n") && japanese.contains("    確定 -> 可能性あり\n"),
        "{japanese}"
    );
    for text in [&english, &japanese] {
        for raw in ["unknown ->", "-> unknown", "sam-registry-value", "-> -", "-> undetermined,", "false"] {
            assert!(!text.contains(raw), "{raw}: {text}");
        }
    }
    // Programs get ids, whatever the language.
    let json = diff("--format json --lang ja");
    assert!(
        json.contains("remote-sam/controller-denies-connector") && json.contains("\"unknown\""),
        "{json}"
    );
}

#[test]
fn a_reason_is_in_the_users_language() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = case("remote-sam/denied-in-system-log");
    let ran = run(folder.path(), &format!("analyze {} --format json=r.json", bundle.display()));
    assert_eq!(ran.code, 0);
    for id in ["remote-sam", "password-policy", "password-policy-code", "controller-denies-connector"] {
        let english = run(folder.path(), &format!("explain --report r.json {id} --lang en"));
        assert_eq!(english.code, 0, "{}", english.said);
        assert!(english.out.is_ascii() && !english.out.contains("--lang"), "{}", english.out);
        let japanese = run(folder.path(), &format!("explain --report r.json {id} --lang ja")).out;
        for word in ["It rests on", "cannot tell", "not asked", "Remote calls", ": yes", ": confirmed"] {
            assert!(!japanese.contains(word), "{word}: {japanese}");
        }
        assert!(!japanese.contains("--lang"), "there is nothing in another language: {japanese}");
        assert!(!japanese.contains(" refused ") && !japanese.contains(" in force"), "{japanese}");
    }
    // A sentence of another version stays as it is, and is said to.
    let report = fs::read_to_string(folder.path().join("r.json")).unwrap();
    let changed = report.replace(", and refused its call.", ", and turned it away.");
    fs::write(folder.path().join("changed.json"), changed).unwrap();
    let japanese = run(folder.path(), "explain --report changed.json remote-sam --lang ja").out;
    assert!(flat(&japanese).contains("and turned it away.") && japanese.contains("--lang ja"), "{japanese}");
    let unknown = run(folder.path(), "explain --report r.json password-polcy --lang en");
    assert_eq!(unknown.code, 2);
    assert!(flat(&unknown.said).contains("Did you mean password-policy"), "{}", unknown.said);
}

#[test]
fn a_manual_page_has_name_and_version_at_its_foot() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, heading) in [("en", ".SH \"EXIT STATUS\""), ("ja", ".SH 終了コード\n")] {
        for command in ["man", "man batch"] {
            let page = run(folder.path(), &format!("{command} --lang {lang}")).out;
            assert!(page.contains(heading) && !page.contains("EXTRA"), "{page}");
        }
    }
    for command in ["man", "man analyze"] {
        let page = run(folder.path(), command).out;
        let title = page.lines().find(|line| line.starts_with(".TH")).unwrap();
        assert!(title.contains(concat!("sspr-triage ", env!("CARGO_PKG_VERSION"))), "{title}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_takes_no_more_is_told() {
    for (lang, says) in
        [("en", "Cannot write to standard output. The disk is full"), ("ja", "標準出力に書き込めません。")]
    {
        let full = fs::File::create("/dev/full").unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_sspr-triage"));
        let output = program.args(["explain", "--lang", lang]).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(says), "{said}");
    }
}

/// What stands in backquotes in the first cells of the table below a heading.
fn first_cells(page: &str, heading: &str) -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let below = page.split(heading).nth(1).unwrap();
    let rows = below.lines().skip_while(|line| !line.starts_with("| `"));
    let cells =
        rows.take_while(|line| line.starts_with("| `")).map(|row| row.split('|').nth(1).unwrap().to_owned());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn keys(object: &str) -> Vec<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(object).unwrap();
    let mut keys: Vec<String> = object.keys().cloned().collect();
    keys.sort();
    keys
}

#[test]
fn the_pages_name_every_column_and_key() {
    let sorted = |page, heading| {
        let mut cells = first_cells(page, heading);
        cells.sort();
        cells
    };
    let folder = upload();
    let at = folder.path();
    let events = run(at, "events bd --format jsonl").out;
    assert_eq!(keys(events.lines().next().unwrap()), sorted("events.md", "## Columns"));
    let csv = run(at, "events bd --format csv").out;
    let columns = csv.trim_start_matches('\u{feff}').lines().next().unwrap().split(',');
    let mut in_page = first_cells("events.md", "## Columns");
    in_page.retain(|column| !["schema", "text"].contains(&column.as_str()));
    assert_eq!(columns.collect::<Vec<_>>(), in_page);
    assert_eq!(keys(&run(at, "diff bd bd --format json").out), sorted("diff.md", "## JSON"));
    run(at, "batch bd -o rows");
    let rows = fs::read_to_string(at.join("rows/results.jsonl")).unwrap();
    assert_eq!(keys(rows.lines().next().unwrap()), sorted("batch.md", "## Columns"));
}
