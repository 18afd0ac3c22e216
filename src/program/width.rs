//! How wide lines may be: as wide as the terminal that shows them. What goes to a file or a pipe has the width of the
//! classic console, so that the same input gives the same bytes.

use std::io::{self, IsTerminal};

/// Columns where nobody looks on, or where the terminal does not say.
pub(super) const USUAL: usize = 80;
/// Narrower lines hold no table, wider ones are hard to follow.
const BOUNDS: (usize, usize) = (40, 120);

/// Columns of what goes to standard output.
pub(super) fn of_standard_output() -> usize {
    let out = io::stdout();
    let size = out.is_terminal().then(|| terminal_size::terminal_size_of(&out)).flatten();
    bounded(size)
}

/// Columns of what goes to standard error.
pub(super) fn of_standard_error() -> usize {
    let out = io::stderr();
    let size = out.is_terminal().then(|| terminal_size::terminal_size_of(&out)).flatten();
    bounded(size)
}

fn bounded(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    match size {
        // A terminal that does not know its size says that it has none.
        Some((terminal_size::Width(columns), _)) if columns > 0 => {
            usize::from(columns).clamp(BOUNDS.0, BOUNDS.1)
        }
        _ => USUAL,
    }
}

#[cfg(test)]
mod tests {
    use terminal_size::{Height, Width};

    use super::*;

    #[test]
    fn a_terminal_has_its_own_width_within_reason() {
        let of = |columns| bounded(Some((Width(columns), Height(24))));
        assert_eq!([of(60), of(80), of(10), of(500), of(0)], [60, 80, 40, 120, 80]);
        assert_eq!(bounded(None), 80);
    }
}
