//! Where a line may be broken. Western text breaks at spaces. Japanese has none: it breaks between letters,
//! but no line begins with a mark that closes something, and none ends with one that opens it.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthChar;

/// Breaks a text into lines of a number of columns, with an indent for the first line and one for the
/// others. No line is broken at a no-break space, and it becomes a usual one, as in a command that is copied. With
/// `whole_words`, a word that is longer than a line stays in one piece, as addresses must.
pub fn lines(text: &str, columns: usize, first: &str, rest: &str, whole_words: bool) -> Vec<String> {
    let options = Options::new(columns)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_separator(WordSeparator::Custom(words_of))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(!whole_words);
    textwrap::wrap(text, options).into_iter().map(|line| line.trim_end().replace('\u{a0}', " ")).collect()
}

/// Splits a line at spaces, between the entries of a descriptor, and beside a wide letter where the Unicode line breaking algorithm allows it.
/// That algorithm would also break paths and names at their slashes and hyphens.
fn words_of(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut start = 0;
    let mut words = Vec::new();
    for (at, kind) in linebreaks(line) {
        let (Some(before), Some(after)) = (line.get(..at), line.get(at..)) else { continue };
        let end = at == line.len();
        let may = kind == BreakOpportunity::Allowed
            && (before.ends_with(' ')
                || (before.ends_with(')') && after.starts_with('('))
                || is_wide(before.chars().next_back())
                || is_wide(after.chars().next()));
        if (may || end) && at > start {
            words.extend(line.get(start..at).map(Word::from));
            start = at;
        }
    }
    Box::new(words.into_iter())
}

fn is_wide(letter: Option<char>) -> bool {
    letter.and_then(UnicodeWidthChar::width) == Some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(columns: usize, text: &str) -> Vec<String> {
        lines(text, columns, "", "", false)
    }

    #[test]
    fn western_text_breaks_at_spaces_alone() {
        assert_eq!(at(10, "a b-c dc01/Lsa.reg"), ["a b-c", "dc01/Lsa.r", "eg"]);
        assert_eq!(lines("a dc01/Lsa.reg", 8, "- ", "  ", true), ["- a", "  dc01/Lsa.reg"]);
    }

    #[test]
    fn a_no_break_space_holds_a_command_together() {
        assert_eq!(at(12, "see it: run\u{a0}a\u{a0}b"), ["see it:", "run a b"]);
    }

    #[test]
    fn a_descriptor_breaks_between_its_entries() {
        let text = "O:BAG:BAD:(A;;RC;;;BA)(A;;RC;;;S-1-5-21-682003330-1612)(A;;RC;;;SY)";
        assert_eq!(at(50, text), ["O:BAG:BAD:(A;;RC;;;BA)", "(A;;RC;;;S-1-5-21-682003330-1612)(A;;RC;;;SY)"]);
        assert_eq!(at(12, "f(x) is (1)(2)"), ["f(x) is (1)", "(2)"]);
    }

    #[test]
    fn japanese_breaks_between_letters_and_keeps_marks_in_place() {
        assert_eq!(at(10, "漢字漢字漢字"), ["漢字漢字漢", "字"]);
        // Four letters fill eight columns; a fifth fits, but the mark behind it does not.
        assert_eq!(at(10, "漢字漢字漢。字"), ["漢字漢字", "漢。字"]);
        assert_eq!(at(10, "漢字漢字（漢）"), ["漢字漢字", "（漢）"]);
        assert_eq!(at(8, "サバサバーサ"), ["サバサ", "バーサ"], "a long vowel mark begins no line");
    }

    #[test]
    fn no_line_begins_with_a_mark_that_closes() {
        let text = "「接続」は、（失敗）しました。ユーザーの「権限」が、不足、しています！サーバーっぽい。";
        for columns in 8..40 {
            let lines = at(columns, text);
            assert_eq!(lines.concat(), text, "{columns}");
            for line in &lines {
                assert!(!line.starts_with(['、', '。', '」', '）', '！', 'ー', 'っ']), "{columns}: {line}");
                assert!(!line.ends_with(['「', '（']), "{columns}: {line}");
            }
        }
    }

    #[test]
    fn latin_words_inside_japanese_stay_whole() {
        for columns in 20..60 {
            let text = at(columns, "値RestrictRemoteSamは、コネクタ(MSOL_01)に許可を与えません。");
            assert!(text.iter().any(|line| line.contains("RestrictRemoteSam")), "{columns}");
        }
    }
}
