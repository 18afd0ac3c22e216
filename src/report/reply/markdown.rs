//! Text from a bundle, made plain in Markdown.
//!
//! A reply is often pasted into a mail as it is, so that no more is escaped than has to be: an underscore
//! inside an account's name stays as it is, because Markdown takes it for one, too.

use crate::report::terminal::terminal_safe;

/// The text on one line, with nothing in it that Markdown, its tables and links of GitHub's dialect, or
/// HTML in it, would take for more than text.
pub(super) fn plain(text: &str) -> String {
    let text = terminal_safe(text);
    let mut plain = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let starts = before.is_none();
        let special = match letter {
            '*' | '`' | '~' | '|' | '$' => true,
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            // Links, footnotes, definitions and boxes; other brackets are only brackets.
            '[' => starts || matches!(next, Some('[' | '^')),
            ']' => matches!(next, Some('(' | '[' | ':')),
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '_' => !(is_word(before) && is_word(next)),
            '&' => {
                let entity = letters.clone().find(|c| !(c.is_alphanumeric() || *c == '#'));
                entity == Some(';')
            }
            '#' | '+' | '-' | '=' | '>' => starts,
            // Attributes of a heading.
            '{' => matches!(next, Some('#' | '.')),
            // A number with a point or a parenthesis would begin a list.
            '.' | ')' => next.is_none_or(char::is_whitespace) && plain.chars().all(|c| c.is_ascii_digit()),
            // What looks like an address would become a link.
            ':' => starts || next == Some('/'),
            _ => false,
        };
        let is_host = letter == '.' && ends_with_www(&plain);
        if special || is_host {
            plain.push('\\');
        }
        plain.push(letter);
        before = Some(letter);
    }
    plain
}

fn ends_with_www(text: &str) -> bool {
    text.get(text.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A piece of text as code within a line.
pub(super) fn code(text: &str) -> String {
    let text = terminal_safe(text);
    let text = text.trim();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1));
    let space = if longest > 0 || text.is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A command as a block that can be copied, all its lines indented by so many columns.
pub(super) fn block(command: &str, indent: usize) -> String {
    let longest = command.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    let indent = " ".repeat(indent);
    let mut block = format!("{indent}{fence}\n");
    for line in command.lines() {
        block.push_str(&format!("{indent}{}\n", terminal_safe(line)));
    }
    block.push_str(&format!("{indent}{fence}\n"));
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_are() {
        for name in [
            "CONTOSO\\MSOL_3f1c0b7a9d2e",
            "megan@contoso.example",
            "dc01.contoso.example",
            "S-1-5-21-1004336348-1177238915-682003330-1612",
            "O:BAG:BAD:(A;;RC;;;BA)",
            "C:\\Temp\\Lsa.reg",
            "田中さん (営業)",
            "R&D",
            "1 of 2.",
            "Local Policies > [Security Options] (all)",
            "a < b, <グループ>",
        ] {
            assert_eq!(plain(name), name);
        }
    }

    #[test]
    fn what_would_be_markup_is_escaped() {
        for (text, expected) in [
            ("**bold** _it_ a_b", "\\*\\*bold\\*\\* \\_it\\_ a_b"),
            ("[x](https://fabrikam.example)", "\\[x\\](https\\://fabrikam.example)"),
            ("<b>&lt;", "\\<b>\\&lt;"),
            ("# h", "\\# h"),
            ("- a", "\\- a"),
            ("12. a", "12\\. a"),
            ("> q", "\\> q"),
            ("a\n\n# h", "a \\n # h"),
            ("WWW.fabrikam.example", "WWW\\.fabrikam.example"),
            ("\\*", "\\\\\\*"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn code_is_not_ended_by_its_text() {
        assert_eq!(code("C:\\Temp\\a_%X%.txt"), "`C:\\Temp\\a_%X%.txt`");
        assert_eq!(code("a ``` b"), "```` a ``` b ````");
    }

    #[test]
    fn a_block_is_not_ended_by_its_command() {
        assert_eq!(block("a ```` b\nc", 1), " `````\n a ```` b\n c\n `````\n");
        assert_eq!(block("a", 0), "```\na\n```\n");
    }
}
