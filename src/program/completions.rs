//! `completions` and `man`: what a shell and a manual need to know of the commands, generated from them.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::output::{say, write};
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

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// A command; without one, the page of the program
    command: Option<String>,
}

impl Man {
    /// Writes a manual page in the form that `man` reads to standard output.
    pub(super) fn run(&self) -> anyhow::Result<u8> {
        let mut program = Cli::command();
        // Commands take the names under which they stand in the manual only when all is built.
        program.build();
        let page = match self.command.as_deref() {
            None => Some(program.clone()),
            Some(name) => program.find_subcommand(name).cloned(),
        };
        let Some(page) = page else {
            say("sspr-triage: there is no such command; sspr-triage --help lists them\n");
            return Ok(USAGE);
        };
        let mut text = Vec::new();
        clap_mangen::Man::new(page).render(&mut text)?;
        write(&String::from_utf8_lossy(&text))?;
        Ok(0)
    }
}
