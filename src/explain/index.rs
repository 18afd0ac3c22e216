//! The list of all causes, diagnoses and checks.

use super::{check_ids, phrase};
use crate::knowledge::pages;
use crate::words::Language;

/// Columns for the ids; the longest has 34.
const IDS: usize = 34;

/// All ids, with a line of words each.
pub(super) fn index(language: Language) -> String {
    let mut list = format!("{}\n", phrase("causes", language, &[]));
    for page in pages::pages(language).iter().filter(|page| page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.push_str(&format!("\n{}\n", phrase("diagnoses", language, &[])));
    for page in pages::pages(language).iter().filter(|page| !page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.push_str(&format!("\n{}\n", phrase("checks", language, &[])));
    for id in check_ids() {
        if let Some((_, check)) = pages::find_check(language, id).first() {
            line(&mut list, id, &check.title);
        }
    }
    list.push_str(&format!("\n{}\n", phrase("more-about-any", language, &[])));
    list
}

/// A line with an id and its title.
fn line(list: &mut String, id: &str, title: &str) {
    list.push_str(&format!("  {id:<IDS$} {title}\n"));
}
