//! `explain`: the pages of causes, diagnoses and checks, and what else reports name by an id, as text for a terminal.
//!
//! It shows documentation and knows no bundle, so placeholders stay as words in angle brackets. It
//! returns text and prints nothing.

mod index;
mod named;
mod near;
mod page;

use crate::knowledge::pages::{self, plain};
use crate::words::lines::lines;
use crate::words::{Catalogue, Language, Statement};

/// Nothing that reports name has the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownId {
    /// The id that was asked for.
    pub id: String,
    /// Ids that are spelled much like it, nearest first; at most three.
    pub near: Vec<String>,
}

impl UnknownId {
    /// What to say to the one who asked.
    pub fn in_words(&self, language: Language) -> String {
        let statement = |key: &str| Statement::new(format!("explain.{key}"));
        let unknown = statement("unknown-id").with("id", format!("{:?}", self.id));
        let near = self.near.join(&phrase("or", language, &[]));
        let help = match self.near.as_slice() {
            [] => statement("unknown-id-list"),
            _ => statement("unknown-id-near").with("near", near),
        };
        Catalogue::of(language).say_all(&[unknown, help])
    }
}

/// A phrase of the catalogue's section `explain`.
fn phrase(key: &str, language: Language, values: &[(&'static str, String)]) -> String {
    Catalogue::of(language).say(&Statement { key: format!("explain.{key}"), values: values.to_vec() })
}

/// The text for an id: the page of a cause or diagnosis, the sentences of a check with the pages that it stands on, a
/// verdict that names no cause, or an artifact to collect, in a language and in lines of a number of columns. Without an id, the list of all of them, a line
/// each. Upper and lower case are the same.
///
/// # Errors
/// Where nothing has the id; the error names ids that are spelled much like it.
pub fn explain(id: Option<&str>, language: Language, columns: usize) -> Result<String, UnknownId> {
    let Some(asked) = id else {
        return Ok(index::index(language, columns));
    };
    let id = pages::id_of(asked);
    if let Some(page) = pages::page(language, &id) {
        return Ok(page::page(page, language, columns));
    }
    let found = pages::find_check(language, &id);
    if !found.is_empty() {
        return Ok(page::check(&id, &found, language, columns));
    }
    let named = named::verdict(&id, language, columns).or_else(|| named::artifact(&id, language, columns));
    if let Some(text) = named {
        return Ok(text);
    }
    Err(UnknownId { id: asked.to_owned(), near: near::near(&id) })
}

/// Ids of all checks, each once, in the order of the pages.
fn check_ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = Vec::new();
    for check in pages::pages(Language::English).iter().flat_map(|page| &page.checks) {
        if !ids.contains(&check.id.as_str()) {
            ids.push(&check.id);
        }
    }
    ids
}

/// Text in lines of a number of columns.
struct Lines {
    columns: usize,
    text: String,
}

impl Lines {
    fn of(columns: usize) -> Lines {
        Lines { columns, text: String::new() }
    }

    /// Adds text, with an indent for its first line and one for the others.
    fn wrap(&mut self, first: &str, rest: &str, text: &str) {
        for line in lines(&plain(text), self.columns, first, rest, true) {
            self.whole(&line);
        }
    }

    /// Adds a line that is not broken.
    fn whole(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests;
