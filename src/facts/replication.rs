//! Domain controllers that could not be reached or do not replicate, as `dcdiag` and `repadmin /replsummary`
//! found them. Neither says when the trouble began, so it proves nothing about a failure.

use crate::artifacts::controller_diagnostics::{DiagnosticResult, Question};
use crate::artifacts::{Artifact, Content};
use crate::source::{BundlePath, Place, Source};
use crate::words::Statement;

use super::machines::{Machines, Role};

/// What the commands found.
#[derive(Debug, Clone, Default)]
pub struct ReplicationHealth {
    /// Controllers that were not reached, each once.
    pub unreached: Vec<Trouble>,
    /// Controllers that were reached and do not replicate, each once.
    pub stale: Vec<Trouble>,
    /// Where a controller passed the test of being reached, each once.
    pub reached: Vec<Source>,
}

/// One controller's trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The controller, as written.
    pub controller: String,
    /// Win32 error, where the text has one.
    pub error: Option<u32>,
    /// Where it stands.
    pub source: Source,
}

/// The controllers of such a text become known.
pub(super) fn name_controllers(artifact: &Artifact, machines: &mut Machines) {
    let Content::ControllerDiagnostics(read) = &artifact.content else { return };
    for controller in &read.controllers {
        if let Some(id) = machines.known_as(&controller.value) {
            let source = Source::new(&artifact.path, controller.place.clone());
            machines.show(id, Role::DomainController, Statement::new("machine.diagnosed"), Some(source));
        }
    }
}

/// Most controllers of each list that are kept; a few show that there is trouble.
const MOST: usize = 100;

pub(super) fn gather(artifacts: &[Artifact]) -> ReplicationHealth {
    let mut health = ReplicationHealth::default();
    for artifact in artifacts {
        let Content::ControllerDiagnostics(read) = &artifact.content else { continue };
        for result in &read.results {
            match (result.passed, result.question) {
                (true, Question::Reachable) if health.reached.len() < MOST => {
                    health.reached.push(place(&artifact.path, result));
                }
                (true, _) => {}
                (false, Question::Reachable) => add(&mut health.unreached, &artifact.path, result),
                (false, Question::Replicates) => add(&mut health.stale, &artifact.path, result),
            }
        }
    }
    let unreached = health.unreached.clone();
    let is_unreached = |trouble: &Trouble| {
        unreached.iter().any(|other| other.controller.eq_ignore_ascii_case(&trouble.controller))
    };
    health.stale.retain(|trouble| !is_unreached(trouble));
    health
}

fn add(to: &mut Vec<Trouble>, path: &BundlePath, result: &DiagnosticResult) {
    let known = to.iter().any(|have| have.controller.eq_ignore_ascii_case(&result.controller));
    if !known && to.len() < MOST {
        to.push(Trouble {
            controller: result.controller.clone(),
            error: result.error,
            source: place(path, result),
        });
    }
}

fn place(path: &BundlePath, result: &DiagnosticResult) -> Source {
    Source::new(path, Place::Line(result.line))
}
