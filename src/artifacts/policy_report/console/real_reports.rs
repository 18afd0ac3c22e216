//! Real captures, where they are at hand. Expected values were read out of the files by hand.

use crate::artifacts::policy_report::{
    ComputerHalf, PolicyReport, ReportKind, looks_like_policy_report, read,
};
use crate::source::{BundlePath, Gap, Place};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/text");

fn sample(name: &str) -> Option<(PolicyReport, Vec<Gap>)> {
    let Ok(bytes) = std::fs::read(format!("{SAMPLES}/{name}")) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    assert!(looks_like_policy_report(&bytes), "{name}");
    let (report, gaps) = read(&BundlePath::from(name), &bytes);
    Some((report.expect("a report"), gaps))
}

#[test]
fn member_server() {
    let Some((report, gaps)) = sample("gpresult_r_en_memberserver_2016.txt") else { return };
    assert_eq!(gaps, []);
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::SummaryOnly));
    assert_eq!(report.computer.as_deref(), Some("WS01"));
    assert_eq!(report.os_configuration.as_deref(), Some("Member Server"));
    assert_eq!(report.applied_from.as_deref(), Some("DC01.INLANEFREIGHT.LOCAL"));
    assert_eq!(report.domain.as_deref(), Some("INLANEFREIGHT"));
    assert_eq!(report.collected.as_deref(), Some("Created on 8/27/2020 at 12:05:47 AM"));
    let groups = &report.computer_groups;
    assert_eq!((groups.len(), groups[0].as_str()), (8, "BUILTIN\\Administrators"));
    assert_eq!(groups[7], "System Mandatory Level");
    let applied = report.gpos.iter().filter(|gpo| gpo.applied).count();
    assert_eq!((applied, report.gpos.len()), (9, 10));
    let denied = report.gpos.last().expect("a GPO");
    let reason = denied.denied_reason.as_deref();
    assert_eq!((denied.name.as_str(), reason), ("Local Group Policy", Some("Not Applied (Empty)")));
    assert!(report.security_options.is_empty());
}

#[test]
fn domain_controller_without_elevation() {
    let Some((report, gaps)) = sample("gpresult_z_en_dc_2008_nonelevated.txt") else { return };
    assert_eq!(gaps, []);
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::NotAvailable));
    assert_eq!(report.computer.as_deref(), Some("WIN-0P19ULL2NB6"));
    assert_eq!(report.os_configuration.as_deref(), Some("Primary Domain Controller"));
    assert_eq!((report.computer_groups.len(), report.gpos.len(), report.applied_from), (0, 0, None));
}

#[test]
fn two_french_captures_in_one_file() {
    let Some((report, gaps)) = sample("gpresult_r_fr_excerpts.txt") else { return };
    let places: Vec<&Place> = gaps.iter().map(|gap| &gap.place).collect();
    assert_eq!(places, [&Place::Line(26)]);
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::NotAvailable));
    assert_eq!(report.computer.as_deref(), Some("CLIENT1"));
    assert_eq!(report.os_configuration.as_deref(), Some("Station de travail membre"));

    // The second one alone.
    let Ok(text) = std::fs::read_to_string(format!("{SAMPLES}/gpresult_r_fr_excerpts.txt")) else { return };
    let second = text.split("#### second").nth(1).expect("a second one");
    let (report, gaps) = read(&BundlePath::from("second"), second.as_bytes());
    let report = report.expect("a report");
    assert_eq!((gaps, report.computer_half), (Vec::new(), ComputerHalf::SummaryOnly));
    assert_eq!(report.computer.as_deref(), Some("CLT01"));
    assert_eq!(report.organizational_unit.as_deref(), Some("novacorp.test/Workstations"));
    assert_eq!(report.collected.as_deref(), Some("Créé le 02/10/2026 à 14:22:47"));
}
