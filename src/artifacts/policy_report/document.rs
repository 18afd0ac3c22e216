//! A report's elements as a tree: bounded in depth and number, built in one pass.
//!
//! HTML parsers that follow the whole standard take time that grows with the square of the nesting
//! (<https://github.com/servo/html5ever/issues/788>). A report is made by a program and nests 18 deep, so
//! this tree needs little of the standard: an end tag closes the nearest element of its name, inside the
//! same table cell; rows and cells end where the next one begins. It knows nothing of policies.

use std::ops::Range;

use super::markup::{Token, Tokens, attribute, decode};

/// Number of a node. Nodes stand in document order, so a subtree is a run of them.
pub(super) type NodeId = usize;

/// The deepest nesting that is followed. Real reports nest 18 deep.
const MAX_DEPTH: usize = 128;
/// The most elements and texts that are kept. The largest real report has about 22,000.
const MAX_NODES: usize = 500_000;

/// A report's elements.
#[derive(Debug)]
pub(super) struct Document<'a> {
    source: &'a str,
    nodes: Vec<Node>,
    /// Whether the end of the document was read.
    pub(super) ending: Ending,
}

/// How the document ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With the end tag of `html`.
    Whole,
    /// Without it: the file was cut.
    Cut,
    /// Reading stopped, because elements nest deeper than in any report.
    TooDeep,
    /// Reading stopped, because there are more elements than in any report.
    TooMany,
}

/// A node, in few bytes: there may be a million.
#[derive(Debug)]
struct Node {
    kind: Kind,
    /// It was closed by its own end tag, so nothing of it is missing.
    closed: bool,
    /// One past the last node of the subtree.
    end: u32,
    /// Bytes of the source, from the first of the start tag to the last of what it contains.
    from: u32,
    to: u32,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Its name begins behind the first byte, and its attributes behind the name: the lengths of both.
    Element {
        name: u32,
        attributes: u32,
    },
    Text,
    RawText,
}

/// A number of bytes or nodes. Sources are shorter than 4 GiB.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn long(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Node {
    /// Whether it is an element of a name. Most are told apart by the length of theirs.
    fn is(&self, source: &str, name: &str) -> bool {
        let Kind::Element { name: length, .. } = self.kind else { return false };
        let found = || {
            let start = long(self.from).checked_add(1)?;
            source.as_bytes().get(start..start.checked_add(name.len())?)
        };
        long(length) == name.len() && found().is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    }

    fn is_element(&self) -> bool {
        matches!(self.kind, Kind::Element { .. })
    }

    /// The name and the attributes of an element.
    fn tag<'a>(&self, source: &'a str) -> Option<(&'a str, &'a str)> {
        let Kind::Element { name, attributes } = self.kind else { return None };
        let start = long(self.from).checked_add(1)?;
        let behind = start.checked_add(long(name))?;
        Some((source.get(start..behind)?, source.get(behind..behind.checked_add(long(attributes))?)?))
    }
}

impl<'a> Document<'a> {
    /// Reads a text as HTML. What cannot be followed ends the reading, see [`Ending`].
    pub(super) fn read(source: &'a str) -> Self {
        // Room for all nodes at once: a list that grows step by step leaves its former places behind.
        let tags = memchr::memchr_iter(b'<', source.as_bytes()).count();
        let nodes = Vec::with_capacity(tags.saturating_mul(2).saturating_add(1).min(MAX_NODES));
        let mut builder = Builder { nodes, open: Vec::new(), ending: Ending::Cut };
        for (token, span) in Tokens::new(source) {
            if builder.nodes.len() >= MAX_NODES {
                builder.ending = Ending::TooMany;
                break;
            }
            match token {
                Token::Text(_) => builder.leaf(Kind::Text, span.start, span.end),
                Token::RawText(_) => builder.leaf(Kind::RawText, span.start, span.end),
                Token::Start { name, attributes, self_closing } => {
                    builder.start((name, attributes), self_closing, span);
                }
                Token::End(name) => builder.end(name, span.start),
            }
            if builder.open.len() > MAX_DEPTH {
                builder.ending = Ending::TooDeep;
                break;
            }
        }
        builder.close_to(0, source.len());
        Document { source, nodes: builder.nodes, ending: builder.ending }
    }

    /// All elements in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = NodeId> {
        self.elements_of(0..self.nodes.len())
    }

    /// The elements below one, in document order.
    pub(super) fn below(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.elements_of(node + 1..self.end(node))
    }

    fn elements_of(&self, nodes: Range<NodeId>) -> impl Iterator<Item = NodeId> {
        nodes.filter(|&node| self.is_element(node))
    }

    fn is_element(&self, node: NodeId) -> bool {
        self.nodes.get(node).is_some_and(Node::is_element)
    }

    /// The elements directly below one.
    pub(super) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.end(node);
        std::iter::successors(Some(node + 1), |&child| Some(self.end(child)))
            .take_while(move |&child| child < end)
            .filter(|&child| self.is_element(child))
    }

    /// One past the last node below this one.
    pub(super) fn end(&self, node: NodeId) -> NodeId {
        self.nodes.get(node).map_or(node + 1, |found| long(found.end))
    }

    pub(super) fn is(&self, node: NodeId, name: &str) -> bool {
        self.nodes.get(node).is_some_and(|node| node.is(self.source, name))
    }

    pub(super) fn attribute(&self, node: NodeId, name: &str) -> Option<std::borrow::Cow<'a, str>> {
        let (_, attributes) = self.nodes.get(node)?.tag(self.source)?;
        attribute(attributes, name)
    }

    pub(super) fn has_class(&self, node: NodeId, class: &str) -> bool {
        self.attribute(node, "class").is_some_and(|all| all.split_ascii_whitespace().any(|one| one == class))
    }

    /// The first element of a name and class.
    pub(super) fn find(&self, name: &str, class: &str) -> Option<NodeId> {
        self.elements().find(|&node| self.is(node, name) && self.has_class(node, class))
    }

    /// Whether an element was closed by its own end tag, so that nothing of it is missing at the end.
    pub(super) fn closed(&self, node: NodeId) -> bool {
        self.nodes.get(node).is_some_and(|found| found.closed)
    }

    /// The source of an element, from its start tag on.
    pub(super) fn source(&self, node: NodeId) -> &'a str {
        self.nodes
            .get(node)
            .and_then(|found| self.source.get(long(found.from)..long(found.to)))
            .unwrap_or_default()
    }

    /// The text of an element, in one line: pictures and scripts left out, white space collapsed.
    pub(super) fn text(&self, node: NodeId) -> String {
        match self.only_text(node) {
            Some(text) => one_line(&decode(text)),
            None => self.lines(node).join(" "),
        }
    }

    /// The text of an element that holds one text and nothing else, as nearly all cells do.
    fn only_text(&self, node: NodeId) -> Option<&str> {
        let inside = self.nodes.get(node + 1).filter(|inside| matches!(inside.kind, Kind::Text))?;
        let text = self.source.get(long(inside.from)..long(inside.to));
        text.filter(|_| self.end(node) == node + 2)
    }

    /// The text of an element that may be repeated in many places, and so is cut where it is very long.
    pub(super) fn short_text(&self, node: NodeId) -> String {
        shortened(&self.text(node))
    }

    /// The text of an element in the lines that `br` makes, empty ones left out.
    pub(super) fn lines(&self, node: NodeId) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut at = node + 1;
        let end = self.end(node);
        while at < end {
            let Some(found) = self.nodes.get(at) else { break };
            at += 1;
            match (found.kind, found.tag(self.source)) {
                (_, Some((name, _))) if name.eq_ignore_ascii_case("br") => lines.push(String::new()),
                (_, Some((name, _))) if name.eq_ignore_ascii_case("svg") => at = long(found.end),
                (Kind::Text, _) => {
                    let text = self.source.get(long(found.from)..long(found.to)).unwrap_or_default();
                    if let Some(line) = lines.last_mut() {
                        line.push_str(&decode(text));
                    }
                }
                (Kind::Element { .. } | Kind::RawText, _) => {}
            }
        }
        lines.iter().map(|line| one_line(line)).filter(|line| !line.is_empty()).collect()
    }
}

/// The first 1,024 characters. Names of GPOs and headings have 255 at most.
pub(super) fn shortened(text: &str) -> String {
    let end = text.char_indices().nth(1024).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default().to_owned()
}

/// Trims, and makes one space of each run of spaces and line ends.
fn one_line(text: &str) -> String {
    let text = text.trim();
    let mut line = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// What the name of an element means for the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Html,
    Table,
    /// A part of a table that holds rows.
    Rows,
    Row,
    Cell,
    /// A picture, in which any element may close itself.
    Svg,
    /// An element without an end.
    Void,
    Other,
}

impl Tag {
    /// Of a name in any case.
    fn of(name: &str) -> Self {
        /// Longer than each name that means something.
        const LONGEST: usize = 8;
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..name.len()) else { return Tag::Other };
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            b"td" | b"th" => Tag::Cell,
            b"tr" => Tag::Row,
            b"table" => Tag::Table,
            b"tbody" | b"thead" | b"tfoot" => Tag::Rows,
            b"html" => Tag::Html,
            b"svg" => Tag::Svg,
            b"area" | b"base" | b"br" | b"col" | b"embed" | b"hr" | b"img" | b"input" | b"link" | b"meta"
            | b"param" | b"source" | b"track" | b"wbr" => Tag::Void,
            _ => Tag::Other,
        }
    }
}

/// An element whose end tag did not come yet.
struct Open<'a> {
    node: NodeId,
    name: &'a str,
    tag: Tag,
}

struct Builder<'a> {
    nodes: Vec<Node>,
    open: Vec<Open<'a>>,
    ending: Ending,
}

impl<'a> Builder<'a> {
    fn leaf(&mut self, kind: Kind, from: usize, to: usize) {
        let end = self.nodes.len() + 1;
        self.nodes.push(Node { kind, end: short(end), from: short(from), to: short(to), closed: true });
    }

    fn start(&mut self, (name, attributes): (&'a str, &str), self_closing: bool, span: Range<usize>) {
        let tag = Tag::of(name);
        if let Some(ended) = self.ended_by(tag) {
            self.close_to(ended, span.start);
        }
        let node = self.nodes.len();
        let kind = Kind::Element { name: short(name.len()), attributes: short(attributes.len()) };
        self.leaf(kind, span.start, span.end);
        let in_picture = || name.contains(':') || self.open.iter().any(|open| open.tag == Tag::Svg);
        if tag == Tag::Void || (self_closing && in_picture()) {
            return;
        }
        if let Some(node) = self.nodes.last_mut() {
            node.closed = false;
        }
        self.open.push(Open { node, name, tag });
    }

    /// The open element that the start of a row or cell ends: the row or cell before it.
    fn ended_by(&self, tag: Tag) -> Option<usize> {
        let ends: &[Tag] = match tag {
            Tag::Row => &[Tag::Row, Tag::Cell],
            Tag::Cell => &[Tag::Cell],
            _ => return None,
        };
        let table = self.open.iter().rposition(|open| open.tag == Tag::Table)?;
        let inside = self.open.get(table..)?;
        inside.iter().position(|open| ends.contains(&open.tag)).map(|position| table + position)
    }

    fn end(&mut self, name: &str, at: usize) {
        let tag = Tag::of(name);
        if tag == Tag::Html {
            self.ending = Ending::Whole;
        }
        let barrier = match tag {
            Tag::Table => None,
            Tag::Cell | Tag::Row | Tag::Rows => Some(Tag::Table),
            _ => Some(Tag::Cell),
        };
        let matching = self.open.iter().enumerate().rev().find_map(|(position, open)| {
            if open.tag == tag && open.name.eq_ignore_ascii_case(name) {
                return Some(Some(position));
            }
            (Some(open.tag) == barrier).then_some(None)
        });
        if let Some(Some(position)) = matching {
            if let Some(node) = self.open.get(position).and_then(|open| self.nodes.get_mut(open.node)) {
                node.closed = true;
            }
            self.close_to(position, at);
        }
    }

    fn close_to(&mut self, depth: usize, at: usize) {
        let end = self.nodes.len();
        for open in self.open.drain(depth.min(self.open.len())..) {
            if let Some(node) = self.nodes.get_mut(open.node) {
                node.end = short(end);
                node.to = short(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(html: &str) -> Vec<(String, usize)> {
        let document = Document::read(html);
        document
            .elements()
            .map(|node| {
                let (name, _) = document.nodes[node].tag(html).unwrap();
                (name.to_owned(), document.end(node))
            })
            .collect()
    }

    #[test]
    fn pictures_and_scripts_are_no_text() {
        let html =
            "<p>Status <!-- a --><svg><text>b</text><path/></svg><script>c</script> of\r\n it<br/>d</p>";
        let document = Document::read(html);
        assert_eq!(document.lines(0), ["Status of it", "d"]);
        assert_eq!(document.text(0), "Status of it d");
    }

    #[test]
    fn a_stray_end_tag_closes_nothing_outside_its_cell() {
        let html = "<div><table><tr><td></div>a</td><td>b</td></tr></table></div>";
        let document = Document::read(html);
        let cells: Vec<String> = document
            .elements()
            .filter(|&node| document.is(node, "td"))
            .map(|cell| document.text(cell))
            .collect();
        assert_eq!(cells, ["a", "b"]);
        // div, table, tr, td, its text, td, its text
        assert_eq!((document.end(0), document.closed(0)), (7, true));
    }

    #[test]
    fn rows_and_cells_end_where_the_next_begins() {
        let expected = [("table", 6), ("tr", 4), ("td", 3), ("td", 4), ("tr", 6), ("td", 6)];
        assert_eq!(
            shape("<table><tr><td><td><tr><td></table>"),
            expected.map(|(name, end)| (name.to_owned(), end))
        );
    }

    #[test]
    fn only_its_own_end_tag_closes_an_element() {
        let document = Document::read("<div><p></div><b>");
        assert_eq!([0, 1, 2].map(|node| document.closed(node)), [true, false, false]);
    }

    #[test]
    fn nesting_is_followed_to_the_bound_and_no_further() {
        let nested = |depth: usize| Document::read(&"<div>".repeat(depth)).nodes.len();
        assert_eq!(Document::read(&"<div>".repeat(MAX_DEPTH)).ending, Ending::Cut);
        assert_eq!(Document::read(&"<div>".repeat(MAX_DEPTH + 1)).ending, Ending::TooDeep);
        assert_eq!(nested(1_000_000), MAX_DEPTH + 1);
    }

    #[test]
    fn elements_are_counted_to_the_bound() {
        let html = "<br>".repeat(MAX_NODES + 5);
        let document = Document::read(&html);
        assert_eq!((document.nodes.len(), document.ending), (MAX_NODES, Ending::TooMany));
    }
}
