//! The reply to the customer.

use super::Report;
use crate::words::Catalogue;

/// Renders.
pub fn render(_report: &Report, _words: &Catalogue) -> String {
    String::new()
}
