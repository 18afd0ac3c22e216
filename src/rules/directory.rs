//! What exports of the directory say of the user of an operation: whether it is protected, and whether the
//! connector account has its rights on it.
//!
//! An undated export is taken to show the user as at the failure, unless a reset of the same user succeeded
//! later.

use crate::facts::connector::Connector;
use crate::facts::directory::{AdminCount, Directory, DirectoryUser};
use crate::facts::{Attempt, Facts, Operation};
use crate::source::Source;
use crate::words::stand_in;

use super::{Answer, Finding, Weight, later};

/// The user of an operation, as exports show it.
pub(super) struct Target<'f> {
    user: Option<&'f DirectoryUser>,
    pub(super) directory: &'f Directory,
    pub(super) connector: Option<&'f Connector>,
    operation: Operation,
    /// The password of the same user was set later: what the exports show may have been mended since.
    mended: Option<Source>,
    shown: String,
    pub(super) account: String,
}

pub(super) fn target<'f>(facts: &'f Facts, attempt: &Attempt) -> Target<'f> {
    let user = facts.directory.target_of(attempt);
    let connector = facts.connector_of(attempt);
    let shown = attempt.user.clone().or_else(|| user.map(DirectoryUser::shown));
    Target {
        user,
        directory: &facts.directory,
        connector,
        operation: attempt.operation,
        mended: user.and_then(|_| later::success(facts, attempt)),
        shown: shown.unwrap_or_else(|| stand_in::USER.to_owned()),
        account: connector.map_or_else(|| stand_in::CONNECTOR_ACCOUNT.to_owned(), |one| one.account.full()),
    }
}

impl Target<'_> {
    /// What cause 1 asks.
    pub(super) fn for_protected_account(&self) -> Vec<Finding> {
        let mut findings = vec![
            self.operation_is_change(),
            self.protected_now(Weight::Proves),
            self.admin_count(Weight::Supports),
            self.list_protected(Weight::Proves),
            self.not_protected(Weight::RulesOut),
            self.admin_sd_holder_grants(Weight::RulesOut),
            self.right_missing(Weight::Context),
            self.has_rights(),
        ];
        findings.extend(self.may_reset(Weight::RulesOut));
        findings
    }

    /// What cause 2 asks.
    pub(super) fn for_connector_permissions(&self) -> Vec<Finding> {
        let mut findings = vec![
            self.operation_is_change(),
            self.protected_now(Weight::Context),
            self.admin_count(Weight::Context),
            self.list_protected(Weight::Context),
            self.not_protected(Weight::Context),
            self.admin_sd_holder_grants(Weight::Context),
            self.inheritance_disabled(),
            self.grant_missing_above(),
            self.right_missing(Weight::Proves),
            self.has_rights(),
        ];
        findings.extend(self.rights_one_by_one());
        findings
    }

    fn operation_is_change(&self) -> Finding {
        let answer = match self.operation {
            Operation::Change => Answer::Yes,
            Operation::Reset | Operation::AdminReset => Answer::No,
            Operation::Unknown => Answer::Unknown,
        };
        Finding::new("operation-is-change", Weight::Context, answer)
    }

    pub(super) fn finding(&self, check: &'static str, weight: Weight, answer: Answer) -> Finding {
        Finding::new(check, weight, answer).with("user", self.shown.clone())
    }

    /// The answer where nothing can be said, with the reason.
    pub(super) fn undecided(&self, check: &'static str, weight: Weight, reason: Option<&str>) -> Finding {
        let finding = self.finding(check, weight, Answer::Unknown);
        match reason {
            Some("mended") => finding.variant("mended").at_all(&self.mended),
            Some(reason) => finding.variant(reason),
            None => finding,
        }
    }

    /// As [`undecided`](Self::undecided), where the user's own object would say it.
    pub(super) fn unknown(&self, check: &'static str, weight: Weight, reason: Option<&str>) -> Finding {
        self.undecided(check, weight, reason).needing("target-user", None)
    }

    /// The user, unless what the exports show of it cannot be used.
    pub(super) fn usable(&self) -> Result<&DirectoryUser, Option<&'static str>> {
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
        let counts = memberships.iter().find(|one| stamped || one.counts);
        if let Some(account) = user.protected_account()
            && !matches!(user.admin_count, AdminCount::Unset(_))
        {
            let finding = self.finding(CHECK, weight, Answer::Yes).variant("account");
            return finding.with("account", account).with("group", account).at_all(user.sources.first());
        }
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
            (None, _) if user.protected_account().is_some() => {
                self.unknown(CHECK, weight, Some("account-not-stamped")).at_all(user.sources.first())
            }
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
            Ok(user) if user.descriptors.iter().any(|list| list.protected.is_some()) => user,
            Ok(_) => return self.without_descriptor(CHECK, weight, None),
            Err(reason) => return self.without_descriptor(CHECK, weight, reason),
        };
        let inheriting = inheriting_lists(user);
        match protected_list(user) {
            Some(list) if inheriting.is_empty() => self.finding(CHECK, weight, Answer::Yes).at(list),
            Some(list) => self.undecided(CHECK, weight, Some("lists-differ")).at(list).at_all(inheriting),
            None => self.finding(CHECK, weight, Answer::No).at_all(inheriting),
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
            Ok(user) if user.descriptors.iter().any(|list| list.protected.is_some()) => user,
            Ok(_) => return self.without_descriptor(CHECK, Weight::Supports, None),
            Err(reason) => return self.without_descriptor(CHECK, Weight::Supports, reason),
        };
        match (protected_list(user), &user.admin_count) {
            (None, _) => self.finding(CHECK, Weight::Supports, Answer::No).at_all(inheriting_lists(user)),
            (Some(list), AdminCount::Unset(count))
                if user.groups.protected.is_empty() && inheriting_lists(user).is_empty() =>
            {
                self.finding(CHECK, Weight::Supports, Answer::Yes).at(list).at(count)
            }
            (Some(list), _) => self.unknown(CHECK, Weight::Supports, Some("protected")).at(list),
        }
    }

    pub(super) fn without_descriptor(
        &self,
        check: &'static str,
        weight: Weight,
        reason: Option<&str>,
    ) -> Finding {
        let finding = match self.usable() {
            Ok(_) => self.undecided(check, weight, reason),
            // A descriptor names its object by a path, which only the user's own object joins to the user.
            Err(_) => self.unknown(check, weight, reason),
        };
        finding.needing("target-permissions", None)
    }
}

/// The place of a descriptor that does not inherit.
fn protected_list(user: &DirectoryUser) -> Option<&Source> {
    let protected = user.descriptors.iter().find(|list| list.protected == Some(true));
    protected.map(|list| &list.source)
}

/// The places of lists that inherit, where no list says otherwise.
fn inheriting_lists(user: &DirectoryUser) -> Vec<&Source> {
    let inheriting = user.descriptors.iter().filter(|list| list.protected == Some(false));
    inheriting.map(|list| &list.source).collect()
}
