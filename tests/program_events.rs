//! `sspr-triage events` as users call it. Expected records are those of the cases' `source/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

const DENIED: &str = "remote-sam/denied-in-system-log";

fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name).join("bundle")
}

/// What a run writes to standard output and, with its lines put together again, to standard error, and its exit code.
fn run(name: &str, arguments: &[&str]) -> (String, String, i32) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sspr-triage"));
    let output = program.args(["events", "--lang", "en"]).args(arguments).arg(case(name)).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr).replace("\n  ", " "), output.status.code().unwrap())
}

fn rows(name: &str, arguments: &[&str]) -> Vec<Value> {
    let (out, said, code) = run(name, &[&["--format", "jsonl"], arguments].concat());
    assert_eq!(code, 0, "{said}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Each row as `record id`, with `*` in front of those that were asked for.
fn ids(rows: &[Value]) -> Vec<String> {
    let id = |row: &Value| {
        let mark = if row["match"] == true { "*" } else { "" };
        format!("{mark}{} {}", row["record"], row["event_id"])
    };
    rows.iter().map(id).collect()
}

#[test]
fn all_known_events_of_all_logs_come_in_order_of_time() {
    let rows = rows(DENIED, &[]);
    let times: Vec<&str> = rows.iter().map(|row| row["time"].as_str().unwrap()).collect();
    assert_eq!(times.first(), Some(&"2026-09-28T10:02:11.5Z"));
    assert!(times.is_sorted());
    let ids: Vec<u64> = rows.iter().map(|row| row["event_id"].as_u64().unwrap()).collect();
    // Of the service's 62 signs of life (31019) the first is listed.
    assert_eq!(ids, [4724, 16963, 31015, 31019, 31001, 405, 403, 405, 16965, 6329, 33004, 31003]);
    let denied = &rows[8];
    let expected = serde_json::json!({
        "schema": "sspr-triage/events/1", "block": 9, "match": true, "time": "2026-10-05T07:14:02.99Z",
        "file": "dc01/System.evtx", "record": 91051, "offset": null, "computer": "dc01.contoso.example",
        "channel": "System", "provider": "Microsoft-Windows-Directory-Services-SAM", "event_id": 16965,
        "name": "SAMMSG_REMOTE_SAM_ACCESS_DENIED", "level": 3, "freed_space": false, "missing_before": 0,
        "first_only": false, "tracking_id": null,
        "text": "Client SID: S-1-5-21-1004336348-1177238915-682003330-1612, Client Network Address: 192.0.2.21",
        "data": [
            { "name": "Client SID:", "value": "S-1-5-21-1004336348-1177238915-682003330-1612" },
            { "name": "Client Network Address:", "value": "192.0.2.21" },
        ],
    });
    assert_eq!(denied, &expected);
    assert_eq!(rows[4]["tracking_id"], "a73416e6-d997-5054-a13c-c2d4128ae4c8");
    let first_only: Vec<bool> = rows.iter().map(|row| row["first_only"] == true).collect();
    assert_eq!(first_only.iter().filter(|first| **first).count(), 2);
    assert!(first_only[2] && first_only[3]);
}

#[test]
fn filters_narrow_the_list_down() {
    // By principal name, by object id in the cloud, and by the anchor that only two of the three events have; the
    // engine's trace names neither, and is joined as the analysis joins it. The tracking id is only in the three.
    let operation = ["*48314 31001", "*48318 6329", "*48319 33004", "*48320 31003"];
    let of_id = ["*48314 31001", "*48319 33004", "*48320 31003"];
    for filter in [
        ["--user", "MEGAN@contoso.example"],
        ["--user", "250f6fc8-1250-56fa-84d1-d60eded745d0"],
        ["--user", "grWwftoxwEupG5GLcoMtog=="],
    ] {
        assert_eq!(ids(&rows(DENIED, &filter)), operation, "{filter:?}");
    }
    let filter = ["--tracking-id", "{A73416E6-D997-5054-A13C-C2D4128AE4C8}"];
    assert_eq!(ids(&rows(DENIED, &filter)), of_id);
    assert_eq!(
        ids(&rows(DENIED, &["--user", "megan@contoso.example", "--event-id", "33004"])),
        ["*48319 33004"]
    );
    assert_eq!(ids(&rows(DENIED, &["--user", "alex"])), ["*7400216 4724"]);
    assert_eq!(ids(&rows(DENIED, &["--user", "alex", "--user", "megan@contoso.example"])).len(), 5);
    // 16:14:03 in Tokyo is 07:14:03 UTC; both ends count.
    let between = ["--since", "2026-10-05T16:14:03+09:00", "--until", "2026-10-05T07:14:03.225Z"];
    assert_eq!(ids(&rows(DENIED, &between)), ["*48318 6329", "*48319 33004"]);
    assert_eq!(ids(&rows(DENIED, &["--until", "2026-09-28"])), ["*7400216 4724"]);
    let provider = ["--provider", "microsoft-windows-directory-services-sam", "--since", "2026-10-05"];
    assert_eq!(ids(&rows(DENIED, &provider)), ["*91051 16965"]);
}

#[test]
fn signs_of_life_are_all_listed_where_they_are_asked_for() {
    let all = rows(DENIED, &["--event-id", "31019"]);
    assert_eq!(all.len(), 62);
    assert!(all.iter().all(|row| row["first_only"] == false));
}

#[test]
fn neighbours_are_those_of_the_same_log_whatever_they_are() {
    let beside = rows(DENIED, &["--event-id", "16965", "--context", "2"]);
    assert_eq!(ids(&beside), ["91049 7036", "91050 7036", "*91051 16965"]);
    let running = &beside[0];
    assert_eq!(running["provider"], "Service Control Manager");
    assert_eq!(running["text"], "param1: Windows Update, param2: running");
    assert_eq!((&running["level"], &running["computer"]), (&4.into(), &"dc01.contoso.example".into()));
    assert_eq!(running["data"], serde_json::json!([]));
    // Events that stand side by side share their neighbours, and parts of logs come by their first event.
    let ends = ["--event-id", "6329", "--event-id", "33004", "--event-id", "16965", "--context", "1"];
    let both = rows(DENIED, &ends);
    assert_eq!(
        ids(&both),
        ["91050 7036", "*91051 16965", "48317 405", "*48318 6329", "*48319 33004", "48320 31003"]
    );
    let blocks: Vec<u64> = both.iter().map(|row| row["block"].as_u64().unwrap()).collect();
    assert_eq!(blocks, [1, 1, 2, 2, 2, 2]);
}

#[test]
fn logs_in_archives_are_found_again() {
    for (name, file) in [
        ("remote-sam/archive-in-archive", "case.zip!logs.zip!Application.evtx"),
        ("remote-sam/flat-tarball", "bundle.tar.gz!Application.evtx"),
    ] {
        let found = rows(name, &["--event-id", "6329", "--context", "1"]);
        assert_eq!(ids(&found), ["48317 405", "*48318 6329", "48319 33004"]);
        assert!(found.iter().all(|row| row["file"] == file), "{found:?}");
    }
}

/// A record that is lost beside an event is not passed over in silence.
#[test]
fn a_lost_neighbour_shows() {
    let mut log = std::fs::read(case(DENIED).join("aadc01/Application.evtx")).unwrap();
    let header = [&b"\x2a\x2a\0\0"[..], &[0; 4], &48_317_u64.to_le_bytes()].concat();
    let is_it = |at: &[u8]| at[..4] == header[..4] && at[8..] == header[8..];
    let at = log.windows(header.len()).position(is_it).unwrap();
    log[at..at + 16].fill(0);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Application.evtx"), log).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sspr-triage"));
    program.args(["events", "--format", "jsonl", "--event-id", "6329", "--context", "1"]).arg(folder.path());
    let output = program.output().unwrap();
    let rows: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    assert_eq!(ids(&rows), ["48316 403", "*48318 6329", "48319 33004"]);
    let missing: Vec<u64> = rows.iter().map(|row| row["missing_before"].as_u64().unwrap()).collect();
    assert_eq!(missing, [0, 1, 0]);
    let said = String::from_utf8(output.stderr).unwrap().replace("\n  ", " ");
    assert!(said.contains("The records are damaged from this place on"), "{said}");
}

/// A log that collects those of others keeps their record IDs and its own order.
#[test]
fn forwarded_events_have_neighbours_of_other_computers() {
    let found = rows("trust/forwarded-events", &["--event-id", "6329", "--context", "1"]);
    assert_eq!(ids(&found), ["91050 16965", "*48307 6329", "48308 33004"]);
    assert_eq!(found[0]["computer"], "dc01.contoso.example");
    assert_eq!(found[1]["computer"], "aadc01.contoso.example");
}

#[test]
fn records_in_freed_space_are_marked() {
    let found = rows("trust/records-in-freed-space", &["--event-id", "6329", "--context", "1"]);
    assert_eq!(ids(&found), ["48317 405", "*48318 6329", "48319 33004"]);
    assert!(found.iter().all(|row| row["freed_space"] == true));
    let (table, said, _) = run("trust/records-in-freed-space", &["--event-id", "6329"]);
    assert!(table.contains("(from space that the log had freed: it may be out of date)"), "{table}");
    assert!(said.contains("holds no records"), "{said}");
}

#[test]
fn what_cannot_be_read_is_said_on_standard_error_in_every_shape() {
    for format in ["table", "jsonl", "csv"] {
        let (out, said, code) = run("trust/truncated-log", &["--format", format]);
        assert_eq!(code, 0);
        assert!(out.contains("33004") && !out.contains("records are lost"), "{format}");
        assert!(
            said.contains("aadc01/Application.evtx, byte 200704: The file ends within this part"),
            "{said}"
        );
    }
}

#[test]
fn no_event_is_no_failure_and_is_said() {
    let nothing = |format: &str, filter: [&str; 2]| run(DENIED, &["--format", format, filter[0], filter[1]]);
    let none = ["--since", "2026-10-07"];
    assert_eq!(
        nothing("table", none),
        (
            String::new(),
            "sspr-triage: No event of the logs meets the filters. Without filters, all are listed.\n".into(),
            0
        )
    );
    assert_eq!(nothing("jsonl", none).0, "");
    assert_eq!(nothing("csv", none).0.lines().count(), 1, "the columns alone");
    let (_, said, code) = nothing("table", ["--event-id", "5719"]);
    assert!(code == 0 && said.contains("--event-id 5719: the readers keep no event of this ID"), "{said}");
}

#[test]
fn exit_codes_are_those_of_the_other_commands() {
    let (out, said, code) = run("trust/nothing-usable", &[]);
    assert_eq!((out.as_str(), code), ("", 3));
    assert!(said.contains("no event log that can be read"), "{said}");
    let (_, said, code) = run("no/such/case", &[]);
    assert!(code == 2 && said.contains("There is nothing at this path"), "{said}");
    for wrong in [
        ["--since", "yesterday"],
        ["--until", "2026-10-05T07:14:00"],
        ["--context", "51"],
        ["--context", "-1"],
        ["--event-id", "65536"],
        ["--format", "xml"],
    ] {
        let (out, said, code) = run(DENIED, &wrong);
        assert!(code == 2 && out.is_empty() && !said.is_empty(), "{wrong:?}");
    }
}

#[test]
fn the_list_goes_to_a_file_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["table", "jsonl", "csv"] {
        let file = folder.path().join(format);
        let (out, said, code) = run(DENIED, &["--format", format, "--output", file.to_str().unwrap()]);
        assert_eq!((out.as_str(), said.as_str(), code), ("", "", 0));
        assert_eq!(std::fs::read_to_string(file).unwrap(), run(DENIED, &["--format", format]).0);
    }
}

#[test]
fn the_table_is_japanese_where_asked_and_fits_the_console() {
    let (table, ..) = run(DENIED, &["--context", "3", "--event-id", "6329"]);
    let mut program = Command::new(env!("CARGO_BIN_EXE_sspr-triage"));
    program.args(["events", "--lang", "ja", "--context", "3", "--event-id", "6329"]).arg(case(DENIED));
    let japanese = String::from_utf8(program.output().unwrap().stdout).unwrap();
    assert!(japanese.starts_with("  日時 (UTC)") && japanese.contains("エラー"), "{japanese}");
    let width = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    assert!([table, japanese].iter().flat_map(|text| text.lines()).all(|line| width(line) <= 80));
}

#[test]
fn without_a_filter_no_event_is_not_blamed_on_one() {
    let said = |filter: &[&str]| {
        let log = case("remote-sam-cleared/second-domain-controller").join("dc02/System.evtx");
        let mut program = Command::new(env!("CARGO_BIN_EXE_sspr-triage"));
        let output = program.args(["events", "--lang", "en"]).arg(log).args(filter).output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    for none in [&[][..], &["--context", "2"]] {
        assert!(said(none).contains("none of the events that the causes are told by"), "{}", said(none));
    }
    assert!(said(&["--event-id", "16965"]).contains("No event of the logs meets the filters."));
}
