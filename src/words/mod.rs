//! Words: what the report says to people, apart from the judgement.
//!
//! Rules and diagnosis produce [`Statement`]s: a key and named values. A catalogue turns them into
//! sentences. Keys and identifiers are never translated; catalogues are data (`en.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Something to be said: a key of the catalogue, and the values that stand in its sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Key in the catalogue, such as `remote-sam.controller-denies.yes`.
    pub key: String,
    /// Values for the `{name}` places of the sentence. Text from the bundle stays as written here;
    /// renderers escape.
    pub values: Vec<(&'static str, String)>,
}

impl Statement {
    /// A statement without values.
    pub fn new(key: impl Into<String>) -> Self {
        Statement { key: key.into(), values: Vec::new() }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

/// A language's catalogue.
#[derive(Debug)]
pub struct Catalogue {
    sentences: BTreeMap<String, String>,
}

impl Catalogue {
    /// The English catalogue, which is complete: every statement that the rules make has a sentence.
    pub fn english() -> &'static Catalogue {
        static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(include_str!("en.toml")));
        &ENGLISH
    }

    fn parse(toml: &str) -> Catalogue {
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
        let mut sentences = BTreeMap::new();
        // A test parses every built-in catalogue, so an error cannot reach a user.
        let table: toml::Table = toml.parse().unwrap_or_default();
        flatten("", &table, &mut sentences);
        Catalogue { sentences }
    }

    /// Whether the catalogue has a sentence for the key.
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// The sentence for a statement, its values filled in. A key without a sentence yields the key in
    /// angle brackets, and a place without a value yields its name in angle brackets; tests refuse both.
    pub fn say(&self, statement: &Statement) -> String {
        let Some(template) = self.sentences.get(&statement.key) else {
            return format!("<{}>", statement.key);
        };
        fill(template, &statement.values)
    }
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
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => {
                filled.push_str(value);
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
        rest = tail;
    }
    filled.push_str(rest);
    filled
}
