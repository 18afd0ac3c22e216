//! Tests that the JSON report and its published schema say the same.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::examples;
use super::json::render;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap()
}

fn document(report: &super::Report) -> Value {
    serde_json::from_str(&render(report).unwrap()).unwrap()
}

fn errors(document: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::draft202012::new(&schema()).unwrap());
    VALIDATOR.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schema_is_valid_draft_2020_12() {
    assert!(jsonschema::meta::is_valid(&schema()));
    assert_eq!(schema()["properties"]["schema"]["const"], super::model::SCHEMA);
}

#[test]
fn every_example_is_valid() {
    for report in examples::all() {
        assert_eq!(errors(&document(&report)), Vec::<String>::new());
    }
}

/// Changes one place of a valid document, and says whether the schema still takes it.
fn accepts(pointer: &str, value: Value) -> bool {
    let mut document = document(&examples::remote_sam());
    *document.pointer_mut(pointer).unwrap() = value;
    errors(&document).is_empty()
}

#[test]
fn a_wrong_value_is_refused() {
    let wrong = [
        ("/schema", json!("sspr-triage/report/2")),
        ("/verdict/state", json!("certain")),
        ("/verdict/cause", json!("kerberos")),
        ("/verdict/summary", json!("")),
        ("/tool/knowledge", json!("9F86")),
        ("/bundle/inputs/0/bytes", json!(-1)),
        ("/causes/0/id", json!("remote-sam")),
        ("/causes/2/evidence/0/weight", json!("rules_out")),
        ("/causes/2/evidence/0/answer", json!("maybe")),
        ("/causes/2/evidence/0/source", json!("line 4")),
        ("/causes/2/remedy/0/where", json!(3)),
        ("/attempts/0/time", json!("2024-05-14 08:01:02")),
        ("/attempts/0/time", json!("2024-05-14T08:01:02+09:00")),
        ("/attempts/1/code", json!("80230626")),
        ("/attempts/1/operation", json!("unlock")),
        ("/collect_next/0/elevated", json!("yes")),
        ("/artifacts/0/attributed_by", json!("guess")),
        ("/artifacts/0/sha256", json!("")),
        ("/bundle/inputs/0/sha256", Value::Null),
        ("/machines/0/role", json!("dc")),
        ("/gaps/0/place", Value::Null),
    ];
    for (pointer, value) in wrong {
        assert!(!accepts(pointer, value.clone()), "{pointer} = {value}");
    }
    assert!(accepts("/attempts/0/time", json!("2024-05-14T08:01:02.123456789Z")));
    assert!(accepts("/causes/2/evidence/0/source", Value::Null));
    assert!(accepts("/artifacts/0/sha256", Value::Null));
}

#[test]
fn a_missing_key_an_unknown_key_and_a_missing_cause_are_refused() {
    let base = document(&examples::remote_sam());
    let mut objects = Vec::new();
    places(&base, String::new(), &mut objects);
    assert!(objects.iter().any(|pointer| pointer.starts_with("/causes/2/remedy/")));
    for pointer in &objects {
        let keys: Vec<String> = base.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut changed = base.clone();
            changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!errors(&changed).is_empty(), "{pointer} without {key}");
        }
        let mut changed = base.clone();
        changed.pointer_mut(pointer).unwrap()["unknown"] = json!(1);
        assert!(!errors(&changed).is_empty(), "{pointer} with an unknown key");
    }
    let mut changed = base.clone();
    changed["causes"].as_array_mut().unwrap().pop();
    assert!(!errors(&changed).is_empty());
}

/// The places of all objects of a document; of a list, those of its first and its last element.
fn places(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            into.push(at.clone());
            map.iter().for_each(|(key, value)| places(value, format!("{at}/{key}"), into));
        }
        Value::Array(list) => {
            let ends = BTreeSet::from([0, list.len().saturating_sub(1)]);
            for at_end in ends.into_iter().filter(|at| *at < list.len()) {
                places(&list[at_end], format!("{at}/{at_end}"), into);
            }
        }
        _ => {}
    }
}

/// The fields that a document has, as `attempts.events.path`.
fn fields_of_document(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let field = format!("{at}.{key}");
                fields_of_document(value, &field, into);
                into.insert(field);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| fields_of_document(value, at, into)),
        _ => {}
    }
}

/// The fields that the schema describes, in the same form.
fn fields_of_schema(root: &Value, node: &Value, at: &str, into: &mut BTreeSet<String>) {
    if let Some(name) = node["$ref"].as_str().and_then(|link| link.strip_prefix("#/$defs/")) {
        fields_of_schema(root, &root["$defs"][name], at, into);
    }
    for list in ["prefixItems", "oneOf"] {
        node[list].as_array().into_iter().flatten().for_each(|node| fields_of_schema(root, node, at, into));
    }
    if node["items"].is_object() {
        fields_of_schema(root, &node["items"], at, into);
    }
    for (key, node) in node["properties"].as_object().into_iter().flatten() {
        let field = format!("{at}.{key}");
        fields_of_schema(root, node, &field, into);
        into.insert(field);
    }
}

#[test]
fn schema_and_model_have_the_same_fields() {
    let (mut in_documents, mut in_schema) = (BTreeSet::new(), BTreeSet::new());
    for report in examples::all() {
        fields_of_document(&document(&report), "", &mut in_documents);
    }
    fields_of_schema(&schema(), &schema(), "", &mut in_schema);
    assert_eq!(in_documents, in_schema);
    assert!(in_schema.contains(".attempts.events.machine"), "the walk reaches the leaves");
}

#[test]
fn every_field_and_every_definition_is_described() {
    let schema = schema();
    let described = |node: &Value| {
        let link = node["$ref"].as_str().and_then(|link| link.strip_prefix("#/$defs/"));
        node["description"].is_string()
            || link.is_some_and(|name| schema["$defs"][name]["description"].is_string())
            || node["items"]["$ref"].is_string()
    };
    let mut objects = vec![&schema];
    objects.extend(schema["$defs"].as_object().unwrap().values());
    for object in objects {
        for (key, node) in object["properties"].as_object().into_iter().flatten() {
            assert!(described(node), "{key}");
        }
    }
}
