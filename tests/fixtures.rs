//! Builds the fixtures from their descriptions, and holds the bundles in the repository to them.
//!
//! `UPDATE_FIXTURES=1 cargo test --test fixtures` writes the bundles anew.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a builder of test data fails loudly, and its sizes are those of the descriptions"
)]
#![allow(unreachable_pub, reason = "the modules of a test binary have no outside")]

mod fixtures {
    pub mod archive;
    pub mod cases;
    pub mod event_log;
    pub mod event_log_reading;
    pub mod expectations;
    pub mod policy_report;
    pub mod registry_export;
}

use std::fs;

use fixtures::cases;

#[test]
fn every_bundle_is_what_its_descriptions_build() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    for case in cases::folders() {
        let bundle = case.join("bundle");
        let built = cases::built(&case.join("source"));
        assert!(!built.is_empty(), "{}: source/ describes nothing", case.display());
        if update {
            let _ = fs::remove_dir_all(&bundle);
            for (name, bytes) in &built {
                let path = bundle.join(name);
                fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a writable bundle");
                fs::write(path, bytes).expect("a writable bundle");
            }
        }
        let found = cases::on_disk(&bundle);
        let names = |files: &cases::Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&built), "{}", case.display());
        for (name, bytes) in &built {
            assert!(
                found.get(name) == Some(bytes),
                "{}: {name} differs from its description",
                case.display()
            );
        }
    }
}

/// Windows has names that it does not permit, so that a copy of the repository could not be made there.
fn is_permitted_on_windows(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|number| number.len() == 1 && number.parse::<u8>().is_ok())
    });
    let reserved = numbered || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str());
    let forbidden = |letter: char| letter.is_ascii_control() || "<>:\"/\\|?*".contains(letter);
    !reserved && !name.contains(forbidden) && !name.ends_with([' ', '.'])
}

#[test]
fn every_name_is_permitted_on_windows() {
    for (name, permitted) in [
        ("a b.evtx", true),
        ("a*b", false),
        ("nul.txt", false),
        ("com1", false),
        ("command", true),
        ("a.", false),
    ] {
        assert_eq!(is_permitted_on_windows(name), permitted, "{name}");
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for top in ["benches", "docs", "fixtures", "fuzz", "src", "tests"] {
        for entry in walkdir::WalkDir::new(root.join(top)) {
            let entry = entry.expect("a readable repository");
            let name = entry.file_name().to_string_lossy();
            assert!(is_permitted_on_windows(&name), "{}", entry.path().display());
            // Explorer and older programs stop at 260 with the folder that the copy is in.
            let below =
                entry.path().strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            assert!(below.encode_utf16().count() <= 200, "{below}");
        }
    }
}

#[test]
fn every_log_is_read_as_described() {
    for case in cases::folders() {
        fixtures::event_log_reading::compare(&case.join("source"));
    }
}

#[test]
fn every_expectation_is_well_formed() {
    let folders = cases::folders();
    assert!(!folders.is_empty(), "no cases");
    for case in folders {
        fixtures::expectations::hold_to_form(&case, &cases::built(&case.join("source")));
    }
}
