//! Access masks and ACE flags as SDDL writes them. What a right means to an object is not said here.
//!
//! [MS-DTYP] 2.5.1.1 and <https://learn.microsoft.com/windows/win32/secauthz/ace-strings>.

/// Rights by their two letters.
const RIGHTS: &[(&str, u32)] = &[
    // Generic rights, which each object maps to rights of its own.
    ("GA", 0x1000_0000),
    ("GX", 0x2000_0000),
    ("GW", 0x4000_0000),
    ("GR", 0x8000_0000),
    // Standard rights.
    ("SD", 0x0001_0000),
    ("RC", 0x0002_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    // Rights of directory objects.
    ("CC", 0x0001),
    ("DC", 0x0002),
    ("LC", 0x0004),
    ("SW", 0x0008),
    ("RP", 0x0010),
    ("WP", 0x0020),
    ("DT", 0x0040),
    ("LO", 0x0080),
    ("CR", 0x0100),
    // Files.
    ("FA", 0x001F_01FF),
    ("FR", 0x0012_0089),
    ("FW", 0x0012_0116),
    ("FX", 0x0012_00A0),
    // Registry keys.
    ("KA", 0x000F_003F),
    ("KR", 0x0002_0019),
    ("KW", 0x0002_0006),
    ("KX", 0x0002_0019),
    // Mandatory labels.
    ("NW", 0x0001),
    ("NR", 0x0002),
    ("NX", 0x0004),
];

/// Flags of an ACE's header by their two letters ([MS-DTYP] 2.4.4.1).
const FLAGS: &[(&str, u8)] = &[
    ("OI", 0x01),
    ("CI", 0x02),
    ("NP", 0x04),
    ("IO", super::INHERIT_ONLY),
    ("ID", 0x10),
    ("CR", 0x20),
    ("SA", 0x40),
    ("TP", 0x40),
    ("FA", 0x80),
];

/// The generic rights, of which only the object knows what they map to.
pub(super) const GENERIC: u32 = 0xF000_0000;

/// The access mask that `text` says: letters, or a number (`0x` hexadecimal, `0` octal, else decimal).
/// Nothing at all is the empty mask.
pub(super) fn mask(text: &str) -> Result<u32, &'static str> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return number(text).ok_or("a number for the rights that fits 32 bits was expected");
    }
    letters(RIGHTS, text, |sum, right| sum | right).ok_or("rights (as GA, RC or 0x20000) were expected")
}

/// The header flags that `text` says.
pub(super) fn flags(text: &str) -> Result<u8, &'static str> {
    letters(FLAGS, text, |sum, flag| sum | flag)
        .ok_or("inheritance or audit flags (as CI or IO) were expected")
}

/// A mask in letters of directory objects, standard and generic rights; in hexadecimal where other bits are set.
pub(super) fn mask_text(mask: u32) -> String {
    let directory = RIGHTS.iter().filter(|(name, bits)| bits.count_ones() == 1 && !name.starts_with('N'));
    let (left, text) = directory.fold((mask, String::new()), |(left, text), (name, bits)| {
        if mask & bits == 0 { (left, text) } else { (left & !bits, text + name) }
    });
    if left == 0 { text } else { format!("0x{mask:X}") }
}

/// Header flags in letters.
pub(super) fn flags_text(flags: u8) -> String {
    let set = FLAGS.iter().filter(|(name, bits)| flags & bits != 0 && !matches!(*name, "TP"));
    set.map(|(name, _)| *name).collect()
}

fn number(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        // A sign would be taken by `from_str_radix`.
        return if digits.starts_with('+') { None } else { u32::from_str_radix(digits, 16).ok() };
    }
    let radix = if text.starts_with('0') { 8 } else { 10 };
    u32::from_str_radix(text, radix).ok()
}

/// Adds up the values of letter pairs, in any case; `None` at a pair that the table does not have.
fn letters<T: Copy + Default>(table: &[(&str, T)], text: &str, add: fn(T, T) -> T) -> Option<T> {
    text.as_bytes().chunks(2).try_fold(T::default(), |sum, pair| {
        let (_, value) = table.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(pair))?;
        Some(add(sum, *value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        for (text, expected) in [
            ("", 0),
            ("RC", 0x2_0000),
            ("rc", 0x2_0000),
            ("GA", 0x1000_0000),
            ("GRGWGX", 0xE000_0000),
            // Full control of a directory object is 0xF01FF.
            ("RPWPCRCCDCLCLORCWOWDSDDTSW", 0xF_01FF),
            ("RCRC", 0x2_0000),
            ("0x20000", 0x2_0000),
            ("0X1f01ff", 0x1F_01FF),
            ("131072", 0x2_0000),
            ("0400000", 0x2_0000),
            ("0", 0),
            ("0xFFFFFFFF", 0xFFFF_FFFF),
        ] {
            assert_eq!(mask(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refused_masks() {
        for text in [
            "0xFFFFFFFFFF",
            "4294967296",
            "R",
            "RCX",
            "R C",
            "RC ",
            "ZZ",
            "0x",
            "0x+1",
            "08",
            "-1",
            "１",
            "RCé",
        ] {
            assert!(mask(text).is_err(), "{text}");
        }
    }

    #[test]
    fn header_flags() {
        assert_eq!(flags(""), Ok(0));
        assert_eq!(flags("CIIOID"), Ok(0x1A));
        assert_eq!(flags("oici"), Ok(0x03));
        assert_eq!(flags("SAFA"), Ok(0xC0));
        assert_eq!(flags("NPTPCR"), Ok(0x64));
        assert!(flags("C").is_err());
        assert!(flags("RC").is_err());
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["GAGXGWGR", "SDRCWDWOCCDCLCSWRPWPDTLOCR", "CR", "WP", ""] {
            assert_eq!(mask_text(mask(text).unwrap()), text);
        }
        assert_eq!(mask_text(0x0100_0100), "0x1000100");
        for text in ["CIIO", "CIIOID", "OICINP", ""] {
            assert_eq!(flags_text(flags(text).unwrap()), text);
        }
    }

    #[test]
    fn generic_rights_are_the_four_top_bits() {
        assert_eq!(mask("GAGRGWGX"), Ok(GENERIC));
    }
}
