//! Entries that a text shows, made into a security descriptor.

use crate::artifacts::access_control_list::{AclEntry, ObjectAcl, Scope};
use crate::knowledge::directory_names::{RightNamed, TargetNamed, right_named, target_named};
use crate::security_descriptor::{
    Ace, AceKind, CONTAINER_INHERIT, Dacl, INHERIT_ONLY, INHERITED, SecurityDescriptor, Trustee,
};

/// Full control of a directory object: whatever an entry that is not understood may give or take.
const ANYTHING: u32 = 0x000F_01FF;
/// Rights that read, for which it does not matter what exactly is read: RP, LC, LO, RC.
const READING: u32 = 0x0002_0094;

pub(super) fn descriptor(acl: &ObjectAcl) -> SecurityDescriptor {
    SecurityDescriptor {
        owner: acl.owner.as_deref().map(Trustee::from_name),
        group: None,
        dacl: Some(Dacl {
            protected: acl.protected == Some(true),
            aces: acl.entries.iter().map(ace).collect(),
        }),
    }
}

/// What the words of an entry give.
struct Given {
    mask: u32,
    object_type: Option<String>,
}

fn ace(entry: &AclEntry) -> Ace {
    let given = given(entry);
    let kind = match (&given, entry.allow) {
        (Some(_), true) => AceKind::Allow,
        (Some(_), false) => AceKind::Deny,
        (None, allow) => AceKind::Conditional { allow },
    };
    let Given { mask, object_type } = given.unwrap_or(Given { mask: ANYTHING, object_type: None });
    let scope = match entry.applies_to.scope {
        Scope::ThisObject => 0,
        Scope::ThisAndChildren => CONTAINER_INHERIT,
        Scope::ChildrenOnly => CONTAINER_INHERIT | INHERIT_ONLY,
    };
    let class = entry.applies_to.class.as_deref().map(|class| guid_of(class).unwrap_or_else(|| lower(class)));
    Ace {
        kind,
        flags: scope | if entry.inherited { INHERITED } else { 0 },
        mask,
        object_type,
        inherited_object_type: class,
        trustee: Trustee::from_name(&entry.trustee),
        text: text(entry),
    }
}

/// `None` where a word is not known that may stand for anything.
fn given(entry: &AclEntry) -> Option<Given> {
    let mut mask = 0;
    let mut of_right = None;
    for name in &entry.rights {
        match right_named(name)? {
            RightNamed::Mask(bits) => mask |= bits,
            RightNamed::Extended(guid) => of_right = Some(guid.to_owned()),
            RightNamed::Other => of_right = Some(lower(name)),
        }
    }
    match (&entry.for_object, of_right) {
        _ if entry.rights.is_empty() => None,
        (None, None) => Some(Given { mask, object_type: None }),
        // `Reset Password` alone is the extended right; with rights beside it nobody knows.
        (None, Some(right)) if mask == 0 => Some(Given {
            mask: crate::security_descriptor::object_access::CONTROL_ACCESS,
            object_type: Some(right),
        }),
        (Some(name), None) => match guid_of(name) {
            Some(guid) => Some(Given { mask, object_type: Some(guid) }),
            // Whatever it is of, it only reads.
            None if mask & !READING == 0 => Some(Given { mask, object_type: Some(lower(name)) }),
            None => match right_named(name)? {
                RightNamed::Extended(guid) => Some(Given { mask, object_type: Some(guid.to_owned()) }),
                RightNamed::Other => Some(Given { mask, object_type: Some(lower(name)) }),
                RightNamed::Mask(_) => None,
            },
        },
        (_, Some(_)) => None,
    }
}

/// The GUID, or the name in lower case where it is of something that does not matter.
fn guid_of(name: &str) -> Option<String> {
    if is_guid(name) {
        return Some(lower(name));
    }
    match target_named(name)? {
        TargetNamed::Guid(guid) => Some(guid.to_owned()),
        TargetNamed::Other => Some(lower(name)),
    }
}

fn is_guid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// The entry in one line, for a report.
fn text(entry: &AclEntry) -> String {
    let verb = if entry.allow { "Allow" } else { "Deny" };
    let rights = entry.rights.join(", ");
    match &entry.for_object {
        Some(name) => format!("{verb} {}: {rights} for {name}", entry.trustee),
        None => format!("{verb} {}: {rights}", entry.trustee),
    }
}
