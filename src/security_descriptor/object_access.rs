//! The access check of a directory object, for one account whose memberships may be unknown: extended rights
//! (`CR`) and properties (`RP`, `WP`), which entries grant by the GUID of a right, a property or a property
//! set ([MS-ADTS] 5.1.3.3,
//! <https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/b9f7a2f4-3a9b-4cdb-9a4d-0b9ed6d4c0e7>).
//!
//! The order of the list decides, as in [`check_access`](super::check_access), and the answer has the same
//! three values. What is not documented leaves the answer open where it would decide: an entry whose
//! inherited type is another class although it is not inherit-only, an entry for the object's class as a
//! whole, a condition.

use super::access_check::{Decision, Membership, Step, decide_steps, implicit_rights, subject_of};
use super::{Ace, AceKind, CONTAINER_INHERIT, Dacl, INHERIT_ONLY, INHERITED, SecurityDescriptor, Trustee};

/// `CR`, ADS_RIGHT_DS_CONTROL_ACCESS: an extended right.
pub const CONTROL_ACCESS: u32 = 0x0000_0100;
/// `RP`, ADS_RIGHT_DS_READ_PROP.
pub const READ_PROPERTY: u32 = 0x0000_0010;
/// `WP`, ADS_RIGHT_DS_WRITE_PROP.
pub const WRITE_PROPERTY: u32 = 0x0000_0020;
/// `LC`, ADS_RIGHT_ACTRL_DS_LIST.
pub const LIST_CONTENTS: u32 = 0x0000_0004;

/// Flag of an ACE's header ([MS-DTYP] 2.4.4.1).
const NO_PROPAGATE: u8 = 0x04;

/// What the directory maps generic rights to ([MS-ADTS] 5.1.3.2,
/// <https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/990fb975-ab31-4bc1-8b75-5da132cd4584>):
/// bit, rights.
const GENERIC_MAPPING: [(u32, u32); 4] = [
    (0x1000_0000, 0x000F_01FF),
    (0x2000_0000, 0x0002_0004),
    (0x4000_0000, 0x0002_0028),
    (0x8000_0000, 0x0002_0094),
];

/// What an account asks of a directory object. GUIDs are text, `8-4-4-4-12`, in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Rights, without generic bits. All of them are asked for the same object type.
    pub mask: u32,
    /// The extended right's `rightsGuid`, or the property's `schemaIDGUID`; `None` asks for the object as a
    /// whole (all extended rights, all properties, or rights that have no type, as `RC`).
    pub object_type: Option<&'a str>,
    /// The property set that the property belongs to (its `attributeSecurityGUID`).
    pub property_set: Option<&'a str>,
}

/// Whether an account gets `wanted` of a directory object.
///
/// `class` is the `schemaIDGUID` of the object's most specific class. `membership` says of each trustee
/// whether the account is it or in it; for `PS` (SELF) it has to say whether the object is the account.
/// Generic rights in an entry are mapped as the directory does. The owner holds READ_CONTROL and WRITE_DAC
/// only. A descriptor without a DACL leaves the answer open: in an export it is one that was not asked for,
/// or not shown, far more often than one that grants everything.
pub fn check_object_access(
    descriptor: &SecurityDescriptor,
    wanted: &Wanted<'_>,
    class: &str,
    membership: &dyn Fn(&Trustee) -> Membership,
) -> Decision {
    let Some(dacl) = &descriptor.dacl else { return Decision::open() };
    let owner = descriptor.owner.as_ref();
    let of_owner = owner.map_or(Membership::NotMember, membership);
    let entries = dacl.aces.iter().enumerate().filter_map(|(index, ace)| {
        let coverage = coverage(ace, wanted, class)?;
        let (subject, member) = subject_of(ace, owner, of_owner, membership)?;
        Step::of_entry(index, ace, mapped(ace.mask), subject, member, coverage == Coverage::Perhaps)
    });
    let implicit = implicit_rights(owner, of_owner, &dacl.aces);
    decide_steps(&implicit.into_iter().chain(entries).collect::<Vec<_>>(), wanted.mask)
}

/// The entries that an object of `class` below the descriptor's object inherits from it, at any depth, as a
/// descriptor of its own: entries with `CI`, for all classes or for this one. An entry that does not
/// propagate (`NP`) reaches children only, so it becomes one that cannot be decided.
///
/// It is not the object's whole descriptor: entries of its own, entries of containers between, and a
/// container that does not inherit are not in it.
pub fn effective_for_descendant(root: &SecurityDescriptor, class: &str) -> SecurityDescriptor {
    let inherited = |ace: &Ace| {
        let for_class = ace.inherited_object_type.as_deref().is_none_or(|of| of.eq_ignore_ascii_case(class));
        if ace.flags & CONTAINER_INHERIT == 0 || !for_class {
            return None;
        }
        let kind = match ace.kind {
            AceKind::Allow if ace.flags & NO_PROPAGATE != 0 => AceKind::Conditional { allow: true },
            AceKind::Deny if ace.flags & NO_PROPAGATE != 0 => AceKind::Conditional { allow: false },
            kind @ (AceKind::Allow | AceKind::Deny | AceKind::Conditional { .. }) => kind,
        };
        Some(Ace { kind, flags: ace.flags & !INHERIT_ONLY | INHERITED, ..ace.clone() })
    };
    let dacl = root
        .dacl
        .as_ref()
        .map(|dacl| Dacl { protected: false, aces: dacl.aces.iter().filter_map(inherited).collect() });
    SecurityDescriptor { owner: None, group: None, dacl }
}

/// Whether an entry is about what is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coverage {
    Whole,
    Perhaps,
}

fn coverage(ace: &Ace, wanted: &Wanted<'_>, class: &str) -> Option<Coverage> {
    if ace.flags & INHERIT_ONLY != 0 {
        return None;
    }
    let same = |of: &str, guid: Option<&str>| guid.is_some_and(|guid| guid.eq_ignore_ascii_case(of));
    let by_type = match ace.object_type.as_deref() {
        None => Coverage::Whole,
        Some(of) if same(of, wanted.object_type) || same(of, wanted.property_set) => Coverage::Whole,
        Some(of) if of.eq_ignore_ascii_case(class) => Coverage::Perhaps,
        // Part of what is asked is denied; whether that denies the whole is not documented.
        Some(_) if wanted.object_type.is_none() && !allows(ace) => Coverage::Perhaps,
        Some(_) => return None,
    };
    let of_class = ace.inherited_object_type.as_deref().is_none_or(|of| of.eq_ignore_ascii_case(class));
    Some(if of_class { by_type } else { Coverage::Perhaps })
}

fn allows(ace: &Ace) -> bool {
    matches!(ace.kind, AceKind::Allow | AceKind::Conditional { allow: true })
}

/// The mask with generic bits replaced by what they mean to the directory.
fn mapped(mask: u32) -> u32 {
    GENERIC_MAPPING.iter().fold(
        mask,
        |mapped, (bit, means)| {
            if mask & bit == 0 { mapped } else { (mapped & !bit) | means }
        },
    )
}

#[cfg(test)]
mod tests;
