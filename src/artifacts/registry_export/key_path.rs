//! Key paths: which part is the control set, and whether the key is wanted.

/// Hives below `HKEY_LOCAL_MACHINE` that are not SYSTEM, whatever their keys are called.
const OTHER_HIVES: [&str; 7] =
    ["SOFTWARE", "SAM", "SECURITY", "HARDWARE", "COMPONENTS", "DRIVERS", "BCD00000000"];

/// A key below a control set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BelowControlSet<'p> {
    /// `CurrentControlSet` or `ControlSet001`, as written.
    pub(super) control_set: &'p str,
    /// The path below it.
    pub(super) below: &'p str,
}

/// Takes a key's path apart. The hive may be mounted under any name (`HKEY_LOCAL_MACHINE\OFFLINE`), but
/// the control set stands right below it.
pub(super) fn below_control_set(path: &str) -> Option<BelowControlSet<'_>> {
    let mut parts = path.splitn(4, '\\');
    let (root, hive, control_set, below) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_machine = ["HKEY_LOCAL_MACHINE", "HKLM"].iter().any(|name| root.eq_ignore_ascii_case(name));
    let is_other = OTHER_HIVES.iter().any(|name| hive.eq_ignore_ascii_case(name));
    (is_machine && !is_other && is_control_set(control_set))
        .then(|| BelowControlSet { control_set, below: below.trim_end_matches('\\') })
}

fn is_control_set(part: &str) -> bool {
    let numbered = part.split_at_checked(10).is_some_and(|(name, number)| {
        name.eq_ignore_ascii_case("ControlSet")
            && number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    numbered || part.eq_ignore_ascii_case("CurrentControlSet")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Option<(&str, &str)> {
        below_control_set(path).map(|key| (key.control_set, key.below))
    }

    #[test]
    fn control_sets_are_found() {
        for (path, control_set) in [
            (r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa", "CurrentControlSet"),
            (r"hklm\system\controlset001\Control\Lsa\", "controlset001"),
            (r"HKEY_LOCAL_MACHINE\OFFLINE\ControlSet004\Control\Lsa", "ControlSet004"),
        ] {
            assert_eq!(found(path), Some((control_set, r"Control\Lsa")));
        }
    }

    #[test]
    fn look_alikes_are_not() {
        for path in [
            r"HKEY_LOCAL_MACHINE\SOFTWARE\CurrentControlSet\Control\Lsa",
            r"HKEY_LOCAL_MACHINE\SYSTEM\Backup\CurrentControlSet\Control\Lsa",
            r"HKEY_CURRENT_USER\SYSTEM\CurrentControlSet\Control\Lsa",
            r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet01\Control\Lsa",
            r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet0011\Control\Lsa",
            r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet",
            r"",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
