//! The pages of causes and diagnoses: documentation, output of `explain`, and remedies, from one text.
//!
//! The texts are `docs/causes/*.md` and `docs/diagnoses/*.md`, and their translations in `docs/ja`, built
//! into the program; their shape is described in `docs/causes/README.md`. This room does not judge which page applies.

mod parse;
pub mod placeholders;

use std::sync::LazyLock;

use serde::Deserialize;

use crate::words::Language;

pub use placeholders::{PLACEHOLDERS, Values};

/// A page: one cause, or one other known diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Id of the cause or diagnosis, such as `remote-sam`. It is the name of the page's file.
    pub id: String,
    /// Title.
    pub title: String,
    /// One sentence: what it is.
    pub summary: String,
    /// Paragraphs: how it comes about, what the user sees, what speaks for and against it.
    pub body: Vec<String>,
    /// The checks that matter to it.
    pub checks: Vec<PageCheck>,
    /// Ways to put it right.
    pub remedies: Vec<RemedySection>,
    /// Where its facts come from.
    pub sources: Vec<PageSource>,
}

/// A check, in the words of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCheck {
    /// Id of the check. Several pages may have the same check, each with its own words.
    pub id: String,
    /// Title, the same on every page that has the check.
    pub title: String,
    /// The question that is asked of the evidence, and what yes and no mean.
    pub text: String,
}

/// One way to put it right, or a part of one, as its title and `when` say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedySection {
    /// Id, unique on its page.
    pub id: String,
    /// Title.
    pub title: String,
    /// When this way fits, and what to beware of.
    pub when: String,
    /// Steps, in order.
    pub steps: Vec<PageStep>,
}

/// One step. Its texts may have [placeholders](PLACEHOLDERS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageStep {
    /// What to do.
    pub text: String,
    /// The command, which may have several lines.
    pub command: Option<String>,
    /// What the command is written for.
    pub shell: Option<Shell>,
    /// On which machine or in which console.
    pub where_: Option<String>,
}

/// What a command is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// Windows PowerShell.
    PowerShell,
    /// The command prompt.
    Cmd,
}

impl Shell {
    /// The word in reports and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Shell::PowerShell => "powershell",
            Shell::Cmd => "cmd",
        }
    }
}

/// A source of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSource {
    /// Address.
    pub link: String,
    /// What it says.
    pub text: String,
}

impl Page {
    /// The section of the remedy with the id.
    pub fn remedy(&self, section: &str) -> Option<&RemedySection> {
        self.remedies.iter().find(|remedy| remedy.id == section)
    }

    /// Whether the page is that of one of the article's three causes.
    pub fn is_cause(&self) -> bool {
        CAUSES.iter().any(|cause| cause.id == self.id)
    }
}

impl PageStep {
    /// The step with its placeholders filled in. A command takes only values that are safe in it;
    /// what is not known is named in the language.
    #[must_use]
    pub fn filled(&self, values: &Values, language: Language) -> PageStep {
        PageStep {
            text: values.fill(&plain(&self.text), language),
            command: self.command.as_deref().map(|command| values.fill_command(command, language)),
            shell: self.shell,
            where_: self.where_.as_deref().map(|place| values.fill(&plain(place), language)),
        }
    }
}

/// A text of a page without the marks of Markdown, which mean nothing where it is shown.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// A page's id, and its text in each language.
struct Texts {
    id: &'static str,
    english: &'static str,
    japanese: &'static str,
}

impl Texts {
    fn of(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

/// The texts of a page: in `docs`, and its translation at the same path in `docs/ja`.
macro_rules! texts_of {
    ($folder:literal, $id:literal) => {
        Texts {
            id: $id,
            english: include_str!(concat!("../../docs/", $folder, "/", $id, ".md")),
            japanese: include_str!(concat!("../../docs/ja/", $folder, "/", $id, ".md")),
        }
    };
}

/// The pages of the three causes, in the order of Microsoft's article.
const CAUSES: [Texts; 3] = [
    texts_of!("causes", "protected-account"),
    texts_of!("causes", "connector-permissions"),
    texts_of!("causes", "remote-sam"),
];

/// The pages of the other known diagnoses.
const DIAGNOSES: [Texts; 14] = [
    texts_of!("diagnoses", "password-policy"),
    texts_of!("diagnoses", "rpc-unavailable"),
    texts_of!("diagnoses", "out-of-scope"),
    texts_of!("diagnoses", "duplicate-anchor"),
    texts_of!("diagnoses", "domain-controller-unreachable"),
    texts_of!("diagnoses", "ldap-signing"),
    texts_of!("diagnoses", "dn-characters"),
    texts_of!("diagnoses", "writeback-not-enabled"),
    texts_of!("diagnoses", "connector-password-too-long"),
    texts_of!("diagnoses", "account-disabled"),
    texts_of!("diagnoses", "account-locked-out"),
    texts_of!("diagnoses", "wrong-current-password"),
    texts_of!("diagnoses", "policy-hints-control-missing"),
    texts_of!("diagnoses", "service-connectivity"),
];

/// All pages in a language: the three causes in the article's order, then the other diagnoses.
pub fn pages(language: Language) -> &'static [Page] {
    // Every page parses, by test; so none is left out here.
    fn read(language: Language) -> Vec<Page> {
        texts(language).filter_map(|text| parse::page(text, language).ok()).collect()
    }
    static ENGLISH: LazyLock<Vec<Page>> = LazyLock::new(|| read(Language::English));
    static JAPANESE: LazyLock<Vec<Page>> = LazyLock::new(|| read(Language::Japanese));
    match language {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    }
}

/// The texts of all pages in a language, in the same order.
pub(super) fn texts(language: Language) -> impl Iterator<Item = &'static str> {
    CAUSES.iter().chain(&DIAGNOSES).map(move |texts| texts.of(language))
}

/// The id that somebody asks for, in small letters. Reports call the causes by their numbers, so that `3`, `cause 3` and
/// `原因 3` are the third one.
pub fn id_of(asked: &str) -> String {
    let id = asked.trim().to_lowercase();
    let number = id.strip_prefix("cause").or_else(|| id.strip_prefix("原因")).unwrap_or(&id).trim();
    let numbered = (1_usize..).zip(&CAUSES).find(|(at, _)| at.to_string() == number);
    numbered.map_or(id.clone(), |(_, cause)| cause.id.to_owned())
}

/// The page of a cause or diagnosis.
pub fn page(language: Language, id: &str) -> Option<&'static Page> {
    pages(language).iter().find(|page| page.id == id)
}

/// A check on every page that has it, in the order of [`pages`]. Empty where no page has it.
pub fn find_check(language: Language, id: &str) -> Vec<(&'static Page, &'static PageCheck)> {
    let on_page = |page: &'static Page| page.checks.iter().map(move |check| (page, check));
    pages(language).iter().flat_map(on_page).filter(|(_, check)| check.id == id).collect()
}

#[cfg(test)]
mod tests;
