//! `explain`: a page of the documentation.

use std::path::{Path, PathBuf};

use clap::Args;

use sspr_triage::{explain, why};

use super::USAGE;
use super::console::Console;
use super::diff::read_report;
use super::output::{complain, text_options, write};
use super::width;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id, as reports show it: remote-sam, controller-denies-connector ...; or the number of a cause
    id: Option<String>,
    /// Say why this report, in JSON, answers so: what it lacks, and what would change it
    #[arg(long, value_name = "REPORT.json", requires = "id")]
    report: Option<PathBuf>,
}

impl Explain {
    /// Writes the page.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        let language = console.for_people();
        if let (Some(report), Some(id)) = (&self.report, &self.id) {
            return explain_report(report, id, console);
        }
        match explain::explain(self.id.as_deref(), language, width::of_standard_output()) {
            Ok(page) => {
                write(&page)?;
                Ok(0)
            }
            Err(unknown) => {
                complain(&unknown.in_words(language));
                Ok(USAGE)
            }
        }
    }
}

fn explain_report(report: &Path, id: &str, console: Console) -> anyhow::Result<u8> {
    let language = console.for_people();
    let report = read_report(report)?;
    if let Some(text) = why::why(&report, id, language, &text_options(true)) {
        write(&text)?;
        return Ok(0);
    }
    if let Err(unknown) = explain::explain(Some(id), language, width::USUAL) {
        complain(&unknown.in_words(language));
    }
    Ok(USAGE)
}
