//! Why a report says what it says: the answer of a check, or the state of a cause, with the first
//! condition that is not met, and what would change it.
//!
//! It reads a finished report and the ladders of the diagnosis; it has no bundle.

use crate::diagnosis::tiers::{Condition, Tier, ladder};
use crate::diagnosis::{Answer, State};
use crate::report::Report;
use crate::report::model::{About, CollectNext, Evidence};
use crate::report::phrases::Phrases;
use crate::report::text::TextOptions;
use crate::report::text::canvas::Canvas;
use crate::rules::{CauseId, Weight, check};
use crate::words::{Catalogue, Language, Statement};

/// Neither a cause nor a check of the report has the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotInReport {
    /// The id that was asked for.
    pub id: String,
    /// It is a check that exists, and that nothing in this bundle called for.
    pub known: bool,
}

impl NotInReport {
    /// What to say to the one who asked.
    pub fn in_words(&self, language: Language) -> String {
        let key = if self.known { "why.not-asked" } else { "why.no-such-id" };
        Catalogue::of(language).say(&Statement::new(key).with("id", format!("{:?}", self.id)))
    }
}

/// Says why, for the id of a cause, of another diagnosis or of a check.
///
/// # Errors
/// The report has nothing of that id.
pub fn why(report: &Report, id: &str, options: &TextOptions) -> Result<String, NotInReport> {
    let id = id.trim().to_ascii_lowercase();
    let judged = judged(report);
    let mut text = Text { canvas: Canvas::new(options, Phrases::of(report)), report };
    if let Some(judged) = judged.iter().find(|judged| judged.id == id) {
        text.state(judged);
        return Ok(text.canvas.finish());
    }
    let asking: Vec<&Judged<'_>> = judged.iter().filter(|judged| judged.answer(&id).is_some()).collect();
    if asking.is_empty() {
        return Err(NotInReport { known: check(&id).is_some(), id });
    }
    for judged in asking {
        text.check(judged, &id);
    }
    text.collect(&id);
    Ok(text.canvas.finish())
}

/// A cause or another diagnosis. Only causes have a ladder.
struct Judged<'a> {
    id: &'a str,
    state: State,
    reason: &'a str,
    about: Option<&'a About>,
    evidence: &'a [Evidence],
    ladder: &'static [Tier],
}

fn judged(report: &Report) -> Vec<Judged<'_>> {
    let ladder_of = |id: &str| {
        CauseId::ALL.into_iter().find(|cause| cause.id() == id).map_or(&[][..], |cause| ladder(cause))
    };
    let causes = report.causes.iter().map(|cause| Judged {
        id: &cause.id,
        state: cause.state,
        reason: &cause.reason,
        about: cause.about.as_ref(),
        evidence: &cause.evidence,
        ladder: ladder_of(&cause.id),
    });
    let others = report.other_diagnoses.iter().map(|other| Judged {
        id: &other.id,
        state: other.state,
        reason: &other.reason,
        about: other.about.as_ref(),
        evidence: &other.evidence,
        ladder: &[],
    });
    causes.chain(others).collect()
}

impl Judged<'_> {
    /// The answer of a check; none where it was not asked.
    fn answer(&self, check: &str) -> Option<Answer> {
        self.evidence.iter().find(|evidence| evidence.check == check).map(|evidence| evidence.answer)
    }

    fn holds(&self, condition: Condition) -> bool {
        condition.holds(self.answer(condition.check()))
    }

    /// Rungs of a state that is more than the present one, each with what it lacks.
    fn above(&self) -> impl Iterator<Item = (&'static Tier, Vec<Condition>)> {
        let higher = self.ladder.iter().filter(|tier| tier.state > self.state);
        higher.map(|tier| {
            (tier, tier.all.iter().copied().filter(|condition| !self.holds(*condition)).collect())
        })
    }

    /// The rung that the answers reach.
    fn here(&self) -> Option<&'static Tier> {
        self.ladder.iter().find(|tier| tier.all.iter().all(|condition| self.holds(*condition)))
    }
}

struct Text<'r> {
    canvas: Canvas,
    report: &'r Report,
}

impl Text<'_> {
    fn word(&self, key: &str, values: &[(&'static str, String)]) -> String {
        let statement = Statement { key: format!("why.{key}"), values: values.to_vec() };
        Catalogue::of(self.report.language).say(&statement)
    }

    fn answer_word(&self, answer: Option<Answer>) -> String {
        let key = match answer {
            Some(Answer::Yes) => "answer.yes",
            Some(Answer::No) => "answer.no",
            Some(Answer::Unknown) => "answer.unknown",
            None => "answer.not-asked",
        };
        self.word(key, &[])
    }

    fn state(&mut self, judged: &Judged<'_>) {
        let state = self.canvas.state_name(judged.state);
        self.canvas.heading(&format!("{}: {state}", judged.id));
        self.canvas.paragraph(2, judged.reason);
        if let Some(about) = judged.about {
            let about = self.canvas.phrases().about(about);
            self.canvas.paragraph(2, &about);
        }
        if let Some(here) = judged.here() {
            let title = self.word("rests-on", &[]);
            self.canvas.heading(&title);
            for condition in here.all {
                self.condition(judged, *condition);
            }
        }
        let mut above: Vec<(&Tier, Vec<Condition>)> = judged.above().collect();
        // What lacks least is nearest; rungs that lack as much keep the order of the ladder.
        above.sort_by_key(|(_, lacking)| lacking.len());
        for (tier, lacking) in above.into_iter().take(3) {
            let state = self.canvas.state_name(tier.state);
            let title = self.word("would-be", &[("state", state)]);
            self.canvas.heading(&title);
            for condition in lacking {
                self.condition(judged, condition);
            }
        }
    }

    /// A condition, and what its check answers now.
    fn condition(&mut self, judged: &Judged<'_>, condition: Condition) {
        let wanted = match condition {
            Condition::Yes(_) => "wants.yes",
            Condition::No(_) => "wants.no",
            Condition::Unknown(_) => "wants.unknown",
            Condition::NotYes(_) => "wants.not-yes",
        };
        let is = self.answer_word(judged.answer(condition.check()));
        let line = self.word(wanted, &[("check", condition.check().to_owned()), ("answer", is)]);
        self.canvas.item(2, &line);
    }

    fn check(&mut self, judged: &Judged<'_>, id: &str) {
        let first = judged.answer(id);
        let answers = || judged.evidence.iter().filter(|evidence| evidence.check == id);
        // A check that answers several things, such as each right of a list, has no answer of its own.
        let mixed = answers().any(|evidence| Some(evidence.answer) != first);
        let answer = self.answer_word(first);
        self.canvas.heading(&match mixed {
            true => format!("{} / {id}", judged.id),
            false => format!("{} / {id}: {answer}", judged.id),
        });
        let mut said = None;
        for evidence in answers() {
            if said != Some(&evidence.text) {
                said = Some(&evidence.text);
                match mixed {
                    true => {
                        let answer = self.answer_word(Some(evidence.answer));
                        self.canvas.item(2, &format!("{answer}: {}", evidence.text));
                    }
                    false => self.canvas.paragraph(2, &evidence.text),
                }
                let worth = match evidence.weight {
                    Weight::Proves => "weight.proves",
                    Weight::Supports => "weight.supports",
                    Weight::RulesOut => "weight.rules-out",
                    Weight::Context => "weight.context",
                };
                let worth = self.word(worth, &[]);
                self.canvas.paragraph(2, &worth);
                if let Some(of) = &evidence.attempt {
                    let of = self.canvas.phrases().answer_for(&[of]);
                    self.canvas.paragraph(2, &of);
                }
            }
            if let Some(source) = &evidence.source {
                self.canvas.item(4, &format!("{}, {}", source.path, source.place));
            }
        }
        let would: Vec<(State, Vec<Condition>)> = judged
            .above()
            .filter(|(_, lacking)| lacking.iter().any(|condition| condition.check() == id))
            .map(|(tier, lacking)| (tier.state, lacking))
            .collect();
        if let Some((state, lacking)) = would.into_iter().min_by_key(|(_, lacking)| lacking.len()) {
            let state = self.canvas.state_name(state);
            let title = self.word("would-help", &[("state", state)]);
            self.canvas.paragraph(2, &title);
            for condition in lacking {
                self.condition(judged, condition);
            }
        }
    }

    /// What to collect that would answer the check.
    fn collect(&mut self, id: &str) {
        let asks = |next: &&CollectNext| next.decides.iter().any(|decided| decided == id);
        let wanted: Vec<&CollectNext> = self.report.collect_next.iter().filter(asks).collect();
        if wanted.is_empty() {
            return;
        }
        let title = self.word("collect", &[]);
        self.canvas.heading(&title);
        for next in wanted {
            self.canvas.item(2, &format!("{}: {}", next.r#where, next.why));
            self.canvas.command(4, &next.command);
        }
    }
}

#[cfg(test)]
mod tests;
