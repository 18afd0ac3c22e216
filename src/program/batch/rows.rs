//! The rows of a run on the disk, and those that an earlier run left.
//!
//! Rows are written as they come, so that a run that ends early leaves what it did. `--resume` moves them
//! aside into one file with those of all runs before, and takes them from there.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sspr_triage::Options;
use sspr_triage::batch::{Key, Row, digest};
use sspr_triage::words::Language;

use super::Format;
use crate::program::failure::Failure;

/// The rows.
pub(super) const ROWS: &str = "results.jsonl";
/// The rows of earlier runs, while a run goes on.
const EARLIER: &str = "results.earlier.jsonl";

/// The part of the key that all bundles of a run share.
pub(super) fn key(options: &Options, reports: Option<Format>, language: Language) -> Key {
    Key {
        sha256: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        knowledge: sspr_triage::knowledge::fingerprint(),
        options: digest(&format!("{options:?} {reports:?} {language:?}")),
    }
}

/// The rows of earlier runs: where each stands, so that memory holds no rows.
pub(super) struct Done {
    rows: HashMap<(Key, String), u64>,
    file: Option<Mutex<BufReader<File>>>,
}

impl Done {
    /// Moves the rows of the last run aside, and finds out what is there.
    pub(super) fn before(output: &Path) -> anyhow::Result<Done> {
        let (last, earlier) = (output.join(ROWS), output.join(EARLIER));
        let cannot = |error| Failure::cannot_write(&earlier, &error);
        if last.exists() {
            append(&last, &earlier).map_err(cannot)?;
            fs::remove_file(&last).map_err(cannot)?;
        }
        if !earlier.exists() {
            return Ok(Done { rows: HashMap::new(), file: None });
        }
        let mut file = BufReader::new(File::open(&earlier).map_err(cannot)?);
        let rows = index(&mut file).map_err(cannot)?;
        Ok(Done { rows, file: Some(Mutex::new(file)) })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of a bundle, where an earlier run wrote it.
    pub(super) fn row(&self, key: &Key, name: &str) -> Option<Row> {
        let at = self.rows.get(&(key.clone(), name.to_owned()))?;
        let mut file = self.file.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(*at)).ok()?;
        let mut line = String::new();
        file.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }
}

/// Puts the rows of one file behind those of another. A row that was cut off gets a line of its own.
fn append(from: &Path, to: &Path) -> io::Result<()> {
    let mut to = OpenOptions::new().create(true).append(true).open(to)?;
    io::copy(&mut File::open(from)?, &mut to)?;
    to.write_all(b"\n")
}

fn index(file: &mut BufReader<File>) -> io::Result<HashMap<(Key, String), u64>> {
    let mut rows = HashMap::new();
    let (mut at, mut line) = (0_u64, Vec::new());
    loop {
        line.clear();
        let read = file.by_ref().read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(rows);
        }
        // A bundle that could not be opened is tried again.
        if let Ok(row) = serde_json::from_slice::<Row>(&line)
            && row.key.sha256.is_some()
        {
            rows.insert((row.key, row.bundle), at);
        }
        at = at.saturating_add(read as u64);
    }
}

/// The rows of this run.
pub(super) struct Rows {
    file: BufWriter<File>,
    path: PathBuf,
    earlier: PathBuf,
}

impl Rows {
    pub(super) fn begin(output: &Path) -> anyhow::Result<Rows> {
        let path = output.join(ROWS);
        let file = File::create(&path).map_err(|error| Failure::cannot_write(&path, &error))?;
        Ok(Rows { file: BufWriter::new(file), path, earlier: output.join(EARLIER) })
    }

    /// Writes a row, to the disk, so that nothing else has to come for it to be there.
    pub(super) fn write(&mut self, line: &str) -> anyhow::Result<()> {
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.flush());
        written.map_err(|error| Failure::cannot_write(&self.path, &error).into())
    }

    /// The run is complete: rows of earlier runs are not needed any more.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match fs::remove_file(&self.earlier) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::cannot_write(&self.earlier, &error).into())
            }
            _ => Ok(()),
        }
    }
}
