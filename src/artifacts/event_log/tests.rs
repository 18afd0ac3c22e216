//! The reader on real logs, on logs built by hand, and on damaged ones.

mod around;
mod build;
mod damaged;
mod full_decode;
mod likeness;
mod mutants;
mod once;
mod samples;
mod traps;
mod value_tables;
