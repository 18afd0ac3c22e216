//! Ctrl-C: the line of the progress goes, files that have not got their names yet go, and the program ends.

use std::sync::{Mutex, PoisonError};

use super::output::{abandon, say};
use super::progress;

/// The exit code of a program that Ctrl-C ended, as shells have it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// What is to be said then.
static LAST_WORDS: Mutex<Option<String>> = Mutex::new(None);

/// Says this if Ctrl-C ends the program from now on.
pub(super) fn last_words(words: Option<String>) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

/// Ends the program cleanly on Ctrl-C. Where the system does not let us, it ends as the system does it.
pub(crate) fn watch() {
    let _ = ctrlc::set_handler(|| {
        progress::clear();
        let words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(words) = words {
            say(&words);
        }
        abandon(end);
    });
}

#[allow(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "work goes on in other threads, which only this ends"
)]
fn end() {
    std::process::exit(INTERRUPTED);
}
