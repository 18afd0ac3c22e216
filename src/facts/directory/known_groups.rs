//! Groups as exports show them: names in any language are told by their SIDs, members by the groups' own lists,
//! and groups within groups by the lists of both.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifacts::directory_objects::{Attribute, DirectoryObject};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::protected_groups::{self, ProtectedGroup, Scope};
use crate::security_descriptor::Sid;
use crate::source::{Place, Source};

use super::groups::domain_of;

/// Groups of the bundle's exports, by distinguished name in lower case.
#[derive(Debug, Default)]
pub(super) struct KnownGroups {
    groups: BTreeMap<String, KnownGroup>,
    /// Protected groups that list a member of their own domain, by the member's distinguished name in lower
    /// case. The background task of a domain protects the accounts of that domain alone.
    listing: BTreeMap<String, Vec<Listed>>,
    /// The same for members of groups that such a group lists, at any depth.
    nested: BTreeMap<String, Vec<Listed>>,
}

/// A protected group, and where its members stand.
type Listed = (&'static ProtectedGroup, Source);

#[derive(Debug, Default)]
struct KnownGroup {
    sid: Option<Sid>,
    /// Groups that it is in, in lower case.
    member_of: BTreeSet<String>,
    /// An export lists the groups that it is in whole.
    whole: bool,
}

/// Groups that are looked through from one, so that a hostile chain costs no more.
const MOST_STEPS: usize = 1_000;
/// Members of groups within protected groups that are kept. Administrators are few; a group of everybody in such a
/// group would cost memory for each account.
const MOST_NESTED: usize = 50_000;

impl KnownGroups {
    pub(super) fn of(artifacts: &[Artifact]) -> Self {
        let mut known = KnownGroups::default();
        for artifact in artifacts {
            let Content::DirectoryObjects(read) = &artifact.content else { continue };
            for object in read.objects.iter().filter(|object| is_group(object)) {
                known.take(artifact, object);
            }
        }
        known.take_nested(artifacts);
        known
    }

    /// Follows the lists of members downwards, from each protected group's to those of the groups in it.
    fn take_nested(&mut self, artifacts: &[Artifact]) {
        let objects = artifacts.iter().flat_map(|artifact| match &artifact.content {
            Content::DirectoryObjects(read) => read.objects.as_slice(),
            _ => &[],
        });
        let groups = objects.filter(|object| is_group(object));
        let mut lists: BTreeMap<String, Vec<&DirectoryObject>> = BTreeMap::new();
        for (dn, object) in groups.filter_map(|object| Some((object.dn()?.to_lowercase(), object))) {
            lists.entry(dn).or_default().push(object);
        }
        let listed =
            self.listing.iter().flat_map(|(dn, of)| of.iter().map(move |one| (dn.clone(), one.clone())));
        let mut open: Vec<(String, Listed)> = listed.filter(|(dn, _)| lists.contains_key(dn)).collect();
        let mut seen: BTreeSet<(String, &'static str)> = BTreeSet::new();
        while let Some((dn, (group, source))) = open.pop() {
            if seen.len() >= MOST_STEPS || !seen.insert((dn.clone(), group.name)) {
                continue;
            }
            let own = |member: &&str| is_protected_below(group, &dn, member);
            let members = lists.get(&dn).into_iter().flatten().filter_map(|object| members_of(object));
            for member in members.flat_map(Attribute::texts).filter(own) {
                let member = member.trim().to_lowercase();
                if self.nested.len() >= MOST_NESTED && !self.nested.contains_key(&member) {
                    continue;
                }
                let known = self.nested.entry(member.clone()).or_default();
                if !known.iter().any(|(have, _)| *have == group) {
                    known.push((group, source.clone()));
                }
                if lists.contains_key(&member) {
                    open.push((member, (group, source.clone())));
                }
            }
        }
    }

    fn take(&mut self, artifact: &Artifact, object: &DirectoryObject) {
        let Some(dn) = object.dn() else { return };
        let name = dn.to_lowercase();
        let sid = object.sid();
        let group = sid.as_ref().and_then(protected_groups::by_sid).or_else(|| by_name(dn));
        if let (Some(group), Some(members)) = (group, members_of(object)) {
            let source = Source::new(&artifact.path, Place::Line(members.line));
            let own = |member: &&str| member.contains('=') && is_protected_below(group, dn, member);
            for member in members.texts().filter(own) {
                self.listing.entry(member.trim().to_lowercase()).or_default().push((group, source.clone()));
            }
        }
        let (above, whole) = object.member_of().unwrap_or_default();
        let known = self.groups.entry(name).or_default();
        known.sid = known.sid.take().or(sid);
        known.whole |= whole;
        known.member_of.extend(above.into_iter().map(str::to_lowercase));
    }

    /// The protected group that a distinguished name is of, by its own name or by the SID of its export.
    /// `own` is the SID of the account in question: Domain Admins of another domain are none of its own.
    pub(super) fn protected(
        &self,
        dn: &str,
        own_domain: Option<&str>,
        own: Option<&Sid>,
    ) -> Option<&'static ProtectedGroup> {
        if let Some(sid) = self.groups.get(&dn.to_lowercase()).and_then(|group| group.sid.as_ref()) {
            let group = protected_groups::by_sid(sid)?;
            let here = group.scope != Scope::Builtin || own_domain.is_none_or(|own| own == domain_of(dn));
            return (here && super::groups::is_of_domain(group, sid, own)).then_some(group);
        }
        let (group, domain) = protected_groups::by_dn(dn)?;
        let same = own_domain.is_none_or(|own| own.eq_ignore_ascii_case(&domain_of(domain)));
        (same || group.scope == Scope::Root).then_some(group)
    }

    /// Whether an export shows that a group of a domain is in no other one.
    pub(super) fn is_in_none(&self, domain: Sid, rid: u32) -> bool {
        let wanted = Some((domain, rid));
        let is = |group: &&KnownGroup| group.sid.as_ref().and_then(Sid::domain_and_rid) == wanted;
        let mut shown = self.groups.values().filter(is).peekable();
        shown.peek().is_some() && shown.all(|group| group.whole && group.member_of.is_empty())
    }

    /// The protected group that a group is in, however many groups lie between.
    pub(super) fn above(
        &self,
        dn: &str,
        own_domain: Option<&str>,
        own: Option<&Sid>,
    ) -> Option<&'static ProtectedGroup> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let lower = dn.to_lowercase();
        let mut open: Vec<&str> = self.above_of(&lower).collect();
        let listed =
            |dn: &str| self.listing(dn).iter().chain(self.nested(dn)).next().map(|(group, _)| *group);
        if let Some(group) = listed(&lower) {
            return Some(group);
        }
        while let Some(next) = open.pop() {
            if seen.len() >= MOST_STEPS || !seen.insert(next) {
                continue;
            }
            if let Some(group) = listed(next) {
                return Some(group);
            }
            if let Some(group) = self.protected(next, own_domain, own) {
                return Some(group);
            }
            open.extend(self.above_of(next));
        }
        None
    }

    fn above_of(&self, dn: &str) -> impl Iterator<Item = &str> {
        self.groups.get(dn).into_iter().flat_map(|group| group.member_of.iter().map(String::as_str))
    }

    /// All members that protected groups list, by distinguished name in lower case, each with its first place.
    pub(super) fn members(&self) -> BTreeMap<String, Source> {
        let first = |(name, of): (&String, &Vec<Listed>)| Some((name.clone(), of.first()?.1.clone()));
        self.nested.iter().chain(&self.listing).filter_map(first).collect()
    }

    /// The protected groups in whose groups a member is, by the groups' own lists.
    pub(super) fn nested(&self, dn: &str) -> &[Listed] {
        self.nested.get(&dn.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The protected groups whose own lists have a member.
    pub(super) fn listing(&self, dn: &str) -> &[Listed] {
        self.listing.get(&dn.to_lowercase()).map_or(&[], Vec::as_slice)
    }
}

fn members_of(group: &DirectoryObject) -> Option<&Attribute> {
    group.attribute("member").or(group.attribute("Members"))
}

/// Whether a member of a group is protected as the group is: a domain protects its own accounts.
fn is_protected_below(group: &ProtectedGroup, dn: &str, member: &str) -> bool {
    group.scope == Scope::Root || domain_of(member) == domain_of(dn)
}

fn by_name(dn: &str) -> Option<&'static ProtectedGroup> {
    protected_groups::by_dn(dn).map(|(group, _)| group)
}

fn is_group(object: &DirectoryObject) -> bool {
    let of_class = object
        .attribute("objectClass")
        .is_some_and(|classes| classes.texts().any(|class| class.trim().eq_ignore_ascii_case("group")));
    of_class || object.attribute("member").is_some() || object.attribute("Members").is_some()
}
