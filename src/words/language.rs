//! The languages that the program speaks.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of reports, pages and messages. Its code is the one of BCP 47.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English, which is complete by itself.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
}

/// No language of the program has the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected en or ja")]
pub struct UnknownLanguage;

impl Language {
    /// All of them, English first.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// The code: `en`, `ja`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// What stands between two sentences.
    pub(crate) fn between_sentences(self) -> &'static str {
        match self {
            Language::English => " ",
            Language::Japanese => "",
        }
    }

    /// The language of a locale's name, such as `ja_JP.UTF-8`, `ja-JP` or `ja`; none where the program does
    /// not speak it.
    pub fn of_locale(locale: &str) -> Option<Language> {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| code.eq_ignore_ascii_case(language.code()))
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Language::ALL.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_locale_is_its_first_part() {
        for (locale, language) in [
            ("ja_JP.UTF-8", Some(Language::Japanese)),
            ("ja-JP", Some(Language::Japanese)),
            ("JA", Some(Language::Japanese)),
            ("en_GB@euro", Some(Language::English)),
            ("C", None),
            ("C.UTF-8", None),
            ("de_DE", None),
            ("jam_JM", None),
            ("", None),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn codes_read_back() {
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
            assert_eq!(serde_json::to_value(language).unwrap(), language.code());
        }
        assert_eq!("fr".parse::<Language>(), Err(UnknownLanguage));
    }
}
