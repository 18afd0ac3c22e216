//! Passwords for encrypted members of zip archives: those that the user gives, in their order. None is ever
//! guessed, and none is ever shown.

use std::fmt;

/// Passwords to try, in this order.
#[derive(Clone, Default)]
pub struct Passwords(Vec<String>);

impl Passwords {
    /// One password for each line that is not empty. Spaces belong to a password; a byte order mark and the
    /// line ends of Windows do not.
    pub fn from_lines(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Passwords(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The bytes of each, in UTF-8.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(String::as_bytes)
    }
}

/// What is printed for debugging ends up in logs.
impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_password() {
        let passwords = Passwords::from_lines("\u{feff}one\r\n\r\n two \nパス");
        let given: Vec<_> = passwords.iter().collect();
        assert_eq!(given, [b"one".as_slice(), b" two ", "パス".as_bytes()]);
        assert_eq!(format!("{passwords:?}"), "3 passwords");
        assert!(Passwords::from_lines("\r\n\n").is_empty());
    }
}
