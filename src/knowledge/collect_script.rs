//! The script that collects artifacts: its text in sections, one for each artifact.
//!
//! It is written for Windows PowerShell 5.1, which every supported Windows Server has, and reads only. It has
//! no empty line and no tab: a console may take the first as an end and the second as a wish for completion.
//! What it starts, it starts by the full name: <https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.archive/compress-archive?view=powershell-5.1>,
//! <https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/wevtutil>.

/// A part of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section<'t> {
    /// Belongs into every script.
    Always(&'t str),
    /// Stands where the values of the case go.
    Values,
    /// Collects one artifact.
    Artifact(&'t str, &'t str),
}

pub(super) const TEXT: &str = include_str!("collect_script.ps1");

/// What marks the first line of a section.
const MARK: &str = "#@ ";

/// The artifact that every script collects: it names the machine, and tells its role.
pub const ALWAYS_COLLECTED: &str = "controller-lsa-key";

/// The sections, in order.
pub fn sections() -> impl Iterator<Item = Section<'static>> {
    TEXT.split(MARK).filter(|section| !section.is_empty()).map(|section| {
        let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
        match heading.split(' ').next().unwrap_or_default() {
            "always" => Section::Always(text),
            "values" => Section::Values,
            _ => Section::Artifact(heading, text),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::collect::{collectable, collectables};

    #[test]
    fn every_artifact_has_its_section() {
        let has = |id: &str| sections().any(|one| matches!(one, Section::Artifact(have, _) if have == id));
        for artifact in collectables() {
            assert!(has(&artifact.id) || artifact.id == ALWAYS_COLLECTED, "{}", artifact.id);
        }
        assert!(TEXT.starts_with(&format!("#@ always {ALWAYS_COLLECTED}\n")));
        for section in sections() {
            if let Section::Artifact(id, text) = section {
                assert!(collectable(id).is_some(), "{id}");
                assert!(
                    text.contains(&format!("-Artifact '{id}'"))
                        || text.contains(&format!("\"{id} $Number\""))
                );
            }
        }
    }

    /// Code without comments and without what stands in quotes, in lower case.
    fn bare(line: &str) -> String {
        let mut quote = None;
        let mut code = String::new();
        for letter in line.chars() {
            match (quote, letter) {
                (None, '#') => break,
                (None, '\'' | '"') => quote = Some(letter),
                (Some(open), _) if open == letter => quote = None,
                (None, _) => code.push(letter.to_ascii_lowercase()),
                (Some(_), _) => {}
            }
        }
        code
    }

    /// What Windows PowerShell 5.1 cannot parse or does not know.
    #[test]
    fn nothing_in_it_is_newer_than_windows_powershell() {
        const NEWER: [&str; 16] = [
            "??",
            "?.",
            "?[",
            " ? ",
            "&&",
            "||",
            "utf8nobom",
            "utf8bom",
            "-asplaintext",
            "-parallel",
            "get-error",
            "test-json",
            "clean {",
            "-skipcertificatecheck",
            "$iswindows",
            "$psstyle",
        ];
        for line in TEXT.lines().filter(|line| !line.starts_with(MARK)) {
            for newer in NEWER {
                assert!(!bare(line).contains(newer), "{newer}: {line}");
            }
        }
    }

    /// Verbs of cmdlets that change something, and programs that do. What it writes is its own folder, files in
    /// it and the zip.
    #[test]
    fn it_only_reads() {
        const READING: [&str; 18] = [
            "join-path",
            "new-item",
            "write-output",
            "out-file",
            "out-null",
            "write-warning",
            "get-itemproperty",
            "get-service",
            "invoke-step",
            "import-module",
            "get-adsyncserverconfiguration",
            "get-aduser",
            "get-adgroup",
            "get-addomain",
            "get-acl",
            "format-list",
            "foreach-object",
            "compress-archive",
        ];
        const PROGRAMS: [&str; 3] = ["wevtutil.exe epl ", "gpresult.exe /scope", "reg.exe query "];
        for line in TEXT.lines().filter(|line| !line.starts_with(MARK)) {
            let code = bare(line);
            let words =
                code.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '$' | ':'));
            for word in words.filter(|word| !word.starts_with(['-', '$', '['])) {
                if word.contains('-') && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-') {
                    assert!(READING.contains(&word), "{word}: {line}");
                }
                if word.contains(".exe") {
                    assert!(PROGRAMS.iter().any(|program| code.contains(program)), "{word}: {line}");
                }
            }
            if code.contains("new-item") {
                assert!(code.contains("-itemtype directory -path $folder"), "{line}");
            }
            for writes in
                ["set-", "remove-", "clear-", "stop-", "start-", "add-", "[io.", "iex", "invoke-expression"]
            {
                assert!(!code.contains(writes), "{writes}: {line}");
            }
        }
    }

    /// Aliases change from version to version and from profile to profile.
    #[test]
    fn no_alias_is_in_it() {
        const ALIASES: [&str; 12] =
            ["gc", "gci", "gp", "gsv", "select", "where", "fl", "ft", "echo", "ls", "dir", "%"];
        for line in TEXT.lines() {
            let code = bare(line);
            let first = code.split('|').filter_map(|piece| piece.split_whitespace().next());
            for word in first {
                assert!(!ALIASES.contains(&word), "{word}: {line}");
            }
        }
    }

    #[test]
    fn it_can_be_pasted() {
        for line in TEXT.lines() {
            assert!(!line.trim().is_empty() && !line.contains('\t') && line.is_ascii(), "{line:?}");
        }
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            let count = |sign: char| TEXT.lines().map(|line| bare(line).matches(sign).count()).sum::<usize>();
            assert_eq!(count(open), count(close), "{open}");
        }
    }
}
