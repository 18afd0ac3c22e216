//! Windows security descriptors: SIDs, SDDL, and the access check.
//!
//! Trustees stay symbolic (`DA`, `BA`) until the domain is known, and membership may be unknown: the
//! access check answers with three values, and names the ACE that decided.
//! Format and rules: [MS-DTYP] 2.4 and 2.5, <https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/>.

pub mod access_check;
mod ace;
mod alias;
pub mod binary;
mod cursor;
pub mod object_access;
mod rights;
pub mod sddl;
pub mod sid;

pub use access_check::{Access, Decision, Membership, check_access};
pub use binary::BinaryError;
pub use object_access::{Wanted, check_object_access, effective_for_descendant};
pub use sddl::SddlError;
pub use sid::{Sid, Trustee};

/// READ_CONTROL, the right `RC` in SDDL: what the SAM server asks of a remote caller
/// ([MS-SAMR] 3.1.1.11).
pub const READ_CONTROL: u32 = 0x0002_0000;

/// The access mask that letters of SDDL or a number say (`RPWP`, `0x20094`); `None` for anything else.
pub fn access_mask(letters: &str) -> Option<u32> {
    rights::mask(letters).ok()
}

/// A security descriptor, as far as access to the object goes: the SACL is read over, not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityDescriptor {
    /// Owner, where given.
    pub owner: Option<Trustee>,
    /// Primary group, where given.
    pub group: Option<Trustee>,
    /// The discretionary ACL; `None` where absent or NULL, which grants everything to everyone.
    pub dacl: Option<Dacl>,
}

/// A discretionary ACL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dacl {
    /// `P`: does not inherit from the parent.
    pub protected: bool,
    /// Entries, in the order in which they are evaluated.
    pub aces: Vec<Ace>,
}

/// One access control entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ace {
    /// Allow, deny, or one that the check cannot decide.
    pub kind: AceKind,
    /// Inheritance flags (`CI`, `IO`, `ID` ...), as in the ACE header's AceFlags byte.
    pub flags: u8,
    /// Access mask.
    pub mask: u32,
    /// GUID of the right, property or class that an object ACE is for; its name, where a text has only that
    /// and no table knows its GUID.
    pub object_type: Option<String>,
    /// GUID of the class that inherits the ACE, or its name as above.
    pub inherited_object_type: Option<String>,
    /// Whom it is for.
    pub trustee: Trustee,
    /// The ACE as written, with its parentheses.
    pub text: String,
}

/// What an ACE does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AceKind {
    /// `A`, `OA`.
    Allow,
    /// `D`, `OD`.
    Deny,
    /// `XA`, `XD` and others with a condition: whether it applies cannot be told from the text.
    Conditional {
        /// Whether it would allow.
        allow: bool,
    },
}

/// Inherit-only flag in [`Ace::flags`]: the ACE does not apply to the object itself.
pub const INHERIT_ONLY: u8 = 0x08;
/// Flag in [`Ace::flags`]: objects below inherit the ACE.
pub const CONTAINER_INHERIT: u8 = 0x02;
/// Flag in [`Ace::flags`]: the ACE was inherited.
pub const INHERITED: u8 = 0x10;

impl SecurityDescriptor {
    /// Reads an SDDL string. Quotes around the string, as exports write them, are taken off.
    ///
    /// # Errors
    /// Says at which byte the string stops following the grammar.
    pub fn from_sddl(text: &str) -> Result<Self, SddlError> {
        sddl::parse(text)
    }

    /// Reads the self-relative binary form, as `nTSecurityDescriptor` holds it. A list whose entries the
    /// check does not know is an error, because a lost entry could be the one that decides.
    ///
    /// # Errors
    /// Says at which byte the descriptor breaks off or contradicts itself.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        binary::parse(bytes)
    }
}
