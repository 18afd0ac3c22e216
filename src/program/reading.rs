//! Reading an upload for a person who waits: with progress, and with every step told where that is wanted.

use std::path::Path;
use std::time::{Duration, Instant};

use sspr_triage::bundle::OpenError;
use sspr_triage::progress::Progress;
use sspr_triage::words::{Catalogue, Statement};
use sspr_triage::{Analysis, Options, Upload, conclude};

use super::console::Console;
use super::failure::Failure;
use super::progress::{Unit, Watched};

/// Reads an upload and concludes.
///
/// # Errors
/// A path does not exist or cannot be opened.
pub(super) fn read(
    paths: &[impl AsRef<Path>],
    options: &Options,
    console: Console,
) -> anyhow::Result<Analysis> {
    let begun = Instant::now();
    // The words are needed only when all is read, and parsing them takes as long as reading a small file.
    let language = console.for_people();
    rayon::spawn(move || {
        Catalogue::of(language);
    });
    let progress = Progress::default();
    let watched = Watched::begin(console, "program.reading", Unit::Bytes, &progress);
    let upload = sspr_triage::read(paths, options, &progress);
    drop(watched);
    let upload =
        upload.map_err(|OpenError::Unreadable { path, source }| Failure::cannot_read(&path, &source))?;
    tell_files(&upload, console);
    console.detail(|| took("program.read", begun.elapsed()).with("bytes", progress.done().to_string()));
    let begun = Instant::now();
    let analysis = conclude(upload, options);
    console.detail(|| took("program.concluded", begun.elapsed()));
    Ok(analysis)
}

/// Tells each file that was read.
fn tell_files(upload: &Upload, console: Console) {
    if !console.is_verbose() {
        return;
    }
    for file in upload.files() {
        let key = if file.records.is_some() { "program.read-log" } else { "program.read-file" };
        let told = Statement::new(key)
            .with("path", file.path.to_string())
            .with("kind", file.kind)
            .with("bytes", file.bytes.to_string())
            .with("records", file.records.unwrap_or_default().to_string());
        console.detail(|| told);
    }
}

/// A sentence about how long something took. A clock is read for standard error alone, never for a report.
pub(super) fn took(key: &'static str, time: Duration) -> Statement {
    Statement::new(key).with("seconds", format!("{:.2}", time.as_secs_f64()))
}
