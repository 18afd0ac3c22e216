//! The renderers' own words, in the language of the report.

use crate::diagnosis::State;
use crate::report::Report;
use crate::report::model::CollectNext;
use crate::words::{Catalogue, Language, Statement};

/// Words of the catalogue's section `report`.
#[derive(Debug, Clone, Copy)]
pub struct Phrases {
    catalogue: &'static Catalogue,
}

impl Phrases {
    /// Those of a report's language.
    pub fn of(report: &Report) -> Phrases {
        Phrases { catalogue: Catalogue::of(report.language) }
    }

    /// Those of a language.
    pub fn in_language(language: Language) -> Phrases {
        Phrases { catalogue: Catalogue::of(language) }
    }

    /// A phrase that has no values.
    pub fn word(&self, key: &str) -> String {
        self.words(key, &[])
    }

    /// A phrase, with values.
    pub fn words(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.catalogue.say(&Statement { key: format!("report.{key}"), values: values.to_vec() })
    }

    /// Where a command is run: the machine, and the shell that it is written for.
    pub fn console(&self, collect: &CollectNext) -> String {
        let key = match (collect.shell.as_str(), collect.elevated) {
            ("cmd", false) => "console.cmd",
            ("cmd", true) => "console.cmd-elevated",
            (_, false) => "console.powershell",
            (_, true) => "console.powershell-elevated",
        };
        self.words(key, &[("where", collect.r#where.clone())])
    }

    /// Several names in one sentence.
    pub fn list(&self, names: &[String]) -> String {
        names.join(&self.catalogue.say(&Statement::new("html.list-separator")))
    }

    /// The name of a state, for people.
    pub fn state_name(&self, state: State) -> String {
        self.word(&format!("state.{}", state.word()))
    }
}
