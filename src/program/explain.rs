//! `explain`: a page of the documentation.

use clap::Args;

use sspr_triage::explain;

use super::USAGE;
use super::language::LanguageArg;
use super::output::{say, write};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id, as reports show it: remote-sam, controller-denies-connector ...
    id: Option<String>,
}

impl Explain {
    /// Writes the page.
    pub(super) fn run(&self, language: LanguageArg) -> anyhow::Result<u8> {
        let language = language.for_people();
        match explain::explain(self.id.as_deref(), language) {
            Ok(page) => {
                write(&page)?;
                Ok(0)
            }
            Err(unknown) => {
                say(&format!("sspr-triage: {}\n", unknown.in_words(language)));
                Ok(USAGE)
            }
        }
    }
}
