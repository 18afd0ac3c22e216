//! Tokens of HTML, and of the XML inside a report: tags, attributes, text.
//!
//! One pass, linear in the text whatever stands in it, and no allocation but for decoded entities. That
//! is why it is not html5ever's tokenizer, which compares each attribute with all before it in the tag.
//! Content of `script`, `style` and their like is one raw text, so markup in a script's strings is none.
//! It builds no tree.

use std::borrow::Cow;
use std::ops::Range;

use html5ever::data::NAMED_ENTITIES;

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities still encoded.
    Text(&'a str),
    /// Text of a script, style or the like, which knows no entities.
    RawText(&'a str),
    /// A start tag, with the source of its attributes.
    Start { name: &'a str, attributes: &'a str, self_closing: bool },
    /// An end tag.
    End(&'a str),
}

/// Elements whose content is text up to their end tag, whatever it looks like.
const RAW: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noframes"];

/// The tokens of a text, each with the bytes it takes.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    raw: Option<&'a str>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Tokens { text, at: 0, raw: None }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn raw_text(&mut self, name: &str) -> Token<'a> {
        let rest = self.rest();
        let end = memchr::memmem::find_iter(rest.as_bytes(), b"</")
            .find(|&at| {
                let after = rest.as_bytes().get(at + 2..).unwrap_or_default();
                after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
                    && after.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || b"/>".contains(b))
            })
            .unwrap_or(rest.len());
        self.at += end;
        Token::RawText(rest.get(..end).unwrap_or_default())
    }

    /// What begins with `<`: a token, or nothing where it is a comment or the text ends inside a tag.
    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        match (bytes.get(1), bytes.get(2)) {
            (Some(b), _) if b.is_ascii_alphabetic() => self.tag(1),
            (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => self.tag(2),
            (Some(b'!' | b'?' | b'/'), _) => {
                let end = match rest.strip_prefix("<!--") {
                    Some(comment) if comment.starts_with('>') => Some(5),
                    Some(_) => memchr::memmem::find(bytes, b"-->").map(|at| at + 3),
                    None => memchr::memchr(b'>', bytes).map(|at| at + 1),
                };
                self.at += end.unwrap_or(rest.len());
                None
            }
            _ => {
                self.at += 1;
                Some(Token::Text(rest.get(..1).unwrap_or_default()))
            }
        }
    }

    /// A tag whose name begins at `skip`. A tag that the text ends in is no token.
    fn tag(&mut self, skip: usize) -> Option<Token<'a>> {
        let rest = self.rest().get(skip..).unwrap_or_default();
        let Some(end) = tag_end(rest) else {
            self.at = self.text.len();
            return None;
        };
        self.at += skip + end + 1;
        let inside = rest.get(..end)?;
        let name_end =
            inside.bytes().position(|b| b.is_ascii_whitespace() || b == b'/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at_checked(name_end)?;
        if skip == 2 {
            return Some(Token::End(name));
        }
        let self_closing = attributes.ends_with('/');
        if !self_closing && RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
            self.raw = Some(name);
        }
        Some(Token::Start { name, attributes, self_closing })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            let start = self.at;
            let token = if let Some(name) = self.raw.take() {
                Some(self.raw_text(name))
            } else if self.rest().starts_with('<') {
                self.markup()
            } else {
                let rest = self.rest();
                let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.at += end;
                rest.get(..end).map(Token::Text)
            };
            if let Some(token) = token {
                return Some((token, start..self.at));
            }
        }
        None
    }
}

/// Where a tag ends: at the first `>` outside a quoted attribute value.
fn tag_end(rest: &str) -> Option<usize> {
    #[derive(PartialEq)]
    enum In {
        Tag,
        AfterEquals,
        Quoted(u8),
    }
    // Most tags have no quote before their end.
    let first = memchr::memchr(b'>', rest.as_bytes())?;
    if memchr::memchr2(b'"', b'\'', rest.as_bytes().get(..first)?).is_none() {
        return Some(first);
    }
    let mut state = In::Tag;
    for (at, &b) in rest.as_bytes().iter().enumerate() {
        state = match (state, b) {
            (In::Quoted(quote), b) if b != quote => In::Quoted(quote),
            (In::Quoted(_), _) => In::Tag,
            (_, b'>') => return Some(at),
            (In::AfterEquals, b'"' | b'\'') => In::Quoted(b),
            (In::AfterEquals, b) if b.is_ascii_whitespace() => In::AfterEquals,
            (_, b'=') => In::AfterEquals,
            _ => In::Tag,
        };
    }
    None
}

/// Value of an attribute, decoded. Names compare ASCII-case-insensitively; the first of a name counts.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let name_end =
            rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=').unwrap_or(rest.len());
        // A name of no letters is a stray `=`, which is taken as one to get on.
        let (name, after) = rest.split_at_checked(name_end.max(1))?;
        let (value, after) = attribute_value(after);
        if name.eq_ignore_ascii_case(wanted) {
            return Some(decode(value.unwrap_or_default()));
        }
        rest = after;
    }
}

/// The value that follows an attribute's name, where there is one, and what follows it.
fn attribute_value(after: &str) -> (Option<&str>, &str) {
    let Some(value) = after.trim_start_matches(|c: char| c.is_ascii_whitespace()).strip_prefix('=') else {
        return (None, after);
    };
    let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return quoted.split_once(quote).map_or((Some(quoted), ""), |(value, rest)| (Some(value), rest));
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    value.split_at_checked(end).map_or((None, ""), |(value, rest)| (Some(value), rest))
}

/// Decodes entities. What is none stays as it stands.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        rest = match entity(after) {
            Some((value, length)) => {
                decoded.push_str(&value);
                after.get(length..).unwrap_or_default()
            }
            None => {
                decoded.push('&');
                after
            }
        };
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The entity at the start of the text behind a `&`: what it stands for, and its length.
fn entity(after: &str) -> Option<(String, usize)> {
    let end = after.bytes().take(32).position(|b| b == b';')?;
    let name = after.get(..end)?;
    let value = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|&c| c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
        }
        None => {
            let &(first, second) = NAMED_ENTITIES.get(after.get(..=end)?)?;
            [first, second].into_iter().filter(|&code| code != 0).filter_map(char::from_u32).collect()
        }
    };
    Some((value, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        Tokens::new(text).map(|(token, _)| token).collect()
    }

    #[test]
    fn tags_text_and_comments() {
        assert_eq!(
            tokens("a<b c=\"x>y\">d<!-- <e> --></b>< f<br/>"),
            [
                Token::Text("a"),
                Token::Start { name: "b", attributes: " c=\"x>y\"", self_closing: false },
                Token::Text("d"),
                Token::End("b"),
                Token::Text("<"),
                Token::Text(" f"),
                Token::Start { name: "br", attributes: "/", self_closing: true },
            ]
        );
    }

    #[test]
    fn a_script_is_text_up_to_its_end_tag() {
        let script = "if (i<n) { html += \"<table></td>\"; }";
        assert_eq!(
            tokens(&format!("<SCRIPT>{script}</Script >x")),
            [
                Token::Start { name: "SCRIPT", attributes: "", self_closing: false },
                Token::RawText(script),
                Token::End("Script"),
                Token::Text("x"),
            ]
        );
    }

    #[test]
    fn a_text_that_ends_in_a_tag_ends_there() {
        assert_eq!(tokens("a<td class=\"inf"), [Token::Text("a")]);
        assert_eq!(tokens("a<!-- b"), [Token::Text("a")]);
    }

    #[test]
    fn attributes_in_every_way_of_writing() {
        let source = " a b = c/d CLASS='x &amp; y' class=\"second\" = e=\"\"";
        let value = |name| attribute(source, name).map(Cow::into_owned);
        assert_eq!(value("a").as_deref(), Some(""));
        assert_eq!(value("b").as_deref(), Some("c/d"));
        assert_eq!(value("class").as_deref(), Some("x & y"));
        assert_eq!(value("e").as_deref(), Some(""));
        assert_eq!(value("f"), None);
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(
            decode("&lt;a&gt; &amp;lt; &#39;&#x27; &nbsp;&eacute; &nope; & &#0;"),
            "<a> &lt; '' \u{a0}é &nope; & \u{fffd}"
        );
    }
}
