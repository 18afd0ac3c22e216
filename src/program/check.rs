//! `check`: every case under a folder gets the answer that it expects.

use std::path::PathBuf;

use clap::Args;

use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::{Options, case_check};

use super::limits::LimitArgs;
use super::output::{say, write};
use super::{NOT_AS_EXPECTED, USAGE};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folder with cases at any depth
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

impl Check {
    /// Runs the cases and writes a line for each.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let options = Options { limits: self.limits.limits(), stated: Vec::new() };
        let results = match case_check::check(&self.folder, &options) {
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
        write(&lines)?;
        Ok(if differing == 0 { 0 } else { NOT_AS_EXPECTED })
    }
}
