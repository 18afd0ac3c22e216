//! The architecture as a test: which room may import which, who may print, how long a file may be.
//!
//! It reads the source as tokens and not as Rust does: names that a macro makes up would escape it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic in a test is a failed test, also in the functions that the tests share"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order of the pipeline, each with the rooms that it may import. A row may name only rows
/// above it, so that no import runs back.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("words", &[]),
    ("progress", &[]),
    ("source", &["words"]),
    ("security_descriptor", &[]),
    ("knowledge", &["security_descriptor", "source", "words"]),
    ("bundle", &["progress", "source", "words"]),
    ("artifacts", &["bundle", "security_descriptor", "source", "words"]),
    ("facts", &["artifacts", "knowledge", "security_descriptor", "source", "words"]),
    ("rules", &["facts", "knowledge", "security_descriptor", "source", "words"]),
    ("diagnosis", &["rules", "facts", "knowledge", "source", "words"]),
    ("report", &["diagnosis", "words"]),
    (
        "write_up",
        &[
            "artifacts",
            "bundle",
            "diagnosis",
            "facts",
            "knowledge",
            "report",
            "rules",
            "security_descriptor",
            "source",
            "words",
        ],
    ),
    ("explain", &["knowledge", "rules", "words"]),
    ("collect_script", &["knowledge", "report"]),
    (
        "lib",
        &[
            "artifacts",
            "bundle",
            "collect_script",
            "diagnosis",
            "explain",
            "facts",
            "knowledge",
            "progress",
            "report",
            "rules",
            "security_descriptor",
            "source",
            "words",
            "write_up",
        ],
    ),
    (
        "events",
        &["artifacts", "bundle", "facts", "knowledge", "lib", "progress", "report", "source", "words"],
    ),
    ("comparison", &["diagnosis", "knowledge", "report", "rules", "words"]),
    ("why", &["diagnosis", "knowledge", "report", "rules", "words"]),
    ("batch", &["lib", "diagnosis", "report", "words"]),
    ("case_check", &["lib", "bundle", "diagnosis", "knowledge", "progress", "report", "rules", "words"]),
    (
        "program",
        &[
            "lib",
            "batch",
            "bundle",
            "case_check",
            "collect_script",
            "comparison",
            "events",
            "explain",
            "facts",
            "knowledge",
            "progress",
            "report",
            "why",
            "words",
        ],
    ),
    ("main", &["program", "report", "words"]),
];

/// Lines of a file, its tests not counted, that one idea needs at most.
const LONGEST_FILE: usize = 400;

/// Macros and functions by which something talks to the world; they stand in `main` and `program` only.
const PRINTING_MACROS: &[&str] = &["print", "println", "eprint", "eprintln"];
const ENDING_FUNCTIONS: &[&str] = &["exit", "abort"];

/// Reports made by hand for tests take their remedies from the pages; no data flows through them.
const EXAMPLES: &str = "report/examples.rs";

/// The name by which the program imports the library.
const LIBRARY: &str = "sspr_triage";

/// A source file below `src`.
struct File {
    /// Path below `src`, with `/`.
    path: String,
    text: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    text: String,
    line: usize,
    /// Stands in an item under `#[cfg(test)]`.
    test: bool,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        let mut tokens = tokens(text);
        mark_tests(&mut tokens);
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// The top-level module that the file belongs to.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Whether the whole file is a module of tests.
    fn is_tests(&self) -> bool {
        ["/tests.rs", "_tests.rs", "/real_reports.rs", "/examples.rs"]
            .iter()
            .any(|end| self.path.ends_with(end))
            || self.path.contains("/tests/")
    }

    /// How many modules deep the file is: 0 for the crate's root.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        match self.path.as_str() {
            "lib.rs" | "main.rs" => 0,
            path if path.ends_with("/mod.rs") => parts - 1,
            _ => parts,
        }
    }

    fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }
}

/// Splits source into words and signs; comments, strings and characters fall away.
fn tokens(text: &str) -> Vec<Token> {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while let Some(&next) = text.get(at) {
        let end = match next {
            '/' if text.get(at + 1) == Some(&'/') => find(&text, at, &['\n']),
            '/' if text.get(at + 1) == Some(&'*') => find(&text, at + 2, &['*', '/']) + 2,
            '"' => end_of_string(&text, at),
            'r' if raw_string(&text, at).is_some() => raw_string(&text, at).unwrap_or(at + 1),
            '\'' => end_of_character(&text, at),
            ':' if text.get(at + 1) == Some(&':') => at + 2,
            c if c.is_alphanumeric() || c == '_' => {
                at + text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count()
            }
            _ => at + 1,
        };
        let end = end.min(text.len());
        let word: String = text[at..end].iter().collect();
        let dropped = next.is_whitespace() || matches!(next, '"' | '\'') || word.starts_with("//");
        if !dropped && !word.starts_with("/*") && !word.starts_with("r\"") && !word.starts_with("r#\"") {
            found.push(Token { text: word, line, test: false });
        }
        line += text[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    found
}

fn find(text: &[char], from: usize, what: &[char]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.windows(what.len()).position(|window| window == what).unwrap_or(rest.len())
}

fn end_of_string(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(next) = text.get(at) {
        match next {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The end of `r"…"` or `r#"…"#`, if one starts here.
fn raw_string(text: &[char], start: usize) -> Option<usize> {
    let hashes = text.get(start + 1..)?.iter().take_while(|c| **c == '#').count();
    let inside_word =
        start.checked_sub(1).is_some_and(|before| text[before].is_alphanumeric() || text[before] == '_');
    if inside_word && text.get(start.wrapping_sub(1)) != Some(&'b')
        || text.get(start + 1 + hashes) != Some(&'"')
    {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    Some(find(text, start + 2 + hashes, &close) + close.len())
}

/// The end of a character, or of the quote alone where it starts a lifetime.
fn end_of_character(text: &[char], start: usize) -> usize {
    if text.get(start + 1) == Some(&'\\') {
        return find(text, start + 3, &['\'']) + 1;
    }
    if text.get(start + 2) == Some(&'\'') { start + 3 } else { start + 1 }
}

/// Marks the items under `#[cfg(test)]`, each up to its closing brace or semicolon.
fn mark_tests(tokens: &mut [Token]) {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut at = 0;
    while at < tokens.len() {
        let here = tokens[at..].iter().take(ATTRIBUTE.len()).map(|token| token.text.as_str());
        if !here.eq(ATTRIBUTE) {
            at += 1;
            continue;
        }
        let mut depth = 0_usize;
        for token in &mut tokens[at..] {
            token.test = true;
            at += 1;
            match token.text.as_str() {
                "{" | "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                ";" if depth == 0 => break,
                _ => {}
            }
        }
    }
}

/// The rooms that a file names, each with its line. What the crate's root defines itself is `lib`.
fn imports(file: &File) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let (mut braces, mut nested) = (Vec::new(), 0_usize);
    for at in 0..file.tokens.len() {
        match file.token(at) {
            "{" => {
                let module = at >= 2 && file.token(at - 2) == "mod";
                nested += usize::from(module);
                braces.push(module);
            }
            "}" => nested -= usize::from(braces.pop().unwrap_or(false)),
            _ => {}
        }
        if let Some(after) = root_path(file, at, file.depth() + nested) {
            found.extend(names_at(file, after));
        }
    }
    found
}

/// Where the path goes on after the crate's root, if a path through the root starts here.
fn root_path(file: &File, at: usize, depth: usize) -> Option<usize> {
    let starts = at == 0 || file.token(at - 1) != "::";
    if !starts {
        return None;
    }
    let name = file.token(at);
    if matches!(name, "crate" | LIBRARY) && file.token(at + 1) == "::" {
        return Some(at + 2);
    }
    if depth == 0 && file.token(at + 1) == "::" && MAY_IMPORT.iter().any(|(room, _)| *room == name) {
        return Some(at);
    }
    let supers =
        (0..).take_while(|n| file.token(at + 2 * n) == "super" && file.token(at + 2 * n + 1) == "::").count();
    (depth > 0 && supers == depth).then_some(at + 2 * supers)
}

/// The first names of the path or of the braces of paths at a place.
fn names_at(file: &File, at: usize) -> Vec<(String, usize)> {
    let room_at = |at: usize| {
        let token = file.tokens.get(at)?;
        let known = MAY_IMPORT.iter().any(|(room, _)| *room == token.text);
        Some((if known { token.text.clone() } else { "lib".to_owned() }, token.line))
    };
    if file.token(at) != "{" {
        return room_at(at).into_iter().collect();
    }
    let (mut depth, mut found) = (0_usize, Vec::new());
    for place in at..file.tokens.len() {
        match file.token(place) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(file.token(place), "{" | ",") && !matches!(file.token(place + 1), "}" | "")
        {
            found.extend(room_at(place + 1));
        }
    }
    found
}

/// Each import that the table does not allow, as `file:line: …`.
fn forbidden_imports(file: &File) -> Vec<String> {
    let Some((room, allowed)) = MAY_IMPORT.iter().find(|(room, _)| *room == file.room()) else {
        return vec![format!("src/{}: the table of rooms does not name `{}`", file.path, file.room())];
    };
    if file.path == EXAMPLES {
        return Vec::new();
    }
    let forbidden =
        imports(file).into_iter().filter(|(name, _)| name != room && !allowed.contains(&name.as_str()));
    forbidden
        .map(|(name, line)| format!("src/{}:{line}: `{room}` may not import `{name}`", file.path))
        .collect()
}

/// Each place outside tests that prints or ends the program.
fn talking(file: &File) -> Vec<String> {
    if ["main", "program"].contains(&file.room()) || file.is_tests() {
        return Vec::new();
    }
    let talks = |at: usize| {
        let name = file.token(at);
        (PRINTING_MACROS.contains(&name) && file.token(at + 1) == "!")
            || (name == "process"
                && file.token(at + 1) == "::"
                && ENDING_FUNCTIONS.contains(&file.token(at + 2)))
    };
    let found = file.tokens.iter().enumerate().filter(|(at, token)| !token.test && talks(*at));
    found
        .map(|(_, token)| format!("src/{}:{}: only main and program print or exit", file.path, token.line))
        .collect()
}

/// Each place outside tests that could reach a network, start a program or change the disk. Only `program`
/// writes the report.
fn reaching_out(file: &File) -> Vec<String> {
    const OF_FS: [&str; 14] = [
        "write",
        "copy",
        "rename",
        "remove_file",
        "remove_dir",
        "remove_dir_all",
        "create_dir",
        "create_dir_all",
        "set_permissions",
        "hard_link",
        "soft_link",
        "symlink",
        "OpenOptions",
        "DirBuilder",
    ];
    const OF_FILE: [&str; 4] = ["create", "create_new", "create_buffered", "options"];
    if file.is_tests() {
        return Vec::new();
    }
    let writes_report = file.room() == "program";
    let reaches = |at: usize| {
        let (name, next) = (file.token(at), file.token(at + 1));
        let after = file.token(at + 2);
        let network = ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener", "UnixDatagram"]
            .contains(&name)
            || (name == "std" && next == "::" && after == "net");
        let starts = name == "Command" && next == "::" && after == "new";
        let changes = next == "::"
            && ((name == "fs" && OF_FS.contains(&after)) || (name == "File" && OF_FILE.contains(&after)));
        network || starts || (changes && !writes_report)
    };
    let found = file.tokens.iter().enumerate().filter(|(at, token)| !token.test && reaches(*at));
    found.map(|(_, token)| format!("src/{}:{}: reaches out of the program", file.path, token.line)).collect()
}

/// Lines that are not tests.
fn lines_without_tests(file: &File) -> usize {
    let test_lines = |tokens: &[Token]| tokens.last().map_or(0, |last| last.line - tokens[0].line + 1);
    let tests = file.tokens.chunk_by(|a, b| a.test == b.test).filter(|chunk| chunk[0].test).map(test_lines);
    file.text.lines().count() - tests.sum::<usize>()
}

/// All source files, in the order of their paths.
fn source_files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("a readable source folder");
        for path in entries.map(|entry| entry.expect("a readable entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let below =
        |path: &PathBuf| path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
    files.iter().map(|path| File::new(&below(path), &fs::read_to_string(path).expect("UTF-8"))).collect()
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_room_imports_only_what_the_table_allows() {
    let files = source_files();
    assert!(files.len() > 10, "the source folder was not found");
    assert_none(&files.iter().flat_map(forbidden_imports).collect::<Vec<_>>());
}

#[test]
fn the_table_has_no_cycle() {
    for (at, (room, allowed)) in MAY_IMPORT.iter().enumerate() {
        for import in *allowed {
            let above = MAY_IMPORT[..at].iter().any(|(earlier, _)| earlier == import);
            assert!(above, "`{room}` may import `{import}`, which does not stand above it");
        }
    }
}

#[test]
fn only_main_prints_and_exits() {
    assert_none(&source_files().iter().flat_map(talking).collect::<Vec<_>>());
}

#[test]
fn nothing_reaches_a_network_and_only_program_writes() {
    assert_none(&source_files().iter().flat_map(reaching_out).collect::<Vec<_>>());
    let fault = |path: &str, text: &str| reaching_out(&File::new(path, text)).len();
    assert_eq!(fault("facts/a.rs", "std::fs::write(a, b); use std::net::IpAddr; File::create(p)"), 3);
    assert_eq!(fault("program/output.rs", "fs::write(a, b); Command::new(x); TcpStream::connect(y)"), 2);
    assert_eq!(fault("bundle/a.rs", "std::fs::read(a); File::open(b); fs::metadata(c)"), 0);
    assert_eq!(fault("bundle/a.rs", "#[cfg(test)]\nmod tests { fn f() { fs::write(a, b) } }"), 0);
}

#[test]
fn a_file_is_about_one_idea() {
    let files = source_files();
    let long = files.iter().filter(|file| !file.is_tests() && lines_without_tests(file) > LONGEST_FILE);
    let fault = |file: &File| format!("src/{}: {} lines without tests", file.path, lines_without_tests(file));
    assert_none(&long.map(fault).collect::<Vec<_>>());
}

#[test]
fn a_file_says_first_what_it_is() {
    // A file of one line is a place that is kept for later.
    let files = source_files();
    let silent = files.iter().filter(|file| !file.text.starts_with("//!") && file.text.lines().count() > 1);
    assert_none(
        &silent.map(|file| format!("src/{}: does not start with //!", file.path)).collect::<Vec<_>>(),
    );
}

#[test]
fn the_scanner_finds_each_way_to_import() {
    let faults = |path: &str, text: &str| {
        let lines = imports(&File::new(path, text)).into_iter();
        lines.map(|(room, line)| format!("{room}:{line}")).collect::<Vec<_>>()
    };
    assert_eq!(faults("facts/a.rs", "\nuse crate::rules::Rule;"), ["rules:2"]);
    assert_eq!(
        faults("facts/a.rs", "use crate::{\n  rules,\n  report::{html, diagnosis},\n};"),
        ["rules:2", "report:3"]
    );
    assert_eq!(faults("facts/a.rs", "fn f(x: crate::report::R) {}"), ["report:1"]);
    assert_eq!(faults("facts/a.rs", "use super::super::report;"), ["report:1"]);
    assert_eq!(faults("facts/a.rs", "use super::report;"), [""; 0]);
    assert_eq!(
        faults("facts/mod.rs", "mod b { use super::super::report; } use super::rules;"),
        ["report:1", "rules:1"]
    );
    assert_eq!(faults("facts.rs", "use super::report;"), ["report:1"]);
    assert_eq!(faults("lib.rs", "pub mod report;\npub use case_check::run;"), ["case_check:2"]);
    assert_eq!(faults("case_check.rs", "use sspr_triage::facts;"), ["facts:1"]);
    assert_eq!(faults("report/a.rs", "crate::diagnose();"), ["lib:1"]);
    let hidden = "// crate::rules\n/* crate::rules */ let s = \"crate::rules \\\" crate::rules\"; r#\"crate::rules\"#; '\"'; ";
    assert_eq!(faults("facts/a.rs", hidden), [""; 0]);
    assert_eq!(faults("facts/a.rs", &format!("{hidden}\nfn f<'a>() {{ crate::rules::x() }}")), ["rules:3"]);
}

#[test]
fn a_forbidden_import_is_named_with_its_place() {
    let fault = |path: &str, text: &str| forbidden_imports(&File::new(path, text));
    assert_eq!(
        fault("facts/a.rs", "//! A.\nuse crate::report::R;"),
        ["src/facts/a.rs:2: `facts` may not import `report`"]
    );
    assert_eq!(fault("facts/a.rs", "use crate::{facts, source::Source};"), [""; 0]);
    assert_eq!(fault("helpers.rs", ""), ["src/helpers.rs: the table of rooms does not name `helpers`"]);
}

#[test]
fn printing_and_length_are_judged_without_tests() {
    let text = "fn f() {\n    println!();\n}\n#[cfg(test)]\nmod tests {\n    fn g() { println!(); }\n}\n";
    let file = File::new("facts/a.rs", text);
    assert_eq!(talking(&file), ["src/facts/a.rs:2: only main and program print or exit"]);
    assert_eq!(lines_without_tests(&file), 3);
    assert_eq!(talking(&File::new("main.rs", text)), [""; 0]);
    let exits = "#[cfg(test)]\nuse x;\nfn f() { std::process::exit(1) }";
    assert_eq!(
        talking(&File::new("explain.rs", exits)),
        ["src/explain.rs:3: only main and program print or exit"]
    );
}
