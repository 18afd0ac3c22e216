//! Access lists of the directory's objects, as descriptors, whatever text showed them.
//!
//! A descriptor (binary or SDDL) is exact. Entries that `dsacls` or PowerShell shows are made into one as
//! far as their English names go; an entry that is not understood becomes one that cannot be decided. A list
//! that may lack entries decides nothing: the missing one may be the one that grants or denies.

mod prefixes;
mod shown;

use std::collections::BTreeMap;

use crate::artifacts::access_control_list::ObjectAcl;
use crate::artifacts::{Artifact, Content};
use crate::security_descriptor::{
    Access, Ace, AceKind, Dacl, Decision, INHERIT_ONLY, INHERITED, SecurityDescriptor,
    effective_for_descendant,
};
use crate::source::{BundlePath, Place, Source};

use prefixes::Prefixes;

/// The access list of one object, as one text shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessList {
    /// The descriptor, or what the shown entries make of one.
    pub descriptor: SecurityDescriptor,
    /// How it was shown.
    pub shown: Shown,
    /// It does not inherit from above; `None` where the text does not say.
    pub protected: Option<bool>,
    /// Where it stands.
    pub source: Source,
    /// Lines of the entries, counted from 1; empty where they have none.
    lines: Vec<u64>,
    /// Domains as its entries name them.
    prefixes: Prefixes,
}

/// How an access list was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As a security descriptor.
    Descriptor,
    /// Entry by entry, all of them.
    Entries,
    /// Entry by entry, and there may be more: cut, re-flowed, or in part not understood.
    Partly,
}

/// All access lists that name their object.
#[derive(Debug, Clone, Default)]
pub struct AccessLists {
    by_object: BTreeMap<String, Vec<AccessList>>,
    /// Lists whose text does not say of which object they are.
    pub unnamed: Vec<Source>,
}

/// Longest distinguished name that is looked into, and most containers above an object; real ones are far below.
const LONGEST_NAME: usize = 8192;
const MOST_CONTAINERS: usize = 64;
/// Most entries of a list: a list's size stands in 16 bits, and the smallest entry has 20 bytes
/// ([MS-DTYP] 2.4.5 and 2.4.4.2).
const MOST_ENTRIES: usize = 0xFFFF / 20;
/// Most lists of one object that are kept; two are enough to disagree.
const MOST: usize = 32;
/// Most lists without a name that are kept.
const MOST_UNNAMED: usize = 8;

impl AccessLists {
    /// The lists of an object by distinguished name, in order of the files.
    pub fn of(&self, dn: &str) -> &[AccessList] {
        self.by_object.get(&dn_key(dn)).map_or(&[], Vec::as_slice)
    }

    /// The distinguished names below which an object of a domain may be found, in lower case:
    /// `CN=Server,CN=System` finds that object of every domain whose list is there.
    pub fn domains_with(&self, relative: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{},", dn_key(relative));
        self.by_object.keys().filter_map(move |dn| {
            let domain = dn.strip_prefix(&prefix)?;
            domain.split(',').all(|part| part.starts_with("dc=")).then_some(domain)
        })
    }

    fn add(&mut self, dn: &str, list: AccessList) {
        let lists = self.by_object.entry(dn_key(dn)).or_default();
        if lists.len() < MOST && !lists.contains(&list) {
            lists.push(list);
        }
    }
}

/// A distinguished name as a key: lower case, without space around its commas.
pub fn dn_key(dn: &str) -> String {
    let parts: Vec<&str> = dn.split(',').map(str::trim).collect();
    parts.join(",").to_lowercase()
}

/// The domain's part of a distinguished name, as written: `DC=contoso,DC=example`.
pub fn domain_dn(dn: &str) -> Option<&str> {
    let is_domain = |part: &str| part.trim_start().get(..3).is_some_and(|dc| dc.eq_ignore_ascii_case("DC="));
    let length: usize =
        dn.rsplit(',').take_while(|part| is_domain(part)).map(|part| part.len().saturating_add(1)).sum();
    let start = dn.len().saturating_sub(length.checked_sub(1)?);
    dn.get(start..).map(str::trim)
}

/// The names of the containers above an object, the nearest first, up to the root of its domain.
pub fn containers_above(dn: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    let mut above: Vec<&str> = Vec::new();
    for (at, byte) in dn.bytes().enumerate().take(LONGEST_NAME) {
        if byte == b',' && !escaped && above.len() < MOST_CONTAINERS {
            above.extend(dn.get(at.saturating_add(1)..));
        }
        escaped = byte == b'\\' && !escaped;
    }
    let root = domain_dn(dn).map_or(usize::MAX, str::len);
    above.into_iter().map(str::trim).filter(move |above| above.len() >= root)
}

impl AccessList {
    pub(super) fn of_descriptor(descriptor: SecurityDescriptor, source: Source) -> Self {
        let protected = descriptor.dacl.as_ref().map(|dacl| dacl.protected);
        AccessList {
            descriptor,
            shown: Shown::Descriptor,
            protected,
            source,
            lines: Vec::new(),
            prefixes: Prefixes::default(),
        }
        .bounded()
    }

    fn of_acl(path: &BundlePath, acl: &ObjectAcl) -> Self {
        let place = if acl.line == 0 { Place::File } else { Place::Line(acl.line) };
        let source = Source::new(path, place);
        match &acl.descriptor {
            Some(descriptor) if acl.trustworthy => Self::of_descriptor(descriptor.clone(), source),
            _ => AccessList {
                descriptor: shown::descriptor(acl),
                shown: if acl.trustworthy { Shown::Entries } else { Shown::Partly },
                protected: acl.protected,
                source,
                lines: acl.entries.iter().map(|entry| entry.line).collect(),
                prefixes: Prefixes::of(acl),
            }
            .bounded(),
        }
    }

    /// No list of Windows has more entries than [`MOST_ENTRIES`]: such a text says nothing.
    fn bounded(mut self) -> Self {
        if self.len() > MOST_ENTRIES {
            self.shown = Shown::Partly;
            if let Some(dacl) = &mut self.descriptor.dacl {
                dacl.aces.truncate(MOST_ENTRIES);
            }
            self.lines.truncate(MOST_ENTRIES);
        }
        self
    }

    /// What an access check says of it. Shown entries may not stand in the order of the list, so the answer
    /// has to be the same in the order in which Windows keeps lists.
    pub fn decide(&self, check: impl Fn(&SecurityDescriptor) -> Decision) -> Decision {
        let open = || Decision { access: Access::Unknown, ace: None, as_owner: false, undecided: Vec::new() };
        match self.shown {
            Shown::Descriptor => check(&self.descriptor),
            Shown::Partly => open(),
            Shown::Entries => {
                let decision = check(&self.descriptor);
                let ordered = in_canonical_order(&self.descriptor);
                let agrees = ordered.is_none_or(|ordered| check(&ordered).access == decision.access);
                if agrees { decision } else { open() }
            }
        }
    }

    /// What objects of a class below it inherit from it, entry by entry in the same places: entries that are
    /// not handed down are kept as entries that do not count.
    #[must_use]
    pub fn handed_down(&self, class: &str) -> AccessList {
        let one = |ace: &Ace| SecurityDescriptor {
            owner: None,
            group: None,
            dacl: Some(Dacl { protected: false, aces: vec![ace.clone()] }),
        };
        let below = |ace: &Ace| {
            let inherited = effective_for_descendant(&one(ace), class).dacl?.aces.pop();
            Some(inherited.unwrap_or_else(|| Ace { flags: ace.flags | INHERIT_ONLY, ..ace.clone() }))
        };
        let dacl = self
            .descriptor
            .dacl
            .as_ref()
            .map(|dacl| Dacl { protected: false, aces: dacl.aces.iter().filter_map(below).collect() });
        let descriptor = SecurityDescriptor { owner: None, group: None, dacl };
        AccessList { descriptor, ..self.clone() }
    }

    /// The NetBIOS name, in lower case, that its entries have for a domain, where they tell it.
    pub fn netbios_of(&self, dns: &str) -> Option<&str> {
        self.prefixes.of_domain(dns)
    }

    /// An entry of the list.
    pub fn entry(&self, entry: usize) -> Option<&Ace> {
        self.descriptor.dacl.as_ref()?.aces.get(entry)
    }

    /// Where an entry stands: its line, where the text has one for each.
    pub fn place_of(&self, entry: usize) -> Source {
        match self.lines.get(entry).filter(|line| **line > 0) {
            Some(line) => Source::new(&self.source.path, Place::Line(*line)),
            None => self.source.clone(),
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.descriptor.dacl.as_ref().map_or(0, |dacl| dacl.aces.len())
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Entries of the object's own before inherited ones, and in each those that deny first
/// (<https://learn.microsoft.com/en-us/windows/win32/secauthz/order-of-aces-in-a-dacl>).
///
/// `None` where the list is in that order.
fn in_canonical_order(descriptor: &SecurityDescriptor) -> Option<SecurityDescriptor> {
    let rank = |ace: &Ace| {
        let allows = matches!(ace.kind, AceKind::Allow | AceKind::Conditional { allow: true });
        (ace.flags & INHERITED != 0, allows)
    };
    let dacl = descriptor.dacl.as_ref().filter(|dacl| !dacl.aces.is_sorted_by_key(rank))?;
    let mut dacl = dacl.clone();
    dacl.aces.sort_by_key(rank);
    Some(SecurityDescriptor { dacl: Some(dacl), ..descriptor.clone() })
}

pub(super) fn gather(artifacts: &[Artifact]) -> AccessLists {
    let mut lists = AccessLists::default();
    for artifact in artifacts {
        match &artifact.content {
            Content::AccessControlLists(read) => {
                for acl in &read.objects {
                    let list = AccessList::of_acl(&artifact.path, acl);
                    match &acl.object {
                        Some(dn) => lists.add(dn, list),
                        None if acl.path.is_none() && lists.unnamed.len() < MOST_UNNAMED => {
                            lists.unnamed.push(list.source);
                        }
                        None => {}
                    }
                }
            }
            // Descriptors of accounts stand with the accounts.
            Content::DirectoryObjects(read) => {
                for object in read.objects.iter().filter(|object| object.text("sAMAccountName").is_none()) {
                    let at = object.attribute("nTSecurityDescriptor").filter(|attribute| attribute.complete);
                    let (Some(dn), Some(Ok(descriptor)), Some(at)) =
                        (object.dn(), object.security_descriptor(), at)
                    else {
                        continue;
                    };
                    let source = Source::new(&artifact.path, Place::Line(at.line));
                    lists.add(dn, AccessList::of_descriptor(descriptor, source));
                }
            }
            _ => {}
        }
    }
    lists
}

#[cfg(test)]
mod tests;
