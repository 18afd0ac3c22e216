//! The ladder of cause 2, whose rungs are many because rights can be missing in many places.

use super::Condition::{No, NotYes, Unknown, Yes};
use super::State::{Confirmed, Likely, Possible, RuledOut, Undetermined};
use super::{Tier, tier};

/// The ladder.
pub(super) const LADDER: &[Tier] = &[
    tier(RuledOut, &[Yes("operation-succeeded")], "succeeded"),
    tier(RuledOut, &[Yes("other-diagnosis-explains")], "other"),
    tier(RuledOut, &[Yes("connector-set-password")], "connector-has-rights"),
    tier(
        RuledOut,
        &[NotYes("operation-is-change"), Yes("password-set-refused"), Yes("connector-has-rights")],
        "rights-reach",
    ),
    // The protected accounts' access list explains that rights are missing, unless it gives them.
    tier(
        Undetermined,
        &[
            NotYes("operation-is-change"),
            Yes("password-set-refused"),
            NotYes("admin-sd-holder-grants"),
            Yes("target-protected-now"),
        ],
        "protected-explains",
    ),
    tier(
        Undetermined,
        &[
            NotYes("operation-is-change"),
            Yes("password-set-refused"),
            NotYes("admin-sd-holder-grants"),
            Yes("target-admin-count"),
            Yes("target-list-protected"),
        ],
        "protected-explains",
    ),
    tier(
        Confirmed,
        &[
            No("operation-is-change"),
            Yes("password-set-refused"),
            Yes("target-not-protected"),
            Yes("connector-right-missing"),
        ],
        "right-missing",
    ),
    tier(
        Likely,
        &[
            Unknown("operation-is-change"),
            Yes("password-set-refused"),
            Yes("target-not-protected"),
            Yes("connector-right-missing"),
        ],
        "right-missing",
    ),
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            Yes("password-set-refused"),
            Yes("inheritance-disabled"),
            Yes("connector-right-missing"),
        ],
        "inheritance",
    ),
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            NotYes("target-protected-now"),
            NotYes("target-admin-count"),
            Yes("password-set-refused"),
            Yes("connector-right-missing"),
        ],
        "right-missing-protection-open",
    ),
    tier(
        Likely,
        &[
            No("operation-is-change"),
            No("operation-succeeded"),
            Unknown("password-set-refused"),
            NotYes("sam-call-refused"),
            Yes("target-not-protected"),
            Yes("connector-right-missing"),
        ],
        "right-missing-no-trace",
    ),
    tier(
        Confirmed,
        &[
            Yes("sam-call-refused"),
            Yes("sam-restriction-cleared"),
            NotYes("denial-logged-for-connector"),
            Yes("sam-server-unreadable"),
        ],
        "sam-server-unreadable",
    ),
    tier(
        Likely,
        &[
            Yes("sam-call-refused"),
            NotYes("controller-denies-connector"),
            NotYes("denial-logged-for-connector"),
            Yes("sam-server-unreadable"),
        ],
        "sam-server-unreadable",
    ),
    tier(
        Likely,
        &[
            Yes("sam-call-refused"),
            Yes("sam-restriction-cleared"),
            NotYes("denial-logged-for-connector"),
            Yes("read-group-emptied"),
        ],
        "read-group-emptied",
    ),
    tier(
        Likely,
        &[Yes("sam-call-refused"), Yes("sam-restriction-cleared"), NotYes("denial-logged-for-connector")],
        "reads-missing",
    ),
    tier(
        Likely,
        &[
            NotYes("operation-is-change"),
            NotYes("target-protected-now"),
            NotYes("target-admin-count"),
            Yes("password-set-refused"),
            Yes("grant-missing-above"),
        ],
        "grant-missing-above",
    ),
    tier(Likely, &[Yes("password-set-refused"), Yes("many-users-refused")], "many-users"),
    tier(
        Likely,
        &[NotYes("operation-is-change"), Yes("password-set-refused"), Yes("target-not-protected")],
        "what-is-left",
    ),
    tier(Undetermined, &[Yes("sam-call-refused"), Yes("controller-denies-connector")], "sam-explains"),
    tier(Undetermined, &[Yes("sam-call-refused"), Yes("denial-logged-for-connector")], "sam-explains"),
    tier(Possible, &[Yes("sam-call-refused")], "call-refused"),
    tier(Possible, &[Yes("password-set-refused")], "set-refused"),
    tier(Possible, &[Yes("no-engine-trace")], "no-trace"),
    tier(Possible, &[Unknown("sam-call-refused"), No("operation-succeeded")], "no-trace"),
    tier(Undetermined, &[], "nothing"),
];
