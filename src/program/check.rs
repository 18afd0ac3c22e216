//! `check`: every case under a folder gets the answer that it expects.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};

use sspr_triage::Options;
use sspr_triage::case_check::{self, CaseResult, NoCases};
use sspr_triage::progress::Progress;
use sspr_triage::report::junit;
use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::words::lines::lines;
use sspr_triage::words::{Catalogue, Language, Statement};

use super::console::Console;
use super::failure::Failure;
use super::limits::LimitArgs;
use super::output::{complain, write_to};
use super::own_input;
use super::progress::{Unit, Watched};
use super::reading::took;
use super::width;
use super::{NOT_AS_EXPECTED, USAGE};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folder with cases at any depth
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Shape of the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the results to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Shapes of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each case
    Text,
    /// JUnit XML, a test for each case
    Junit,
}

impl Check {
    /// Runs the cases and writes what became of each.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        if let Some(case) = self.output.as_deref().and_then(|output| case_around(output, &self.folder)) {
            own_input::refuse(self.output.as_deref(), &[case])?;
        }
        if !self.folder.exists() {
            return Err(Failure::no_path(&self.folder).into());
        }
        let options = Options { limits: self.limits.limits(), stated: Vec::new() };
        let results = match self.results(&options, console) {
            Ok(results) => results,
            Err(NoCases { path }) => {
                let none = Statement::new("program.no-cases").with("path", path.display().to_string());
                complain(&Failure::of(none).in_words(console.for_people()));
                return Ok(USAGE);
            }
        };
        let rendered = match self.format {
            Format::Text => {
                let columns = if self.output.is_some() { width::USUAL } else { width::of_standard_output() };
                text(&results, console.for_people(), columns)
            }
            Format::Junit => junit::render(&[case_check::suite(&results, console.for_programs())])?,
        };
        write_to(&rendered, self.output.as_deref())?;
        let differing = results.iter().any(|result| !result.differences.is_empty());
        Ok(if differing { NOT_AS_EXPECTED } else { 0 })
    }

    fn results(&self, options: &Options, console: Console) -> Result<Vec<CaseResult>, NoCases> {
        let (begun, progress) = (Instant::now(), Progress::default());
        let _watched = Watched::begin(console, "program.checking", Unit::Things, &progress);
        let results = case_check::check_counting(&self.folder, options, &progress)?;
        let checked = || took("program.checked", begun.elapsed()).with("cases", results.len().to_string());
        console.detail(checked);
        Ok(results)
    }
}

/// The folder of the case that a file would be in. Beside the cases there is room for results.
fn case_around(output: &Path, folder: &Path) -> Option<PathBuf> {
    if !own_input::is_below(output, folder) {
        return None;
    }
    let mut around = output.ancestors().skip(1).take_while(|around| own_input::is_below(around, folder));
    around.find(|around| around.join("case.toml").is_file()).map(Path::to_owned)
}

/// A line for each case, and how it differs below it.
fn text(results: &[CaseResult], language: Language, columns: usize) -> String {
    let words = Catalogue::of(language);
    let mut text = String::new();
    for result in results {
        let key = if result.differences.is_empty() { "case-result.ok" } else { "case-result.differs" };
        let name = terminal_safe(&result.name);
        text.push_str(&words.say(&Statement::new(key).with("name", name)));
        text.push('\n');
        for difference in result.lines(language) {
            for line in lines(&terminal_safe(&difference), columns, "         ", "           ", true) {
                text.push_str(&format!("{line}\n"));
            }
        }
    }
    let differing = results.iter().filter(|result| !result.differences.is_empty()).count();
    let sum = Statement::new("case-result.sum").with("cases", results.len().to_string());
    text.push_str(&words.say(&sum.with("differing", differing.to_string())));
    text.push('\n');
    text
}
