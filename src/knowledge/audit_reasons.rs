//! What the status reasons of the Entra audit log say of the on-premises side.
//!
//! Reasons are codes in every language of the portal, or English sentences. One that is not in the table says
//! nothing about Active Directory: a missing licence, or a banned password.

use std::sync::LazyLock;

/// What a reason says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonClass {
    /// Something on-premises failed that an administrator has to mend: SSPR_0029.
    AdminAction,
    /// The cloud could not reach the on-premises service: SSPR_0030.
    Connectivity,
    /// The password was written to Active Directory, whatever became of it in the cloud.
    Written,
}

pub(super) const TABLE: &str = include_str!("audit_reasons.tsv");

/// What a status reason says, or nothing for one that is not about the on-premises side.
pub fn reason_class(reason: &str) -> Option<ReasonClass> {
    static ROWS: LazyLock<Vec<(&'static str, ReasonClass)>> =
        LazyLock::new(|| super::rows(TABLE).filter_map(parse_row).collect());
    let lower = reason.to_lowercase().replace('\u{2019}', "'");
    ROWS.iter().find(|(text, _)| lower.contains(text)).map(|(_, class)| *class)
}

fn parse_row(columns: Vec<&'static str>) -> Option<(&'static str, ReasonClass)> {
    let [text, class, _source] = columns.try_into().ok()?;
    let class = match class {
        "admin-action" => ReasonClass::AdminAction,
        "connectivity" => ReasonClass::Connectivity,
        "written" => ReasonClass::Written,
        _ => return None,
    };
    Some((text, class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_a_source() {
        let mut rows = 0;
        for row in crate::knowledge::rows(TABLE) {
            assert!(row.last().is_some_and(|source| source.starts_with("https://learn.microsoft.com/")));
            assert_eq!(
                row.first().map(|text| text.to_lowercase()),
                row.first().map(|text| (*text).to_owned())
            );
            assert!(parse_row(row).is_some());
            rows += 1;
        }
        assert_eq!(rows, 8);
    }

    #[test]
    fn reasons_are_told_by_their_codes_and_sentences() {
        for (reason, expected) in [
            ("OnPremisesAdminActionRequired", Some(ReasonClass::AdminAction)),
            ("ADAdminActionRequired", Some(ReasonClass::AdminAction)),
            ("PasswordChangeADAdminActionRequired", Some(ReasonClass::AdminAction)),
            (
                "SSPR_0029: Your organization hasn\u{2019}t properly set up the on-premises configuration for \
                 password reset.",
                Some(ReasonClass::AdminAction),
            ),
            ("OnPremisesConnectivityError", Some(ReasonClass::Connectivity)),
            ("OnPremisesSuccessCloudFailure", Some(ReasonClass::Written)),
            ("PasswordDoesnotComplyFuzzyPolicy", None),
            ("Password reset is not enabled for this user", None),
            ("None", None),
            ("", None),
        ] {
            assert_eq!(reason_class(reason), expected, "{reason}");
        }
    }
}
