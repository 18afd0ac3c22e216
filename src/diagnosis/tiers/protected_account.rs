//! The ladder of cause 1, whose rungs are many because a user can be shown to be protected in many ways.

use super::Condition::{No, NotYes, Unknown, Yes};
use super::State::{Confirmed, Likely, Possible, RuledOut, Undetermined};
use super::{Condition, Tier, tier};

/// A reset, of which the engine's trace shows that the set was refused, and no access list explains it otherwise;
/// and what else a rung demands. A change rests on the user's own password, and is not refused by design.
macro_rules! refused_reset {
    ($($more:expr),+ $(,)?) => {
        &[
            No("operation-is-change"),
            NotYes("connector-has-rights"),
            NotYes("admin-sd-holder-grants"),
            Yes("password-set-refused"),
            $($more),+
        ]
    };
}

/// What the background task leaves on an account: it is counted, and its access list does not inherit.
const COUNTED: Condition = Yes("target-admin-count");
const STAMPED: Condition = Yes("target-list-protected");
/// The list gives the right to somebody, and that may be the connector account.
const MAY_HAVE_RIGHTS: Condition = Unknown("connector-may-reset");
const MAY_NOT_RESET: Condition = NotYes("connector-may-reset");

/// The ladder.
pub(super) const LADDER: &[Tier] = &[
    tier(RuledOut, &[Yes("operation-succeeded")], "succeeded"),
    tier(RuledOut, &[Yes("other-diagnosis-explains")], "other"),
    tier(RuledOut, &[Yes("connector-set-password")], "connector-has-rights"),
    tier(RuledOut, &[Yes("sam-call-refused")], "refused-before"),
    tier(Likely, refused_reset![Yes("target-protected-now"), MAY_HAVE_RIGHTS], "may-have-rights"),
    tier(Likely, refused_reset![COUNTED, STAMPED, MAY_HAVE_RIGHTS], "may-have-rights"),
    // A list that inherits is not the one of protected accounts: nobody knows which one the failure met.
    tier(Likely, refused_reset![No("target-list-protected"), Yes("target-protected-now")], "list-inherits"),
    tier(Confirmed, refused_reset![MAY_NOT_RESET, Yes("target-protected-now")], "protected-now"),
    tier(
        Confirmed,
        refused_reset![MAY_NOT_RESET, No("target-protected-now"), COUNTED, STAMPED],
        "formerly-protected",
    ),
    tier(Confirmed, refused_reset![MAY_NOT_RESET, COUNTED, STAMPED], "admin-count"),
    // The list of protected accounts gives the right today. The one on the user is older, or nobody saw it.
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            Yes("admin-sd-holder-grants"),
            Yes("password-set-refused"),
            Yes("target-protected-now"),
            Yes("connector-right-missing"),
        ],
        "older-list",
    ),
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            Yes("admin-sd-holder-grants"),
            Yes("password-set-refused"),
            Yes("target-admin-count"),
            Yes("connector-right-missing"),
        ],
        "older-list",
    ),
    tier(
        Possible,
        &[
            NotYes("operation-is-change"),
            NotYes("connector-has-rights"),
            Yes("admin-sd-holder-grants"),
            Yes("password-set-refused"),
            Yes("target-protected-now"),
        ],
        "holder-grants",
    ),
    tier(
        Possible,
        &[
            NotYes("operation-is-change"),
            NotYes("connector-has-rights"),
            Yes("admin-sd-holder-grants"),
            Yes("password-set-refused"),
            Yes("target-admin-count"),
        ],
        "holder-grants",
    ),
    // The events do not say whether the operation was a change.
    tier(
        Likely,
        &[
            Unknown("operation-is-change"),
            NotYes("connector-has-rights"),
            Yes("password-set-refused"),
            Yes("target-protected-now"),
        ],
        "protected-now",
    ),
    tier(
        Likely,
        &[
            Unknown("operation-is-change"),
            NotYes("connector-has-rights"),
            Yes("password-set-refused"),
            Yes("target-admin-count"),
            Yes("target-list-protected"),
        ],
        "admin-count",
    ),
    // An access list that inherits again is not that of protected accounts, whatever adminCount says.
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            NotYes("connector-has-rights"),
            Yes("password-set-refused"),
            Yes("target-admin-count"),
            Unknown("target-list-protected"),
        ],
        "admin-count-alone",
    ),
    // No trace is sure to be the failure's, and the directory shows a user whose reset is always refused. The
    // trace could still show that the call was refused before.
    tier(
        Likely,
        &[
            No("operation-is-change"),
            No("operation-succeeded"),
            NotYes("connector-has-rights"),
            NotYes("admin-sd-holder-grants"),
            Unknown("password-set-refused"),
            NotYes("sam-call-refused"),
            Yes("target-protected-now"),
        ],
        "protected-now-no-trace",
    ),
    tier(
        Likely,
        &[
            No("operation-is-change"),
            No("operation-succeeded"),
            NotYes("connector-has-rights"),
            NotYes("admin-sd-holder-grants"),
            Unknown("password-set-refused"),
            NotYes("sam-call-refused"),
            Yes("target-admin-count"),
            Yes("target-list-protected"),
        ],
        "admin-count-no-trace",
    ),
    tier(
        RuledOut,
        &[
            NotYes("target-restamped"),
            NotYes("privileged-target-refused"),
            NotYes("target-named-in-group"),
            Yes("target-not-protected"),
        ],
        "not-protected",
    ),
    tier(
        RuledOut,
        &[NotYes("operation-is-change"), Yes("password-set-refused"), Yes("connector-has-rights")],
        "rights-reach",
    ),
    tier(Likely, &[NotYes("operation-is-change"), Yes("privileged-target-refused")], "privileged-target"),
    tier(
        Likely,
        &[NotYes("operation-is-change"), Yes("password-set-refused"), Yes("target-restamped")],
        "restamped",
    ),
    // A name is no identity: another account may carry it.
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            NotYes("connector-has-rights"),
            NotYes("target-not-protected"),
            Yes("password-set-refused"),
            Yes("target-named-in-group"),
        ],
        "named-in-group",
    ),
    tier(Possible, &[Yes("password-set-refused"), Yes("change-works-reset-fails")], "change-works"),
    tier(Possible, &[Yes("password-set-refused")], "set-refused"),
    tier(Possible, &[Yes("no-engine-trace")], "no-trace"),
    tier(Possible, &[Unknown("sam-call-refused"), No("operation-succeeded")], "no-trace"),
    tier(Undetermined, &[], "nothing"),
];
