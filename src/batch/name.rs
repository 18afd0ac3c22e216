//! What the bundles of a run are called in its rows and files.

use std::path::{Component, Path};

/// Characters of a file name that are taken from a bundle's name.
const NAME_MAX: usize = 80;

/// The name of each bundle: its path below the folder that all of them share, with `/` on every system. So
/// no row says where the bundles were on the machine that read them.
pub fn names(bundles: &[impl AsRef<Path>]) -> Vec<String> {
    let paths: Vec<Vec<Component<'_>>> =
        bundles.iter().map(|path| path.as_ref().components().collect()).collect();
    let shared = shared(&paths);
    let name = |path: &Vec<Component<'_>>| {
        let below: Vec<_> = path.iter().skip(shared).map(|part| part.as_os_str().to_string_lossy()).collect();
        if below.is_empty() { "bundle".to_owned() } else { below.join("/") }
    };
    paths.iter().map(name).collect()
}

/// How many leading folders all paths share. The last component of each is its own.
fn shared(paths: &[Vec<Component<'_>>]) -> usize {
    let Some((first, others)) = paths.split_first() else { return 0 };
    let own = |path: &Vec<Component<'_>>| path.len().saturating_sub(1);
    let same = |other: &Vec<Component<'_>>| {
        first.iter().zip(other).take(own(other)).take_while(|(one, other)| one == other).count()
    };
    others.iter().map(same).min().unwrap_or(usize::MAX).min(own(first))
}

/// The name of a bundle's report: the bundle's own name as far as every file system takes it, and the start
/// of its hash, which tells apart what that makes alike.
pub fn file_name(bundle: &str, sha256: &str, extension: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let name: String =
        bundle.chars().map(|letter| if plain(letter) { letter } else { '-' }).take(NAME_MAX).collect();
    let hash: String = sha256.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    format!("{name}-{hash}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_start_below_the_shared_folder() {
        assert_eq!(names(&["/srv/cases/1/bundle", "/srv/cases/2/bundle.zip"]), ["1/bundle", "2/bundle.zip"]);
        assert_eq!(names(&["/srv/cases/1.zip"]), ["1.zip"]);
        assert_eq!(names(&["a.zip", "b.zip", "a.zip"]), ["a.zip", "b.zip", "a.zip"]);
        assert_eq!(names(&["cases/1", "cases/1/inner"]), ["1", "1/inner"]);
        assert_eq!(names(&["/"]), ["/"]);
        assert_eq!(names(&[""]), ["bundle"]);
        assert_eq!(names(&[] as &[&str]), [""; 0]);
    }

    #[test]
    fn a_file_name_is_plain_and_tells_apart() {
        assert_eq!(file_name("1/ケース a.zip", "00ff", "json"), "1-----a-zip-00ff.json");
        assert_eq!(file_name("../..\\x", "ab", "txt"), "------x-ab.txt");
        assert_eq!(file_name(&"a".repeat(300), &"0".repeat(64), "txt").len(), 80 + 1 + 16 + 4);
    }
}
