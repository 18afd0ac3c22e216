//! The report: one model, many renderers, the same words in all.

pub mod model;

pub use model::Report;
