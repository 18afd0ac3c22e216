//! Which keys and values are kept, so that memory does not grow with what nobody asked for.

use super::key_path::{BelowControlSet, below_control_set};
use super::{RegistryData, RegistryValue};
use crate::artifacts::Wanted;

/// Values of one key that are kept.
pub(super) const VALUES: usize = 1_000;
/// Values of one name in one key that are kept: the first ones, and the last, which counts.
const OF_ONE_NAME: usize = 8;
/// Values of names that nobody asked for that are kept of one key because they cannot be read. One is
/// enough to tell that something is wrong with the key.
const UNREADABLE: usize = 20;

/// Longest text of a value, in bytes. A security descriptor has at most 64 KiB, and its text takes less than
/// ten times as much.
const LONGEST_TEXT: usize = 1 << 20;
/// Letters that are kept of a longer one.
const SHOWN_LETTERS: usize = 1_000;

/// What the caller asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection<'w> {
    /// Paths of keys below a control set.
    pub(super) keys: &'w [String],
    /// Names of values; all if there is none.
    pub(super) names: &'w [String],
}

impl<'w> Selection<'w> {
    /// What a caller wants of the registry.
    pub(super) fn of(wanted: &'w Wanted) -> Self {
        Selection { keys: &wanted.registry_keys, names: &wanted.registry_values }
    }

    /// The wanted key that a path names, as it was asked for, and the path taken apart.
    pub(super) fn key<'p>(&self, path: &'p str) -> Option<(BelowControlSet<'p>, &'w String)> {
        let key = below_control_set(path)?;
        let wanted = self.keys.iter().find(|wanted| key.below.eq_ignore_ascii_case(wanted))?;
        Some((key, wanted))
    }

    /// Whether a value of a name was asked for.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
    }

    /// Keeps a value if it was asked for or shows damage. False where a value that was asked for had to be
    /// dropped, so that the key is no longer complete.
    pub(super) fn keep(&self, values: &mut Vec<RegistryValue>, value: RegistryValue) -> bool {
        let value = shortened(value);
        if !self.wants(&value.name) {
            if matches!(value.data, RegistryData::Unreadable(_)) {
                let kept = values.iter().filter(|have| !self.wants(&have.name)).take(UNREADABLE).count();
                if kept < UNREADABLE {
                    values.push(value);
                }
            }
            return true;
        }
        let mut same =
            values.iter().enumerate().filter(|(_, have)| have.name.eq_ignore_ascii_case(&value.name));
        if let Some((last, _)) = same.nth(OF_ONE_NAME.saturating_sub(1)) {
            // The last one stands behind the other seven, and is replaced.
            if let Some(last) = values.get_mut(last) {
                *last = value;
            }
            return true;
        }
        let fits = values.len() < VALUES;
        if fits {
            values.push(value);
        }
        fits
    }
}

/// A value that is longer than any that means something is kept by its start, as one that cannot be read.
fn shortened(value: RegistryValue) -> RegistryValue {
    let start = |text: &str| text.chars().take(SHOWN_LETTERS).collect();
    let data = match value.data {
        RegistryData::String(text) | RegistryData::ExpandString(text) | RegistryData::Shown(text)
            if text.len() > LONGEST_TEXT =>
        {
            RegistryData::Unreadable(start(&text))
        }
        RegistryData::Unreadable(text) if text.len() > LONGEST_TEXT => RegistryData::Unreadable(start(&text)),
        data => data,
    };
    RegistryValue { data, ..value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    fn value(name: &str, data: RegistryData, line: u64) -> RegistryValue {
        RegistryValue { name: name.to_owned(), data, place: Place::Line(line) }
    }

    fn kept(names: &[&str], values: impl IntoIterator<Item = RegistryValue>) -> (Vec<RegistryValue>, bool) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection { keys: &[], names: &names };
        let (mut list, mut whole) = (Vec::new(), true);
        values.into_iter().for_each(|value| whole &= selection.keep(&mut list, value));
        (list, whole)
    }

    #[test]
    fn the_last_of_many_values_of_one_name_is_kept() {
        let many = (1..=5_000).map(|line| value("RestrictRemoteSAM", RegistryData::Dword(1), line));
        let (list, whole) = kept(&["RestrictRemoteSam"], many);
        let lines: Vec<Place> = list.into_iter().map(|value| value.place).collect();
        assert_eq!((lines.len(), &lines[0], &lines[7]), (8, &Place::Line(1), &Place::Line(5_000)));
        assert!(whole);
    }

    #[test]
    fn a_wanted_value_is_kept_whatever_stands_before_it() {
        let other =
            (1..=5_000).map(|line| value(&line.to_string(), RegistryData::Unreadable("x".into()), line));
        let (list, whole) = kept(&["a"], other.chain([value("A", RegistryData::Dword(1), 5_001)]));
        assert_eq!((list.len(), whole), (21, true));
        assert_eq!(list[20].place, Place::Line(5_001));
    }

    #[test]
    fn without_names_all_are_wanted_up_to_a_number() {
        let many =
            |count: u64| (1..=count).map(|line| value(&line.to_string(), RegistryData::Dword(1), line));
        assert!(kept(&[], many(1_000)).1);
        let (list, whole) = kept(&[], many(1_001));
        assert_eq!((list.len(), whole), (1_000, false));
    }
}
