//! `collect-script`: one block of PowerShell that collects what a case lacks, or all that may help.
//!
//! The text comes from [`crate::knowledge::collect_script`]. Values come from a report, and so from an upload
//! that a stranger may have made: each is a literal that PowerShell reads as text and as nothing else. The
//! script is ASCII, because Windows PowerShell takes a file without a byte order mark for ANSI; its lines end
//! with CR LF, because the clipboard, Notepad and the console of Windows all take that for one line end.

use crate::knowledge::collect::collectable;
use crate::knowledge::collect_script::{ALWAYS_COLLECTED, Section, sections};
use crate::report::Report;
use crate::report::model::{CollectNext, SCHEMA};

/// Why there is no script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoScript {
    /// A value that no name has: control characters, or too long.
    #[error("{0:?} cannot be the name of a user or an account")]
    Value(String),
    /// The report is of another version.
    #[error("the report is of the version {0:?}, and {SCHEMA:?} is needed")]
    Schema(String),
    /// The report asks for an artifact that this version does not know.
    #[error("the report asks for {0:?}, which this version of sspr-triage does not know")]
    Artifact(String),
    /// The report asks for nothing.
    #[error("the report asks for nothing to be collected")]
    Nothing,
}

/// Longest name, in characters: that of a user principal name is 1024 at most.
const LONGEST: usize = 1024;

/// The script for any case: what is read depends on the machine that it runs on, and on the users and
/// connector accounts that are named.
///
/// # Errors
/// A name that is none.
pub fn general(users: &[String], accounts: &[String]) -> Result<String, NoScript> {
    script(&["sspr-triage: what may help to tell the cause of SSPR_0029".to_owned()], users, accounts, |_| {
        true
    })
}

/// The script for one case: what its report asks for, with its users and accounts.
///
/// # Errors
/// The report asks for nothing, is of another version, or has a value that cannot be a name.
pub fn for_report(report: &Report) -> Result<String, NoScript> {
    if report.schema != SCHEMA {
        return Err(NoScript::Schema(report.schema.clone()));
    }
    let asked = &report.collect_next;
    if asked.is_empty() {
        return Err(NoScript::Nothing);
    }
    if let Some(unknown) = asked.iter().find(|one| collectable(&one.artifact).is_none()) {
        return Err(NoScript::Artifact(unknown.artifact.clone()));
    }
    let mut heading = vec!["sspr-triage: what one report asks for".to_owned()];
    heading.extend(asked.iter().map(|one| {
        let elevated = if one.elevated { ", elevated" } else { "" };
        format!("  {}: {}{elevated}", one.artifact, place(one))
    }));
    let users = distinct(asked.iter().filter_map(|one| one.user.as_ref()));
    let accounts = distinct(asked.iter().filter_map(|one| one.account.as_ref()));
    script(&heading, &users, &accounts, |id| asked.iter().any(|one| one.artifact == id))
}

/// Where to run it, in ASCII: the report's own words, the name of the machine where those are of another language, or
/// that nothing names it.
fn place(one: &CollectNext) -> &str {
    let names = [Some(one.r#where.as_str()), one.machine.as_deref()];
    names.into_iter().flatten().find(|name| name.is_ascii()).unwrap_or("the machine that the report names")
}

fn distinct<'v>(values: impl Iterator<Item = &'v String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for value in values {
        if !distinct.contains(value) {
            distinct.push(value.clone());
        }
    }
    distinct
}

fn script(
    heading: &[String],
    users: &[String],
    accounts: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<String, NoScript> {
    let mut text: String = heading.iter().map(|line| format!("# {}\n", comment(line))).collect();
    for section in sections() {
        match section {
            Section::Always(part) => text.push_str(part),
            Section::Values => {
                text.push_str(&format!("    $Users = {}\n", list(users)?));
                text.push_str(&format!("    $Accounts = {}\n", list(accounts)?));
                for (name, values) in [("$Users", users), ("$Accounts", accounts)] {
                    if values.is_empty() && is_read(name, &wanted) {
                        text.push_str(&to_fill_in(name));
                    }
                }
            }
            Section::Artifact(id, part) if id != ALWAYS_COLLECTED && wanted(id) => text.push_str(part),
            Section::Artifact(..) => {}
        }
    }
    Ok(text.replace('\n', "\r\n"))
}

/// Whether a wanted section goes through the names.
fn is_read(name: &str, wanted: &impl Fn(&str) -> bool) -> bool {
    sections()
        .any(|section| matches!(section, Section::Artifact(id, part) if wanted(id) && part.contains(name)))
}

/// Without names nothing is collected of them, which has to be said before the script runs and while it does.
fn to_fill_in(name: &str) -> String {
    let example = if name == "$Users" { "user@contoso.example" } else { "CONTOSO\\MSOL_0123456789ab" };
    format!(
        "    # None is known. Put names between the parentheses above, as in {name} = @('{example}').\n    \
         if ({name}.Count -eq 0) {{ Write-Warning 'No name stands in {name}: nothing is collected of them.' }}\n"
    )
}

/// A comment goes to the end of its line, so only line ends could lead out of it.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect()
}

fn list(values: &[String]) -> Result<String, NoScript> {
    let literals: Result<Vec<String>, NoScript> = values.iter().map(|value| literal(value)).collect();
    Ok(format!("@({})", literals?.join(", ")))
}

/// A value as PowerShell's literal: single quotes expand nothing, and a quote in it is doubled. PowerShell
/// takes typographic quotes for quotes too, so that a value beyond ASCII is put together from numbers.
fn literal(value: &str) -> Result<String, NoScript> {
    let fits = !value.is_empty() && value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
    if !fits {
        return Err(NoScript::Value(value.chars().take(80).collect()));
    }
    if value.is_ascii() {
        return Ok(format!("'{}'", value.replace('\'', "''")));
    }
    let units: Vec<String> = value.encode_utf16().map(|unit| format!("0x{unit:04x}")).collect();
    Ok(format!("(-join [char[]]({}))", units.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn a_literal_is_text_and_nothing_else() {
        assert_eq!(literal("megan@contoso.example").unwrap(), "'megan@contoso.example'");
        assert_eq!(literal("o'brien@contoso.example").unwrap(), "'o''brien@contoso.example'");
        assert_eq!(literal("'; calc; '").unwrap(), "'''; calc; '''");
        assert_eq!(literal("$(calc)`n").unwrap(), "'$(calc)`n'");
        // A typographic quote ends a string of PowerShell.
        assert_eq!(literal("x\u{2019}; calc").unwrap().matches('\'').count(), 0);
        assert_eq!(literal("\u{7530}").unwrap(), "(-join [char[]](0x7530))");
        assert_eq!(literal("\u{20bb7}").unwrap(), "(-join [char[]](0xd842,0xdfb7))");
        for hostile in ["", "a\nb", "a\rb", "a\u{0}b", "a\u{85}b", "a\tb"] {
            assert!(literal(hostile).is_err(), "{hostile:?}");
        }
        assert!(literal(&"a".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn the_general_script_collects_all_and_is_plain_text() {
        let script = general(&["megan@contoso.example".to_owned()], &[]).unwrap();
        assert!(script.contains("$Users = @('megan@contoso.example')\r\n"));
        assert!(script.contains("$Accounts = @()\r\n"));
        assert!(
            script.contains("if ($Accounts.Count -eq 0) { Write-Warning "),
            "a name to fill in is asked for"
        );
        assert!(!script.contains("if ($Users.Count -eq 0)"), "a name that is given is not");
        for artifact in crate::knowledge::collect::collectables() {
            assert!(script.contains(&artifact.id) || artifact.id == ALWAYS_COLLECTED, "{}", artifact.id);
        }
        assert!(script.is_ascii() && !script.contains("#@"));
        assert_eq!(script.matches('\n').count(), script.matches("\r\n").count());
        assert!(script.ends_with("}\r\n"));
    }

    fn asking(artifact: &str, place: &str, user: Option<&str>) -> Report {
        let with = |report: &Report| !report.collect_next.is_empty();
        let mut report = examples::all().into_iter().find(with).unwrap();
        report.collect_next.truncate(1);
        for one in &mut report.collect_next {
            one.artifact = artifact.to_owned();
            one.r#where = place.to_owned();
            one.user = user.map(str::to_owned);
        }
        report
    }

    #[test]
    fn the_script_of_a_report_collects_what_it_asks_for() {
        let script =
            for_report(&asking("target-user", "dc01.contoso.example", Some("megan@contoso.example")))
                .unwrap();
        assert!(script.contains("# ") && script.contains("  target-user: dc01.contoso.example"));
        assert!(script.contains("\"target-user $Number\""));
        assert!(!script.contains("target-permissions") && !script.contains("wevtutil"));
        assert!(script.contains("'megan@contoso.example'"));
    }

    #[test]
    fn a_report_in_another_language_leaves_no_question_marks() {
        let mut report = asking("target-user", "ドメイン コントローラー dc01.contoso.example", None);
        report.collect_next[0].machine = Some("dc01.contoso.example".to_owned());
        let script = for_report(&report).unwrap();
        assert!(script.contains("  target-user: dc01.contoso.example") && !script.contains('?'), "{script}");
        report.collect_next[0].machine = None;
        assert!(for_report(&report).unwrap().contains("  target-user: the machine that the report names"));
    }

    #[test]
    fn a_hostile_report_makes_no_script_or_a_harmless_one() {
        let script = for_report(&asking("target-user", "dc01\r\nRemove-Item C:\\", None)).unwrap();
        assert!(!script.lines().any(|line| line.trim_start().starts_with("Remove-Item")));
        assert!(script.contains("dc01??Remove-Item"));
        let refused = for_report(&asking("target-user", "dc01", Some("a\nb")));
        assert_eq!(refused, Err(NoScript::Value("a\nb".to_owned())));
        assert_eq!(for_report(&asking("x", "dc01", None)), Err(NoScript::Artifact("x".to_owned())));
        let mut other = asking("target-user", "dc01", None);
        other.schema = "sspr-triage/report/9".to_owned();
        assert!(matches!(for_report(&other), Err(NoScript::Schema(_))));
        other.schema = SCHEMA.to_owned();
        other.collect_next.clear();
        assert_eq!(for_report(&other), Err(NoScript::Nothing));
    }
}
