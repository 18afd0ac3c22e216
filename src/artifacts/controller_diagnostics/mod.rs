//! The text of `dcdiag` and of `repadmin /replsummary`: which domain controllers there are, and which of them
//! could not be reached or do not replicate.
//!
//! Both are told by what no language changes: names of tests, and rows with a count of failures. What a sentence
//! says is read in English and Japanese only; in other languages the controllers are known and their state is
//! not. <https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/dcdiag>,
//! <https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/active-directory-replication-error-1722>.

mod dcdiag;
mod replsum;
#[cfg(test)]
mod tests;

use crate::artifacts::{Located, text_encoding};
use crate::source::{BundlePath, Gap};

/// What one text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerDiagnostics {
    /// The command that wrote it.
    pub command: DiagnosticCommand,
    /// Names of the domain controllers, as written, each once.
    pub controllers: Vec<Located<String>>,
    /// Results, in file order: one for each controller and question.
    pub results: Vec<DiagnosticResult>,
}

/// The commands whose text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosticCommand {
    /// `dcdiag`.
    Dcdiag,
    /// `repadmin /replsummary`.
    ReplicationSummary,
}

/// What was found of one controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagnosticResult {
    /// The controller, as written.
    pub controller: String,
    /// What was tested.
    pub question: Question,
    /// It passed.
    pub passed: bool,
    /// Win32 error code, where the text has one.
    pub error: Option<u32>,
    /// Line, counted from 1.
    pub line: u64,
}

/// What a result is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The controller answers.
    Reachable,
    /// It exchanges changes with its partners.
    Replicates,
}

/// Most controllers and results of one file. Large forests have a few hundred controllers.
const MOST: usize = 10_000;

/// Whether a file is the text of one of the commands, in any encoding.
pub fn looks_like_controller_diagnostics(head: &[u8]) -> bool {
    command_of(&text_encoding::decode(head).text).is_some()
}

fn command_of(text: &str) -> Option<DiagnosticCommand> {
    if dcdiag::looks_like(text) {
        Some(DiagnosticCommand::Dcdiag)
    } else {
        replsum::looks_like(text).then_some(DiagnosticCommand::ReplicationSummary)
    }
}

/// Reads a text. Without one of the commands there is nothing to return.
pub fn read(_path: &BundlePath, bytes: &[u8]) -> (Option<ControllerDiagnostics>, Vec<Gap>) {
    (read_text(&text_encoding::decode(bytes).text), Vec::new())
}

/// The same of a text that is decoded.
pub(super) fn read_text(text: &str) -> Option<ControllerDiagnostics> {
    let command = command_of(text)?;
    let mut read = ControllerDiagnostics { command, controllers: Vec::new(), results: Vec::new() };
    match command {
        DiagnosticCommand::Dcdiag => dcdiag::read(text, &mut read),
        DiagnosticCommand::ReplicationSummary => replsum::read(text, &mut read),
    }
    Some(read)
}

impl ControllerDiagnostics {
    fn name(&mut self, name: &str, line: u64) {
        let known = self.controllers.iter().any(|have| have.value.eq_ignore_ascii_case(name));
        if !known && self.controllers.len() < MOST && is_host(name) {
            self.controllers.push(Located::new(name.to_owned(), crate::source::Place::Line(line)));
        }
    }

    fn found(&mut self, result: DiagnosticResult) {
        if self.results.len() < MOST && is_host(&result.controller) {
            self.name(&result.controller.clone(), result.line);
            self.results.push(result);
        }
    }
}

/// Letters, digits, hyphens and dots, as host names have them; names in other scripts are allowed too.
fn is_host(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 255
        && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_'))
}
