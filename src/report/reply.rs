//! The reply: Markdown that an engineer sends to the customer, with what was found, what to do and what to
//! send next.
//!
//! It speaks plainly and without the tool's own terms, and never more surely than the verdict: steps are
//! given as steps only where the cause is confirmed, and where it is not even likely there are none. Failures
//! of different causes are told apart, each with what to do for it.

mod asked;
mod found;
mod markdown;
mod outcomes;

use super::Report;
use super::model::{Attempt, Step};
use super::phrases::Phrases;
use crate::diagnosis::State;
use crate::words::{Catalogue, Statement};

use markdown::{block, plain};
use outcomes::{Outcome, outcomes};

/// Most failed attempts, or users, that are listed of one cause.
const LISTED: usize = 5;

/// Renders the reply in the report's language. Text from the bundle is escaped.
pub fn render(report: &Report) -> String {
    let mut reply = Reply {
        report,
        catalogue: Catalogue::of(report.language),
        phrases: Phrases::of(report),
        text: String::new(),
    };
    reply.paragraph(&reply.say("greeting"));
    reply.paragraph(&reply.say(if reply.nothing_read() { "thanks-unread" } else { "thanks" }));
    reply.heading("found");
    let outcomes = outcomes(report);
    reply.found(&outcomes);
    reply.remedies(&outcomes);
    reply.asked();
    reply.paragraph(&reply.say("closing"));
    reply.paragraph(&reply.say("regards"));
    reply.text.truncate(reply.text.trim_end().len());
    reply.text.push('\n');
    reply.text
}

/// The reply so far.
struct Reply<'a> {
    report: &'a Report,
    catalogue: &'static Catalogue,
    phrases: Phrases,
    text: String,
}

impl<'a> Reply<'a> {
    fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.catalogue.say(&Statement { key: format!("reply.{key}"), values: values.to_vec() })
    }

    fn heading(&mut self, key: &str) {
        let heading = format!("## {}", self.say(key));
        self.paragraph(&heading);
    }

    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    /// A paragraph with what the bundle says.
    fn plain(&mut self, text: &str) {
        self.paragraph(&plain(text));
    }

    /// A paragraph of our own words, by its key.
    fn own(&mut self, key: &str) {
        let text = self.say(key);
        self.paragraph(&text);
    }

    /// Several sentences in one paragraph.
    fn sentences(&mut self, sentences: &[String]) {
        let text = sentences.join(self.catalogue.language().between_sentences());
        self.paragraph(&text);
    }

    fn bullets(&mut self, items: impl IntoIterator<Item = String>) {
        for item in items {
            self.text.push_str(&format!("- {item}\n"));
        }
        self.text.push('\n');
    }

    /// The failures that count.
    fn failed(&self) -> Vec<&'a Attempt> {
        let failed = self.report.attempts.iter().filter(|attempt| attempt.result == "failed");
        failed.filter(|attempt| !attempt.staging).collect()
    }

    /// What to do about each cause that is likely at least, the confirmed ones first.
    fn remedies(&mut self, outcomes: &[Outcome<'_>]) {
        let several = outcomes.len() > 1;
        for (heading, state) in [("do", State::Confirmed), ("probably-do", State::Likely)] {
            let of_state = outcomes.iter().filter(|outcome| outcome.state == state);
            // One remedy for a cause, where it stands surest.
            let first = |outcome: &&Outcome<'_>| {
                outcomes.iter().all(|other| other.id != outcome.id || other.state <= outcome.state)
            };
            let fitting: Vec<_> = of_state
                .filter(first)
                .map(|outcome| (outcome, outcome.remedy(self.report)))
                .filter(|(_, steps)| !steps.is_empty())
                .collect();
            if fitting.is_empty() {
                continue;
            }
            self.heading(heading);
            if state == State::Likely {
                self.own(if self.asks() { "probably-do-note" } else { "probably-do-alone" });
            }
            for (outcome, steps) in &fitting {
                if several {
                    let users = self.users(outcome);
                    let text = self.with("do-for", &[("users", users)]);
                    self.paragraph(&text);
                }
                self.steps(steps);
            }
            let commands = fitting.iter().flat_map(|(_, steps)| steps.iter());
            self.placeholder(commands.filter_map(|step| step.command.as_deref()));
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for section in steps.chunk_by(|one, next| one.section == next.section) {
            self.section(section);
        }
    }

    /// What angle brackets mean, where a command has them.
    fn placeholder<'c>(&mut self, mut commands: impl Iterator<Item = &'c str>) {
        if commands.any(|command| command.contains('<')) {
            self.own("placeholder");
        }
    }

    fn section(&mut self, steps: &[Step]) {
        if let Some(title) = steps.first().and_then(|step| step.section.as_deref()) {
            self.paragraph(&format!("### {}", plain(title)));
        }
        for note in steps.iter().filter(|step| step.note) {
            self.plain(&note.step);
        }
        for (number, step) in steps.iter().filter(|step| !step.note).enumerate() {
            let place = step.r#where.as_ref().map(|place| ("where", plain(place)));
            let place: Vec<String> = place.map(|place| self.with("where", &[place])).into_iter().collect();
            self.numbered(number + 1, &plain(&step.step), &place, step.command.as_deref());
        }
    }

    /// A numbered item, with lines below it, such as where it is done, and the command.
    fn numbered(&mut self, number: usize, text: &str, lines: &[String], command: Option<&str>) {
        self.text.push_str(&format!("{number}. {text}\n"));
        let indent = number.to_string().len() + 2;
        for line in lines {
            self.text.push_str(&format!("\n{}{line}\n", " ".repeat(indent)));
        }
        if let Some(command) = command {
            self.text.push('\n');
            self.text.push_str(&block(command, indent));
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests;
