//! The policy "Network access: Restrict clients allowed to make remote calls to SAM", and its registry
//! values.

use std::sync::LazyLock;

/// Key of the values, below the control set.
pub const LSA_KEY: &str = r"Control\Lsa";
/// REG_SZ with the SDDL. Windows writes the name in several cases.
pub const RESTRICT_REMOTE_SAM: &str = "RestrictRemoteSam";
/// REG_DWORD; 1 means that nothing is refused, only logged.
pub const AUDIT_ONLY_MODE: &str = "RestrictRemoteSamAuditOnlyMode";
/// Key that names the computer.
pub const COMPUTER_NAME_KEY: &str = r"Control\ComputerName\ComputerName";
/// Key that tells a domain controller from a server and a workstation.
pub const PRODUCT_OPTIONS_KEY: &str = r"Control\ProductOptions";
/// Value of [`COMPUTER_NAME_KEY`]: REG_SZ with the NetBIOS name.
pub const COMPUTER_NAME: &str = "ComputerName";
/// Value of [`PRODUCT_OPTIONS_KEY`]: REG_SZ, `LanmanNT` on a domain controller.
pub const PRODUCT_TYPE: &str = "ProductType";
/// Values that Windows keeps in [`LSA_KEY`] on every machine, and that a file made for import has no reason to set
/// (<https://learn.microsoft.com/en-us/windows/win32/secauthn/authentication-packages>).
pub const KEPT_BY_WINDOWS: [&str; 2] = ["Authentication Packages", "Bounds"];
/// All values that something is read from.
pub const VALUE_NAMES: [&str; 6] = [
    RESTRICT_REMOTE_SAM,
    AUDIT_ONLY_MODE,
    COMPUTER_NAME,
    PRODUCT_TYPE,
    KEPT_BY_WINDOWS[0],
    KEPT_BY_WINDOWS[1],
];

pub(super) const TABLE: &str = include_str!("policies.tsv");

/// Whether a name in a report, in any of the known languages, is the policy's.
///
/// Case, white space and the width of the colon vary between tools and translations, and do not count.
/// A language that the table does not know is found by the shape of the value instead.
pub fn is_sam_policy(name: &str) -> bool {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        super::rows(TABLE).filter_map(|columns| columns.get(1).copied().map(folded)).collect()
    });
    let name = folded(name);
    NAMES.contains(&name)
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == '：' { ':' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_three_columns_and_a_source() {
        for columns in crate::knowledge::rows(TABLE) {
            assert_eq!(columns.len(), 3, "{columns:?}");
            assert!(columns[2].starts_with("https://"));
        }
    }

    #[test]
    fn names_are_found_whatever_their_spacing() {
        assert!(is_sam_policy("Network access:  Restrict clients allowed to make\r\nremote calls to sam"));
        assert!(is_sam_policy(
            "ネットワーク アクセス：SAM へのリモート呼び出しを許可するクライアントを制限する"
        ));
        assert!(!is_sam_policy("Network access: Do not allow anonymous enumeration of SAM accounts"));
    }
}
