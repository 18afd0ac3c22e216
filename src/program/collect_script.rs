//! `collect-script`: a block of PowerShell that collects what is missing.

use std::path::PathBuf;

use clap::Args;

use sspr_triage::collect_script::{self, NoScript};
use sspr_triage::report::model::SCHEMA;
use sspr_triage::words::Statement;

use super::USAGE;
use super::console::Console;
use super::diff::read_report;
use super::output::{complain, write_to};
use super::own_input;

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
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        own_input::refuse(self.output.as_deref(), self.report.as_slice())?;
        let script = match &self.report {
            Some(path) => collect_script::for_report(&read_report(path)?),
            None => collect_script::general(&self.users, &self.accounts),
        };
        match script {
            Ok(script) => {
                write_to(&script, self.output.as_deref())?;
                Ok(0)
            }
            Err(NoScript::Nothing) => {
                console.note(&Statement::new("program.script-nothing"));
                Ok(0)
            }
            Err(no) => {
                complain(&console.words().say(&in_words(&no)));
                Ok(USAGE)
            }
        }
    }
}

/// What to say to the one who asked for a script that there is not.
fn in_words(no: &NoScript) -> Statement {
    match no {
        NoScript::Value(value) => Statement::new("program.script-value").with("value", format!("{value:?}")),
        NoScript::Schema(schema) => Statement::new("program.script-schema")
            .with("schema", format!("{schema:?}"))
            .with("wanted", SCHEMA),
        NoScript::Artifact(id) => Statement::new("program.script-artifact").with("id", format!("{id:?}")),
        NoScript::Nothing => Statement::new("program.script-nothing"),
    }
}
