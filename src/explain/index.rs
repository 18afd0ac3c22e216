//! The list of all causes, diagnoses and checks.

use super::check_ids;
use crate::knowledge::pages;

/// Columns for the ids; the longest has 34.
const IDS: usize = 34;

/// All ids, with a line of words each.
pub(super) fn index() -> String {
    let mut list = String::from("Causes of SSPR_0029\n");
    for page in pages::pages().iter().filter(|page| page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.push_str("\nOther known diagnoses\n");
    for page in pages::pages().iter().filter(|page| !page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.push_str("\nChecks\n");
    for id in check_ids() {
        if let Some((_, check)) = pages::find_check(id).first() {
            line(&mut list, id, &check.title);
        }
    }
    list.push_str("\nMore about any of them: sspr-triage explain ID\n");
    list
}

/// A line with an id and its title.
fn line(list: &mut String, id: &str, title: &str) {
    list.push_str(&format!("  {id:<IDS$} {title}\n"));
}
