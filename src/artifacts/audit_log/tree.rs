//! A JSON value of which only the members of an audit row are kept, so that it stays small.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Items of a list that are kept. A row has at most three targets.
const MOST_ITEMS: usize = 32;

/// Longest text that is kept, in bytes.
const LONGEST_TEXT: usize = 16 << 10;

const KNOWN: [&str; 15] = [
    "activitydatetime",
    "activitydisplayname",
    "app",
    "category",
    "correlationid",
    "displayname",
    "initiatedby",
    "loggedbyservice",
    "properties",
    "result",
    "resultreason",
    "targetresources",
    "type",
    "user",
    "userprincipalname",
];

/// A JSON value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// A text.
    Text(String),
    /// The first items of a list.
    Items(Vec<Tree>),
    /// The known members of an object, names in lower case, each once.
    Members(Vec<(String, Tree)>),
    /// Anything else.
    Nothing,
}

impl Tree {
    /// Whether a member of this name (in lower case) is kept.
    pub(super) fn is_known(name: &str) -> bool {
        KNOWN.contains(&name)
    }

    pub(super) fn member(&self, name: &str) -> Option<&Tree> {
        let Tree::Members(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            Tree::Items(_) | Tree::Members(_) | Tree::Nothing => None,
        }
    }

    /// The items of a list, or the value itself: PowerShell writes a list of one as its item.
    pub(super) fn items(&self) -> &[Tree] {
        match self {
            Tree::Items(items) => items,
            one => std::slice::from_ref(one),
        }
    }
}

/// Reads a value, as long as the row that it is of has room.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeSeed<'r> {
    room: &'r Cell<usize>,
}

/// Values of one row that are kept. Real rows have some fifty.
pub(super) fn room() -> Cell<usize> {
    Cell::new(1_000)
}

impl<'r> TreeSeed<'r> {
    pub(super) fn new(room: &'r Cell<usize>) -> Self {
        TreeSeed { room }
    }
}

impl<'de> DeserializeSeed<'de> for TreeSeed<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        match self.room.get().checked_sub(1) {
            Some(left) => {
                self.room.set(left);
                deserializer.deserialize_any(self)
            }
            None => deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Tree::Nothing),
        }
    }
}

impl<'de> Visitor<'de> for TreeSeed<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(if text.len() <= LONGEST_TEXT { Tree::Text(text.to_owned()) } else { Tree::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MOST_ITEMS {
            match items.next_element_seed(self)? {
                Some(item) => kept.push(item),
                None => return Ok(Tree::Items(kept)),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Tree::Items(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut kept: Vec<(String, Tree)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let name = name.to_ascii_lowercase();
            if Tree::is_known(&name) && !kept.iter().any(|(known, _)| *known == name) {
                kept.push((name, members.next_value_seed(self)?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Tree::Members(kept))
    }
}
