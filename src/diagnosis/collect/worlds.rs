//! Worlds: what each check would answer if one cause were true, and its evidence were there.
//!
//! What to collect is decided by trying: an artifact that changes the verdict in none of the worlds that
//! are still possible is not worth a customer's time. A world says nothing of a check that it leaves
//! open: of one that either answer would fit (a list of names, a container above the user, AdminSDHolder's
//! list), and of one that no artifact of the table shows.

use crate::rules::{Answer, CauseId, Finding};

/// One way in which a failure may have come about.
#[derive(Debug)]
pub struct World {
    /// The cause; none where the password policy refused the password.
    pub cause: Option<CauseId>,
    answers: &'static [(&'static str, Answer)],
}

use Answer::{No, Yes};

/// All of them, the article's causes first, in its order.
pub const WORLDS: &[World] = &[
    // The user is in a protected group.
    World {
        cause: Some(CauseId::ProtectedAccount),
        answers: &[
            ("sam-call-refused", No),
            ("password-set-refused", Yes),
            ("target-protected-now", Yes),
            ("target-admin-count", Yes),
            ("target-list-protected", Yes),
            ("target-not-protected", No),
            ("connector-right-missing", Yes),
            ("connector-has-rights", No),
            ("connector-may-reset", No),
        ],
    },
    // The user was in one, and kept its access list.
    World {
        cause: Some(CauseId::ProtectedAccount),
        answers: &[
            ("sam-call-refused", No),
            ("password-set-refused", Yes),
            ("target-protected-now", No),
            ("target-admin-count", Yes),
            ("target-list-protected", Yes),
            ("target-not-protected", No),
            ("connector-right-missing", Yes),
            ("connector-has-rights", No),
            ("connector-may-reset", No),
        ],
    },
    // The connector account lacks the right to reset the password.
    World {
        cause: Some(CauseId::ConnectorPermissions),
        answers: &[
            ("sam-call-refused", No),
            ("password-set-refused", Yes),
            ("target-protected-now", No),
            ("target-admin-count", No),
            ("target-list-protected", No),
            ("target-not-protected", Yes),
            ("inheritance-disabled", No),
            ("connector-right-missing", Yes),
            ("connector-has-rights", No),
            ("connector-may-reset", No),
        ],
    },
    // It lacks the right because the user's own list does not inherit, as it does of former administrators
    // too: whether the user was one stays open.
    World {
        cause: Some(CauseId::ConnectorPermissions),
        answers: &[
            ("sam-call-refused", No),
            ("password-set-refused", Yes),
            ("target-protected-now", No),
            ("target-admin-count", No),
            ("target-list-protected", Yes),
            ("inheritance-disabled", Yes),
            ("connector-right-missing", Yes),
            ("connector-has-rights", No),
            ("connector-may-reset", No),
        ],
    },
    // The connector account may not read what the call for user information reads. Where it may not, the
    // read checks say; that is asked for once the restriction is out of the way, which alone tells the two
    // causes of a refused call apart.
    World {
        cause: Some(CauseId::ConnectorPermissions),
        answers: &[
            ("sam-call-refused", Yes),
            ("password-set-refused", No),
            ("controller-denies-connector", No),
            ("denial-logged-for-connector", No),
            ("controller-lets-connector-in", Yes),
            ("sam-restriction-cleared", Yes),
        ],
    },
    // A domain controller's restriction keeps the account out.
    World {
        cause: Some(CauseId::RemoteSam),
        answers: &[
            ("sam-call-refused", Yes),
            ("password-set-refused", No),
            ("controller-denies-connector", Yes),
            ("denial-logged-for-connector", Yes),
            ("controller-lets-connector-in", No),
            ("sam-restriction-cleared", No),
            ("audit-only-mode", No),
        ],
    },
    // The account has its rights, and the new password did not meet the policy.
    World {
        cause: None,
        answers: &[
            ("sam-call-refused", No),
            ("password-set-refused", Yes),
            ("connector-set-password", Yes),
            ("connector-right-missing", No),
            ("connector-has-rights", Yes),
        ],
    },
];

impl World {
    /// What a check would answer; none where the world leaves it open.
    pub fn answer(&self, check: &str) -> Option<Answer> {
        self.answers.iter().find(|(have, _)| *have == check).map(|(_, answer)| *answer)
    }

    /// Whether no answer at hand speaks against it.
    pub fn is_possible(&self, findings: &[Finding]) -> bool {
        findings.iter().all(|finding| {
            finding.answer == Answer::Unknown
                || self.answer(finding.check).is_none_or(|answer| answer == finding.answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{State, tiers};
    use crate::rules::check;

    #[test]
    fn worlds_speak_of_registered_checks() {
        for world in WORLDS {
            for (id, _) in world.answers {
                assert!(check(id).is_some(), "{id}");
            }
        }
    }

    /// With all of its evidence, each cause stands as high as its ladder lets it, and alone.
    #[test]
    fn a_world_makes_its_cause_stand_highest() {
        for world in WORLDS {
            let answer = |check: &str| match check {
                // That the failure is one, and of a reset, its own events say.
                "operation-succeeded" | "other-diagnosis-explains" | "operation-is-change" => Some(No),
                check => world.answer(check).or(Some(Answer::Unknown)),
            };
            for cause in CauseId::ALL {
                let state = tiers::rung_where(cause, answer).state;
                // That a list does not inherit leaves open whether the user was an administrator.
                let left = if answer("inheritance-disabled") == Some(Yes) {
                    State::Possible
                } else {
                    State::Undetermined
                };
                if world.cause == Some(cause) {
                    assert!(state >= State::Likely, "{world:?}: {state:?}");
                } else {
                    assert!(state <= left, "{world:?}: {cause:?} {state:?}");
                }
            }
        }
    }
}
