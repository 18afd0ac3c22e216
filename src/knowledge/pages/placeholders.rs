//! Placeholders of the pages, and filling them in with what a bundle shows.
//!
//! Values come from uploads that a stranger may have made, and commands are pasted into administrators'
//! consoles. So a command takes a value only if no character of it means anything to a shell.

use crate::words::{Catalogue, Language, Statement, put};

/// Names that may stand in braces on a page. The words that stand for an unknown value are in the
/// catalogue: in a command `placeholder.<name>`, which has to be replaced, and in a text
/// `placeholder-in-text.<name>`, which reads as a part of it.
pub const PLACEHOLDERS: [&str; 12] = [
    "connector_account",
    "connector_name",
    "connector_domain",
    "connector_sid",
    "controller",
    "connect_server",
    "user",
    "gpo",
    "domain_dn",
    "other_controllers",
    "denied_trustee",
    "denied_right",
];

/// Longest value that a command takes, in characters; a distinguished name can be long, a line is not.
const LONGEST_IN_COMMAND: usize = 256;

/// Values for placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    values: Vec<(&'static str, String)>,
}

impl Values {
    /// Adds a value for a placeholder; of two for the same one, the first counts.
    #[must_use]
    pub fn with(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.values.push((placeholder, value.into()));
        self
    }

    /// Text with its placeholders filled in: the value, or the words for an unknown one. Braces that
    /// hold no placeholder stay, and so do braces in a value. The value stays as written; renderers escape.
    pub fn fill(&self, text: &str, language: Language) -> String {
        let words = Catalogue::of(language);
        let unknown = |name: &str| words.say(&Statement::new(format!("placeholder-in-text.{name}")));
        self.fill_where(text, |_| true, unknown, |filled, value, rest| put(filled, &words.value(value), rest))
    }

    /// As [`fill`](Self::fill), for a command: a value that a shell might read as anything but plain text
    /// is left out, and the words for an unknown one stand instead.
    pub fn fill_command(&self, command: &str, language: Language) -> String {
        let words = Catalogue::of(language);
        let unknown = |name: &str| words.say(&Statement::new(format!("placeholder.{name}")));
        self.fill_where(command, is_plain, unknown, |filled, value, rest| {
            filled.push_str(value);
            rest
        })
    }

    fn fill_where<'t>(
        &self,
        text: &'t str,
        accepts: impl Fn(&str) -> bool,
        unknown: impl Fn(&str) -> String,
        put: impl Fn(&mut String, &str, &'t str) -> &'t str,
    ) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            rest = after;
            let Some((name, tail)) = after.split_once('}') else {
                filled.push('{');
                continue;
            };
            let Some(name) = PLACEHOLDERS.iter().find(|known| **known == name) else {
                filled.push('{');
                continue;
            };
            let value = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            match value.filter(|value| accepts(value)) {
                Some(value) => rest = put(&mut filled, value, tail),
                None => rest = put(&mut filled, &unknown(name), tail),
            }
        }
        filled.push_str(rest);
        filled
    }
}

/// Whether a value is plain text between quotes, in PowerShell and in the command prompt alike. A hyphen
/// in front could be read as an option, a backslash in front as a path to a stranger's server, and a
/// backslash at the end would escape the closing quote.
fn is_plain(value: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '\\' | '.' | '-' | '_' | '@' | '=' | ',');
    !value.is_empty()
        && value.chars().count() <= LONGEST_IN_COMMAND
        && value.chars().all(plain)
        && !value.starts_with(['-', '@', '\\'])
        && !value.ends_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_known_values_and_names_unknown_ones() {
        let values = Values::default().with("controller", "dc01").with("user", "{gpo}");
        assert_eq!(values.fill("On {controller} for {user}.", Language::English), "On dc01 for {gpo}.");
        assert_eq!(values.fill("In {gpo}.", Language::English), "In the winning Group Policy object.");
        assert_eq!(values.fill("{controller} で {user} を", Language::Japanese), "dc01 で {gpo} を");
        let unknown = Values::default();
        assert_eq!(unknown.fill("{user} にもう一度", Language::Japanese), "ユーザーにもう一度");
        assert_eq!(unknown.fill_command("'{gpo}'", Language::English), "'<Group Policy object>'");
    }

    #[test]
    fn leaves_braces_of_powershell_alone() {
        let values = Values::default().with("controller", "dc01");
        let command = "gci | ForEach-Object { $_.Name } ; ping '{controller}' {";
        assert_eq!(
            values.fill_command(command, Language::English),
            "gci | ForEach-Object { $_.Name } ; ping 'dc01' {"
        );
    }

    #[test]
    fn a_command_takes_no_value_that_a_shell_would_read() {
        let hostile = [
            "x'; Remove-Item C:\\ -Recurse; '",
            "x\" & del C:\\ & \"",
            "$(calc)",
            "%PATH%",
            "a`nb",
            "a\nb",
            "a|b",
            "x\u{2019}; calc",
            "-Verb",
            "CONTOSO\\",
            "\\\\fabrikam.example\\share",
            "user\u{202e}moc",
            "",
        ];
        for value in hostile {
            let values = Values::default().with("user", value);
            assert_eq!(
                values.fill_command("a '{user}'", Language::English),
                "a '<user principal name>'",
                "{value:?}"
            );
        }
        for value in
            ["CONTOSO\\MSOL_0123456789ab", "anna.berg@contoso.example", "DC=contoso,DC=example", "田中"]
        {
            let values = Values::default().with("user", value);
            assert_eq!(values.fill_command("a '{user}'", Language::English), format!("a '{value}'"));
        }
    }

    #[test]
    fn a_command_takes_no_endless_value() {
        let values = Values::default().with("user", "a".repeat(LONGEST_IN_COMMAND + 1));
        assert_eq!(values.fill_command("{user}", Language::English), "<user principal name>");
    }
}
