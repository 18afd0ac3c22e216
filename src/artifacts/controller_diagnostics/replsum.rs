//! `repadmin /replsummary`: a row for each controller as source and as destination, with failures and their error.

use std::sync::LazyLock;

use regex::Regex;

use super::{ControllerDiagnostics, DiagnosticResult, Question};

/// `DC02   >60 days   5 /   5  100  (1722) The RPC server is unavailable.`
static ROW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(\S+)\s+\S.*?\s(\d{1,7})\s*/\s*(\d{1,7})\s+(\d{1,3})\s*(?:\((\d{1,10})\).*)?$").ok()
});
/// `58 - dc03.contoso.example`, below the rows: a controller that did not answer.
static NO_ANSWER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*(\d{1,10}) - (\S+)\s*$").ok());

/// Errors of the network and of name resolution: the partner was not reached.
/// <https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/active-directory-replication-error-1722>
const NOT_REACHED: [u32; 9] = [53, 58, 64, 1256, 1722, 1726, 1727, 1753, 8524];

/// The heading with its doubled per cent sign, which no language changes, and rows under it.
pub(super) fn looks_like(text: &str) -> bool {
    let heading = text.lines().any(|line| line.contains(" DSA") && line.contains("%%"));
    heading && text.lines().any(|line| ROW.as_ref().is_some_and(|row| row.is_match(line)))
}

pub(super) fn read(text: &str, into: &mut ControllerDiagnostics) {
    let (Some(row), Some(no_answer)) = (ROW.as_ref(), NO_ANSWER.as_ref()) else { return };
    for (line, text) in (1_u64..).zip(text.lines()) {
        let number = |text: &str| text.parse::<u32>().ok();
        if let Some(found) = row.captures(text) {
            let at = |index: usize| found.get(index).map_or("", |found| found.as_str());
            let error = number(at(5));
            let reached = error.is_none_or(|error| !NOT_REACHED.contains(&error));
            into.found(DiagnosticResult {
                controller: at(1).to_owned(),
                question: if reached { Question::Replicates } else { Question::Reachable },
                passed: number(at(2)) == Some(0),
                error,
                line,
            });
        } else if let Some(found) = no_answer.captures(text) {
            let at = |index: usize| found.get(index).map_or("", |found| found.as_str());
            into.found(DiagnosticResult {
                controller: at(2).to_owned(),
                question: Question::Reachable,
                passed: false,
                error: number(at(1)),
                line,
            });
        }
    }
}
