//! `events`: the events of a bundle in order of time, with filters, and the records around them.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use sspr_triage::bundle::OpenError;
use sspr_triage::events::{self, Query, Timeline};
use sspr_triage::progress::Progress;
use sspr_triage::words::Statement;

use super::NOTHING_USABLE;
use super::console::Console;
use super::failure::Failure;
use super::limits::LimitArgs;
use super::output::{complain, write_to};
use super::own_input;
use super::progress::{Unit, Watched};
use super::reading::took;
use super::width;

/// Gaps that are told one by one.
const GAPS: usize = 50;

/// Arguments of `events`.
#[derive(Debug, Args)]
pub(super) struct Events {
    /// A folder, a file, or an archive; several are one bundle
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Shape of the list
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write the list to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// From this time on: 2026-10-05T07:14:00Z, 2026-10-05T16:14:00+09:00, or a day of UTC, 2026-10-05
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Up to and including this time, or to the end of this day of UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Timestamp>,
    /// Events that name this user, and those of the same operations: a user principal name, account name,
    /// object id, SID or distinguished name
    #[arg(long = "user", value_name = "USER")]
    users: Vec<String>,
    /// Events that name this TrackingId
    #[arg(long = "tracking-id", value_name = "ID")]
    tracking_ids: Vec<String>,
    /// Events of this ID. Without it, events that only say that the service lives are listed once for each
    /// computer of a log
    #[arg(long = "event-id", value_name = "ID", value_parser = event_id, allow_negative_numbers = true)]
    ids: Vec<u16>,
    /// Events of this provider
    #[arg(long = "provider", value_name = "NAME")]
    providers: Vec<String>,
    /// Also list, in brief, the N records before and after each event in its log, whatever they are (at most 50)
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = context, allow_negative_numbers = true, hide_default_value = true)]
    context: usize,
    /// In the table, all that an event says and not only its first line
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Shapes of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs: a JSON object on each line
    Jsonl,
    /// For spreadsheets
    Csv,
}

impl Events {
    /// Writes the list; what is missing in it goes to standard error.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        own_input::refuse(self.output.as_deref(), &self.limits.inputs(&self.paths))?;
        if let (Some(since), Some(before)) = (self.since, self.until)
            && since >= before
        {
            return Err(Failure::of_usage(Statement::new("program.times-inverted")).into());
        }
        let timeline = self.timeline(console)?;
        for log in &timeline.logs {
            let told = Statement::new("program.read-log")
                .with("path", log.path.to_string())
                .with("kind", "event-log");
            let told = told.with("bytes", log.bytes.to_string()).with("records", log.records.to_string());
            console.detail(|| told);
        }
        if !timeline.usable {
            // A list that was written before is worth more than an empty one.
            tell_gaps(&timeline, console);
            complain(&console.words().say(&Statement::new("program.no-event-log")));
            return Ok(NOTHING_USABLE);
        }
        let rendered = match self.format {
            Format::Table => {
                let columns = if self.output.is_some() { width::USUAL } else { width::of_standard_output() };
                events::table(&timeline, console.for_people(), self.full, columns)
            }
            Format::Jsonl => events::jsonl(&timeline)?,
            Format::Csv => events::csv(&timeline),
        };
        write_to(&rendered, self.output.as_deref())?;
        tell_gaps(&timeline, console);
        for id in self.ids.iter().filter(|id| !events::is_known(**id)) {
            console.note(&Statement::new("program.no-such-event").with("id", id.to_string()));
        }
        if timeline.found() == 0 {
            let is_filtered = self.query() != Query { context: self.context, ..Query::default() };
            console.note(&Statement::new(if is_filtered {
                "program.no-event"
            } else {
                "program.no-event-kept"
            }));
        }
        if timeline.without_context > 0 {
            let shown = timeline.found().saturating_sub(timeline.without_context).to_string();
            let count = timeline.without_context.to_string();
            console
                .note(&Statement::new("program.without-context").with("shown", shown).with("count", count));
        }
        Ok(0)
    }

    fn timeline(&self, console: Console) -> Result<Timeline, Failure> {
        let (begun, progress) = (Instant::now(), Progress::default());
        let watched = Watched::begin(console, "program.reading", Unit::Bytes, &progress);
        let listed = events::list_counting(&self.paths, &self.limits.limits(), &self.query(), &progress);
        drop(watched);
        console.detail(|| took("program.read", begun.elapsed()).with("bytes", progress.done().to_string()));
        listed.map_err(|OpenError::Unreadable { path, source }| Failure::cannot_read(&path, &source))
    }

    fn query(&self) -> Query {
        Query {
            since: self.since,
            before: self.until,
            users: self.users.clone(),
            tracking_ids: self.tracking_ids.clone(),
            ids: self.ids.clone(),
            providers: self.providers.clone(),
            context: self.context,
        }
    }
}

fn tell_gaps(timeline: &Timeline, console: Console) {
    let words = console.words();
    for gap in timeline.gaps.iter().take(GAPS) {
        let place = words.say(&gap.place.in_words());
        let line = format!("{}, {place}: {}", gap.path, words.say_all(&gap.reason));
        console.remark(&line);
    }
    let more = timeline.gaps.len().saturating_sub(GAPS);
    if more > 0 {
        console.note(&Statement::new("program.and-more-gaps").with("count", more.to_string()));
    }
}

fn context(text: &str) -> Result<usize, Failure> {
    let count = text.parse().ok().filter(|count| *count <= events::CONTEXT_MAX);
    count.ok_or_else(|| number_up_to(&events::CONTEXT_MAX.to_string()))
}

fn event_id(text: &str) -> Result<u16, Failure> {
    text.parse().map_err(|_| number_up_to(&u16::MAX.to_string()))
}

fn number_up_to(most: &str) -> Failure {
    Failure::of(Statement::new("program.number-up-to").with("most", most))
}

fn since(text: &str) -> Result<Timestamp, Failure> {
    events::since(text).map_err(|_| no_time())
}

fn until(text: &str) -> Result<Timestamp, Failure> {
    events::until(text).map_err(|_| no_time())
}

fn no_time() -> Failure {
    Failure::of(Statement::new("program.no-time"))
}
