//! The command line: arguments and their documentation. It computes nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Reads a support bundle offline and says which cause is behind SSPR_0029, with the evidence.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 finished, whatever the verdict; 1 could not finish; 2 wrong arguments; 3 nothing in \
                  the input could be used; with --fail-on: 10 a cause was found, 11 undetermined; check: 0 as expected, \
                  20 not."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a bundle and say which cause it is
    Analyze(Analyze),
    /// Run every case under a folder: its bundle must get the answer that its case.toml expects
    Check(Check),
    /// Explain a cause, another diagnosis or a check; without an id, list them all
    Explain {
        /// Id, as reports show it: remote-sam, controller-denies-connector ...
        id: Option<String>,
    },
}

/// Arguments of `analyze`.
#[derive(Debug, Args)]
pub(crate) struct Analyze {
    /// A folder, a file, or an archive; several are one bundle
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Shape of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the report to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Exit with 10 where a cause was found and with 11 where none could be told
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) fail_on: Vec<FailOn>,
    /// Say which machine files come from that do not name it, such as registry exports: PATH is their
    /// path in the bundle, or that of a folder or archive above them
    #[arg(long = "machine", value_name = "PATH=NAME", value_parser = stated)]
    pub(crate) machines: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder with cases at any depth
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Budgets: what is beyond is left out, and the report says so.
#[derive(Debug, Args)]
#[command(next_help_heading = "Budgets")]
pub(crate) struct LimitArgs {
    /// Bytes of one file, uncompressed [default: 8 GiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_file_bytes: Option<u64>,
    /// Bytes of all files together, uncompressed [default: 32 GiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_total_bytes: Option<u64>,
    /// Files and folders, members of archives included [default: 100000]
    #[arg(long, value_name = "N")]
    pub(crate) max_entries: Option<u64>,
    /// Uncompressed bytes for each compressed one [default: 1000]
    #[arg(long, value_name = "N")]
    pub(crate) max_ratio: Option<u64>,
    /// Archives inside archives [default: 8]
    #[arg(long, value_name = "N")]
    pub(crate) max_depth: Option<u32>,
}

/// Shapes of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs; docs/report.schema.json describes it
    Json,
}

/// Verdicts that `--fail-on` makes a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A cause was found: exit 10
    Cause,
    /// The cause could not be told: exit 11
    Undetermined,
}

fn stated(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((path, name)) if !path.is_empty() && !name.is_empty() => {
            Ok((path.replace('\\', "/").trim_end_matches('/').to_owned(), name.to_owned()))
        }
        _ => Err("expected PATH=NAME, such as dc/Lsa.reg=dc01.contoso.example".to_owned()),
    }
}
