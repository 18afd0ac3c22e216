//! `explain`: a page of the documentation.

use std::path::{Path, PathBuf};

use clap::Args;

use sspr_triage::words::Language;
use sspr_triage::{explain, why};

use super::USAGE;
use super::diff::read_report;
use super::language::LanguageArg;
use super::output::{say, text_options, write};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id, as reports show it: remote-sam, controller-denies-connector ...
    id: Option<String>,
    /// Say why this report, in JSON, answers so: what it lacks, and what would change it
    #[arg(long, value_name = "REPORT.json", requires = "id")]
    report: Option<PathBuf>,
}

impl Explain {
    /// Writes the page.
    pub(super) fn run(&self, language: LanguageArg) -> anyhow::Result<u8> {
        let language = language.for_people();
        if let (Some(report), Some(id)) = (&self.report, &self.id) {
            return explain_report(report, id, language);
        }
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

fn explain_report(report: &Path, id: &str, language: Language) -> anyhow::Result<u8> {
    match why::why(&read_report(report)?, id, &text_options(true)) {
        Ok(text) => {
            write(&text)?;
            Ok(0)
        }
        Err(unknown) => {
            say(&format!("sspr-triage: {}\n", unknown.in_words(language)));
            Ok(USAGE)
        }
    }
}
