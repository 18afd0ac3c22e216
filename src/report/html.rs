//! The report as one HTML file: for a browser, for a mail, for paper.
//!
//! It loads nothing and runs nothing, and says so to the browser: its policy allows the one style that is
//! in it, by hash, and forbids all else. Text from the bundle is escaped at the one place where values
//! go into a template ([`Escaper`]), so that no template can forget it.

mod causes;
mod evidence;
mod picture;
mod sentences;
mod ways;

use std::fmt;

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::Report;
use super::model::{Attempt, CollectNext, Step};
use super::phrases::{self, Phrases};
use super::terminal::terminal_safe;
use super::times::to_the_millisecond;
use crate::diagnosis::State;
use crate::words::{Catalogue, Statement};

use causes::CauseCard;
use evidence::PieceView;
use picture::Picture;

const STYLE: &str = include_str!("html/style.css");

/// Most rows of a table; the JSON report has all of them.
const MOST_ROWS: usize = 500;

/// Renders the report in its language, as one document that ends with a line end.
///
/// # Errors
/// None is known for these templates; the error of the template engine is passed on.
pub fn render(report: &Report) -> Result<String, askama::Error> {
    let mut document = Page::of(report).render()?;
    document.push('\n');
    Ok(document)
}

/// Makes every value that goes into a template plain text: what would be markup, and what would change
/// how other text is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Escaper;

impl askama::filters::Escaper for Escaper {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, string: &str) -> fmt::Result {
        askama::filters::Html.write_escaped_str(dest, &terminal_safe(string))
    }
}

/// Words of the report, by the part of their key behind `html.`.
struct Words {
    catalogue: &'static Catalogue,
}

impl Words {
    /// Words without values.
    fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// Words with values.
    fn with(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.catalogue.say(&Statement { key: format!("html.{key}"), values: values.to_vec() })
    }

    /// Words with a number.
    fn count(&self, key: &str, count: impl fmt::Display) -> String {
        self.with(key, &[("count", count.to_string())])
    }

    /// The words for an id.
    fn of(&self, what: &str, id: &str) -> String {
        self.say(&format!("{what}.{id}"))
    }

    /// The words for an id that all reports for people share.
    fn shared_of(&self, what: &str, id: &str) -> String {
        self.shared(&format!("{what}.{id}"))
    }

    /// What people call an artifact; the reply asks for it by the same words.
    fn artifact(&self, collect: &CollectNext) -> String {
        let key = format!("reply.artifact.{}", collect.artifact);
        match self.catalogue.has(&key) {
            true => self.catalogue.say(&Statement::new(key)),
            false => collect.artifact.clone(),
        }
    }

    fn phrases(&self) -> Phrases {
        Phrases::in_language(self.catalogue.language())
    }

    /// Where a command is run, and in what.
    fn console(&self, collect: &CollectNext) -> String {
        self.phrases().console(collect)
    }

    /// What a command writes, to be sent back.
    fn files(&self, collect: &CollectNext) -> String {
        let files = self.phrases().list(&collect.files);
        self.phrases().words("collect-files", &[("files", files)])
    }

    /// Words that all reports for people share.
    fn shared(&self, key: &str) -> String {
        self.catalogue.say(&Statement::new(format!("report.{key}")))
    }
}

/// A state, as it is shown: in words, and for the style.
struct StateView {
    class: &'static str,
    name: String,
}

impl StateView {
    fn of(state: State, words: &Words) -> Self {
        let name = words.shared(&format!("state.{}", state.word()));
        StateView { class: state.word(), name }
    }
}

/// A way out: the steps of one section of a remedy.
struct Section<'a> {
    title: Option<&'a str>,
    notes: Vec<&'a str>,
    steps: Vec<&'a Step>,
}

/// A remedy of a cause or of another diagnosis.
struct Remedy<'a> {
    title: String,
    state: StateView,
    notes: Vec<&'a str>,
    sections: Vec<Section<'a>>,
    /// It is that of the verdict, and the verdict is likely at least.
    leads: bool,
}

/// A known diagnosis outside the three causes.
struct Other<'a> {
    state: StateView,
    title: &'a str,
    id: &'a str,
    reason: &'a str,
    about: Option<String>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    t: Words,
    language: &'static str,
    style: &'static str,
    policy: String,
    report: &'a Report,
    title: String,
    state: StateView,
    missing: &'a [String],
    causes: Vec<CauseCard<'a>>,
    others: Vec<Other<'a>>,
    picture: Option<Picture>,
    failed: usize,
    pieces: Vec<PieceView<'a>>,
    remedies: Vec<Remedy<'a>>,
    most_rows: usize,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report) -> Self {
        let t = Words { catalogue: Catalogue::of(report.language) };
        let phrases = Phrases::of(report);
        let verdict = &report.verdict;
        let cause = match phrases::of_verdict(report) {
            Some(other) => t.with("cause.other-named", &[("title", other.title.clone())]),
            None => t.say(&format!("cause.{}", verdict.cause)),
        };
        let open = matches!(verdict.state, State::Possible | State::Likely);
        let of_verdict = report.causes.iter().find(|cause| open && cause.id == verdict.cause);
        let others = report.other_diagnoses.iter().filter(|other| other.state >= State::Possible);
        Page {
            language: report.language.code(),
            style: STYLE,
            policy: policy(),
            report,
            title: t.with(&format!("title.{}", verdict.state.word()), &[("cause", cause)]),
            state: StateView::of(verdict.state, &t),
            missing: of_verdict.map_or(&[], |cause| &cause.missing),
            causes: causes::cards(report, &t),
            others: others
                .map(|other| Other {
                    state: StateView::of(other.state, &t),
                    title: if other.title.is_empty() { &other.id } else { &other.title },
                    id: &other.id,
                    reason: &other.reason,
                    about: other.about.as_ref().map(|about| phrases.about(about)),
                })
                .collect(),
            picture: picture::picture(report, &t),
            failed: report.attempts.iter().filter(|attempt| attempt.result == "failed").count(),
            pieces: evidence::pieces(report, &t),
            remedies: remedies(report, &t),
            most_rows: MOST_ROWS,
            t,
        }
    }

    /// No remedy is that of a verdict that is likely at least.
    fn is_open(&self) -> bool {
        !self.remedies.iter().any(|remedy| remedy.leads)
    }

    /// The first rows of a table.
    fn rows<T>(&self, list: &'a [T]) -> &'a [T] {
        list.get(..self.most_rows).unwrap_or(list)
    }

    /// How many more rows there are; none if there are none.
    fn more<T>(&self, list: &[T]) -> Option<usize> {
        list.len().checked_sub(self.most_rows).filter(|more| *more > 0)
    }

    /// A time as tables show it.
    #[expect(clippy::unused_self, reason = "a template calls what belongs to its page")]
    fn time(&self, text: &str) -> String {
        to_the_millisecond(text)
    }

    /// What is made of one attempt: its cause, and how sure.
    fn outcome(&self, attempt: &Attempt) -> String {
        if attempt.result != "failed" {
            return String::new();
        }
        let (cause, state) = (&attempt.cause, attempt.state.word());
        let diagnosis = attempt.diagnosis.as_deref().and_then(|id| phrases::diagnosis(self.report, id));
        let cause_name = || self.t.say(&format!("cause.{cause}"));
        let values = [
            ("cause", diagnosis.map_or_else(cause_name, |other| other.title.clone())),
            ("state", self.t.shared(&format!("state.{state}"))),
        ];
        match cause.as_str() {
            "undetermined" => self.t.phrases().without_cause(self.report, attempt),
            _ => self.t.with("attempt-cause", &values),
        }
    }

    /// The causes and other diagnoses that something decides.
    fn decides(&self, ids: &[String]) -> String {
        let phrases = self.t.phrases();
        let of = ids.iter().filter(|id| !self.is_check(id));
        phrases.list(&of.map(|id| phrases.named(self.report, id)).collect::<Vec<_>>())
    }

    /// What something decides is a check, which has no name but its id.
    fn is_check(&self, id: &str) -> bool {
        let is_cause = self.report.causes.iter().any(|cause| cause.id == id);
        !is_cause && phrases::diagnosis(self.report, id).is_none()
    }
}

/// What the browser may do: use the one style that is in the file.
fn policy() -> String {
    let hash = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'none'; base-uri 'none'; form-action 'none'"
    )
}

/// The remedies of what is possible at least, that of the verdict first.
fn remedies<'a>(report: &'a Report, words: &Words) -> Vec<Remedy<'a>> {
    let causes = report.causes.iter();
    let causes = causes.map(|cause| {
        let leads = cause.id == report.verdict.cause;
        (words.say(&format!("cause.{}", cause.id)), cause.state, leads, cause.remedy.as_slice())
    });
    let others = report.other_diagnoses.iter().map(|other| {
        let title = if other.title.is_empty() { &other.id } else { &other.title };
        let named = report.verdict.diagnosis.as_ref().is_none_or(|id| *id == other.id);
        (title.clone(), other.state, report.verdict.cause == "other" && named, other.remedy.as_slice())
    });
    let all =
        causes.chain(others).filter(|(_, state, _, steps)| *state >= State::Possible && !steps.is_empty());
    let mut remedies: Vec<Remedy<'a>> = all
        .map(|(title, state, leads, steps)| {
            let whole = steps.iter().take_while(|step| step.section.is_none() && step.note).count();
            let (notes, steps) = steps.split_at_checked(whole).unwrap_or((&[], steps));
            Remedy {
                title,
                state: StateView::of(state, words),
                notes: notes.iter().map(|note| note.step.as_str()).collect(),
                sections: steps.chunk_by(|one, next| one.section == next.section).map(section).collect(),
                leads: leads && state >= State::Likely,
            }
        })
        .collect();
    remedies.sort_by_key(|remedy| !remedy.leads);
    remedies
}

fn section(steps: &[Step]) -> Section<'_> {
    Section {
        title: steps.first().and_then(|step| step.section.as_deref()),
        notes: steps.iter().filter(|step| step.note).map(|step| step.step.as_str()).collect(),
        steps: steps.iter().filter(|step| !step.note).collect(),
    }
}

#[cfg(test)]
mod tests;
