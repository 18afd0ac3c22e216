//! Knowledge: what Microsoft's documents say, as tables and pages, each entry with its source. It
//! decides nothing.

pub mod audit_reasons;
pub mod collect;
pub mod collect_script;
pub mod connector_rights;
pub mod diagnoses;
pub mod directory_names;
pub mod events;
pub mod pages;
pub mod policies;
pub mod principals;
pub mod protected_groups;

use sha2::{Digest, Sha256};

use crate::words::Language;

/// SHA-256 of all built-in tables and pages, in lower-case hexadecimal: two reports with the same value
/// were made from the same knowledge.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for table in [
        events::TABLE,
        principals::TABLE,
        policies::TABLE,
        diagnoses::TABLE,
        collect::TABLE,
        collect_script::TEXT,
        audit_reasons::TABLE,
        protected_groups::TABLE,
        connector_rights::TABLE,
        directory_names::TABLE,
    ] {
        hash.update(table);
    }
    for text in Language::ALL.into_iter().flat_map(pages::texts) {
        hash.update(text);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rows of a tab-separated table, without its heading.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}
