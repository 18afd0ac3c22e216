//! The headings of a report as a tree.
//!
//! A heading and what it heads are siblings: `div.heN > span.sectionTitle`, then `div.container`. Levels
//! are class names and the same in every language; the words are not, and are only carried along.

use super::document::{Document, NodeId};

/// A heading and what stands under it.
#[derive(Debug)]
pub(super) struct Section {
    /// Class of the heading without its `_expanded`: `he0`, `he0h`, `he1`, `he1h`, `he2`, `he3`, `he4`, `he4h`.
    pub(super) level: &'static str,
    /// Words of the heading.
    pub(super) title: String,
    /// The container, where the report has it.
    pub(super) body: Option<NodeId>,
    /// The sections directly inside.
    pub(super) below: Vec<Section>,
}

impl Section {
    /// Whether this section and all inside have their containers, each closed by its own end tag.
    pub(super) fn is_whole(&self, document: &Document<'_>) -> bool {
        self.body.is_some_and(|body| document.closed(body))
            && self.below.iter().all(|section| section.is_whole(document))
    }
}

const LEVELS: [&str; 9] = ["he0", "he0h", "he1", "he1h", "he2", "he2h", "he3", "he4", "he4h"];

/// The sections directly inside an element. Recursion is bounded by the depth of the document.
pub(super) fn sections(document: &Document<'_>, parent: NodeId) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for child in document.children(parent) {
        if let Some((level, title)) = heading(document, child) {
            found.push(Section { level, title, body: None, below: Vec::new() });
        } else if document.has_class(child, "container")
            && let Some(section) = found.last_mut().filter(|section| section.body.is_none())
        {
            section.body = Some(child);
            section.below = sections(document, child);
        }
    }
    found
}

/// Whether an element is the heading of a half.
pub(super) fn is_half(document: &Document<'_>, node: NodeId) -> bool {
    heading(document, node).is_some_and(|(level, _)| level == "he0")
}

fn heading(document: &Document<'_>, node: NodeId) -> Option<(&'static str, String)> {
    let class = document.attribute(node, "class")?;
    let class = class.strip_suffix("_expanded").unwrap_or(&class);
    let level = LEVELS.into_iter().find(|&level| level == class)?;
    let title = document.children(node).find(|&child| document.has_class(child, "sectionTitle"))?;
    Some((level, document.short_text(title)))
}

/// The rows of a table that stand in it directly, each as its cells. Rows of headings are left out.
pub(super) fn rows(document: &Document<'_>, table: NodeId) -> impl Iterator<Item = Vec<NodeId>> {
    let parts = document.children(table).flat_map(|child| {
        let grouped = ["tbody", "thead", "tfoot"].iter().any(|group| document.is(child, group));
        if grouped { document.children(child).collect() } else { vec![child] }
    });
    parts.filter(|&row| document.is(row, "tr")).filter_map(|row| {
        let cells: Vec<NodeId> = document.children(row).collect();
        let plain = !cells.is_empty() && cells.iter().all(|&cell| document.is(cell, "td"));
        plain.then_some(cells)
    })
}

/// The outermost tables inside an element.
pub(super) fn tables(document: &Document<'_>, inside: NodeId) -> Vec<NodeId> {
    let mut tables = Vec::new();
    let mut past = 0;
    for node in document.below(inside) {
        if node >= past && document.is(node, "table") {
            tables.push(node);
            past = document.end(node);
        }
    }
    tables
}
