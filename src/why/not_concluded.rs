//! Why a report says nothing of a diagnosis or a check: what would have called for it.

use super::Text;
use crate::knowledge::diagnoses::known_diagnoses;
use crate::knowledge::pages::{self, Page};
use crate::report::model::Attempt;

impl Text<'_> {
    /// A diagnosis that the report does not have.
    pub(super) fn not_concluded(&mut self, id: &str) {
        let title = self.answered(id, &self.word("not-concluded", &[]));
        self.canvas.heading(&title);
        self.what_would_tell(id);
    }

    /// A check that was not asked.
    pub(super) fn not_asked(&mut self, id: &str) {
        let title = self.answered(id, &self.answer_word(None));
        self.canvas.heading(&title);
        let on = pages::find_check(self.language, id);
        let diagnoses: Vec<&Page> =
            on.iter().map(|(page, _)| *page).filter(|page| !page.is_cause()).collect();
        if diagnoses.len() == on.len() {
            // Whatever belongs to a diagnosis alone is asked only once that is told.
            for page in diagnoses {
                let with = self.word("asked-with", &[("what", self.titled(&page.id))]);
                self.canvas.paragraph(2, &with);
                self.what_would_tell(&page.id);
            }
            return;
        }
        if self.report.attempts.is_empty() {
            let none = self.word("no-attempt", &[]);
            return self.canvas.paragraph(2, &none);
        }
        let nothing = self.word("nothing-to-ask", &[]);
        self.canvas.paragraph(2, &nothing);
        if let Some((_, check)) = on.first() {
            self.canvas.paragraph(4, &pages::plain(&check.text));
        }
    }

    /// The first condition of a diagnosis that no failure meets.
    fn what_would_tell(&mut self, id: &str) {
        let failed: Vec<&Attempt> =
            self.report.attempts.iter().filter(|attempt| attempt.result == "failed").collect();
        if failed.is_empty() {
            let none = self.word("no-failure", &[]);
            return self.canvas.paragraph(2, &none);
        }
        let codes = known_diagnoses().iter().find(|known| known.id == id).map(|known| known.codes.as_slice());
        let has_its_code = |attempt: &&&Attempt| {
            let code = attempt.code.as_deref().unwrap_or_default().trim_start_matches("0x").to_lowercase();
            codes.is_some_and(|codes| codes.contains(&code))
        };
        if let Some(other) = failed.iter().find(has_its_code) {
            let values = [("code", other.code.clone().unwrap_or_default()), ("time", other.time.clone())];
            let text = self.word("explained-otherwise", &values);
            return self.canvas.paragraph(2, &text);
        }
        let code_check = format!("{id}-code");
        let tells = pages::find_check(self.language, &code_check);
        let tells = tells.first().map_or(code_check.as_str(), |(_, check)| check.title.as_str());
        let text = self.word("no-failure-with", &[("tells", pages::plain(tells))]);
        self.canvas.paragraph(2, &text);
        let mut seen: Vec<String> = failed.iter().filter_map(|attempt| attempt.code.clone()).collect();
        seen.sort();
        seen.dedup();
        let codes = match seen.as_slice() {
            [] => self.word("codes-none", &[]),
            _ => self.word("codes", &[("codes", seen.join(", "))]),
        };
        self.canvas.paragraph(2, &codes);
    }
}
