//! A language's catalogue: from keys to sentences.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Language, Statement, stand_in};

/// A language's catalogue.
#[derive(Debug)]
pub struct Catalogue {
    language: Language,
    sentences: BTreeMap<String, String>,
}

impl Catalogue {
    /// The catalogue of a language. All have a sentence for every statement that is made, by test; what
    /// another should lack is said in English.
    pub fn of(language: Language) -> &'static Catalogue {
        static ENGLISH: LazyLock<Catalogue> =
            LazyLock::new(|| Catalogue::parse(Language::English, include_str!("en.toml")));
        static JAPANESE: LazyLock<Catalogue> =
            LazyLock::new(|| Catalogue::parse(Language::Japanese, include_str!("ja.toml")));
        match language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }

    fn parse(language: Language, toml: &str) -> Catalogue {
        let mut sentences = BTreeMap::new();
        // A test parses every built-in catalogue, so an error cannot reach a user.
        let table: toml::Table = toml.parse().unwrap_or_default();
        flatten("", &table, &mut sentences);
        Catalogue { language, sentences }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the catalogue has a sentence for the key.
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// The sentence of a key, its places not filled in.
    pub fn template(&self, key: &str) -> Option<&str> {
        self.sentences.get(key).map(String::as_str)
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sentences.keys().map(String::as_str)
    }

    /// The keys of a section, and of those below it, sorted.
    pub fn below(&self, section: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{section}.");
        let from = self.sentences.range(prefix.clone()..).map(|(key, _)| key.as_str());
        from.take_while(move |key| key.starts_with(&prefix))
    }

    /// The sentence for a statement, its values filled in. A key without a sentence yields the key in
    /// angle brackets, and a place without a value yields its name in angle brackets; tests refuse both.
    pub fn say(&self, statement: &Statement) -> String {
        let english = || Catalogue::of(Language::English).template(&statement.key);
        match self.template(&statement.key).or_else(english) {
            Some(template) => {
                let filled = fill(template, &self.named(&statement.values));
                if begins_with_words(template, &statement.values) { capital(&filled) } else { filled }
            }
            None => format!("<{}>", statement.key),
        }
    }

    /// A value, or the words for one that only [stands in](stand_in).
    pub fn value<'v>(&'v self, value: &'v str) -> Cow<'v, str> {
        if let Some(id) = stand_in::event_id(value) {
            let event = self.template("stand-in.event").unwrap_or(value);
            return Cow::Owned(fill(event, &[("id", id.to_owned())]));
        }
        Cow::Borrowed(stand_in::key(value).and_then(|key| self.template(key)).unwrap_or(value))
    }

    fn named(&self, values: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        values.iter().map(|(name, value)| (*name, self.value(value).into_owned())).collect()
    }

    /// Several sentences, joined as the language does.
    pub fn say_all(&self, statements: &[Statement]) -> String {
        let said: Vec<String> = statements.iter().map(|statement| self.say(statement)).collect();
        said.join(self.language.between_sentences())
    }
}

/// Whether words that stand in for a name begin the sentence.
fn begins_with_words(template: &str, values: &[(&'static str, String)]) -> bool {
    let first = template.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let value = first.and_then(|(name, _)| values.iter().find(|(key, _)| *key == name));
    let is_sentence = template.ends_with(['.', '?']);
    is_sentence && value.is_some_and(|(_, value)| stand_in::key(value).is_some())
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(table) => flatten(&key, table, into),
            other => {
                into.insert(key, other.as_str().unwrap_or_default().to_owned());
            }
        }
    }
}

/// Puts a value between two pieces of text, and gives the rest of them. A space sets a Latin name off from
/// Japanese; a Japanese value takes none.
pub(crate) fn put<'t>(filled: &mut String, value: &str, rest: &'t str) -> &'t str {
    let before = filled.strip_suffix(' ').is_some_and(|text| text.ends_with(is_japanese));
    if before && value.starts_with(is_japanese) {
        filled.pop();
    }
    filled.push_str(value);
    match rest.strip_prefix(' ') {
        Some(after) if after.starts_with(is_japanese) && value.ends_with(is_japanese) => after,
        _ => rest,
    }
}

/// Kana and kanji.
fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Fills the `{name}` places of a template in one pass, so that braces in a value stay as they are. A place
/// `{name:one|many}` gives the number and the form of the word that goes with it.
pub fn fill(template: &str, values: &[(&'static str, String)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (name, forms) = name.split_once(':').unwrap_or((name, ""));
        rest = tail;
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => {
                rest = put(&mut filled, value, tail);
                if let Some((one, many)) = forms.split_once('|') {
                    filled.push(' ');
                    filled.push_str(if value == "1" { one } else { many });
                }
            }
            None => {
                filled.push('<');
                filled.push_str(name);
                filled.push('>');
            }
        }
    }
    filled.push_str(rest);
    filled
}
