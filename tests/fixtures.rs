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
