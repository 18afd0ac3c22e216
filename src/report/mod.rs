//! The report: one model, many renderers, the same words in all.
//!
//! It shows what the diagnosis found and judges nothing. Renderers return text; they do not print.

pub mod facts;
pub mod html;
pub mod json;
pub mod junit;
pub mod model;
pub mod phrases;
mod pieces;
pub mod reply;
pub mod sarif;
pub mod terminal;
pub mod text;
mod times;

pub use model::Report;

#[cfg(test)]
pub(crate) mod examples;
#[cfg(test)]
mod schema_tests;
