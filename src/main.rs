//! The program's entry: arguments, exit code, and what happens when something goes wrong.

mod program;

use std::panic::catch_unwind;
use std::process::ExitCode;

use anyhow::anyhow;

use sspr_triage::words::{Catalogue, Statement};

use program::{COULD_NOT_FINISH, Cli, Failure, complain, interrupt, is_closed_pipe};

fn main() -> ExitCode {
    let cli = match Cli::of_this_run() {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    let language = cli.console().for_people();
    quiet_panics();
    interrupt::watch();
    let result = catch_unwind(|| cli.run())
        .unwrap_or_else(|_| Err(anyhow!(Catalogue::of(language).say(&Statement::new("program.fault")))));
    let code = result.unwrap_or_else(|error| {
        if is_closed_pipe(&error) {
            return 0;
        }
        let failure = error.downcast_ref::<Failure>();
        complain(&failure.map_or_else(|| format!("{error:#}"), |failure| failure.in_words(language)));
        failure.map_or(COULD_NOT_FINISH, Failure::code)
    });
    ExitCode::from(code)
}

/// A reader that panics on hostile content costs its file, which the report lists; the message of the
/// panic would only frighten.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
