//! The plan for one failure: the fewest artifacts that give, in each world that is still possible, the
//! verdict that all artifacts together would give.

use std::collections::BTreeSet;

use crate::knowledge::collect::cost;
use crate::rules::{Answer, CauseId, Finding, Need};

use super::super::{AttemptResult, State, VerdictCause, highest, tiers};
use super::worlds::{WORLDS, World};

/// The verdict on one failure.
pub type Outcome = (VerdictCause, State);

/// What is still open about one failure, and could be answered.
#[derive(Debug)]
pub struct Open<'r> {
    result: &'r AttemptResult,
    worlds: Vec<&'static World>,
}

/// One artifact of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The artifact, and its machine.
    pub need: Need,
    /// Causes whose worlds would get another verdict without it, then the checks that it answers.
    pub decides: Vec<String>,
}

/// Id of the other diagnosis that is left where the account has its rights and is refused all the same.
const LEFT: &str = "password-policy";

impl<'r> Open<'r> {
    /// What is open: nothing where the verdict is confirmed.
    pub fn of(result: &'r AttemptResult) -> Self {
        let possible = |world: &&World| {
            result.causes.iter().all(|(_, _, findings)| world.is_possible(findings))
                && world.cause.is_none_or(|cause| {
                    let tier = result.causes.iter().find(|(of, _, _)| *of == cause).map(|(_, tier, _)| tier);
                    tier.is_some_and(|tier| tier.state != State::RuledOut)
                })
        };
        let mut worlds: Vec<&World> = WORLDS.iter().filter(possible).collect();
        // What the three causes leave comes after them.
        if worlds.iter().any(|world| world.cause.is_some()) || result.other.is_some() {
            worlds.retain(|world| world.cause.is_some());
        }
        if result.state == State::Confirmed {
            worlds.clear();
        }
        Open { result, worlds }
    }

    /// Whether a cause may yet turn out to be this failure's.
    pub fn may_be(&self, cause: CauseId) -> bool {
        self.worlds.iter().any(|world| world.cause == Some(cause))
    }

    fn findings(&self) -> impl Iterator<Item = &'r Finding> {
        let result = self.result;
        result.causes.iter().flat_map(|(_, _, findings)| findings.iter())
    }

    /// All artifacts that would answer something.
    pub fn candidates(&self) -> BTreeSet<Need> {
        let told = |finding: &&Finding| {
            finding.answer == Answer::Unknown
                && self.worlds.iter().any(|world| world.answer(finding.check).is_some())
        };
        self.findings().filter(told).flat_map(|finding| finding.needs.clone()).collect()
    }

    /// The verdict in each world, if these artifacts were there.
    pub fn outcomes(&self, at_hand: &BTreeSet<Need>) -> Vec<Outcome> {
        self.worlds.iter().map(|world| self.outcome(world, at_hand)).collect()
    }

    fn outcome(&self, world: &World, at_hand: &BTreeSet<Need>) -> Outcome {
        let answer = |finding: &Finding| {
            let answered = finding.answer == Answer::Unknown
                && !finding.needs.is_empty()
                && finding.needs.iter().all(|need| at_hand.contains(need));
            match world.answer(finding.check).filter(|_| answered) {
                Some(answer) => answer,
                None => finding.answer,
            }
        };
        let set = self.findings().find(|finding| finding.check == "connector-set-password");
        if world.cause.is_none() && set.is_some_and(|set| answer(set) == Answer::Yes) {
            return (VerdictCause::Other, State::Likely);
        }
        let standing: Vec<_> = self
            .result
            .causes
            .iter()
            .map(|(cause, _, findings)| {
                let of = |check: &str| findings.iter().find(|one| one.check == check).map(answer);
                (*cause, tiers::rung_where(*cause, of))
            })
            .collect();
        highest(standing.iter().map(|(cause, tier)| (*cause, tier.state)), self.result.other.as_ref())
    }

    /// The fewest: from all that would answer something, the costliest is left out first, and stays out if
    /// no world's verdict suffers.
    pub fn fewest(&self) -> Vec<Asked> {
        let mut kept = self.candidates();
        let all = self.outcomes(&kept);
        let mut by_cost: Vec<Need> = kept.iter().cloned().collect();
        by_cost.sort_by_key(|need| (std::cmp::Reverse(cost(need.artifact)), need.machine.clone()));
        for need in by_cost {
            kept.remove(&need);
            if self.outcomes(&kept) != all {
                kept.insert(need);
            }
        }
        let asked = kept.iter().map(|need| Asked { need: need.clone(), decides: self.decides(need, &kept) });
        let asked: Vec<Asked> = asked.collect();
        if asked.is_empty() { self.overturning() } else { asked }
    }

    fn decides(&self, need: &Need, kept: &BTreeSet<Need>) -> Vec<String> {
        let without: BTreeSet<Need> = kept.iter().filter(|have| *have != need).cloned().collect();
        let outcomes = self.outcomes(kept).into_iter().zip(self.outcomes(&without));
        let differing = self.worlds.iter().zip(outcomes).filter(|(_, (with, without))| with != without);
        let mut decides: Vec<String> = Vec::new();
        let causes = differing.map(|(world, _)| world.cause.map_or(LEFT, CauseId::id));
        let checks = self.findings().filter(|finding| {
            let told = self.worlds.iter().any(|world| world.answer(finding.check).is_some());
            finding.answer == Answer::Unknown && told && finding.needs.contains(need)
        });
        for id in causes.chain(checks.map(|finding| finding.check)) {
            if !decides.iter().any(|have| have == id) {
                decides.push(id.to_owned());
            }
        }
        decides
    }

    /// A likely cause that no artifact would confirm: what could still overturn the answer that it rests on.
    fn overturning(&self) -> Vec<Asked> {
        let (VerdictCause::Cause(leading), State::Likely) = (self.result.cause, self.result.state) else {
            return Vec::new();
        };
        let of = self.result.causes.iter().find(|(cause, _, _)| *cause == leading);
        let resting = of.into_iter().flat_map(|(_, tier, findings)| {
            let on = |finding: &&Finding| tier.all.iter().any(|condition| condition.check() == finding.check);
            findings.iter().filter(|finding| finding.answer == Answer::Yes).filter(on)
        });
        // What has been looked at, and left nothing open, is not asked for again.
        let open = |need: &&Need| {
            let mut unknown = self.findings().filter(|finding| finding.answer == Answer::Unknown);
            unknown.any(|finding| finding.needs.iter().any(|have| have.artifact == need.artifact))
        };
        let asked = resting.flat_map(|finding| {
            let decides = vec![leading.id().to_owned(), finding.check.to_owned()];
            let needs = finding.needs.iter().filter(open);
            needs.map(move |need| Asked { need: need.clone(), decides: decides.clone() }).collect::<Vec<_>>()
        });
        asked.collect()
    }
}
