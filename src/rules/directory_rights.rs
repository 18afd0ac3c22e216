//! What access lists give the connector account: on the user, on AdminSDHolder, and what the containers above
//! hand down.

use crate::facts::access_lists::{AccessList, Shown, containers_above, domain_dn};
use crate::facts::connector::Connector;
use crate::facts::connector_access::connector_right;
use crate::facts::directory::{DirectoryUser, ProtectedMembership};
use crate::knowledge::connector_rights::{
    ConnectorRight, INET_ORG_PERSON_CLASS, USER_CLASS, required_rights, rights,
};
use crate::security_descriptor::object_access::CONTROL_ACCESS;
use crate::security_descriptor::{Access, Decision, INHERITED, Trustee};
use crate::source::Source;

use super::directory::Target;
use super::{Answer, Finding, Weight};

/// Where AdminSDHolder stands in each domain.
pub(super) const ADMIN_SD_HOLDER: &str = "CN=AdminSDHolder,CN=System";

/// What the lists of one object give the connector account, all required rights together.
enum Rights<'f> {
    All(&'f Source),
    /// The last tells the entry that denies it, where one does.
    Missing(&'static ConnectorRight, &'f Source, Option<Denial>),
    DependsOn(String, &'f Source),
    /// Two lists disagree, or an entry cannot be decided.
    Open(&'f Source),
    /// The text may not show all entries.
    NotWhole(&'f Source),
    NoSid(&'f Source),
    Unusable(Option<&'static str>),
}

/// An entry that denies a right: which of how many, counted from 1.
struct Denial {
    entry: usize,
    entries: usize,
    trustee: String,
    inherited: bool,
    source: Source,
}

impl Target<'_> {
    pub(super) fn right_missing(&self, weight: Weight) -> Finding {
        const CHECK: &str = "connector-right-missing";
        match self.rights() {
            // Microsoft lists the write rights as required too, but no failure is known that shows the code
            // of a refused set for want of one of them alone.
            Rights::Missing(right, source, _) if right.wanted.mask != CONTROL_ACCESS => self
                .undecided(CHECK, weight, Some("write-only"))
                .with("account", self.account.clone())
                .with("right", right.said)
                .at(source),
            Rights::Missing(right, source, None) => self
                .finding(CHECK, weight, Answer::Yes)
                .with("account", self.account.clone())
                .with("right", right.said)
                .at(source),
            Rights::Missing(right, _, Some(denial)) => self
                .finding(CHECK, weight, Answer::Yes)
                .variant(if denial.inherited { "denied-inherited" } else { "denied" })
                .with("account", self.account.clone())
                .with("right", right.said)
                .with("entry", denial.entry.to_string())
                .with("count", denial.entries.to_string())
                .with("trustee", denial.trustee)
                .at(&denial.source),
            Rights::All(source) => {
                self.finding(CHECK, weight, Answer::No).with("account", self.account.clone()).at(source)
            }
            open => self.open_rights(CHECK, weight, &open),
        }
    }

    pub(super) fn has_rights(&self) -> Finding {
        const CHECK: &str = "connector-has-rights";
        match self.rights() {
            Rights::All(source) => self
                .finding(CHECK, Weight::RulesOut, Answer::Yes)
                .with("account", self.account.clone())
                .at(source),
            Rights::Missing(right, source, _) => self
                .finding(CHECK, Weight::RulesOut, Answer::No)
                .with("account", self.account.clone())
                .with("right", right.said)
                .at(source),
            open => self.open_rights(CHECK, Weight::RulesOut, &open),
        }
    }

    fn open_rights(&self, check: &'static str, weight: Weight, rights: &Rights<'_>) -> Finding {
        let finding = match rights {
            Rights::Unusable(None) if !self.directory.lists.unnamed.is_empty() => {
                let finding = self.without_descriptor(check, weight, Some("unnamed"));
                self.needing_account(finding).at_all(&self.directory.lists.unnamed)
            }
            Rights::Unusable(reason) => self.needing_account(self.without_descriptor(check, weight, *reason)),
            Rights::NoSid(source) => {
                self.needing_account(self.undecided(check, weight, Some("no-sid"))).at(source)
            }
            Rights::NotWhole(source) => {
                self.needing_account(self.without_descriptor(check, weight, Some("not-whole"))).at(source)
            }
            Rights::DependsOn(trustee, source) => self
                .undecided(check, weight, Some("membership"))
                .with("trustee", trustee.clone())
                .at(source)
                .needing("connector-account", None),
            Rights::Open(source) => self.undecided(check, weight, Some("open")).at(source),
            Rights::All(_) | Rights::Missing(..) => self.undecided(check, weight, None),
        };
        finding.with("account", self.account.clone())
    }

    /// Descriptors give rights to a SID. An account that nothing names has to be found first.
    pub(super) fn needing_account(&self, finding: Finding) -> Finding {
        match self.connector {
            Some(connector) if connector.sid.is_some() => finding,
            Some(_) => finding.needing("connector-account", None),
            None => finding.needing("connector-configuration", None).needing("connector-account", None),
        }
    }

    /// What the user's own lists give the connector account.
    fn rights(&self) -> Rights<'_> {
        match self.usable() {
            Ok(user) => self.rights_by(&user.descriptors, class_of(user)),
            Err(reason) => Rights::Unusable(reason),
        }
    }

    fn rights_by<'s>(&'s self, lists: &'s [AccessList], class: &str) -> Rights<'s> {
        let lists = telling(lists);
        let Some(first) = lists.first() else { return Rights::Unusable(None) };
        let Some(connector) = self.told_by(&lists) else {
            let everybody = self.everybody_has(&lists, class);
            return if everybody { Rights::All(&first.source) } else { Rights::NoSid(&first.source) };
        };
        if first.shown == Shown::Partly {
            return Rights::NotWhole(&first.source);
        }
        let decided: Vec<(&'static ConnectorRight, Vec<Decision>)> = required_rights()
            .map(|right| {
                let of = |list: &&AccessList| connector_right(list, right, class, connector);
                (right, lists.iter().map(of).collect())
            })
            .collect();
        let all = |decisions: &[Decision], access| decisions.iter().all(|one| one.access == access);
        if let Some((right, of)) = decided.iter().find(|(_, of)| all(of, Access::Denied)) {
            let denial = of.first().and_then(|decision| denial(first, decision));
            return Rights::Missing(right, &first.source, denial);
        }
        if decided.iter().all(|(_, of)| all(of, Access::Granted)) {
            return Rights::All(&first.source);
        }
        let trustee = decided.iter().flat_map(|(_, of)| of).flat_map(|one| &one.undecided).next();
        trustee
            .map_or(Rights::Open(&first.source), |trustee| Rights::DependsOn(shown(trustee), &first.source))
    }

    /// The connector account, where these lists can tell it: descriptors name it by its SID.
    pub(super) fn told_by(&self, lists: &[&AccessList]) -> Option<&Connector> {
        let by_name = lists.iter().all(|list| list.shown != Shown::Descriptor);
        self.connector.filter(|connector| connector.sid.is_some() || (by_name && connector.named_by_engine))
    }

    /// AdminSDHolder's list is what the background task writes onto protected accounts. Where it gives the
    /// account its rights, protection explains a refusal only as long as an older list stands on the user.
    pub(super) fn admin_sd_holder_grants(&self, weight: Weight) -> Finding {
        const CHECK: &str = "admin-sd-holder-grants";
        let unknown = |reason: Option<&str>| {
            let finding = self.finding(CHECK, weight, Answer::Unknown);
            let finding = match reason {
                Some(reason) => finding.variant(reason),
                None => finding,
            };
            finding.with("account", self.account.clone())
        };
        let user = match self.usable() {
            Ok(user) => user,
            Err(reason) => return unknown(reason),
        };
        let Some(domain) = user.dn().and_then(domain_dn) else { return unknown(None) };
        let lists = self.directory.lists.of(&format!("{ADMIN_SD_HOLDER},{domain}"));
        match self.rights_by(lists, USER_CLASS) {
            Rights::All(source) => {
                self.finding(CHECK, weight, Answer::Yes).with("account", self.account.clone()).at(source)
            }
            Rights::Missing(right, source, _) => self
                .finding(CHECK, weight, Answer::No)
                .with("account", self.account.clone())
                .with("right", right.said)
                .at(source),
            Rights::Unusable(_) => match self.administrators_group(user) {
                Some(group) => self
                    .finding(CHECK, weight, Answer::Yes)
                    .variant("administrator")
                    .with("account", self.account.clone())
                    .with("group", group.group.name)
                    .at(&group.source),
                None => unknown(None),
            },
            Rights::DependsOn(_, source)
            | Rights::Open(source)
            | Rights::NotWhole(source)
            | Rights::NoSid(source) => unknown(Some("open")).at(source),
        }
    }

    /// A group with the connector account that has every extended right on the user by AdminSDHolder's default
    /// list. Where the user's own list lacks a right, somebody changed the default.
    fn administrators_group(&self, user: &DirectoryUser) -> Option<&ProtectedMembership> {
        if matches!(self.rights(), Rights::Missing(..)) {
            return None;
        }
        let object = self.connector?.object.as_ref()?;
        let elsewhere = object.domain().zip(user.domain()).is_some_and(|(own, of_user)| own != of_user);
        object.groups.protected.iter().find(|one| match one.group.name {
            "Enterprise Admins" => true,
            "Domain Admins" | "Administrators" => !elsewhere,
            _ => false,
        })
    }

    /// What the nearest container above the user that was seen hands down, with its name.
    fn above<'s>(&'s self, user: &'s DirectoryUser) -> Option<(&'s str, Vec<AccessList>)> {
        let mut above = containers_above(user.dn()?);
        let (dn, lists) = above.find_map(|dn| {
            let lists = self.directory.lists.of(dn);
            (!lists.is_empty()).then_some((dn, lists))
        })?;
        Some((dn, lists.iter().map(|list| list.handed_down(class_of(user))).collect()))
    }

    /// The right to reset is not handed down from above. A grant on the user itself or on a container between
    /// is not seen by this, so it proves nothing.
    pub(super) fn grant_missing_above(&self) -> Finding {
        const CHECK: &str = "grant-missing-above";
        let weight = Weight::Supports;
        // No artifact that is asked for shows containers.
        let unknown = |reason| self.undecided(CHECK, weight, reason).with("account", self.account.clone());
        let user = match self.usable() {
            Ok(user) => user,
            Err(reason) => return unknown(reason),
        };
        let Some((dn, lists)) = self.above(user) else { return unknown(None) };
        let Some(reset) = required_rights().find(|right| right.wanted.mask == CONTROL_ACCESS) else {
            return unknown(None);
        };
        let seen = self.seen(&lists, reset, class_of(user));
        let answer = match seen.as_ref().map(|seen| seen.decision.access) {
            Some(Access::Denied) => Answer::Yes,
            Some(Access::Granted) => Answer::No,
            Some(Access::Unknown) | None => return unknown(Some("open")).with("object", dn),
        };
        let finding = self
            .finding(CHECK, weight, answer)
            .with("account", self.account.clone())
            .with("right", reset.said)
            .with("object", dn)
            .at_all(seen.map(|seen| seen.source).as_ref());
        if answer == Answer::Yes { finding.needing("target-permissions", None) } else { finding }
    }

    /// Each right that Microsoft lists, by which entry the account has it or not: on the user, or else as the
    /// nearest container above hands it down.
    pub(super) fn rights_one_by_one(&self) -> Vec<Finding> {
        let Ok(user) = self.usable() else { return Vec::new() };
        let class = class_of(user);
        let domain = user.dn().and_then(domain_dn);
        let above = if user.descriptors.is_empty() { self.above(user) } else { None };
        let of_right = |right: &'static ConnectorRight| {
            if right.of_domain {
                let root = domain.map(|dn| (dn, self.directory.lists.of(dn)));
                let (dn, lists) = root.filter(|(_, lists)| !lists.is_empty())?;
                return self.seen(lists, right, "").map(|seen| self.one_right(dn, &seen, false));
            }
            if let Some((dn, lists)) = &above {
                return self.seen(lists, right, class).map(|seen| self.one_right(dn, &seen, true));
            }
            let seen = self.seen(&user.descriptors, right, class)?;
            Some(self.one_right(&user.shown(), &seen, false))
        };
        // What is missing is what a reader looks for, and what a reset cannot do without.
        let rank = |answer| [Answer::No, Answer::Unknown, Answer::Yes].iter().position(|one| *one == answer);
        let told = rights().iter().filter_map(|right| Some((right, of_right(right)?)));
        let mut told: Vec<(&ConnectorRight, Finding)> = told.collect();
        told.sort_by_key(|(right, finding)| (rank(finding.answer), !right.required));
        told.into_iter().map(|(_, finding)| finding).collect()
    }

    /// What the lists of an object say of one right; `None` where the account cannot be told in them.
    fn seen(&self, lists: &[AccessList], right: &'static ConnectorRight, class: &str) -> Option<RightSeen> {
        let lists = telling(lists);
        let first = lists.first()?;
        let connector = self.told_by(&lists)?;
        let decide = |list: &AccessList| connector_right(list, right, class, connector);
        let decision = decide(first);
        let agreed = lists.iter().skip(1).all(|list| decide(list).access == decision.access);
        let access = if agreed { decision.access } else { Access::Unknown };
        let entry = decision.ace.and_then(|entry| Some((entry, first.entry(entry)?)));
        Some(RightSeen {
            right,
            entries: first.len(),
            by: entry.map(|(at, ace)| (at, ace.trustee.to_string(), ace.flags & INHERITED != 0)),
            not_whole: first.shown == Shown::Partly,
            source: decision.ace.map_or_else(|| first.source.clone(), |entry| first.place_of(entry)),
            decision: Decision { access, ..decision },
        })
    }

    fn one_right(&self, object: &str, seen: &RightSeen, handed_down: bool) -> Finding {
        const CHECK: &str = "connector-right";
        let is_property = seen.right.wanted.mask != CONTROL_ACCESS;
        let below = |variant: &'static str, handed: &'static str| if handed_down { handed } else { variant };
        let (answer, variant) = match (seen.decision.access, &seen.by) {
            (Access::Granted, Some((.., true))) if !handed_down => (Answer::Yes, Some("inherited")),
            (Access::Granted, _) => (Answer::Yes, Some("handed-down").filter(|_| handed_down)),
            (Access::Denied, Some((.., true))) if !handed_down => (Answer::No, Some("denied-inherited")),
            (Access::Denied, Some(_)) => (Answer::No, Some(below("denied", "denied-handed-down"))),
            (Access::Denied, None) if is_property => {
                (Answer::No, Some(below("property", "property-handed-down")))
            }
            (Access::Denied, None) => (Answer::No, Some("handed-down").filter(|_| handed_down)),
            (Access::Unknown, _) if seen.not_whole => (Answer::Unknown, Some("not-whole")),
            (Access::Unknown, _) if !seen.decision.undecided.is_empty() => {
                (Answer::Unknown, Some("membership"))
            }
            (Access::Unknown, _) => (Answer::Unknown, Some("open")),
        };
        let finding = self.finding(CHECK, Weight::Context, answer);
        let finding = match variant {
            Some(variant) => finding.variant(variant),
            None => finding,
        };
        let finding = Finding { aside: answer == Answer::Yes || !seen.right.required, ..finding };
        let undecided: Vec<String> = seen.decision.undecided.iter().map(ToString::to_string).collect();
        let (entry, trustee) = match &seen.by {
            Some((entry, trustee, _)) => (entry.saturating_add(1).to_string(), trustee.clone()),
            None => (String::new(), undecided.join(", ")),
        };
        finding
            .with("account", self.account.clone())
            .with("right", seen.right.said)
            .with("object", object)
            .with("entry", entry)
            .with("count", seen.entries.to_string())
            .with("trustee", trustee)
            .at(&seen.source)
    }
}

/// The entry that made a list deny a right; none where no entry gives it.
fn denial(list: &AccessList, decision: &Decision) -> Option<Denial> {
    let at = decision.ace?;
    let ace = list.entry(at)?;
    Some(Denial {
        entry: at.saturating_add(1),
        entries: list.len(),
        trustee: ace.trustee.to_string(),
        inherited: ace.flags & INHERITED != 0,
        source: list.place_of(at),
    })
}

/// What lists say of one right.
struct RightSeen {
    right: &'static ConnectorRight,
    decision: Decision,
    /// The entry that decides: its place in the list, its trustee, and whether it was inherited.
    by: Option<(usize, String, bool)>,
    entries: usize,
    not_whole: bool,
    source: Source,
}

/// The lists that are shown whole, or else those that are not.
pub(super) fn telling(lists: &[AccessList]) -> Vec<&AccessList> {
    let whole: Vec<&AccessList> = lists.iter().filter(|list| list.shown != Shown::Partly).collect();
    if whole.is_empty() { lists.iter().collect() } else { whole }
}

pub(super) fn class_of(user: &DirectoryUser) -> &'static str {
    if user.is_inet_org_person { INET_ORG_PERSON_CLASS } else { USER_CLASS }
}

pub(super) fn shown(trustee: &Trustee) -> String {
    let name = trustee.well_known_name().map(str::to_owned);
    name.unwrap_or_else(|| match trustee {
        Trustee::Sid(sid) => sid.as_str().to_owned(),
        Trustee::DomainRelative { alias, .. } => alias.clone(),
        Trustee::Named(name) => name.clone(),
    })
}
