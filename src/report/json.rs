//! The report as JSON: version 1 of the shape that `docs/report.schema.json` describes.

use serde::Serialize;

use super::Report;

/// Renders the report as one indented UTF-8 document that ends with a line end. Keys stand in the order
/// of the model, and text stays as it is in the files, escaped as JSON asks.
///
/// # Errors
/// None is known for this model; the serializer's own error is passed on.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    document(report)
}

/// Any value as one indented document that ends with a line end, safe to show in a terminal.
///
/// # Errors
/// None is known for values of this crate; the serializer's own error is passed on.
pub fn document(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut document = without_terminal_controls(serde_json::to_string_pretty(value)?);
    document.push('\n');
    Ok(document)
}

/// Reads a report back.
///
/// # Errors
/// The text is no report of this version.
pub fn read(document: &[u8]) -> Result<Report, serde_json::Error> {
    serde_json::from_slice(document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document))
}

/// JSON asks for no escape of DEL and of the controls above it, which a terminal obeys all the same.
pub(crate) fn without_terminal_controls(document: String) -> String {
    let is_control = |letter: char| matches!(letter, '\u{7f}'..='\u{9f}');
    if !document.contains(is_control) {
        return document;
    }
    let mut escaped = String::with_capacity(document.len().saturating_add(64));
    for letter in document.chars() {
        if is_control(letter) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::*;

    #[test]
    fn reads_back_to_the_same_report() {
        for report in examples::all() {
            let document = render(&report).unwrap();
            assert_eq!(serde_json::from_str::<Report>(&document).unwrap(), report);
            assert!(document.ends_with("}\n") && !document.ends_with("\n\n"));
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_the_contract() {
        let document = render(&examples::remote_sam()).unwrap();
        let keys: Vec<_> = document
            .lines()
            .filter_map(|line| line.strip_prefix("  \"")?.split_once("\":"))
            .map(|(key, _)| key)
            .collect();
        let contract = [
            "schema",
            "language",
            "tool",
            "bundle",
            "verdict",
            "causes",
            "other_diagnoses",
            "attempts",
            "timeline",
            "facts",
            "contradictions",
            "collect_next",
            "machines",
            "artifacts",
            "gaps",
            "warnings",
        ];
        assert_eq!(keys, contract);
        assert!(document.contains("\"where\""), "a keyword of Rust, and a plain key of the report");
    }

    #[test]
    fn text_stays_as_it_is() {
        let mut report = examples::remote_sam();
        report.verdict.summary = "a\u{202e}b\u{1b}\n".to_owned();
        let document = render(&report).unwrap();
        assert!(document.contains("\"a\u{202e}b\\u001b\\n\""));
    }

    #[test]
    fn controls_that_a_terminal_obeys_are_escaped() {
        let mut report = examples::remote_sam();
        report.verdict.summary = "a\u{7f}b\u{9b}31m\u{a0}".to_owned();
        let document = render(&report).unwrap();
        assert!(document.contains("\"a\\u007fb\\u009b31m\u{a0}\""));
        assert_eq!(serde_json::from_str::<Report>(&document).unwrap(), report);
    }
}
