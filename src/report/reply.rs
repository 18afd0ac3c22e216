//! The reply: Markdown that an engineer sends to the customer, with what was found, what to do and what to
//! send next.
//!
//! It speaks plainly and without the tool's own terms, and never more surely than the verdict: steps are
//! given as steps only where the cause is confirmed, and where it is not even likely there are none.

mod markdown;

use std::collections::BTreeSet;

use super::Report;
use super::model::{Attempt, CollectNext, Step};
use super::pieces::is_right_missing;
use crate::diagnosis::State;
use crate::words::{Catalogue, Statement};

use markdown::{block, plain};

/// Most failed attempts that are listed.
const ATTEMPTS: usize = 5;
/// Most damaged files that are named.
const DAMAGED: usize = 5;

/// Renders the reply in the report's language. Text from the bundle is escaped.
pub fn render(report: &Report) -> String {
    let mut reply = Reply { report, catalogue: Catalogue::of(report.language), text: String::new() };
    reply.paragraph(&reply.say("greeting"));
    reply.paragraph(&reply.say("thanks"));
    reply.heading("found");
    reply.found();
    reply.remedy();
    reply.send();
    reply.damaged();
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
    text: String,
}

impl Reply<'_> {
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

    fn bullets(&mut self, items: impl IntoIterator<Item = String>) {
        for item in items {
            self.text.push_str(&format!("- {item}\n"));
        }
        self.text.push('\n');
    }

    fn failed(&self) -> Vec<&Attempt> {
        self.report.attempts.iter().filter(|attempt| attempt.result == "failed").collect()
    }

    /// The failed attempts that the verdict's cause explains.
    fn explained(&self) -> usize {
        let cause = &self.report.verdict.cause;
        self.failed().iter().filter(|attempt| attempt.cause == *cause).count()
    }

    fn found(&mut self) {
        let verdict = &self.report.verdict;
        match verdict.cause.as_str() {
            "undetermined" => self.undetermined(),
            "no-failure" => self.no_failure(),
            "other" => self.other(),
            cause => {
                let table = if verdict.state == State::Confirmed { "cause" } else { "maybe" };
                let sure = self.say(&format!("sure.{}", verdict.state.word()));
                let cause = self.say(&format!("{table}.{cause}"));
                self.paragraph(&sure);
                self.paragraph(&cause);
                self.rights_missing();
                self.explains();
            }
        }
        self.attempts();
    }

    /// The rights that are missing or denied, where the verdict is that some are.
    fn rights_missing(&mut self) {
        let report = self.report;
        let causes = report.causes.iter().filter(|cause| cause.id == report.verdict.cause);
        let missing = causes.flat_map(|cause| &cause.evidence).filter(|one| is_right_missing(one));
        let mut items: Vec<String> = missing.map(|evidence| plain(&evidence.text)).collect();
        items.dedup();
        if !items.is_empty() {
            let text = self.say("rights-missing");
            self.paragraph(&text);
            self.bullets(items);
        }
    }

    /// How many of the failures it explains.
    fn explains(&mut self) {
        let (count, total) = (self.explained(), self.failed().len());
        let table = match self.report.verdict.state {
            State::Confirmed => "explains",
            _ => "would-explain",
        };
        let which = if count >= total { "all" } else { "some" };
        let values = [("count", count.to_string()), ("total", total.to_string())];
        let text = self.with(&format!("{table}.{which}"), &values);
        self.paragraph(&text);
    }

    fn other(&mut self) {
        let report = self.report;
        let state = report.verdict.state;
        let sure = self.say(&format!("sure.{}", state.word()));
        self.paragraph(&sure);
        let others: Vec<_> = report.other_diagnoses.iter().filter(|other| other.state >= state).collect();
        for other in &others {
            self.plain(&other.reason);
        }
        // Which of several explains how many is not in the report.
        if others.len() == 1 {
            self.explains();
        }
    }

    fn undetermined(&mut self) {
        let total = self.failed().len();
        let open: Vec<String> = self
            .report
            .causes
            .iter()
            .filter(|cause| cause.state >= State::Possible)
            .map(|cause| self.say(&format!("maybe.{}", cause.id)))
            .collect();
        let began = self.report.attempts.iter().any(|attempt| attempt.result == "unknown");
        let key = match (total, open.is_empty()) {
            (0, _) if began => "no-end",
            (0, _) => "no-failure-seen",
            (_, true) => "none-fits",
            (_, false) => "open",
        };
        let text = self.with(&format!("undetermined.{key}"), &[("total", total.to_string())]);
        self.paragraph(&text);
        if key == "open" {
            let text = self.say("open");
            self.paragraph(&text);
            self.bullets(open);
        }
    }

    fn no_failure(&mut self) {
        let succeeded = self.report.attempts.iter().filter(|attempt| attempt.result == "succeeded").count();
        let key = if self.report.verdict.state == State::Confirmed { "confirmed" } else { "likely" };
        let text = self.with(&format!("no-failure.{key}"), &[("count", succeeded.to_string())]);
        self.paragraph(&text);
        let next = self.say("no-failure.next");
        self.paragraph(&next);
    }

    /// The latest failed attempts.
    fn attempts(&mut self) {
        let failed = self.failed();
        if failed.is_empty() {
            return;
        }
        let more = failed.len().saturating_sub(ATTEMPTS);
        let mut items: Vec<String> = failed
            .iter()
            .skip(more)
            .map(|attempt| {
                let time = attempt.time.split(['.', 'Z']).next().unwrap_or_default().replace('T', " ");
                let user = attempt.user.as_deref().map_or_else(|| self.say("somebody"), plain);
                self.with("attempt", &[("time", time), ("user", user)])
            })
            .collect();
        if more > 0 {
            items.push(self.with("attempt-more", &[("count", more.to_string())]));
        }
        let text = self.say("attempts");
        self.paragraph(&text);
        self.bullets(items);
    }

    /// The steps of what the verdict names, where it is likely at least.
    fn remedy(&mut self) {
        let report = self.report;
        let verdict = &report.verdict;
        let steps: Vec<&[Step]> = match verdict.cause.as_str() {
            "other" => {
                let others = report.other_diagnoses.iter().filter(|other| other.state >= verdict.state);
                others.map(|other| other.remedy.as_slice()).collect()
            }
            id => {
                let cause = report.causes.iter().filter(|cause| cause.id == id);
                cause.map(|cause| cause.remedy.as_slice()).collect()
            }
        };
        if verdict.state < State::Likely || steps.iter().all(|steps| steps.is_empty()) {
            return;
        }
        if verdict.state == State::Confirmed {
            self.heading("do");
        } else {
            self.heading("probably-do");
            let note = self.say("probably-do-note");
            self.paragraph(&note);
        }
        for step in steps.iter().flat_map(|steps| steps.chunk_by(|one, next| one.section == next.section)) {
            self.section(step);
        }
        let commands = steps.iter().flat_map(|steps| steps.iter().filter_map(|step| step.command.as_ref()));
        if commands.into_iter().any(|command| command.contains('<')) {
            let text = self.say("placeholder");
            self.paragraph(&plain(&text));
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
            let place = place.map(|place| self.with("where", &[place]));
            self.numbered(number + 1, &plain(&step.step), place.as_deref(), step.command.as_deref());
        }
    }

    /// A numbered item, with where it is done and the command.
    fn numbered(&mut self, number: usize, text: &str, place: Option<&str>, command: Option<&str>) {
        self.text.push_str(&format!("{number}. {text}\n"));
        let indent = number.to_string().len() + 2;
        if let Some(place) = place {
            self.text.push_str(&format!("\n{}{place}\n", " ".repeat(indent)));
        }
        if let Some(command) = command {
            self.text.push('\n');
            self.text.push_str(&block(command, indent));
        }
        self.text.push('\n');
    }

    /// What to send, unless everything is explained.
    fn send(&mut self) {
        let report = self.report;
        let known = report.verdict.state == State::Confirmed && self.explained() == self.failed().len();
        if known || report.collect_next.is_empty() {
            return;
        }
        self.heading("send");
        let note = self.say("send-note");
        self.paragraph(&note);
        for (number, collect) in report.collect_next.iter().enumerate() {
            let place = plain(&collect.r#where);
            let mut place = self.with("where", &[("where", place)]);
            if collect.elevated {
                place.push_str(&format!(" {}", self.say("elevated")));
            }
            self.numbered(number + 1, &self.artifact(collect), Some(&place), Some(&collect.command));
        }
        if report.collect_next.iter().any(|collect| collect.command.contains('<')) {
            let text = self.say("placeholder");
            self.paragraph(&plain(&text));
        }
    }

    /// What the customer would call an artifact.
    fn artifact(&self, collect: &CollectNext) -> String {
        let key = format!("artifact.{}", collect.artifact);
        match self.catalogue.has(&format!("reply.{key}")) {
            true => self.say(&key),
            false => plain(&collect.why),
        }
    }

    /// Files of which something was lost. What is of another kind was not lost.
    fn damaged(&mut self) {
        let artifacts = self.report.artifacts.iter();
        let not_used: BTreeSet<&str> = artifacts
            .filter(|artifact| artifact.kind == "not-used")
            .map(|artifact| artifact.path.as_str())
            .collect();
        let paths = self.report.gaps.iter().map(|gap| gap.path.as_str());
        let paths: BTreeSet<&str> = paths.filter(|path| !not_used.contains(path)).collect();
        if paths.is_empty() {
            return;
        }
        let more = paths.len().saturating_sub(DAMAGED);
        let mut items: Vec<String> = paths.into_iter().take(DAMAGED).map(plain).collect();
        if more > 0 {
            items.push(self.with("attempt-more", &[("count", more.to_string())]));
        }
        let text = self.say("damaged");
        self.paragraph(&text);
        self.bullets(items);
    }
}

#[cfg(test)]
mod tests;
