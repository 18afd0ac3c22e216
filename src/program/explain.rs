//! `explain`: a page of the documentation.

use clap::Args;

use sspr_triage::explain;

use super::USAGE;
use super::output::{say, write};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id, as reports show it: remote-sam, controller-denies-connector ...
    id: Option<String>,
}

impl Explain {
    /// Writes the page.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        match explain::explain(self.id.as_deref()) {
            Ok(page) => {
                write(&page)?;
                Ok(0)
            }
            Err(unknown) => {
                say(&format!("sspr-triage: {unknown}\n"));
                Ok(USAGE)
            }
        }
    }
}
