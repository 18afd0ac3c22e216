//! Where output goes: standard output, a file, or standard error.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;

/// Writes to a file, or to standard output.
///
/// # Errors
/// The file cannot be written, or standard output is closed.
pub(super) fn write(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => {
            // Bytes as they are, so that a pipe gets what a file gets. Colours come only to a terminal, and
            // only there a stream that knows old consoles.
            if io::stdout().is_terminal() {
                write_to(anstream::stdout().lock(), text)?;
            } else {
                write_to(io::stdout().lock(), text)?;
            }
            Ok(())
        }
    }
}

fn write_to(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// What is not the report goes to standard error; where that is closed, nobody listens.
pub(crate) fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Whether the error is a closed pipe: a reader that has what it wanted.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Colour only where a person looks on.
pub(super) fn colour_on_standard_output() -> bool {
    io::stdout().is_terminal() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}
