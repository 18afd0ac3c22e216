//! The renderers' own words, in the language of the report.

use crate::diagnosis::State;
use crate::report::Report;
use crate::report::model::{About, Attempt, CollectNext, OfAttempt, OtherDiagnosis};
use crate::report::times::to_the_millisecond;
use crate::words::{Catalogue, Language, Statement};

/// Words of the catalogue's section `report`.
#[derive(Debug, Clone, Copy)]
pub struct Phrases {
    catalogue: &'static Catalogue,
}

impl Phrases {
    /// Those of a report's language.
    pub fn of(report: &Report) -> Phrases {
        Phrases { catalogue: Catalogue::of(report.language) }
    }

    /// Those of a language.
    pub fn in_language(language: Language) -> Phrases {
        Phrases { catalogue: Catalogue::of(language) }
    }

    /// A phrase that has no values.
    pub fn word(&self, key: &str) -> String {
        self.words(key, &[])
    }

    /// A phrase, with values.
    pub fn words(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.catalogue.say(&Statement { key: format!("report.{key}"), values: values.to_vec() })
    }

    /// Where a command is run: the machine, and the shell that it is written for.
    pub fn console(&self, collect: &CollectNext) -> String {
        let key = match (collect.shell.as_str(), collect.elevated) {
            ("cmd", false) => "console.cmd",
            ("cmd", true) => "console.cmd-elevated",
            (_, false) => "console.powershell",
            (_, true) => "console.powershell-elevated",
        };
        self.words(key, &[("where", collect.r#where.clone())])
    }

    /// Several names in one sentence.
    pub fn list(&self, names: &[String]) -> String {
        names.join(&self.word("list-separator"))
    }

    /// The name of a state, for people.
    pub fn state_name(&self, state: State) -> String {
        self.word(&format!("state.{}", state.word()))
    }

    /// One of the three causes by its number; none for anything else.
    pub fn short(&self, report: &Report, id: &str) -> Option<String> {
        let is_cause = report.causes.iter().any(|cause| cause.id == id);
        is_cause.then(|| self.word(&format!("short.{id}")))
    }

    /// A cause by its number, another diagnosis by its title.
    pub fn named(&self, report: &Report, id: &str) -> String {
        let title = || Some(self.words("titled", &[("title", diagnosis(report, id)?.title.clone())]));
        self.short(report, id).or_else(title).unwrap_or_else(|| id.to_owned())
    }

    /// What is made of an operation that has no cause: that it does not count, or what remains possible.
    pub fn without_cause(&self, report: &Report, attempt: &Attempt) -> String {
        if attempt.staging {
            return self.word("attempt-staging");
        }
        let state = self.state_name(attempt.state);
        let open: Vec<String> = attempt.open.iter().map(|id| self.named(report, id)).collect();
        if open.is_empty() { state } else { format!("{state} ({})", self.list(&open)) }
    }

    /// An operation, by its user and time.
    pub fn of_attempt(&self, attempt: &OfAttempt) -> String {
        let time = to_the_millisecond(&attempt.time);
        match &attempt.user {
            Some(user) => self.words("of-attempt", &[("user", user.clone()), ("time", time)]),
            None => time,
        }
    }

    /// Which operations a conclusion is about; the latest are named.
    pub fn about(&self, about: &About) -> String {
        /// Most operations that are named.
        const NAMED: usize = 3;
        let latest = about.attempts.iter().skip(about.attempts.len().saturating_sub(NAMED));
        let named: Vec<String> = latest.map(|attempt| self.of_attempt(attempt)).collect();
        let key = if about.count > named.len() { "about-latest" } else { "about" };
        let values = [
            ("count", about.count.to_string()),
            ("failed", about.failed.to_string()),
            ("attempts", self.list(&named)),
        ];
        self.words(key, &values)
    }

    /// A reason, with the operations that it is about, where others lead to another conclusion.
    pub fn with_about(&self, reason: &str, about: Option<&About>) -> String {
        let Some(about) = about else { return reason.to_owned() };
        let between = self.catalogue.language().between_sentences();
        [reason, &self.about(about)].join(between)
    }

    /// Which operations an answer is for.
    pub fn answer_for(&self, attempts: &[&OfAttempt]) -> String {
        let named: Vec<String> = attempts.iter().map(|attempt| self.of_attempt(attempt)).collect();
        self.words("answer-for", &[("attempts", self.list(&named))])
    }

    /// What people call an artifact; the reply asks for it by the same words.
    pub fn artifact(&self, id: &str) -> String {
        let key = format!("reply.artifact.{id}");
        match self.catalogue.has(&key) {
            true => self.catalogue.say(&Statement::new(key)),
            false => id.to_owned(),
        }
    }
}

/// The other diagnosis that a verdict names.
pub fn of_verdict(report: &Report) -> Option<&OtherDiagnosis> {
    let id = report.verdict.diagnosis.as_deref()?;
    diagnosis(report, id)
}

/// The other diagnosis of an id.
pub fn diagnosis<'r>(report: &'r Report, id: &str) -> Option<&'r OtherDiagnosis> {
    report.other_diagnoses.iter().find(|other| other.id == id && !other.title.is_empty())
}
