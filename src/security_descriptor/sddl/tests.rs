//! Tests of reading SDDL: what is taken, what is refused and where, and that nothing panics.

use proptest::prelude::*;

use super::super::INHERIT_ONLY;
use super::super::{Sid, ace};
use super::*;
use crate::security_descriptor::AceKind;

fn read(text: &str) -> SecurityDescriptor {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn aces(text: &str) -> Vec<Ace> {
    read(text).dacl.expect("a DACL").aces
}

fn trustee(text: &str) -> Trustee {
    Trustee::parse(text).expect("a trustee")
}

#[test]
fn the_value_that_baselines_set() {
    let expected = SecurityDescriptor {
        owner: Some(Trustee::Sid(Sid::ADMINISTRATORS)),
        group: Some(Trustee::Sid(Sid::ADMINISTRATORS)),
        dacl: Some(Dacl {
            protected: false,
            aces: vec![Ace {
                kind: AceKind::Allow,
                flags: 0,
                mask: 0x0002_0000,
                object_type: None,
                inherited_object_type: None,
                trustee: Trustee::Sid(Sid::ADMINISTRATORS),
                text: "(A;;RC;;;BA)".to_owned(),
            }],
        }),
    };
    assert_eq!(read("O:BAG:BAD:(A;;RC;;;BA)"), expected);
    assert_eq!(read("\"O:BAG:BAD:(A;;RC;;;BA)\""), expected);
    assert_eq!(read(" \t\" O:BAG:BAD:(A;;RC;;;BA) \"\r\n"), expected);
    assert_eq!(read("D:(A;;RC;;;BA)G:BAO:BA"), expected);
    assert_eq!(read("O:ba G:S-1-5-32-544 D: (A;;RC;;;BA) S:"), expected);
}

#[test]
fn parts_are_optional() {
    assert_eq!(read("O:SY").dacl, None);
    assert_eq!(read("G:SY").group, Some(Trustee::Sid(Sid::LOCAL_SYSTEM)));
    assert_eq!(read("S:").dacl, None);
    assert_eq!(read("D:").dacl, Some(Dacl::default()));
    assert_eq!(read("D:NO_ACCESS_CONTROL").dacl, None);
    assert_eq!(read("D:PNO_ACCESS_CONTROLS:AI").dacl, None);
}

#[test]
fn a_d_after_a_sid_is_a_tag() {
    let descriptor = read("O:S-1-5-21-1-2-3-512D:P");
    assert_eq!(descriptor.owner, Some(trustee("S-1-5-21-1-2-3-512")));
    assert!(descriptor.dacl.expect("a DACL").protected);
    // The D is a hexadecimal digit only if no colon follows it.
    assert_eq!(read("O:S-1-2-0x2D:").owner, Some(trustee("S-1-2-2")));
    assert_eq!(read("O:S-1-2-0x2DD:").owner, Some(trustee("S-1-2-45")));
}

#[test]
fn flags_of_the_list() {
    for text in
        ["D:PAI", "D:AIP", "D:PARAI(A;;RC;;;WD)", "D:ARPAI", "D: P (A;;RC;;;WD)", "D:PPP", "D:pai", "D:PS:P"]
    {
        assert!(read(text).dacl.expect("a DACL").protected, "{text}");
    }
    assert!(!read("D:AIS:P").dacl.expect("a DACL").protected);
}

#[test]
fn entry_types() {
    for (text, kind) in [
        ("D:(A;;RC;;;WD)", AceKind::Allow),
        ("D:(a;;RC;;;WD)", AceKind::Allow),
        ("D:(OA;;RC;;;WD)", AceKind::Allow),
        ("D:(D;;RC;;;WD)", AceKind::Deny),
        ("D:(OD;;RC;;;WD)", AceKind::Deny),
        (
            "D:(XA;;RC;;;WD;(@User.Title==\"a)b\" && (Member_of {SID(BA)})))",
            AceKind::Conditional { allow: true },
        ),
        ("D:(XD;;RC;;;WD; (1) )", AceKind::Conditional { allow: false }),
        ("D:(ZA;;RC;;;WD;(1))", AceKind::Conditional { allow: true }),
    ] {
        assert_eq!(aces(text).iter().map(|ace| ace.kind).collect::<Vec<_>>(), [kind], "{text}");
    }
}

#[test]
fn fields_of_an_object_entry() {
    let text =
        "(OA;CIIOID;CRWP;00299570-246D-11D0-A768-00AA006E0529;bf967aba-0de6-11d0-a285-00aa003049e2;AU)";
    let aces = aces(&format!("D:AI{text}(A; ; 0x20094; ; ; da )"));
    let [object, plain] = aces.as_slice() else { panic!("two entries expected: {aces:?}") };
    assert_eq!(object.object_type.as_deref(), Some("00299570-246d-11d0-a768-00aa006e0529"));
    assert_eq!(object.inherited_object_type.as_deref(), Some("bf967aba-0de6-11d0-a285-00aa003049e2"));
    assert_eq!((object.flags, object.mask), (0x02 | INHERIT_ONLY | 0x10, 0x0120));
    assert_eq!(object.text, text);
    assert_eq!((plain.mask, &plain.object_type, &plain.inherited_object_type), (0x2_0094, &None, &None));
    assert_eq!(
        plain.trustee,
        Trustee::DomainRelative { alias: "DA".to_owned(), rid: 512, forest_root: false }
    );
}

#[test]
fn the_system_list_is_read_over() {
    let text = "D:(A;;RC;;;BA)S:PAI(AU;SAFA;WDWO;;;WD)(OU;CISA;WP;f30e3bbe-9ff0-11d1-b603-0000f80367c1;;WD)\
                (ML;;NW;;;LW)(RA;CI;;;;WD;(\"Project\",TS,0,\"a;b(\"))(SP;;;;;S-1-17-1)(XU;;RC;;;WD;(1))";
    assert_eq!(aces(text).len(), 1);
}

#[test]
fn refused_at_a_byte() {
    for (text, at) in [
        ("", 0),
        ("\"\"", 0),
        ("   ", 0),
        // Hand-typed values: a zero for O; a colon for a semicolon, at 10 bytes + 7.
        ("0:BAG:BAD:(A;;RC;:;BA)", 0),
        ("O:BAG:BAD:(A;;RC;:;BA)", 17),
        // Five fields: the trustee stands where a GUID belongs, at 10 bytes + 8.
        ("O:BAG:BAD:(A;;RC;;BA)", 18),
        ("D:(A;;0xFFFFFFFFFF;;;WD)", 6),
        ("D:(A;;4294967296;;;WD)", 6),
        ("D:(A;;-1;;;WD)", 6),
        ("D:(A;;GA ;;;WD)", 6),
        ("D:(A;;RC;;;XX)", 11),
        ("D:(A;;RC;;;)", 11),
        ("D:(A;;RC;;;S-1-3-4 )", 11),
        ("D:(A;;RC;;;WD", 13),
        ("D:(A;;RC;;;WD))", 14),
        ("D:((A;;RC;;;WD))", 3),
        ("D:(A;XX;RC;;;WD)", 5),
        ("D:(Q;;RC;;;WD)", 3),
        ("D:(AU;SA;RC;;;WD)", 3),
        ("D:(A;;RC;;;WD;(1))", 13),
        ("D:(XA;;RC;;;WD)", 14),
        ("D:(XA;;RC;;;WD;1)", 15),
        ("D:(XA;;RC;;;WD;((1))", 20),
        ("D:(A;;RC;299570-246d-11d0-a768-00aa006e0529;;WD)", 9),
        ("D:(A;;RC;0029957g-246d-11d0-a768-00aa006e0529;;WD)", 9),
        ("D:NO_ACCESS_CONTROL(A;;RC;;;WD)", 19),
        ("D:(A;;RC;;;WD)P", 14),
        ("D:X", 2),
        ("D:P:S:", 2),
        ("D:D:", 2),
        ("O:BAO:BA", 4),
        ("O:", 2),
        ("O:G:BA", 2),
        ("O:XXG:BA", 2),
        ("O :BA", 0),
        ("d:(A;;RC;;;WD)", 0),
        ("BUILTIN\\Administrators", 0),
        ("O:BAé:", 2),
        ("D:é", 2),
        ("D:(é;;RC;;;WD)", 3),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.at, at, "{text}: {error}");
    }
}

#[test]
fn a_list_is_bounded() {
    // (65,535 - 8) / 16 = 4,095.4
    let entries = |count: usize| format!("D:{}", "(A;;RC;;;WD)".repeat(count));
    assert_eq!(aces(&entries(4095)).len(), 4095);
    assert_eq!(parse(&entries(4096)).expect_err("too many").at, 2 + 4095 * 12);
    let system = format!("S:{}", "(AU;;RC;;;WD)".repeat(4096));
    assert!(parse(&system).is_err());
}

#[test]
fn deep_and_long_texts_are_read_in_one_pass() {
    let deep = format!("D:(XA;;RC;;;WD;{}1{})", "(".repeat(1 << 20), ")".repeat(1 << 20));
    assert_eq!(aces(&deep).len(), 1);
    assert!(parse(&"D:".repeat(1 << 20)).is_err());
    assert!(parse(&format!("O:{}", "-1".repeat(1 << 20))).is_err());
    assert!(parse(&format!("D:{}", "AI".repeat(1 << 20))).is_ok());
}

#[test]
fn the_message_says_where_and_what() {
    let error = parse("D:(A;;RC;;;XX)").expect_err("no such alias");
    assert_eq!(
        error.to_string(),
        "not a security descriptor in SDDL, from byte 11: a SID or a two-letter alias was expected"
    );
}

/// Text made of the pieces of the grammar, so that most of it gets far into the parser.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "O:",
        "G:",
        "D:",
        "S:",
        "BA",
        "DA",
        "S-1-5-32-544",
        "(",
        ")",
        ";",
        ";;;",
        "A",
        "D",
        "XA",
        "AU",
        "P",
        "AI",
        "RC",
        "GA",
        "0x20000",
        "CI",
        "IO",
        "(A;;RC;;;WD)",
        "(XA;;RC;;;WD;(1))",
        "\"",
        " ",
        "é",
        "NO_ACCESS_CONTROL",
        "00299570-246d-11d0-a768-00aa006e0529",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

const VALID: &str = "O:BAG:S-1-5-21-1-2-3-513D:PAI(D;;RC;;;AN)(A;CIIO;0x20094;;;BA)(OA;;CR;00299570-246d-11d0-a768-\
                     00aa006e0529;;AU)(XA;;RC;;;WD;(@User.a==\"x)\"))S:(AU;SA;WD;;;WD)";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_text_is_read_or_refused_inside_itself(text in any::<String>()) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }

    #[test]
    fn any_pieces_are_read_or_refused(text in pieces()) {
        match parse(&text) {
            Err(error) => prop_assert!(error.at <= text.len()),
            Ok(descriptor) => for ace in descriptor.dacl.iter().flat_map(|dacl| &dacl.aces) {
                // What is kept as the entry's text says the same entry when read again.
                let again = ace::read(&mut Cursor::new(&ace.text), List::Discretionary);
                prop_assert_eq!(again.as_ref().map(Option::as_ref), Ok(Some(ace)));
            },
        }
    }

    #[test]
    fn a_mutated_descriptor_is_read_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0_u8..3), 1..6),
    ) {
        let mut text: Vec<char> = VALID.chars().collect();
        for (index, new, edit) in edits {
            if text.is_empty() { break; }
            let at = index.index(text.len());
            match edit {
                0 => text[at] = new,
                1 => text.insert(at, new),
                _ => _ = text.remove(at),
            }
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }
}
