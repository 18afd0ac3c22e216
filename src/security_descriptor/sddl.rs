//! SDDL, the text form of security descriptors ([MS-DTYP] 2.5.1).

use super::SecurityDescriptor;

/// The text does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a security descriptor in SDDL, from byte {at}: {reason}")]
pub struct SddlError {
    /// Byte offset in the text, after quotes were taken off.
    pub at: usize,
    /// What was expected there.
    pub reason: &'static str,
}

/// See [`SecurityDescriptor::from_sddl`].
pub(super) fn parse(text: &str) -> Result<SecurityDescriptor, SddlError> {
    let _ = text;
    unimplemented!()
}
