//! Which language the program speaks: as told, otherwise as the environment says.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use sspr_triage::words::Language;

/// The language as an argument.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LanguageArg {
    /// Language of the output [default: that of the system; of shapes for programs, such as json, en]
    #[arg(long, value_enum, value_name = "LANGUAGE", global = true, ignore_case = true)]
    lang: Option<Spoken>,
}

/// The languages, by their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spoken {
    /// English
    En,
    /// 日本語
    Ja,
}

impl LanguageArg {
    /// For people: as told, otherwise that of the system.
    pub(super) fn for_people(self) -> Language {
        self.told().unwrap_or_else(of_system)
    }

    /// For programs: as told, otherwise English, so that the same bundle gives the same bytes everywhere.
    pub(super) fn for_programs(self) -> Language {
        self.told().unwrap_or_default()
    }

    fn told(self) -> Option<Language> {
        self.lang.map(|lang| match lang {
            Spoken::En => Language::English,
            Spoken::Ja => Language::Japanese,
        })
    }
}

/// The language that arguments ask for before they are understood, for the help.
pub(super) fn of_arguments(arguments: impl Iterator<Item = OsString>) -> Language {
    let arguments: Vec<String> = arguments
        .map(|argument| argument.to_string_lossy().to_lowercase())
        .take_while(|a| a != "--")
        .collect();
    let next = arguments.iter().zip(arguments.iter().skip(1)).find(|(name, _)| *name == "--lang");
    let joined = arguments.iter().find_map(|argument| argument.strip_prefix("--lang="));
    let told = next.map(|(_, code)| code.as_str()).or(joined);
    told.and_then(|code| code.parse().ok()).unwrap_or_else(of_system)
}

/// The language of the environment; where the program does not speak it, English.
fn of_system() -> Language {
    // The first that is set and not empty decides, as in POSIX; without any, what the system shows.
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let locale = named.into_iter().find(|locale| !locale.is_empty()).or_else(sys_locale::get_locale);
    locale.and_then(|locale| Language::of_locale(&locale)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_the_language_of_the_help() {
        let of = |line: &str| of_arguments(line.split(' ').map(OsString::from));
        assert_eq!(of("sspr-triage --lang ja --help"), Language::Japanese);
        assert_eq!(of("sspr-triage analyze x --lang=JA"), Language::Japanese);
        assert_eq!(of("sspr-triage --help --lang en"), Language::English);
    }
}
