//! Tests of the catalogues: every language has the same keys, with the same places.

use super::*;

/// The names of the places of a sentence, sorted, without the forms of words.
fn places(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let mut names: Vec<&str> =
        parts.map(|(name, _)| name.split_once(':').map_or(name, |(name, _)| name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn all_languages_have_the_same_places() {
    let english = Catalogue::of(Language::English);
    for language in Language::ALL {
        let catalogue = Catalogue::of(language);
        assert_eq!(catalogue.language(), language);
        for key in catalogue.keys() {
            let template = catalogue.template(key).unwrap();
            assert!(!template.is_empty(), "{language:?} {key}");
            let original = english.template(key).unwrap_or_else(|| panic!("{language:?} {key} has no use"));
            assert_eq!(places(template), places(original), "{language:?} {key}");
        }
    }
}
