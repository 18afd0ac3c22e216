//! How the program speaks to its user, on standard error: in which language, and how much.

use std::io::IsTerminal;

use clap::Args;

use sspr_triage::words::{Catalogue, Language, Statement};

use super::language::LanguageArg;
use super::output::{NAME, complain, message};

/// The language and the loudness as arguments, which every command takes.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Console {
    #[command(flatten)]
    language: LanguageArg,
    /// Say nothing on standard error but errors: no progress, no notes
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say on standard error what is read, and how long each step takes
    #[arg(long, short, global = true)]
    verbose: bool,
}

impl Console {
    /// The language for people.
    pub(crate) fn for_people(self) -> Language {
        self.language.for_people()
    }

    /// The language of shapes for programs.
    pub(super) fn for_programs(self) -> Language {
        self.language.for_programs()
    }

    /// The sentences for people.
    pub(super) fn words(self) -> &'static Catalogue {
        Catalogue::of(self.for_people())
    }

    /// Says something worth knowing that is no error.
    pub(super) fn note(self, what: &Statement) {
        self.remark(&self.words().say(what));
    }

    /// As [`note`](Self::note), in words at hand.
    pub(super) fn remark(self, what: &str) {
        if !self.quiet {
            complain(what);
        }
    }

    /// What to say of a path if Ctrl-C ends the program.
    pub(super) fn when_interrupted(self, key: &'static str, path: &str) -> Option<String> {
        let words = || self.words().say(&Statement::new(key).with("path", path));
        (!self.quiet).then(|| message(NAME, &words()))
    }

    /// Says what was done, where every step is to be told.
    pub(super) fn detail(self, what: impl FnOnce() -> Statement) {
        if self.verbose {
            complain(&self.words().say(&what()));
        }
    }

    /// Whether what was done is told.
    pub(super) fn is_verbose(self) -> bool {
        self.verbose
    }

    /// Whether progress is drawn: for a person who looks on, and does not get the details instead.
    pub(super) fn draws_progress(self) -> bool {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        !self.quiet && !self.verbose && !dumb && std::io::stderr().is_terminal()
    }
}
