//! The program: one file for each command, with its arguments, their documentation and what it does
//! with the library. Only here and in `main` does anything talk to the world.

mod analyze;
mod batch;
mod check;
mod collect_script;
mod completions;
mod console;
mod diff;
mod events;
mod explain;
mod facts;
mod failure;
mod formats;
mod help;
pub(crate) mod interrupt;
mod language;
mod limits;
mod mistakes;
mod output;
mod own_input;
mod progress;
mod reading;
mod width;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use analyze::Analyze;
use batch::Batch;
use check::Check;
use collect_script::CollectScript;
use completions::{Completions, Man};
use console::Console;
use diff::Diff;
use events::Events;
use explain::Explain;
use facts::Facts;

pub(crate) use failure::Failure;
pub(crate) use output::{complain, is_closed_pipe};

/// Could not finish: something cannot be read or written.
pub(crate) const COULD_NOT_FINISH: u8 = 1;
/// Wrong arguments, or a path that is not there.
const USAGE: u8 = 2;
/// Nothing in the input could be used.
const NOTHING_USABLE: u8 = 3;
/// `--fail-on cause`.
const CAUSE_FOUND: u8 = 10;
/// `--fail-on undetermined`.
const UNDETERMINED: u8 = 11;
/// `check`: not as expected.
const NOT_AS_EXPECTED: u8 = 20;

/// Reads a support bundle offline and says which cause is behind SSPR_0029, with the evidence.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 finished, whatever the verdict; 1 could not finish: something cannot be read or \
                  written; 2 wrong arguments, or a path that is not there; 3 nothing in the input could be used; with \
                  --fail-on: 10 a cause was found, 11 undetermined; check: 0 as expected, 20 not; 130 ended by Ctrl-C."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    console: Console,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Read a bundle and say which cause it is
    Analyze(Analyze),
    /// Read many bundles in one run: a row of results.jsonl for each, on request with its full report
    Batch(Batch),
    /// Run every case under a folder: its bundle must get the answer that its case.toml expects
    Check(Check),
    /// Print a block of PowerShell that collects what is missing
    CollectScript(CollectScript),
    /// Explain what a report names by an id, such as a cause or a check; without an id, list all
    Explain(Explain),
    /// List what was established from a bundle, and from where
    Facts(Facts),
    /// List the events of a bundle in order of time, on request with the records around each
    Events(Events),
    /// Say what changed between two bundles or reports, before and after a fix
    Diff(Diff),
    /// Write completions for a shell to standard output
    Completions(Completions),
    /// Write the manual page, of the program or of a command, to standard output
    Man(Man),
}

impl Cli {
    /// The arguments of this run. The help, and what is wrong with them, are in the language that they ask for,
    /// before they are understood.
    ///
    /// # Errors
    /// There is nothing more to do: the help was asked for, or they are wrong. It has been said; this is the
    /// exit code.
    pub(crate) fn of_this_run() -> Result<Self, u8> {
        let language = language::of_arguments(std::env::args_os());
        let matches = help::in_lines(Cli::command(), language, width::of_standard_output()).try_get_matches();
        let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
        cli.map_err(|mistake| mistakes::tell(&mistake, language))
    }

    /// How to speak to the user.
    pub(crate) fn console(&self) -> Console {
        self.console
    }

    /// Does what the arguments ask for, and returns the exit code.
    ///
    /// # Errors
    /// It could not finish.
    pub(crate) fn run(&self) -> anyhow::Result<u8> {
        match &self.command {
            Command::Analyze(arguments) => arguments.run(self.console),
            Command::Batch(arguments) => arguments.run(self.console),
            Command::Check(arguments) => arguments.run(self.console),
            Command::CollectScript(arguments) => arguments.run(self.console),
            Command::Explain(arguments) => arguments.run(self.console),
            Command::Facts(arguments) => arguments.run(self.console),
            Command::Events(arguments) => arguments.run(self.console),
            Command::Diff(arguments) => arguments.run(self.console),
            Command::Completions(arguments) => arguments.run(),
            Command::Man(arguments) => arguments.run(self.console),
        }
    }
}
