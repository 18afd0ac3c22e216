//! What is kept of directory objects: the attributes that matter, within bounds.

use crate::artifacts::kept::FILE_BYTES;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

use super::{Attribute, AttributeValue, DirectoryObject};

/// Most objects of one file.
const MAX_OBJECTS: usize = 50_000;
/// Most values of one attribute that are kept. Groups of a few thousand members are usual.
const MAX_VALUES: usize = 20_000;
/// Most gaps of one file.
const MAX_GAPS: usize = 20;

/// Attributes that are kept, by their LDAP names and those of PowerShell's extended properties.
const WANTED: [&str; 29] = [
    "dn",
    "distinguishedName",
    "sAMAccountName",
    "userPrincipalName",
    "objectSid",
    "SID",
    "objectGUID",
    "mS-DS-ConsistencyGuid",
    "adminCount",
    "memberOf",
    "primaryGroupID",
    "primaryGroup",
    "userAccountControl",
    "lockoutTime",
    "pwdLastSet",
    "Enabled",
    "LockedOut",
    "CannotChangePassword",
    "PasswordLastSet",
    "nTSecurityDescriptor",
    "member",
    "Members",
    "objectClass",
    "tokenGroups",
    "whenChanged",
    "name",
    "displayName",
    "msDS-ReplAttributeMetaData",
    "dSHeuristics",
];

/// Attributes that only directory objects have: their names tell that a text is about such.
const TELLING: [&str; 16] = [
    "dn",
    "distinguishedName",
    "sAMAccountName",
    "userPrincipalName",
    "objectSid",
    "objectGUID",
    "mS-DS-ConsistencyGuid",
    "adminCount",
    "memberOf",
    "primaryGroupID",
    "userAccountControl",
    "objectClass",
    "pwdLastSet",
    "lockoutTime",
    "nTSecurityDescriptor",
    "tokenGroups",
];

/// Attributes with binary syntax.
const BINARY: [&str; 6] =
    ["objectSid", "SID", "objectGUID", "mS-DS-ConsistencyGuid", "nTSecurityDescriptor", "tokenGroups"];

fn is_in(table: &[&str], name: &str) -> bool {
    table.iter().any(|known| known.eq_ignore_ascii_case(name))
}

pub(super) fn is_wanted(name: &str) -> bool {
    is_in(&WANTED, name)
}

pub(super) fn is_binary(name: &str) -> bool {
    is_in(&BINARY, name)
}

/// Whether these names of columns or properties are those of directory objects: two that only such have, or
/// `adminCount` beside a name.
pub(super) fn tell<'a>(names: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
    let telling = names.clone().filter(|name| is_in(&TELLING, name)).count();
    let names_it = names.clone().any(|name| name.eq_ignore_ascii_case("name"));
    let counts = names.clone().any(|name| is_in(&["adminCount", "memberOf"], name));
    telling >= 2 || (names_it && counts)
}

/// Objects and gaps of a file that is being read.
pub(super) struct Collector<'p> {
    path: &'p BundlePath,
    objects: Vec<DirectoryObject>,
    gaps: Vec<Gap>,
    too_many: Option<u64>,
    /// Memory of the objects.
    bytes: usize,
}

impl<'p> Collector<'p> {
    pub(super) fn new(path: &'p BundlePath) -> Self {
        Collector { path, objects: Vec::new(), gaps: Vec::new(), too_many: None, bytes: 0 }
    }

    /// Takes an object, unless nothing of it was wanted.
    pub(super) fn push(&mut self, mut object: DirectoryObject) {
        if object.attributes.is_empty() {
            return;
        }
        object.attributes.shrink_to_fit();
        let bytes = self.bytes.saturating_add(object.bytes());
        if self.too_many.is_none() && self.objects.len() < MAX_OBJECTS && bytes <= FILE_BYTES {
            self.bytes = bytes;
            self.objects.push(object);
        } else {
            self.too_many.get_or_insert(object.line);
        }
    }

    pub(super) fn gap(&mut self, line: u64, reason: Statement) {
        if self.gaps.len() < MAX_GAPS {
            self.gaps.push(Gap::new(self.path, Place::Line(line), reason));
        }
    }

    pub(super) fn finish(mut self) -> (Vec<DirectoryObject>, Vec<Gap>) {
        if let Some(line) = self.too_many {
            let reason = Statement::new("gap.directory-objects.too-many")
                .with("limit", self.objects.len().to_string());
            self.gaps.push(Gap::new(self.path, Place::Line(line), reason));
        }
        (self.objects, self.gaps)
    }
}

impl DirectoryObject {
    pub(super) fn at(line: u64) -> Self {
        DirectoryObject { attributes: Vec::new(), line }
    }

    /// Marks that values of an attribute are missing, or an attribute that would have come.
    pub(super) fn cut(&mut self, name: &str) {
        for attribute in &mut self.attributes {
            attribute.complete &= !attribute.name.eq_ignore_ascii_case(name);
        }
    }

    /// Adds a value to an attribute that stands already, or adds the attribute.
    pub(super) fn add(&mut self, name: &str, value: Option<AttributeValue>, line: u64, complete: bool) {
        let known = self.attributes.iter_mut().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        let Some(attribute) = known else {
            let values = value.into_iter().collect();
            self.attributes.push(Attribute { name: name.to_owned(), values, line, complete });
            return;
        };
        attribute.complete &= complete;
        if attribute.values.len() < MAX_VALUES {
            attribute.values.extend(value);
        } else {
            attribute.complete = false;
        }
    }
}
