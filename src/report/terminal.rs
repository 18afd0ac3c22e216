//! Text from an upload, made safe to show in a terminal.
//!
//! A file name or an event text can carry escape sequences that move the cursor, characters that reverse
//! the direction of writing, and characters that cannot be seen. Shown as they are, they could make a
//! report say something else than it says. This is for terminals; JSON keeps text as it is.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that could change how other text is shown replaced by a visible form,
/// `\u{202e}`. Line ends, with the white space around them, become ` \n `, and tabs become spaces, so
/// the result is one line.
pub fn terminal_safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if matches!(c, '\n' | '\r') {
            rest = rest.trim_start_matches(['\n', '\r', '\t', ' ']);
            safe.truncate(safe.trim_end_matches(' ').len());
            safe.push_str(" \\n ");
            continue;
        }
        match c {
            '\t' => safe.push(' '),
            c if is_unsafe(c) => {
                // Writing to a string does not fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(safe)
}

/// Controls (C0, DEL, C1), marks and overrides of direction, separators of lines, and characters without
/// a visible form (Unicode's `Default_Ignorable_Code_Point`, joiners included).
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_any_language_stays() {
        for text in ["CONTOSO\\MSOL_0123456789ab", "ネットワーク アクセス", "größer", "Доступ", ""]
        {
            assert!(matches!(terminal_safe(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(terminal_safe("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(terminal_safe("\u{7}\u{8}\u{7f}\u{0}"), "\\u{7}\\u{8}\\u{7f}\\u{0}");
        assert_eq!(terminal_safe("a\u{9b}31mb\u{85}"), "a\\u{9b}31mb\\u{85}");
    }

    #[test]
    fn direction_and_invisible_characters_become_visible() {
        assert_eq!(terminal_safe("\u{202e}gpj.exe"), "\\u{202e}gpj.exe");
        for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain(['\u{200e}', '\u{200f}']) {
            assert_eq!(terminal_safe(&c.to_string()), format!("\\u{{{:x}}}", u32::from(c)));
        }
        for c in "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{2028}\u{2029}\u{ad}\u{e0041}\u{fe0f}".chars() {
            assert_eq!(terminal_safe(&c.to_string()), format!("\\u{{{:x}}}", u32::from(c)));
        }
    }

    #[test]
    fn line_ends_collapse_to_one_visible_mark() {
        assert_eq!(terminal_safe("one\r\n  two"), "one \\n two");
        assert_eq!(terminal_safe("one  \n\n\ttwo\n"), "one \\n two \\n ");
        assert_eq!(terminal_safe("a\tb"), "a b");
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_safe_and_stays_so(text in ".*|[\\u{0}-\\u{20}\\u{7f}-\\u{a0}\\u{2000}-\\u{206f}]*") {
            let safe = terminal_safe(&text).into_owned();
            assert!(!safe.chars().any(is_unsafe));
            assert_eq!(terminal_safe(&safe), safe);
        }
    }
}
