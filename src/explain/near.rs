//! Ids that are spelled much like one that does not exist.

use super::{check_ids, named};
use crate::knowledge::pages;
use crate::words::Language;

/// Most ids that are suggested.
const MOST: usize = 3;
/// Longest id that is compared, in characters; no real one comes near it.
const LONGEST: usize = 64;

/// Ids near the one that was asked for, nearest first: a third of the letters may differ, or it is a part
/// of the id.
pub(super) fn near(asked: &str) -> Vec<String> {
    let letters: Vec<char> = asked.chars().collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return Vec::new();
    }
    let named = [named::verdicts(Language::English), named::artifacts(Language::English)].concat();
    let ids = pages::pages(Language::English).iter().map(|page| page.id.as_str()).chain(check_ids());
    let ids = ids.chain(named.iter().map(|(id, _)| *id));
    let mut near: Vec<(usize, &str)> = ids
        .map(|id| (distance(&letters, id), id))
        .filter(|(distance, id)| *distance <= letters.len() / 3 || (letters.len() > 2 && id.contains(asked)))
        .collect();
    near.sort();
    near.into_iter().take(MOST).map(|(_, id)| id.to_owned()).collect()
}

/// How many letters must be put in, left out or replaced to make one of the other (Levenshtein).
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (above, letter) in to.chars().enumerate() {
        let mut left = above + 1;
        let mut next = vec![left];
        for (pair, own) in row.windows(2).zip(from) {
            let [diagonal, up] = pair else { continue };
            left = (left + 1).min(up + 1).min(diagonal + usize::from(*own != letter));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_changes() {
        let distance = |from: &str, to| distance(&from.chars().collect::<Vec<_>>(), to);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn the_nearest_come_first_and_at_most_three() {
        assert_eq!(near("protected-acount"), ["protected-account"]);
        assert_eq!(near("ldap")[0], "ldap-signing");
        assert!(near("code").len() == MOST);
        assert!(near("").is_empty() && near(&"a".repeat(10_000)).is_empty());
    }
}
