//! The picture of the timeline: one lane for each machine, marks for what happened, bars for the time that
//! logs cover.
//!
//! Minutes matter around a failure and logs reach back for months, so distances are not to scale: a
//! longer time gets a wider step, of a few widths. All of it is counted in whole numbers, so that every
//! machine draws the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Words;
use crate::report::Report;
use crate::report::model::{CoveredTime, TimelineEntry, TimelineKind};

/// Width of the picture, in its own units.
const WIDTH: i64 = 1000;
/// Where the first and the last moment stand.
const LEFT: i64 = 128;
const RIGHT: i64 = 948;
/// Most moments that are told apart; those nearest to each other are drawn as one.
const COLUMNS: usize = 24;
/// Most machines that are drawn.
const LANES: usize = 8;
/// Most rows of logs of one machine.
const LOGS: usize = 5;
/// Least distance of two labels of the axis.
const LABEL: i64 = 96;
/// Height of a row of marks, of a row of logs, and of a machine's name.
const MARK_ROW: i64 = 22;
const LOG_ROW: i64 = 20;
const NAME_ROW: i64 = 30;
const SPACE: i64 = 14;
const AXIS: i64 = 48;

/// What is drawn.
pub(super) struct Picture {
    pub(super) width: i64,
    pub(super) height: i64,
    /// Where the axis is.
    pub(super) axis: i64,
    pub(super) lanes: Vec<Lane>,
    pub(super) ticks: Vec<Tick>,
    /// Places of the axis where much time is left out.
    pub(super) breaks: Vec<i64>,
    pub(super) legend: Vec<Legend>,
    pub(super) description: String,
    /// Machines that are not drawn.
    pub(super) more: usize,
}

/// One machine.
pub(super) struct Lane {
    pub(super) top: i64,
    pub(super) height: i64,
    /// Base line of the name.
    pub(super) name_at: i64,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) logs: Vec<LogRow>,
    pub(super) marks: Vec<Mark>,
}

/// Logs of one channel.
pub(super) struct LogRow {
    pub(super) name: String,
    pub(super) y: i64,
    pub(super) bars: Vec<Bar>,
}

/// The time that one log covers.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) width: i64,
    pub(super) lost: bool,
    pub(super) title: String,
}

/// Something that happened, once or several times.
pub(super) struct Mark {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) class: &'static str,
    pub(super) path: &'static str,
    pub(super) count: Option<usize>,
    pub(super) title: String,
}

/// A label of the axis.
pub(super) struct Tick {
    pub(super) x: i64,
    pub(super) day: String,
    pub(super) clock: String,
}

/// What a mark means.
pub(super) struct Legend {
    pub(super) class: &'static str,
    pub(super) path: &'static str,
    pub(super) text: String,
}

/// The outline of a mark, around its middle.
fn outline(kind: TimelineKind) -> &'static str {
    match kind {
        TimelineKind::AttemptFailed => "M-6-6L6 6M6-6L-6 6",
        TimelineKind::AttemptSucceeded => "M-7 0L-2 5L7-6",
        TimelineKind::AttemptOpen => "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
        TimelineKind::EngineError => "M0-7L7 6H-7Z",
        TimelineKind::ServiceTrouble => "M2-8L-5 1H0L-2 8L5-1H0Z",
        TimelineKind::SamRestriction => "M0-7L7 0L0 7L-7 0Z",
        TimelineKind::SamAuditOnly => "M0-7L7 0L0 7L-7 0ZM-3 0H3",
        TimelineKind::SamDenied => "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0ZM-4-2H4V2H-4Z",
        TimelineKind::PolicyApplied => "M-5-7H5V7H-5ZM-2-3H2M-2 0H2M-2 3H2",
        TimelineKind::PasswordSet => "M-6-6H6V6H-6Z",
        TimelineKind::ProtectedStamped => "M0-7L6-5V0C6 4 3 6 0 8C-3 6-6 4-6 0V-5Z",
    }
}

/// Draws the timeline; none where there is nothing to draw.
pub(super) fn picture(report: &Report, words: &Words) -> Option<Picture> {
    let timeline = &report.timeline;
    let entries: Vec<(Timestamp, &TimelineEntry)> =
        timeline.entries.iter().filter_map(|entry| Some((entry.time.parse().ok()?, entry))).collect();
    let covered: Vec<(Timestamp, Timestamp, &CoveredTime)> = timeline
        .coverage
        .iter()
        .filter_map(|log| Some((log.from.parse().ok()?, log.to.parse().ok()?, log)))
        .collect();
    let ends = covered.iter().flat_map(|(from, to, _)| [*from, *to]);
    let axis = Axis::of(entries.iter().map(|(time, _)| *time).chain(ends))?;
    let names = machines(report);
    let more = names.len().saturating_sub(LANES);
    let mut top = 0;
    let mut lanes = Vec::new();
    for (machine, role) in names.into_iter().take(LANES) {
        let of_machine = |name: &Option<String>| *name == machine;
        let entries = entries.iter().filter(|(_, entry)| of_machine(&entry.machine));
        let covered = covered.iter().filter(|(_, _, log)| of_machine(&log.machine));
        let lane = Lane {
            top,
            height: 0,
            name_at: top + NAME_ROW - 9,
            name: machine.clone().unwrap_or_else(|| words.say("machine-unknown")),
            role: role.map(|role| words.say(&format!("role.{role}"))).unwrap_or_default(),
            logs: Vec::new(),
            marks: Vec::new(),
        };
        let lane = lane.filled(&axis, words, entries.copied(), covered.copied());
        top += lane.height;
        lanes.push(lane);
    }
    let kinds: BTreeSet<TimelineKind> = entries.iter().map(|(_, entry)| entry.kind).collect();
    let legend = kinds.into_iter().map(|kind| Legend {
        class: kind.word(),
        path: outline(kind),
        text: words.say(&format!("kind.{}", kind.word())),
    });
    Some(Picture {
        width: WIDTH,
        height: top + AXIS,
        axis: top,
        lanes,
        ticks: axis.ticks(&entries),
        breaks: axis.breaks(),
        legend: legend.collect(),
        description: description(report, words, &axis),
        more,
    })
}

/// The machines that have something to draw, with their roles: the Connect server, domain controllers, and
/// others, each by name; what is of no known machine comes last.
fn machines(report: &Report) -> Vec<(Option<String>, Option<&str>)> {
    let timeline = &report.timeline;
    let named = timeline.entries.iter().map(|entry| &entry.machine);
    let named: BTreeSet<&Option<String>> =
        named.chain(timeline.coverage.iter().map(|log| &log.machine)).collect();
    let role = |name: &Option<String>| {
        let machine = report.machines.iter().find(|machine| Some(&machine.name) == name.as_ref());
        machine.map(|machine| machine.role.as_str())
    };
    let mut machines: Vec<_> = named.into_iter().map(|name| (name.clone(), role(name))).collect();
    machines.sort_by_key(|(name, role)| match (name, role) {
        (None, _) => 3,
        (_, Some("connect-server")) => 0,
        (_, Some("domain-controller")) => 1,
        _ => 2,
    });
    machines
}

fn description(report: &Report, words: &Words, axis: &Axis) -> String {
    let (Some(first), Some(last)) = (axis.columns.first(), axis.columns.last()) else { return String::new() };
    let mut counts: BTreeMap<TimelineKind, usize> = BTreeMap::new();
    for entry in &report.timeline.entries {
        *counts.entry(entry.kind).or_default() += 1;
    }
    let counts = counts.into_iter().map(|(kind, count)| {
        let kind = words.say(&format!("kind.{}", kind.word()));
        words.with("picture-count", &[("kind", kind), ("count", count.to_string())])
    });
    let counts = counts.collect::<Vec<_>>().join(&words.say("list-separator"));
    let (from, to) = (first.from.to_string(), last.to.to_string());
    words.with("picture-description", &[("from", from), ("to", to), ("counts", counts)])
}

impl Lane {
    /// Puts in marks and logs, and takes the height that they need.
    fn filled<'a>(
        mut self,
        axis: &Axis,
        words: &Words,
        entries: impl Iterator<Item = (Timestamp, &'a TimelineEntry)>,
        covered: impl Iterator<Item = (Timestamp, Timestamp, &'a CoveredTime)>,
    ) -> Self {
        let mut at: BTreeMap<i64, BTreeMap<TimelineKind, Vec<&TimelineEntry>>> = BTreeMap::new();
        for (time, entry) in entries {
            at.entry(axis.x(time)).or_default().entry(entry.kind).or_default().push(entry);
        }
        let rows = at.values().map(BTreeMap::len).max().unwrap_or(0);
        let mut y = self.top + NAME_ROW;
        for (x, kinds) in at {
            for (row, (kind, same)) in (0..).zip(kinds) {
                self.marks.push(mark(x, y + row * MARK_ROW + MARK_ROW / 2, kind, &same, words));
            }
        }
        y += MARK_ROW * i64::try_from(rows).unwrap_or(0);
        let mut logs: BTreeMap<String, Vec<Bar>> = BTreeMap::new();
        for (from, to, log) in covered {
            let x = axis.x(from);
            let lost = if log.lost > 0 { words.count("log-lost", log.lost) } else { String::new() };
            let values = [("path", log.path.clone()), ("from", log.from.clone()), ("to", log.to.clone())];
            let title = format!("{}{lost}", words.with("log-title", &values));
            let width = (axis.x(to) - x).max(4);
            let bar = Bar { x, width, lost: log.lost > 0, title };
            let name = match log.channels.as_slice() {
                [one] => one.rsplit(['-', '/']).next().unwrap_or(one).chars().take(14).collect(),
                _ => words.say("several-channels"),
            };
            let row = logs.entry(name).or_default();
            // A log that was archived a hundred times would draw a hundred times the same.
            if !row.iter().any(|other| (other.x, other.width, other.lost) == (bar.x, bar.width, bar.lost)) {
                row.push(bar);
            }
        }
        for (name, bars) in few(logs, words) {
            self.logs.push(LogRow { name, y: y + LOG_ROW / 2, bars });
            y += LOG_ROW;
        }
        if self.logs.is_empty() {
            self.logs.push(LogRow { name: words.say("no-log"), y: y + LOG_ROW / 2, bars: Vec::new() });
            y += LOG_ROW;
        }
        self.height = y + SPACE - self.top;
        self
    }
}

/// No more rows than there is room for: what is beyond shares the last one.
fn few(logs: BTreeMap<String, Vec<Bar>>, words: &Words) -> Vec<(String, Vec<Bar>)> {
    let too_many = logs.len() > LOGS;
    let mut rows: Vec<(String, Vec<Bar>)> = Vec::new();
    for (name, bars) in logs {
        let is_full = too_many && rows.len() == LOGS;
        match rows.last_mut() {
            Some((last, shared)) if is_full => {
                *last = words.say("several-channels");
                shared.extend(bars);
            }
            _ => rows.push((name, bars)),
        }
    }
    rows
}

fn mark(x: i64, y: i64, kind: TimelineKind, same: &[&TimelineEntry], words: &Words) -> Mark {
    const TOLD: usize = 5;
    let told = same.iter().take(TOLD).map(|entry| format!("{}  {}", entry.time, entry.text));
    let mut title = told.collect::<Vec<_>>().join("; ");
    if same.len() > TOLD {
        title.push_str(&words.count("mark-more", same.len() - TOLD));
    }
    Mark {
        x,
        y,
        class: kind.word(),
        path: outline(kind),
        count: (same.len() > 1).then_some(same.len()),
        title,
    }
}

/// Moments that are drawn at one place.
struct Column {
    from: Timestamp,
    to: Timestamp,
    x: i64,
}

struct Axis {
    columns: Vec<Column>,
}

impl Axis {
    fn of(times: impl Iterator<Item = Timestamp>) -> Option<Self> {
        let times: Vec<Timestamp> = times.collect::<BTreeSet<_>>().into_iter().collect();
        let apart = |at: usize| {
            let (a, b) = (times.get(at - 1)?, times.get(at)?);
            Some(b.duration_since(*a))
        };
        let mut cuts: Vec<usize> = (1..times.len()).collect();
        cuts.sort_by_key(|at| (Reverse(apart(*at)), *at));
        cuts.truncate(COLUMNS - 1);
        cuts.sort_unstable();
        let ends = cuts.iter().copied().chain([times.len()]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let mut columns: Vec<Column> = starts
            .zip(ends)
            .filter_map(|(start, end)| {
                let part = times.get(start..end)?;
                Some(Column { from: *part.first()?, to: *part.last()?, x: 0 })
            })
            .collect();
        let mut steps = vec![0];
        steps.extend(columns.windows(2).filter_map(|pair| match pair {
            [a, b] => Some(step(b.from.duration_since(a.to).as_secs())),
            _ => None,
        }));
        let total: i64 = steps.iter().sum();
        let mut so_far = 0;
        for (column, step) in columns.iter_mut().zip(steps) {
            so_far += step;
            column.x = match total {
                0 => (LEFT + RIGHT) / 2,
                total => LEFT + (RIGHT - LEFT) * so_far / total,
            };
        }
        (!columns.is_empty()).then_some(Axis { columns })
    }

    fn x(&self, time: Timestamp) -> i64 {
        let at = self.columns.partition_point(|column| column.to < time);
        self.columns.get(at).or(self.columns.last()).map_or(LEFT, |column| column.x)
    }

    /// Labels for as many moments as there is room for; failures first, then the ends.
    fn ticks(&self, entries: &[(Timestamp, &TimelineEntry)]) -> Vec<Tick> {
        let failed: BTreeSet<i64> = entries
            .iter()
            .filter(|(_, entry)| entry.kind == TimelineKind::AttemptFailed)
            .map(|(time, _)| self.x(*time))
            .collect();
        let last = self.columns.len().saturating_sub(1);
        let mut order: Vec<(usize, &Column)> = self.columns.iter().enumerate().collect();
        order.sort_by_key(|(at, column)| (!failed.contains(&column.x), *at != 0 && *at != last, *at));
        let mut labelled: Vec<&Column> = Vec::new();
        for (_, column) in order {
            if labelled.iter().all(|other| (other.x - column.x).abs() >= LABEL) {
                labelled.push(column);
            }
        }
        labelled.sort_by_key(|column| column.x);
        let tick = |column: &&Column| {
            let text = column.from.to_string();
            let (day, clock) = text.split_once('T').unwrap_or((&text, ""));
            let clock = clock.split(['.', 'Z']).next().unwrap_or_default().to_owned();
            Tick { x: column.x, day: day.to_owned(), clock }
        };
        labelled.iter().map(tick).collect()
    }

    /// Between which columns more than a quarter of a day lies.
    fn breaks(&self) -> Vec<i64> {
        const LONG: i64 = 6 * 3600;
        let pairs = self.columns.windows(2).filter_map(|pair| match pair {
            [a, b] if b.from.duration_since(a.to).as_secs() >= LONG => Some((a.x + b.x) / 2),
            _ => None,
        });
        pairs.collect()
    }
}

/// The width of a step, by the seconds between.
fn step(seconds: i64) -> i64 {
    match seconds {
        ..10 => 3,
        10..60 => 4,
        60..3_600 => 5,
        3_600..21_600 => 6,
        21_600..86_400 => 7,
        86_400..604_800 => 8,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(seconds: impl IntoIterator<Item = i64>) -> Axis {
        Axis::of(seconds.into_iter().map(|second| Timestamp::from_second(second).unwrap())).unwrap()
    }

    fn places(axis: &Axis) -> Vec<i64> {
        axis.columns.iter().map(|column| column.x).collect()
    }

    #[test]
    fn a_longer_time_gets_a_wider_step() {
        // Steps of 3 (5 s), 5 (10 min) and 9 (30 days), over 820 units.
        let axis = axis([0, 5, 605, 605 + 30 * 86_400]);
        assert_eq!(places(&axis), [128, 128 + 820 * 3 / 17, 128 + 820 * 8 / 17, 948]);
        assert_eq!(axis.breaks(), [(128 + 820 * 8 / 17 + 948) / 2]);
    }

    #[test]
    fn one_moment_stands_in_the_middle() {
        assert_eq!(places(&axis([7, 7])), [538]);
        assert!(Axis::of(std::iter::empty()).is_none());
    }

    #[test]
    fn of_many_moments_the_nearest_are_drawn_as_one() {
        // A hundred pairs, and one pair far away: that is never drawn as one with others.
        let axis = axis((0..100).flat_map(|at| [at * 100, at * 100 + 1]).chain([1_000_000, 2_000_000]));
        let places = places(&axis);
        assert_eq!(places.len(), COLUMNS);
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        let x = |second| axis.x(Timestamp::from_second(second).unwrap());
        assert_eq!(x(0), x(1), "a pair");
        assert!(x(9_901) < x(1_000_000) && x(1_000_000) < x(2_000_000));
        assert_eq!((x(0), x(2_000_000)), (LEFT, RIGHT));
    }

    #[test]
    fn labels_have_room() {
        let axis = axis((0..24).map(|at| at * 100));
        let ticks = axis.ticks(&[]);
        assert!(ticks.windows(2).all(|pair| pair[1].x - pair[0].x >= LABEL));
        assert_eq!(
            (ticks[0].x, ticks[0].day.as_str(), ticks[0].clock.as_str()),
            (LEFT, "1970-01-01", "00:00:00")
        );
        assert_eq!(ticks.last().unwrap().x, RIGHT);
    }
}
