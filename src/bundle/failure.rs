//! What went wrong with a file or an archive, in words of our own.
//!
//! The words of the system differ by system and language, and those of the crates by version; neither tells
//! a support engineer what to do. Here is one sentence for each kind of failure.

use std::fmt;
use std::io::{Error, ErrorKind};

use zip::result::ZipError;

use super::opening::UPLOAD_AGAIN;

/// A failure that this room found itself, told in its own words.
#[derive(Debug)]
struct Known(&'static str);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Known {}

/// Damage, in words that [`cause`] gives again.
pub(super) fn damaged(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, Known(what))
}

/// What is wrong, as a clause.
pub(super) fn cause(error: &Error) -> &'static str {
    if let Some(Known(words)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return words;
    }
    match error.kind() {
        ErrorKind::UnexpectedEof => "its bytes end too early",
        ErrorKind::NotFound => "it is not there any more",
        ErrorKind::PermissionDenied => "access to it is denied",
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other
            if error.raw_os_error().is_none() =>
        {
            "its bytes, its size or its checksum are not what they should be"
        }
        _ => "the system could not read it",
    }
}

/// What is wrong with the list of a zip archive, as a clause.
pub(super) fn cause_of_zip(error: &ZipError) -> &'static str {
    match error {
        ZipError::Io(error) => cause(error),
        ZipError::UnsupportedArchive(_) => "it goes on in other files, or is of a kind that is not known",
        _ => "it is not as a zip archive's list has to be",
    }
}

/// The reason of a member of which not one byte could be read.
pub(super) fn unreadable_member(error: &Error) -> String {
    if error.kind() == ErrorKind::Unsupported {
        return "It is compressed or encrypted in a way that is not read. Ask for an archive made with Windows \
                Explorer or Compress-Archive."
            .to_owned();
    }
    format!("It is damaged from its start and cannot be read ({}). {UPLOAD_AGAIN}", cause(error))
}

/// The reason of a file that the system does not open.
pub(super) fn cannot_open(error: &Error) -> String {
    format!("It cannot be opened: {}. Check the rights to read it.", cause(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_ours() {
        assert_eq!(cause(&damaged("a header is missing")), "a header is missing");
        assert_eq!(cause(&ErrorKind::PermissionDenied.into()), "access to it is denied");
        for error in
            [Error::other("Invalid checksum"), Error::new(ErrorKind::InvalidInput, "corrupt deflate stream")]
        {
            assert!(cause(&error).contains("checksum are not what they should be"));
        }
        // 5 is an input error of Linux and a denied access of Windows.
        assert!(!cause(&Error::from_raw_os_error(5)).contains("os error"));
        for error in [ZipError::InvalidArchive("Could not find EOCD".into()), ZipError::FileNotFound] {
            assert_eq!(cause_of_zip(&error), "it is not as a zip archive's list has to be");
        }
    }
}
