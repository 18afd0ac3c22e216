//! What went wrong with a file or an archive, in sentences of our own.
//!
//! The words of the system differ by system and language, and those of the crates by version; neither tells
//! a support engineer what to do, nor can they be translated. Here is one sentence for each kind of failure.

use std::fmt;
use std::io::{Error, ErrorKind};

use zip::result::ZipError;

use super::opening::UPLOAD_AGAIN;
use crate::source::Gap;
use crate::words::Statement;

/// A failure that this room found itself, by the key of its sentence.
#[derive(Debug)]
struct Known(&'static str);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Known {}

/// Damage that [`cause`] tells again, by the key of its sentence.
pub(super) fn damaged(sentence: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, Known(sentence))
}

/// What is wrong with a file, as a sentence that is the same on every system.
pub fn cause(error: &Error) -> Statement {
    if let Some(Known(sentence)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return Statement::new(*sentence);
    }
    Statement::new(match error.kind() {
        ErrorKind::UnexpectedEof => "gap.failure.ends",
        ErrorKind::NotFound => "gap.failure.gone",
        ErrorKind::PermissionDenied => "gap.failure.denied",
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other
            if error.raw_os_error().is_none() =>
        {
            "gap.failure.content"
        }
        _ => "gap.failure.system",
    })
}

/// Why something was not read, as far as that changes what to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is encrypted, and no password at hand opens it.
    Encrypted,
    /// An archive or a folder that holds no file, or a file of no bytes.
    Empty,
    /// Damage, a limit, or a kind that is not read.
    Other,
}

impl Unread {
    /// Of a gap, by its sentences.
    pub fn of(gap: &Gap) -> Unread {
        let says = |keys: &[&str]| gap.reason.iter().any(|reason| keys.contains(&reason.key.as_str()));
        if says(&["gap.bundle.encrypted", "gap.bundle.wrong-password", "gap.bundle.password-untried"]) {
            Unread::Encrypted
        } else if says(&["gap.bundle.zip-empty", "gap.bundle.no-file", "not-used.empty"]) {
            Unread::Empty
        } else {
            Unread::Other
        }
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Unread::Encrypted => "encrypted",
            Unread::Empty => "empty",
            Unread::Other => "unread",
        }
    }
}

/// What is wrong with the list of a zip archive, as a sentence.
pub(super) fn cause_of_zip(error: &ZipError) -> Statement {
    match error {
        ZipError::Io(error) => cause(error),
        ZipError::UnsupportedArchive(_) => Statement::new("gap.failure.zip-kind"),
        _ => Statement::new("gap.failure.zip-list"),
    }
}

/// The reason of a member of which not one byte could be read.
pub(super) fn unreadable_member(error: &Error) -> Vec<Statement> {
    if error.kind() == ErrorKind::Unsupported {
        return vec![Statement::new("gap.bundle.compression")];
    }
    vec![Statement::new("gap.bundle.damaged-from-start"), cause(error), Statement::new(UPLOAD_AGAIN)]
}

/// The reason of a file that the system does not open.
pub(super) fn cannot_open(error: &Error) -> Vec<Statement> {
    vec![Statement::new("gap.bundle.cannot-open"), cause(error)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_ours() {
        assert_eq!(cause(&damaged("gap.failure.tar-name")).key, "gap.failure.tar-name");
        assert_eq!(cause(&ErrorKind::PermissionDenied.into()).key, "gap.failure.denied");
        for error in
            [Error::other("Invalid checksum"), Error::new(ErrorKind::InvalidInput, "corrupt deflate stream")]
        {
            assert_eq!(cause(&error), Statement::new("gap.failure.content"));
        }
        // 5 is an input error of Linux and a denied access of Windows.
        assert_ne!(cause(&Error::from_raw_os_error(5)).key, "gap.failure.content");
        for error in [ZipError::InvalidArchive("Could not find EOCD".into()), ZipError::FileNotFound] {
            assert_eq!(cause_of_zip(&error), Statement::new("gap.failure.zip-list"));
        }
    }
}
