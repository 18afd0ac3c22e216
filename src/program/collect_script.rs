//! `collect-script`: a block of PowerShell that collects what is missing.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use sspr_triage::collect_script::{self, NoScript};
use sspr_triage::report::Report;
use sspr_triage::report::terminal::terminal_safe;

use super::USAGE;
use super::output::{say, write, write_files};

/// Arguments of `collect-script`.
#[derive(Debug, Args)]
pub(super) struct CollectScript {
    /// Collect only what this JSON report asks for, with the users and accounts of its case
    #[arg(long = "for", value_name = "REPORT.json", conflicts_with_all = ["users", "accounts"])]
    report: Option<PathBuf>,
    /// User principal name of a user whose reset fails
    #[arg(long = "user", value_name = "UPN")]
    users: Vec<String>,
    /// Connector account, such as CONTOSO\MSOL_0123456789ab
    #[arg(long = "account", value_name = "ACCOUNT")]
    accounts: Vec<String>,
    /// Write the script to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl CollectScript {
    /// Writes the script.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let script = match &self.report {
            Some(path) => {
                let text =
                    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                let report: Report = serde_json::from_str(&text)
                    .with_context(|| format!("{} is no JSON report of sspr-triage", path.display()))?;
                collect_script::for_report(&report)
            }
            None => collect_script::general(&self.users, &self.accounts),
        };
        match script {
            Ok(script) => {
                match &self.output {
                    Some(path) => write_files(&[(path.clone(), script)])?,
                    None => write(&script)?,
                }
                Ok(0)
            }
            Err(NoScript::Nothing) => {
                say("sspr-triage: the report asks for nothing to be collected, so there is no script\n");
                Ok(0)
            }
            Err(no) => {
                say(&format!("sspr-triage: {}\n", terminal_safe(&no.to_string())));
                Ok(USAGE)
            }
        }
    }
}
