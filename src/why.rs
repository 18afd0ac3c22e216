//! Why a report says what it says: the answer of a check, or the state of a cause, with the first
//! condition that is not met, and what would change it.
//!
//! It reads a finished report and the ladders of the diagnosis; it has no bundle.

mod named;
mod not_concluded;
mod own_words;

use crate::diagnosis::tiers::{Condition, Tier, ladder};
use crate::diagnosis::{Answer, State};
use crate::knowledge::pages;
use crate::report::Report;
use crate::report::model::{About, CollectNext, Evidence};
use crate::report::phrases::Phrases;
use crate::report::text::TextOptions;
use crate::report::text::canvas::Canvas;
use crate::rules::{CauseId, Weight, check};
use crate::words::{Catalogue, Language, Statement};

/// Says why, for the id of a cause, of another diagnosis, of a check, of a verdict without a cause or of an artifact to
/// collect, in a language. A sentence that the report
/// carries is said in that language too, where it is one of the catalogue's.
///
/// None where nothing has the id. What the report has not concluded or not asked is said to be so, with what would
/// have called for it.
pub fn why(report: &Report, id: &str, language: Language, options: &TextOptions) -> Option<String> {
    let id = pages::id_of(id);
    let judged = judged(report);
    let canvas = Canvas::new(options, Phrases::in_language(language));
    let mut text = Text { canvas, report, language, has_others_words: false };
    let asking: Vec<&Judged<'_>> = judged.iter().filter(|judged| judged.answer(&id).is_some()).collect();
    if let Some(judged) = judged.iter().find(|judged| judged.id == id) {
        text.state(judged);
    } else if !asking.is_empty() {
        for judged in asking {
            text.check(judged, &id);
        }
        text.collect(|decides| decides == id);
    } else if pages::page(language, &id).is_some() {
        text.not_concluded(&id);
    } else if !pages::find_check(language, &id).is_empty() || check(&id).is_some() {
        text.not_asked(&id);
    } else if !text.named(&id) {
        return None;
    }
    text.language_of_report();
    Some(text.canvas.finish())
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
        let higher =
            self.ladder.iter().filter(|tier| tier.state > self.state && tier.state >= State::Possible);
        let lacking = |tier: &Tier| -> Vec<Condition> {
            tier.all.iter().copied().filter(|condition| !self.holds(*condition)).collect()
        };
        // Nobody can collect less than there is.
        let is_open = |condition: &Condition| matches!(condition, Condition::Unknown(_));
        let rungs = higher.map(move |tier| (tier, lacking(tier)));
        rungs.filter(move |(_, lacking)| !lacking.is_empty() && !lacking.iter().any(is_open))
    }

    /// Of each higher state the nearest rung, the nearest first: what an open check keeps from being reached comes
    /// before what an answer speaks against, and what lacks less before what lacks more.
    fn nearest_above(&self) -> Vec<(&'static Tier, Vec<Condition>)> {
        let answered =
            |condition: &Condition| matches!(self.answer(condition.check()), Some(Answer::Yes | Answer::No));
        let far = |lacking: &[Condition]| {
            (lacking.iter().filter(|condition| answered(condition)).count(), lacking.len())
        };
        let mut above: Vec<(&Tier, Vec<Condition>)> = self.above().collect();
        // Rungs that are as far keep the order of the ladder.
        above.sort_by_key(|(_, lacking)| far(lacking));
        let mut nearest: Vec<(&Tier, Vec<Condition>)> = Vec::new();
        for rung in above {
            if !nearest.iter().any(|(tier, _)| tier.state == rung.0.state) {
                nearest.push(rung);
            }
        }
        if nearest.iter().any(|(_, lacking)| far(lacking).0 == 0) {
            nearest.retain(|(_, lacking)| far(lacking).0 == 0);
        }
        nearest
    }

    /// The rung that the answers reach.
    fn here(&self) -> Option<&'static Tier> {
        self.ladder.iter().find(|tier| tier.all.iter().all(|condition| self.holds(*condition)))
    }
}

struct Text<'r> {
    canvas: Canvas,
    report: &'r Report,
    language: Language,
    /// A sentence of the report stands in the language of the report, which is another one.
    has_others_words: bool,
}

impl Text<'_> {
    fn word(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.say(&format!("why.{key}"), values)
    }

    fn say(&self, key: &str, values: &[(&'static str, String)]) -> String {
        Catalogue::of(self.language).say(&Statement { key: key.to_owned(), values: values.to_vec() })
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

    /// A page or a check by its title, with its id; the id alone where this version has no title for it.
    fn titled(&self, id: &str) -> String {
        let page = pages::page(self.language, id).map(|page| page.title.as_str());
        let check = || pages::find_check(self.language, id).first().map(|(_, check)| check.title.as_str());
        match page.or_else(check) {
            Some(title) => {
                self.say("explain.title", &[("title", pages::plain(title)), ("id", id.to_owned())])
            }
            None => id.to_owned(),
        }
    }

    fn answered(&self, id: &str, answer: &str) -> String {
        format!("{}: {answer}", self.titled(id))
    }

    fn state(&mut self, judged: &Judged<'_>) {
        let title = self.answered(judged.id, &self.canvas.state_name(judged.state));
        self.canvas.heading(&title);
        let reason = self.reason(judged.id, judged.reason);
        self.canvas.paragraph(2, &reason);
        if let Some(about) = judged.about {
            let about = self.canvas.phrases().about(about);
            self.canvas.paragraph(2, &about);
        }
        self.rests_on(judged);
        let above = judged.nearest_above();
        for (tier, lacking) in &above {
            let state = self.canvas.state_name(tier.state);
            let title = self.word("would-be", &[("state", state)]);
            self.canvas.heading(&title);
            for condition in lacking {
                self.lacking(2, judged, *condition);
            }
        }
        let lacks = |id: &str| above.iter().any(|(_, lacking)| lacking.iter().any(|one| one.check() == id));
        if !above.is_empty() {
            self.collect(|decides| decides == judged.id || lacks(decides));
        }
    }

    /// What the state stands on; nothing where nothing is known.
    fn rests_on(&mut self, judged: &Judged<'_>) {
        let mut lines: Vec<String> = Vec::new();
        match judged.here() {
            Some(here) => {
                for condition in here.all {
                    let answer = self.answer_word(judged.answer(condition.check()));
                    let mut line = self.answered(condition.check(), &answer);
                    if matches!(condition, Condition::NotYes(_)) {
                        line.push_str(&self.word("yes-would-change", &[]));
                    }
                    lines.push(line);
                }
            }
            None => {
                for evidence in judged.evidence {
                    lines.push(self.answered(&evidence.check, &self.answer_word(Some(evidence.answer))));
                }
            }
        }
        lines.dedup();
        if !lines.is_empty() {
            let title = self.word("rests-on", &[]);
            self.canvas.heading(&title);
            lines.iter().for_each(|line| self.canvas.item(2, line));
        }
    }

    /// A condition that is not met, and what its check answers now.
    fn lacking(&mut self, indent: usize, judged: &Judged<'_>, condition: Condition) {
        let wanted = match condition {
            Condition::Yes(_) => "wants.yes",
            Condition::No(_) => "wants.no",
            Condition::Unknown(_) => "wants.unknown",
            Condition::NotYes(_) => "wants.not-yes",
        };
        let answer = self.answer_word(judged.answer(condition.check()));
        let line = self.word(wanted, &[("what", self.titled(condition.check())), ("answer", answer)]);
        self.canvas.item(indent, &line);
    }

    fn check(&mut self, judged: &Judged<'_>, id: &str) {
        let first = judged.answer(id);
        let answers = || judged.evidence.iter().filter(|evidence| evidence.check == id);
        // A check that answers several things, such as each right of a list, has no answer of its own.
        let mixed = answers().any(|evidence| Some(evidence.answer) != first);
        let title = match mixed {
            true => self.titled(id),
            false => self.answered(id, &self.answer_word(first)),
        };
        self.canvas.heading(&title);
        let of = self.word("for", &[("what", self.titled(judged.id))]);
        self.canvas.paragraph(2, &of);
        let mut said = None;
        for evidence in answers() {
            if said != Some(&evidence.text) {
                said = Some(&evidence.text);
                let text = self.answer_in_words(judged.id, evidence);
                match mixed {
                    true => {
                        let answer = self.answer_word(Some(evidence.answer));
                        self.canvas.item(2, &format!("{answer}: {text}"));
                    }
                    false => self.canvas.paragraph(2, &text),
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
                let place = self.own_words(&source.place, &["place"]);
                self.canvas.item(4, &format!("{}, {place}", source.path));
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
                self.lacking(4, judged, condition);
            }
        }
    }

    /// What to collect, where it decides what is asked about.
    fn collect(&mut self, is_asked_about: impl Fn(&str) -> bool) {
        let asks = |next: &&CollectNext| next.decides.iter().any(|decided| is_asked_about(decided));
        let wanted: Vec<&CollectNext> = self.report.collect_next.iter().filter(asks).collect();
        if wanted.is_empty() {
            return;
        }
        let title = self.word("collect", &[]);
        self.canvas.heading(&title);
        self.wanted(&wanted);
    }

    fn wanted(&mut self, wanted: &[&CollectNext]) {
        if let Some(prepare) = wanted.iter().map(|next| &next.prepare).find(|prepare| !prepare.is_empty()) {
            let first = self.canvas.word("collect-prepare");
            self.canvas.paragraph(2, &first);
            self.canvas.command(4, prepare);
        }
        for next in wanted {
            let place = self.own_words(&next.r#where, &["collect-where"]);
            let place = self.canvas.phrases().console(&CollectNext { r#where: place, ..(*next).clone() });
            let what = self.canvas.phrases().artifact(&next.artifact);
            self.canvas.item(2, &format!("{what} ({place})"));
            let why = self.own_words(&next.why, &["collect"]);
            self.canvas.paragraph(4, &why);
            let command = self.own_command(&next.command);
            self.canvas.command(4, &command);
            if !next.files.is_empty() {
                let files = self.canvas.phrases().list(&next.files);
                let files = self.canvas.words("collect-files", &[("files", files)]);
                self.canvas.paragraph(4, &files);
            }
        }
    }

    /// Says that sentences are in another language, where they are.
    fn language_of_report(&mut self) {
        if self.has_others_words {
            let note = self.word("other-language", &[("lang", self.language.code().to_owned())]);
            self.canvas.gap();
            self.canvas.paragraph(0, &note);
        }
    }
}

#[cfg(test)]
mod tests;
