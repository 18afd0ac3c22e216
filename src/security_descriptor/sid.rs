//! SIDs, and the trustees that SDDL names by two letters.

use std::fmt;

/// A security identifier in its string form, `S-1-5-21-…-1105`: canonical (decimal, no leading zeros,
/// upper-case S).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(String);

/// Whom an ACE is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trustee {
    /// A SID, from the text or from an alias that means the same SID everywhere (`BA`, `WD`, `AU`).
    Sid(Sid),
    /// An alias relative to a domain (`DA` is `<domain>-512`).
    DomainRelative {
        /// The two letters, upper case.
        alias: String,
        /// The relative identifier.
        rid: u32,
        /// The domain is the forest's root domain (`EA`, `SA`, `RO`, `EK`).
        forest_root: bool,
    },
}

impl Sid {
    /// Reads the string form.
    pub fn parse(text: &str) -> Option<Sid> {
        let _ = text;
        unimplemented!()
    }

    /// The string form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `<domain>-<rid>` of an account SID (`S-1-5-21-a-b-c-rid`) taken apart: the domain's SID and the RID.
    pub fn domain_and_rid(&self) -> Option<(Sid, u32)> {
        unimplemented!()
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
