//! `analyze`: reads a bundle and writes its report.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};

use sspr_triage::facts::Stated;
use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::report::{Report, html, json, junit, reply, sarif, text};
use sspr_triage::words::Statement;
use sspr_triage::{Analysis, Options};

use super::console::Console;
use super::failure::Failure;
use super::formats::{Format, Wanted, wanted};
use super::limits::LimitArgs;
use super::output::{complain, text_options, write, write_files};
use super::own_input;
use super::reading::{read, took};
use super::{CAUSE_FOUND, NOTHING_USABLE, UNDETERMINED, USAGE};

/// Arguments of `analyze`.
#[derive(Debug, Args)]
pub(super) struct Analyze {
    /// A folder, a file, or an archive; several are one bundle
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Shape of the report: text, json, html, reply (what to answer the customer, in Markdown), sarif or
    /// junit; with =FILE it goes to a file, so that one run can write several [default: text]
    #[arg(long, value_name = "NAME[=FILE]")]
    pub(super) format: Vec<Wanted>,
    /// Write the report to a file instead of standard output; for a single --format
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Exit with 10 where a cause was found and with 11 where none could be told
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(super) fail_on: Vec<FailOn>,
    /// Say which machine files come from that do not name it, such as registry exports: PATH is their
    /// path in the bundle, or that of a folder or archive above them
    #[arg(long = "machine", value_name = "PATH=NAME", value_parser = stated)]
    pub(super) machines: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

/// Verdicts that `--fail-on` makes a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// A cause was found: exit 10
    Cause,
    /// The cause could not be told: exit 11
    Undetermined,
}

impl Analyze {
    /// Analyses and writes the report.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        let wanted = match wanted(&self.format, self.output.as_deref()) {
            Ok(wanted) => wanted,
            Err(why) => {
                complain(&why.in_words(console.for_people()));
                return Ok(USAGE);
            }
        };
        let stated = self
            .machines
            .iter()
            .map(|(path, machine)| Stated { path: path.clone(), machine: machine.clone() });
        let options = Options { limits: self.limits.limits(), stated: stated.collect() };
        let files = wanted.iter().filter_map(|wanted| wanted.file.as_deref());
        own_input::refuse(files, &self.limits.inputs(&self.paths))?;
        let analysis = read(&self.paths, &options, console)?;
        if let Some(unknown) = analysis.unknown_statements.first() {
            // Without it the file would be of no machine, and the answer another one.
            let unknown = Statement::new("program.unknown-machine").with("path", unknown.as_str());
            return Err(Failure::of_usage(unknown).into());
        }
        render_and_write(&analysis, &wanted, console)?;
        for stated in &analysis.unused_statements {
            console.note(&Statement::new("program.unused-machine").with("path", terminal_safe(stated)));
        }
        if !analysis.usable {
            complain(&console.words().say(&Statement::new("program.nothing-usable")));
            return Ok(NOTHING_USABLE);
        }
        if self.fail_on.is_empty() {
            return Ok(0);
        }
        Ok(verdict_code(&analysis.report(console.for_programs()), &self.fail_on))
    }
}

/// The analysis of a bundle without statements of the user.
///
/// # Errors
/// A path does not exist or cannot be opened.
pub(super) fn analyzed(paths: &[PathBuf], limits: &LimitArgs, console: Console) -> anyhow::Result<Analysis> {
    read(paths, &Options { limits: limits.limits(), ..Options::default() }, console)
}

/// Nothing is written before everything is rendered.
fn render_and_write(analysis: &Analysis, wanted: &[Wanted], console: Console) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut files = Vec::new();
    let mut to_standard_output = None;
    for wanted in wanted {
        let rendered = render(analysis, wanted, console)?;
        match &wanted.file {
            Some(file) => files.push((file.clone(), rendered)),
            None => to_standard_output = Some(rendered),
        }
    }
    write_files(&files)?;
    to_standard_output.map_or(Ok(()), |rendered| write(&rendered))?;
    console.detail(|| took("program.written", begun.elapsed()));
    Ok(())
}

fn render(analysis: &Analysis, wanted: &Wanted, console: Console) -> anyhow::Result<String> {
    let for_people = wanted.format.is_for_people();
    let language = if for_people { console.for_people() } else { console.for_programs() };
    let report = analysis.report(language);
    Ok(match wanted.format {
        Format::Json => json::render(&report)?,
        Format::Text => text::render(&report, &text_options(wanted.file.is_none())),
        Format::Html => html::render(&report)?,
        Format::Reply => reply::render(&report),
        Format::Sarif => sarif::render(&report)?,
        Format::Junit => junit::render(&[junit::suite(&report)])?,
    })
}

fn verdict_code(report: &Report, fail_on: &[FailOn]) -> u8 {
    match report.verdict.cause.as_str() {
        "undetermined" if fail_on.contains(&FailOn::Undetermined) => UNDETERMINED,
        "undetermined" | "no-failure" => 0,
        _ if fail_on.contains(&FailOn::Cause) => CAUSE_FOUND,
        _ => 0,
    }
}

fn stated(text: &str) -> Result<(String, String), Failure> {
    match text.rsplit_once('=') {
        Some((path, name)) if !path.is_empty() && !name.is_empty() => {
            Ok((path.replace('\\', "/").trim_end_matches('/').to_owned(), name.to_owned()))
        }
        _ => Err(Failure::of(Statement::new("program.machine-form"))),
    }
}
