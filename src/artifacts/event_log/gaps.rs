//! What was lost of a log, as statements.
//!
//! One gap for each damaged chunk, up to a number, and a few for the file as a whole: a log with ten
//! thousand bad records must not bury the report.

use super::chunk::Damage;
use super::coverage::Total;
use super::stream::FileHeader;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

const ASK_AGAIN: &str = "gap.ask.event-log";

/// What reading the file as a whole showed.
pub(super) struct FileFacts {
    pub(super) header: Option<FileHeader>,
    pub(super) junk: u64,
    /// Slots of chunks, used or not.
    pub(super) slots: u64,
    /// Where and why reading ended early.
    pub(super) failed: Option<(u64, Statement)>,
}

impl FileFacts {
    /// How many chunks the header counts beyond the end of the file.
    fn missing_chunks(&self) -> u64 {
        self.header.map_or(0, |header| header.chunks.saturating_sub(self.slots))
    }

    /// How many records the header proves to be missing with the file's end. It counts on from the last
    /// record written, and can only be too low in a log that was copied in use. In a log that wrapped,
    /// the newest records stand before the end, and this shows nothing.
    pub(super) fn missing_records(&self, newest: Option<u64>) -> u64 {
        /// A chunk holds fewer records than this.
        const PER_CHUNK_MAX: u64 = 2400;
        let missing = self.missing_chunks();
        let next = self.header.map_or(0, |header| header.next_record);
        let records = next.saturating_sub(1).saturating_sub(newest.unwrap_or(next));
        records.min(missing.saturating_mul(PER_CHUNK_MAX)).max(missing)
    }
}

/// The gaps of a log.
pub(super) fn gaps(path: &BundlePath, file: &FileFacts, total: &Total) -> Vec<Gap> {
    let whole = |reason: Vec<Statement>| Gap::new(path, Place::File, reason);
    let mut gaps: Vec<Gap> = file_reasons(file, total).into_iter().map(whole).collect();
    if let Some((at, error)) = &file.failed {
        let reason = [Statement::new("gap.event-log.unreadable"), error.clone(), again()];
        gaps.push(Gap::new(path, Place::Offset(*at), reason));
    }
    for (offset, records, damage) in &total.damaged {
        let place = Place::Offset(damage.broken_at.unwrap_or(*offset));
        gaps.push(Gap::new(path, place, chunk_reason(*records, damage)));
    }
    if total.more_damaged > 0 {
        gaps.push(whole(vec![
            Statement::new("gap.event-log.more-damaged").with("count", total.more_damaged.to_string()),
            again(),
        ]));
    }
    gaps
}

fn file_reasons(file: &FileFacts, total: &Total) -> Vec<Vec<Statement>> {
    let mut reasons = Vec::new();
    let coverage = total.coverage();
    if file.junk > 0 {
        reasons.push(Statement::new("gap.event-log.junk").with("bytes", file.junk.to_string()).into());
    }
    if file.header.is_none() {
        reasons.push(vec![Statement::new("gap.event-log.header"), again()]);
    }
    let missing = file.missing_chunks();
    if missing > 0 {
        reasons
            .push(vec![Statement::new("gap.event-log.chunks").with("count", missing.to_string()), again()]);
    }
    if coverage.records == 0 {
        reasons.push(Statement::new("gap.event-log.empty").into());
    }
    if coverage.lost > 0 && file.header.is_some_and(|header| header.dirty) {
        reasons.push(vec![
            Statement::new("gap.event-log.in-use").with("count", coverage.lost.to_string()),
            again(),
        ]);
    }
    if total.counting {
        reasons.push(Statement::new("gap.event-log.counted").into());
    }
    if total.is_exhausting() {
        reasons.push(vec![Statement::new("gap.event-log.exhausting"), again()]);
    }
    if total.dropped > 0 {
        reasons
            .push(Statement::new("gap.event-log.too-many").with("count", total.dropped.to_string()).into());
    }
    if total.has_more_computers() {
        reasons.push(Statement::new("gap.event-log.computers").into());
    }
    reasons
}

fn chunk_reason(records: u64, damage: &Damage) -> Vec<Statement> {
    let mut sentences = Vec::new();
    if damage.unreadable {
        sentences.push(Statement::new("gap.event-log.part-unreadable"));
    } else if damage.header_damaged {
        sentences.push(Statement::new("gap.event-log.part-header").with("count", records.to_string()));
    }
    if damage.truncated {
        sentences.push(Statement::new("gap.event-log.part-cut"));
    }
    if damage.broken_at.is_some() {
        sentences.push(Statement::new("gap.event-log.part-broken"));
    }
    if damage.unrendered > 0 {
        sentences
            .push(Statement::new("gap.event-log.part-inside").with("count", damage.unrendered.to_string()));
    }
    if damage.oversized > 0 {
        sentences
            .push(Statement::new("gap.event-log.part-oversized").with("count", damage.oversized.to_string()));
    }
    if damage.untried > 0 {
        sentences
            .push(Statement::new("gap.event-log.part-untried").with("count", damage.untried.to_string()));
    }
    if damage.lost > 0 {
        sentences.push(Statement::new("gap.event-log.part-lost").with("count", damage.lost.to_string()));
    }
    sentences.push(again());
    sentences
}

fn again() -> Statement {
    Statement::new(ASK_AGAIN)
}
