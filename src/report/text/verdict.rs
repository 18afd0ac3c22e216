//! The verdict, the three causes and the other diagnoses, each with its state and its reason.

use super::canvas::{Canvas, TEXT_COLUMN, state_style};
use crate::diagnosis::State;
use crate::report::Report;
use crate::report::model::About;
use crate::report::phrases;

/// Most missing facts that are named beside the verdict.
const MISSING: usize = 2;

/// The verdict.
pub(super) fn verdict(canvas: &mut Canvas, report: &Report) {
    let verdict = &report.verdict;
    let key = match verdict.state {
        State::Likely => "verdict-likely",
        State::Possible => "verdict-possible",
        _ => "verdict",
    };
    let cause = match phrases::of_verdict(report) {
        Some(other) => canvas.words("other-named", &[("title", other.title.clone())]),
        None => canvas.word(&format!("cause.{}", verdict.cause)),
    };
    canvas.heading(&canvas.words(key, &[("cause", cause)]));
    canvas.labelled(&canvas.state_name(verdict.state), state_style(verdict.state), &verdict.summary);
    let open = matches!(verdict.state, State::Possible | State::Likely);
    if let Some(cause) = report.causes.iter().find(|cause| open && cause.id == verdict.cause) {
        for missing in cause.missing.iter().take(MISSING) {
            canvas.labelled(&canvas.word("missing"), anstyle::Style::new(), missing);
        }
    }
}

/// The three causes.
pub(super) fn causes(canvas: &mut Canvas, report: &Report) {
    canvas.heading(&canvas.word("causes"));
    for cause in &report.causes {
        let name = canvas.word(&format!("cause-row.{}", cause.id));
        canvas.labelled(&canvas.state_name(cause.state), state_style(cause.state), &name);
        canvas.paragraph(TEXT_COLUMN + 3, &cause.reason);
        about(canvas, cause.about.as_ref());
    }
}

/// Which operations a conclusion is about, where others lead to another one.
fn about(canvas: &mut Canvas, about: Option<&About>) {
    if let Some(about) = about {
        canvas.paragraph(TEXT_COLUMN + 3, &canvas.phrases().about(about));
    }
}

/// The other diagnoses that are possible at least, where there are any.
pub(super) fn other_diagnoses(canvas: &mut Canvas, report: &Report) {
    let others: Vec<_> =
        report.other_diagnoses.iter().filter(|other| other.state >= State::Possible).collect();
    if others.is_empty() {
        return;
    }
    canvas.heading(&canvas.word("other-diagnoses"));
    for other in others {
        let name = if other.title.is_empty() { &other.id } else { &other.title };
        canvas.labelled(&canvas.state_name(other.state), state_style(other.state), name);
        canvas.paragraph(TEXT_COLUMN + 3, &other.reason);
        about(canvas, other.about.as_ref());
    }
}
