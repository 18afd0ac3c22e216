//! Knowledge: what Microsoft's documents say, as data. It decides nothing.

pub mod pages;
