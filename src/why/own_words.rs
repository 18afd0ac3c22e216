//! The sentences of a report in the language of the one who asks.

use super::Text;
use crate::knowledge::pages;
use crate::report::model::Evidence;
use crate::words::{Catalogue, read_back};

impl Text<'_> {
    /// The reason of a cause or of another diagnosis.
    pub(super) fn reason(&mut self, id: &str, said: &str) -> String {
        self.own_words(said, &[&format!("reason.{id}"), "other"])
    }

    /// The answer of a check, for a cause or another diagnosis.
    pub(super) fn answer_in_words(&mut self, id: &str, evidence: &Evidence) -> String {
        let check = format!("check.{}", evidence.check);
        self.own_words(&evidence.text, &[&check, "other", &format!("reason.{id}")])
    }

    /// A sentence of the report as the language of the one who asks has it; as it stands there, where it is none of the
    /// sections' sentences.
    pub(super) fn own_words(&mut self, said: &str, sections: &[&str]) -> String {
        if self.report.language == self.language {
            return said.to_owned();
        }
        let Some(mut statement) = read_back(said, sections, self.report.language) else {
            self.has_others_words = true;
            return said.to_owned();
        };
        for (name, value) in &mut statement.values {
            if *name == "diagnosis"
                && let Some(title) = self.title_of(value)
            {
                title.clone_into(value);
            }
        }
        Catalogue::of(self.language).say(&statement)
    }

    /// A command, in which words stand for what nobody knows yet.
    pub(super) fn own_command(&self, command: &str) -> String {
        let (from, to) = (Catalogue::of(self.report.language), Catalogue::of(self.language));
        from.below("placeholder").fold(command.to_owned(), |command, key| {
            match (from.template(key), to.template(key)) {
                (Some(from), Some(to)) => command.replace(from, to),
                _ => command,
            }
        })
    }

    /// The title of a diagnosis, by that in the language of the report.
    fn title_of(&self, title: &str) -> Option<&'static str> {
        let page = pages::pages(self.report.language).iter().find(|page| page.title == title)?;
        pages::page(self.language, &page.id).map(|page| page.title.as_str())
    }
}
