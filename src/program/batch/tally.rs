//! What became of the bundles of a run, in numbers, on standard error.

use std::io::IsTerminal;
use std::path::PathBuf;

use sspr_triage::words::Statement;

use super::{ROWS, Result};
use crate::program::console::Console;

/// Errors that are told one by one.
const TOLD: usize = 3;

/// The numbers so far.
pub(super) struct Tally {
    all: usize,
    read: usize,
    failed: usize,
    /// The first errors: the bundle, and why.
    errors: Vec<(String, String)>,
    taken_over: usize,
    /// Where the rows are.
    rows: PathBuf,
    /// Where nobody sees the progress drawn, ten lines tell it.
    lines: bool,
    console: Console,
}

impl Tally {
    /// Nothing is read yet.
    pub(super) fn of(all: usize, console: Console, rows: PathBuf) -> Self {
        let lines = !std::io::stderr().is_terminal();
        Tally { all, read: 0, failed: 0, errors: Vec::new(), taken_over: 0, rows, lines, console }
    }

    /// One more is done.
    pub(super) fn count(&mut self, result: &Result) {
        self.read += 1;
        if let Some(error) = &result.error {
            self.failed += 1;
            if self.errors.len() < TOLD {
                self.errors.push((result.name.clone(), error.clone()));
            }
        }
        self.taken_over += usize::from(result.taken_over);
        let (read, all) = (self.read, self.all);
        self.console.detail(|| of(read, all, "program.batch-read-one").with("name", result.name.as_str()));
        if self.lines && read < all && (read * 10 / all) > ((read - 1) * 10 / all) {
            self.console.note(&of(read, all, "program.batch-read"));
        }
    }

    /// All are done.
    pub(super) fn finish(&self) {
        let sum = Statement::new("program.batch-sum")
            .with("bundles", self.read.to_string())
            .with("failed", self.failed.to_string())
            .with("earlier", self.taken_over.to_string());
        self.console.note(&sum.with("path", self.rows.display().to_string()));
        for (name, error) in &self.errors {
            self.console.remark(&format!("{name}: {error}"));
        }
        let more = self.failed.saturating_sub(self.errors.len());
        if more > 0 {
            let more = Statement::new("program.batch-more-errors").with("count", more.to_string());
            self.console.note(&more.with("rows", ROWS));
        }
    }
}

fn of(read: usize, all: usize, key: &'static str) -> Statement {
    Statement::new(key).with("read", read.to_string()).with("all", all.to_string())
}
