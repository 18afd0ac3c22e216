//! `batch`: many bundles in one run, a row for each.

mod rows;

use std::fs;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use sspr_triage::batch::{Row, file_name, in_order, names};
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, json, text};
use sspr_triage::{Options, analyze, bundle};

use super::USAGE;
use super::language::LanguageArg;
use super::limits::LimitArgs;
use super::output::say;
use rows::{Done, ROWS, Rows};

/// Folder of the full reports, below the output folder.
const REPORTS: &str = "reports";

/// Arguments of `batch`.
#[derive(Debug, Args)]
pub(super) struct Batch {
    /// Folders, files or archives; each is one bundle
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Take each file and folder that stands directly in a PATH for one bundle, instead of the PATH itself
    #[arg(long)]
    pub(super) children: bool,
    /// Folder for results.jsonl and the reports; it is made where it does not exist
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// Write the full report of each bundle as well
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(super) reports: Option<Format>,
    /// Go on with what an earlier run into the same folder left: bundles that it did, with the same version and
    /// options, keep their rows
    #[arg(long)]
    pub(super) resume: bool,
    /// Bundles that are read at the same time [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

/// Shapes of the full reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For programs
    Json,
    /// For people
    Text,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Text => "txt",
        }
    }
}

/// One bundle of the run.
struct Piece<'p> {
    name: &'p str,
    path: &'p Path,
}

/// What became of one.
struct Result {
    line: String,
    failed: bool,
    taken_over: bool,
}

impl Batch {
    /// Reads the bundles and writes a row for each.
    pub(super) fn run(&self, language: LanguageArg) -> anyhow::Result<u8> {
        fs::create_dir_all(&self.output)
            .with_context(|| format!("cannot make the folder {}", self.output.display()))?;
        if !self.resume && self.output.join(ROWS).exists() {
            say(&format!(
                "sspr-triage: {} has results already; --resume goes on with them, or name another folder\n",
                self.output.display()
            ));
            return Ok(USAGE);
        }
        if self.reports.is_some() {
            fs::create_dir_all(self.output.join(REPORTS)).context("cannot make the folder of the reports")?;
        }
        let bundles = self.bundles()?;
        let names = names(&bundles);
        let options = Options { limits: self.limits.limits(), ..Options::default() };
        let done = Done::before(&self.output)?;
        let mut rows = Rows::begin(&self.output)?;
        let mut progress = Progress::of(bundles.len());
        let key = rows::key(&options, self.reports, language.for_programs());
        let work = Work { batch: self, done: &done, options: &options, language, key };
        let pieces = names.iter().zip(&bundles).map(|(name, path)| Piece { name, path });
        in_order(
            pieces,
            self.threads(),
            |piece| work.result(&piece),
            |result| {
                let result = result?;
                rows.write(&result.line)?;
                progress.count(&result);
                anyhow::Ok(())
            },
        )?;
        rows.finish()?;
        progress.finish();
        Ok(0)
    }

    fn threads(&self) -> NonZeroUsize {
        let processors = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads.unwrap_or_else(processors)
    }

    /// The paths of the bundles, in the order given; children of a folder in the order of their names. The
    /// output folder is none.
    fn bundles(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut bundles = Vec::new();
        for path in &self.paths {
            if !(self.children && path.is_dir()) {
                bundles.push(path.clone());
                continue;
            }
            let cannot = || format!("cannot read the folder {}", path.display());
            let entries = fs::read_dir(path).with_context(cannot)?;
            let mut children: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().with_context(cannot)?;
            children.retain(|child| !is_same(child, &self.output));
            children.sort();
            bundles.extend(children);
        }
        Ok(bundles)
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.is_dir()
        && one.canonicalize().ok().is_some_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// What is the same for every bundle of a run.
struct Work<'w> {
    batch: &'w Batch,
    done: &'w Done,
    options: &'w Options,
    language: LanguageArg,
    key: sspr_triage::batch::Key,
}

impl Work<'_> {
    /// The row of one bundle: of an earlier run, where that still holds, or a new one.
    fn result(&self, piece: &Piece<'_>) -> anyhow::Result<Result> {
        if let Some(row) = self.earlier(piece) {
            let failed = row.error.is_some();
            return Ok(Result { line: row.line()?, failed, taken_over: true });
        }
        let row = self.row(piece)?;
        Ok(Result { line: row.line()?, failed: row.error.is_some(), taken_over: false })
    }

    fn earlier(&self, piece: &Piece<'_>) -> Option<Row> {
        if self.done.is_empty() {
            return None;
        }
        let inputs = bundle::inputs(&[piece.path], &self.options.limits).ok()?;
        let sha256 = inputs.first().map(|input| input.sha256.clone());
        let row = self.done.row(&sspr_triage::batch::Key { sha256, ..self.key.clone() }, piece.name)?;
        let is_there = |report: &String| self.batch.output.join(report).is_file();
        row.report.as_ref().is_none_or(is_there).then_some(row)
    }

    fn row(&self, piece: &Piece<'_>) -> anyhow::Result<Row> {
        let analysis = match catch_unwind(|| analyze(&[piece.path], self.options)) {
            Ok(Ok(analysis)) => analysis,
            Ok(Err(bundle::OpenError::Unreadable { source, .. })) => {
                return Ok(Row::failed(
                    piece.name,
                    &self.key,
                    format!("it cannot be opened: {}", source.kind()),
                ));
            }
            Err(_) => {
                let fault = "a fault of sspr-triage itself; please report it".to_owned();
                return Ok(Row::failed(piece.name, &self.key, fault));
            }
        };
        let report = analysis.report(self.language.for_programs());
        let written = self.written(piece, &report)?;
        Ok(Row::of(piece.name, &self.key, (&report, analysis.usable), written))
    }

    /// Writes the full report where that was asked for, and returns its path below the output folder.
    fn written(&self, piece: &Piece<'_>, report: &Report) -> anyhow::Result<Option<String>> {
        let Some(format) = self.batch.reports else { return Ok(None) };
        let rendered = match format {
            Format::Json => json::render(report)?,
            Format::Text => text::render(report, &TextOptions::default()),
        };
        let sha256 = report.bundle.inputs.first().map_or("", |input| &input.sha256);
        let below = format!("{REPORTS}/{}", file_name(piece.name, sha256, format.extension()));
        let path = self.batch.output.join(&below);
        fs::write(&path, rendered).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Some(below))
    }
}

/// How far the run is, on standard error: a line that changes in a terminal, otherwise ten lines.
struct Progress {
    all: usize,
    read: usize,
    failed: usize,
    taken_over: usize,
    terminal: bool,
}

impl Progress {
    fn of(all: usize) -> Self {
        Progress { all, read: 0, failed: 0, taken_over: 0, terminal: io::stderr().is_terminal() }
    }

    fn count(&mut self, result: &Result) {
        self.read += 1;
        self.failed += usize::from(result.failed);
        self.taken_over += usize::from(result.taken_over);
        let (read, all) = (self.read, self.all);
        if self.terminal {
            say(&format!("\r{read} of {all} bundles"));
        } else if read < all && (read * 10 / all) > ((read - 1) * 10 / all) {
            say(&format!("{read} of {all} bundles\n"));
        }
    }

    fn finish(&self) {
        let Progress { read, failed, taken_over, .. } = self;
        let start = if self.terminal { "\r" } else { "" };
        say(&format!("{start}{read} bundles: {failed} with an error, {taken_over} done by an earlier run\n"));
    }
}
