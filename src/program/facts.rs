//! `facts`: what was established from a bundle, and from where.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use sspr_triage::report::facts;
use sspr_triage::words::Statement;

use super::NOTHING_USABLE;
use super::analyze::analyzed;
use super::console::Console;
use super::limits::LimitArgs;
use super::output::{complain, text_options, write_to};
use super::own_input;

/// Reasons that are told where nothing could be used.
const GAPS: usize = 3;

/// Arguments of `facts`.
#[derive(Debug, Args)]
pub(super) struct Facts {
    /// A folder, a file, or an archive; several are one bundle
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Shape of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the list to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Shapes of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// The facts of the JSON report
    Json,
}

impl Facts {
    /// Writes the facts.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        own_input::refuse(self.output.as_deref(), &self.limits.inputs(&self.paths))?;
        let analysis = analyzed(&self.paths, &self.limits, console)?;
        let rendered = match self.format {
            Format::Text => {
                facts::render(&analysis.report(console.for_people()), &text_options(self.output.is_none()))
            }
            Format::Json => facts::json(&analysis.report(console.for_programs()))?,
        };
        write_to(&rendered, self.output.as_deref())?;
        if analysis.usable {
            return Ok(0);
        }
        let report = analysis.report(console.for_people());
        for gap in report.gaps.iter().take(GAPS) {
            console.remark(&format!("{}, {}: {}", gap.path, gap.place, gap.reason));
        }
        complain(&console.words().say(&Statement::new("program.nothing-usable-here")));
        Ok(NOTHING_USABLE)
    }
}
