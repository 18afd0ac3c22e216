//! The reader on real logs, on logs built by hand, and on damaged ones.

mod damaged;
mod samples;
