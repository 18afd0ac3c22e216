//! The report as SARIF 2.1.0, so that systems which show results of analyses can show this one.
//!
//! Each cause is a rule, and its state a result: `fail` with a level that tells how sure (`error` for
//! confirmed, `warning` for likely, `note` for possible), `pass` where it is ruled out, `open` where
//! nothing can be said. What could not be read is a notification of the invocation.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{About, Evidence, Report, SourceEntry};
use super::phrases::Phrases;
use crate::diagnosis::{Answer, State, Weight};

/// The schema that the document names.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Renders the report as one indented document that ends with a line end.
///
/// # Errors
/// None is known for this model; the serializer's own error is passed on.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let judged = judged(report);
    let phrases = Phrases::of(report);
    let rules: Vec<Value> = judged
        .iter()
        .map(|judged| json!({"id": judged.id, "shortDescription": {"text": judged.name}}))
        .collect();
    let results: Vec<Value> =
        judged.iter().enumerate().map(|(index, judged)| result(index, judged, phrases)).collect();
    let run = json!({
        "tool": {"driver": {
            "name": report.tool.name,
            "version": report.tool.version,
            "properties": {"knowledge": report.tool.knowledge},
            "rules": rules,
        }},
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": report.gaps.iter().map(|gap| json!({
                "level": "warning",
                "message": {"text": gap.reason},
                "locations": [location(&gap.path, &gap.place, None, None)],
            })).collect::<Vec<_>>(),
        }],
        "artifacts": report.artifacts.iter().map(|artifact| json!({
            "location": {"uri": uri(&artifact.path)},
            "length": artifact.bytes,
            "hashes": artifact.sha256.iter().map(|hash| ("sha-256", hash)).collect::<BTreeMap<_, _>>(),
        })).collect::<Vec<_>>(),
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"verdict": {
            "cause": report.verdict.cause,
            "state": report.verdict.state.word(),
            "summary": report.verdict.summary,
        }},
    });
    let document = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]});
    super::json::document(&document)
}

/// A cause or another diagnosis, and what became of it.
struct Judged<'a> {
    id: &'a str,
    name: String,
    state: State,
    reason: &'a str,
    about: Option<&'a About>,
    evidence: &'a [Evidence],
}

fn judged(report: &Report) -> Vec<Judged<'_>> {
    let phrases = Phrases::of(report);
    let causes = report.causes.iter().map(|cause| Judged {
        id: &cause.id,
        name: phrases.word(&format!("cause.{}", cause.id)),
        state: cause.state,
        reason: &cause.reason,
        about: cause.about.as_ref(),
        evidence: &cause.evidence,
    });
    let others = report.other_diagnoses.iter().map(|other| Judged {
        id: &other.id,
        name: if other.title.is_empty() { &other.id } else { &other.title }.clone(),
        state: other.state,
        reason: &other.reason,
        about: other.about.as_ref(),
        evidence: &other.evidence,
    });
    causes.chain(others).collect()
}

fn result(index: usize, judged: &Judged<'_>, phrases: Phrases) -> Value {
    let (kind, level) = match judged.state {
        State::Confirmed => ("fail", "error"),
        State::Likely => ("fail", "warning"),
        State::Possible => ("fail", "note"),
        State::RuledOut => ("pass", "none"),
        State::Undetermined => ("open", "none"),
    };
    let mut places: Vec<Value> = Vec::new();
    for evidence in judged.evidence.iter().filter(|evidence| decides(evidence, judged.state)) {
        if let Some(source) = &evidence.source {
            let mut place = located(source);
            if let Some(place) = place.as_object_mut() {
                let of = evidence.attempt.as_ref().map(|of| phrases.answer_for(&[of]));
                let text = evidence.text.clone() + &of.map(|of| format!(" ({of})")).unwrap_or_default();
                place.insert("message".to_owned(), json!({"text": text}));
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    let related = if places.is_empty() { Vec::new() } else { places.split_off(1) };
    json!({
        "ruleId": judged.id,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": phrases.with_about(judged.reason, judged.about)},
        "locations": places,
        "relatedLocations": related,
        "properties": {"state": judged.state.word()},
    })
}

/// Whether the evidence is what the state rests on.
fn decides(evidence: &Evidence, state: State) -> bool {
    let wanted: &[Weight] = match state {
        State::RuledOut => &[Weight::RulesOut],
        _ => &[Weight::Proves, Weight::Supports],
    };
    evidence.answer == Answer::Yes && wanted.contains(&evidence.weight)
}

fn located(source: &SourceEntry) -> Value {
    location(&source.path, &source.place, source.line, source.machine.as_deref())
}

/// Lines are regions; other places, such as a record of a log, have a name.
fn location(path: &str, place: &str, line: Option<u64>, machine: Option<&str>) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(path)}});
    if let (Some(line), Some(physical)) = (line, physical.as_object_mut()) {
        physical.insert("region".to_owned(), json!({"startLine": line}));
    }
    let mut name = json!({"name": place});
    if let (Some(machine), Some(name)) = (machine, name.as_object_mut()) {
        name.insert("fullyQualifiedName".to_owned(), json!(format!("{machine}: {path}: {place}")));
    }
    json!({"physicalLocation": physical, "logicalLocations": [name]})
}

/// A path of the bundle as a relative reference of RFC 3986: all but unreserved characters and the
/// separators of the path is written as `%XX`.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::*;

    fn document(report: &Report) -> Value {
        serde_json::from_str(&render(report).unwrap()).unwrap()
    }

    #[test]
    fn every_example_follows_the_published_schema() {
        // One pattern of the published schema has a bracket too many, and is no regular expression.
        let schema = include_str!("../../tests/schemas/sarif-2.1.0.json")
            .replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
        let schema = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::draft7::new(&schema).unwrap();
        for report in examples::all() {
            let document = document(&report);
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new());
        }
        let mut wrong = document(&examples::remote_sam());
        wrong["runs"][0]["results"][0]["level"] = json!("fatal");
        assert!(!validator.is_valid(&wrong), "the schema can refuse");
    }

    #[test]
    fn states_become_kinds_and_levels() {
        let document = document(&examples::remote_sam());
        let of = |cause: usize, key: &str| document["runs"][0]["results"][cause][key].clone();
        assert_eq!(of(2, "ruleId"), "remote-sam");
        assert_eq!((of(2, "kind"), of(2, "level")), (json!("fail"), json!("error")));
        let pass = examples::remote_sam().causes.iter().position(|cause| cause.state == State::RuledOut);
        assert_eq!((of(pass.unwrap(), "kind"), of(pass.unwrap(), "level")), (json!("pass"), json!("none")));
    }

    #[test]
    fn a_line_is_a_region_and_a_record_has_a_name() {
        let line = location("a b.zip!Lsa.reg", "line 12", Some(12), None);
        assert_eq!(line["physicalLocation"]["artifactLocation"]["uri"], "a%20b.zip!Lsa.reg");
        assert_eq!(line["physicalLocation"]["region"]["startLine"], 12);
        let record = location("System.evtx", "record 7", None, Some("dc01.contoso.example"));
        assert!(record["physicalLocation"].get("region").is_none());
        assert_eq!(record["logicalLocations"][0]["name"], "record 7");
    }

    #[test]
    fn a_path_is_never_an_absolute_reference() {
        assert_eq!(uri("http://evil.example/?q#f"), "http%3A//evil.example/%3Fq%23f");
        assert_eq!(uri("イベント.evtx").get(..9), Some("%E3%82%A4"));
    }
}
