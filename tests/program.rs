//! The program as users call it: outputs and exit codes.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::path::PathBuf;

use assert_cmd::Command;
use sspr_triage::words::Language;

fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name).join("bundle")
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sspr-triage"))
}

fn code(command: &mut Command) -> i32 {
    command.output().unwrap().status.code().unwrap()
}

#[test]
fn a_finished_analysis_is_a_success_whatever_the_verdict() {
    assert_eq!(code(program().arg("analyze").arg(case("remote-sam/denied-in-system-log"))), 0);
    assert_eq!(code(program().arg("analyze").arg(case("connector-permissions/one-user"))), 0);
}

#[test]
fn fail_on_makes_a_verdict_a_failure() {
    let fail_on =
        |what: &str, name: &str| code(program().args(["analyze", "--fail-on", what]).arg(case(name)));
    assert_eq!(fail_on("cause", "remote-sam/denied-in-system-log"), 10);
    assert_eq!(fail_on("cause", "trust/healthy-server"), 0);
    assert_eq!(fail_on("undetermined", "connector-permissions/one-user"), 11);
    assert_eq!(fail_on("undetermined", "remote-sam/denied-in-system-log"), 0);
}

#[test]
fn nothing_usable_still_gets_a_report() {
    let output =
        program().args(["analyze", "--format", "json"]).arg(case("trust/nothing-usable")).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["verdict"]["cause"], "undetermined");
    assert!(!report["gaps"].as_array().unwrap().is_empty());
}

#[test]
fn wrong_arguments_and_missing_paths_are_mistakes() {
    assert_eq!(code(program().arg("analyze")), 2);
    assert_eq!(code(program().args(["explain", "no-such-id"])), 2);
    let output = program().args(["analyze", "--lang", "en", "no/such/bundle"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).replace("\n  ", " ");
    assert!(said.contains("no/such/bundle") && said.contains("check the spelling"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_report_goes_to_a_file_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let output = program()
        .args(["analyze", "--format", "json", "--output"])
        .arg(&file)
        .arg(case("remote-sam/denied-in-system-log"))
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(report["schema"], "sspr-triage/report/1");
}

#[test]
fn one_run_writes_several_shapes_that_agree() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let to = |format: &str| format!("{format}={}", file(format).display());
    let output = program()
        .args(["analyze", "--lang", "en", "--format", "text", "--format", &to("json")])
        .args(["--format", &to("html"), "--format", &to("reply")])
        .arg(case("remote-sam/denied-in-system-log"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let alone = |format: &str| {
        let mut program = program();
        program.args(["analyze", "--lang", "en", "--format", format]);
        program.arg(case("remote-sam/denied-in-system-log")).output().unwrap().stdout
    };
    assert_eq!(output.stdout, alone("text"));
    for format in ["json", "html", "reply"] {
        assert_eq!(std::fs::read(file(format)).unwrap(), alone(format), "{format}");
    }
    let report: serde_json::Value = serde_json::from_slice(&alone("json")).unwrap();
    let summary = report["verdict"]["summary"].as_str().unwrap();
    assert!(String::from_utf8_lossy(&alone("html")).contains(summary), "{summary}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn ambiguous_outputs_are_wrong_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report").display().to_string();
    let (json, html) = (format!("json={report}"), format!("html={report}"));
    for arguments in [
        vec!["--format", "text", "--format", "json"],
        vec!["--format", &json, "--format", &html],
        vec!["--format", &json, "--output", "other"],
        vec!["--format", &json, "--format", "text", "--output", "other"],
        vec!["--format", "pdf"],
        vec!["--format", "json="],
    ] {
        let output = program().arg("analyze").args(&arguments).arg("no/such/bundle").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn either_all_shapes_are_written_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let json = format!("json={}", folder.path().join("report.json").display());
    let html = format!("html={}", folder.path().join("no/such/folder/report.html").display());
    let output = program()
        .args(["analyze", "--format", "text", "--format", &json, "--format", &html])
        .arg(case("remote-sam/denied-in-system-log"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_pipe_gets_the_bytes_that_a_file_gets() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    std::fs::write(bundle.join("a\u{7f}b\u{9b}c.txt"), "nothing").unwrap();
    for format in ["json", "text", "html", "reply"] {
        let file = folder.path().join(format);
        let piped = program().args(["analyze", "--format", format]).arg(&bundle).output().unwrap();
        assert_eq!(
            code(program().args(["analyze", "--format", format]).arg(&bundle).arg("--output").arg(&file)),
            3
        );
        assert_eq!(piped.stdout, std::fs::read(file).unwrap(), "{format}");
        assert!(format == "reply" || String::from_utf8_lossy(&piped.stdout).contains("7f"), "{format}");
    }
}

#[test]
fn a_statement_that_fits_no_file_is_told() {
    let stated = |path: &str| {
        let mut program = program();
        program.args(["analyze", "--machine", &format!("{path}=dc01")]);
        String::from_utf8(
            program.arg(case("remote-sam-cleared/connect-server-value-absent")).output().unwrap().stderr,
        )
        .unwrap()
    };
    assert!(stated("no/such.reg").contains("--machine no/such.reg"));
}

#[test]
fn check_says_what_differs_and_how() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("wrong/bundle");
    std::fs::create_dir_all(&bundle).unwrap();
    std::fs::write(bundle.join("note.txt"), "nothing").unwrap();
    std::fs::write(
        folder.path().join("wrong/case.toml"),
        "origin = \"synthetic\"\nwhy = \"it must differ\"\n[expect]\ncause = \"remote-sam\"\nstate = \"confirmed\"\n",
    )
    .unwrap();
    let output = program().arg("check").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(20));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("verdict.cause: expected remote-sam, found undetermined"), "{said}");
    assert!(said.contains("\n1 case, 1 not as expected"), "{said}");
    // What a customer's files are called makes no case of them.
    std::fs::write(bundle.join("case.toml"), "").unwrap();
    let output = program().arg("check").arg(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\n1 case, 1 not as expected"));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(code(program().arg("check").arg(empty.path())), 2);
}

#[test]
fn a_script_is_printed_for_any_case_and_for_one() {
    let output = program().args(["collect-script", "--user", "o'brien@contoso.example"]).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && script.contains("@('o''brien@contoso.example')"));
    assert!(script.contains("Compress-Archive") && script.ends_with("}\r\n"));
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str| {
        let file = folder.path().join("report.json");
        let analyze = ["analyze", "--format", "json", "--output"];
        assert_eq!(code(program().args(analyze).arg(&file).arg(case(name))), 0);
        file
    };
    let open = report("connector-permissions/user-is-not-protected");
    let output = program().args(["collect-script", "--for"]).arg(open).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(script.contains("$Users = @('megan@contoso.example')"), "{script}");
    assert!(script.contains("$Accounts = @('CONTOSO.EXAMPLE\\MSOL_3f1c0b7a9d2e')"), "{script}");
    assert!(script.contains("target-permissions") && !script.contains("wevtutil"));
    let settled = report("remote-sam/denied-in-system-log");
    let output = program().args(["collect-script", "--for"]).arg(settled).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("asks for nothing"));
    assert_eq!(code(program().args(["collect-script", "--user", "a\nb"])), 2);
    assert_eq!(code(program().args(["collect-script", "--for", "no/such.json"])), 2);
}

#[test]
fn explain_knows_every_check_and_cause() {
    for check in sspr_triage::rules::CHECKS {
        assert_eq!(code(program().args(["explain", check.id])), 0, "{}", check.id);
    }
    for cause in sspr_triage::rules::CauseId::ALL {
        assert_eq!(code(program().args(["explain", cause.id()])), 0);
    }
}

/// Each check stands on the page of every cause that asks it, and each page's checks are registered.
#[test]
fn pages_and_checks_agree_both_ways() {
    use sspr_triage::knowledge::diagnoses::known_diagnoses;
    use sspr_triage::knowledge::pages::{page, pages};
    for check in sspr_triage::rules::CHECKS {
        for (cause, _) in check.asked_by {
            let page = page(Language::English, cause.id()).unwrap();
            assert!(page.checks.iter().any(|on| on.id == check.id), "{} is not on {}", check.id, page.id);
        }
    }
    for page in pages(Language::English) {
        for on in &page.checks {
            let registered = match sspr_triage::rules::check(&on.id) {
                // A page may also describe a check of another cause, where that tells the two apart.
                Some(_) => true,
                None => on.id == format!("{}-code", page.id),
            };
            assert!(registered, "{} on {}", on.id, page.id);
        }
    }
    for known in known_diagnoses() {
        assert!(page(Language::English, &known.id).is_some(), "{}", known.id);
    }
}

/// The rows of a run, with its exit code and what it said.
fn batch(output: &std::path::Path, arguments: &[&std::ffi::OsStr]) -> (Vec<serde_json::Value>, i32, String) {
    let run = program().arg("batch").args(arguments).arg("--output").arg(output).output().unwrap();
    let rows = std::fs::read_to_string(output.join("results.jsonl")).unwrap_or_default();
    let rows = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (rows, run.status.code().unwrap(), String::from_utf8(run.stderr).unwrap())
}

/// A folder with three bundles, of which the second cannot be read: by name, `a-remote`, `b-torn.zip`, `c-none`.
fn bundles() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, of) in [("a-remote", "remote-sam/denied-in-system-log"), ("c-none", "trust/healthy-server")] {
        for entry in walkdir::WalkDir::new(case(of)) {
            let entry = entry.unwrap();
            let to = folder.path().join(name).join(entry.path().strip_prefix(case(of)).unwrap());
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(to).unwrap();
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    std::fs::write(folder.path().join("b-torn.zip"), b"PK\x03\x04 and no more").unwrap();
    folder
}

#[test]
fn a_batch_has_a_row_for_each_bundle_in_order_and_a_bad_one_is_a_row() {
    let folder = bundles();
    let path = |name: &str| folder.path().join(name).into_os_string();
    let given = ["c-none", "b-torn.zip", "missing", "a-remote"].map(path);
    let arguments: Vec<&std::ffi::OsStr> = given.iter().map(std::ffi::OsString::as_os_str).collect();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let threads = |count: &'static str| [&arguments[..], &["--threads".as_ref(), count.as_ref()]].concat();
    let (rows, code, said) = batch(&one, &threads("1"));
    assert_eq!(code, 2, "one of the paths leads nowhere");
    assert!(said.contains("4 bundles: 2 with an error, 0 done by an earlier run"), "{said}");
    let names: Vec<&str> = rows.iter().map(|row| row["bundle"].as_str().unwrap()).collect();
    assert_eq!(names, ["c-none", "b-torn.zip", "missing", "a-remote"]);
    let causes: Vec<Option<&str>> = rows.iter().map(|row| row["cause"].as_str()).collect();
    assert_eq!(causes, [Some("no-failure"), Some("undetermined"), None, Some("remote-sam")]);
    assert!(rows[1]["error"].as_str().unwrap().contains("nothing in it could be used"));
    assert!(rows[2]["error"].as_str().unwrap().contains("cannot be opened"));
    assert_eq!((&rows[0]["error"], &rows[3]["error"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    let columns = |row: &serde_json::Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(
        rows.iter().all(|row| columns(row) == columns(&rows[0]) && row["schema"] == "sspr-triage/batch/1")
    );
    assert!(
        rows.iter().all(|row| row
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_object() && !value.is_array()))
    );
    batch(&two, &threads("3"));
    let bytes = |folder: &PathBuf| std::fs::read(folder.join("results.jsonl")).unwrap();
    assert_eq!(bytes(&one), bytes(&two));
}

#[test]
fn children_of_a_folder_are_bundles_and_reports_are_written_on_request() {
    let folder = bundles();
    let output = folder.path().join("results");
    let arguments = ["--children".as_ref(), folder.path().as_os_str(), "--reports".as_ref(), "json".as_ref()];
    let (rows, code, _) = batch(&output, &arguments);
    assert_eq!(code, 0);
    // The folder of the results stands beside the bundles, and is none.
    let names: Vec<&str> = rows.iter().map(|row| row["bundle"].as_str().unwrap()).collect();
    assert_eq!(names, ["a-remote", "b-torn.zip", "c-none"]);
    let report = std::fs::read_to_string(output.join(rows[0]["report"].as_str().unwrap())).unwrap();
    let analyzed =
        program().args(["analyze", "--format", "json"]).arg(folder.path().join("a-remote")).output();
    assert_eq!(report, String::from_utf8(analyzed.unwrap().stdout).unwrap());
    let document: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(document["bundle"]["inputs"][0]["sha256"], rows[0]["sha256"]);
}

#[test]
fn resume_keeps_what_still_holds_and_does_the_rest() {
    let folder = bundles();
    let output = folder.path().join("results");
    let arguments = ["--children".as_ref(), folder.path().as_os_str(), "--resume".as_ref()];
    let (first, ..) = batch(&output, &arguments);
    // A run that ended early left the rows so far, the last one cut off.
    let rows = std::fs::read_to_string(output.join("results.jsonl")).unwrap();
    let marked = rows.replace("\"no-failure\"", "\"marked\"");
    std::fs::write(output.join("results.jsonl"), marked.as_bytes().split_last_chunk::<20>().unwrap().0)
        .unwrap();
    let (again, _, said) = batch(&output, &arguments);
    assert!(said.contains("3 bundles: 1 with an error, 2 done by an earlier run"), "{said}");
    assert_eq!(again, first);
    // What is kept is what the earlier run wrote, which shows by a mark in it.
    std::fs::write(output.join("results.jsonl"), &marked).unwrap();
    let (kept, ..) = batch(&output, &arguments);
    assert_eq!(kept[2]["cause"], "marked");
    // Another bundle of the same name, or other options, and it is read anew.
    std::fs::write(folder.path().join("c-none/new.txt"), "new").unwrap();
    let (changed, _, said) = batch(&output, &arguments);
    assert_eq!(changed[2]["cause"], "no-failure");
    assert!(said.contains("2 done by an earlier run"), "{said}");
    let other = [&arguments[..], &["--max-depth".as_ref(), "2".as_ref()]].concat();
    assert!(batch(&output, &other).2.contains("0 done by an earlier run"));
    // Without --resume, results are not overwritten.
    let (_, code, said) = batch(&output, &arguments[..2]);
    assert!(code == 2 && said.contains("--resume"), "{said}");
    assert!(!output.join("results.earlier.jsonl").exists());
}
