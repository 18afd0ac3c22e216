//! The report as text for people: the verdict first, then why, then what to do.
//!
//! It is a view of about one screen and leaves out what the JSON report has in full; where it leaves
//! something out, it says how many. Commands are never wrapped, so that they can be copied; every other
//! line keeps to the width.

mod appendix;
pub(crate) mod canvas;
mod evidence;
mod next;
mod verdict;

use canvas::Canvas;

use super::Report;
use super::phrases::Phrases;

/// How to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns of the terminal. Fewer than 40 are taken as 40, more than 120 as 120.
    pub width: usize,
    /// Whether to use colours, as ANSI escape sequences.
    pub colour: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { width: 80, colour: false }
    }
}

/// Renders the report. Text that comes from the bundle is made [safe](super::terminal::terminal_safe).
pub fn render(report: &Report, options: &TextOptions) -> String {
    let mut canvas = Canvas::new(options, Phrases::of(report));
    verdict::verdict(&mut canvas, report);
    verdict::causes(&mut canvas, report);
    verdict::other_diagnoses(&mut canvas, report);
    evidence::evidence(&mut canvas, report);
    evidence::contradictions(&mut canvas, report);
    evidence::warnings(&mut canvas, report);
    next::collect_next(&mut canvas, report);
    next::remedy(&mut canvas, report);
    appendix::attempts(&mut canvas, report);
    appendix::files(&mut canvas, report);
    appendix::gaps(&mut canvas, report);
    appendix::made_by(&mut canvas, report);
    canvas.finish()
}

#[cfg(test)]
mod tests;
