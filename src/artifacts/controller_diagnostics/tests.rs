//! The two commands, in English and in other languages, and what is neither.

use super::*;

const DCDIAG: &str = "\r\nDirectory Server Diagnosis\r\n\r\nPerforming initial setup:\r\n\r\n   Home Server = DC01\r\n\r\n\
    Doing initial required tests\r\n\r\n   Testing server: Default-First-Site-Name\\DC01\r\n\r\n\
    \x20     Starting test: Connectivity\r\n\r\n         ......................... DC01 passed test Connectivity\r\n\
    \x20  Testing server: Default-First-Site-Name\\DC02\r\n      Starting test: Connectivity\r\n\
    \x20        Server DC02 resolved to these IP addresses: 192.0.2.12, but none of them could be reached.\r\n\
    \x20        ......................... DC02 failed test Connectivity\r\n      Starting test: Replications\r\n\
    \x20        ......................... A-LONGISH-NAME1 failed test\r\n         Replications\r\n\
    \x20  Running partition tests on : contoso\r\n         ......................... contoso passed test CrossRefValidation\r\n\
    \x20  Running enterprise tests on : contoso.example\r\n\
    \x20        ......................... contoso.example passed test LocatorCheck\r\n";

fn clean(text: &str) -> ControllerDiagnostics {
    assert!(looks_like_controller_diagnostics(text.as_bytes()), "{text}");
    let (read, gaps) = read(&"a".into(), text.as_bytes());
    assert_eq!(gaps, []);
    read.unwrap()
}

fn names(read: &ControllerDiagnostics) -> Vec<&str> {
    read.controllers.iter().map(|controller| controller.value.as_str()).collect()
}

/// Results as (controller, question, passed, error, line).
fn results(read: &ControllerDiagnostics) -> Vec<(&str, Question, bool, Option<u32>, u64)> {
    let results = read.results.iter();
    results.map(|r| (r.controller.as_str(), r.question, r.passed, r.error, r.line)).collect()
}

#[test]
fn dcdiag_names_controllers_and_not_partitions() {
    let read = clean(DCDIAG);
    assert_eq!(read.command, DiagnosticCommand::Dcdiag);
    assert_eq!(names(&read), ["DC01", "DC02", "A-LONGISH-NAME1"]);
    assert_eq!(
        results(&read),
        [
            ("DC01", Question::Reachable, true, None, 14),
            ("DC02", Question::Reachable, false, None, 18),
            ("A-LONGISH-NAME1", Question::Replicates, false, None, 20),
        ]
    );
}

#[test]
fn dcdiag_in_other_languages_names_controllers() {
    let dots = ".".repeat(25);
    let japanese = format!(
        "{dots} DC01 はテスト Connectivity に合格しました\n{dots} DC01 はテスト Replications に失敗しました\n"
    );
    let read = clean(&japanese);
    assert_eq!(
        results(&read),
        [("DC01", Question::Reachable, true, None, 1), ("DC01", Question::Replicates, false, None, 2)]
    );
    let german = format!(
        "{dots} DC01 hat den Test Connectivity nicht bestanden.\n{dots} DC01 hat den Test Services bestanden.\n"
    );
    let read = clean(&german);
    assert_eq!((names(&read), results(&read)), (vec!["DC01"], vec![]));
}

const REPLSUM: &str = "Replication Summary Start Time: 2026-10-05 07:10:33\r\n\r\n\
    Beginning data collection for replication summary, this may take awhile:\r\n  .....\r\n\r\n\r\n\
    Source DSA          largest delta    fails/total %%   error\r\n\
    \x20DC01                      15m:22s    0 /   5    0  \r\n\
    \x20DC02             >60 days            5 /   5  100  (1722) The RPC server is unavailable.\r\n\
    \x20DC04                  04h:10m:11s    2 /  10   20  (8453) Replication access was denied.\r\n\r\n\
    Experienced the following operational errors trying to retrieve replication information:\r\n\
    \x20         58 - DC03.contoso.example\r\n";

#[test]
fn a_summary_of_replication_has_a_row_for_each_controller() {
    let read = clean(REPLSUM);
    assert_eq!(read.command, DiagnosticCommand::ReplicationSummary);
    assert_eq!(names(&read), ["DC01", "DC02", "DC04", "DC03.contoso.example"]);
    assert_eq!(
        results(&read),
        [
            ("DC01", Question::Replicates, true, None, 8),
            ("DC02", Question::Reachable, false, Some(1722), 9),
            ("DC04", Question::Replicates, false, Some(8453), 10),
            ("DC03.contoso.example", Question::Reachable, false, Some(58), 13),
        ]
    );
}

#[test]
fn other_texts_are_neither() {
    for text in [
        "",
        "......................... done\n......................... done again\n",
        "Starting test: Connectivity\nStarting test: Services\n",
        "CPU  12 /  40  30\n",
        "Source DSA %%\n",
    ] {
        assert!(!looks_like_controller_diagnostics(text.as_bytes()), "{text}");
        assert_eq!(read(&"a".into(), text.as_bytes()).0, None);
    }
}
