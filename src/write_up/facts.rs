//! What was established, as a list: of each machine, each connector account and each user.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::facts::directory::{AdminCount, DirectoryUser};
use crate::facts::sam_restriction::Restriction;
use crate::report::model::FactEntry;
use crate::source::Source;

use super::{Writer, role_word};

/// Users whose facts are listed. An export of a whole domain has more than anybody reads.
const MOST_USERS: usize = 5_000;

impl Writer<'_> {
    /// All facts that have a place in the bundle, in order of what they are of.
    pub(super) fn facts(&self) -> Vec<FactEntry> {
        let mut list = List { writer: self, entries: Vec::new(), places: HashMap::new() };
        for (_, machine) in self.facts.machines.iter() {
            for role in &machine.roles {
                list.add(&machine.name, "role", role_word(role.role), &role.source);
            }
        }
        for restriction in &self.facts.restrictions.seen {
            list.restriction(restriction);
        }
        for connector in &self.facts.connectors.accounts {
            let name = connector.account.full();
            if let Some((sid, source)) = &connector.sid {
                list.add(&name, "connector-sid", &sid.to_string(), &Some(source.clone()));
            }
            if let Some(source) = &connector.protected {
                list.add(&name, "connector-protected", "true", &Some(source.clone()));
            }
        }
        for user in self.facts.directory.users.iter().take(MOST_USERS) {
            list.user(user);
        }
        list.entries
    }
}

struct List<'w> {
    writer: &'w Writer<'w>,
    entries: Vec<FactEntry>,
    /// Where the entries of a hash stand.
    places: HashMap<u64, Vec<usize>>,
}

impl List<'_> {
    fn add(&mut self, subject: &str, fact: &str, value: &str, source: &Option<Source>) {
        self.add_with(subject, fact, value, None, source);
    }

    /// The same fact from another place gives the entry that place too.
    fn add_with(
        &mut self,
        subject: &str,
        fact: &str,
        value: &str,
        detail: Option<String>,
        source: &Option<Source>,
    ) {
        let place = source.as_ref().map(|source| self.writer.source(source));
        let mut hasher = DefaultHasher::new();
        (subject, fact, value, &detail).hash(&mut hasher);
        let places = self.places.entry(hasher.finish()).or_default();
        let same = places.iter().copied().find(|place| {
            self.entries.get(*place).is_some_and(|entry| {
                entry.subject == subject
                    && entry.fact == fact
                    && entry.value == value
                    && entry.detail == detail
            })
        });
        if same.is_none() {
            places.push(self.entries.len());
        }
        match same.and_then(|place| self.entries.get_mut(place)) {
            Some(entry) => entry.sources.extend(place.filter(|place| !entry.sources.contains(place))),
            None => self.entries.push(FactEntry {
                subject: subject.to_owned(),
                fact: fact.to_owned(),
                value: value.to_owned(),
                detail,
                sources: place.into_iter().collect(),
            }),
        }
    }

    fn restriction(&mut self, restriction: &Restriction) {
        let subject = match restriction.machine {
            Some(machine) => self.writer.facts.machines.name(machine).to_owned(),
            // An export that names no machine is its own subject.
            None => restriction.values.first().map(|seen| seen.source.path.to_string()).unwrap_or_default(),
        };
        for seen in &restriction.values {
            let source = Some(seen.source.clone());
            self.add(&subject, "sam-registry-value", &seen.value.shown(), &source);
            if let Some(audit_only) = seen.audit_only {
                self.add(&subject, "sam-audit-only", &audit_only.to_string(), &seen.audit_source);
            }
        }
        for seen in &restriction.policies {
            let value = seen
                .value
                .as_ref()
                .map_or_else(|| "-".to_owned(), super::super::facts::sam_restriction::SamValue::shown);
            self.add_with(&subject, "sam-policy", &value, seen.gpo.clone(), &Some(seen.source.clone()));
        }
        // Services announce their descriptor at each start; the last one is that which holds.
        if let Some(last) = restriction.announced.last() {
            let time = Some(last.time.to_string());
            let source = Some(last.source.clone());
            self.add_with(&subject, "sam-announced", &last.value.shown(), time, &source);
        }
        let callers = restriction.denials.iter().filter_map(|denial| Some((denial.caller.as_ref()?, denial)));
        for (caller, denial) in callers {
            self.add(&subject, "sam-refused-caller", &caller.to_string(), &Some(denial.source.clone()));
        }
    }

    fn user(&mut self, user: &DirectoryUser) {
        let subject = user.shown();
        let source = user.sources.first().cloned();
        if let Some(sid) = user.sid() {
            self.add(&subject, "user-sid", &sid.to_string(), &source);
        }
        match &user.admin_count {
            AdminCount::NotShown => {}
            AdminCount::Set(at) => self.add(&subject, "user-admin-count", "1", &Some(at.clone())),
            AdminCount::Unset(at) => self.add(&subject, "user-admin-count", "-", &Some(at.clone())),
            AdminCount::Disputed(one, other) => {
                self.add(&subject, "user-admin-count", "1", &Some(one.clone()));
                self.add(&subject, "user-admin-count", "-", &Some(other.clone()));
            }
        }
        for membership in &user.groups.protected {
            let source = Some(membership.source.clone());
            self.add(&subject, "user-protected-group", membership.group.name, &source);
        }
        for list in &user.descriptors {
            let Some(protected) = list.protected else { continue };
            let inherits = (!protected).to_string();
            self.add(&subject, "user-list-inherits", &inherits, &Some(list.source.clone()));
        }
    }
}
