//! The access check ([MS-DTYP] 2.5.3.2) for one account whose memberships may be unknown.
//!
//! It is the check of an object without object types, as the SAM server's: the rights asked for are the
//! object's own, and no property or extended right is asked for. It is not the check of a directory object.
//!
//! Each wanted right is decided by the first entry that applies to the account and has the right in its
//! mask. An entry *may* apply where the membership is unknown, where it has a condition, or where only
//! generic bits could cover the right (how the server maps them is not documented). For one right, `walk`
//! finds exactly the answers that are possible: a trustee that was assumed to be no member at one entry
//! stays none at the later ones. Over several rights the answer is sound but not complete: [`Access::Denied`]
//! needs one right that is denied in all cases.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ace, AceKind, INHERIT_ONLY, READ_CONTROL, SecurityDescriptor, Sid, Trustee, rights};

/// WRITE_DAC, the other right that an owner holds implicitly.
const WRITE_DAC: u32 = 0x0004_0000;

/// Whether the account is, or is in, a trustee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    Member,
    /// It is not.
    NotMember,
    /// Nobody knows.
    Unknown,
}

/// Answer of the access check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All wanted rights are granted, whatever the unknown memberships are.
    Granted,
    /// At least one wanted right is not granted, whatever the unknown memberships are.
    Denied,
    /// It depends on a membership that nobody knows, or on an ACE that cannot be decided.
    Unknown,
}

/// The answer, and what decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub access: Access,
    /// Index in the DACL of the ACE that decided, where one did (a grant, or a denying ACE).
    pub ace: Option<usize>,
    /// The owner's implicit READ_CONTROL decided.
    pub as_owner: bool,
    /// Trustees whose membership would decide, where the answer is unknown: in the order of the DACL, each
    /// once. Empty where not a membership but a condition or a generic right leaves it open.
    pub undecided: Vec<Trustee>,
}

/// Whether an account gets `wanted` (rights without generic bits) from a descriptor.
///
/// `membership` says of each trustee whether the account is it or in it. It is asked at most once for each
/// ACE and once for the owner; it is not asked for CREATOR OWNER and CREATOR GROUP, which are in no token,
/// nor for OWNER RIGHTS, which stands for the owner.
///
/// An absent or NULL DACL grants. Inherit-only ACEs do not count. An object ACE with an object type does
/// not grant, because no object type is asked for; whether one denies is not documented for this case, so
/// such a deny leaves the answer open where it would decide.
pub fn check_access(
    descriptor: &SecurityDescriptor,
    wanted: u32,
    membership: &dyn Fn(&Trustee) -> Membership,
) -> Decision {
    let Some(dacl) = &descriptor.dacl else {
        return Decision { access: Access::Granted, ..Decision::open() };
    };
    decide_steps(&steps(descriptor.owner.as_ref(), &dacl.aces, membership), wanted)
}

/// Follows each wanted right through the steps.
pub(super) fn decide_steps(steps: &[Step<'_>], wanted: u32) -> Decision {
    let bits = (0..u32::BITS).map(|shift| 1_u32 << shift).filter(|bit| wanted & bit != 0);
    let walks: Vec<Walk<'_>> = bits.map(|bit| walk(steps, bit)).collect();
    decide(&walks, Decision { access: Access::Granted, ..Decision::open() })
}

impl Decision {
    /// Nothing is known that would decide.
    pub(super) fn open() -> Self {
        Decision { access: Access::Unknown, ace: None, as_owner: false, undecided: Vec::new() }
    }
}

/// Something that grants or denies: the owner's implicit rights, or an ACE.
pub(super) struct Step<'a> {
    place: Place,
    allow: bool,
    /// Rights that it is about.
    rights: u32,
    /// It may be about any right.
    generic: bool,
    /// For whom it is, where the membership is unknown.
    unknown: Option<&'a Trustee>,
    /// Even for a member it may not apply.
    conditional: bool,
}

/// Where a step comes from; the owner's rights come before all ACEs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Owner,
    Ace(usize),
}

/// The steps that apply or may apply, in order.
fn steps<'a>(
    owner: Option<&'a Trustee>,
    aces: &'a [Ace],
    membership: &dyn Fn(&Trustee) -> Membership,
) -> Vec<Step<'a>> {
    let of_owner = owner.map_or(Membership::NotMember, membership);
    let implicit = implicit_rights(owner, of_owner, aces);
    let explicit = aces.iter().enumerate().filter_map(|(index, ace)| {
        if ace.flags & INHERIT_ONLY != 0 {
            return None;
        }
        let (subject, member) = subject_of(ace, owner, of_owner, membership)?;
        step(index, ace, subject, member)
    });
    implicit.into_iter().chain(explicit).collect()
}

/// For whom an ACE is on this object, and whether the account is that; `None` for a placeholder.
pub(super) fn subject_of<'a>(
    ace: &'a Ace,
    owner: Option<&'a Trustee>,
    of_owner: Membership,
    membership: &dyn Fn(&Trustee) -> Membership,
) -> Option<(Option<&'a Trustee>, Membership)> {
    if is(ace, &Sid::OWNER_RIGHTS) {
        Some((owner, of_owner))
    } else if is(ace, &Sid::CREATOR_OWNER) || is(ace, &Sid::CREATOR_GROUP) {
        None
    } else {
        Some((Some(&ace.trustee), membership(&ace.trustee)))
    }
}

fn is(ace: &Ace, sid: &Sid) -> bool {
    matches!(&ace.trustee, Trustee::Sid(trustee) if trustee == sid)
}

fn step<'a>(index: usize, ace: &Ace, subject: Option<&'a Trustee>, member: Membership) -> Option<Step<'a>> {
    let of_object_type = ace.object_type.is_some();
    let step = Step::of_entry(index, ace, ace.mask, subject, member, of_object_type)?;
    if step.allow && of_object_type { None } else { Some(step) }
}

impl<'a> Step<'a> {
    /// The step of an ACE with these rights, unless it is not for the account. `perhaps`: for a reason
    /// other than membership or a condition it may not apply.
    pub(super) fn of_entry(
        index: usize,
        ace: &Ace,
        mask: u32,
        subject: Option<&'a Trustee>,
        member: Membership,
        perhaps: bool,
    ) -> Option<Step<'a>> {
        let (allow, has_condition) = match ace.kind {
            AceKind::Allow => (true, false),
            AceKind::Deny => (false, false),
            AceKind::Conditional { allow } => (allow, true),
        };
        if member == Membership::NotMember {
            return None;
        }
        Some(Step {
            place: Place::Ace(index),
            allow,
            rights: mask,
            generic: mask & rights::GENERIC != 0,
            unknown: subject.filter(|_| member == Membership::Unknown),
            conditional: has_condition || perhaps,
        })
    }
}

/// The owner's implicit rights. An ACE for OWNER RIGHTS takes their place; whether one with a condition or
/// an object type does so too is not documented, so with such a one they are uncertain.
pub(super) fn implicit_rights<'a>(
    owner: Option<&'a Trustee>,
    member: Membership,
    aces: &[Ace],
) -> Option<Step<'a>> {
    let mut replacing =
        aces.iter().filter(|ace| ace.flags & INHERIT_ONLY == 0 && is(ace, &Sid::OWNER_RIGHTS));
    let plain = |ace: &Ace| ace.object_type.is_none() && !matches!(ace.kind, AceKind::Conditional { .. });
    let conditional = replacing.clone().next().is_some();
    if member == Membership::NotMember || replacing.any(plain) {
        return None;
    }
    Some(Step {
        place: Place::Owner,
        allow: true,
        rights: READ_CONTROL | WRITE_DAC,
        generic: false,
        unknown: owner.filter(|_| member == Membership::Unknown),
        conditional,
    })
}

/// How one right may be decided.
struct Walk<'a> {
    /// What decides if nothing uncertain does; without it the end of the DACL denies.
    end: Option<(Place, bool)>,
    /// The uncertain steps before the end on which the answer depends; none where the answer is certain.
    open: Vec<(Place, Option<&'a Trustee>)>,
}

impl Walk<'_> {
    fn grants(&self) -> bool {
        self.end.is_some_and(|(_, allow)| allow)
    }
}

/// Follows one right through the steps: each uncertain step decides if it applies, and the walk goes on
/// under the assumption that it does not.
fn walk<'a>(steps: &[Step<'a>], right: u32) -> Walk<'a> {
    let mut not_in: BTreeSet<&Trustee> = BTreeSet::new();
    let mut uncertain: Vec<&Step<'a>> = Vec::new();
    let mut end = None;
    for step in steps {
        let certain = step.rights & right != 0 && !step.conditional;
        let possible = step.rights & right != 0 || step.generic;
        if !possible || step.unknown.is_some_and(|trustee| not_in.contains(trustee)) {
            continue;
        }
        match step.unknown {
            None if certain => {
                end = Some((step.place, step.allow));
                break;
            }
            // Had it been a member, this step would have decided: further on it is none.
            Some(trustee) if certain => _ = not_in.insert(trustee),
            _ => {}
        }
        uncertain.push(step);
    }
    // Steps that only say what the end says anyway make no difference.
    let allow = end.is_some_and(|(_, allow)| allow);
    let last = uncertain.iter().rposition(|step| step.allow != allow);
    let kept = last.map_or(0, |index| index.saturating_add(1));
    let open = uncertain.into_iter().take(kept).map(|step| (step.place, step.unknown)).collect();
    Walk { end, open }
}

/// Puts the answers for the single rights together.
fn decide(walks: &[Walk<'_>], granted: Decision) -> Decision {
    let certain = || walks.iter().filter(|walk| walk.open.is_empty());
    if certain().any(|walk| !walk.grants()) {
        let denying =
            certain().filter_map(|walk| walk.end).filter(|(_, allow)| !allow).map(|(place, _)| place);
        return Decision { access: Access::Denied, ace: denying.min().and_then(index), ..granted };
    }
    if certain().count() < walks.len() {
        return Decision { access: Access::Unknown, undecided: undecided(walks), ..granted };
    }
    let granting: Vec<Place> = walks.iter().filter_map(|walk| walk.end).map(|(place, _)| place).collect();
    let ace = granting.iter().copied().max().and_then(index);
    Decision { ace, as_owner: granting.contains(&Place::Owner), ..granted }
}

fn index(place: Place) -> Option<usize> {
    match place {
        Place::Owner => None,
        Place::Ace(index) => Some(index),
    }
}

fn undecided(walks: &[Walk<'_>]) -> Vec<Trustee> {
    let open: BTreeMap<Place, Option<&Trustee>> =
        walks.iter().flat_map(|walk| walk.open.iter().copied()).collect();
    let mut seen = BTreeSet::new();
    open.into_values().flatten().filter(|trustee| seen.insert(*trustee)).cloned().collect()
}

#[cfg(test)]
mod tests;
