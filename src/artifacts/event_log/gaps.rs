//! What was lost of a log, in sentences.
//!
//! One gap for each damaged chunk, up to a number, and a few for the file as a whole: a log with ten
//! thousand bad records must not bury the report.

use super::chunk::Damage;
use super::coverage::Total;
use super::stream::FileHeader;
use crate::source::{BundlePath, Gap, Place};

const ASK_AGAIN: &str = "Ask for a new export of this log (`wevtutil epl <log name> <file>.evtx`).";

/// What reading the file as a whole showed.
pub(super) struct FileFacts {
    pub(super) header: Option<FileHeader>,
    pub(super) junk: u64,
    /// Slots of chunks, used or not.
    pub(super) slots: u64,
    /// Where and why reading ended early.
    pub(super) failed: Option<(u64, String)>,
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
    let whole = |reason: String| Gap::new(path, Place::File, reason);
    let mut gaps: Vec<Gap> = file_reasons(file, total).into_iter().map(whole).collect();
    if let Some((at, error)) = &file.failed {
        let reason = format!("The file could not be read beyond this place ({error}). {ASK_AGAIN}");
        gaps.push(Gap::new(path, Place::Offset(*at), reason));
    }
    for (offset, records, damage) in &total.damaged {
        let place = Place::Offset(damage.broken_at.unwrap_or(*offset));
        gaps.push(Gap::new(path, place, chunk_reason(*records, damage)));
    }
    if total.more_damaged > 0 {
        gaps.push(whole(format!("{} more parts of the log are damaged. {ASK_AGAIN}", total.more_damaged)));
    }
    gaps
}

fn file_reasons(file: &FileFacts, total: &Total) -> Vec<String> {
    let mut reasons = Vec::new();
    let coverage = total.coverage();
    if file.junk > 0 {
        reasons.push(format!("{} bytes stand before the log itself, and were skipped.", file.junk));
    }
    if file.header.is_none() {
        reasons.push(format!(
            "The file header is damaged, so it cannot be told whether the log is complete. {ASK_AGAIN}"
        ));
    }
    let missing = file.missing_chunks();
    if missing > 0 {
        reasons.push(format!("The file ends {missing} chunks before the log does. {ASK_AGAIN}"));
    }
    if coverage.records == 0 {
        reasons.push("The log holds no records, so it says nothing about any time.".to_owned());
    }
    if coverage.lost > 0 && file.header.is_some_and(|header| header.dirty) {
        reasons.push(format!(
            "The log was copied while Windows was writing it, and at least {} of its records cannot be read. \
             {ASK_AGAIN}",
            coverage.lost
        ));
    }
    if total.is_exhausting() {
        reasons.push(format!(
            "Records of this log grow to many times their size when they are read, which no log of Windows does. \
             From some place on its records were counted and not read. {ASK_AGAIN}"
        ));
    }
    if total.dropped > 0 {
        reasons.push(format!(
            "The log holds {} more of the wanted events than are kept of one file. Ask for the log of a \
             shorter time.",
            total.dropped
        ));
    }
    if total.has_more_computers() {
        reasons.push(
            "The log names more than 1,000 computers, of which only these were used to tell whose it is. Ask \
             for the log of the one computer."
                .to_owned(),
        );
    }
    reasons
}

fn chunk_reason(records: u64, damage: &Damage) -> String {
    let mut sentences = Vec::new();
    if damage.unreadable {
        sentences.push("No record can be found in this part of the log.".to_owned());
    } else if damage.header_damaged {
        sentences.push(format!(
            "The header of this part of the log is damaged; {records} records of it could still be read."
        ));
    }
    if damage.truncated {
        sentences.push("The file ends within this part of the log.".to_owned());
    }
    if damage.broken_at.is_some() {
        sentences.push("The records are damaged from this place on; reading went on after it.".to_owned());
    }
    if damage.unrendered > 0 {
        sentences.push(format!("{} records that may matter are damaged inside.", damage.unrendered));
    }
    if damage.oversized > 0 {
        sentences.push(format!("{} records claim more text than a record can hold.", damage.oversized));
    }
    if damage.untried > 0 {
        sentences.push(format!(
            "{} records that may matter were not read, because the log was made to take a very long time.",
            damage.untried
        ));
    }
    if damage.lost > 0 {
        sentences.push(format!("At least {} records are lost.", damage.lost));
    }
    sentences.push(ASK_AGAIN.to_owned());
    sentences.join(" ")
}
