//! `dcdiag`: a line of dots, the name of the controller, and whether it passed a test.

use super::{ControllerDiagnostics, DiagnosticResult, Question};

/// Tests of a single controller; those of a partition or of the enterprise carry other names in their place.
const OF_CONTROLLER: [&str; 15] = [
    "Connectivity",
    "Advertising",
    "FrsEvent",
    "DFSREvent",
    "SysVolCheck",
    "KccEvent",
    "KnowsOfRoleHolders",
    "MachineAccount",
    "NCSecDesc",
    "NetLogons",
    "ObjectsReplicated",
    "Replications",
    "RidManager",
    "Services",
    "VerifyReferences",
];

/// Dots that stand before a result.
const DOTS: usize = 20;

/// Results of two tests of a controller, in any language.
pub(super) fn looks_like(text: &str) -> bool {
    let mut results = results(text);
    results.next().is_some() && results.next().is_some()
}

pub(super) fn read(text: &str, into: &mut ControllerDiagnostics) {
    for (line, controller, test, rest) in results(text) {
        let question = match test {
            "Connectivity" => Some(Question::Reachable),
            "Replications" => Some(Question::Replicates),
            _ => None,
        };
        match (question, passed(&rest)) {
            (Some(question), Some(passed)) => into.found(DiagnosticResult {
                controller: controller.to_owned(),
                question,
                passed,
                error: None,
                line,
            }),
            _ => into.name(controller, line),
        }
    }
}

/// Results of tests of a controller: the line, the controller, the test, and the words.
fn results(text: &str) -> impl Iterator<Item = (u64, &str, &'static str, String)> {
    let mut lines = (1_u64..).zip(text.lines()).peekable();
    std::iter::from_fn(move || {
        loop {
            let (number, line) = lines.next()?;
            let line = line.trim();
            let words = line.trim_start_matches('.');
            if line.len().saturating_sub(words.len()) < DOTS {
                continue;
            }
            let mut rest = words.trim().to_owned();
            // The name of the test may stand on the next line, at the console's width.
            if test_in(&rest).is_none()
                && let Some((_, next)) =
                    lines.next_if(|(_, next)| test_in(next).is_some_and(|test| next.trim().starts_with(test)))
            {
                rest = format!("{rest} {}", next.trim());
            }
            let Some(test) = test_in(&rest) else { continue };
            let Some(controller) = words.split_whitespace().next() else { continue };
            return Some((number, controller, test, rest));
        }
    })
}

fn test_in(text: &str) -> Option<&'static str> {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.find_map(|word| OF_CONTROLLER.into_iter().find(|test| *test == word))
}

/// What the sentence says, where its language is read.
fn passed(rest: &str) -> Option<bool> {
    let has = |words: &str| rest.contains(words);
    match () {
        () if has("failed test") || has("失敗しました") || has("合格しませんでした") => {
            Some(false)
        }
        () if has("passed test") || has("合格しました") => Some(true),
        () => None,
    }
}
