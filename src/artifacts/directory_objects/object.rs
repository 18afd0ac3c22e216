//! Questions to a directory object that do not depend on the format.

use crate::artifacts::kept::STRING_BYTES;
use crate::security_descriptor::{BinaryError, SecurityDescriptor, Sid, binary};

use super::{Attribute, AttributeValue, DirectoryObject};

impl DirectoryObject {
    /// Memory that it takes, in bytes, near enough.
    pub(in crate::artifacts) fn bytes(&self) -> usize {
        let attributes = self.attributes.iter().map(|attribute| {
            let values: usize = attribute.values.iter().map(AttributeValue::bytes).sum();
            values.saturating_add(size_of::<Attribute>()).saturating_add(2 * STRING_BYTES)
        });
        attributes.sum::<usize>().saturating_add(size_of::<DirectoryObject>())
    }

    /// An attribute by name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The first value of an attribute, where it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attribute(name)?.values.first()? {
            AttributeValue::Text(text) => Some(text),
            AttributeValue::Bytes(_) => None,
        }
    }

    /// The distinguished name, as written. See [`Attribute::complete`] of `dn` or `distinguishedName` for
    /// whether it is whole.
    pub fn dn(&self) -> Option<&str> {
        self.text("dn").or_else(|| self.text("distinguishedName"))
    }

    /// The object's SID, from `objectSid` or `SID`, as text or as bytes.
    pub fn sid(&self) -> Option<Sid> {
        ["objectSid", "SID"].iter().find_map(|name| match self.attribute(name)?.values.first()? {
            AttributeValue::Text(text) => Sid::parse(text.trim()),
            AttributeValue::Bytes(bytes) => Sid::from_bytes(bytes),
        })
    }

    /// The `objectGUID` as text in lower case, `8-4-4-4-12`.
    pub fn guid(&self) -> Option<String> {
        self.attribute("objectGUID")?.guid()
    }

    /// The `mS-DS-ConsistencyGuid`, the other usual source anchor, as text in lower case.
    pub fn consistency_guid(&self) -> Option<String> {
        self.attribute("mS-DS-ConsistencyGuid")?.guid()
    }

    /// The groups in `memberOf` as written (distinguished names, or names in console output), and whether
    /// these are all of the object's groups but the primary one. `None` where the text does not name the
    /// attribute.
    pub fn member_of(&self) -> Option<(Vec<&str>, bool)> {
        let attribute = self.attribute("memberOf")?;
        Some((attribute.texts().collect(), attribute.complete))
    }

    /// The security descriptor, where the export has it in binary form. `None` where it was not asked for,
    /// or where the text only names its .NET type.
    ///
    /// # Errors
    /// The bytes are no security descriptor.
    pub fn security_descriptor(&self) -> Option<Result<SecurityDescriptor, BinaryError>> {
        match self.attribute("nTSecurityDescriptor")?.values.first()? {
            AttributeValue::Bytes(bytes) => Some(SecurityDescriptor::from_bytes(bytes)),
            AttributeValue::Text(_) => None,
        }
    }

    /// SIDs of the token's groups (`tokenGroups`), and whether they are all.
    pub fn token_groups(&self) -> Option<(Vec<Sid>, bool)> {
        let attribute = self.attribute("tokenGroups")?;
        let sids: Vec<Sid> = attribute
            .values
            .iter()
            .filter_map(|value| match value {
                AttributeValue::Text(text) => Sid::parse(text),
                AttributeValue::Bytes(bytes) => Sid::from_bytes(bytes),
            })
            .collect();
        let complete = attribute.complete && sids.len() == attribute.values.len();
        Some((sids, complete))
    }
}

impl AttributeValue {
    fn bytes(&self) -> usize {
        let bytes = match self {
            AttributeValue::Text(text) => text.capacity(),
            AttributeValue::Bytes(bytes) => bytes.capacity(),
        };
        bytes.saturating_add(size_of::<AttributeValue>()).saturating_add(STRING_BYTES / 2)
    }
}

impl Attribute {
    /// The values that are text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(|value| match value {
            AttributeValue::Text(text) => Some(text.as_str()),
            AttributeValue::Bytes(_) => None,
        })
    }

    /// The first value as a GUID in lower case: text with or without braces, or 16 bytes.
    pub fn guid(&self) -> Option<String> {
        match self.values.first()? {
            AttributeValue::Text(text) => {
                let text = text.trim().trim_start_matches('{').trim_end_matches('}');
                let groups = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
                let digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
                (groups && digits).then(|| text.to_ascii_lowercase())
            }
            AttributeValue::Bytes(bytes) => {
                let bytes: &[u8; 16] = bytes.as_slice().try_into().ok()?;
                Some(binary::guid_text(bytes))
            }
        }
    }
}
