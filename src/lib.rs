//! sspr-triage: reads a support bundle offline and says which cause is behind SSPR_0029.

pub mod artifacts;
pub mod bundle;
pub mod diagnosis;
pub mod explain;
pub mod knowledge;
pub mod report;
pub mod security_descriptor;
pub mod source;
pub mod words;
