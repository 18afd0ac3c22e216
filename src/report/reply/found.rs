//! What was found, in the customer's words.

use super::markdown::plain;
use super::outcomes::Outcome;
use super::{LISTED, Reply};
use crate::diagnosis::{Answer, State, Weight};
use crate::report::model::{ArtifactEntry, Attempt, Cause, Evidence, FactEntry};
use crate::report::pieces::is_right_missing;

/// Checks of the second form of missing rights: a yes names what the call for user information lacks.
const READ_RIGHTS: [&str; 4] =
    ["sam-server-unreadable", "domain-unreadable", "read-group-emptied", "impersonation-right-reduced"];

impl Reply<'_> {
    pub(super) fn found(&mut self, outcomes: &[Outcome<'_>]) {
        match (self.report.verdict.cause.as_str(), outcomes) {
            ("no-failure", _) => {
                self.no_failure();
                self.also_possible();
            }
            (_, []) => {
                self.undetermined();
                self.also_possible();
                let failed = self.failed();
                if !failed.is_empty() {
                    self.own(headed(&failed));
                    self.attempts(&failed);
                }
            }
            (_, [one]) => {
                let sure = self.say(&format!("sure.{}", one.state.word()));
                self.paragraph(&sure);
                let cause = self.cause(one);
                self.paragraph(&cause);
                self.rights_missing(one.id);
                self.explains(one);
                self.own(headed(&one.attempts));
                self.attempts(&one.attempts);
            }
            (_, several) => self.several(several),
        }
        let failed = self.report.attempts.iter().filter(|attempt| attempt.result == "failed");
        let staging: Vec<&Attempt> = failed.filter(|attempt| attempt.staging).collect();
        if !staging.is_empty() {
            self.own(if self.failed().is_empty() { headed(&staging) } else { "staging" });
            self.attempts(&staging);
        }
    }

    /// That one cause is behind all failures.
    fn explains(&mut self, outcome: &Outcome<'_>) {
        let table = match outcome.state {
            State::Confirmed => "explains",
            _ => "would-explain",
        };
        let total = outcome.attempts.len();
        let which = if total == 1 { "one" } else { "all" };
        let text = self.with(&format!("{table}.{which}"), &[("total", total.to_string())]);
        self.paragraph(&text);
    }

    /// The rights that are missing or denied, where the cause is that some are: on the user, or for the call
    /// for user information, where that was refused.
    fn rights_missing(&mut self, id: &str) {
        let evidence = self.evidence(id);
        let is = |one: &Evidence, check: &str| one.check == check && one.answer == Answer::Yes;
        let call_refused = evidence.iter().any(|one| is(one, "sam-call-refused"));
        let for_call = |one: &Evidence| call_refused && READ_RIGHTS.iter().any(|check| is(one, check));
        let missing = evidence.iter().filter(|one| is_right_missing(one) || (for_call(one) && !one.aside));
        let item = |one: &Evidence| self.own_words("missing", &one.check, &one.text);
        let mut items: Vec<String> = missing.map(item).collect();
        items.dedup();
        if !items.is_empty() {
            self.own("rights-missing");
            self.bullets(items);
        }
    }

    /// What the reply says of something in words for the customer; what the report says, where it has none.
    fn own_words(&self, table: &str, id: &str, said: &str) -> String {
        let key = format!("{table}.{id}");
        match self.catalogue.has(&format!("reply.{key}")) {
            true => self.say(&key),
            false => plain(said),
        }
    }

    /// Each cause with its attempts.
    fn several(&mut self, outcomes: &[Outcome<'_>]) {
        let total = outcomes.iter().map(|outcome| outcome.attempts.len()).sum::<usize>().to_string();
        let text = self.with("several", &[("total", total.clone())]);
        self.paragraph(&text);
        for outcome in outcomes {
            let values = [("count", outcome.attempts.len().to_string()), ("total", total.clone())];
            let sure = self.with(&format!("of-several.{}", outcome.state.word()), &values);
            let cause = (outcome.id != "undetermined").then(|| self.cause(outcome));
            self.sentences(&std::iter::once(sure).chain(cause).collect::<Vec<_>>());
            self.rights_missing(outcome.id);
            self.attempts(&outcome.attempts);
            if outcome.id == "undetermined" {
                self.open(outcome);
            }
        }
    }

    /// The causes that remain for attempts without one, beside attempts that have one.
    fn open(&mut self, outcome: &Outcome<'_>) {
        let remains =
            |cause: &&Cause| outcome.attempts.iter().any(|attempt| attempt.open.contains(&cause.id));
        let open = self.report.causes.iter().filter(remains);
        let items: Vec<String> =
            open.map(|cause| self.cause_of(&cause.id, State::Possible, &outcome.attempts)).collect();
        if !items.is_empty() {
            self.own("open");
            self.bullets(items);
        }
    }

    /// What is behind some attempts, in words that are as sure as it is.
    fn cause(&self, outcome: &Outcome<'_>) -> String {
        if let Some(other) = outcome.diagnosis(self.report) {
            return self.own_words("other", &other.id, &other.reason);
        }
        self.cause_of(outcome.id, outcome.state, &outcome.attempts)
    }

    fn cause_of(&self, id: &str, state: State, attempts: &[&Attempt]) -> String {
        let table = if state == State::Confirmed { "cause" } else { "maybe" };
        match id {
            "protected-account" => self.protected_account(table, attempts),
            "connector-permissions" => self.with(&format!("{table}.{id}"), &[self.account(attempts)]),
            "remote-sam" => {
                let values = [self.account(attempts), self.controller(id)];
                self.with(&format!("{table}.{id}"), &values)
            }
            _ => String::new(),
        }
    }

    /// Whom Active Directory protects, and by which group, where that is known.
    fn protected_account(&self, table: &str, attempts: &[&Attempt]) -> String {
        let users = users(attempts);
        let (name, user) = match users.as_slice() {
            [] => ("", self.say("user")),
            [name] => (*name, plain(name)),
            _ => return self.say(&format!("{table}.protected-users")),
        };
        let evidence = self.evidence("protected-account");
        let in_group = evidence.iter().find(|one| one.check == "target-protected-now");
        let of_user = |fact: &&FactEntry| fact.subject.eq_ignore_ascii_case(name);
        let groups = self.report.facts.iter().filter(|fact| fact.fact == "user-protected-group");
        let group = groups.into_iter().find(of_user).map(|fact| plain(&fact.value));
        let key = match (in_group.map_or(Answer::Unknown, |one| one.answer), &group) {
            (Answer::Yes, Some(_)) => format!("{table}.protected-now"),
            (Answer::Yes, None) => format!("{table}.protected-itself"),
            (Answer::No, _) => format!("{table}.protected-formerly"),
            (Answer::Unknown, _) => format!("{table}.protected-account"),
        };
        self.with(&key, &[("user", user), ("group", group.unwrap_or_default())])
    }

    fn evidence(&self, cause: &str) -> &[Evidence] {
        let cause = self.report.causes.iter().find(|have| have.id == cause);
        cause.map_or(&[], |cause| cause.evidence.as_slice())
    }

    /// The account that Entra Connect uses, by name where the attempts have it.
    fn account(&self, attempts: &[&Attempt]) -> (&'static str, String) {
        let name = attempts.iter().rev().find_map(|attempt| attempt.connector_account.as_deref());
        let words = match name {
            Some(name) => self.with("account.named", &[("account", plain(name))]),
            None => self.say("account.unnamed"),
        };
        ("account", words)
    }

    /// The domain controller that the best evidence is of.
    fn controller(&self, cause: &str) -> (&'static str, String) {
        let is_controller = |name: &&str| {
            let machines = &self.report.machines;
            machines.iter().any(|machine| machine.name == *name && machine.role == "domain-controller")
        };
        let of = |weight: Weight| {
            let said = self
                .evidence(cause)
                .iter()
                .filter(move |one| (one.answer, one.weight) == (Answer::Yes, weight));
            said.filter_map(|one| one.source.as_ref()?.machine.as_deref()).find(is_controller)
        };
        let words = match of(Weight::Proves).or_else(|| of(Weight::Supports)) {
            Some(name) => self.with("controller.named", &[("machine", plain(name))]),
            None => self.say("controller.unnamed"),
        };
        ("machine", words)
    }

    /// The users of some attempts.
    pub(super) fn users(&self, outcome: &Outcome<'_>) -> String {
        let users = users(&outcome.attempts);
        let mut names: Vec<String> = users.iter().take(LISTED).map(|user| plain(user)).collect();
        if names.is_empty() {
            names.push(self.say("somebody"));
        }
        let more = users.len().saturating_sub(LISTED);
        if more > 0 {
            names.push(self.with("attempt-more", &[("count", more.to_string())]));
        }
        self.phrases.list(&names)
    }

    fn undetermined(&mut self) {
        let failed = self.failed();
        let open: Vec<String> = self
            .report
            .causes
            .iter()
            .filter(|cause| cause.state >= State::Possible)
            .map(|cause| self.cause_of(&cause.id, State::Possible, &failed))
            .collect();
        let began = |attempt: &Attempt| attempt.result == "unknown" && !attempt.staging;
        let began = self.report.attempts.iter().any(began);
        let key = match (failed.len(), open.is_empty()) {
            (0, _) if began => "no-end",
            (0, _) => self.nothing_seen(),
            (_, true) => "none-fits",
            (_, false) => "open",
        };
        let text = self.with(&format!("undetermined.{key}"), &[("total", failed.len().to_string())]);
        self.paragraph(&text);
        if key == "open" {
            self.own("open");
            self.bullets(open);
        }
    }

    /// Known diagnoses that fit although the verdict names none.
    fn also_possible(&mut self) {
        let fitting = self.report.other_diagnoses.iter().filter(|other| other.state >= State::Possible);
        let items: Vec<String> = fitting
            .map(|other| {
                let values = [("title", plain(&other.title)), ("reason", plain(&other.reason))];
                self.with("also-possible-item", &values)
            })
            .collect();
        if !items.is_empty() {
            self.own("also-possible");
            self.bullets(items);
        }
    }

    /// Nothing that arrived could be opened.
    pub(super) fn nothing_read(&self) -> bool {
        let without_bytes = self.without_bytes();
        let lost = |file: &ArtifactEntry| {
            file.coverage.as_ref().is_some_and(|coverage| coverage.records == 0 && coverage.lost > 0)
        };
        let mut files = self.report.artifacts.iter();
        files.all(|file| lost(file) || without_bytes.contains(file.path.as_str()))
    }

    /// Why no failure is seen: nothing could be read, or not all, or it is not there.
    fn nothing_seen(&self) -> &'static str {
        if self.report.attempts.iter().any(|attempt| attempt.staging) {
            return "staging";
        }
        let nothing_read = self.nothing_read();
        let kinds = |kind: &str| self.report.gaps.iter().any(|gap| gap.kind == kind);
        match (nothing_read, kinds("encrypted"), kinds("unread")) {
            (true, true, _) => "encrypted",
            (false, true, _) => "partly-encrypted",
            (true, false, true) => "unreadable",
            (true, false, false) if !self.report.artifacts.is_empty() => "zero",
            (true, false, false) => "empty",
            (false, false, _) => "no-failure-seen",
        }
    }

    fn no_failure(&mut self) {
        let succeeded = self.report.attempts.iter().filter(|attempt| attempt.result == "succeeded").count();
        let key = if self.report.verdict.state == State::Confirmed { "confirmed" } else { "likely" };
        let text = self.with(&format!("no-failure.{key}"), &[("count", succeeded.to_string())]);
        self.paragraph(&text);
        self.own("no-failure.next");
    }

    /// The latest of some failed attempts.
    fn attempts(&mut self, failed: &[&Attempt]) {
        let more = failed.len().saturating_sub(LISTED);
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
        self.bullets(items);
    }
}

/// What stands above a list of attempts.
fn headed(attempts: &[&Attempt]) -> &'static str {
    if attempts.len() == 1 { "attempts-one" } else { "attempts" }
}

/// Distinct users, in order of time.
fn users<'a>(attempts: &[&'a Attempt]) -> Vec<&'a str> {
    let mut users: Vec<&str> = Vec::new();
    for user in attempts.iter().filter_map(|attempt| attempt.user.as_deref()) {
        if !users.iter().any(|have| have.eq_ignore_ascii_case(user)) {
            users.push(user);
        }
    }
    users
}
