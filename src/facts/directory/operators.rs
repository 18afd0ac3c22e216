//! Whether the forest is set up not to protect its operators' groups: the 16th character of `dSHeuristics`
//! (dwAdminSDExMask), a hexadecimal digit with one bit for each of the four groups
//! (<https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/50097362-ede5-40fa-973e-8d65e782e384>).

use crate::artifacts::directory_objects::{DirectoryFormat, DirectoryObject};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::protected_groups::ProtectedGroup;
use crate::source::{Place, Source};

use super::groups::domain_of;

/// The operators' groups that the forest leaves out of protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// The digit: bits as in [`ProtectedGroup::exclusion_bit`].
    mask: u8,
    /// DNS name of the forest's root domain.
    forest: String,
    /// Where it stands.
    pub(super) source: Source,
}

impl LeftOut {
    /// Whether a group is left out of protection.
    pub(super) fn has(&self, group: &ProtectedGroup) -> bool {
        group.exclusion_bit.is_some_and(|bit| self.mask & bit != 0)
    }

    /// Whether a domain is surely of this forest: its root, or below it.
    pub(super) fn is_of(&self, domain: &str) -> bool {
        domain.strip_suffix(self.forest.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// The object that holds the setting, below the forest's configuration.
const HOLDER: &str = "cn=directory service,cn=windows nt,cn=services,cn=configuration,";
/// Place of the digit in the string, counted from 0.
const DIGIT: usize = 15;

/// What the exports show; nothing where none shows it, or two disagree or are of different forests.
pub(super) fn left_out(artifacts: &[Artifact]) -> Option<LeftOut> {
    let mut shown = artifacts.iter().flat_map(|artifact| {
        let read = match &artifact.content {
            Content::DirectoryObjects(read) => Some(read),
            _ => None,
        };
        read.into_iter().flat_map(move |read| {
            read.objects.iter().filter_map(move |object| {
                let (mask, line) = mask(object, read.format)?;
                let forest = object.dn().map(domain_of).unwrap_or_default();
                Some(LeftOut { mask, forest, source: Source::new(&artifact.path, Place::Line(line)) })
            })
        })
    });
    let first = shown.next()?;
    shown.all(|other| (other.mask, &other.forest) == (first.mask, &first.forest)).then_some(first)
}

fn mask(object: &DirectoryObject, format: DirectoryFormat) -> Option<(u8, u64)> {
    let is_holder = object.dn().is_some_and(|dn| dn.to_lowercase().replace(", ", ",").starts_with(HOLDER));
    let attribute = object.attribute("dSHeuristics").filter(|attribute| is_holder && attribute.complete)?;
    let text = attribute.texts().next().unwrap_or_default().trim();
    // PowerShell shows the property without a value where it was asked for and is not set.
    if text.is_empty() && format != DirectoryFormat::PropertyList {
        return None;
    }
    let mask = match text.chars().nth(DIGIT) {
        None => 0,
        Some(digit) => u8::try_from(digit.to_digit(16)?).ok()?,
    };
    Some((mask, attribute.line))
}
