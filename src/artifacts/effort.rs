//! The work that all files of a bundle together may take beyond what real ones do.
//!
//! Each log stops by itself where it was made to waste time; a bundle of many such logs would still take hours.

use std::sync::{Mutex, PoisonError};

/// Work of rendering, in the measure of a log's: some seconds.
const EXCESS_MAX: u64 = 256 << 20;

/// Work that the files of a bundle took.
///
/// Files of a round are read side by side, and their work counts from the next round on. So what is read does
/// not depend on the number of threads.
#[derive(Debug, Default)]
pub struct Effort {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    round: u64,
    /// Work of all rounds before this one, and of this one so far.
    before: u64,
    now: u64,
}

impl State {
    fn enter(&mut self, round: u64) {
        if round > self.round {
            self.before = self.before.saturating_add(std::mem::take(&mut self.now));
            self.round = round;
        }
    }
}

impl Effort {
    /// Whether the rounds before this one took so much that records are only to be counted.
    pub(super) fn is_spent(&self, round: u64) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.enter(round);
        state.before > EXCESS_MAX
    }

    /// Adds the work that a file of a round took.
    pub(super) fn add(&self, round: u64, work: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.enter(round);
        state.now = state.now.saturating_add(work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_of_a_round_counts_from_the_next_on() {
        let effort = Effort::default();
        effort.add(1, EXCESS_MAX);
        effort.add(1, 1);
        assert!(!effort.is_spent(1));
        assert!(effort.is_spent(2));
        let little = Effort::default();
        little.add(1, EXCESS_MAX);
        assert!(!little.is_spent(2));
        little.add(2, 1);
        assert!(!little.is_spent(2) && little.is_spent(3));
    }
}
