//! Budgets: how many bytes of a file may be read, and which limit ends the reading.
//!
//! A [`Budget`] is drawn on by one thread, in an order that the upload alone decides, so that the same
//! upload loses the same files whatever the number of threads.

use super::Limits;

use crate::words::Statement;

/// Below this size no ratio is enforced: short logs of nearly empty blocks compress a thousandfold.
const RATIO_FLOOR: u64 = 4 << 20;

/// Bytes that are read again of archives around an archive that is too large to be held: half a minute.
const AGAIN_BYTES: u64 = 32 << 30;

/// Passwords that are tried on all encrypted members together. A try takes a few thousand rounds of a hash.
const PASSWORD_TRIES: u64 = 10_000;

/// What ends the reading of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// The size that the archive or the disk declares.
    Declared,
    /// [`Limits::file_bytes`].
    File,
    /// [`Limits::total_bytes`].
    Total,
    /// [`Limits::ratio`].
    Ratio,
    /// Bytes that are read again for archives inside archives.
    Again,
}

/// Bytes of one file that may be read, and what they are bounded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// The most bytes to read.
    pub(super) bytes: u64,
    /// Why no more.
    pub(super) bound: Bound,
}

impl Allowance {
    /// The tighter of this allowance and another bound.
    pub(super) fn within(self, bytes: u64, bound: Bound) -> Self {
        if bytes < self.bytes { Allowance { bytes, bound } } else { self }
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    total_left: u64,
    entries_left: u64,
    held_left: u64,
    again_left: u64,
    tries_left: u64,
}

impl Budget {
    /// All of the limits.
    pub(super) fn new(limits: &Limits) -> Self {
        Budget {
            limits: limits.clone(),
            total_left: limits.total_bytes,
            entries_left: limits.entries,
            held_left: limits.held_bytes,
            again_left: AGAIN_BYTES,
            tries_left: PASSWORD_TRIES,
        }
    }

    /// The limits that all this began with.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts one file or folder; false where the limit is used up.
    pub(super) fn take_entry(&mut self) -> bool {
        let left = self.entries_left.checked_sub(1);
        self.entries_left = left.unwrap_or(0);
        left.is_some()
    }

    /// Counts tries of passwords on one member; false where they do not fit any more.
    pub(super) fn take_tries(&mut self, passwords: u64) -> bool {
        let left = self.tries_left.checked_sub(passwords);
        self.tries_left = left.unwrap_or(self.tries_left);
        left.is_some()
    }

    /// Whether an archive inside that many archives may be opened.
    pub(super) fn allows_nesting(&self, nesting: u32) -> bool {
        nesting <= self.limits.depth
    }

    /// Takes a file of a declared size out of the total; `None` where it does not fit any more.
    pub(super) fn admit(&mut self, declared: u64, compressed: Option<u64>) -> Option<Allowance> {
        let file =
            Allowance { bytes: declared, bound: Bound::Declared }.within(self.limits.file_bytes, Bound::File);
        let allowance = match compressed {
            Some(compressed) => file.within(self.ratio_bytes(compressed), Bound::Ratio),
            None => file,
        };
        self.total_left = self.total_left.checked_sub(allowance.bytes)?;
        Some(allowance)
    }

    /// The allowance of a file whose size nobody declares. [`Budget::spend`] takes what it used.
    pub(super) fn undeclared(&self, compressed: u64) -> Allowance {
        self.stream(compressed).within(self.limits.file_bytes, Bound::File)
    }

    /// The allowance of a stream of files, as in a tar.
    pub(super) fn stream(&self, compressed: u64) -> Allowance {
        Allowance { bytes: self.total_left, bound: Bound::Total }
            .within(self.ratio_bytes(compressed), Bound::Ratio)
    }

    /// Takes bytes out of the total.
    pub(super) fn spend(&mut self, bytes: u64) {
        self.total_left = self.total_left.saturating_sub(bytes);
    }

    /// Bytes that an archive inside an archive may still hold in memory.
    pub(super) fn held_left(&self) -> u64 {
        self.held_left
    }

    /// Counts an archive held in memory; [`Budget::release`] gives it back.
    pub(super) fn hold(&mut self, bytes: u64) {
        self.held_left = self.held_left.saturating_sub(bytes);
    }

    /// Gives back the memory of an archive.
    pub(super) fn release(&mut self, bytes: u64) {
        self.held_left = self.held_left.saturating_add(bytes);
    }

    /// Takes bytes that are read again; false where they do not fit any more.
    pub(super) fn take_again(&mut self, bytes: u64) -> bool {
        let left = self.again_left.checked_sub(bytes);
        self.again_left = left.unwrap_or(self.again_left);
        left.is_some()
    }

    fn ratio_bytes(&self, compressed: u64) -> u64 {
        compressed.saturating_mul(self.limits.ratio).max(RATIO_FLOOR)
    }
}

/// Why reading ends at a bound, and what to do about it.
pub(super) fn reason(bound: Bound, limits: &Limits) -> Statement {
    match bound {
        Bound::Declared => Statement::new("gap.bundle.more-than-declared"),
        Bound::File => {
            Statement::new("gap.bundle.larger-than-a-file").with("limit", limits.file_bytes.to_string())
        }
        Bound::Total => {
            Statement::new("gap.bundle.larger-in-all").with("limit", limits.total_bytes.to_string())
        }
        Bound::Ratio => Statement::new("gap.bundle.ratio").with("limit", limits.ratio.to_string()),
        Bound::Again => Statement::new("gap.bundle.again").with("limit", AGAIN_BYTES.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { file_bytes: 60, total_bytes: 100, entries: 2, ratio: 2, depth: 1, ..Limits::default() }
    }

    #[test]
    fn files_fit_by_declared_size_in_the_order_asked() {
        let mut budget = Budget::new(&limits());
        assert_eq!(budget.admit(50, None), Some(Allowance { bytes: 50, bound: Bound::Declared }));
        assert_eq!(budget.admit(51, None), None);
        assert_eq!(budget.admit(50, None), Some(Allowance { bytes: 50, bound: Bound::Declared }));
        assert_eq!(budget.admit(1, None), None);
        assert_eq!(budget.admit(0, None), Some(Allowance { bytes: 0, bound: Bound::Declared }));
    }

    #[test]
    fn the_tightest_bound_is_named() {
        let mut budget = Budget::new(&limits());
        assert_eq!(budget.admit(1000, None), Some(Allowance { bytes: 60, bound: Bound::File }));
        let mut large = Budget::new(&Limits { file_bytes: u64::MAX, total_bytes: u64::MAX, ..limits() });
        let five = 5 << 20;
        assert_eq!(large.admit(2 * five, Some(five)).map(|a| a.bound), Some(Bound::Declared));
        assert_eq!(
            large.admit(2 * five + 1, Some(five)),
            Some(Allowance { bytes: 2 * five, bound: Bound::Ratio })
        );
        assert_eq!(large.admit(4 << 20, Some(1)).map(|a| a.bound), Some(Bound::Declared));
        assert_eq!(large.admit((4 << 20) + 1, Some(1)).map(|a| a.bound), Some(Bound::Ratio));
    }

    #[test]
    fn entries_and_nesting_are_counted() {
        let mut budget = Budget::new(&limits());
        assert_eq!([(); 4].map(|()| budget.take_entry()), [true, true, false, false]);
        assert!(budget.allows_nesting(1) && !budget.allows_nesting(2));
    }
}
