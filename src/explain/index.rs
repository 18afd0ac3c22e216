//! The list of all causes, diagnoses and checks, and of what else reports name.

use super::{Lines, check_ids, named, phrase};
use crate::knowledge::pages;
use crate::words::Language;

/// Columns for the ids; the longest has 34.
const IDS: usize = 34;

/// All ids, with a line of words each.
pub(super) fn index(language: Language, columns: usize) -> String {
    let mut list = Lines::of(columns);
    list.wrap("", "", &phrase("causes", language, &[]));
    for page in pages::pages(language).iter().filter(|page| page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.whole("");
    list.wrap("", "", &phrase("diagnoses", language, &[]));
    for page in pages::pages(language).iter().filter(|page| !page.is_cause()) {
        line(&mut list, &page.id, &page.title);
    }
    list.whole("");
    list.wrap("", "", &phrase("checks", language, &[]));
    for id in check_ids() {
        if let Some((_, check)) = pages::find_check(language, id).first() {
            line(&mut list, id, &check.title);
        }
    }
    for (heading, entries) in
        [("verdicts", named::verdicts(language)), ("artifacts", named::artifacts(language))]
    {
        list.whole("");
        list.wrap("", "", &phrase(heading, language, &[]));
        for (id, title) in entries {
            line(&mut list, id, &title);
        }
    }
    list.whole("");
    list.wrap("", "", &phrase("more-about-any", language, &[]));
    list.text
}

/// A line with an id and its title.
fn line(list: &mut Lines, id: &str, title: &str) {
    list.wrap("  ", &" ".repeat(IDS + 3), &format!("{id:<IDS$} {title}"));
}
