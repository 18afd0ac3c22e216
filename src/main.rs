//! The program: talks to the world (arguments, output, exit code) and computes nothing.

mod cli;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Parser;

use cli::{Analyze, Check, Cli, Command, FailOn, Format, LimitArgs};
use sspr_triage::bundle::Limits;
use sspr_triage::facts::Stated;
use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, json, text};
use sspr_triage::{Options, case_check, explain};

/// Could not finish.
const COULD_NOT_FINISH: u8 = 1;
/// Wrong arguments.
const USAGE: u8 = 2;
/// Nothing in the input could be used.
const NOTHING_USABLE: u8 = 3;
/// `--fail-on cause`.
const CAUSE_FOUND: u8 = 10;
/// `--fail-on undetermined`.
const UNDETERMINED: u8 = 11;
/// `check`: not as expected.
const NOT_AS_EXPECTED: u8 = 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    quiet_panics();
    let finished = catch_unwind(|| match &cli.command {
        Command::Analyze(arguments) => analyze(arguments),
        Command::Check(arguments) => check(arguments),
        Command::Explain { id } => explain_id(id.as_deref()),
    });
    let result = finished.unwrap_or_else(|_| Err(anyhow!("a fault of sspr-triage itself; please report it")));
    let code = result.unwrap_or_else(|error| {
        // A reader that closed the pipe has what it wanted.
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return 0;
        }
        say(&format!("sspr-triage: {error:#}\n"));
        COULD_NOT_FINISH
    });
    ExitCode::from(code)
}

fn analyze(arguments: &Analyze) -> anyhow::Result<u8> {
    let stated = arguments
        .machines
        .iter()
        .map(|(path, machine)| Stated { path: path.clone(), machine: machine.clone() });
    let options = Options { limits: limits(&arguments.limits), stated: stated.collect() };
    // The error's own words have the reason already.
    let analysis = sspr_triage::analyze(&arguments.paths, &options).map_err(anyhow::Error::msg)?;
    let rendered = match arguments.format {
        Format::Json => json::render(&analysis.report)?,
        Format::Text => text::render(&analysis.report, &text_options(arguments.output.is_none())),
    };
    write(&rendered, arguments.output.as_deref())?;
    for stated in &analysis.unused_statements {
        say(&format!(
            "sspr-triage: --machine {}: no file of the bundle that asks for it has this path\n",
            terminal_safe(stated)
        ));
    }
    if !analysis.usable {
        say("sspr-triage: nothing in the input could be used; the report says what to ask for\n");
        return Ok(NOTHING_USABLE);
    }
    Ok(verdict_code(&analysis.report, &arguments.fail_on))
}

fn verdict_code(report: &Report, fail_on: &[FailOn]) -> u8 {
    match report.verdict.cause.as_str() {
        "undetermined" if fail_on.contains(&FailOn::Undetermined) => UNDETERMINED,
        "undetermined" | "no-failure" => 0,
        _ if fail_on.contains(&FailOn::Cause) => CAUSE_FOUND,
        _ => 0,
    }
}

fn check(arguments: &Check) -> anyhow::Result<u8> {
    let options = Options { limits: limits(&arguments.limits), stated: Vec::new() };
    let results = match case_check::check(&arguments.folder, &options) {
        Ok(results) => results,
        Err(error) => {
            say(&format!("sspr-triage: {error}\n"));
            return Ok(USAGE);
        }
    };
    let mut lines = String::new();
    for result in &results {
        let word = if result.differences.is_empty() { "ok" } else { "DIFFERS" };
        lines.push_str(&format!("{word:<8} {}\n", terminal_safe(&result.name)));
        for difference in &result.differences {
            lines.push_str(&format!("         {}\n", terminal_safe(difference)));
        }
    }
    let differing = results.iter().filter(|result| !result.differences.is_empty()).count();
    let cases = if results.len() == 1 { "case" } else { "cases" };
    lines.push_str(&format!("{} {cases}, {differing} not as expected\n", results.len()));
    write(&lines, None)?;
    Ok(if differing == 0 { 0 } else { NOT_AS_EXPECTED })
}

fn explain_id(id: Option<&str>) -> anyhow::Result<u8> {
    match explain::explain(id) {
        Ok(page) => {
            write(&page, None)?;
            Ok(0)
        }
        Err(unknown) => {
            say(&format!("sspr-triage: {unknown}\n"));
            Ok(USAGE)
        }
    }
}

fn limits(arguments: &LimitArgs) -> Limits {
    let usual = Limits::default();
    Limits {
        file_bytes: arguments.max_file_bytes.unwrap_or(usual.file_bytes),
        total_bytes: arguments.max_total_bytes.unwrap_or(usual.total_bytes),
        entries: arguments.max_entries.unwrap_or(usual.entries),
        ratio: arguments.max_ratio.unwrap_or(usual.ratio),
        depth: arguments.max_depth.unwrap_or(usual.depth),
    }
}

/// Colour only where a person looks on. The width is that of the classic console, which every reader
/// has, so that the same bundle gives the same bytes in a terminal and in a pipe.
fn text_options(to_standard_output: bool) -> TextOptions {
    let colour = to_standard_output
        && io::stdout().is_terminal()
        && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    TextOptions { colour, ..TextOptions::default() }
}

fn write(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => {
            // Bytes as they are, so that a pipe gets what a file gets. Colours come only to a terminal, and
            // only there a stream that knows old consoles.
            if io::stdout().is_terminal() {
                write_to(anstream::stdout().lock(), text)?;
            } else {
                write_to(io::stdout().lock(), text)?;
            }
            Ok(())
        }
    }
}

fn write_to(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// What is not the report goes to standard error; where that is closed, nobody listens.
fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// A reader that panics on hostile content costs its file, which the report lists; the message of the
/// panic would only frighten.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
