//! `docs/guide.md` is true: each command in it is run, and what the page shows is what the command writes.
//!
//! The page is its own template. A block of the language `console` holds one command after `$ `, and below it what
//! the command writes to standard output and then to standard error. A comment above the block may cut it:
//! `<!-- show: from "Evidence" to "Remedy" -->` or `<!-- show: lines 20 -->`; what is left out shows as `…`.
//!
//! What has fences of its own stands in a longer one.
//!
//! With `UPDATE_GUIDE=1` the page is written anew. With `GUIDE_FILES=<folder>` the files of the guide are written
//! there, for who wants to follow it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A zip of the files below a folder, the same bytes on every machine.
fn zip_of(folder: &Path) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let parts = entry.path().strip_prefix(folder).unwrap().iter();
            let parts: Vec<String> = parts.map(|part| part.to_string_lossy().into_owned()).collect();
            writer.start_file(parts.join("/"), options).unwrap();
            writer.write_all(&fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Writes what the customer sends, upload after upload.
fn write_uploads(into: &Path) {
    let case = |name: &str| project().join("fixtures/cases").join(name).join("bundle");
    // The first upload is one log.
    let first = tempfile::tempdir().unwrap();
    fs::create_dir(first.path().join("aadc01")).unwrap();
    let log = "aadc01/Application.evtx";
    fs::copy(case("remote-sam/denied-in-system-log").join(log), first.path().join(log)).unwrap();
    fs::write(into.join("case-4711.zip"), zip_of(first.path())).unwrap();
    let collected = "sspr-triage_DC01_20261005T082140Z.zip";
    fs::copy(case("remote-sam/collected-by-script").join(collected), into.join(collected)).unwrap();
    fs::write(into.join("after-the-fix.zip"), zip_of(&case("remote-sam-cleared/success-after-failure")))
        .unwrap();
}

/// What a command writes.
fn run(command: &str, folder: &Path) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("sspr-triage"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_sspr-triage"))
        .args(words)
        .current_dir(folder)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "en_US.UTF-8")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    let (out, said) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{command}: {said}");
    out + &said
}

/// The part of a text that a comment asks for.
fn cut(text: &str, show: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let quoted = |name: &str| {
        let (_, rest) = show.split_once(&format!("{name} \""))?;
        Some(rest.split_once('"').expect("a closing quote").0)
    };
    let find = |what: &str, from: usize| {
        let found = lines.iter().skip(from).position(|line| line.contains(what));
        from + found.unwrap_or_else(|| panic!("{what:?} is not in what the command writes:\n{text}"))
    };
    let start = quoted("from").map_or(0, |what| find(what, 0));
    let mut end = quoted("to").map_or(lines.len(), |what| find(what, start + 1));
    if let Some((_, rest)) = show.split_once("lines ") {
        let count: usize = rest.split_whitespace().next().unwrap().parse().unwrap();
        end = end.min(start + count);
    }
    let mut shown = lines.get(start..end).unwrap().to_vec();
    while shown.last().is_some_and(|line| line.is_empty()) {
        shown.pop();
    }
    if start > 0 {
        shown.insert(0, "…");
    }
    if end < lines.len() {
        shown.push("…");
    }
    shown.into_iter().flat_map(|line| [line, "\n"]).collect()
}

/// The page with what its commands write now.
fn written_anew(page: &str, folder: &Path) -> String {
    let mut anew = String::new();
    let mut show = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        anew.push_str(line);
        anew.push('\n');
        let fence = line.strip_suffix("console").filter(|fence| fence.starts_with("```"));
        let Some(fence) = fence else {
            show = line.strip_prefix("<!-- show: ").and_then(|rest| rest.strip_suffix(" -->")).unwrap_or("");
            continue;
        };
        let command = lines.next().and_then(|line| line.strip_prefix("$ ")).expect("a command");
        let shown = cut(&run(command, folder), show);
        assert!(shown.lines().all(|line| !line.starts_with(fence)), "{command}: the fence has to be longer");
        anew.push_str(&format!("$ {command}\n{shown}{fence}\n"));
        assert!(lines.by_ref().any(|line| line == fence), "a block is not closed");
        show = "";
    }
    anew
}

#[test]
fn the_guide_shows_what_its_commands_write() {
    let folder = tempfile::tempdir().unwrap();
    write_uploads(folder.path());
    if let Some(files) = std::env::var_os("GUIDE_FILES") {
        fs::create_dir_all(&files).unwrap();
        write_uploads(Path::new(&files));
    }
    let path = project().join("docs/guide.md");
    let page = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let anew = written_anew(&page, folder.path());
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        fs::write(&path, &anew).unwrap();
        return;
    }
    for (number, (line, now)) in page.lines().zip(anew.lines()).enumerate() {
        assert_eq!(line, now, "docs/guide.md:{}: write it anew with UPDATE_GUIDE=1", number + 1);
    }
    assert_eq!(page, anew, "write docs/guide.md anew with UPDATE_GUIDE=1");
}

/// Nothing in the page changes with a version, a change of the tables, or the machine.
#[test]
fn the_guide_is_the_same_everywhere() {
    let page = fs::read_to_string(project().join("docs/guide.md")).unwrap();
    for changing in [env!("CARGO_PKG_VERSION"), ", knowledge ", env!("CARGO_MANIFEST_DIR")] {
        assert!(!page.contains(changing), "{changing}");
    }
    assert!(page.matches("```console").count() >= 10);
}

#[test]
fn a_cut_is_marked_where_it_is() {
    let text = "a\nb\n\nc\nd\n";
    assert_eq!(cut(text, ""), text);
    assert_eq!(cut(text, "lines 2"), "a\nb\n…\n");
    assert_eq!(cut(text, "from \"b\" to \"c\""), "…\nb\n…\n");
    assert_eq!(cut(text, "from \"c\""), "…\nc\nd\n");
}
