//! Where a `case.toml` does not follow its format, in words of every language. The parser has English ones alone; its
//! messages are told apart by their beginnings, and a test makes it say each of them.

use crate::words::Statement;

/// Longest line that is shown, in characters.
const LONGEST: usize = 60;

/// What is wrong, and in which line, counted from 1.
pub(super) fn misfit(text: &str, error: &toml::de::Error) -> Statement {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count();
    let number = line.saturating_add(1).to_string();
    let of = |key: &'static str| Statement::new(key).with("line", number.clone());
    if let Some((key, known)) = quoted(error.message(), "unknown field") {
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        return of("case-result.toml-unknown-key").with("key", key).with("known", known.join(", "));
    }
    if let Some((key, _)) = quoted(error.message(), "missing field") {
        return Statement::new("case-result.toml-missing-key").with("key", key);
    }
    let shown: String = text.lines().nth(line).unwrap_or_default().trim().chars().take(LONGEST).collect();
    let is_value = error.message().starts_with("invalid type");
    of(if is_value { "case-result.toml-value" } else { "case-result.toml-syntax" }).with("text", shown)
}

/// The name in backquotes after the beginning of a message, and the rest of it.
fn quoted<'m>(message: &'m str, begins: &str) -> Option<(&'m str, &'m str)> {
    message.strip_prefix(begins)?.trim_start().strip_prefix('`')?.split_once('`')
}
