//! Tests on descriptors that are built byte by byte from [MS-DTYP] 2.4.

use super::*;

const USER_CLASS: [u8; 16] =
    [0xBA, 0x7A, 0x96, 0xBF, 0xE6, 0x0D, 0xD0, 0x11, 0xA2, 0x85, 0x00, 0xAA, 0x00, 0x30, 0x49, 0xE2];
const RESET_PASSWORD: [u8; 16] =
    [0x70, 0x95, 0x29, 0x00, 0x6D, 0x24, 0xD0, 0x11, 0xA7, 0x68, 0x00, 0xAA, 0x00, 0x6E, 0x05, 0x29];

/// S-1-5-`subs`.
fn sid(subs: &[u32]) -> Vec<u8> {
    let mut bytes = vec![1, u8::try_from(subs.len()).unwrap(), 0, 0, 0, 0, 0, 5];
    bytes.extend(subs.iter().flat_map(|sub| sub.to_le_bytes()));
    bytes
}

fn ace(kind: u8, flags: u8, mask: u32, rest: &[u8]) -> Vec<u8> {
    let size = u16::try_from(8 + rest.len()).unwrap();
    let mut bytes = vec![kind, flags];
    bytes.extend(size.to_le_bytes());
    bytes.extend(mask.to_le_bytes());
    bytes.extend(rest);
    bytes
}

/// A list with `slack` bytes behind its entries.
fn acl(aces: &[Vec<u8>], slack: usize) -> Vec<u8> {
    let size = 8 + aces.iter().map(Vec::len).sum::<usize>() + slack;
    let mut bytes = vec![4, 0];
    bytes.extend(u16::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u16::try_from(aces.len()).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(aces.concat());
    bytes.extend(vec![0xEE; slack]);
    bytes
}

/// A descriptor with the parts in the order given; the first number is the field that points to the part.
fn descriptor(control: u16, parts: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend((control | 0x8000).to_le_bytes());
    bytes.extend([0; 16]);
    for (field, part) in parts {
        let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes[*field..*field + 4].copy_from_slice(&offset);
        bytes.extend(part);
    }
    bytes
}

const OWNER: usize = 4;
const GROUP: usize = 8;
const DACL: usize = 16;

fn object_ace(kind: u8, flags: u8, mask: u32, guids: &[(u32, [u8; 16])], sid: &[u8]) -> Vec<u8> {
    let present: u32 = guids.iter().map(|(flag, _)| flag).sum();
    let mut rest = present.to_le_bytes().to_vec();
    rest.extend(guids.iter().flat_map(|(_, guid)| guid));
    rest.extend(sid);
    ace(kind, flags, mask, &rest)
}

/// The same as the SDDL in `reads_what_sddl_says`, in bytes.
fn aces() -> Vec<Vec<u8>> {
    let msol = sid(&[21, 1, 2, 3, 1105]);
    vec![
        object_ace(6, 0, 0x100, &[(1, RESET_PASSWORD)], &msol),
        ace(0, 0x10, 0xF_01FF, &sid(&[32, 544])),
        ace(1, 0, 0x4_0000, &sid(&[11])),
        object_ace(5, 0x0A, 0x100, &[(1, RESET_PASSWORD), (2, USER_CLASS)], &msol),
        object_ace(5, 0x1A, 0x20, &[(2, USER_CLASS)], &msol),
        object_ace(5, 0, 0x30, &[], &msol),
    ]
}

#[test]
fn reads_what_sddl_says() {
    let sddl = "O:S-1-5-21-1-2-3-512G:BAD:P(OD;;CR;00299570-246d-11d0-a768-00aa006e0529;;S-1-5-21-1-2-3-1105)\
                (A;ID;SDRCWDWOCCDCLCSWRPWPDTLOCR;;;S-1-5-32-544)(D;;WD;;;S-1-5-11)\
                (OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;S-1-5-21-1-2-3-1105)\
                (OA;CIIOID;WP;;bf967aba-0de6-11d0-a285-00aa003049e2;S-1-5-21-1-2-3-1105)\
                (OA;;RPWP;;;S-1-5-21-1-2-3-1105)";
    let expected = SecurityDescriptor::from_sddl(sddl).unwrap();
    let parts = [(OWNER, sid(&[21, 1, 2, 3, 512])), (GROUP, sid(&[32, 544])), (DACL, acl(&aces(), 0))];
    let control = DACL_PRESENT | DACL_PROTECTED;
    assert_eq!(parse(&descriptor(control, &parts)), Ok(expected.clone()));
    let [owner, group, dacl] = parts;
    // Any order, and slack behind the entries.
    let slack = (DACL, acl(&aces(), 12));
    assert_eq!(parse(&descriptor(control, &[slack, group.clone(), owner.clone()])), Ok(expected.clone()));
    let no_owner = SecurityDescriptor { owner: None, group: None, ..expected };
    assert_eq!(parse(&descriptor(control, std::slice::from_ref(&dacl))), Ok(no_owner));
    // NULL and absent lists.
    let without = SecurityDescriptor { owner: None, group: None, dacl: None };
    assert_eq!(parse(&descriptor(control, &[])), Ok(without.clone()));
    assert_eq!(parse(&descriptor(0, &[dacl])), Ok(without));
    // A list without entries is none of these.
    let empty = parse(&descriptor(DACL_PRESENT, &[(DACL, acl(&[], 0))])).unwrap();
    assert_eq!(empty.dacl, Some(Dacl::default()));
}

#[test]
fn entries_with_conditions_are_kept_as_undecided() {
    let mut rest = sid(&[11]);
    rest.extend(b"artx\0\0\0\0");
    let bytes =
        descriptor(DACL_PRESENT, &[(DACL, acl(&[ace(9, 0, 0x100, &rest), ace(10, 0, 0x100, &rest)], 0))]);
    let kinds: Vec<AceKind> = parse(&bytes).unwrap().dacl.unwrap().aces.iter().map(|ace| ace.kind).collect();
    assert_eq!(kinds, [AceKind::Conditional { allow: true }, AceKind::Conditional { allow: false }]);
}

#[test]
fn lies_are_errors_with_their_place() {
    let good = descriptor(DACL_PRESENT, &[(DACL, acl(&aces(), 0))]);
    let first = 20 + 8;
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        parse(&changed).map_err(|error| error.at).map(|_| ())
    };
    assert_eq!(changed(0, &[1]), Ok(()));
    assert_eq!(changed(0, &[2]), Err(0), "revision");
    assert_eq!(changed(2, &[4, 0]), Err(2), "not self-relative");
    assert_eq!(changed(16, &[0, 0xFF, 0, 0]), Err(good.len()), "the list lies behind the end");
    assert_eq!(changed(20, &[3]), Err(20), "revision of the list");
    assert_eq!(changed(22, &[0xFF, 0xFF]), Err(22), "size of the list");
    assert_eq!(changed(24, &[7, 0]), Err(good.len()), "one entry too many");
    assert_eq!(changed(first + 2, &[0, 0]), Err(first + 2), "an entry without size");
    assert_eq!(changed(first + 2, &[0xFF, 0x0F]), Err(first + 2), "an entry longer than the list");
    // 16 bytes end inside the GUID, which begins at 12.
    assert_eq!(changed(first + 2, &[16, 0]), Err(first + 12), "an entry shorter than its content");
    assert_eq!(changed(first, &[2]), Err(first), "an audit entry");
    assert_eq!(changed(first + 28 + 1, &[16]), Err(first + 28), "a SID of 16 parts");
    for end in 0..good.len() {
        assert!(parse(&good[..end]).is_err(), "{end}");
    }
}

#[test]
fn sids() {
    let bytes = sid(&[21, 1, 2, 3, 512]);
    assert_eq!(Sid::from_bytes(&bytes).unwrap().as_str(), "S-1-5-21-1-2-3-512");
    let mut long = bytes.clone();
    long.push(0);
    assert_eq!(Sid::from_bytes(&long), None);
    assert_eq!(Sid::from_bytes(&bytes[..27]), None);
    assert_eq!(Sid::from_bytes(&[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Some(Sid::EVERYONE));
    // An authority of 2^32 or more is written in hexadecimal.
    let authority = Sid::from_bytes(&[1, 1, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0]).unwrap();
    assert_eq!(authority.as_str(), "S-1-0x100000000-7");
}

#[test]
fn guids() {
    assert_eq!(guid_text(&USER_CLASS), "bf967aba-0de6-11d0-a285-00aa003049e2");
    assert_eq!(guid_text(&RESET_PASSWORD), "00299570-246d-11d0-a768-00aa006e0529");
}

#[test]
fn any_bytes_are_survived() {
    use proptest::prelude::{ProptestConfig, any, proptest};
    let good = descriptor(DACL_PRESENT, &[(OWNER, sid(&[11])), (DACL, acl(&aces(), 4))]);
    proptest!(ProptestConfig::with_cases(500), |(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        noise in proptest::collection::vec(any::<u8>(), 0..80),
    )| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = parse(&bytes);
        let _ = parse(&noise);
    });
}
