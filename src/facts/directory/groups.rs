//! The groups that a text shows an object in, as far as they are protected ones.

use crate::artifacts::directory_objects::{DirectoryFormat, DirectoryObject};
use crate::knowledge::protected_groups::{self, ProtectedGroup, Scope};
use crate::security_descriptor::Sid;
use crate::source::{BundlePath, Place, Source};

use super::known_groups::KnownGroups;
use super::operators::LeftOut;

/// Groups of one object.
#[derive(Debug, Clone, Default)]
pub struct GroupsSeen {
    /// Protected ones among them.
    pub protected: Vec<ProtectedMembership>,
    /// Some text lists the object's direct groups and its primary group whole.
    pub complete: bool,
    /// That text lists no group but the primary one, which is in no other group as far as is known: a default one,
    /// or one whose own export shows no group.
    pub none_but_primary: bool,
    /// A primary group that some text shows, by relative identifier, other than Domain Users.
    pub other_primary: Option<u32>,
    /// SIDs of nested groups (`tokenGroups`).
    pub token: Vec<Sid>,
    /// A text lists a protected group among the direct ones.
    pub direct_protected: Option<Source>,
    /// A text lists all direct groups, and no protected one is among them.
    pub direct_free: Option<Source>,
    /// These are all, as a domain controller computes them. Never so for `whoami`.
    pub token_complete: bool,
    /// Direct groups as distinguished names, and where they stand.
    pub(super) direct: Vec<String>,
    pub(super) listed_at: Option<Source>,
}

/// One protected group that the object is in.
#[derive(Debug, Clone)]
pub struct ProtectedMembership {
    /// The group.
    pub group: &'static ProtectedGroup,
    /// It is known to be protected here: no forest leaves it out, or this one does not.
    pub counts: bool,
    /// Where it stands.
    pub source: Source,
}

/// Direct groups of one object that are looked through for groups above them.
const MOST_DIRECT: usize = 2_000;

impl GroupsSeen {
    /// `last`: the object is the last one of its file, which may have been cut in it.
    pub(super) fn of(
        path: &BundlePath,
        format: DirectoryFormat,
        object: &DirectoryObject,
        last: bool,
        known: &KnownGroups,
    ) -> Self {
        let mut groups = GroupsSeen::default();
        // Names of a token are in the language of Windows; its SIDs say the same.
        let direct =
            if format == DirectoryFormat::WhoAmI { None } else { groups.take_direct(path, object, known) };
        // A list over several lines at the end of a file may have gone on.
        let cut = format == DirectoryFormat::Ldif && last && ends_with_groups(object);
        let direct = direct.filter(|_| !cut);
        let primary = groups.take_primary(path, object);
        let ends_there = primary && primary_ends_there(object, known);
        groups.direct_protected = groups.protected.first().map(|membership| membership.source.clone());
        if groups.protected.is_empty() && direct.is_some() && primary {
            groups.direct_free = Some(Source::new(path, Place::Line(object.line)));
        }
        groups.take_token(path, format, object, cut);
        groups.complete = groups.token_complete || (direct.is_some() && primary);
        groups.none_but_primary = ends_there && direct == Some(0);
        groups
    }

    /// A token on a member server or a workstation has that machine's own Administrators, and not the
    /// domain's local groups: of `whoami`, only SIDs of a domain count, and absence says nothing.
    fn take_token(
        &mut self,
        path: &BundlePath,
        format: DirectoryFormat,
        object: &DirectoryObject,
        cut: bool,
    ) {
        let Some((sids, complete)) = object.token_groups() else { return };
        let from_console = format == DirectoryFormat::WhoAmI;
        let line = object.attribute("tokenGroups").map_or(object.line, |attribute| attribute.line);
        for sid in sids.into_iter().filter(|sid| !from_console || sid.domain_and_rid().is_some()) {
            if let Some(group) = protected_groups::by_sid(&sid)
                && is_of_domain(group, &sid, object.sid().as_ref())
            {
                self.add(group, Source::new(path, Place::Line(line)));
            }
            self.token.push(sid);
        }
        self.token_complete = complete && !from_console && !cut;
    }

    /// How many direct groups there are, where all are shown.
    fn take_direct(
        &mut self,
        path: &BundlePath,
        object: &DirectoryObject,
        known: &KnownGroups,
    ) -> Option<usize> {
        let attribute = object.attribute("memberOf")?;
        let (names, complete) = object.member_of()?;
        let own = object.dn().map(domain_of);
        let sid = object.sid();
        for name in &names {
            if let Some(group) = known.protected(name, own.as_deref(), sid.as_ref()) {
                self.add(group, Source::new(path, Place::Line(attribute.line)));
            }
        }
        self.direct = names.iter().take(MOST_DIRECT).map(|name| (*name).to_owned()).collect();
        self.listed_at = Some(Source::new(path, Place::Line(attribute.line)));
        // A list of names that are no distinguished names may hide a protected group's.
        let whole = names.iter().all(|name| name.to_ascii_uppercase().contains("DC="));
        (complete && whole).then_some(names.len())
    }

    /// Whether the primary group is shown.
    fn take_primary(&mut self, path: &BundlePath, object: &DirectoryObject) -> bool {
        let Some(attribute) = object.attribute("primaryGroupID").filter(|attribute| attribute.complete)
        else {
            return false;
        };
        let Some(rid) = object.text("primaryGroupID").and_then(|text| text.trim().parse::<u32>().ok()) else {
            return false;
        };
        self.other_primary = (rid != DOMAIN_USERS).then_some(rid);
        if let Some(group) = protected_groups::by_rid(rid) {
            self.add(group, Source::new(path, Place::Line(attribute.line)));
        }
        true
    }

    fn add(&mut self, group: &'static ProtectedGroup, source: Source) {
        if !self.protected.iter().any(|have| have.group == group) {
            self.protected.push(ProtectedMembership { group, counts: !group.may_be_excluded, source });
        }
    }

    /// Groups within groups, and groups whose own lists have the object. The first are no news to the list of
    /// direct groups; of the second, one that such a list lacks makes it disputed.
    pub(super) fn take_known(
        &mut self,
        names: &[String],
        own: Option<&Sid>,
        nested: &[String],
        known: &KnownGroups,
    ) {
        for name in names {
            for (group, source) in known.listing(name) {
                self.direct_protected.get_or_insert_with(|| source.clone());
                self.add(group, source.clone());
            }
            for (group, source) in known.nested(name) {
                self.add(group, source.clone());
            }
        }
        let domain = names.first().map(|name| domain_of(name));
        let Some(source) = self.listed_at.clone() else { return };
        for name in nested {
            if let Some(group) = known.above(name, domain.as_deref(), own) {
                self.add(group, source.clone());
            }
        }
    }

    /// What the forest leaves out of protection, where an export shows it.
    pub(super) fn judge(&mut self, left_out: &LeftOut) {
        self.protected.retain(|membership| !left_out.has(membership.group));
        self.protected.iter_mut().for_each(|membership| membership.counts = true);
        if self.protected.is_empty() {
            self.direct_protected = None;
        }
    }

    pub(super) fn merge(&mut self, other: GroupsSeen) {
        for membership in other.protected {
            self.add(membership.group, membership.source);
        }
        self.none_but_primary = match (self.complete, other.complete) {
            (true, true) => self.none_but_primary && other.none_but_primary,
            (true, false) => self.none_but_primary,
            (false, _) => other.none_but_primary,
        };
        self.complete |= other.complete;
        self.other_primary = self.other_primary.or(other.other_primary);
        self.listed_at = self.listed_at.take().or(other.listed_at);
        if self.direct.len() < MOST_DIRECT {
            self.direct.extend(other.direct);
        }
        self.token_complete |= other.token_complete;
        self.direct_protected = self.direct_protected.take().or(other.direct_protected);
        self.direct_free = self.direct_free.take().or(other.direct_free);
        if !other.token.is_empty() {
            self.token.extend(other.token);
            self.token.sort();
            self.token.dedup();
        }
    }

    /// Texts of which one lists a protected group and another, as whole, lists none: before and after a
    /// change.
    pub fn disputed(&self) -> Option<(&Source, &Source)> {
        self.direct_protected.as_ref().zip(self.direct_free.as_ref())
    }
}

/// Relative identifier of Domain Users.
pub(in crate::facts) const DOMAIN_USERS: u32 = 513;
/// Primary groups that Windows gives: Domain Users, Guests, Computers, Controllers, Read-only Domain Controllers.
const DEFAULT_PRIMARY: [u32; 5] = [DOMAIN_USERS, 514, 515, 516, 521];

/// Whether the primary group leads to no group above it. One of an administrator's choice may be in any group.
fn primary_ends_there(object: &DirectoryObject, known: &KnownGroups) -> bool {
    let rid = object.text("primaryGroupID").and_then(|text| text.trim().parse::<u32>().ok());
    let own = object.sid();
    let domain = own.as_ref().and_then(Sid::domain_and_rid).map(|(domain, _)| domain);
    rid.is_some_and(|rid| {
        DEFAULT_PRIMARY.contains(&rid) || domain.is_some_and(|domain| known.is_in_none(domain, rid))
    })
}

fn ends_with_groups(object: &DirectoryObject) -> bool {
    let line = |name: &str| object.attribute(name).map_or(0, |attribute| attribute.line);
    let groups = line("memberOf").max(line("tokenGroups"));
    object.attributes.iter().all(|attribute| attribute.line <= groups)
}

/// Domain Admins of another domain is no protected group of this one.
pub(super) fn is_of_domain(group: &ProtectedGroup, sid: &Sid, own: Option<&Sid>) -> bool {
    let domain = |sid: &Sid| sid.domain_and_rid().map(|(domain, _)| domain);
    match (group.scope, own) {
        (Scope::Domain, Some(own)) => domain(sid) == domain(own),
        _ => true,
    }
}

/// The domain of a distinguished name, as `contoso.example`.
pub fn domain_of(dn: &str) -> String {
    let labels: Vec<&str> = dn
        .split(',')
        .filter_map(|part| part.trim().split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case("DC")))
        .map(|(_, label)| label.trim())
        .collect();
    labels.join(".").to_lowercase()
}
