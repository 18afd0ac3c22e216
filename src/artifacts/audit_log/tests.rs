//! Exports of the audit log, one quirk in each; then the real table.

use super::*;

fn read_text(text: &str) -> (AuditLog, Vec<Gap>) {
    let (log, gaps) = read(&"a".into(), text.as_bytes());
    (log.unwrap(), gaps)
}

/// What an export without gaps says.
fn clean(text: &str) -> AuditLog {
    let (log, gaps) = read_text(text);
    assert_eq!(gaps, []);
    log
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn utc(time: &str) -> Option<Timestamp> {
    Some(time.parse().unwrap())
}

fn in_list(list: &[&str], index: &str) -> Place {
    Place::Row { section: list.iter().map(|name| (*name).to_owned()).collect(), name: format!("row {index}") }
}

const ROW: &str = r#"{"id": "SSPR_1", "category": "UserManagement", "correlationId": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "result": "failure", "resultReason": "OnPremisesAdminActionRequired",
    "activityDisplayName": "Reset password (self-service)", "activityDateTime": "2024-05-01T10:11:12.1234567Z",
    "loggedByService": "Self-service Password Management", "operationType": "Update",
    "initiatedBy": {"app": null, "user": {"id": "1", "displayName": null, "userPrincipalName": "ana@contoso.example"}},
    "targetResources": [{"id": "1", "displayName": "Ana", "type": "User", "userPrincipalName": "ana@contoso.example",
    "modifiedProperties": [{"displayName": "x", "oldValue": "y"}]}], "additionalDetails": []}"#;

fn row(place: Place) -> AuditRow {
    AuditRow {
        time: utc("2024-05-01T10:11:12.1234567Z"),
        time_text: some("2024-05-01T10:11:12.1234567Z"),
        activity: "Reset password (self-service)".to_owned(),
        outcome: Outcome::Failure,
        result: some("failure"),
        reason: some("OnPremisesAdminActionRequired"),
        target_upn: some("ana@contoso.example"),
        target: some("ana@contoso.example"),
        initiated_by: some("ana@contoso.example"),
        correlation_id: some("0f8fad5b-d9cb-469f-a165-70867728950e"),
        place,
    }
}

#[test]
fn graph_writes_rows_into_value() {
    let other = r#"{"activityDisplayName": "Add user", "loggedByService": "Core Directory", "category": "UserManagement"}"#;
    let log = clean(&format!(
        "{{\"@odata.context\": \"x\", \"value\": [{other},\n{ROW}], \"@odata.nextLink\": \"y\"}}"
    ));
    assert_eq!((log.form, log.rows_in_file), (AuditForm::Json, 2));
    assert_eq!(log.rows, [row(in_list(&["value"], "1"))]);
}

#[test]
fn the_portal_writes_a_list() {
    assert_eq!(clean(&format!("\u{FEFF}[{ROW}]")).rows, [row(in_list(&[], "0"))]);
}

#[test]
fn diagnostic_settings_write_rows_one_after_the_other() {
    let line = format!("{{\"category\": \"AuditLogs\", \"resultType\": \"x\", \"properties\": {ROW}}}\n");
    let log = clean(&format!("{line}{line}"));
    assert_eq!(log.rows, [row(in_list(&[], "0")), row(in_list(&[], "1"))]);
    let records = clean(&format!("{{\"records\": [{line}]}}"));
    assert_eq!(records.rows, [row(in_list(&["records"], "0"))]);
}

#[test]
fn powershell_writes_capitals_and_dates_of_its_own() {
    let log = clean(
        r#"{"ActivityDisplayName": "Change password (self-service)", "ActivityDateTime": "\/Date(1714558272000)\/",
            "LoggedByService": "Self-service Password Management", "Result": "success",
            "TargetResources": {"UserPrincipalName": "ana@contoso.example"}, "CorrelationId": 7}"#,
    );
    // 1714558272 s = 2024-05-01T10:11:12Z: 19844 days after 1970-01-01, and 36672 s.
    assert_eq!(log.rows[0].time, utc("2024-05-01T10:11:12Z"));
    assert_eq!(log.rows[0].outcome, Outcome::Success);
    assert_eq!(log.rows[0].target_upn, some("ana@contoso.example"));
    assert_eq!(log.rows[0].correlation_id, None);
}

#[test]
fn two_users_are_nobody() {
    let targets =
        r#"[{"userPrincipalName": "ana@contoso.example"}, {"userPrincipalName": "bo@contoso.example"}]"#;
    let log = clean(&format!(
        "[{{\"activityDisplayName\": \"Reset password (by admin)\", \"activityDateTime\": \"2024-05-01T10:11:12Z\", \
         \"targetResources\": {targets}}}]"
    ));
    assert_eq!(log.rows[0].target_upn, None);
    assert_eq!(log.rows[0].target, some("ana@contoso.example, bo@contoso.example"));
    assert_eq!(log.rows[0].outcome, Outcome::Unknown);
}

#[test]
fn json_that_was_cut_keeps_the_rows_before() {
    let (log, gaps) = read_text(&format!("[{ROW},\n{{\"activityDisplayName\": \"Re"));
    assert_eq!(log.rows.len(), 1);
    assert_eq!(gaps.len(), 1);
    // The row has seven lines, and the next begins on the eighth.
    assert_eq!(gaps[0].place, Place::Line(ROW.lines().count() as u64 + 1));
}

#[test]
fn a_time_that_is_no_time_is_a_gap_and_stays_text() {
    let (log, gaps) = read_text(
        "Date (UTC),Service,Activity,Result,ResultReason,CorrelationId\n\
         05/06/2024 10:11:12,Self-service Password Management,Reset password (self-service),failure,x,y\n\
         2024-05-06 10:11:12,Self-service Password Management,Reset password (self-service),failure,x,y\n",
    );
    assert_eq!((log.rows[0].time, log.rows[0].time_text.as_deref()), (None, Some("05/06/2024 10:11:12")));
    assert_eq!(log.rows[1].time, utc("2024-05-06T10:11:12Z"));
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].place, Place::Line(2));
    assert!(gaps[0].said().starts_with("The time of 1 rows"));
}

#[test]
fn a_local_time_whose_zone_nobody_tells_is_not_utc() {
    let (log, _) = read_text(
        "Date,Service,Activity,Result,ResultReason\n\
         2024-05-06 10:11:12,Self-service Password Management,Reset password (self-service),failure,x\n",
    );
    assert_eq!(log.rows[0].time, None);
}

#[test]
fn csv_of_the_portal_has_quotes_commas_and_line_breaks() {
    let log = clean(
        "\u{FEFF}\"Date (UTC)\",CorrelationId,Service,Category,Activity,Result,ResultReason,ActorUserPrincipalName,\
         Target1DisplayName,Target1UserPrincipalName\r\n\
         2024-05-01T10:11:11Z,a,Core Directory,UserManagement,Update user,success,,,,\r\n\
         2024-05-01T10:11:12Z,b,Self-service Password Management,UserManagement,Reset password (self-service),failure,\
         \"On\"\"Prem,\r\nnext\",ana@contoso.example,Ana,ana@contoso.example\r\n\
         2024-05-01T10:11:13Z,c,Self-service Password Management,UserManagement,Unlock user account (self-service),success\r\n",
    );
    assert_eq!((log.form, log.rows_in_file), (AuditForm::Table, 3));
    let [first, second] = &log.rows[..] else { panic!("{log:?}") };
    assert_eq!(first.reason, some("On\"Prem,\r\nnext"));
    assert_eq!(
        (&first.target_upn, &first.initiated_by),
        (&some("ana@contoso.example"), &some("ana@contoso.example"))
    );
    assert_eq!((&first.place, first.outcome), (&Place::Line(3), Outcome::Failure));
    // The row before has a line break in a cell.
    assert_eq!((&second.place, second.outcome), (&Place::Line(5), Outcome::Success));
    assert_eq!((&second.target, &second.correlation_id), (&None, &some("c")));
}

#[test]
fn other_headings_separators_and_encodings_are_read() {
    let text = "sep=;\r\nDate (UTC);Activity;Status;Status reason;Target(s);Initiated by (actor)\r\n\
                2024-05-01T10:11:12Z;Reset password (self-service);Failure;OnPremisesAdminActionRequired;\
                \"Ana <ana@contoso.example>\";x\r\n";
    let bytes: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(looks_like_audit_log(&bytes));
    let (log, gaps) = read(&"a".into(), &bytes);
    let log = log.unwrap();
    assert_eq!(gaps, []);
    assert_eq!(log.rows[0].reason, some("OnPremisesAdminActionRequired"));
    assert_eq!(log.rows[0].target_upn, some("ana@contoso.example"));
    assert_eq!(log.rows[0].place, Place::Line(3));
}

#[test]
fn a_table_that_ends_in_quotes_was_cut() {
    let (log, gaps) = read_text(
        "Date (UTC),Service,Activity,Result,ResultReason\n\
         2024-05-01T10:11:12Z,Self-service Password Management,Reset password (self-service),failure,\"On",
    );
    assert_eq!((log.rows.len(), gaps.len()), (0, 1));
    assert_eq!(gaps[0].place, Place::Line(2));
}

#[test]
fn other_files_are_not_taken() {
    for other in [
        "Level,Date and Time,Source,Event ID,Task Category\r\n",
        "Date (UTC),Request ID,User,Username,Application,Status\n",
        "[{\"activityDisplayName\": 1}]",
        "{\"activityDateTime\": \"x\"}",
        "activityDisplayName loggedByService",
        "",
    ] {
        assert!(!looks_like_audit_log(other.as_bytes()), "{other}");
    }
}

/// Mutants of good files: whatever the bytes, there is no panic, and the same bytes read alike.
#[test]
fn mutants_do_no_harm() {
    let seeds = [
        format!("{{\"value\": [{ROW}]}}"),
        "Date (UTC),Service,Activity,Result,ResultReason\n2024-05-01T10:11:12Z,Self-service Password Management,\
         Reset password (self-service),failure,\"a\"\"b\"\n"
            .to_owned(),
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut taken = 0;
    for round in 0..4000 {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"\",;|\t[]{}:\\\0\xFF\n/"[random(15)]),
                _ => bytes.truncate(at.max(bytes.len() / 2)),
            }
        }
        let path = "a".into();
        let read_once = read(&path, &bytes);
        taken += u32::from(read_once.0.is_some());
        assert_eq!(read_once, read(&path, &bytes));
    }
    assert!(taken > 1000, "most mutants still reach the readers: {taken}");
}

#[test]
fn the_real_table() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/text/entra_audit_SSPR_rows_pt-BR.md");
    let Ok(bytes) = std::fs::read(file) else {
        eprintln!("skipped: the sample is not here");
        return;
    };
    assert!(looks_like_audit_log(&bytes));
    let (log, gaps) = read(&"a".into(), &bytes);
    let log = log.unwrap();
    assert_eq!((gaps, log.rows_in_file), (vec![], 4));
    let said: Vec<_> =
        log.rows.iter().map(|row| (row.time, row.outcome, row.reason.as_deref(), &row.place)).collect();
    assert_eq!(
        said,
        [
            (
                utc("2026-09-03T20:05:21Z"),
                Outcome::Failure,
                Some("PasswordDoesnotComplyFuzzyPolicy"),
                &Place::Line(2)
            ),
            (utc("2026-09-03T20:12:18Z"), Outcome::Success, Some("None"), &Place::Line(3)),
            (
                utc("2026-09-03T20:14:27Z"),
                Outcome::Success,
                Some("User submitted their user ID"),
                &Place::Line(4)
            ),
            (
                utc("2026-09-03T20:14:27Z"),
                Outcome::Failure,
                Some("Password reset is not enabled for this user"),
                &Place::Line(5)
            ),
        ]
    );
    assert!(log.rows.iter().all(|row| row.target_upn.is_none()));
    assert_eq!(log.rows[3].target, some("EMP0006 — Felipe Gomes"));
    assert_eq!(log.rows[3].activity, "Self-service password reset flow activity progress");
}
