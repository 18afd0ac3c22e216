//! Progress on standard error: a line that comes where work takes longer than a moment, and goes when it is
//! done.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use sspr_triage::progress::Progress;
use sspr_triage::words::Statement;

use super::console::Console;

/// Work that ends before that shows no line.
const MOMENT: Duration = Duration::from_millis(500);
/// Time between two looks at the counters.
const LOOK: Duration = Duration::from_millis(100);
/// Signs that every console has.
const SIGNS: &str = "=> ";

/// What the counters count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Bytes, shown as KiB, MiB and so on.
    Bytes,
    /// Things.
    Things,
}

/// The line that is drawn now, for whoever ends the program before the work is done.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn drawn() -> MutexGuard<'static, Option<ProgressBar>> {
    DRAWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the line off the terminal. No other comes after it.
pub(super) fn clear() {
    let line = drawn();
    if let Some(line) = line.as_ref() {
        line.finish_and_clear();
    }
    std::mem::forget(line);
}

/// Work that is watched until this is dropped.
pub(super) struct Watched {
    watcher: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Watched {
    /// Shows how far the counters are, where somebody looks on. `what` says what is done.
    pub(super) fn begin(console: Console, what: &'static str, unit: Unit, progress: &Progress) -> Watched {
        if !console.draws_progress() {
            return Watched { watcher: None };
        }
        let (stop, stopped) = mpsc::channel();
        let (progress, label) = (progress.clone(), console.words().say(&Statement::new(what)));
        let watch = move || {
            let goes_on = |wait| stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout);
            if goes_on(MOMENT) {
                draw(&label, unit, &progress, || goes_on(LOOK));
            }
        };
        // Without a thread there is no line, and the work is the same.
        let thread = thread::Builder::new().spawn(watch).ok();
        Watched { watcher: thread.map(|thread| (stop, thread)) }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.watcher.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

fn draw(label: &str, unit: Unit, progress: &Progress, goes_on: impl Fn() -> bool) {
    let counts = match unit {
        Unit::Bytes => "{bytes} / {total_bytes}",
        Unit::Things => "{pos} / {len}",
    };
    // Without the style, which a test knows to be well formed, the line has that of the crate.
    let style = ProgressStyle::with_template(&format!("{{msg}} [{{wide_bar}}] {counts}"))
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let line = ProgressBar::hidden();
    line.set_style(style.progress_chars(SIGNS));
    line.set_message(label.to_owned());
    *drawn() = Some(line.clone());
    loop {
        if progress.known() > 0 {
            let _no_end_meanwhile = drawn();
            line.update(|state| {
                state.set_len(progress.known());
                state.set_pos(progress.done());
            });
            if line.is_hidden() {
                line.set_draw_target(ProgressDrawTarget::stderr());
                line.tick();
            }
        }
        if !goes_on() {
            break;
        }
    }
    let mut drawn = drawn();
    line.finish_and_clear();
    *drawn = None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_formed() {
        for counts in ["{bytes} / {total_bytes}", "{pos} / {len}"] {
            assert!(ProgressStyle::with_template(&format!("{{msg}} [{{wide_bar}}] {counts}")).is_ok());
        }
    }
}
