//! The access check ([MS-DTYP] 2.5.3.2) for one account whose memberships may be unknown.

use super::{SecurityDescriptor, Trustee};

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
    /// Trustees whose membership would decide, where the answer is unknown.
    pub undecided: Vec<Trustee>,
}

/// Whether an account gets `wanted` (rights without generic bits) from a descriptor.
///
/// `membership` says of each trustee whether the account is it or in it.
pub fn check_access(
    descriptor: &SecurityDescriptor,
    wanted: u32,
    membership: &dyn Fn(&Trustee) -> Membership,
) -> Decision {
    let _ = (descriptor, wanted, membership);
    unimplemented!()
}
