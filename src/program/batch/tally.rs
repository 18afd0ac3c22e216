//! What became of the bundles of a run, in numbers, on standard error.

use std::io::IsTerminal;

use sspr_triage::words::Statement;

use super::Result;
use crate::program::console::Console;

/// The numbers so far.
pub(super) struct Tally {
    all: usize,
    read: usize,
    failed: usize,
    taken_over: usize,
    /// Where nobody sees the progress drawn, ten lines tell it.
    lines: bool,
    console: Console,
}

impl Tally {
    /// Nothing is read yet.
    pub(super) fn of(all: usize, console: Console) -> Self {
        let lines = !std::io::stderr().is_terminal();
        Tally { all, read: 0, failed: 0, taken_over: 0, lines, console }
    }

    /// One more is done.
    pub(super) fn count(&mut self, result: &Result) {
        self.read += 1;
        self.failed += usize::from(result.failed);
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
        self.console.note(&sum);
    }
}

fn of(read: usize, all: usize, key: &'static str) -> Statement {
    Statement::new(key).with("read", read.to_string()).with("all", all.to_string())
}
