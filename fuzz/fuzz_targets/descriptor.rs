//! Security descriptors, as SDDL and as bytes, and the access checks over them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sspr_triage::security_descriptor::{
    Membership, SecurityDescriptor, Sid, Trustee, Wanted, check_access, check_object_access,
    effective_for_descendant,
};

const USER: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
const RESET_PASSWORD: &str = "00299570-246d-11d0-a768-00aa006e0529";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(descriptor) = SecurityDescriptor::from_bytes(bytes) {
        judge(&descriptor);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(descriptor) = SecurityDescriptor::from_sddl(&text) {
        judge(&descriptor);
    }
    let _ = (Sid::parse(&text), Trustee::parse(&text), Sid::from_bytes(bytes));
});

fn judge(descriptor: &SecurityDescriptor) {
    let member = |trustee: &Trustee| match trustee.to_string().len() % 3 {
        0 => Membership::Member,
        1 => Membership::NotMember,
        _ => Membership::Unknown,
    };
    let wanted = Wanted { mask: 0x100, object_type: Some(RESET_PASSWORD), property_set: None };
    for descriptor in [descriptor, &effective_for_descendant(descriptor, USER)] {
        let _ = check_access(descriptor, 0x20000, &member);
        let _ = check_object_access(descriptor, &wanted, USER, &member);
    }
}
