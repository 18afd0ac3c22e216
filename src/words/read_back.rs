//! From a sentence back to its statement: a report carries its sentences in one language, and a reader may ask for
//! another one.
//!
//! A sentence is taken for that of a key only if the statement that was read from it says the very same sentence
//! again. Where two keys of a section could have said it, the one with more words of its own did.

use super::{Catalogue, Language, Statement, stand_in};

/// Longest sentence that is looked at, in bytes; no real one comes near it.
const LONGEST: usize = 4_096;

/// What a sentence of a language says, looked for in sections of the catalogue, such as `check.sam-call-refused`, the
/// first that has it. None for a sentence of none of them.
pub fn read_back(said: &str, sections: &[&str], language: Language) -> Option<Statement> {
    if said.len() > LONGEST {
        return None;
    }
    sections.iter().find_map(|section| of_section(said, section, Catalogue::of(language)))
}

fn of_section(said: &str, section: &str, catalogue: &'static Catalogue) -> Option<Statement> {
    let read = catalogue.below(section).filter_map(|key| of_key(said, key, catalogue));
    let (_, statement) = read.max_by_key(|(own, _)| *own)?;
    Some(statement)
}

/// The statement of a key, where the sentence is its own, with the number of bytes that are not from values.
fn of_key(said: &str, key: &str, catalogue: &'static Catalogue) -> Option<(usize, Statement)> {
    let template = catalogue.template(key)?;
    let values = values(said, template)?;
    let from_values: usize = values.iter().map(|(_, value)| value.len()).sum();
    let values: Vec<_> = values.into_iter().map(|(name, value)| (name, named(value, catalogue))).collect();
    let statement = Statement { key: key.to_owned(), values };
    (catalogue.say(&statement) == said).then(|| (said.len().saturating_sub(from_values), statement))
}

/// The values that stand in a sentence at the places of a template. Each ends where the template goes on.
fn values<'s>(said: &'s str, template: &'static str) -> Option<Vec<(&'static str, &'s str)>> {
    let (before, mut rest_of_template) = template.split_once('{').unwrap_or((template, ""));
    let begun = as_put(before).find_map(|before| said.strip_prefix(before));
    let mut said = begun.or_else(|| after_capital(said, before))?;
    let mut values = Vec::new();
    while let Some((place, after)) = rest_of_template.split_once('}') {
        let (name, forms) = place.split_once(':').unwrap_or((place, ""));
        let (literal, next) = after.split_once('{').unwrap_or((after, ""));
        let (value, rest) = as_put(literal).find_map(|literal| match next {
            "" => said.strip_suffix(literal).map(|value| (value, "")),
            _ => said.split_once(literal).filter(|_| !literal.is_empty()),
        })?;
        values.push((name, without_form(value, forms)?));
        (said, rest_of_template) = (rest, next);
    }
    said.is_empty().then_some(values)
}

/// A piece of a template between two places, as it may stand in a sentence: Japanese takes no space between words of
/// its own.
fn as_put(literal: &str) -> impl Iterator<Item = &str> {
    [literal, literal.trim_end_matches(' '), literal.trim_start_matches(' '), literal.trim_matches(' ')]
        .into_iter()
}

/// The number in front of the form of a word that goes with it; the whole, where the place has no forms.
fn without_form<'s>(value: &'s str, forms: &str) -> Option<&'s str> {
    let Some((one, many)) = forms.split_once('|') else { return Some(value) };
    [one, many].into_iter().find_map(|form| value.strip_suffix(form)?.strip_suffix(' '))
}

/// The rest of a sentence whose template begins in lower case.
fn after_capital<'s>(said: &'s str, before: &str) -> Option<&'s str> {
    let (first, rest) = (said.chars().next()?, before.get(..1)?);
    let is_same = first.to_lowercase().eq(rest.chars());
    said.get(first.len_utf8()..)?.strip_prefix(before.get(1..)?).filter(|_| is_same)
}

/// A value, or the key of the words that stand in for one.
fn named(value: &str, catalogue: &'static Catalogue) -> String {
    let is_said = |key: &&str| {
        let words = catalogue.template(key).unwrap_or_default();
        words == value || words.to_lowercase() == value.to_lowercase()
    };
    let event = catalogue.template("stand-in.event").and_then(|template| values(value, template));
    if let Some([(_, id)]) = event.as_deref()
        && id.bytes().all(|byte| byte.is_ascii_digit())
    {
        return stand_in::event(id);
    }
    match catalogue.below("stand-in").find(is_said) {
        // Facts show these two as well, and have other names for them.
        Some("stand-in.absent") => stand_in::ABSENT.to_owned(),
        Some("stand-in.empty") => stand_in::EMPTY.to_owned(),
        Some(key) => key.to_owned(),
        None => value.to_owned(),
    }
}
