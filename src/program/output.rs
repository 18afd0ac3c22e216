//! Where output goes: standard output, files, or standard error.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, process};

use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::report::text::TextOptions;
use sspr_triage::words::lines::lines;

use super::failure::Failure;
use super::width;

/// Writes to standard output.
///
/// # Errors
/// Standard output is closed, or takes no more.
pub(super) fn write(text: &str) -> anyhow::Result<()> {
    // Bytes as they are, so that a pipe gets what a file gets. Colours come only to a terminal, and
    // only there a stream that knows old consoles.
    let written = if io::stdout().is_terminal() {
        flushed(anstream::stdout().lock(), text)
    } else {
        flushed(io::stdout().lock(), text)
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::cannot_put_out(&error).into())
        }
        written => Ok(written?),
    }
}

fn flushed(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes to a file, or to standard output.
///
/// # Errors
/// The file cannot be written, or standard output is closed.
pub(super) fn write_to(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => write_files(&[(path.to_owned(), text.to_owned())]),
        None => write(text),
    }
}

/// Writes all files or none: each is written beside its name first, and named when all are there.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write_files(files: &[(PathBuf, String)]) -> anyhow::Result<()> {
    let staged: Vec<Staged> =
        files.iter().map(|(path, text)| Staged::write(path, text)).collect::<Result<_, Failure>>()?;
    whole(|| staged.into_iter().try_for_each(Staged::name))?;
    Ok(())
}

/// Files that are written beside their names, for whoever ends the program.
static UNNAMED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unnamed() -> MutexGuard<'static, Vec<PathBuf>> {
    UNNAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something short that Ctrl-C must not leave half done.
pub(super) fn whole<T>(short: impl FnOnce() -> T) -> T {
    let _no_end_meanwhile = SHORT.lock().unwrap_or_else(PoisonError::into_inner);
    short()
}

static SHORT: Mutex<()> = Mutex::new(());

/// Removes what has not got its name, lets nothing begin to be written any more, and calls what ends the
/// program.
pub(super) fn abandon(end: impl FnOnce()) {
    let _nothing_half_done = SHORT.lock().unwrap_or_else(PoisonError::into_inner);
    let unnamed = unnamed();
    for file in unnamed.iter() {
        let _ = fs::remove_file(file);
    }
    end();
}

/// Names that are devices on Windows in every folder, so that no file can stand beside them.
fn is_device(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    cfg!(windows) && ["nul", "con"].iter().any(|device| name.eq_ignore_ascii_case(device))
}

/// Begins a file that has no name yet; whoever ends the program knows of it.
fn begun(at: &Path) -> io::Result<fs::File> {
    let mut unnamed = unnamed();
    let file = fs::File::create(at)?;
    unnamed.push(at.to_owned());
    Ok(file)
}

/// A file that is written and has not got its name yet.
struct Staged {
    /// Where it is; none where the name is of something else than a file, such as a pipe, which was
    /// written at once.
    at: Option<PathBuf>,
    path: PathBuf,
    /// Its name as it was given.
    shown: PathBuf,
}

impl Staged {
    fn write(path: &Path, text: &str) -> Result<Self, Failure> {
        let shown = path.to_owned();
        let cannot = |error| Failure::cannot_write(&shown, &error);
        if is_device(path) {
            fs::write(path, text).map_err(cannot)?;
            return Ok(Staged { at: None, path: shown.clone(), shown });
        }
        // A link stays one, and what it points to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if path.exists() && !path.is_file() {
            fs::write(&path, text).map_err(cannot)?;
            return Ok(Staged { at: None, path, shown });
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.part", process::id()));
        let staged = Staged { at: Some(path.with_file_name(name)), path, shown: shown.clone() };
        if let Some(at) = &staged.at {
            let mut file = begun(at).map_err(cannot)?;
            file.write_all(text.as_bytes()).map_err(cannot)?;
        }
        Ok(staged)
    }

    fn name(mut self) -> Result<(), Failure> {
        if let Some(at) = &self.at {
            fs::rename(at, &self.path).map_err(|error| Failure::cannot_write(&self.shown, &error))?;
            self.forget();
        }
        Ok(())
    }

    /// It is not there any more under the name that it had first.
    fn forget(&mut self) {
        if let Some(at) = self.at.take() {
            unnamed().retain(|other| *other != at);
        }
    }
}

impl Drop for Staged {
    /// What did not get its name is of no use.
    fn drop(&mut self) {
        if let Some(at) = &self.at {
            let _ = fs::remove_file(at);
        }
        self.forget();
    }
}

/// What stands before a message, so that it is known whose it is.
pub(super) const NAME: &str = "sspr-triage: ";

/// A message in lines that fit the terminal. Words stay whole, and so does what [`unbroken`] made one.
pub(super) fn message(first: &str, text: &str) -> String {
    let mut message = String::new();
    for line in lines(&terminal_safe(text), width::of_standard_error(), first, "  ", true) {
        message.push_str(&line);
        message.push('\n');
    }
    message
}

/// A space at which no line is broken.
const UNBROKEN: char = '\u{a0}';

/// A path or a command, which must not be broken where it has spaces: it may be copied.
pub(super) fn unbroken(text: &str) -> String {
    text.replace(' ', &UNBROKEN.to_string())
}

/// What is not the report goes to standard error; where that is closed, nobody listens.
pub(super) fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Says why something could not be done, in lines that no terminal acts on.
pub(crate) fn complain(why: &str) {
    say(&message(NAME, why));
}

/// Whether the error is a closed pipe: a reader that has what it wanted.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Colour and the terminal's width only where a person looks on: a file or a pipe gets the same bytes everywhere.
pub(super) fn text_options(to_standard_output: bool) -> TextOptions {
    if !to_standard_output {
        return TextOptions::default();
    }
    let colour = io::stdout().is_terminal()
        && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    TextOptions { colour, width: width::of_standard_output() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_all_files_are_written_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (there, new) = (folder.path().join("there"), folder.path().join("new"));
        fs::write(&there, "before").unwrap();
        let unwritable = folder.path().join("no/such/folder");
        let files = [(there.clone(), "after".to_owned()), (new, String::new()), (unwritable, String::new())];
        assert!(write_files(&files).unwrap_err().to_string().contains("Name a folder that exists"));
        assert_eq!(fs::read_to_string(&there).unwrap(), "before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
        write_files(&files[..2]).unwrap();
        assert_eq!(fs::read_to_string(&there).unwrap(), "after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let left = unnamed().iter().filter(|file| file.starts_with(folder.path())).count();
        assert_eq!(left, 0, "nothing waits for its name");
        // The end of the program takes away what has not got its name.
        let part = folder.path().join(".there.part");
        begun(&part).unwrap();
        let mut ended = false;
        abandon(|| ended = true);
        assert!(ended && !part.exists() && there.exists());
    }
}
