//! Real reports, where they are at hand. Expected values were read out of the files by hand.

use super::*;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/gpresult-html");

fn sample(name: &str) -> Option<PolicyReport> {
    let Ok(bytes) = std::fs::read(format!("{SAMPLES}/{name}")) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    assert!(looks_like_policy_report(&bytes[..bytes.len().min(64 << 10)]), "{name}");
    let (report, gaps) = read(&BundlePath::from(name), &bytes);
    assert_eq!(gaps, [], "{name}");
    Some(report.expect("a report"))
}

/// Kind, half, Security Options, applied and denied GPOs, groups, passes.
fn counts(report: &PolicyReport) -> (ReportKind, ComputerHalf, [usize; 5]) {
    let applied = report.gpos.iter().filter(|gpo| gpo.applied).count();
    let counts = [
        report.security_options.len(),
        applied,
        report.gpos.len() - applied,
        report.computer_groups.len(),
        report.passes.len(),
    ];
    (report.kind, report.computer_half, counts)
}

fn sam_value(report: &PolicyReport) -> Option<(&str, Option<&str>)> {
    let option =
        report.security_options.iter().find(|option| option.name.ends_with("remote calls to SAM"))?;
    Some((&option.value, option.winning_gpo.as_deref()))
}

fn span(pass: &PolicyPass) -> (String, String) {
    (pass.from.to_string(), pass.to.to_string())
}

#[test]
fn member_server_with_the_policy() {
    let Some(report) = sample("HersheyTaichou_CIS-Benchmarks__GPResult-MS.html") else { return };
    assert_eq!(counts(&report), (ReportKind::Results, ComputerHalf::Present, [66, 9, 1, 10, 2]));
    assert_eq!(report.computer.as_deref(), Some("oriontech\\CIS-MS01"));
    assert_eq!(report.computer_fqdn.as_deref(), Some("CIS-MS01.corp.oriontech.info"));
    assert_eq!(report.organizational_unit.as_deref(), Some("corp.oriontech.info/Member Servers"));
    assert_eq!(sam_value(&report), Some(("O:BAG:BAD:(A;;RC;;;BA)", Some("02 Local Policies - MS"))));
    let gpo = report.gpos.iter().find(|gpo| gpo.name == "02 Local Policies - MS").expect("the GPO");
    assert_eq!(gpo.guid.as_deref(), Some("{9E6647FD-5577-4FA3-BBDC-41430A7C06B8}"));
    let spans: Vec<_> = report.passes.iter().map(span).collect();
    assert_eq!(spans[0], ("2023-10-19T01:21:57.9686838Z".into(), "2023-10-19T01:22:01.2401189Z".into()));
    assert_eq!(spans[1], ("2023-10-19T01:23:41.7537355Z".into(), "2023-10-19T01:23:45.8024051Z".into()));
}

#[test]
fn domain_controller_without_it() {
    let Some(report) = sample("HersheyTaichou_CIS-Benchmarks__GPResult-DC.html") else { return };
    assert_eq!(counts(&report), (ReportKind::Results, ComputerHalf::Present, [62, 9, 1, 14, 1]));
    assert_eq!(report.computer.as_deref(), Some("oriontech\\WIN-1CPI0V6RVEL"));
    assert_eq!(report.organizational_unit.as_deref(), Some("corp.oriontech.info/Domain Controllers"));
    assert_eq!(sam_value(&report), None);
    assert_eq!(report.collected.as_deref(), Some("Data collected on: 10/18/2023 6:10:01 PM"));
    let item = &report.registry_settings[0];
    assert_eq!((item.value_name.as_str(), item.data.as_deref()), ("DisabledComponents", Some("0xFF (255)")));
}

#[test]
fn standalone_machines_of_windows_8_and_10() {
    for (name, computer, groups) in [
        ("SevenStones_windows_sec_test__GPReport.html", "IE10WIN8", 35),
        ("Arshu-Git_amar__gpresult.html", "WIN-35FVPEFEQ9T", 4),
    ] {
        let Some(report) = sample(name) else { return };
        assert_eq!(counts(&report), (ReportKind::Results, ComputerHalf::Present, [0, 0, 1, groups, 0]));
        assert_eq!(report.computer.as_deref(), Some(computer));
        assert_eq!(report.domain.as_deref(), Some("Local"));
        assert_eq!((report.organizational_unit, report.computer_fqdn), (None, None));
    }
}

#[test]
fn russian_and_not_elevated() {
    let Some(report) = sample("BelloStar_ActiveDirectory__gpresult.html") else { return };
    assert_eq!(counts(&report), (ReportKind::Results, ComputerHalf::NotAvailable, [0; 5]));
    assert_eq!((report.computer.as_deref(), report.domain.as_deref()), (None, None));
    assert_eq!(report.collected.as_deref(), Some("Данные собраны: 22.07.2024 23:09:49"));
}

#[test]
fn gpo_report() {
    let Some(report) = sample("nsacyber_WSHB__EMET_Win10_GPOreport.htm") else { return };
    assert_eq!(counts(&report), (ReportKind::GpoReport, ComputerHalf::Present, [0; 5]));
    assert_eq!(report.computer, None);
}

#[test]
fn a_cut_real_report_keeps_what_stands_before_the_cut() {
    let name = "HersheyTaichou_CIS-Benchmarks__GPResult-MS.html";
    let Some(whole) = sample(name) else { return };
    let bytes = std::fs::read(format!("{SAMPLES}/{name}")).expect("read before");
    for eighth in 1..8 {
        let (cut, gaps) = read(&BundlePath::from(name), &bytes[..bytes.len() / 8 * eighth]);
        assert!(!gaps.is_empty());
        let Some(cut) = cut else { continue };
        let rows = cut.security_options.len();
        assert_eq!(cut.security_options, whole.security_options[..rows]);
        assert!(cut.computer_half == ComputerHalf::Missing || cut.gpos == whole.gpos);
        assert!(eighth < 4 || rows == 66, "{eighth}: {rows}");
    }
}
