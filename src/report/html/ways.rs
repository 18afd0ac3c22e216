//! Ways to a place of the evidence that can be copied: a filter for Event Viewer, a line for PowerShell.

use crate::report::model::SourceEntry;

/// How to open a record of a log.
pub(super) struct WayToRecord {
    /// Filter for Event Viewer.
    pub(super) filter: String,
    /// PowerShell line, to be run in the folder of the unpacked upload.
    pub(super) command: String,
}

/// How to open a place, where it is a record.
pub(super) fn way_to(source: &SourceEntry, unknown_path: &str) -> Option<WayToRecord> {
    let filter = format!("*[System[EventRecordID={}]]", source.record?);
    let path = in_command(&source.path).unwrap_or_else(|| unknown_path.to_owned());
    let command = format!("Get-WinEvent -Path '{path}' -FilterXPath '{filter}' | Format-List");
    Some(WayToRecord { filter, command })
}

/// Longest path that a command takes, in characters: that of Windows.
const LONGEST: usize = 260;

/// The path of a file below the folder of the unpacked upload, to stand between single quotes of
/// PowerShell; none where PowerShell, or the command prompt that somebody may paste it into, could read it
/// as anything but a path.
fn in_command(path: &str) -> Option<String> {
    let path = path.rsplit('!').next().unwrap_or(path);
    let plain = |c: char| c.is_alphanumeric() || " ./-_@=,+#()[]'".contains(c);
    let is_plain = path.chars().all(plain)
        && path.chars().count() <= LONGEST
        && !path.is_empty()
        && !path.starts_with('/')
        && path.split('/').all(|part| !part.is_empty() && part != "..");
    is_plain.then(|| {
        let mut quoted = String::from(".\\");
        for c in path.chars() {
            match c {
                '/' => quoted.push('\\'),
                '\'' => quoted.push_str("''"),
                // The parameter takes patterns.
                '[' | ']' => quoted.extend(['`', c]),
                c => quoted.push(c),
            }
        }
        quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_can_be_opened() {
        let source = SourceEntry {
            path: "case.zip!aadc01/Application.evtx".into(),
            place: "record 7".into(),
            record: Some(7),
            line: None,
            machine: None,
        };
        let way = way_to(&source, "<log>").unwrap();
        assert_eq!(way.filter, "*[System[EventRecordID=7]]");
        assert_eq!(
            way.command,
            "Get-WinEvent -Path '.\\aadc01\\Application.evtx' -FilterXPath '*[System[EventRecordID=7]]' | Format-List"
        );
        assert!(way_to(&SourceEntry { record: None, ..source }, "<log>").is_none());
    }

    #[test]
    fn a_path_is_nothing_but_a_path() {
        let quoted = |path: &str, expected: &str| assert_eq!(in_command(path).as_deref(), Some(expected));
        quoted("証拠/ログ (1).evtx", ".\\証拠\\ログ (1).evtx");
        quoted("O'Brien/a.evtx", ".\\O''Brien\\a.evtx");
        quoted("a[1].evtx", ".\\a`[1`].evtx");
        quoted("-Path.evtx", ".\\-Path.evtx");
        for hostile in [
            "a'; calc; '.evtx\n",
            "a & calc.evtx",
            "$(calc).evtx",
            "%TEMP%.evtx",
            "a\u{2019}; calc.evtx",
            "a|b",
            "`a",
            "../../secret",
            "//fabrikam.example/share/a.evtx",
            "/a",
            "a\\b",
            "c:/a",
            "user\u{202e}moc",
            "",
        ] {
            assert_eq!(in_command(hostile), None, "{hostile:?}");
        }
        assert_eq!(in_command(&"a".repeat(LONGEST + 1)), None);
    }
}
