//! Lists of `Get-ADUser`, `Get-ADObject`, `Get-ADGroupMember` and their like.
//!
//! A list shows at most four values of an attribute and `...` for the rest (`$FormatEnumerationLimit`), and
//! the name of a .NET type for a security descriptor: neither is complete.

use crate::artifacts::property_list::{Block, Property, each_block};

use super::collect::{Collector, is_binary, is_wanted, tell};
use super::distinguished_name::split_names;
use super::{AttributeValue, DirectoryObject};

/// One list in the text has names that only directory objects have.
pub(super) fn looks_like(text: &str) -> bool {
    let mut found = false;
    each_block(text, |block| found |= is_object(block));
    found
}

pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    each_block(text, |block| {
        if !is_object(block) {
            return;
        }
        let mut object = DirectoryObject::at(block.line());
        for property in block.properties.iter().filter(|property| is_wanted(&property.name)) {
            take(property, &mut object);
        }
        collector.push(object);
    });
}

fn is_object(block: &Block) -> bool {
    tell(&block.properties.iter().map(|property| property.name.as_str()))
}

fn take(property: &Property, object: &mut DirectoryObject) {
    let value = property.value();
    let (mut values, mut complete) = values(&property.name, &value);
    complete &= !property.unsure;
    let first = if values.is_empty() { None } else { Some(values.remove(0)) };
    object.add(&property.name, first.map(AttributeValue::Text), property.line, complete);
    for value in values {
        object.add(&property.name, Some(AttributeValue::Text(value)), property.line, complete);
    }
}

/// The values of a property, and whether they are all and whole.
fn values(name: &str, value: &str) -> (Vec<String>, bool) {
    let several = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
    let is_guid = name.to_ascii_lowercase().ends_with("guid");
    match several.filter(|_| !is_guid) {
        // Bytes, as numbers: `{220, 80, ...`. SIDs are written as such.
        Some(inside) if is_binary(name) && !inside.trim_start().starts_with("S-1-") => (Vec::new(), false),
        Some(inside) => {
            let cut = inside.trim_end().strip_suffix("...").or_else(|| inside.trim_end().strip_suffix('…'));
            let inside = cut.unwrap_or(inside);
            // Names hold commas, SIDs do not.
            let values: Vec<&str> = if is_binary(name) {
                inside.split(',').map(str::trim).filter(|sid| !sid.is_empty()).collect()
            } else {
                split_names(inside)
            };
            (values.into_iter().map(str::to_owned).collect(), cut.is_none())
        }
        None if value.is_empty() => (Vec::new(), true),
        None if value.starts_with("System.") || value.starts_with("Microsoft.") => (Vec::new(), false),
        // A list without its closing brace was cut.
        None => (vec![value.to_owned()], !value.ends_with("...") && (is_guid || !value.starts_with('{'))),
    }
}
