//! The program's entry: arguments, exit code, and what happens when something goes wrong.

mod program;

use std::panic::catch_unwind;
use std::process::ExitCode;

use anyhow::anyhow;

use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::words::{Catalogue, Statement};

use program::{COULD_NOT_FINISH, Cli, is_closed_pipe, say};

fn main() -> ExitCode {
    let cli = Cli::of_this_run();
    quiet_panics();
    let result = catch_unwind(|| cli.run()).unwrap_or_else(|_| {
        Err(anyhow!(Catalogue::of(cli.language()).say(&Statement::new("program.fault"))))
    });
    let code = result.unwrap_or_else(|error| {
        if is_closed_pipe(&error) {
            return 0;
        }
        say(&format!("sspr-triage: {}\n", terminal_safe(&format!("{error:#}"))));
        COULD_NOT_FINISH
    });
    ExitCode::from(code)
}

/// A reader that panics on hostile content costs its file, which the report lists; the message of the
/// panic would only frighten.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
