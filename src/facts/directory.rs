//! Users of the directory, as all exports together show them.
//!
//! Texts about the same object are joined by SID, objectGUID or distinguished name, never by likeness of
//! names. What no text shows is unknown, and two texts that disagree make it disputed.

mod gather;
mod groups;
mod known_groups;
mod listed_names;
mod operators;

use std::collections::BTreeMap;

use crate::artifacts::directory_objects::guid_of_anchor;
use crate::knowledge::protected_groups;
use crate::security_descriptor::Sid;
use crate::source::Source;

use super::access_lists::{AccessList, AccessLists};
use super::attempts::Attempt;

pub(super) use gather::gather;
pub(super) use groups::DOMAIN_USERS;
pub use groups::{GroupsSeen, ProtectedMembership, domain_of};
pub use listed_names::ListedNames;

/// All users that the bundle's exports show.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// One for each user, in order of the files.
    pub users: Vec<DirectoryUser>,
    /// What lists of mere names say.
    pub listed: ListedNames,
    /// Access lists of users, containers and other objects, by distinguished name.
    pub lists: AccessLists,
    /// Members that exports of protected groups list, by distinguished name in lower case, and where.
    pub members: BTreeMap<String, Source>,
    by_name: BTreeMap<String, Vec<usize>>,
    by_anchor: BTreeMap<String, Vec<usize>>,
}

/// One user.
#[derive(Debug, Clone, Default)]
pub struct DirectoryUser {
    /// User principal names, in lower case.
    pub principal_names: Vec<String>,
    /// sAMAccountNames, each with the domain that the distinguished name or `whoami` has.
    pub account_names: Vec<(Option<String>, String)>,
    /// SIDs. More than one: the texts are of different objects, and nothing follows from them.
    pub sids: Vec<Sid>,
    /// `objectGUID` in lower case, as many as the texts show.
    pub guids: Vec<String>,
    /// `mS-DS-ConsistencyGuid` in lower case.
    pub consistency_guids: Vec<String>,
    /// Distinguished names as written, whole ones only.
    pub names: Vec<String>,
    /// The class is `inetOrgPerson`.
    pub is_inet_org_person: bool,
    /// Where the texts about it stand.
    pub sources: Vec<Source>,
    /// `adminCount`.
    pub admin_count: AdminCount,
    /// The groups.
    pub groups: GroupsSeen,
    /// Its own access lists.
    pub descriptors: Vec<AccessList>,
}

/// What the texts show of `adminCount`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AdminCount {
    /// No text shows it.
    #[default]
    NotShown,
    /// It is 1.
    Set(Source),
    /// It was asked for, and is empty or 0.
    Unset(Source),
    /// One text shows 1, another that it is unset.
    Disputed(Source, Source),
}

impl Directory {
    /// The user of an operation: by principal name, or else by the source anchor.
    ///
    /// Two users for one name or anchor, or a name and an anchor of different users, are none.
    pub fn target_of(&self, attempt: &Attempt) -> Option<&DirectoryUser> {
        self.target(attempt.user.as_deref(), attempt.source_anchor.as_deref())
    }

    fn target(&self, user: Option<&str>, source_anchor: Option<&str>) -> Option<&DirectoryUser> {
        let name = user.map(str::to_lowercase);
        let anchor = source_anchor.and_then(guid_of_anchor);
        let named = name.map(|name| self.only(self.by_name.get(&name)));
        let anchored = anchor.as_ref().map(|anchor| self.only(self.by_anchor.get(anchor)));
        match (named.unwrap_or(Found::None), anchored.unwrap_or(Found::None)) {
            (Found::Several, _) | (_, Found::Several) => None,
            (Found::One(named), Found::One(anchored)) => std::ptr::eq(named, anchored).then_some(named),
            // A name may have passed to another object: its GUIDs must not be others than the anchor.
            (Found::One(named), Found::None) => Some(named).filter(|named| named.may_have(anchor.as_deref())),
            (Found::None, Found::One(user)) => Some(user),
            (Found::None, Found::None) => None,
        }
        .filter(|user| user.is_one_object())
    }

    fn of(users: Vec<DirectoryUser>, lists: AccessLists) -> Self {
        let mut directory = Directory { lists, ..Directory::default() };
        for (index, user) in users.iter().enumerate() {
            for name in &user.principal_names {
                directory.by_name.entry(name.clone()).or_default().push(index);
            }
            for anchor in user.anchors() {
                directory.by_anchor.entry(anchor.clone()).or_default().push(index);
            }
        }
        Directory { users, ..directory }
    }

    fn only(&self, places: Option<&Vec<usize>>) -> Found<'_> {
        match places.map(Vec::as_slice) {
            Some([one]) => self.users.get(*one).map_or(Found::None, Found::One),
            None | Some([]) => Found::None,
            Some(_) => Found::Several,
        }
    }
}

enum Found<'d> {
    None,
    One(&'d DirectoryUser),
    Several,
}

impl DirectoryUser {
    /// The texts are of one object: an account that was made anew has another SID and another GUID.
    pub fn is_one_object(&self) -> bool {
        self.sids.len() <= 1 && self.guids.len() <= 1 && self.principal_names.len() <= 1
    }

    /// Its SID, where the texts agree.
    pub fn sid(&self) -> Option<&Sid> {
        match self.sids.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Its distinguished name, where the texts agree.
    pub fn dn(&self) -> Option<&str> {
        match self.names.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Its domain as a DNS name, where the texts agree on its distinguished name.
    pub fn domain(&self) -> Option<String> {
        self.dn().map(domain_of).filter(|domain| !domain.is_empty())
    }

    /// How the texts name it: by principal name, distinguished name or account.
    pub fn shown(&self) -> String {
        let first = self.principal_names.first().or(self.names.first());
        first.or(self.account_names.first().map(|(_, name)| name)).cloned().unwrap_or_default()
    }

    /// A text shows that it is, or was, in a protected group, or is a protected account itself.
    pub fn is_shown_protected(&self) -> bool {
        matches!(self.admin_count, AdminCount::Set(_))
            || !self.groups.protected.is_empty()
            || self.protected_account().is_some()
    }

    /// The built-in account that it is, where that is protected whatever its groups.
    pub fn protected_account(&self) -> Option<&'static str> {
        self.sid().and_then(protected_groups::account_by_sid)
    }

    /// The texts show that it is in no protected group: `adminCount` is unset, and no protected group is
    /// among groups that are listed whole. Groups within groups are covered by `adminCount`.
    pub fn is_shown_unprotected(&self) -> bool {
        matches!(self.admin_count, AdminCount::Unset(_))
            && self.groups.protected.is_empty()
            && self.protected_account().is_none()
            && self.groups.complete
            && self.is_one_object()
    }

    /// Whether a source anchor may be its own: one of the GUIDs that the texts show, or none is shown.
    fn may_have(&self, anchor: Option<&str>) -> bool {
        let mut shown = self.guids.iter().chain(&self.consistency_guids).peekable();
        shown.peek().is_none() || anchor.is_none_or(|anchor| shown.any(|guid| guid == anchor))
    }

    /// What its source anchor may be. Where `mS-DS-ConsistencyGuid` has a value, that is it.
    fn anchors(&self) -> &[String] {
        if self.consistency_guids.is_empty() { &self.guids } else { &self.consistency_guids }
    }
}

impl AdminCount {
    fn merge(&mut self, other: AdminCount) {
        *self = match (std::mem::take(self), other) {
            (AdminCount::NotShown, other) => other,
            (AdminCount::Set(one), AdminCount::Unset(other))
            | (AdminCount::Unset(other), AdminCount::Set(one)) => AdminCount::Disputed(one, other),
            (have, _) => have,
        };
    }
}

#[cfg(test)]
mod tests;
