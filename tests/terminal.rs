//! The program beside its output: what it says on standard error and in which language, progress, Ctrl-C, and
//! readers that go away.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may panic, and has to start programs; the switch for tests does not reach shared functions"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sspr-triage");

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name).join("bundle")
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Whether a text that was broken into lines says something.
fn has(told: &str, says: &str) -> bool {
    told.contains(says) || ["", " "].iter().any(|space| told.replace("\n  ", space).contains(says))
}

/// Every command with arguments that do something, its output to `folder`.
fn commands(folder: &Path) -> Vec<Vec<String>> {
    let bundle = case("remote-sam/denied-in-system-log").display().to_string();
    let cases = case("remote-sam/denied-in-system-log").parent().unwrap().display().to_string();
    let batch = folder.join("batch").display().to_string();
    let words = |line: &[&str]| line.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    vec![
        words(&["analyze", &bundle]),
        words(&["facts", &bundle]),
        words(&["events", &bundle]),
        words(&["diff", &bundle, &bundle]),
        words(&["check", &cases]),
        words(&["batch", &bundle, "--output", &batch]),
        words(&["explain", "remote-sam"]),
        words(&["collect-script"]),
        words(&["completions", "bash"]),
        words(&["man"]),
    ]
}

#[test]
fn quiet_says_nothing_but_errors_and_verbose_tells_what_is_read() {
    for command in commands(tempfile::tempdir().unwrap().path()) {
        let folder = tempfile::tempdir().unwrap();
        let command: Vec<String> =
            command
                .iter()
                .map(|word| {
                    if word.ends_with("/batch") { folder.path().display().to_string() } else { word.clone() }
                })
                .collect();
        let with = |more: &[&str]| {
            let _ = fs::remove_file(folder.path().join("results.jsonl"));
            let output = Command::new(PROGRAM).args(&command).args(more).output().unwrap();
            assert!(output.status.success(), "{command:?} {more:?}: {}", said(&output));
            output
        };
        let (plain, quiet, verbose) =
            (with(&["--lang", "en"]), with(&["--lang", "en", "-q"]), with(&["--lang", "en", "-v"]));
        assert_eq!(said(&quiet), "", "{command:?}");
        assert_eq!(plain.stdout, quiet.stdout, "{command:?}");
        assert_eq!(plain.stdout, verbose.stdout, "{command:?}");
        let (told, reads) =
            (said(&verbose), ["analyze", "events", "facts", "diff"].contains(&command[0].as_str()));
        assert_eq!(told.contains("event-log, ") && told.contains(" records"), reads, "{command:?}: {told}");
        assert_eq!(told.contains(" s."), reads || command[0] == "check", "{command:?}: {told}");
    }
    let quiet = run(&["analyze", "-q", "no/such", "--lang", "en"]);
    assert!(said(&quiet).contains("Cannot read no/such") && quiet.status.code() == Some(2));
    assert_eq!(run(&["analyze", "-q", "-v", "x"]).status.code(), Some(2));
}

#[test]
fn wrong_arguments_are_told_in_japanese() {
    for (arguments, says) in [
        (vec!["--lang", "ja", "analyze"], "必須の引数がありません: <PATH>"),
        (vec!["--lang=ja", "anlyze"], "コマンド 'anlyze' はありません\n  似たもの: analyze"),
        (vec!["analyze", "x", "--lang", "ja", "--formt", "json"], "似たもの: --format"),
        (
            vec!["analyze", "x", "--lang", "ja", "--format", "pdf"],
            "text, json, html, reply, sarif, junit のいずれか",
        ),
        (
            vec!["analyze", "x", "--lang", "ja", "--format", "json", "--format", "text"],
            "--format text=FILE のように",
        ),
        (vec!["analyze", "x", "--lang", "ja", "--max-depth", "two"], "0 以上の整数"),
        (vec!["analyze", "x", "--lang", "ja", "--fail-on", "x"], "使える値: cause, undetermined"),
        (vec!["analyze", "x", "--lang", "ja", "-q", "-v"], "'--quiet' と '--verbose' は同時に"),
        (vec!["--lang", "ja", "check", "/no/such"], "このパスには何もありません"),
        (vec!["--lang", "ja", "check", "docs"], "case.toml がありません"),
        (vec!["--lang", "ja", "man", "nothing"], "そのコマンドはありません"),
        (vec!["--lang", "ja", "collect-script", "--user", "a\tb"], "名前として使えません"),
    ] {
        let output = run(&arguments);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(has(&told, says), "{arguments:?}: {told}");
        for english in ["error:", "Usage", "try '--help'", "xpected"] {
            assert!(!told.contains(english), "{arguments:?}: {told}");
        }
        // The same in English has the parser's own words, and says where to look.
        let english: Vec<&str> = arguments
            .iter()
            .map(|&word| {
                if word == "ja" {
                    "en"
                } else if word == "--lang=ja" {
                    "--lang=en"
                } else {
                    word
                }
            })
            .collect();
        assert!(run(&english).status.code() == Some(2) && said(&run(&english)).is_ascii());
    }
}

#[test]
fn pages_for_the_manual_are_japanese_where_asked() {
    let page = |lang: &str| String::from_utf8(run(&["man", "batch", "--lang", lang]).stdout).unwrap();
    let (english, japanese) = (page("en"), page("ja"));
    assert!(english.contains(".SH NAME\n") && english.contains(".SH OPTIONS\n"), "{english}");
    assert!(japanese.contains(".SH 名前\n") && japanese.contains(".SH オプション\n"), "{japanese}");
    for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
        assert!(!japanese.contains(&format!(".SH {heading}")), "{japanese}");
    }
}

#[test]
fn check_speaks_japanese_to_people_and_english_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("wrong/bundle");
    fs::create_dir_all(&bundle).unwrap();
    fs::write(bundle.join("note.txt"), "nothing").unwrap();
    let expect = "origin = \"a\"\nwhy = \"b\"\n[expect]\ncause = \"remote-sam\"\nstate = \"confirmed\"\ngaps = 7\n\
                  [expect.checks]\nno-such-check = \"no\"\n";
    fs::write(folder.path().join("wrong/case.toml"), expect).unwrap();
    let check = |more: &[&str]| {
        let output = Command::new(PROGRAM).arg("check").arg(folder.path()).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(20));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = check(&["--lang", "ja"]);
    assert!(text.starts_with("不一致   wrong\n"), "{text}");
    assert!(text.contains("verdict.cause: 期待 remote-sam、実際 undetermined"), "{text}");
    assert!(text.contains("gaps: 期待 7、実際 1") && text.contains("期待 no、実際確認なし"), "{text}");
    assert!(text.ends_with("ケース 1 件、期待と異なるもの 1 件\n"), "{text}");
    let junit = check(&["--format", "junit"]);
    assert!(junit.contains("verdict.cause: expected remote-sam, found undetermined"), "{junit}");
    assert!(check(&["--format", "junit", "--lang", "ja"]).contains("期待 remote-sam"));
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::Child;
    use std::thread::sleep;
    use std::time::Duration;

    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// A file that takes long to read and no room on the disk. Given by itself, it is hashed to its end.
    fn endless(folder: &Path) -> PathBuf {
        let path = folder.join("endless.bin");
        fs::File::create(&path).unwrap().set_len(2 << 40).unwrap();
        path
    }

    fn interrupt(child: &Child) {
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn ctrl_c_leaves_no_half_written_file_and_ends_with_130() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = endless(folder.path());
        let report = format!("json={}", folder.path().join("report.json").display());
        let child = Command::new(PROGRAM)
            .args(["analyze", "--max-file-bytes", "9000000000000", "--max-total-bytes", "9000000000000"])
            .args(["--format", &report])
            .arg(&bundle)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(700));
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(said(&output), "", "progress is not drawn where nobody looks on");
        assert_eq!(names(folder.path()), ["endless.bin"]);
    }

    #[test]
    fn ctrl_c_in_a_batch_leaves_whole_rows_and_resume_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (bundle, output) = (endless(folder.path()), folder.path().join("results"));
        let small = case("remote-sam/denied-in-system-log");
        let batch = |more: &[&Path], options: &[&str]| {
            let mut batch = Command::new(PROGRAM);
            batch.args(["batch", "--lang", "en", "--threads", "1", "--reports", "json"]).args(options);
            batch.arg(&small).args(more).arg("--output").arg(&output).stderr(Stdio::piped());
            batch
        };
        // The row of the small bundle has the same name only among the same bundles.
        let child = batch(&[&bundle], &[]).spawn().unwrap();
        let rows = output.join("results.jsonl");
        while fs::read_to_string(&rows).unwrap_or_default().is_empty() {
            sleep(Duration::from_millis(20));
        }
        interrupt(&child);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(130));
        assert!(has(&said(&ended), "with --resume goes on"), "{}", said(&ended));
        let text = fs::read_to_string(&rows).unwrap();
        assert!(text.ends_with('\n') && text.lines().count() == 1, "{text}");
        let row: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(row["cause"], "remote-sam");
        assert_eq!(names(&output.join("reports")).len(), 1);
        fs::write(&bundle, "short now").unwrap();
        let again = batch(&[&bundle], &["--resume"]).output().unwrap();
        assert!(
            said(&again).contains("2 bundles: 1 with an error, 1 done by an earlier run"),
            "{}",
            said(&again)
        );
        assert_eq!(fs::read_to_string(&rows).unwrap().lines().next(), text.lines().next());
        assert_eq!(names(&output).len(), 2, "{:?}", names(&output));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        for command in commands(folder.path()) {
            for help in [&[][..], &["--help"]] {
                let mut child = Command::new(PROGRAM)
                    .args(&command)
                    .args(help)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap();
                drop(child.stdout.take());
                let _ = fs::remove_file(folder.path().join("batch/results.jsonl"));
                let output = child.wait_with_output().unwrap();
                assert_eq!(output.status.code(), Some(0), "{command:?} {help:?}: {}", said(&output));
                assert!(command[0] == "batch" || said(&output).is_empty(), "{command:?}: {}", said(&output));
            }
        }
    }

    /// A command in a terminal of its own; none where the system has no `script` that makes one.
    fn in_terminal(command: &str, environment: &[(&str, &str)]) -> Option<Child> {
        let has_script = Command::new("script").arg("--version").output();
        if !has_script.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("util-linux")) {
            eprintln!("SKIPPED: this system has no script of util-linux, which makes a terminal");
            return None;
        }
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", command, "/dev/null"]);
        // In CI colours are shown on any terminal.
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            script.env_remove(variable);
        }
        script.env("TERM", "xterm").env("LC_ALL", "C").envs(environment.iter().copied());
        Some(script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    }

    #[test]
    fn progress_comes_in_a_terminal_and_goes_on_ctrl_c() {
        let folder = tempfile::tempdir().unwrap();
        let command = format!(
            "{PROGRAM} analyze --max-file-bytes 9000000000000 --max-total-bytes 9000000000000 {}",
            endless(folder.path()).display()
        );
        let Some(mut child) = in_terminal(&command, &[]) else { return };
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).ends_with("Reading [") {
            assert_ne!(out.read_until(b'[', &mut seen).unwrap(), 0, "{:?}", String::from_utf8_lossy(&seen));
        }
        child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
        out.read_to_end(&mut seen).unwrap();
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert!(seen.contains(" / 2.00 TiB") && seen.ends_with("\r\u{1b}[2K"), "{seen:?}");
        assert!(!seen.contains("\u{1b}[?25l"), "the cursor was never hidden: {seen:?}");
        assert_eq!(child.wait().unwrap().code(), Some(130));
    }

    #[test]
    fn colour_is_for_a_terminal_that_wants_it() {
        let bundle = case("remote-sam/denied-in-system-log");
        for command in ["analyze", "facts"] {
            let command = format!("{PROGRAM} {command} {}", bundle.display());
            for (environment, coloured) in [
                (&[][..], command.contains("analyze")),
                (&[("NO_COLOR", "1")], false),
                (&[("TERM", "dumb")], false),
            ] {
                let Some(mut child) = in_terminal(&command, environment) else { return };
                drop(child.stdin.take());
                let mut shown = String::new();
                child.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
                child.wait().unwrap();
                let is_coloured = shown.contains("\u{1b}[");
                assert!(!is_coloured || environment.is_empty(), "{command} {environment:?}: {shown:?}");
                assert!(is_coloured || !coloured, "{command} {environment:?}: {shown:?}");
                assert!(!shown.contains("Reading ["), "a moment's work draws no progress: {shown:?}");
            }
        }
    }

    #[test]
    fn lines_are_as_wide_as_the_terminal_within_reason() {
        let bundle = case("remote-sam/denied-in-system-log");
        let wrong = "no-such-case-of-contoso";
        for command in [
            format!("analyze {}", bundle.display()),
            format!("facts {}", bundle.display()),
            format!("events {}", bundle.display()),
            "explain remote-sam".to_owned(),
            "analyze --help --lang ja".to_owned(),
            format!("analyze {wrong} --lang en"),
        ] {
            let shown = |columns: usize| {
                let mut child = in_terminal(
                    &format!("stty cols {columns} rows 24; {PROGRAM} {command}"),
                    &[("NO_COLOR", "1")],
                )?;
                drop(child.stdin.take());
                let mut shown = String::new();
                child.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
                child.wait().unwrap();
                let widest = shown.lines().map(|line| line.trim_end().width());
                // Addresses and commands are not broken.
                Some(widest.filter(|width| *width <= 120).max().unwrap())
            };
            let Some(narrow) = shown(64) else { return };
            let wide = shown(200).unwrap();
            assert!(narrow < wide || command.contains(wrong), "{command}: {narrow} {wide}");
            assert!(command.starts_with("explain") || narrow <= 64, "{command}: {narrow}");
            assert!(wide > 80 && wide <= 120, "{command}: {wide}");
        }
    }
}
