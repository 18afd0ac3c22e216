//! Little-endian numbers at a place in bytes that may be too short. Not a cursor: every reader here
//! jumps about in a chunk.

use jiff::Timestamp;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(array_at(bytes, at)?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(array_at(bytes, at)?))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(array_at(bytes, at)?))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

/// Whether there is nothing but zeros.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    const ZEROS: [u8; 4096] = [0; 4096];
    bytes.chunks(ZEROS.len()).all(|chunk| ZEROS.starts_with(chunk))
}

/// A `FILETIME` of an event: 100 ns ticks since 1601. None outside the years 2000 to 2099, where no
/// record of this format can have been written.
pub(super) fn plausible_time(filetime: u64) -> Option<Timestamp> {
    const UNIX_EPOCH: i128 = 116_444_736_000_000_000;
    if !is_plausible_time(filetime) {
        return None;
    }
    Timestamp::from_nanosecond((i128::from(filetime) - UNIX_EPOCH) * 100).ok()
}

/// Whether [`plausible_time`] gives a time.
pub(super) fn is_plausible_time(filetime: u64) -> bool {
    const YEAR_2000: u64 = 125_911_584_000_000_000;
    const YEAR_2100: u64 = 157_469_184_000_000_000;
    (YEAR_2000..YEAR_2100).contains(&filetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_little_endian_and_end_with_the_bytes() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(u16_at(&bytes, 7), Some(0x0908));
        assert_eq!(u16_at(&bytes, 8), None);
        assert_eq!(u32_at(&bytes, 0), Some(0x0403_0201));
        assert_eq!(u64_at(&bytes, 1), Some(0x0908_0706_0504_0302));
        assert_eq!(u64_at(&bytes, usize::MAX), None);
    }

    #[test]
    fn blank_is_zeros_to_the_last_byte() {
        let mut bytes = vec![0; 10_000];
        assert!(is_blank(&bytes) && is_blank(&[]));
        bytes[9_999] = 1;
        assert!(!is_blank(&bytes));
    }

    #[test]
    fn a_filetime_is_a_time_only_in_the_years_that_can_be() {
        // 2024-05-01T00:00:00Z: 1714521600 s after 1970, which is 11644473600 s after 1601.
        let ticks = (1_714_521_600 + 11_644_473_600) * 10_000_000;
        assert_eq!(plausible_time(ticks).unwrap().to_string(), "2024-05-01T00:00:00Z");
        assert_eq!(plausible_time(125_911_584_000_000_000).unwrap().to_string(), "2000-01-01T00:00:00Z");
        assert_eq!(plausible_time(157_469_184_000_000_000), None);
        assert_eq!(plausible_time(0), None);
        assert_eq!(plausible_time(u64::MAX), None);
    }
}
