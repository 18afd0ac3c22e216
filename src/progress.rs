//! Progress: counters that work moves on, for a caller that wants to show how far it is. The library counts
//! and says nothing; what is shown, and whether, is the caller's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far some work is. Clones are the same counters, so that one thread can look on while others work.
///
/// The unit is that of the work: of an upload, bytes of its files on the disk; of cases, cases.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    known: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    /// What there is to do as far as that is known; 0 where nothing is known yet.
    pub fn known(&self) -> u64 {
        self.0.known.load(Ordering::Relaxed)
    }

    /// What is done: never less than before, and in the end as much as was known.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// There is so much more to do.
    pub fn add_known(&self, amount: u64) {
        self.0.known.fetch_add(amount, Ordering::Relaxed);
    }

    /// So much more is done.
    pub fn add_done(&self, amount: u64) {
        self.0.done.fetch_add(amount, Ordering::Relaxed);
    }
}

/// A piece of the work that counts once, however often parts of it are gone through: what is read twice is
/// not counted twice, and what is left out counts when the piece is given up.
#[derive(Debug)]
pub(crate) struct Piece {
    progress: Progress,
    left: AtomicU64,
}

impl Piece {
    /// A piece of which nothing is done; its amount is among what is [known](Progress::add_known).
    pub(crate) fn new(progress: &Progress, amount: u64) -> Self {
        Piece { progress: progress.clone(), left: AtomicU64::new(amount) }
    }

    /// Some more of it is done.
    pub(crate) fn done(&self, amount: u64) {
        let take = |left: u64| Some(left.saturating_sub(amount));
        if let Ok(before) = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            self.progress.add_done(before.min(amount));
        }
    }

    /// Nothing more of it is to be done.
    pub(crate) fn finish(&self) {
        self.done(u64::MAX);
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_counts_once_and_in_the_end_wholly() {
        let progress = Progress::default();
        progress.add_known(10);
        let piece = Piece::new(&progress, 10);
        piece.done(4);
        assert_eq!((progress.done(), progress.known()), (4, 10));
        piece.done(0);
        piece.done(9);
        piece.done(3);
        assert_eq!(progress.done(), 10, "what is gone through twice counts once");
        progress.add_known(5);
        drop(Piece::new(&progress, 5));
        assert_eq!(progress.done(), 15, "what is left out is no more to be done");
        drop(piece);
        assert_eq!(progress.done(), 15);
    }

    #[test]
    fn clones_are_the_same_counters() {
        let progress = Progress::default();
        let other = progress.clone();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| other.add_done(1)));
            }
        });
        assert_eq!(progress.done(), 4_000);
    }
}
