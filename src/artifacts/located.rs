//! A value with the place in its file where it stands.

use crate::source::Place;

/// A value of a file, as written, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the file.
    pub place: Place,
}

impl<T> Located<T> {
    /// Names the place of a value.
    pub fn new(value: T, place: Place) -> Self {
        Located { value, place }
    }

    /// Gives the value another form, at the same place.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: form(self.value), place: self.place }
    }
}
