//! Tests of the access check: hand-derived answers, and a plain evaluator over all memberships.

use proptest::prelude::*;

use super::*;
use crate::security_descriptor::Dacl;

/// The account of the tables: in Everyone, Authenticated Users, NETWORK, Domain Users and itself; of Domain
/// Guests and of accounts 2001 and 2002 nobody knows; in nothing else.
fn connector(trustee: &Trustee) -> Membership {
    let text = match trustee {
        Trustee::Sid(sid) => sid.as_str(),
        Trustee::DomainRelative { alias, .. } => alias,
        Trustee::Named(name) => name,
    };
    match text {
        "S-1-1-0" | "S-1-5-11" | "S-1-5-2" | "S-1-5-21-1-2-3-1105" | "DU" => Membership::Member,
        "S-1-5-21-1-2-3-2001" | "S-1-5-21-1-2-3-2002" | "DG" => Membership::Unknown,
        _ => Membership::NotMember,
    }
}

const MSOL: &str = "S-1-5-21-1-2-3-1105";
const U1: &str = "S-1-5-21-1-2-3-2001";
const U2: &str = "S-1-5-21-1-2-3-2002";

fn check(sddl: &str, wanted: u32) -> Decision {
    // Short names keep the tables readable.
    let sddl = sddl.replace("MSOL", MSOL).replace("U1", U1).replace("U2", U2);
    let descriptor = SecurityDescriptor::from_sddl(&sddl).unwrap_or_else(|error| panic!("{sddl}: {error}"));
    check_access(&descriptor, wanted, &connector)
}

#[test]
fn read_control_is_granted() {
    for (sddl, ace) in [
        ("O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;WD)", Some(1)),
        ("O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;MSOL)", Some(1)),
        ("O:BAG:BAD:(A;;RC;;;AU)", Some(0)),
        ("O:BAG:BAD:(A;;RC;;;DU)", Some(0)),
        // 0x1F01FF and 0xF003F contain 0x20000.
        ("D:(A;;FA;;;WD)", Some(0)),
        ("D:(A;;KA;;;WD)", Some(0)),
        // NULL and absent DACLs.
        ("D:NO_ACCESS_CONTROL", None),
        ("O:BAG:BA", None),
        // The first match decides: a later deny does not count, one for another account or right neither.
        ("D:(A;;RC;;;AU)(D;;RC;;;MSOL)", Some(0)),
        ("D:(D;;RC;;;BA)(A;;RC;;;AU)", Some(1)),
        ("D:(D;;WD;;;WD)(A;;RC;;;AU)", Some(1)),
        // An inherit-only deny does not count.
        ("D:(D;CIIO;RC;;;WD)(A;;RC;;;WD)", Some(1)),
        // An object ACE without an object type counts as a plain one.
        ("D:(OA;;RC;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)", Some(0)),
        // Whatever U1 is, Everyone gets it.
        ("D:(A;;RC;;;U1)(A;;RC;;;WD)", Some(1)),
        ("D:(A;;GA;;;WD)(A;;RC;;;WD)", Some(1)),
        // The deny that may be for U1 comes after the grant for all.
        ("D:(A;;RC;;;WD)(D;;RC;;;U1)", Some(0)),
    ] {
        let expected = Decision { access: Access::Granted, ace, as_owner: false, undecided: vec![] };
        assert_eq!(check(sddl, READ_CONTROL), expected, "{sddl}");
    }
}

#[test]
fn read_control_is_denied() {
    for (sddl, ace) in [
        ("O:BAG:BAD:(A;;RC;;;BA)", None),
        ("O:SYG:SYD:(A;;RC;;;BA)", None),
        ("D:", None),
        ("D:(A;CIIO;RC;;;WD)", None),
        ("D:(A;;SD;;;WD)", None),
        ("D:(A;;GA;;;BA)", None),
        ("D:(D;;RC;;;MSOL)(A;;RC;;;AU)", Some(0)),
        ("D:(A;;WD;;;WD)(D;;RC;;;AU)(A;;RC;;;WD)", Some(1)),
        // An object ACE grants nothing where no object type is asked for.
        ("D:(OA;;RC;00299570-246d-11d0-a768-00aa006e0529;;WD)", None),
        // Placeholders are in no token.
        ("D:(A;;RC;;;CO)(A;;RC;;;CG)", None),
        // Whatever U1 is.
        ("D:(D;;RC;;;U1)", None),
        ("D:(D;;RC;;;U1)(D;;RC;;;WD)(A;;RC;;;WD)", Some(1)),
        ("D:(D;;GA;;;WD)", None),
        ("D:(XD;;RC;;;WD;(1))", None),
        // If U1, the deny comes first; if not, nothing grants.
        ("D:(D;;RC;;;U1)(A;;RC;;;U1)", None),
    ] {
        let expected = Decision { access: Access::Denied, ace, as_owner: false, undecided: vec![] };
        assert_eq!(check(sddl, READ_CONTROL), expected, "{sddl}");
    }
}

#[test]
fn read_control_is_undecided() {
    for (sddl, trustees) in [
        ("D:(A;;RC;;;U1)", vec!["U1"]),
        ("O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;U2)(A;;RC;;;U1)(A;;RC;;;U2)", vec!["U2", "U1"]),
        ("D:(D;;RC;;;U1)(A;;RC;;;WD)", vec!["U1"]),
        // Account U2 makes no difference: without it the end of the list denies just so.
        ("D:(A;;RC;;;U1)(D;;RC;;;U2)", vec!["U1"]),
        ("D:(D;;RC;;;U2)(A;;RC;;;U1)", vec!["U2", "U1"]),
        ("D:(A;;RC;;;DG)", vec!["DG"]),
        // Generic bits: how the SAM server maps them is not documented.
        ("D:(A;;GA;;;WD)", vec![]),
        ("D:(A;;GR;;;WD)", vec![]),
        ("D:(D;;GX;;;WD)(A;;RC;;;WD)", vec![]),
        ("D:(A;;GA;;;U1)", vec!["U1"]),
        // Conditions.
        ("D:(XA;;RC;;;WD;(1))", vec![]),
        ("D:(XD;;RC;;;WD;(1))(A;;RC;;;WD)", vec![]),
        ("D:(XA;;RC;;;U1;(1))", vec!["U1"]),
        // Whether a deny for an object type counts here is not documented.
        ("D:(OD;;RC;00299570-246d-11d0-a768-00aa006e0529;;WD)(A;;RC;;;WD)", vec![]),
    ] {
        let undecided =
            trustees.into_iter().filter_map(|name| Trustee::parse(&name.replace("U1", U1).replace("U2", U2)));
        let undecided = undecided.collect();
        let expected = Decision { access: Access::Unknown, ace: None, as_owner: false, undecided };
        assert_eq!(check(sddl, READ_CONTROL), expected, "{sddl}");
    }
}

#[test]
fn the_owner_holds_read_control() {
    let granted = |ace, as_owner| (Access::Granted, ace, as_owner);
    for (sddl, expected) in [
        ("O:MSOLD:", granted(None, true)),
        ("O:WDG:WDD:(A;;RC;;;BA)", granted(None, true)),
        // The owner's rights come before any deny.
        ("O:MSOLD:(D;;RC;;;WD)", granted(None, true)),
        // OWNER RIGHTS takes the place of the implicit rights, and stands for the owner.
        ("O:MSOLD:(A;;WD;;;OW)", (Access::Denied, None, false)),
        ("O:MSOLD:(A;;RC;;;OW)", granted(Some(0), false)),
        ("O:MSOLD:(D;;RC;;;OW)(A;;RC;;;WD)", (Access::Denied, Some(0), false)),
        ("O:BAD:(A;;RC;;;OW)", (Access::Denied, None, false)),
        ("D:(A;;RC;;;OW)", (Access::Denied, None, false)),
        // ... but not where it is inherit-only.
        ("O:MSOLD:(A;OICIIO;WD;;;OW)", granted(None, true)),
        ("O:U1D:", (Access::Unknown, None, false)),
        ("O:U1D:(A;;RC;;;WD)", granted(Some(0), false)),
        // If U1 is the account, the owner's rights grant; if not, the deny does not match either.
        ("O:U1D:(D;;RC;;;U1)(A;;RC;;;WD)", granted(Some(1), false)),
        ("O:U1D:(A;;RC;;;OW)", (Access::Unknown, None, false)),
        // Whether a conditional OWNER RIGHTS entry counts as one is not documented.
        ("O:MSOLD:(XA;;WD;;;OW;(1))", (Access::Unknown, None, false)),
    ] {
        let decision = check(sddl, READ_CONTROL);
        assert_eq!((decision.access, decision.ace, decision.as_owner), expected, "{sddl}");
    }
    assert_eq!(check("O:U1D:(A;;RC;;;OW)", READ_CONTROL).undecided, [Trustee::parse(U1).expect("a SID")]);
}

#[test]
fn every_wanted_right_is_needed() {
    const DELETE: u32 = 0x0001_0000;
    for (sddl, access, ace) in [
        ("D:(A;;RC;;;WD)(A;;SD;;;AU)", Access::Granted, Some(1)),
        ("D:(A;;RC;;;WD)", Access::Denied, None),
        ("D:(A;;RC;;;WD)(D;;SD;;;WD)", Access::Denied, Some(1)),
        ("D:(A;;RC;;;U1)(D;;SD;;;WD)", Access::Denied, Some(1)),
        ("D:(A;;RC;;;WD)(A;;SD;;;U1)", Access::Unknown, None),
        // The owner has READ_CONTROL, but not DELETE.
        ("O:MSOLD:", Access::Denied, None),
    ] {
        let decision = check(sddl, READ_CONTROL | DELETE);
        assert_eq!((decision.access, decision.ace), (access, ace), "{sddl}");
    }
    let as_owner = check("O:MSOLD:(A;;SD;;;WD)", READ_CONTROL | DELETE);
    assert_eq!(
        as_owner,
        Decision { access: Access::Granted, ace: Some(0), as_owner: true, undecided: vec![] }
    );
}

/// What the reference evaluator is told about one entry.
#[derive(Debug, Clone)]
struct Entry {
    ace: Ace,
    /// Index of the trustee; the last one is OWNER RIGHTS.
    who: usize,
}

const TRUSTEES: usize = 6;
const OWNER_RIGHTS: usize = TRUSTEES;
const WANTED: [u32; 3] = [READ_CONTROL, WRITE_DAC, 0x0001_0000];

fn trustee(who: usize) -> Trustee {
    let text = if who == OWNER_RIGHTS { "OW".to_owned() } else { format!("S-1-5-21-1-2-3-{}", 3000 + who) };
    Trustee::parse(&text).expect("a trustee")
}

fn entry() -> impl Strategy<Value = Entry> {
    let kind = prop_oneof![
        4 => Just(AceKind::Allow),
        4 => Just(AceKind::Deny),
        1 => any::<bool>().prop_map(|allow| AceKind::Conditional { allow }),
    ];
    let mask = prop_oneof![
        6 => (1_u32..8).prop_map(|set| {
            WANTED.iter().enumerate().filter(|(i, _)| set & (1 << i) != 0).map(|(_, right)| right).sum()
        }),
        1 => Just(0x1000_0000_u32),
    ];
    let who = prop_oneof![8 => 0..TRUSTEES, 1 => Just(OWNER_RIGHTS)];
    (kind, mask, who, prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(
        |(kind, mask, who, inherit_only, of_type)| {
            let ace = Ace {
                kind,
                flags: if inherit_only { INHERIT_ONLY } else { 0 },
                mask,
                object_type: of_type.then(|| "00299570-246d-11d0-a768-00aa006e0529".to_owned()),
                inherited_object_type: None,
                trustee: trustee(who),
                text: String::new(),
            };
            Entry { ace, who }
        },
    )
}

/// One world: who the account is, and for each entry what is open about it.
struct World<'a> {
    member: &'a [bool],
    /// Whether a condition holds, and a deny of an object type counts.
    applies: u32,
    /// Whether generic bits cover what is wanted.
    covers: u32,
    /// Whether an OWNER RIGHTS entry with a condition or an object type replaces the implicit rights.
    replaces: bool,
}

/// The check as the specification words it: take what is granted off the remaining rights, stop at a deny.
fn plain_check(owner: Option<usize>, entries: &[Entry], wanted: u32, world: &World<'_>) -> bool {
    let mut remaining = wanted;
    let owns = owner.is_some_and(|who| world.member[who]);
    let replaced = entries.iter().any(|Entry { ace, who }| {
        let special = matches!(ace.kind, AceKind::Conditional { .. }) || ace.object_type.is_some();
        ace.flags & INHERIT_ONLY == 0 && *who == OWNER_RIGHTS && (!special || world.replaces)
    });
    if owns && !replaced {
        remaining &= !(READ_CONTROL | WRITE_DAC);
    }
    for (i, Entry { ace, who }) in entries.iter().enumerate() {
        let matches = if *who == OWNER_RIGHTS { owns } else { world.member[*who] };
        let allow = matches!(ace.kind, AceKind::Allow | AceKind::Conditional { allow: true });
        let special = matches!(ace.kind, AceKind::Conditional { .. }) || ace.object_type.is_some();
        let skipped = ace.flags & INHERIT_ONLY != 0 || (allow && ace.object_type.is_some());
        if !matches || skipped || (special && world.applies & (1 << i) == 0) {
            continue;
        }
        let generic = ace.mask & 0xF000_0000 != 0 && world.covers & (1 << i) != 0;
        let mask = if generic { u32::MAX } else { ace.mask };
        if allow {
            remaining &= !mask;
        } else if remaining & mask != 0 {
            return false;
        }
    }
    remaining == 0
}

/// The answers of all worlds that agree with what is known.
fn all_answers(owner: Option<usize>, entries: &[Entry], wanted: u32, known: &[Membership]) -> BTreeSet<bool> {
    let mut answers = BTreeSet::new();
    let worlds = 1_u32 << entries.len();
    let any_special = entries
        .iter()
        .any(|e| matches!(e.ace.kind, AceKind::Conditional { .. }) || e.ace.object_type.is_some());
    let any_generic = entries.iter().any(|e| e.ace.mask & 0xF000_0000 != 0);
    for members in 0..1_u32 << TRUSTEES {
        let member: Vec<bool> = (0..TRUSTEES).map(|who| members & (1 << who) != 0).collect();
        let agrees = known.iter().zip(&member).all(|(known, is)| match known {
            Membership::Member => *is,
            Membership::NotMember => !*is,
            Membership::Unknown => true,
        });
        if !agrees {
            continue;
        }
        for applies in 0..if any_special { worlds } else { 1 } {
            for covers in 0..if any_generic { worlds } else { 1 } {
                for replaces in [false, true] {
                    let world = World { member: &member, applies, covers, replaces };
                    answers.insert(plain_check(owner, entries, wanted, &world));
                }
            }
        }
    }
    answers
}

fn membership() -> impl Strategy<Value = Membership> {
    prop::sample::select(vec![
        Membership::Member,
        Membership::NotMember,
        Membership::Unknown,
        Membership::Unknown,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// A certain answer is the answer of every world. For one right the converse holds as well.
    #[test]
    fn no_world_contradicts(
        owner in prop::option::weighted(0.5, 0..TRUSTEES),
        entries in prop::collection::vec(entry(), 0..6),
        known in prop::collection::vec(membership(), TRUSTEES),
        rights in 1_u32..8,
    ) {
        let wanted: u32 = WANTED.iter().enumerate().filter(|(i, _)| rights & (1 << i) != 0).map(|(_, r)| r).sum();
        let descriptor = SecurityDescriptor {
            owner: owner.map(trustee),
            group: None,
            dacl: Some(Dacl { protected: false, aces: entries.iter().map(|entry| entry.ace.clone()).collect() }),
        };
        let decision = check_access(&descriptor, wanted, &|asked| {
            (0..TRUSTEES).find(|who| trustee(*who) == *asked).map_or(Membership::NotMember, |who| known[who])
        });
        let answers = all_answers(owner, &entries, wanted, &known);
        let exact = match (answers.contains(&true), answers.contains(&false)) {
            (true, false) => Access::Granted,
            (false, true) => Access::Denied,
            _ => Access::Unknown,
        };
        if wanted.count_ones() == 1 || decision.access != Access::Unknown {
            prop_assert_eq!(decision.access, exact);
        }
        prop_assert!(decision.access == Access::Unknown || decision.undecided.is_empty());
    }

    /// The trustees that are named are enough: once their memberships are known, no other one matters.
    #[test]
    fn knowing_the_undecided_decides(
        entries in prop::collection::vec(entry(), 0..8),
        known in prop::collection::vec(membership(), TRUSTEES),
        members in prop::collection::vec(any::<bool>(), TRUSTEES),
    ) {
        let aces: Vec<Ace> = entries.into_iter().map(|entry| entry.ace)
            .filter(|ace| ace.object_type.is_none() && ace.mask & rights::GENERIC == 0)
            .filter(|ace| !matches!(ace.kind, AceKind::Conditional { .. }))
            .collect();
        let descriptor =
            SecurityDescriptor { owner: Some(trustee(0)), group: None, dacl: Some(Dacl { protected: false, aces }) };
        let told = |asked: &Trustee| {
            (0..TRUSTEES).find(|who| trustee(*who) == *asked).map_or(Membership::NotMember, |who| known[who])
        };
        let before = check_access(&descriptor, READ_CONTROL, &told);
        let after = check_access(&descriptor, READ_CONTROL, &|asked| {
            if !before.undecided.contains(asked) { return told(asked); }
            let is = (0..TRUSTEES).any(|who| trustee(who) == *asked && members[who]);
            if is { Membership::Member } else { Membership::NotMember }
        });
        prop_assert_ne!(after.access, Access::Unknown);
        prop_assert_eq!(before.access == Access::Unknown, !before.undecided.is_empty());
    }
}
