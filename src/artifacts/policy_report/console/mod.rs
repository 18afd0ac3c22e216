//! Console text of `gpresult /r`, `/v` and `/z`, in any language.
//!
//! Headings are lines that a line of dashes underlines, and their indentation is their level; labels end at
//! the first colon. So the parts are found by shape and order, and words of real captures are second
//! signals. The text has no full list of settings: the computer half is [`ComputerHalf::SummaryOnly`] at
//! most. `/v` and `/z` list some settings, and those that name their registry value are read.
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/gpresult>

mod computer;
mod outline;
#[cfg(test)]
mod real_reports;
#[cfg(test)]
mod tests;

use super::{ComputerHalf, PolicyReport, ReportKind};
use crate::artifacts::text_encoding::Decoded;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;
use outline::{Heading, Outline};

/// The largest text that is read, in bytes. Real ones have some hundred KB.
const MAX_BYTES: usize = 8 << 20;

/// What to ask for in place of a text.
const ASK_FOR: &str = "gap.ask.policy-console";

/// Words for the computer half, from real captures: they count only where one half stands alone.
const COMPUTER: [&str; 2] = ["COMPUTER SETTINGS", "Paramètre de l’ordinateur"];

/// Words for the user's half, likewise.
const USER: [&str; 2] = ["USER SETTINGS", "PARAMÈTRES UTILISATEURS"];

/// Whether the head of a text looks like one: a title with the word RSOP, underlined, and a version of
/// Windows in the lines below.
pub(super) fn looks_like(head: &str) -> bool {
    title_line(&Outline::of(head)).is_some()
}

/// The number of the heading that is the title.
fn title_line(outline: &Outline<'_>) -> Option<usize> {
    outline.headings.iter().position(|heading| is_title(outline, heading))
}

fn is_title(outline: &Outline<'_>, heading: &Heading<'_>) -> bool {
    let below = outline.below(heading).iter().take(16);
    heading.text.contains("RSOP") && below.filter_map(|line| outline::value(line.text)).any(is_version)
}

/// `10.0.20348`.
fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() >= 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads a text.
pub(super) fn read(path: &BundlePath, decoded: &Decoded) -> (Option<PolicyReport>, Vec<Gap>) {
    let gap =
        |place: Place, reason: &str| Gap::new(path, place, [Statement::new(reason), Statement::new(ASK_FOR)]);
    if decoded.text.len() > MAX_BYTES {
        return (None, vec![gap(Place::File, "gap.policy-report.console-too-large")]);
    }
    let mut outline = Outline::of(&decoded.text);
    let Some(title) = title_line(&outline) else {
        return (None, vec![gap(Place::File, "gap.policy-report.console-title")]);
    };
    let mut gaps = Vec::new();
    let next = outline.headings.iter().skip(title + 1).find(|heading| is_title(&outline, heading)).copied();
    if let Some(next) = next {
        outline.end_before(&next);
        gaps.push(gap(Place::Line(next.line), "gap.policy-report.second"));
    }
    let report = report(&outline, title);
    if report.computer_half == ComputerHalf::Missing {
        let reason = "gap.policy-report.console-half";
        gaps.push(gap(Place::File, reason));
    }
    (Some(report), gaps)
}

fn report(outline: &Outline<'_>, title: usize) -> PolicyReport {
    let mut report = PolicyReport::empty(ReportKind::Results);
    let Some(heading) = outline.headings.get(title) else { return report };
    report.computer = computer::in_title(heading.text);
    let labels: Vec<&str> =
        outline.below(heading).iter().filter_map(|line| outline::value(line.text)).collect();
    // The role stands before the version of Windows.
    let version = labels.iter().position(|value| is_version(value));
    report.os_configuration =
        version.and_then(|version| labels.get(version.checked_sub(1)?)).map(|role| (*role).to_owned());
    report.collected = outline.created(heading).map(str::to_owned);
    match computer_half(outline, title) {
        Half::There(half) if computer::is_of(outline, half, report.computer.as_deref()) => {
            report.computer_half = ComputerHalf::SummaryOnly;
            computer::read(outline, half, &mut report);
        }
        Half::NotThere => report.computer_half = ComputerHalf::NotAvailable,
        Half::There(_) | Half::Unclear => report.computer_half = ComputerHalf::Missing,
    }
    report
}

/// The computer half of a text.
enum Half<'o, 't> {
    /// Its headings: its own, and those inside.
    There(&'o [Heading<'t>]),
    /// The text has the user's half alone.
    NotThere,
    /// The text was cut, or lost its indentation.
    Unclear,
}

/// The computer half stands before the user's; a half that stands alone needs a known word.
fn computer_half<'o, 't>(outline: &'o Outline<'t>, title: usize) -> Half<'o, 't> {
    let after = outline.headings.get(title + 1..).unwrap_or_default();
    let halves: Vec<usize> =
        after.iter().enumerate().filter(|(_, heading)| heading.indent == 0).map(|(at, _)| at).collect();
    let is_one_of = |at: usize, words: &[&str]| {
        let text = after.get(at).map(|heading| heading.text.to_lowercase());
        words.iter().any(|word| Some(word.to_lowercase()) == text)
    };
    let headings = match *halves.as_slice() {
        [only] if !is_one_of(only, &COMPUTER) => return Half::NotThere,
        [only] => after.get(only..),
        [computer, user] if !is_one_of(computer, &USER) => after.get(computer..user),
        _ => None,
    };
    headings.map_or(Half::Unclear, Half::There)
}
