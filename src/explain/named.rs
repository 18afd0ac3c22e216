//! What reports name beside causes, diagnoses and checks: verdicts that name no cause, and artifacts to collect.

use super::page::{title, titled};
use super::{Lines, phrase};
use crate::knowledge::collect::{Collectable, Machine, collectable, collectables, folder};
use crate::knowledge::pages::{Shell, Values};
use crate::words::{Catalogue, Language, Statement};

/// Verdicts that name no cause.
const VERDICTS: [&str; 3] = ["no-failure", "other", "undetermined"];

/// Such a verdict, by its id.
pub(super) fn verdict(id: &str, language: Language, columns: usize) -> Option<String> {
    let id = VERDICTS.into_iter().find(|verdict| *verdict == id)?;
    let mut text = Lines::of(columns);
    title(&mut text, &titled(&verdict_title(id, language), id, language));
    text.wrap("", "", &phrase(&format!("verdict.{id}"), language, &[]));
    text.whole("");
    text.wrap("", "", &phrase(&format!("verdict-next.{id}"), language, &[]));
    Some(text.text)
}

/// An artifact to collect, by its id.
pub(super) fn artifact(id: &str, language: Language, columns: usize) -> Option<String> {
    let artifact = collectable(id)?;
    let said = |section: &str| say(&format!("{section}.{id}"), language, &[]);
    let mut text = Lines::of(columns);
    title(&mut text, &titled(&artifact_title(id, language), id, language));
    text.wrap("", "", &said("collect"));
    text.whole("");
    text.wrap("", "", &say("report.collect-prepare", language, &[]));
    text.whole(&format!("        {}", folder().command));
    text.whole("");
    text.wrap("", "", &phrase("where", language, &[("where", place(artifact, language))]));
    for line in Values::default().fill_command(&artifact.command_of(None), language).lines() {
        text.whole(&format!("        {line}"));
    }
    let files = artifact.files_of(None, "%COMPUTERNAME%").join(", ");
    text.wrap("", "", &say("report.collect-files", language, &[("files", files)]));
    text.whole("");
    let answers =
        [("question", said("collect-question")), ("yes", said("collect-yes")), ("no", said("collect-no"))];
    text.wrap("", "", &say("report.collect-answers", language, &answers));
    text.whole("");
    text.wrap("", "", &phrase("collected-by", language, &[]));
    Some(text.text)
}

/// Ids with their titles.
type Titled = Vec<(&'static str, String)>;

/// All verdicts that name no cause.
pub(super) fn verdicts(language: Language) -> Titled {
    VERDICTS.map(|id| (id, verdict_title(id, language))).to_vec()
}

/// All artifacts, in the order of the report's list.
pub(super) fn artifacts(language: Language) -> Titled {
    collectables().iter().map(|one| (one.id.as_str(), artifact_title(&one.id, language))).collect()
}

/// Where an artifact is collected, and in which console.
fn place(artifact: &Collectable, language: Language) -> String {
    let machine = match artifact.machine {
        Machine::Controller => "collect-where.controller",
        Machine::ConnectServer => "collect-where.connect-server",
    };
    let console = match (artifact.shell, artifact.elevated) {
        (Shell::PowerShell, false) => "report.console.powershell",
        (Shell::PowerShell, true) => "report.console.powershell-elevated",
        (Shell::Cmd, false) => "report.console.cmd",
        (Shell::Cmd, true) => "report.console.cmd-elevated",
    };
    say(console, language, &[("where", say(machine, language, &[]))])
}

fn verdict_title(id: &str, language: Language) -> String {
    phrase(&format!("verdict-title.{id}"), language, &[])
}

fn artifact_title(id: &str, language: Language) -> String {
    say(&format!("reply.artifact.{id}"), language, &[])
}

fn say(key: &str, language: Language, values: &[(&'static str, String)]) -> String {
    Catalogue::of(language).say(&Statement { key: key.to_owned(), values: values.to_vec() })
}
