//! Registry hives: a copied `SYSTEM`, or a key that `reg save` wrote.
//!
//! Only the way from the root to the wanted keys is read, so that damage elsewhere does not matter and a
//! hostile hive costs no more than its budget. Logs are not applied: a hive that was copied while in use
//! may lack its last changes, and shows nothing by what it does not hold.
//! The format is not documented by Microsoft; a description:
//! <https://github.com/msuhanov/regf/blob/master/Windows%20registry%20file%20format%20specification.md>.

pub(in crate::artifacts) mod bytes;
mod cells;
#[cfg(test)]
mod tests;

use self::bytes::HiveBytes;
use self::cells::{Cells, Key, Lost};
use super::selection::Selection;
use super::{ExportFormat, RegistryExport, RegistryKey};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Bytes of the base block, behind which the cells begin.
const BASE_BYTES: usize = 4096;

/// Whether a file is a hive. Its transaction logs begin alike, but say that they are of another type.
pub(super) fn looks_like_hive(head: &[u8]) -> bool {
    head.starts_with(b"regf") && number(head, 28) == Some(0)
}

/// Reads the wanted keys of the control set that was current.
pub(super) fn read(
    path: &BundlePath,
    bytes: HiveBytes<'_>,
    wanted: Selection<'_>,
) -> (RegistryExport, Vec<Gap>) {
    let base = bytes.get(0, BASE_BYTES.min(bytes.len())).unwrap_or_default();
    let mut hive = Hive { path, cells: Cells::new(bytes), wanted, keys: Vec::new(), gaps: Vec::new() };
    let sound = hive.base_block(&base);
    let root = number(&base, 36).ok_or(Lost { at: 36 }).and_then(|root| hive.cells.key(root));
    match root {
        Ok(root) => hive.below_root(&root),
        Err(lost) => hive.lose(lost),
    }
    if !sound {
        hive.keys.iter_mut().for_each(|key| key.complete = false);
    }
    let keys_in_file = hive.keys.len() as u64;
    hive.gaps.sort();
    let keys = hive.keys;
    (RegistryExport { format: ExportFormat::Hive, computer: None, keys, keys_in_file }, hive.gaps)
}

struct Hive<'a> {
    path: &'a BundlePath,
    cells: Cells<'a>,
    wanted: Selection<'a>,
    keys: Vec<RegistryKey>,
    gaps: Vec<Gap>,
}

impl Hive<'_> {
    /// Checks the base block: its sum, and that all changes were written. False where changes may lack.
    fn base_block(&mut self, bytes: &[u8]) -> bool {
        let (words, _) = bytes.get(..508).unwrap_or_default().as_chunks::<4>();
        let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
        // Neither of these two is ever written.
        let sum = match sum {
            u32::MAX => u32::MAX - 1,
            0 => 1,
            sum => sum,
        };
        if number(bytes, 508) != Some(sum) {
            let reason = Statement::new("gap.registry.hive-checksum");
            self.gaps.push(Gap::new(self.path, Place::Offset(508), reason));
            return false;
        }
        if number(bytes, 4) != number(bytes, 8) {
            let reason = Statement::new("gap.registry.hive-in-use");
            self.gaps.push(Gap::new(self.path, Place::Offset(4), reason));
            return false;
        }
        true
    }

    /// Finds the wanted keys below a root that is SYSTEM, a control set, or a key on the way or at its end.
    fn below_root(&mut self, root: &Key) {
        let name = root.name.clone();
        match self.current_control_set(root) {
            Ok(Some((control_set, key))) => self.wanted_below(&key, &control_set, 0),
            Ok(None) if is_control_set(&name) => self.wanted_below(root, &name, 0),
            Ok(None) => self.part_of_control_set(root),
            Err(lost) => self.lose(lost),
        }
    }

    /// The control set that `Select\Current` names.
    fn current_control_set(&mut self, root: &Key) -> Result<Option<(String, Key)>, Lost> {
        let Some(select) = self.cells.child(root, "Select")? else { return Ok(None) };
        let (values, _) =
            self.cells.values(&select, Selection { keys: &[], names: &["Current".to_owned()] })?;
        let current = values.iter().find(|value| value.name.eq_ignore_ascii_case("Current"));
        let Some(super::RegistryData::Dword(number)) = current.map(|value| &value.data) else {
            return Err(Lost { at: select.at });
        };
        let name = format!("ControlSet{number:03}");
        match self.cells.child(root, &name)? {
            Some(key) => Ok(Some((name, key))),
            None => Err(Lost { at: select.at }),
        }
    }

    /// The wanted keys, whose paths are shortened by the parts that lie above the given key.
    fn wanted_below(&mut self, from: &Key, control_set: &str, parts_above: usize) {
        for wanted in self.wanted.keys {
            self.wanted_key(from, control_set, wanted, parts_above);
        }
    }

    fn wanted_key(&mut self, from: &Key, control_set: &str, wanted: &str, parts_above: usize) {
        let mut key = from.clone();
        for part in wanted.split('\\').skip(parts_above) {
            key = match self.cells.child(&key, part) {
                Ok(Some(child)) => child,
                Ok(None) => return,
                Err(lost) => return self.lose(lost),
            };
        }
        let is_known = |have: &RegistryKey| have.wanted == wanted;
        if self.keys.iter().any(is_known) {
            return;
        }
        let (values, lost) = match self.cells.values(&key, self.wanted) {
            Ok(read) => read,
            Err(lost) => (Vec::new(), Some(lost)),
        };
        self.keys.push(RegistryKey {
            path: format!("HKEY_LOCAL_MACHINE\\SYSTEM\\{control_set}\\{wanted}"),
            control_set: control_set.to_owned(),
            wanted: wanted.to_owned(),
            deleted: false,
            complete: lost.is_none(),
            place: Place::Offset(key.at),
            values,
        });
        if let Some(lost) = lost {
            self.lose(lost);
        }
    }

    /// A hive of a single key has the key's name at its root, and not where it stood.
    fn part_of_control_set(&mut self, root: &Key) {
        for wanted in self.wanted.keys {
            for (at, part) in wanted.split('\\').enumerate() {
                if part.eq_ignore_ascii_case(&root.name) {
                    self.wanted_key(root, "CurrentControlSet", wanted, at.saturating_add(1));
                }
            }
        }
    }

    fn lose(&mut self, lost: Lost) {
        let reason = Statement::new("gap.registry.hive-damaged");
        self.gaps.push(Gap::new(self.path, Place::Offset(lost.at), reason));
    }
}

fn is_control_set(name: &str) -> bool {
    name.split_at_checked(10).is_some_and(|(word, number)| {
        word.eq_ignore_ascii_case("ControlSet")
            && number.len() == 3
            && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// A 32-bit number, little-endian, at an offset.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|number| u32::from_le_bytes(*number))
}
