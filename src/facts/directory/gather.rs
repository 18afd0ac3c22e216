//! Takes users from the exports, and joins texts about the same one.

use std::collections::BTreeMap;

use crate::artifacts::directory_objects::{Attribute, DirectoryFormat, DirectoryObject};
use crate::artifacts::{Artifact, Content};
use crate::facts::Contradiction;
use crate::facts::access_lists::{self, AccessList, AccessLists};
use crate::source::{BundlePath, Place, Source};
use crate::words::Statement;

use super::groups::{GroupsSeen, domain_of};
use super::known_groups::KnownGroups;
use super::listed_names::ListedNames;
use super::operators::{self, LeftOut};
use super::{AdminCount, Directory, DirectoryUser};

pub(in crate::facts) fn gather(artifacts: &[Artifact], contradictions: &mut Vec<Contradiction>) -> Directory {
    let known = KnownGroups::of(artifacts);
    let seen = artifacts.iter().flat_map(|artifact| match &artifact.content {
        Content::DirectoryObjects(read) => read
            .objects
            .iter()
            .filter(|object| is_user(object))
            .map(|object| {
                let last = read.objects.last().is_some_and(|last| std::ptr::eq(last, object));
                of_object(&artifact.path, read.format, object, last, &known)
            })
            .collect(),
        _ => Vec::new(),
    });
    let mut users = joined(seen.collect());
    let lists = access_lists::gather(artifacts);
    take_access_lists(&lists, &mut users);
    let left_out = operators::left_out(artifacts);
    for user in &mut users {
        let (own, nested) = (user.sid().cloned(), std::mem::take(&mut user.groups.direct));
        user.groups.take_known(&user.names, own.as_ref(), &nested, &known);
        let domain = user.domain();
        let of_forest = |left_out: &&LeftOut| domain.as_ref().is_some_and(|domain| left_out.is_of(domain));
        left_out.iter().filter(of_forest).for_each(|left_out| user.groups.judge(left_out));
    }
    for user in &users {
        if let AdminCount::Disputed(set, unset) = &user.admin_count {
            contradictions.push(Contradiction {
                text: Statement::new("contradiction.admin-count-differs").with("user", user.shown()),
                sources: vec![set.clone(), unset.clone()],
            });
        }
        if let Some((listed, free)) = user.groups.disputed() {
            contradictions.push(Contradiction {
                text: Statement::new("contradiction.groups-differ").with("user", user.shown()),
                sources: vec![listed.clone(), free.clone()],
            });
        }
    }
    let listed = ListedNames::of(artifacts);
    Directory { listed, members: known.members(), ..Directory::of(users, lists) }
}

/// Classes that inherit from `user` and are none, and groups.
const NOT_USERS: [&str; 6] = [
    "computer",
    "group",
    "contact",
    "msDS-ManagedServiceAccount",
    "msDS-GroupManagedServiceAccount",
    "trustedDomain",
];

fn is_user(object: &DirectoryObject) -> bool {
    let of_class = object.attribute("objectClass").is_some_and(|classes| {
        classes.texts().any(|class| NOT_USERS.iter().any(|not| not.eq_ignore_ascii_case(class.trim())))
    });
    let machine = object.text("sAMAccountName").is_some_and(|name| name.trim_end().ends_with('$'));
    let group = object.attribute("member").is_some();
    !of_class && !machine && !group
}

fn of_object(
    path: &BundlePath,
    format: DirectoryFormat,
    object: &DirectoryObject,
    last: bool,
    known: &KnownGroups,
) -> DirectoryUser {
    let whole = |name: &str| {
        object.attribute(name).filter(|attribute| attribute.complete && attribute.values.len() == 1)
    };
    let text = |name: &str| {
        let text = whole(name)?.texts().next()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let dn = text("dn").or_else(|| text("distinguishedName"));
    let source = Source::new(path, Place::Line(object.line));
    let whoami = text("name").filter(|_| format == DirectoryFormat::WhoAmI);
    let by_token = whoami.as_deref().and_then(|name| name.split_once('\\'));
    let account = match by_token {
        Some((domain, name)) => Some((Some(domain.to_owned()), name.to_owned())),
        None => text("sAMAccountName").map(|name| (dn.as_deref().map(domain_of), name)),
    };
    let descriptor = object.security_descriptor().and_then(Result::ok);
    let at = object.attribute("nTSecurityDescriptor").filter(|attribute| attribute.complete);
    let descriptor =
        descriptor.zip(at).map(|(descriptor, at)| AccessList::of_descriptor(descriptor, line(path, at)));
    DirectoryUser {
        principal_names: text("userPrincipalName").map(|name| name.to_lowercase()).into_iter().collect(),
        account_names: account.into_iter().collect(),
        sids: object.sid().into_iter().collect(),
        guids: object.guid().into_iter().collect(),
        consistency_guids: object.consistency_guid().into_iter().collect(),
        names: dn.into_iter().collect(),
        is_inet_org_person: object
            .attribute("objectClass")
            .is_some_and(|classes| classes.texts().any(|class| class.eq_ignore_ascii_case("inetOrgPerson"))),
        sources: vec![source],
        admin_count: whole_admin_count(path, object),
        groups: GroupsSeen::of(path, format, object, last, known),
        descriptors: descriptor.into_iter().collect(),
    }
}

fn line(path: &BundlePath, attribute: &Attribute) -> Source {
    Source::new(path, Place::Line(attribute.line))
}

fn whole_admin_count(path: &BundlePath, object: &DirectoryObject) -> AdminCount {
    let Some(attribute) = object.attribute("adminCount").filter(|attribute| attribute.complete) else {
        return AdminCount::NotShown;
    };
    let source = line(path, attribute);
    let mut texts = attribute.texts();
    match (texts.next().map(str::trim), texts.next(), attribute.values.len()) {
        (Some("0"), None, _) => AdminCount::Unset(source),
        (None, _, 0) | (Some(""), None, _) if shows_fetched(object) => AdminCount::Unset(source),
        (Some("1"), None, _) => AdminCount::Set(source),
        _ => AdminCount::NotShown,
    }
}

/// Attributes that every user has and `Get-ADUser` does not fetch unless asked.
const FETCHED: [&str; 5] =
    ["primaryGroupID", "objectSid", "userAccountControl", "pwdLastSet", "nTSecurityDescriptor"];

/// PowerShell shows a property that was not fetched as an empty one. Where others were, it was asked for.
fn shows_fetched(object: &DirectoryObject) -> bool {
    FETCHED.iter().any(|name| {
        object.attribute(name).is_some_and(|attribute| attribute.texts().any(|text| !text.is_empty()))
    })
}

/// What texts about the same object have in common.
fn keys(user: &DirectoryUser) -> Vec<String> {
    let sids = user.sids.iter().map(|sid| format!("sid {}", sid.as_str()));
    let guids = user.guids.iter().map(|guid| format!("guid {guid}"));
    let names = user.names.iter().map(|name| format!("dn {}", name.to_lowercase()));
    sids.chain(guids).chain(names).collect()
}

fn joined(seen: Vec<DirectoryUser>) -> Vec<DirectoryUser> {
    let (keyed, keyless): (Vec<_>, Vec<_>) = seen.into_iter().partition(|user| !keys(user).is_empty());
    let mut heap = Heap::default();
    for user in keyed {
        heap.take(user);
    }
    let mut users: Vec<DirectoryUser> =
        heap.users.into_iter().filter(|user| !user.sources.is_empty()).collect();
    // A text without SID, GUID and distinguished name is joined by its principal name, where that is one's.
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, user) in users.iter().enumerate() {
        for name in &user.principal_names {
            by_name.entry(name.clone()).or_default().push(index);
        }
    }
    for user in keyless {
        let Some(name) = user.principal_names.first().cloned() else { continue };
        let places = by_name.entry(name).or_default();
        match places.as_slice() {
            [one] => users.get_mut(*one).into_iter().for_each(|into| into.merge(user.clone())),
            [] => {
                places.push(users.len());
                users.push(user);
            }
            _ => users.push(user),
        }
    }
    users
}

/// Users that are being joined; one that was joined to an earlier one is left empty.
#[derive(Default)]
struct Heap {
    users: Vec<DirectoryUser>,
    /// Where the user of a place was moved to; its own place where it was not.
    moved: Vec<usize>,
    places: BTreeMap<String, usize>,
}

impl Heap {
    fn place_of(&self, mut at: usize) -> usize {
        while let Some(next) = self.moved.get(at).copied().filter(|next| *next < at) {
            at = next;
        }
        at
    }

    fn take(&mut self, user: DirectoryUser) {
        let own = keys(&user);
        let mut at: Vec<usize> =
            own.iter().filter_map(|key| Some(self.place_of(*self.places.get(key)?))).collect();
        at.sort_unstable();
        at.dedup();
        let target = at.first().copied().unwrap_or(self.users.len());
        if target == self.users.len() {
            self.moved.push(target);
            self.users.push(DirectoryUser::default());
        }
        for other in at.into_iter().skip(1) {
            let moved = self.users.get_mut(other).map(std::mem::take).unwrap_or_default();
            self.moved.get_mut(other).into_iter().for_each(|place| *place = target);
            self.users.get_mut(target).into_iter().for_each(|into| into.merge(moved.clone()));
        }
        for key in own {
            self.places.insert(key, target);
        }
        if let Some(into) = self.users.get_mut(target) {
            into.merge(user);
        }
    }
}

impl DirectoryUser {
    fn merge(&mut self, other: DirectoryUser) {
        add(&mut self.principal_names, other.principal_names);
        add(&mut self.account_names, other.account_names);
        add(&mut self.sids, other.sids);
        add(&mut self.guids, other.guids);
        add(&mut self.consistency_guids, other.consistency_guids);
        add(&mut self.names, other.names);
        add(&mut self.sources, other.sources);
        self.is_inet_org_person |= other.is_inet_org_person;
        self.admin_count.merge(other.admin_count);
        self.groups.merge(other.groups);
        add(&mut self.descriptors, other.descriptors);
    }
}

/// Most different values of one user that are kept; two are enough to make it disputed.
const MOST: usize = 32;

fn add<T: PartialEq>(have: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if have.len() < MOST && !have.contains(&one) {
            have.push(one);
        }
    }
}

/// Access lists that name a user by its distinguished name.
fn take_access_lists(lists: &AccessLists, users: &mut [DirectoryUser]) {
    for user in users {
        let own: Vec<AccessList> = user.names.iter().flat_map(|name| lists.of(name)).cloned().collect();
        add(&mut user.descriptors, own);
    }
}
