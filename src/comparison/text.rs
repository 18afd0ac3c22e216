//! The comparison for people: titles and words of its language, where JSON has ids.

use super::{Change, Comparison};
use crate::diagnosis::{Answer, State};
use crate::knowledge::pages;
use crate::report::facts;
use crate::report::phrases::Phrases;
use crate::report::text::TextOptions;
use crate::report::text::canvas::Canvas;
use crate::words::{Catalogue, Language, Statement};

/// Renders a comparison: what became of the cause, then what changed.
pub fn render(comparison: &Comparison, options: &TextOptions) -> String {
    let words = Words { language: comparison.language };
    let mut canvas = Canvas::new(options, Phrases::in_language(comparison.language));
    canvas.heading(&words.word(&format!("outcome.{}", comparison.outcome.word())));
    canvas.paragraph(2, &comparison.reason);
    if comparison.unreadable.is_some() {
        return canvas.finish();
    }
    let parts: [(&str, Vec<Line>); 3] = [
        ("states", comparison.states.iter().map(|change| words.state(change)).collect()),
        ("checks", words.checks(&comparison.checks)),
        ("facts", comparison.facts.iter().map(|change| words.fact(change)).collect()),
    ];
    for (title, lines) in &parts {
        if lines.is_empty() {
            continue;
        }
        canvas.heading(&words.word(title));
        for line in lines {
            canvas.item(2, &line.what);
            canvas.item(4, &format!("{} -> {}", line.before, line.after));
        }
    }
    if parts.iter().all(|(_, lines)| lines.is_empty()) {
        canvas.gap();
        canvas.paragraph(0, &words.word("no-change"));
    }
    canvas.finish()
}

/// A change in words.
#[derive(PartialEq, Eq)]
struct Line {
    what: String,
    before: String,
    after: String,
}

#[derive(Clone, Copy)]
struct Words {
    language: Language,
}

impl Words {
    fn say(self, key: &str, values: &[(&'static str, String)]) -> String {
        let statement = Statement { key: key.to_owned(), values: values.to_vec() };
        Catalogue::of(self.language).say(&statement)
    }

    fn word(self, key: &str) -> String {
        self.say(&format!("diff.{key}"), &[])
    }

    /// Both sides, each of its values in words; a side that is not there is said to be so.
    fn line(self, what: String, change: &Change, absent: &str, word: impl Fn(&str) -> String) -> Line {
        let side = |value: &Option<String>| match value {
            Some(values) => values.split(", ").map(&word).collect::<Vec<_>>().join(&self.word("between")),
            None => self.word(absent),
        };
        Line { what, before: side(&change.before), after: side(&change.after) }
    }

    /// A page or a check by its title, with its id.
    fn titled(self, id: &str) -> String {
        let page = pages::page(self.language, id).map(|page| page.title.as_str());
        let check = || pages::find_check(self.language, id).first().map(|(_, check)| check.title.as_str());
        match page.or_else(check) {
            Some(title) => {
                let values = [("title", pages::plain(title)), ("id", id.to_owned())];
                self.say("explain.title", &values)
            }
            None => id.to_owned(),
        }
    }

    /// A cause by its number, as reports call it; another diagnosis by its id.
    fn short(self, id: &str) -> String {
        let key = format!("report.short.{id}");
        if Catalogue::of(self.language).has(&key) { self.say(&key, &[]) } else { id.to_owned() }
    }

    fn state(self, change: &Change) -> Line {
        let what = if change.what == "verdict" { self.word("verdict") } else { self.titled(&change.what) };
        let phrases = Phrases::in_language(self.language);
        let word = |value: &str| match STATES.into_iter().find(|state| state.word() == value) {
            Some(state) => phrases.state_name(state),
            None if VERDICTS.contains(&value) => phrases.word(&format!("cause.{value}")),
            None => value.to_owned(),
        };
        let mut line = self.line(what, change, "not-concluded", word);
        if change.what == "verdict" {
            // A verdict that names no cause is undetermined, and its state says the same again.
            for (side, value) in [(&mut line.before, &change.before), (&mut line.after, &change.after)] {
                let cause = value.as_deref().and_then(|value| value.split(", ").next()).unwrap_or_default();
                if NO_CAUSE.contains(&cause) {
                    *side = phrases.word(&format!("cause.{cause}"));
                }
            }
        }
        line
    }

    /// The checks; one that several causes ask, and that changed alike for all, stands once. Where it did not, each
    /// change names the causes that it is for.
    fn checks(self, changes: &[Change]) -> Vec<Line> {
        let mut all: Vec<(Line, Vec<&str>)> = Vec::new();
        for change in changes {
            let (cause, check) = change.what.split_once('/').unwrap_or(("", &change.what));
            let word = |value: &str| match ANSWERS.into_iter().find(|answer| answer.word() == value) {
                Some(answer) => self.say(&format!("why.answer.{}", answer.word()), &[]),
                None => value.to_owned(),
            };
            let line = self.line(self.titled(check), change, "not-asked", word);
            match all.iter_mut().find(|(have, _)| *have == line) {
                Some((_, causes)) => causes.push(cause),
                None => {
                    let beside = all.iter().rposition(|(have, _)| have.what == line.what);
                    all.insert(beside.map_or(all.len(), |at| at + 1), (line, vec![cause]));
                }
            }
        }
        let differs = |check: &str| all.iter().filter(|(line, _)| line.what == check).count() > 1;
        let differing: Vec<bool> = all.iter().map(|(line, _)| differs(&line.what)).collect();
        all.into_iter()
            .zip(differing)
            .map(|((line, causes), differs)| {
                if !differs {
                    return line;
                }
                let causes: Vec<String> = causes.into_iter().map(|cause| self.short(cause)).collect();
                let values = [("check", line.what), ("causes", causes.join(&self.word("between")))];
                Line { what: self.say("diff.check-for", &values), ..line }
            })
            .collect()
    }

    fn fact(self, change: &Change) -> Line {
        let phrases = Phrases::in_language(self.language);
        let (subject, fact) = change.what.rsplit_once(": ").unwrap_or(("", &change.what));
        let what = format!("{subject}: {}", phrases.word(&format!("fact.{fact}")));
        self.line(what, change, "not-there", |value| facts::value(value, |key| phrases.word(key)))
    }
}

const STATES: [State; 5] =
    [State::Confirmed, State::Likely, State::Possible, State::RuledOut, State::Undetermined];
const ANSWERS: [Answer; 3] = [Answer::Yes, Answer::No, Answer::Unknown];
/// Verdicts that name no cause.
const NO_CAUSE: [&str; 2] = ["undetermined", "no-failure"];
/// All verdicts.
const VERDICTS: [&str; 6] =
    ["protected-account", "connector-permissions", "remote-sam", "other", "undetermined", "no-failure"];
