//! Results as JUnit XML, which systems for continuous integration show as tests.
//!
//! For a report, each operation is a test case: one that failed is a failure, and one whose end is not
//! known, or that ran on a server in staging mode, is skipped. There is no clock in it: the same bundle gives the same bytes.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::model::{Attempt, Report};
use super::terminal::terminal_safe;
use crate::words::{Catalogue, Statement};

/// Test cases that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its cases, in order.
    pub cases: Vec<Case>,
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What systems group cases by.
    pub class: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not as it should be.
    Failed {
        /// One line.
        message: String,
        /// More lines.
        text: String,
    },
    /// It cannot be told.
    Skipped {
        /// One line.
        message: String,
    },
}

/// The operations of a report as test cases; without one, the verdict is the only case.
pub fn suite(report: &Report) -> Suite {
    let name = report.bundle.inputs.iter().map(|input| input.path.as_str()).collect::<Vec<_>>().join(", ");
    let mut cases: Vec<Case> = report.attempts.iter().map(|attempt| operation(attempt, report)).collect();
    if cases.is_empty() {
        let message = report.verdict.summary.clone();
        let outcome = match report.verdict.cause.as_str() {
            "no-failure" => Outcome::Passed,
            "undetermined" => Outcome::Skipped { message },
            cause => {
                let cause = report.verdict.diagnosis.as_deref().unwrap_or(cause);
                failed(cause, report.verdict.state.word(), message)
            }
        };
        cases.push(Case { class: "verdict".to_owned(), name: report.verdict.cause.clone(), outcome });
    }
    Suite { name, cases }
}

fn operation(attempt: &Attempt, report: &Report) -> Case {
    let user = attempt.user.as_deref().unwrap_or("-");
    let words = Catalogue::of(report.language);
    let outcome = match attempt.result.as_str() {
        "succeeded" => Outcome::Passed,
        _ if attempt.staging => Outcome::Skipped { message: words.say(&Statement::new("junit.staging")) },
        "failed" => {
            let cause = attempt.diagnosis.as_ref().unwrap_or(&attempt.cause);
            failed(cause, attempt.state.word(), reason(attempt, report))
        }
        _ => Outcome::Skipped { message: words.say(&Statement::new("junit.no-end")) },
    };
    Case { class: attempt.operation.clone(), name: format!("{} {user}", attempt.time), outcome }
}

fn failed(cause: &str, state: &str, text: String) -> Outcome {
    let message = if cause == state { cause.to_owned() } else { format!("{cause}: {state}") };
    Outcome::Failed { message, text }
}

/// Why the operation has its cause.
fn reason(attempt: &Attempt, report: &Report) -> String {
    let none = || Catalogue::of(report.language).say(&Statement::new("junit.no-reason"));
    attempt.reason.clone().unwrap_or_else(none)
}

/// Renders suites as one document that ends with a line end.
///
/// # Errors
/// None is known: it writes to memory; the writer's own error is passed on.
pub fn render(suites: &[Suite]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attribute(("name", "sspr-triage"))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(writer, suite)))?;
    let mut document = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    document.push('\n');
    Ok(document)
}

type ToMemory = Writer<Vec<u8>>;

fn write_suite(writer: &mut ToMemory, suite: &Suite) -> io::Result<()> {
    let count =
        |is: fn(&Outcome) -> bool| suite.cases.iter().filter(|case| is(&case.outcome)).count().to_string();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped { .. }));
    writer
        .create_element("testsuite")
        .with_attribute(("name", &*terminal_safe(&suite.name)))
        .with_attribute(("tests", suite.cases.len().to_string().as_str()))
        .with_attribute(("failures", failures.as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", skipped.as_str()))
        .write_inner_content(|writer| suite.cases.iter().try_for_each(|case| write_case(writer, case)))?;
    Ok(())
}

/// XML has no form for most controls, so that text is made safe as for a terminal.
fn write_case(writer: &mut ToMemory, case: &Case) -> io::Result<()> {
    let element = writer
        .create_element("testcase")
        .with_attribute(("classname", &*terminal_safe(&case.class)))
        .with_attribute(("name", &*terminal_safe(&case.name)));
    match &case.outcome {
        Outcome::Passed => element.write_empty()?,
        Outcome::Failed { message, text } => element.write_inner_content(|writer| {
            let lines: Vec<_> = text.lines().map(terminal_safe).collect();
            writer
                .create_element("failure")
                .with_attribute(("message", &*terminal_safe(message)))
                .write_text_content(BytesText::new(&lines.join("\n")))?;
            Ok(())
        })?,
        Outcome::Skipped { message } => element.write_inner_content(|writer| {
            writer
                .create_element("skipped")
                .with_attribute(("message", &*terminal_safe(message)))
                .write_empty()?;
            Ok(())
        })?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::*;

    #[test]
    fn each_operation_is_a_case() {
        let report = examples::remote_sam();
        let suite = suite(&report);
        assert_eq!(suite.cases.len(), report.attempts.len());
        let document = render(&[suite]).unwrap();
        assert!(
            document
                .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sspr-triage\">")
        );
        assert!(document.contains("<failure message=\"remote-sam: confirmed\">"), "{document}");
        assert!(document.ends_with("</testsuites>\n"));
    }

    #[test]
    fn without_an_operation_the_verdict_is_the_case() {
        let mut report = examples::remote_sam();
        report.attempts.clear();
        let cases = suite(&report).cases;
        assert_eq!((cases.len(), cases[0].class.as_str()), (1, "verdict"));
        assert!(
            matches!(&cases[0].outcome, Outcome::Failed { message, .. } if message == "remote-sam: confirmed")
        );
        report.verdict.cause = "undetermined".to_owned();
        assert!(matches!(suite(&report).cases[0].outcome, Outcome::Skipped { .. }));
        report.verdict.cause = "no-failure".to_owned();
        assert_eq!(suite(&report).cases[0].outcome, Outcome::Passed);
    }

    #[test]
    fn counts_and_text_are_right() {
        let case = |name: &str, outcome| Case { class: "c".into(), name: name.into(), outcome };
        let failed = Outcome::Failed { message: "<\"&\u{1b}".into(), text: "a\n]]>\u{202e}".into() };
        let cases = vec![
            case("p", Outcome::Passed),
            case("f", failed),
            case("s", Outcome::Skipped { message: "m".into() }),
        ];
        let document = render(&[Suite { name: "n".into(), cases }]).unwrap();
        assert_eq!(
            document,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sspr-triage\">\n  \
             <testsuite name=\"n\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">\n    \
             <testcase classname=\"c\" name=\"p\"/>\n    \
             <testcase classname=\"c\" name=\"f\">\n      \
             <failure message=\"&lt;&quot;&amp;\\u{1b}\">a\n]]&gt;\\u{202e}</failure>\n    </testcase>\n    \
             <testcase classname=\"c\" name=\"s\">\n      <skipped message=\"m\"/>\n    </testcase>\n  \
             </testsuite>\n</testsuites>\n"
        );
    }
}
