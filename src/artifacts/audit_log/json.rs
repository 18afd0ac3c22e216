//! Exports in JSON, read row by row: a list, the list `value` of Graph, the list `records` of a diagnostic
//! setting, or rows one after the other.
//!
//! Names of members compare ASCII-case-insensitively, as PowerShell writes them with capitals.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::row::{Kept, Texts};
use super::tree::{Tree, TreeSeed, room};
use crate::artifacts::text_stream::TextStream;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Bytes in which the first row has all its names.
const HEAD_BYTES: usize = 64 << 10;

/// Whether the text is JSON with the members of an audit row.
pub(super) fn begins(text: &str) -> bool {
    let head = text.as_bytes().get(..HEAD_BYTES).unwrap_or(text.as_bytes());
    let has = |name: &[u8]| head.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
    text.trim_start().starts_with(['{', '['])
        && has(b"\"activityDisplayName\"")
        && (has(b"\"loggedByService\"") || has(b"\"activityDateTime\"") || has(b"\"targetResources\""))
}

/// Reads all rows. What follows a damaged place is lost.
pub(super) fn read(path: &BundlePath, text: &mut TextStream<'_>, kept: &mut Kept) -> Vec<Gap> {
    let mut values = serde_json::Deserializer::from_reader(text.utf8());
    let mut index = 0;
    while values.end().is_err() {
        let read = Rows { kept, index: &mut index, list: None }.deserialize(&mut values);
        if let Err(error) = read {
            let reason = Statement::new("gap.audit-log.no-json");
            let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
            return vec![Gap::new(path, Place::Line(line), reason)];
        }
    }
    Vec::new()
}

/// A value at the top, or the list in it: rows, or a row.
struct Rows<'k> {
    kept: &'k mut Kept,
    /// Index of the next row.
    index: &'k mut u64,
    /// Name of the member that the list stands in.
    list: Option<&'k str>,
}

impl Rows<'_> {
    fn take(&mut self, row: &Tree) {
        let place = Place::Row {
            section: self.list.map(str::to_owned).into_iter().collect(),
            name: format!("row {}", self.index),
        };
        *self.index = self.index.saturating_add(1);
        self.kept.take(texts(row), place);
    }
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or a row")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element_seed(TreeSeed::new(&room()))? {
            self.take(&row);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let room = room();
        let mut row: Vec<(String, Tree)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let name = name.to_ascii_lowercase();
            if self.list.is_none() && matches!(name.as_str(), "value" | "records") {
                let list = Some(name.as_str());
                members.next_value_seed(Rows { kept: self.kept, index: self.index, list })?;
            } else if Tree::is_known(&name) && !row.iter().any(|(known, _)| *known == name) {
                row.push((name, members.next_value_seed(TreeSeed::new(&room))?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        if !row.is_empty() {
            self.take(&Tree::Members(row));
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// The texts of a row. Diagnostic settings put the row of Graph into `properties`.
fn texts(row: &Tree) -> Texts {
    let row =
        row.member("properties").filter(|inner| inner.member("activitydisplayname").is_some()).unwrap_or(row);
    let text = |name: &str| row.member(name).and_then(Tree::text).map(str::to_owned);
    let initiator = row.member("initiatedby");
    Texts {
        time: text("activitydatetime"),
        utc: true,
        service: text("loggedbyservice"),
        category: text("category"),
        activity: text("activitydisplayname"),
        result: text("result"),
        reason: text("resultreason"),
        target: row.member("targetresources").and_then(target),
        initiated_by: initiator.and_then(|by| {
            let user = by.member("user").and_then(name_of);
            user.or_else(|| by.member("app").and_then(name_of))
        }),
        correlation_id: text("correlationid"),
    }
}

/// The user among the targets. Two users are both named, so that nobody takes one for the other.
fn target(targets: &Tree) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for target in targets.items() {
        let is_user =
            target.member("type").and_then(Tree::text).is_none_or(|kind| kind.eq_ignore_ascii_case("User"));
        if let Some(name) = name_of(target).filter(|name| is_user && !names.contains(name)) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn name_of(of: &Tree) -> Option<String> {
    let filled = |name: &str| of.member(name).and_then(Tree::text).filter(|text| !text.trim().is_empty());
    filled("userprincipalname").or_else(|| filled("displayname")).map(str::to_owned)
}
