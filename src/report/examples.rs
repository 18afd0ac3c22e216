//! Reports made by hand, for the tests of the renderers. Nothing in them comes from a real bundle.

use super::Report;
use super::model::*;
use crate::diagnosis::{Answer, State, Weight};
use crate::knowledge::pages::{self, Values};
use crate::words::Language;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const APPLICATION: &str = "case.zip!aadc01/Application.evtx";
const SYSTEM: &str = "case.zip!dc01/System.evtx";
const LSA: &str = "case.zip!dc01/lsa.reg";

/// All of them.
pub(crate) fn all() -> Vec<Report> {
    vec![remote_sam(), two_causes(), other()]
}

fn source(path: &str, place: &str, machine: Option<&str>) -> SourceEntry {
    let number = |what: &str| place.strip_prefix(what).and_then(|number| number.parse().ok());
    SourceEntry {
        path: path.into(),
        place: place.into(),
        record: number("record "),
        line: number("line "),
        machine: machine.map(Into::into),
    }
}

fn evidence(
    check: &str,
    weight: Weight,
    answer: Answer,
    text: &str,
    source: Option<SourceEntry>,
) -> Evidence {
    Evidence {
        check: check.into(),
        weight,
        answer,
        text: text.into(),
        attempt: None,
        aside: false,
        source,
        words: None,
    }
}

fn of_attempt(user: &str) -> OfAttempt {
    OfAttempt { time: "2024-05-14T08:01:02Z".into(), user: Some(user.into()) }
}

fn cause(id: &str, state: State, reason: &str, evidence: Vec<Evidence>) -> Cause {
    Cause {
        id: id.into(),
        state,
        reason: reason.into(),
        about: None,
        evidence,
        missing: vec![],
        remedy: vec![],
    }
}

fn remedy(id: &str, sections: &[&str], values: &Values) -> Vec<Step> {
    let page = pages::page(Language::English, id).unwrap();
    let sections = sections.iter().map(|section| page.remedy(section).unwrap());
    let step = |title: &str, step: &pages::PageStep| {
        let step = step.filled(values, Language::English);
        let section = Some(title.to_owned());
        Step { step: step.text, command: step.command, r#where: step.where_, section, note: false }
    };
    sections.flat_map(|section| section.steps.iter().map(move |s| step(&section.title, s))).collect()
}

fn attempt(time: &str, user: &str, code: Option<&str>, cause: &str, state: State, record: &str) -> Attempt {
    Attempt {
        time: time.into(),
        operation: "reset".into(),
        user: Some(user.into()),
        tracking_id: Some("0f0e0d0c-0b0a-4908-8706-050403020100".into()),
        connector_account: None,
        result: "failed".into(),
        code: code.map(Into::into),
        cause: cause.into(),
        state,
        diagnosis: (cause == "other").then(|| "password-policy".into()),
        reason: Some(format!("This is why it is {cause}.")),
        open: vec![],
        staging: false,
        events: vec![source(APPLICATION, record, Some("aadc01.contoso.example"))],
    }
}

fn file(path: &str, kind: &str, machine: Option<&str>, coverage: Option<CoverageEntry>) -> ArtifactEntry {
    ArtifactEntry {
        path: path.into(),
        kind: kind.into(),
        machine: machine.map(Into::into),
        attributed_by: machine.map(|_| "content".into()),
        bytes: 1_118_208,
        coverage,
        sha256: Some(HASH.into()),
    }
}

fn log(from: &str, to: &str, records: u64, lost: u64) -> Option<CoverageEntry> {
    Some(CoverageEntry { from: Some(from.into()), to: Some(to.into()), records, lost })
}

fn application_log() -> ArtifactEntry {
    let coverage = log("2024-05-01T00:12:44Z", "2024-05-14T09:30:00Z", 18_204, 0);
    file(APPLICATION, "event-log", Some("aadc01.contoso.example"), coverage)
}

fn machine(name: &str, role: &str, how: &str) -> Machine {
    Machine { name: name.into(), role: role.into(), how: how.into() }
}

fn report(cause: &str, state: State, summary: &str, causes: Vec<Cause>) -> Report {
    Report {
        schema: SCHEMA.into(),
        language: Language::English,
        tool: Tool { name: "sspr-triage".into(), version: "0.1.0".into(), knowledge: HASH.into() },
        bundle: BundleInputs {
            inputs: vec![InputEntry { path: "case.zip".into(), sha256: HASH.into(), bytes: 2_096_640 }],
        },
        verdict: Verdict {
            cause: cause.into(),
            state,
            diagnosis: (cause == "other").then(|| "password-policy".into()),
            summary: summary.into(),
        },
        causes,
        other_diagnoses: vec![],
        attempts: vec![],
        timeline: Timeline::default(),
        facts: vec![],
        contradictions: vec![],
        collect_next: vec![],
        machines: vec![machine("aadc01.contoso.example", "connect-server", "it logs events of ADSync")],
        artifacts: vec![application_log()],
        gaps: vec![],
        warnings: vec![],
    }
}

/// Cause 3, confirmed by the registry value of the domain controller. Every field of the model is in use.
pub(crate) fn remote_sam() -> Report {
    let values = Values::default()
        .with("connector_account", "CONTOSO\\MSOL_0123456789ab")
        .with("controller", "dc01.contoso.example")
        .with("connect_server", "aadc01.contoso.example")
        .with("gpo", "Default Domain Controllers Policy")
        .with("user", "anna.berg@contoso.example");
    let refused = source(APPLICATION, "record 48211", Some("aadc01.contoso.example"));
    let refused = |weight| {
        let text = "The trace of the attempt of 2024-05-14T08:01:02Z says that user information could not be \
                    acquired as CONTOSO\\MSOL_0123456789ab: ERROR_ACCESS_DENIED.";
        evidence("sam-call-refused", weight, Answer::Yes, text, Some(refused.clone()))
    };
    let value = source(LSA, "line 4", Some("dc01.contoso.example"));
    let denies = evidence(
        "controller-denies-connector",
        Weight::Proves,
        Answer::Yes,
        "RestrictRemoteSam on dc01.contoso.example gives READ_CONTROL to BUILTIN\\Administrators only: \
         O:BAG:BAD:(A;;RC;;;BA).",
        Some(value.clone()),
    );
    let counted = evidence(
        "denial-logged",
        Weight::Supports,
        Answer::Yes,
        "Event 16969 counts 14 refused calls in the 900 seconds before 2024-05-14T08:12:40Z.",
        Some(source(SYSTEM, "record 90210", Some("dc01.contoso.example"))),
    );
    let counted = Evidence { attempt: Some(of_attempt("anna.berg@contoso.example")), ..counted };
    let counted = Evidence { words: Some("14\n900".into()), ..counted };
    let audit = evidence(
        "audit-only-mode",
        Weight::RulesOut,
        Answer::Unknown,
        "The export does not hold RestrictRemoteSamAuditOnlyMode.",
        None,
    );
    let mut remote = cause(
        "remote-sam",
        State::Confirmed,
        "The domain controller refused the connector account's call to SAM, and its restriction leaves the \
         account out.",
        vec![denies, refused(Weight::Supports), counted, audit],
    );
    remote.remedy = remedy("remote-sam", &["solution-1", "solution-2", "verify"], &values);
    let mut permissions = cause(
        "connector-permissions",
        State::Possible,
        "Missing read rights give the same line in event 6329; they can only be seen once the restriction is \
         gone.",
        vec![refused(Weight::Supports)],
    );
    permissions.about =
        Some(About { count: 1, failed: 2, attempts: vec![of_attempt("anna.berg@contoso.example")] });
    permissions.missing = vec!["the access list of CN=Server,CN=System".into()];
    let protected = cause(
        "protected-account",
        State::RuledOut,
        "The attempt ended before the password was touched.",
        vec![refused(Weight::RulesOut)],
    );
    let mut report = report(
        "remote-sam",
        State::Confirmed,
        "dc01.contoso.example accepts remote calls to SAM from BUILTIN\\Administrators only and turned \
         CONTOSO\\MSOL_0123456789ab away.",
        vec![protected, permissions, remote],
    );
    let mut failed = attempt(
        "2024-05-14T08:01:02Z",
        "anna.berg@contoso.example",
        Some("0x80230626"),
        "remote-sam",
        State::Confirmed,
        "record 48212",
    );
    failed.connector_account = Some("CONTOSO\\MSOL_0123456789ab".into());
    let mut succeeded = failed.clone();
    (succeeded.time, succeeded.result) = ("2024-05-02T13:40:11Z".into(), "succeeded".into());
    (succeeded.cause, succeeded.state, succeeded.code) = ("no-failure".into(), State::Undetermined, None);
    report.attempts = vec![succeeded, failed];
    report.timeline = timeline();
    report.other_diagnoses = vec![OtherDiagnosis {
        id: "account-locked-out".into(),
        title: "The account is locked out on-premises".into(),
        state: State::RuledOut,
        reason: "The account was unlocked an hour before the attempt.".into(),
        about: Some(About { count: 1, failed: 2, attempts: vec![of_attempt("anna.berg@contoso.example")] }),
        evidence: vec![],
        remedy: vec![],
    }];
    report.contradictions = vec![Contradiction {
        text:
            "The report of policies of dc01.contoso.example does not set the restriction, but its registry \
               value is still there: the value outlives the policy that wrote it."
                .into(),
        sources: vec![
            source("case.zip!dc01/GPreport.htm", "whole file", Some("dc01.contoso.example")),
            value,
        ],
    }];
    report.facts = vec![FactEntry {
        subject: "dc01.contoso.example".into(),
        fact: "sam-registry-value".into(),
        value: "O:BAG:BAD:(A;;RC;;;BA)".into(),
        detail: None,
        sources: vec![source(LSA, "line 4", Some("dc01.contoso.example"))],
    }];
    report.warnings =
        vec!["Only dc01.contoso.example was looked at; every domain controller has its own value.".into()];
    report.collect_next = vec![CollectNext {
        artifact: "lsa-registry".into(),
        command: "reg export HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa C:\\Temp\\lsa.reg /y".into(),
        r#where: "every other domain controller".into(),
        elevated: true,
        shell: "powershell".into(),
        prepare: "cmd.exe /c \"if not exist C:\\Temp md C:\\Temp\"".into(),
        files: vec!["C:\\Temp\\user.txt".into()],
        decides: vec!["remote-sam".into()],
        why: "It holds the restriction that the controller enforces.".into(),
        question: "Does it refuse the account?".into(),
        yes: "That is the cause.".into(),
        no: "Another cause is left.".into(),
        again: None,
        machine: None,
        user: None,
        account: None,
    }];
    report.machines.push(machine("dc01.contoso.example", "domain-controller", "its report names its groups"));
    let dc = Some("dc01.contoso.example");
    report.artifacts.push(file("case.zip!dc01/GPreport.htm", "policy-report", dc, None));
    report.artifacts.push(file(
        SYSTEM,
        "event-log",
        dc,
        log("2024-05-10T00:00:09Z", "2024-05-14T09:31:00Z", 4_211, 3),
    ));
    report.artifacts.push(file(LSA, "registry-export", dc, None));
    report.gaps = vec![GapEntry {
        path: SYSTEM.into(),
        place: "byte 69632".into(),
        kind: "unread".into(),
        reason: "A chunk of the log is damaged and its records are lost. Ask for the log to be saved again \
                 in Event Viewer."
            .into(),
    }];
    report
}

/// What happened around the failure, on the two machines and on one that is not known.
fn timeline() -> Timeline {
    let (connect, controller) = (Some("aadc01.contoso.example"), Some("dc01.contoso.example"));
    let entry = |time: &str, kind, text: &str, source: SourceEntry| TimelineEntry {
        time: time.into(),
        machine: source.machine.clone(),
        kind,
        text: text.into(),
        tracking_id: None,
        source,
    };
    let mut failed = entry(
        "2024-05-14T08:01:02Z",
        TimelineKind::AttemptFailed,
        "The password reset of anna.berg@contoso.example failed.",
        source(APPLICATION, "record 48212", connect),
    );
    failed.tracking_id = Some("0f0e0d0c-0b0a-4908-8706-050403020100".into());
    let covered = |machine: Option<&str>, path: &str, from: &str, to: &str, lost| CoveredTime {
        machine: machine.map(Into::into),
        path: path.into(),
        channels: vec![if lost > 0 { "System" } else { "Application" }.into()],
        from: from.into(),
        to: to.into(),
        lost,
    };
    Timeline {
        entries: vec![
            entry(
                "2024-05-13T22:00:00Z",
                TimelineKind::PolicyApplied,
                "Group Policy was applied.",
                source("case.zip!GPreport.htm", "whole file", None),
            ),
            failed,
            entry(
                "2024-05-14T08:12:40Z",
                TimelineKind::SamDenied,
                "SAM refused remote calls that it only counted.",
                source(SYSTEM, "record 90210", controller),
            ),
        ],
        left_out: vec![LeftOut { kind: TimelineKind::SamDenied, count: 14 }],
        coverage: vec![
            covered(connect, APPLICATION, "2024-05-01T00:12:44Z", "2024-05-14T09:30:00Z", 0),
            covered(controller, SYSTEM, "2024-05-10T00:00:09Z", "2024-05-14T09:31:00Z", 3),
        ],
    }
}

/// Causes 1 and 2 are not separated; names are Japanese, and one file says nothing.
pub(crate) fn two_causes() -> Report {
    let refused = |weight| {
        evidence(
            "password-set-refused",
            weight,
            Answer::Yes,
            "Active Directory refused the password set for 田中@contoso.example with 0x80230626.",
            Some(source("証拠.zip!接続サーバー/アプリケーション.evtx", "record 812", Some("AADC01"))),
        )
    };
    let reason = "The password set was refused; a protected account and missing rights look the same there.";
    let mut protected = cause("protected-account", State::Possible, reason, vec![refused(Weight::Supports)]);
    protected.missing = vec!["adminCount and the groups of 田中@contoso.example".into()];
    protected.remedy = remedy("protected-account", &["by-design", "formerly-protected"], &Values::default());
    let no = "Event 4780 for this user is not in the Security log, which covers the attempt.";
    let log = source("証拠.zip!dc01/Security.evtx", "whole file", Some("DC01"));
    protected.evidence.push(evidence("target-restamped", Weight::Supports, Answer::No, no, Some(log)));
    let mut permissions =
        cause("connector-permissions", State::Possible, reason, vec![refused(Weight::Supports)]);
    permissions.remedy = remedy("connector-permissions", &["grant-permissions"], &Values::default());
    let passed = cause(
        "remote-sam",
        State::RuledOut,
        "The call to SAM had succeeded.",
        vec![refused(Weight::RulesOut)],
    );
    let mut report = report(
        "protected-account",
        State::Possible,
        "The password of 田中@contoso.example was refused by Active Directory; whether the account is \
         protected or a right is missing cannot be told from these files.",
        vec![protected, permissions, passed],
    );
    report.bundle.inputs = vec![InputEntry { path: "証拠.zip".into(), sha256: HASH.into(), bytes: 90_112 }];
    report.attempts = (1..=5)
        .map(|hour| {
            let time = format!("2024-05-14T0{hour}:00:00Z");
            let user = "田中@contoso.example";
            attempt(&time, user, Some("0x80230626"), "protected-account", State::Possible, "record 812")
        })
        .collect();
    report.collect_next = vec![
        CollectNext {
            artifact: "user-object".into(),
            command:
                "Get-ADUser '<user principal name>' -Properties adminCount,memberOf,nTSecurityDescriptor \
                      | Format-List > C:\\Temp\\user.txt"
                    .into(),
            r#where: "a domain controller".into(),
            elevated: false,
            shell: "powershell".into(),
            prepare: "cmd.exe /c \"if not exist C:\\Temp md C:\\Temp\"".into(),
            files: vec!["C:\\Temp\\user.txt".into()],
            decides: vec!["protected-account".into(), "connector-permissions".into()],
            why: "It shows whether the account is or was protected.".into(),
            question: "Does it refuse the account?".into(),
            yes: "That is the cause.".into(),
            no: "Another cause is left.".into(),
            again: None,
            machine: None,
            user: None,
            account: None,
        },
        CollectNext {
            artifact: "domain-root-acl".into(),
            command: "dsacls \"<distinguished name of the domain>\" > C:\\Temp\\root.txt".into(),
            r#where: "a domain controller".into(),
            elevated: true,
            shell: "powershell".into(),
            prepare: "cmd.exe /c \"if not exist C:\\Temp md C:\\Temp\"".into(),
            files: vec!["C:\\Temp\\user.txt".into()],
            decides: vec!["connector-permissions".into()],
            why: "It shows the rights of the connector account.".into(),
            question: "Does it refuse the account?".into(),
            yes: "That is the cause.".into(),
            no: "Another cause is left.".into(),
            again: None,
            machine: None,
            user: None,
            account: None,
        },
    ];
    report.artifacts = vec![
        file("証拠.zip!接続サーバー/アプリケーション.evtx", "event-log", Some("AADC01"), None),
        file("証拠.zip!dc01/Security.evtx", "event-log", Some("DC01"), None),
        file("証拠.zip!メモ.txt", "unknown", None, None),
    ];
    report
}

/// A known diagnosis outside the three causes.
pub(crate) fn other() -> Report {
    let values = Values::default().with("user", "leo.ho@contoso.example");
    let code = "Event 33008 of 2024-05-14T08:01:02Z carries 0x80230619.";
    let place = source(APPLICATION, "record 5010", Some("aadc01.contoso.example"));
    let explains = |id| {
        let text = "The code of the attempt belongs to the password policy.";
        let found =
            evidence("other-diagnosis-explains", Weight::RulesOut, Answer::Yes, text, Some(place.clone()));
        cause(id, State::RuledOut, "The password policy explains the attempt.", vec![found])
    };
    let causes = ["protected-account", "connector-permissions", "remote-sam"].map(explains);
    let mut report = report(
        "other",
        State::Confirmed,
        "The domain controller refused the new password of leo.ho@contoso.example because of the password policy.",
        causes.to_vec(),
    );
    report.other_diagnoses = vec![OtherDiagnosis {
        id: "password-policy".into(),
        title: "The new password breaks the password policy".into(),
        state: State::Confirmed,
        reason: "The failure carries the code of the password policy.".into(),
        about: None,
        evidence: vec![Evidence {
            attempt: Some(of_attempt("leo.ho@contoso.example")),
            ..evidence("password-policy-code", Weight::Proves, Answer::Yes, code, Some(place.clone()))
        }],
        remedy: remedy("password-policy", &["meet-the-policy"], &values),
    }];
    report.attempts = vec![attempt(
        "2024-05-14T08:01:02Z",
        "leo.ho@contoso.example",
        Some("0x80230619"),
        "other",
        State::Confirmed,
        "record 5010",
    )];
    report
}

/// Replaces every string of the report that comes from a bundle, whatever its field.
pub(crate) fn hostile(report: &Report, text: &str) -> Report {
    fn walk(value: &mut serde_json::Value, text: &str, keep: bool) {
        match value {
            serde_json::Value::String(string) if !keep => *string = text.to_owned(),
            serde_json::Value::Array(list) => list.iter_mut().for_each(|value| walk(value, text, keep)),
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    let fixed = [
                        "language",
                        "id",
                        "state",
                        "cause",
                        "weight",
                        "answer",
                        "operation",
                        "result",
                        "kind",
                        "shell",
                        "diagnosis",
                        "role",
                        "time",
                        "from",
                        "to",
                    ];
                    walk(value, text, fixed.contains(&key.as_str()));
                }
            }
            _ => {}
        }
    }
    let mut value = serde_json::from_str(&super::json::render(report).unwrap()).unwrap();
    walk(&mut value, text, false);
    serde_json::from_value(value).unwrap()
}
