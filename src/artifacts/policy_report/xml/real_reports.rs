//! Real reports, where they are at hand. Expected values were read out of the files by hand and with another
//! XML parser.

use crate::artifacts::policy_report::{
    ComputerHalf, PolicyReport, ReportKind, SecurityOption, looks_like_policy_report, read,
};
use crate::source::{BundlePath, Place};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/gpresult-xml");
const HERSHEY: &str = "HersheyTaichou_CIS-Benchmarks__";
const KEY: &str = r"MACHINE\System\CurrentControlSet\Control\Lsa\RestrictRemoteSAM";
const SAM: &str = "Network access: Restrict clients allowed to make remote calls to SAM";

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

/// Options, rights, account policies, registry values, applied GPOs, GPOs, groups, passes.
fn counts(report: &PolicyReport) -> [usize; 8] {
    [
        report.security_options.len(),
        report.user_rights.len(),
        report.account_policies.len(),
        report.registry_settings.len(),
        report.gpos.iter().filter(|gpo| gpo.applied).count(),
        report.gpos.len(),
        report.computer_groups.len(),
        report.passes.len(),
    ]
}

fn sam_row(report: &PolicyReport) -> Option<SecurityOption> {
    let rows: Vec<&SecurityOption> = report
        .security_options
        .iter()
        .filter(|option| {
            option.key_name.as_deref().is_some_and(|key| key.to_lowercase().contains("restrictremote"))
        })
        .collect();
    assert!(rows.len() <= 1);
    rows.first().map(|row| (*row).clone())
}

fn expected_row(value: &str, gpo: &str, line: u64) -> Option<SecurityOption> {
    Some(SecurityOption {
        name: SAM.into(),
        key_name: Some(KEY.into()),
        value: value.into(),
        winning_gpo: Some(gpo.into()),
        place: Place::Line(line),
    })
}

fn is_results_of(report: &PolicyReport, computer: &str, unit: &str) {
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::Present));
    assert_eq!(report.computer.as_deref(), Some(computer));
    assert_eq!(report.domain.as_deref(), Some("corp.oriontech.info"));
    assert_eq!(report.organizational_unit.as_deref(), Some(unit));
}

#[test]
fn one_domain_controller_before_and_after() {
    for (name, time, line) in [
        ("c63c6ad403f6", "2023-10-13T18:43:32.6041577Z", 1081),
        ("7a69d9a3b1e3", "2023-10-13T19:04:28.6045428Z", 1081),
    ] {
        let Some(report) = sample(&format!("{HERSHEY}GPResult_{name}.xml")) else { return };
        is_results_of(&report, "oriontech\\WIN-1CPI0V6RVEL", "corp.oriontech.info/Domain Controllers");
        assert_eq!(counts(&report), [64, 40, 9, 0, 2, 3, 14, 1]);
        assert_eq!(sam_row(&report), expected_row("O:BAG:BAD:(A;;RC;;;BA)", "2 Local Policies DC", line));
        assert_eq!(report.read_time.map(|time| time.to_string()).as_deref(), Some(time));
        assert_eq!(report.computer_fqdn.as_deref(), Some("WIN-1CPI0V6RVEL.corp.oriontech.info"));
        let age = report.minimum_password_age().expect("an age");
        assert_eq!((age.value.as_str(), age.winning_gpo.as_deref()), ("1", Some("1 Account Policies DC")));
        assert_eq!(age.place, Place::Line(519));
    }
    let Some(after) = sample(&format!("{HERSHEY}GPResult-DC.xml")) else { return };
    is_results_of(&after, "oriontech\\WIN-1CPI0V6RVEL", "corp.oriontech.info/Domain Controllers");
    assert_eq!(counts(&after), [62, 40, 9, 0, 9, 10, 14, 1]);
    assert_eq!(sam_row(&after), None);
    assert!(after.computer_groups.contains(&"S-1-5-21-2005484979-1344084764-2511824299-516".to_owned()));
    // The GPO that had the setting has another name now.
    let gpo =
        after.gpos.iter().find(|gpo| gpo.guid.as_deref() == Some("{81BB93A3-DFBD-476E-B527-823D9C0C9FA5}"));
    assert_eq!(gpo.map(|gpo| gpo.name.as_str()), Some("02 Local Policies"));
    let right =
        after.user_rights.iter().find(|right| right.name == "SeImpersonatePrivilege").expect("the right");
    assert_eq!(right.members, ["SERVICE", "NETWORK SERVICE", "LOCAL SERVICE", "Administrators"]);
    assert_eq!(right.winning_gpo.as_deref(), Some("02 Local Policies - DC"));
    assert_eq!(right.place, Place::Line(1398));
}

#[test]
fn member_server_with_the_policy() {
    let Some(report) = sample(&format!("{HERSHEY}GPResult-MS.xml")) else { return };
    is_results_of(&report, "oriontech\\CIS-MS01", "corp.oriontech.info/Member Servers");
    assert_eq!(counts(&report), [66, 37, 10, 0, 9, 10, 10, 2]);
    assert_eq!(sam_row(&report), expected_row("O:BAG:BAD:(A;;RC;;;BA)", "02 Local Policies - MS", 2059));
    assert_eq!(report.computer_fqdn.as_deref(), Some("CIS-MS01.corp.oriontech.info"));
}

#[test]
fn html_and_xml_of_one_run_agree() {
    let name = format!("{HERSHEY}GPResult-MS");
    let Some(xml) = sample(&format!("{name}.xml")) else { return };
    let Ok(html) = std::fs::read(format!("{SAMPLES}/../gpresult-html/{name}.html")) else { return };
    let html = read(&BundlePath::from("html"), &html).0.expect("a report");
    assert_eq!((&html.computer, &html.computer_fqdn), (&xml.computer, &xml.computer_fqdn));
    assert_eq!(html.passes, xml.passes);
    let names = |report: &PolicyReport, applied: bool| {
        let mut names: Vec<_> = report
            .gpos
            .iter()
            .filter(|gpo| gpo.applied == applied)
            .map(|gpo| (gpo.name.clone(), gpo.guid.clone(), gpo.link.clone()))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&html, true), names(&xml, true));
    assert_eq!(names(&html, false), names(&xml, false));
    assert_eq!(html.security_options.len(), xml.security_options.len());
}

#[test]
fn gpo_reports() {
    let quoted = "\"O:BAG:BAD:(A;;RC;;;BA)\"";
    // The first is UTF-8 that declares UTF-16.
    for (name, gpo, rows, line) in [
        ("raandree_GpoReport__old_gpo2.xml", "x1", [43, 28, 9, 15, 0, 0, 0, 0], 696),
        (
            "simeononsecurity_STIG__DoD_Server2016_DC_gpreport.xml",
            "DoD - Windows Server 2016 DC - Computer",
            [47, 31, 9, 0, 0, 0, 0, 0],
            671,
        ),
    ] {
        let Some(report) = sample(name) else { return };
        assert_eq!((report.kind, report.computer_half), (ReportKind::GpoReport, ComputerHalf::Present));
        assert_eq!(counts(&report), rows, "{name}");
        assert_eq!(sam_row(&report), expected_row(quoted, gpo, line));
        assert_eq!(report.computer, None);
    }
}

#[test]
fn all_gpos_of_a_domain() {
    let Some(report) = sample("l0ss_Grouper__test_report.xml") else { return };
    assert_eq!((report.kind, report.computer_half), (ReportKind::GpoReport, ComputerHalf::Present));
    // 9 values of preferences and 37 of other registry settings.
    assert_eq!(counts(&report), [48, 28, 14, 46, 0, 0, 0, 0]);
    assert_eq!(sam_row(&report), None);
    assert_eq!(
        report.read_time.map(|time| time.to_string()).as_deref(),
        Some("2017-11-28T08:18:17.3881236Z")
    );
    let lsa: Vec<_> = report
        .registry_settings
        .iter()
        .filter(|setting| setting.key == r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa")
        .map(|setting| (setting.value_name.as_str(), setting.winning_gpo.as_deref()))
        .collect();
    assert_eq!(lsa.len(), 3, "{lsa:?}");
    assert!(lsa.iter().all(|(name, _)| *name == "RestrictRemoteSamEventThrottlingWindow"), "{lsa:?}");
    let age = report.minimum_password_age().expect("an age");
    assert_eq!((age.value.as_str(), age.winning_gpo.as_deref()), ("1", Some("Default Domain Policy")));
}
