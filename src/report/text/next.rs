//! What to collect next, and what to do.

use super::canvas::Canvas;
use crate::diagnosis::State;
use crate::report::Report;
use crate::report::model::{CollectNext, Step};
use crate::report::phrases;

/// Most artifacts that are asked for at once.
const COLLECT: usize = 3;
/// Most steps of a section that are shown.
const STEPS: usize = 8;

/// What to collect next, where anything is missing.
pub(super) fn collect_next(canvas: &mut Canvas, report: &Report) {
    if report.collect_next.is_empty() {
        return;
    }
    canvas.heading(&canvas.word("collect-next"));
    if let Some(first) = report.collect_next.first() {
        canvas.paragraph(4, &canvas.word("collect-prepare"));
        canvas.command(8, &first.prepare);
    }
    for (number, collect) in report.collect_next.iter().take(COLLECT).enumerate() {
        one_to_collect(canvas, report, number + 1, collect);
    }
    let more = report.collect_next.len().saturating_sub(COLLECT);
    if more > 0 {
        canvas.paragraph(6, &canvas.words("collect-more", &[("count", more.to_string())]));
    }
}

fn one_to_collect(canvas: &mut Canvas, report: &Report, number: usize, collect: &CollectNext) {
    let phrases = canvas.phrases();
    canvas
        .numbered(number, &format!("{}: {}", phrases.artifact(&collect.artifact), phrases.console(collect)));
    canvas.command(8, &collect.command);
    canvas.paragraph(6, &canvas.words("collect-files", &[("files", phrases.list(&collect.files))]));
    let decides = decides(canvas, report, &collect.decides);
    let why = match decides.is_empty() {
        true => collect.why.clone(),
        false => canvas.words("collect-decides", &[("why", collect.why.clone()), ("decides", decides)]),
    };
    if let Some(again) = &collect.again {
        canvas.paragraph(6, again);
    }
    canvas.paragraph(6, &why);
    let answers =
        [("question", collect.question.clone()), ("yes", collect.yes.clone()), ("no", collect.no.clone())];
    canvas.paragraph(6, &canvas.words("collect-answers", &answers));
}

/// The causes that something decides by their numbers, and other diagnoses by their titles. Which checks it answers
/// stands in the other reports.
fn decides(canvas: &Canvas, report: &Report, ids: &[String]) -> String {
    let phrases = canvas.phrases();
    let title = |id: &str| phrases::diagnosis(report, id).map(|other| other.title.clone());
    let name = |id: &String| phrases.short(report, id).or_else(|| title(id));
    phrases.list(&ids.iter().filter_map(name).collect::<Vec<_>>())
}

/// A cause or diagnosis that has a remedy.
struct Remedy<'a> {
    id: &'a str,
    state: State,
    steps: &'a [Step],
}

/// The remedy of what the verdict names, if that is likely at least: its first section in full, its
/// others by title. Of every other remedy, where it stands.
pub(super) fn remedy(canvas: &mut Canvas, report: &Report) {
    let remedies = remedies(report);
    if remedies.is_empty() {
        return;
    }
    let verdict = &report.verdict;
    let other = verdict.cause == "other";
    let known = |remedy: &&Remedy<'_>| {
        let named = verdict.diagnosis.as_ref().is_none_or(|id| id == remedy.id);
        let cause = report.causes.iter().any(|cause| cause.id == remedy.id);
        remedy.state >= State::Likely && (remedy.id == verdict.cause || (other && !cause && named))
    };
    let leading = remedies.iter().filter(known).max_by_key(|remedy| remedy.state);
    match leading {
        Some(remedy) => {
            let title = phrases::diagnosis(report, remedy.id).map(|other| other.title.clone());
            let what = canvas.phrases().short(report, remedy.id).or(title);
            let what = what.unwrap_or_else(|| remedy.id.to_owned());
            canvas.heading(&canvas.words("remedy", &[("what", what)]));
            sections(canvas, remedy.steps);
            canvas.paragraph(2, &canvas.words("remedy-all", &[("id", remedy.id.to_owned())]));
        }
        None => canvas.heading(&canvas.word("remedy-open")),
    }
    for remedy in remedies.iter().filter(|remedy| leading.is_none_or(|leading| leading.id != remedy.id)) {
        let values = [("state", canvas.state_name(remedy.state)), ("id", remedy.id.to_owned())];
        canvas.paragraph(2, &canvas.words("remedy-also", &values));
    }
}

fn remedies(report: &Report) -> Vec<Remedy<'_>> {
    let causes = report.causes.iter().map(|cause| (&cause.id, cause.state, &cause.remedy));
    let others = report.other_diagnoses.iter().map(|other| (&other.id, other.state, &other.remedy));
    let all = causes.chain(others).map(|(id, state, steps)| Remedy { id, state, steps });
    all.filter(|remedy| !remedy.steps.is_empty() && remedy.state >= State::Possible).collect()
}

fn sections(canvas: &mut Canvas, steps: &[Step]) {
    let whole = steps.iter().take_while(|step| step.section.is_none() && step.note).count();
    let (notes, steps) = steps.split_at_checked(whole).unwrap_or((&[], steps));
    for note in notes {
        canvas.paragraph(2, &note.step);
    }
    for (number, section) in steps.chunk_by(|one, next| one.section == next.section).enumerate() {
        let title = section.first().and_then(|step| step.section.as_deref());
        if number == 0 {
            if let Some(title) = title {
                canvas.paragraph(2, title);
            }
            in_full(canvas, section);
        } else {
            let count = match section.iter().filter(|step| !step.note).count() {
                1 => canvas.word("remedy-step"),
                count => canvas.words("remedy-steps", &[("count", count.to_string())]),
            };
            let values = [("section", title.unwrap_or_default().to_owned()), ("count", count)];
            canvas.item(2, &canvas.words("remedy-otherwise", &values));
        }
    }
}

fn in_full(canvas: &mut Canvas, steps: &[Step]) {
    for note in steps.iter().filter(|step| step.note) {
        canvas.paragraph(4, &note.step);
    }
    let steps: Vec<&Step> = steps.iter().filter(|step| !step.note).collect();
    for (number, step) in steps.iter().take(STEPS).enumerate() {
        let text = match &step.r#where {
            Some(place) => format!("{} [{place}]", step.step),
            None => step.step.clone(),
        };
        canvas.numbered(number + 1, &text);
        if let Some(command) = &step.command {
            canvas.command(8, command);
        }
    }
    let more = steps.len().saturating_sub(STEPS);
    if more > 0 {
        canvas.paragraph(6, &canvas.words("remedy-more", &[("count", more.to_string())]));
    }
}
