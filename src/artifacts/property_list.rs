//! Lists as PowerShell's `Format-List` writes them: `Name : value`, one object after the other.
//!
//! It takes lists apart into names and lines, and does not know what a name means. A value that was longer
//! than the console goes on in further lines, indented to the column of the values: at a space where the
//! line is shorter than others, and perhaps inside a word where it is as long as the longest.
//! <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/format-list>

use std::collections::BTreeSet;

/// One object of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// Its properties, in order.
    pub(super) properties: Vec<Property>,
}

/// One property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    /// Name as written.
    pub(super) name: String,
    /// The value's lines without indentation; at least one, which may be empty.
    pub(super) lines: Vec<String>,
    /// A line may have been broken inside a word.
    pub(super) unsure: bool,
    /// Line of the name, counted from 1.
    pub(super) line: u64,
}

impl Property {
    /// The value, with a space where a line was broken.
    pub(super) fn value(&self) -> String {
        self.lines.join(" ").trim().to_owned()
    }

    /// The value of a text that has no spaces, such as SDDL.
    pub(super) fn value_without_spaces(&self) -> String {
        self.lines.concat().split_whitespace().collect()
    }
}

impl Block {
    /// A property by name, in any case.
    pub(super) fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// Line of the first property.
    pub(super) fn line(&self) -> u64 {
        self.properties.first().map_or(0, |property| property.line)
    }
}

/// What is open while lines are read.
#[derive(Default)]
struct Open {
    block: Block,
    /// Names of its properties in lower case.
    names: BTreeSet<String>,
    /// Column of the names.
    indent: usize,
    /// Column of the values.
    column: usize,
    /// Length of the last line of each property that goes on, with the property's index.
    broken: Vec<(usize, usize)>,
    longest: usize,
}

/// Gives each list of a text to `each`. A line that is no property and not indented ends a list, and so does an empty line.
pub(super) fn each_block(text: &str, mut each: impl FnMut(&Block)) {
    let mut open = Open::default();
    let mut previous = 0_usize;
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim_end();
        let length = line.chars().count();
        let indent = line.chars().take_while(|letter| letter.is_whitespace()).count();
        let is_first = open.block.properties.is_empty();
        let goes_on = !is_first && indent > open.indent;
        match property(line).filter(|_| is_first || indent == open.indent) {
            _ if line.is_empty() => close(&mut open, &mut each),
            Some((name, value, column)) => {
                let again = open.names.contains(&name.to_ascii_lowercase());
                if again || (!is_first && column != open.column) {
                    close(&mut open, &mut each);
                }
                open.names.insert(name.to_ascii_lowercase());
                open.indent = indent;
                open.column = column;
                open.block.properties.push(Property {
                    name: name.to_owned(),
                    lines: vec![value.to_owned()],
                    unsure: false,
                    line: number,
                });
            }
            None if goes_on => go_on(&mut open, line, indent, previous),
            None => close(&mut open, &mut each),
        }
        open.longest = open.longest.max(length);
        previous = length;
    }
    close(&mut open, &mut each);
}

fn go_on(open: &mut Open, line: &str, indent: usize, previous: usize) {
    let index = open.block.properties.len().saturating_sub(1);
    if let Some(property) = open.block.properties.last_mut() {
        property.lines.push(line.trim_start().to_owned());
        property.unsure |= indent != open.column;
        open.broken.push((index, previous));
    }
}

fn close(open: &mut Open, each: &mut impl FnMut(&Block)) {
    let done = std::mem::take(open);
    let mut block = done.block;
    for (index, length) in done.broken {
        if let Some(property) = block.properties.get_mut(index) {
            property.unsure |= length >= done.longest;
        }
    }
    if !block.properties.is_empty() {
        each(&block);
    }
}

/// Name, value and column of the value, where a line is `Name : value`. Names of properties have no spaces.
fn property(line: &str) -> Option<(&str, &str, usize)> {
    let (before, value) =
        line.split_once(" : ").or_else(|| line.strip_suffix(" :").map(|name| (name, "")))?;
    let name = before.trim();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    Some((name, value.trim(), before.chars().count().saturating_add(3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<Block> {
        let mut blocks = Vec::new();
        each_block(text, |block| blocks.push(block.clone()));
        blocks
    }

    #[test]
    fn lists_are_taken_apart() {
        let text = "PS C:\\> Get-Thing | fl\n\nName   : a b\nEmpty  :\nLong   : one\n         two and three\n\nName   : c\nName   : d\n";
        let blocks = blocks(text);
        let names: Vec<Vec<(&str, String)>> = blocks
            .iter()
            .map(|block| block.properties.iter().map(|p| (p.name.as_str(), p.value())).collect())
            .collect();
        assert_eq!(
            names,
            [
                vec![
                    ("Name", "a b".to_owned()),
                    ("Empty", String::new()),
                    ("Long", "one two and three".to_owned())
                ],
                vec![("Name", "c".to_owned())],
                vec![("Name", "d".to_owned())],
            ]
        );
        assert_eq!(blocks[0].line(), 3);
        assert!(!blocks[0].get("long").unwrap().unsure, "the first line is shorter than the second");
    }

    #[test]
    fn a_full_line_may_be_broken_inside_a_word() {
        let blocks = blocks("A : xxxxxxxx\n    yyy\nB : z\n");
        assert!(blocks[0].get("A").unwrap().unsure);
        assert_eq!(blocks[0].get("A").unwrap().value_without_spaces(), "xxxxxxxxyyy");
        assert!(!blocks[0].get("B").unwrap().unsure);
    }

    #[test]
    fn text_with_colons_is_no_list() {
        assert!(blocks("10:00 : no, a note : with colons\nhttp://contoso.example\n").is_empty());
    }
}
