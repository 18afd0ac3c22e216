//! `batch`: many bundles in one run, a row for each.

mod rows;
mod tally;

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use sspr_triage::batch::{Row, file_name, in_order, names};
use sspr_triage::progress::Progress;
use sspr_triage::report::text::TextOptions;
use sspr_triage::report::{Report, json, text};
use sspr_triage::words::Statement;
use sspr_triage::{Options, analyze, bundle};

use super::USAGE;
use super::console::Console;
use super::failure::{Failure, leads_nowhere};
use super::interrupt;
use super::limits::{self, LimitArgs};
use super::output::{complain, unbroken, whole, write_files};
use super::own_input;
use super::progress::{Unit, Watched};
use rows::{Done, ROWS, Rows};
use tally::Tally;

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
    #[arg(long, value_name = "N", value_parser = limits::threads, allow_negative_numbers = true)]
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
    name: String,
    line: String,
    /// Why it could not be used, for people.
    error: Option<String>,
    taken_over: bool,
}

impl Batch {
    /// Reads the bundles and writes a row for each.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        let bundles = self.bundles()?;
        self.refuse_output_in(&bundles)?;
        make_folder(&self.output)?;
        let output = self.output.display().to_string();
        if !self.resume && self.output.join(ROWS).exists() {
            let there = Statement::new("program.batch-there").with("path", output);
            complain(&console.words().say(&there));
            return Ok(USAGE);
        }
        if self.reports.is_some() {
            make_folder(&self.output.join(REPORTS))?;
        }
        let names = names(&bundles);
        let options = Options { limits: self.limits.limits(), ..Options::default() };
        let done = whole(|| Done::before(&self.output))?;
        let mut rows = Rows::begin(&self.output)?;
        let mut tally = Tally::of(bundles.len(), console, self.output.join(ROWS));
        let key = rows::key(&options, self.reports, console.for_programs());
        let work = Work { batch: self, done: &done, options: &options, console, key };
        let pieces = names.iter().zip(&bundles).map(|(name, path)| Piece { name, path });
        interrupt::last_words(console.when_interrupted("program.batch-interrupted", &output));
        let progress = Progress::default();
        progress.add_known(bundles.len() as u64);
        let watched = Watched::begin(console, "program.batch-reading", Unit::Things, &progress);
        in_order(
            pieces,
            self.threads(),
            |piece| work.result(&piece),
            |result| {
                let result = result?;
                whole(|| rows.write(&result.line))?;
                progress.add_done(1);
                tally.count(&result);
                anyhow::Ok(())
            },
        )?;
        drop(watched);
        interrupt::last_words(None);
        whole(|| rows.finish())?;
        tally.finish();
        // Rows are rows, and a path of the command line that leads nowhere is a mistake in it all the same.
        let missing = self.paths.iter().find(|path| is_missing(path));
        missing.map_or(Ok(0), |path| Err(Failure::no_path(path).into()))
    }

    /// The rows and the reports must not go over a bundle, nor into one.
    fn refuse_output_in(&self, bundles: &[PathBuf]) -> anyhow::Result<()> {
        own_input::refuse([self.output.as_path(), &self.output.join(ROWS)], bundles)?;
        let reports = self.output.join(REPORTS);
        let parents: Vec<&PathBuf> =
            self.paths.iter().filter(|path| self.children && path.is_dir()).collect();
        for parent in parents {
            // Beside the bundles is room for the folder of the results; among them is none for the results.
            if is_same(parent, &self.output) {
                own_input::refuse([self.output.as_path()], &[parent])?;
            }
        }
        for bundle in bundles.iter().filter(|bundle| own_input::is_below(bundle, &reports)) {
            own_input::refuse([bundle.as_path()], &[bundle])?;
        }
        Ok(())
    }

    fn threads(&self) -> NonZeroUsize {
        let processors = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads.unwrap_or_else(processors)
    }

    /// The paths of the bundles, in the order given; children of a folder in the order of their names. The
    /// output folder is none.
    ///
    /// # Errors
    /// A folder cannot be listed, there is nothing in those whose children are the bundles, or not one of the paths is
    /// there: one that is not is a row beside others.
    fn bundles(&self) -> anyhow::Result<Vec<PathBuf>> {
        if let [first, ..] = self.paths.as_slice()
            && self.paths.iter().all(|path| is_missing(path))
        {
            return Err(Failure::no_path(first).into());
        }
        let mut bundles = Vec::new();
        for path in &self.paths {
            if !(self.children && path.is_dir()) {
                bundles.push(path.clone());
                continue;
            }
            let cannot = |error| Failure::cannot_read(path, &error);
            let entries = fs::read_dir(path).map_err(cannot)?;
            let mut children: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map_err(cannot)?;
            children.retain(|child| !is_same(child, &self.output));
            children.sort();
            bundles.extend(children);
        }
        match (bundles.as_slice(), self.paths.as_slice()) {
            ([], [first, ..]) => {
                let path = unbroken(&first.display().to_string());
                Err(Failure::of_usage(Statement::new("program.batch-none").with("path", path)).into())
            }
            _ => Ok(bundles),
        }
    }
}

/// Whether nothing is there. What cannot be looked at may be.
fn is_missing(path: &Path) -> bool {
    path.metadata().is_err_and(|error| leads_nowhere(&error))
}

fn make_folder(path: &Path) -> std::result::Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| Failure::cannot_write(path, &error))
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
    console: Console,
    key: sspr_triage::batch::Key,
}

impl Work<'_> {
    /// The row of one bundle: of an earlier run, where that still holds, or a new one.
    fn result(&self, piece: &Piece<'_>) -> anyhow::Result<Result> {
        if let Some(row) = self.earlier(piece) {
            let (name, line) = (piece.name.to_owned(), row.line()?);
            return Ok(Result { name, line, error: row.error, taken_over: true });
        }
        let (row, error) = self.row(piece)?;
        Ok(Result { name: piece.name.to_owned(), line: row.line()?, error, taken_over: false })
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

    /// The row, and its error in the words of the one who waits.
    fn row(&self, piece: &Piece<'_>) -> anyhow::Result<(Row, Option<String>)> {
        let (language, people) = (self.console.for_programs(), self.console.for_people());
        let failed = |why: &Statement| {
            let row = Row::failed(piece.name, &self.key, why, language);
            Ok((row, Some(self.console.words().say(why))))
        };
        let analysis = match catch_unwind(|| analyze(&[piece.path], self.options)) {
            Ok(Ok(analysis)) => analysis,
            Ok(Err(bundle::OpenError::Unreadable { source, .. })) => return failed(&cannot_open(&source)),
            Err(_) => return failed(&Statement::new("program.fault")),
        };
        let report = analysis.report(language);
        let written = self.written(piece, &report)?;
        let row = Row::of(piece.name, &self.key, (&report, analysis.usable), written);
        let for_people =
            || Row::of(piece.name, &self.key, (&analysis.report(people), analysis.usable), None).error;
        let error = if analysis.usable { None } else { for_people() };
        Ok((row, error))
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
        write_files(&[(path, rendered)])?;
        Ok(Some(below))
    }
}

/// The row of a bundle that cannot be opened says why in words that are the same on every system.
fn cannot_open(error: &io::Error) -> Statement {
    Statement::new(match error.kind() {
        _ if leads_nowhere(error) => "batch.missing",
        io::ErrorKind::PermissionDenied => "batch.denied",
        _ => "batch.unreadable",
    })
}
