//! What exports of the directory say of the user of an operation: whether it is protected, and whether the
//! connector account has its rights on it.
//!
//! An undated export is taken to show the user as at the failure, unless a reset of the same user succeeded
//! later.

use crate::facts::connector::Connector;
use crate::facts::connector_access::connector_right;
use crate::facts::directory::{AdminCount, DirectoryUser};
use crate::facts::{Attempt, Facts, Operation, Outcome};
use crate::knowledge::connector_rights::{
    ConnectorRight, INET_ORG_PERSON_CLASS, USER_CLASS, required_rights,
};
use crate::security_descriptor::object_access::CONTROL_ACCESS;
use crate::security_descriptor::{Access, Decision, Trustee};
use crate::source::Source;

use super::{Answer, Finding, Weight};

/// The user of an operation, as exports show it.
pub(super) struct Target<'f> {
    user: Option<&'f DirectoryUser>,
    connector: Option<&'f Connector>,
    operation: Operation,
    /// A reset of the same user succeeded later: what the exports show may have been mended since.
    mended: Option<Source>,
    shown: String,
    account: String,
}

pub(super) fn target<'f>(facts: &'f Facts, attempt: &Attempt) -> Target<'f> {
    let connector = facts.connectors.of(attempt);
    let user = facts.directory.target_of(attempt);
    let shown = attempt.user.clone().or_else(|| user.map(DirectoryUser::shown));
    Target {
        user,
        connector,
        operation: attempt.operation,
        mended: user.and_then(|_| mended(facts, attempt)),
        shown: shown.unwrap_or_else(|| "the user".to_owned()),
        account: connector.map_or_else(|| "the connector account".to_owned(), |one| one.account.full()),
    }
}

/// Where a later success of the same user stands. A change rests on the user's own password: that one succeeds
/// says nothing of a reset.
fn mended(facts: &Facts, attempt: &Attempt) -> Option<Source> {
    let same_user = |other: &Attempt| match (&other.user, &attempt.user) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => other.source_anchor.is_some() && other.source_anchor == attempt.source_anchor,
    };
    let later = facts.attempts.iter().find(|other| {
        other.outcome == Outcome::Succeeded
            && other.time > attempt.time
            && (other.operation != Operation::Change || attempt.operation == Operation::Change)
            && same_user(other)
    });
    let logged = later.and_then(|other| other.events.last().cloned());
    logged.or_else(|| facts.cloud_successes.after(attempt).map(|row| row.source.clone()))
}

impl Target<'_> {
    /// What cause 1 asks.
    pub(super) fn for_protected_account(&self) -> Vec<Finding> {
        vec![
            self.operation_is_change(),
            self.protected_now(Weight::Proves),
            self.admin_count(Weight::Supports),
            self.list_protected(Weight::Proves),
            self.not_protected(Weight::RulesOut),
            self.has_rights(),
        ]
    }

    /// What cause 2 asks.
    pub(super) fn for_connector_permissions(&self) -> Vec<Finding> {
        vec![
            self.operation_is_change(),
            self.protected_now(Weight::Context),
            self.admin_count(Weight::Context),
            self.list_protected(Weight::Context),
            self.not_protected(Weight::Context),
            self.inheritance_disabled(),
            self.right_missing(),
            self.has_rights(),
        ]
    }

    fn operation_is_change(&self) -> Finding {
        let answer = match self.operation {
            Operation::Change => Answer::Yes,
            Operation::Reset | Operation::AdminReset => Answer::No,
            Operation::Unknown => Answer::Unknown,
        };
        Finding::new("operation-is-change", Weight::Context, answer)
    }

    fn finding(&self, check: &'static str, weight: Weight, answer: Answer) -> Finding {
        Finding::new(check, weight, answer).with("user", self.shown.clone())
    }

    /// The answer where nothing can be said, with the reason.
    fn undecided(&self, check: &'static str, weight: Weight, reason: Option<&str>) -> Finding {
        let finding = self.finding(check, weight, Answer::Unknown);
        match reason {
            Some("mended") => finding.variant("mended").at_all(&self.mended),
            Some(reason) => finding.variant(reason),
            None => finding,
        }
    }

    /// As [`undecided`](Self::undecided), where the user's own object would say it.
    fn unknown(&self, check: &'static str, weight: Weight, reason: Option<&str>) -> Finding {
        self.undecided(check, weight, reason).needing("target-user", None)
    }

    /// The user, unless what the exports show of it cannot be used.
    fn usable(&self) -> Result<&DirectoryUser, Option<&'static str>> {
        let user = self.user.ok_or(None)?;
        let disputed =
            matches!(user.admin_count, AdminCount::Disputed(..)) || user.groups.disputed().is_some();
        match (self.mended.is_some(), disputed) {
            (true, _) => Err(Some("mended")),
            (_, true) => Err(Some("disputed")),
            _ => Ok(user),
        }
    }

    fn protected_now(&self, weight: Weight) -> Finding {
        const CHECK: &str = "target-protected-now";
        let user = match self.usable() {
            Ok(user) => user,
            Err(reason) => return self.unknown(CHECK, weight, reason),
        };
        let stamped = matches!(user.admin_count, AdminCount::Set(_));
        let memberships = &user.groups.protected;
        let counts = memberships.iter().find(|one| stamped || !one.group.may_be_excluded);
        match (counts.or(memberships.first()), &user.admin_count) {
            // The background task has not been there yet, or the membership is older than the export.
            (Some(one), AdminCount::Unset(source)) => self
                .unknown(CHECK, weight, Some("not-stamped"))
                .with("group", one.group.name)
                .at(&one.source)
                .at(source),
            (Some(one), _) if counts.is_some() => {
                self.finding(CHECK, weight, Answer::Yes).with("group", one.group.name).at(&one.source)
            }
            (Some(one), _) => self
                .unknown(CHECK, weight, Some("may-be-excluded"))
                .with("group", one.group.name)
                .at(&one.source),
            (None, _) if user.groups.token_complete || user.is_shown_unprotected() => {
                self.finding(CHECK, weight, Answer::No).at_all(user.sources.first())
            }
            (None, _) => self.unknown(CHECK, weight, None),
        }
    }

    fn admin_count(&self, weight: Weight) -> Finding {
        const CHECK: &str = "target-admin-count";
        match self.usable().map(|user| &user.admin_count) {
            Ok(AdminCount::Set(source)) => self.finding(CHECK, weight, Answer::Yes).at(source),
            Ok(AdminCount::Unset(source)) => self.finding(CHECK, weight, Answer::No).at(source),
            Ok(_) => self.unknown(CHECK, weight, None),
            Err(reason) => self.unknown(CHECK, weight, reason),
        }
    }

    /// The access list that the background task writes does not inherit. One that inherits again was mended,
    /// whatever adminCount still says.
    fn list_protected(&self, weight: Weight) -> Finding {
        const CHECK: &str = "target-list-protected";
        let user = match self.usable() {
            Ok(user) if !user.descriptors.is_empty() => user,
            Ok(_) => return self.without_descriptor(CHECK, weight, None),
            Err(reason) => return self.without_descriptor(CHECK, weight, reason),
        };
        match protected_list(user) {
            Some(list) => self.finding(CHECK, weight, Answer::Yes).at(list),
            None => self
                .finding(CHECK, weight, Answer::No)
                .at_all(user.descriptors.iter().map(|(_, source)| source)),
        }
    }

    fn not_protected(&self, weight: Weight) -> Finding {
        const CHECK: &str = "target-not-protected";
        let user = match self.usable() {
            Ok(user) => user,
            Err(reason) => return self.unknown(CHECK, weight, reason),
        };
        match &user.admin_count {
            AdminCount::Set(source) => self.finding(CHECK, weight, Answer::No).at(source),
            // What a former administrator has left, where only adminCount was cleared.
            AdminCount::Unset(source) if protected_list(user).is_some() => {
                self.undecided(CHECK, weight, Some("inheritance")).at(source).at_all(protected_list(user))
            }
            AdminCount::Unset(source) if user.is_shown_unprotected() => {
                self.finding(CHECK, weight, Answer::Yes).at(source)
            }
            AdminCount::Unset(source) => self.unknown(CHECK, weight, Some("groups")).at(source),
            _ => self.unknown(CHECK, weight, None),
        }
    }

    fn inheritance_disabled(&self) -> Finding {
        const CHECK: &str = "inheritance-disabled";
        let user = match self.usable() {
            Ok(user) if !user.descriptors.is_empty() => user,
            Ok(_) => return self.without_descriptor(CHECK, Weight::Supports, None),
            Err(reason) => return self.without_descriptor(CHECK, Weight::Supports, reason),
        };
        match (protected_list(user), &user.admin_count) {
            (None, _) => self
                .finding(CHECK, Weight::Supports, Answer::No)
                .at_all(user.descriptors.iter().map(|(_, source)| source)),
            (Some(list), AdminCount::Unset(count)) if user.groups.protected.is_empty() => {
                self.finding(CHECK, Weight::Supports, Answer::Yes).at(list).at(count)
            }
            (Some(list), _) => self.unknown(CHECK, Weight::Supports, Some("protected")).at(list),
        }
    }

    fn without_descriptor(&self, check: &'static str, weight: Weight, reason: Option<&str>) -> Finding {
        let finding = match self.usable() {
            Ok(_) => self.undecided(check, weight, reason),
            // A descriptor names its object by a path, which only the user's own object joins to the user.
            Err(_) => self.unknown(check, weight, reason),
        };
        finding.needing("target-permissions", None)
    }

    /// Rights are given to a SID. An account that nothing names has to be found first.
    fn needing_account(&self, finding: Finding) -> Finding {
        match self.connector {
            Some(connector) if connector.sid.is_some() => finding,
            Some(_) => finding.needing("connector-account", None),
            None => finding.needing("connector-configuration", None).needing("connector-account", None),
        }
    }

    fn right_missing(&self) -> Finding {
        const CHECK: &str = "connector-right-missing";
        match self.rights() {
            // Microsoft lists the write rights as required too, but no failure is known that shows the code
            // of a refused set for want of one of them alone.
            Rights::Missing(right, source) if right.wanted.mask != CONTROL_ACCESS => self
                .undecided(CHECK, Weight::Proves, Some("write-only"))
                .with("account", self.account.clone())
                .with("right", right.name)
                .at(source),
            Rights::Missing(right, source) => self
                .finding(CHECK, Weight::Proves, Answer::Yes)
                .with("account", self.account.clone())
                .with("right", right.name)
                .at(source),
            Rights::All(source) => self
                .finding(CHECK, Weight::Proves, Answer::No)
                .with("account", self.account.clone())
                .at(source),
            open => self.open_rights(CHECK, Weight::Proves, &open),
        }
    }

    fn has_rights(&self) -> Finding {
        const CHECK: &str = "connector-has-rights";
        match self.rights() {
            Rights::All(source) => self
                .finding(CHECK, Weight::RulesOut, Answer::Yes)
                .with("account", self.account.clone())
                .at(source),
            Rights::Missing(right, source) => self
                .finding(CHECK, Weight::RulesOut, Answer::No)
                .with("account", self.account.clone())
                .with("right", right.name)
                .at(source),
            open => self.open_rights(CHECK, Weight::RulesOut, &open),
        }
    }

    fn open_rights(&self, check: &'static str, weight: Weight, rights: &Rights<'_>) -> Finding {
        let finding = match rights {
            Rights::Unusable(reason) => self.needing_account(self.without_descriptor(check, weight, *reason)),
            Rights::NoSid => self.needing_account(self.undecided(check, weight, Some("no-sid"))),
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

    /// What the user's own descriptor gives the connector account.
    fn rights(&self) -> Rights<'_> {
        let user = match self.usable() {
            Ok(user) => user,
            Err(reason) => return Rights::Unusable(reason),
        };
        let Some((_, first)) = user.descriptors.first() else { return Rights::Unusable(None) };
        let Some(connector) = self.connector.filter(|connector| connector.sid.is_some()) else {
            return Rights::NoSid;
        };
        let class = if user.is_inet_org_person { INET_ORG_PERSON_CLASS } else { USER_CLASS };
        let decided: Vec<(&'static ConnectorRight, Vec<Decision>)> = required_rights()
            .map(|right| {
                let of = |(descriptor, _): &(_, Source)| connector_right(descriptor, right, class, connector);
                (right, user.descriptors.iter().map(of).collect())
            })
            .collect();
        let all = |decisions: &[Decision], access| decisions.iter().all(|one| one.access == access);
        if let Some((right, _)) = decided.iter().find(|(_, of)| all(of, Access::Denied)) {
            return Rights::Missing(right, first);
        }
        if decided.iter().all(|(_, of)| all(of, Access::Granted)) {
            return Rights::All(first);
        }
        let trustee = decided.iter().flat_map(|(_, of)| of).flat_map(|one| &one.undecided).next();
        trustee.map_or(Rights::Open(first), |trustee| Rights::DependsOn(shown(trustee), first))
    }
}

enum Rights<'f> {
    All(&'f Source),
    Missing(&'static ConnectorRight, &'f Source),
    DependsOn(String, &'f Source),
    /// Two descriptors disagree, or an entry cannot be decided.
    Open(&'f Source),
    NoSid,
    Unusable(Option<&'static str>),
}

/// The place of a descriptor that does not inherit.
fn protected_list(user: &DirectoryUser) -> Option<&Source> {
    let protected = user
        .descriptors
        .iter()
        .find(|(descriptor, _)| descriptor.dacl.as_ref().is_some_and(|dacl| dacl.protected));
    protected.map(|(_, source)| source)
}

fn shown(trustee: &Trustee) -> String {
    let name = trustee.well_known_name().map(str::to_owned);
    name.unwrap_or_else(|| match trustee {
        Trustee::Sid(sid) => sid.as_str().to_owned(),
        Trustee::DomainRelative { alias, .. } => alias.clone(),
    })
}
