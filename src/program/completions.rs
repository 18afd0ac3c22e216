//! `completions` and `man`: what a shell and a manual need to know of the commands, generated from them.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use sspr_triage::words::Statement;

use super::console::Console;
use super::help::{self, Words};
use super::output::{complain, write};
use super::{Cli, USAGE};

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: SupportedShell,
}

/// Shells that completions are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SupportedShell {
    /// source <(sspr-triage completions bash)
    Bash,
    /// sspr-triage completions zsh > "${fpath[1]}/_sspr-triage"
    Zsh,
    /// sspr-triage completions fish > ~/.config/fish/completions/sspr-triage.fish
    Fish,
    /// sspr-triage completions powershell | Out-String | Invoke-Expression
    Powershell,
}

impl Completions {
    /// Writes the shell's script to standard output.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let shell = match self.shell {
            SupportedShell::Bash => Shell::Bash,
            SupportedShell::Zsh => Shell::Zsh,
            SupportedShell::Fish => Shell::Fish,
            SupportedShell::Powershell => Shell::PowerShell,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "sspr-triage", &mut script);
        write(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}

/// What stands at the foot of a manual page.
const VERSION: &str = concat!("sspr-triage ", env!("CARGO_PKG_VERSION"));

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// A command; without one, the page of the program
    command: Option<String>,
}

impl Man {
    /// Writes a manual page in the form that `man` reads to standard output.
    pub(super) fn run(&self, console: Console) -> anyhow::Result<u8> {
        let language = console.for_people();
        let mut program = help::in_language(Cli::command(), language);
        // Commands take the names under which they stand in the manual only when all is built.
        program.build();
        let page = match self.command.as_deref() {
            None => Some(program.clone()),
            Some(name) => program.find_subcommand(name).cloned(),
        };
        let Some(page) = page else {
            complain(&console.words().say(&Statement::new("program.no-such-command")));
            return Ok(USAGE);
        };
        let mut text = Vec::new();
        clap_mangen::Man::new(page).source(VERSION).render(&mut text)?;
        write(&with_headings(&String::from_utf8_lossy(&text), Words::of_program(language)))?;
        Ok(0)
    }
}

/// A manual page with its headings in a language; their generator has English ones, and does not know that what it has
/// no place for are the exit codes.
fn with_headings(page: &str, words: Words) -> String {
    let line = |line: &str| {
        let english = line.strip_prefix(".SH ").map(|heading| heading.trim_matches('"'));
        match english.and_then(|heading| words.of("manual", heading)) {
            Some(heading) if heading.contains(' ') => format!(".SH \"{heading}\"\n"),
            Some(heading) => format!(".SH {heading}\n"),
            None => format!("{line}\n"),
        }
    };
    page.lines().map(line).collect()
}
