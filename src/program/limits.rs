//! How an upload is opened, as arguments: budgets and passwords.

use std::num::{NonZeroUsize, ParseIntError};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::Resettable;

use sspr_triage::bundle::{Limits, Passwords};
use sspr_triage::words::Statement;

use super::failure::Failure;

/// Budgets: what is beyond is left out, and the report says so.
#[derive(Debug, Args)]
#[command(next_help_heading = "Budgets")]
pub(super) struct LimitArgs {
    /// Bytes of one file, uncompressed [default: 8 GiB]
    #[arg(long, value_name = "BYTES", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) max_file_bytes: Option<u64>,
    /// Bytes of all files together, uncompressed [default: 32 GiB]
    #[arg(long, value_name = "BYTES", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) max_total_bytes: Option<u64>,
    /// Files and folders, members of archives included [default: 100000]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) max_entries: Option<u64>,
    /// Uncompressed bytes for each compressed one [default: 1000]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) max_ratio: Option<u64>,
    /// Archives inside archives [default: 8]
    #[arg(long, value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub(super) max_depth: Option<u32>,
    /// Hash every file. Without it, those larger than 64 MiB below a folder or in an archive are not hashed
    #[arg(long)]
    pub(super) hash_all: bool,
    /// Passwords for encrypted members of zip archives: a text file in UTF-8, one password a line, tried in
    /// that order
    #[arg(long, value_name = "FILE", value_parser = passwords, help_heading = Resettable::Reset)]
    pub(super) password_file: Option<PasswordFile>,
}

/// A file of passwords.
#[derive(Debug, Clone)]
pub(super) struct PasswordFile {
    path: PathBuf,
    passwords: Passwords,
}

impl LimitArgs {
    /// The budgets: as given, otherwise the usual ones.
    pub(super) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            file_bytes: self.max_file_bytes.unwrap_or(usual.file_bytes),
            total_bytes: self.max_total_bytes.unwrap_or(usual.total_bytes),
            entries: self.max_entries.unwrap_or(usual.entries),
            ratio: self.max_ratio.unwrap_or(usual.ratio),
            depth: self.max_depth.unwrap_or(usual.depth),
            held_bytes: usual.held_bytes,
            hashed_bytes: if self.hash_all { u64::MAX } else { usual.hashed_bytes },
            passwords: self.password_file.as_ref().map(|file| file.passwords.clone()).unwrap_or_default(),
        }
    }
}

impl LimitArgs {
    /// All that is read: the upload, and the file of passwords.
    pub(super) fn inputs(&self, upload: &[PathBuf]) -> Vec<PathBuf> {
        let passwords = self.password_file.iter().map(|file| file.path.clone());
        upload.iter().cloned().chain(passwords).collect()
    }
}

/// A budget of nothing would leave out all, and the report would blame the upload.
/// A whole number. The parser's own range would be told in English only.
fn whole(text: &str) -> Result<u32, ParseIntError> {
    text.parse()
}

/// A whole number of threads.
pub(super) fn threads(text: &str) -> Result<NonZeroUsize, Failure> {
    text.parse().map_err(|_| Failure::of(Statement::new("program.number-from-one")))
}

fn at_least_one(text: &str) -> Result<u64, Failure> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Failure::of(Statement::new("program.number-from-one")))
}

fn passwords(path: &str) -> Result<PasswordFile, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::cannot_read(Path::new(path), &error))?;
    let wrong = |why: &'static str| Failure::of(Statement::new(why));
    let text = String::from_utf8(bytes).map_err(|_| wrong("program.passwords-not-utf-8"))?;
    let passwords = Passwords::from_lines(&text);
    if passwords.is_empty() {
        return Err(wrong("program.passwords-none"));
    }
    Ok(PasswordFile { path: PathBuf::from(path), passwords })
}
