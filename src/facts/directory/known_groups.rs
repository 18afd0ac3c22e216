//! Groups as exports show them: names in any language are told by their SIDs, members by the groups' own lists,
//! and groups within groups by the lists of both.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifacts::directory_objects::DirectoryObject;
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
    listing: BTreeMap<String, Vec<(&'static ProtectedGroup, Source)>>,
}

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

impl KnownGroups {
    pub(super) fn of(artifacts: &[Artifact]) -> Self {
        let mut known = KnownGroups::default();
        for artifact in artifacts {
            let Content::DirectoryObjects(read) = &artifact.content else { continue };
            for object in read.objects.iter().filter(|object| is_group(object)) {
                known.take(artifact, object);
            }
        }
        known
    }

    fn take(&mut self, artifact: &Artifact, object: &DirectoryObject) {
        let Some(dn) = object.dn() else { return };
        let name = dn.to_lowercase();
        let sid = object.sid();
        let group = sid.as_ref().and_then(protected_groups::by_sid).or_else(|| by_name(dn));
        if let (Some(group), Some(members)) =
            (group, object.attribute("member").or(object.attribute("Members")))
        {
            let source = Source::new(&artifact.path, Place::Line(members.line));
            let domain = domain_of(dn);
            let own = |member: &&str| {
                member.contains('=') && (group.scope == Scope::Root || domain_of(member) == domain)
            };
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
        while let Some(next) = open.pop() {
            if seen.len() >= MOST_STEPS || !seen.insert(next) {
                continue;
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
        let first = |(name, of): (&String, &Vec<(_, Source)>)| Some((name.clone(), of.first()?.1.clone()));
        self.listing.iter().filter_map(first).collect()
    }

    /// The protected groups whose own lists have a member.
    pub(super) fn listing(&self, dn: &str) -> &[(&'static ProtectedGroup, Source)] {
        self.listing.get(&dn.to_lowercase()).map_or(&[], Vec::as_slice)
    }
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
