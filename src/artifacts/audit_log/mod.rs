//! Exports of the Entra audit log: JSON of the portal or of Microsoft Graph, and CSV of the portal.
//!
//! Only rows of self-service password management are kept; others are counted. A row says what the cloud
//! saw: the status reason `OnPremisesAdminActionRequired` is SSPR_0029, and why it came is not in it. The
//! rows of Graph: <https://learn.microsoft.com/graph/api/resources/directoryaudit>; the activities:
//! <https://learn.microsoft.com/entra/identity/authentication/howto-sspr-reporting>.

mod columns;
mod json;
mod row;
mod table;
mod tree;

use jiff::Timestamp;

use self::row::Kept;
use crate::artifacts::text_stream::TextStream;
use crate::artifacts::{held_text, text_encoding};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// What one export says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLog {
    /// The export's form.
    pub form: AuditForm,
    /// Rows of self-service password management, in file order.
    pub rows: Vec<AuditRow>,
    /// Number of rows in the file, kept or not.
    pub rows_in_file: u64,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditForm {
    /// JSON.
    Json,
    /// A table: CSV, or with tabs, semicolons or bars between the cells.
    Table,
}

/// One row of self-service password management. Text is as written, and nothing where it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When it happened. Nothing where the order of day and month cannot be told.
    pub time: Option<Timestamp>,
    /// The time as written.
    pub time_text: Option<String>,
    /// Activity, such as `Reset password (self-service)`.
    pub activity: String,
    /// What the result says.
    pub outcome: Outcome,
    /// The result as written: `failure`, `Falha`.
    pub result: Option<String>,
    /// Status reason, such as `OnPremisesAdminActionRequired`, or free text.
    pub reason: Option<String>,
    /// User principal name of the target user.
    pub target_upn: Option<String>,
    /// The target as written: the user principal name, or a display name.
    pub target: Option<String>,
    /// Who started it, as written.
    pub initiated_by: Option<String>,
    /// Correlation ID, which the user's error page shows too.
    pub correlation_id: Option<String>,
    /// The line of a table, or the row of a JSON list by its index, counted from 0.
    pub place: Place,
}

/// Whether an activity succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did.
    Success,
    /// It failed, or ran out of time.
    Failure,
    /// The result is missing or in a language that is not known.
    Unknown,
}

/// Whether a file begins like an export of the audit log, in any encoding.
pub fn looks_like_audit_log(head: &[u8]) -> bool {
    form_of(&text_encoding::decode(head).text).is_some()
}

fn form_of(text: &str) -> Option<AuditForm> {
    if json::begins(text) { Some(AuditForm::Json) } else { table::begins(text).then_some(AuditForm::Table) }
}

/// Reads an export. Gaps name what could not be read.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<AuditLog>, Vec<Gap>) {
    let mut content = bytes;
    read_text(path, TextStream::new(&mut content))
}

/// The same of a text that is still to be read, row by row.
pub(super) fn read_text(path: &BundlePath, mut text: TextStream<'_>) -> (Option<AuditLog>, Vec<Gap>) {
    let Some(form) = form_of(text.start()) else {
        let reason = Statement::new("gap.audit-log.other");
        return (None, vec![Gap::new(path, Place::File, reason)]);
    };
    let mut kept = Kept::default();
    let mut gaps = match form {
        AuditForm::Json => json::read(path, &mut text, &mut kept),
        AuditForm::Table => table::read(path, &mut text, &mut kept),
    };
    gaps.extend(kept.gaps(path));
    gaps.extend(held_text::unreadable(path, &text));
    if text.damaged() {
        let reason = Statement::new("gap.audit-log.encoding").with("encoding", text.encoding().name());
        gaps.push(Gap::new(path, Place::File, reason));
    }
    gaps.sort();
    (Some(AuditLog { form, rows: kept.rows, rows_in_file: kept.seen }), gaps)
}

#[cfg(test)]
mod tests;
