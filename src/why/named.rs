//! Why a report has a verdict that names no cause, and why it asks for an artifact.

use super::Text;
use crate::knowledge::collect::collectable;
use crate::report::model::CollectNext;
use crate::words::Catalogue;

impl Text<'_> {
    /// Says it, where the id is of one of these.
    pub(super) fn named(&mut self, id: &str) -> bool {
        let is_verdict = Catalogue::of(self.language).has(&verdict_title(id));
        if is_verdict {
            self.verdict(id);
        } else if collectable(id).is_some() || self.report.collect_next.iter().any(|next| next.artifact == id)
        {
            self.artifact(id);
        } else {
            return false;
        }
        true
    }

    /// A verdict that names no cause: what it rests on is what each cause lacks.
    fn verdict(&mut self, id: &str) {
        let of = self.say(&verdict_title(id), &[]);
        let of = self.say("explain.title", &[("title", of), ("id", id.to_owned())]);
        let verdict = &self.report.verdict;
        let state = self.canvas.state_name(verdict.state);
        if verdict.cause == id {
            self.canvas.heading(&format!("{of}: {state}"));
        } else {
            let no = self.word("not-the-verdict", &[]);
            self.canvas.heading(&format!("{of}: {no}"));
            let is = self.canvas.word(&format!("cause.{}", verdict.cause));
            let is = self.word("the-verdict", &[("verdict", is), ("state", state)]);
            self.canvas.paragraph(2, &is);
        }
        let summary = self.own_words(&verdict.summary, &[&format!("summary.{}", verdict.cause)]);
        self.canvas.paragraph(2, &summary);
        let title = self.word("rests-on", &[]);
        self.canvas.heading(&title);
        let causes = self.report.causes.iter().map(|cause| (&cause.id, cause.state, &cause.reason));
        let others = self.report.other_diagnoses.iter().map(|other| (&other.id, other.state, &other.reason));
        for (id, state, reason) in causes.chain(others) {
            let line = self.answered(id, &self.canvas.state_name(state));
            self.canvas.item(2, &line);
            let reason = self.reason(id, reason);
            self.canvas.paragraph(4, &reason);
        }
        self.collect(|_| true);
    }

    /// An artifact, asked for or not.
    fn artifact(&mut self, id: &str) {
        let wanted: Vec<&CollectNext> =
            self.report.collect_next.iter().filter(|next| next.artifact == id).collect();
        let of = self.canvas.phrases().artifact(id);
        let of = self.say("explain.title", &[("title", of), ("id", id.to_owned())]);
        let asked = self.word(if wanted.is_empty() { "not-asked-for" } else { "asked-for" }, &[]);
        self.canvas.heading(&format!("{of}: {asked}"));
        if wanted.is_empty() {
            let why =
                if self.report.collect_next.is_empty() { "asks-for-nothing" } else { "asks-for-others" };
            let why = self.word(why, &[]);
            self.canvas.paragraph(2, &why);
            return self.collect(|_| true);
        }
        self.wanted(&wanted);
        for next in wanted.iter().take(1) {
            let answers = [
                ("question", self.own_words(&next.question, &["collect-question"])),
                ("yes", self.own_words(&next.yes, &["collect-yes"])),
                ("no", self.own_words(&next.no, &["collect-no"])),
            ];
            let answers = self.say("report.collect-answers", &answers);
            self.canvas.paragraph(2, &answers);
            let decides: Vec<String> = next.decides.iter().map(|decided| self.titled(decided)).collect();
            let title = self.word("decides", &[]);
            self.canvas.heading(&title);
            decides.iter().for_each(|decided| self.canvas.item(2, decided));
        }
    }
}

/// Where the title of a verdict stands, if it is one that names no cause.
fn verdict_title(id: &str) -> String {
    format!("explain.verdict-title.{id}")
}
