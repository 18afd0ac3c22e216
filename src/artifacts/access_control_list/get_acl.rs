//! `Get-Acl | Format-List`, and the list of its `Access` property.
//!
//! The first ends with the descriptor in SDDL, over several lines; the entries above it lack what they are
//! for. The second is a list of rules, each a list of its own.

use crate::artifacts::property_list::{Block, Property, each_block};
use crate::security_descriptor::SecurityDescriptor;

use super::access_rules::{self, is_rule};
use super::{Gaps, MAX_ENTRIES, MAX_OBJECTS, ObjectAcl, dn_of_path};

use crate::words::Statement;

/// A list with a path and SDDL, or one with the properties of a rule.
pub(super) fn looks_like(text: &str) -> bool {
    let mut found = false;
    each_block(text, |block| found |= is_acl(block) || is_rule(&|name| block.get(name).is_some()));
    found
}

fn is_acl(block: &Block) -> bool {
    block.get("Sddl").is_some() || (block.get("Access").is_some() && block.get("Owner").is_some())
}

pub(super) fn read(text: &str, gaps: &mut Gaps<'_>) -> Vec<ObjectAcl> {
    let mut objects = Vec::new();
    let mut rules = ObjectAcl { trustworthy: true, ..ObjectAcl::default() };
    each_block(text, |block| {
        if is_acl(block) {
            if objects.len() <= MAX_OBJECTS {
                objects.push(of_block(block, gaps));
            }
        } else if let Some(rule) = access_rules::entry(&|name| Some(block.get(name)?.value()), block.line()) {
            if rules.entries.is_empty() {
                rules.line = block.line();
            }
            let unsure = block.properties.iter().any(|property| property.unsure);
            rules.trustworthy &= !unsure && rules.entries.len() < MAX_ENTRIES;
            if rules.entries.len() < MAX_ENTRIES {
                rules.entries.push(rule);
            }
        } else if is_rule(&|name| block.get(name).is_some()) {
            rules.trustworthy = false;
        }
    });
    if !rules.entries.is_empty() {
        objects.push(rules);
    }
    objects
}

fn of_block(block: &Block, gaps: &mut Gaps<'_>) -> ObjectAcl {
    let path = block.get("Path").map(|path| (path.value(), path.unsure));
    let owner = block.get("Owner").map(Property::value).filter(|owner| !owner.is_empty());
    let sddl = block.get("Sddl").map(|sddl| (sddl.value_without_spaces(), sddl.line));
    let descriptor = sddl.filter(|(sddl, _)| !sddl.is_empty()).and_then(|(sddl, line)| {
        SecurityDescriptor::from_sddl(&sddl)
            .map_err(|error| {
                gaps.add(
                    line,
                    Statement::new("gap.access-control-list.sddl-list").with("at", error.at.to_string()),
                );
            })
            .ok()
    });
    let known = descriptor.map(ObjectAcl::of_descriptor).unwrap_or_default();
    ObjectAcl {
        // A name that may have been joined wrongly is no name.
        object: path
            .as_ref()
            .filter(|(_, unsure)| !unsure)
            .and_then(|(path, _)| dn_of_path(path))
            .map(str::to_owned),
        path: path.map(|(path, _)| path),
        owner: owner.or(known.owner),
        line: block.line(),
        protected: known.protected,
        descriptor: known.descriptor,
        trustworthy: known.trustworthy,
        entries: Vec::new(),
    }
}
