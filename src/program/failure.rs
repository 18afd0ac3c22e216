//! What the program could not do, in sentences of our own that say what to do next. The system's words come
//! in its own language, and only where we have none.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

use sspr_triage::words::{Catalogue, Language, Statement};

use super::output::unbroken;
use super::{COULD_NOT_FINISH, USAGE};

/// Why something could not be done, as sentences that are said in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    what: Vec<Statement>,
    code: u8,
}

impl Failure {
    /// A failure that needs no file.
    pub(super) fn of(what: impl Into<Vec<Statement>>) -> Failure {
        Failure { what: what.into(), code: COULD_NOT_FINISH }
    }

    /// What was asked for cannot be done, whatever the input.
    pub(super) fn of_usage(what: impl Into<Vec<Statement>>) -> Failure {
        Failure { code: USAGE, ..Failure::of(what) }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// A file, folder or archive cannot be opened or read. A path that leads nowhere is a wrong argument.
    pub(super) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
        if leads_nowhere(error) {
            return Failure::no_path(path);
        }
        let why = match error.kind() {
            ErrorKind::PermissionDenied => Statement::new("program.read-denied"),
            ErrorKind::IsADirectory => Statement::new("program.read-folder"),
            ErrorKind::InvalidData if error.raw_os_error().is_none() => Statement::new("program.read-text"),
            ErrorKind::InvalidInput if error.raw_os_error().is_none() => {
                Statement::new("program.read-no-file")
            }
            _ => other(error),
        };
        Failure::of(vec![of_path("program.cannot-read", path), why])
    }

    /// A path of the command line leads nowhere.
    pub(super) fn no_path(path: &Path) -> Failure {
        // The shells of Windows hand over what others resolve.
        let has_wildcard = path.to_string_lossy().contains(['*', '?']);
        let why = match path.to_str() {
            Some("-") => "program.read-no-input",
            _ if has_wildcard => "program.read-wildcard",
            _ => "program.read-missing",
        };
        Failure::of_usage(vec![of_path("program.cannot-read", path), Statement::new(why)])
    }

    /// A file or folder cannot be written.
    pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Failure {
        Failure::of(vec![of_path("program.cannot-write", path), not_written(error)])
    }

    /// Standard output cannot be written.
    pub(super) fn cannot_put_out(error: &io::Error) -> Failure {
        Failure::of(vec![Statement::new("program.cannot-put-out"), not_written(error)])
    }

    /// The sentences in a language.
    pub(crate) fn in_words(&self, language: Language) -> String {
        Catalogue::of(language).say_all(&self.what)
    }
}

/// Why something cannot be written.
fn not_written(error: &io::Error) -> Statement {
    match error.kind() {
        ErrorKind::NotFound => Statement::new("program.write-no-folder"),
        ErrorKind::NotADirectory => Statement::new("program.write-below-file"),
        ErrorKind::AlreadyExists => Statement::new("program.write-file"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Statement::new("program.write-denied"),
        ErrorKind::IsADirectory => Statement::new("program.write-folder"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Statement::new("program.write-full"),
        _ => other(error),
    }
}

fn of_path(key: &'static str, path: &Path) -> Statement {
    Statement::new(key).with("path", unbroken(&path.display().to_string()))
}

/// Whether nothing is at the path that was tried, because a part of it is missing, is a file, or is no name that the
/// system has.
pub(super) fn leads_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

/// Windows lets nobody read or replace what another program holds open, and has two numbers for that.
fn other(error: &io::Error) -> Statement {
    match error.raw_os_error() {
        Some(32 | 33) if cfg!(windows) => Statement::new("program.in-use"),
        _ => Statement::new("program.system").with("error", error.to_string()),
    }
}

/// English, for where nobody knows a language.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Language::English))
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_what_to_do_in_both_languages() {
        let path = Path::new("a/b");
        for (kind, reading, writing) in [
            (ErrorKind::NotFound, "spelling", "folder that exists"),
            (ErrorKind::PermissionDenied, "may read", "may write"),
            (ErrorKind::IsADirectory, "is a folder", "is a folder"),
            (ErrorKind::StorageFull, "The system says", "disk is full"),
        ] {
            let error = io::Error::from(kind);
            for (failure, says) in [
                (Failure::cannot_read(path, &error), reading),
                (Failure::cannot_write(path, &error), writing),
            ] {
                let english = failure.to_string();
                assert!(english.contains("a/b") && english.contains(says), "{kind}: {english}");
                let japanese = failure.in_words(Language::Japanese);
                assert!(japanese.contains("a/b") && !japanese.contains("annot"), "{kind}: {japanese}");
            }
        }
    }
}
