//! Which of the three reports it is.
//!
//! A GPO report has `div.gposummary` and no `td.rsopheader`. (Scripts that borrow the style sheet for
//! reports of their own take its title cell `td.gponame` along, but not the summary.) Results and Modeling differ in little, and a
//! simulation taken for what was applied would be a wrong proof. So the rule is: a report is of Results
//! only if it shows what only real processing leaves behind, and nothing says Modeling.
//!
//! - Says Modeling: the title in a known language, or a Component Status of two columns.
//! - Left behind by real processing: a Component Status that has when each component ran (three columns
//!   or more), or a `cseExtensionGuid`, or policy passes in the data island.
//! - The title of Results in a known language suffices where the Component Status is lost.
//! - What cannot be told is Modeling, with a gap that says so.

use super::ReportKind;
use super::document::Document;
use super::sections::{Section, tables};

/// Titles of Group Policy Results, from real reports.
const RESULTS: [&str; 3] = ["Group Policy Results", "Результаты групповой политики", "组策略结果"];
/// Titles of Group Policy Modeling, from real reports.
const MODELING: [&str; 1] = ["Group Policy Modeling"];

/// The kind, and whether it is sure.
pub(super) fn of(
    document: &Document<'_>,
    halves: &[Section],
    has_passes: bool,
) -> Option<(ReportKind, bool)> {
    let Some(header) = document.find("td", "rsopheader") else {
        return document.find("div", "gposummary").map(|_| (ReportKind::GpoReport, true));
    };
    let title = document.text(header);
    let columns: Vec<usize> =
        halves.iter().filter_map(|half| component_status_columns(document, half)).collect();
    if MODELING.contains(&title.as_str()) || columns.iter().any(|&columns| columns <= 2) {
        return Some((ReportKind::Modeling, true));
    }
    let processed = has_passes
        || columns.iter().any(|&columns| columns >= 3)
        || document.elements().any(|node| document.attribute(node, "cseExtensionGuid").is_some());
    if processed || RESULTS.contains(&title.as_str()) {
        return Some((ReportKind::Results, true));
    }
    Some((ReportKind::Modeling, false))
}

/// Columns of the Component Status, which is the second part of a half.
fn component_status_columns(document: &Document<'_>, half: &Section) -> Option<usize> {
    let section = half.below.iter().filter(|part| part.level == "he0h").nth(1)?;
    let table = tables(document, section.body?).into_iter().next()?;
    let row = document.below(table).find(|&node| document.is(node, "tr"))?;
    Some(document.children(row).count())
}
