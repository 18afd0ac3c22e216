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
    // A new file in the input would be read by the next run.
    for line in [
        "analyze bd -o bd/report.txt",
        "events bd -o bd/notes/list.txt",
        "batch bd -o bd/results",
        "batch --children bd -o bd",
        "batch --children bd -o bd/notes/results",
    ] {
        let ran = run(at, &format!("{line} --lang en"));
        assert_eq!(ran.code, 2, "{line}: {}", ran.said);
        assert!(ran.said.contains("part of the input"), "{line}: {}", ran.said);
        assert_eq!(files(at), before, "{line}");
    }
    // Beside it is room, and beside bundles for their results.
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
    assert_eq!(ran.code, 0, "{said}");
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
