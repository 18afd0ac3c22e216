//! From the texts of a row to the row that is kept.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{AuditRow, Outcome};
use crate::artifacts::kept::{self, FILE_BYTES};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Rows that are kept. A portal export has 250,000 rows at most, and far fewer of this service.
const MOST_ROWS: usize = 250_000;

/// Longest text that is kept, in characters.
const LONGEST_TEXT: usize = 4096;

const SERVICE: &str = "Self-service Password Management";

/// Activities of the service, without blanks and in lower case, for exports that do not name it.
const ACTIVITIES: [&str; 10] = [
    "blockedfromself-servicepasswordreset",
    "changepassword(self-service)",
    "resetpassword(byadmin)",
    "resetpassword(self-service)",
    "selfservepasswordresetflowactivityprogress",
    "self-servicepasswordresetflowactivityprogress",
    "unlockuseraccount(self-service)",
    "userregisteredforself-servicepasswordreset",
    "useraccountunlock(self-service)",
    "usercompletedsecurityinforegistrationforself-servicepasswordreset",
];

/// The texts of one row, as written.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) time: Option<String>,
    /// The heading says that times are UTC.
    pub(super) utc: bool,
    pub(super) service: Option<String>,
    pub(super) category: Option<String>,
    pub(super) activity: Option<String>,
    pub(super) result: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) target: Option<String>,
    pub(super) initiated_by: Option<String>,
    pub(super) correlation_id: Option<String>,
}

/// The rows that are kept, and what was seen besides.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) rows: Vec<AuditRow>,
    pub(super) seen: u64,
    left_out: u64,
    /// Memory of the rows.
    bytes: usize,
    /// First row without a readable time, and how many.
    timeless: Option<(Place, u64)>,
}

impl Kept {
    /// Takes a row, if it is one of the service.
    pub(super) fn take(&mut self, texts: Texts, place: Place) {
        self.seen = self.seen.saturating_add(1);
        if !texts.is_of_service() {
            return;
        }
        if self.left_out > 0 || self.rows.len() >= MOST_ROWS {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let row = texts.into_row(place);
        let bytes = self.bytes.saturating_add(row.bytes());
        if bytes > FILE_BYTES {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.bytes = bytes;
        if row.time.is_none() {
            let (first, count) = self.timeless.take().unwrap_or((row.place.clone(), 0));
            self.timeless = Some((first, count.saturating_add(1)));
        }
        self.rows.push(row);
    }

    pub(super) fn gaps(&self, path: &BundlePath) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if self.left_out > 0 {
            let reason = Statement::new("gap.audit-log.too-many")
                .with("limit", self.rows.len().to_string())
                .with("count", self.left_out.to_string());
            gaps.push(Gap::new(path, Place::File, reason));
        }
        if let Some((first, count)) = &self.timeless {
            let reason = Statement::new("gap.audit-log.timeless").with("count", count.to_string());
            gaps.push(Gap::new(path, first.clone(), reason));
        }
        gaps
    }
}

impl Texts {
    fn is_of_service(&self) -> bool {
        let names_it = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.trim().eq_ignore_ascii_case(SERVICE))
        };
        let activity = self.activity.as_deref().unwrap_or_default();
        let activity: String = activity.chars().filter(|letter| !letter.is_whitespace()).take(100).collect();
        names_it(&self.service)
            || names_it(&self.category)
            || ACTIVITIES.contains(&activity.to_ascii_lowercase().as_str())
    }

    fn into_row(self, place: Place) -> AuditRow {
        let time_text = kept(self.time);
        let target = kept(self.target);
        let result = kept(self.result);
        AuditRow {
            time: time_text.as_deref().and_then(|text| time(text, self.utc)),
            time_text,
            activity: kept(self.activity).unwrap_or_default(),
            outcome: result.as_deref().map_or(Outcome::Unknown, outcome),
            result,
            reason: kept(self.reason),
            target_upn: target.as_deref().and_then(upn),
            target,
            initiated_by: kept(self.initiated_by),
            correlation_id: kept(self.correlation_id),
            place,
        }
    }
}

impl AuditRow {
    /// Memory that it takes, in bytes, near enough.
    pub(in crate::artifacts) fn bytes(&self) -> usize {
        let texts = [
            &self.time_text,
            &self.result,
            &self.reason,
            &self.target_upn,
            &self.target,
            &self.initiated_by,
            &self.correlation_id,
        ];
        let texts =
            kept::bytes_of(texts.into_iter().flatten()).saturating_add(kept::bytes_of([&self.activity]));
        texts.saturating_add(kept::bytes_of_place(&self.place)).saturating_add(size_of::<AuditRow>())
    }
}

/// A text as it is kept: trimmed, and cut where it is longer than any.
fn kept(text: Option<String>) -> Option<String> {
    let text = text?;
    let text = text.trim();
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(end, _)| end);
    // A text of its own, as long as it is: one that grew letter by letter takes more.
    text.get(..end).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The one word that is a user principal name, in a cell that may hold a display name too.
fn upn(target: &str) -> Option<String> {
    let is_upn = |word: &&str| {
        word.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.starts_with('.')
        })
    };
    let words = target.split(|letter: char| letter.is_whitespace() || ",;<>()[]\"".contains(letter));
    let mut upns = words.filter(is_upn);
    let upn = upns.next()?;
    // Two names are two users, and nobody tells which one it was.
    upns.all(|other| other.eq_ignore_ascii_case(upn)).then(|| upn.to_owned())
}

/// A time in ISO 8601, or as PowerShell 5 writes it in JSON. Local forms are not guessed at.
fn time(text: &str, utc: bool) -> Option<Timestamp> {
    if let Some(milliseconds) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        return Timestamp::from_millisecond(milliseconds.parse().ok()?).ok();
    }
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    if !utc
        || !text.get(..5)?.bytes().zip("0000-".bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        })
    {
        return None;
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The results of Graph and of the portal, the latter in the languages in which they were seen.
fn outcome(result: &str) -> Outcome {
    match result.to_lowercase().as_str() {
        "success" | "êxito" | "sucesso" | "成功" => Outcome::Success,
        "failure" | "failed" | "timeout" | "falha" | "失敗" | "エラー" => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}
