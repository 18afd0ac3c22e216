//! Synthetic texts with one quirk each. Expected values are worked out by hand.

use crate::artifacts::policy_report::{
    ComputerHalf, PolicyReport, SecurityOption, looks_like_policy_report, read,
};
use crate::source::{BundlePath, Gap, Place};

const TITLE: &str = "RSOP data for CONTOSO\\admin on DC01 : Logging Mode";

/// A heading and its underline, as deep as told.
fn heading(indent: usize, text: &str) -> String {
    let spaces = " ".repeat(indent);
    format!("{spaces}{text}\r\n{spaces}{}\r\n", "-".repeat(text.chars().count()))
}

fn top(title: &str, role: &str) -> String {
    format!(
        "Created on 5/1/2026 at 9:00:00 AM\r\n\r\n\r\n{}\r\nOS Configuration:            {role}\r\n\
         OS Version:                  10.0.20348\r\nSite Name:                   Default-First-Site-Name\r\n\r\n\r\n",
        heading(0, title)
    )
}

fn computer(own: &str, name: &str, inside: &str) -> String {
    format!(
        "{}    {name}\r\n    Last time Group Policy was applied: 5/1/2026 at 8:00:00 AM\r\n\
         \x20   Group Policy was applied from:      dc02.contoso.example\r\n\
         \x20   Group Policy slow link threshold:   500 kbps\r\n    Domain Name:                        CONTOSO\r\n\r\n\
         {}        Servers\r\n        Default Domain Policy\r\n\r\n{}        Local Group Policy\r\n\
         \x20           Filtering:  Not Applied (Empty)\r\n\r\n{}        BUILTIN\\Administrators\r\n\
         \x20       Domain Controllers\r\n\r\n{inside}",
        heading(0, own),
        heading(4, "Applied Group Policy Objects"),
        heading(4, "The following GPOs were not applied because they were filtered out"),
        heading(4, "The computer is a part of the following security groups"),
    )
}

fn user(own: &str) -> String {
    format!(
        "{}    CN=admin,CN=Users,DC=contoso,DC=example\r\n\r\n{}        Of users\r\n",
        heading(0, own),
        heading(4, "Applied Group Policy Objects")
    )
}

const NAME: &str = "CN=DC01,OU=Domain Controllers,DC=contoso,DC=example";

fn read_text(bytes: &[u8]) -> (PolicyReport, Vec<Gap>) {
    assert!(looks_like_policy_report(bytes));
    let (report, gaps) = read(&BundlePath::from("gpresult.txt"), bytes);
    (report.expect("a report"), gaps)
}

fn whole(title: &str, own: &str, inside: &str) -> String {
    top(title, "Primary Domain Controller") + &computer(own, NAME, inside) + &user("USER SETTINGS")
}

#[test]
fn a_summary_has_names_and_no_settings() {
    let (report, gaps) = read_text(whole(TITLE, "COMPUTER SETTINGS", "").as_bytes());
    assert_eq!((report.computer_half, gaps.len()), (ComputerHalf::SummaryOnly, 0));
    assert_eq!(report.computer.as_deref(), Some("DC01"));
    assert_eq!(report.organizational_unit.as_deref(), Some("contoso.example/Domain Controllers"));
    assert_eq!(report.domain.as_deref(), Some("CONTOSO"));
    assert_eq!(report.applied_from.as_deref(), Some("dc02.contoso.example"));
    assert_eq!(report.os_configuration.as_deref(), Some("Primary Domain Controller"));
    assert_eq!(report.computer_groups, ["BUILTIN\\Administrators", "Domain Controllers"]);
    let gpos: Vec<_> = report.gpos.iter().map(|gpo| (gpo.name.as_str(), gpo.applied)).collect();
    assert_eq!(gpos, [("Servers", true), ("Default Domain Policy", true), ("Local Group Policy", false)]);
}

#[test]
fn halves_are_known_by_order_in_any_language() {
    let text = whole("Данные RSOP для CONTOSO\\admin на DC01 : режим журнала", "КОНФИГУРАЦИЯ КОМПЬЮТЕРА", "");
    let (report, _) = read_text(text.as_bytes());
    assert_eq!(report.computer_half, ComputerHalf::SummaryOnly);
    // The title's words are not known; the distinguished name tells.
    assert_eq!(report.computer.as_deref(), Some("DC01"));
    assert_eq!(report.computer_groups.len(), 2);
}

#[test]
fn a_half_that_stands_alone_needs_a_known_word() {
    for (own, half) in [
        ("COMPUTER SETTINGS", ComputerHalf::SummaryOnly),
        ("USER SETTINGS", ComputerHalf::NotAvailable),
        ("КОНФИГУРАЦИЯ КОМПЬЮТЕРА", ComputerHalf::NotAvailable),
    ] {
        let text = top(TITLE, "Member Server") + &computer(own, NAME, "");
        assert_eq!(read_text(text.as_bytes()).0.computer_half, half, "{own}");
    }
}

#[test]
fn settings_with_a_registry_value_are_rows() {
    let settings = format!(
        "{}{}            GPO: Default Domain Policy\r\n                Policy:            LockoutBadCount\r\n\
         \x20               Computer Setting:  N/A\r\n\r\n            GPO: Servers\r\n\
         \x20               Policy:            @wsecedit.dll,-59999\r\n\
         \x20               ValueName:         MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\RestrictRemoteSAM\r\n\
         \x20               Computer Setting:  O:BAG:BAD:(A;;RC;;;BA)\r\n\r\n",
        heading(4, "Resultant Set Of Policies for Computer"),
        heading(8, "Security Options"),
    );
    let text = whole(TITLE, "COMPUTER SETTINGS", &settings);
    let (report, _) = read_text(text.as_bytes());
    let key = r"MACHINE\System\CurrentControlSet\Control\Lsa\RestrictRemoteSAM";
    let line = text.lines().position(|line| line.contains(key)).expect("the line") as u64 + 1;
    let row = SecurityOption {
        name: key.into(),
        key_name: Some(key.into()),
        value: "O:BAG:BAD:(A;;RC;;;BA)".into(),
        winning_gpo: Some("Servers".into()),
        place: Place::Line(line),
    };
    assert_eq!(report.security_options, [row]);
    assert_eq!(report.computer_half, ComputerHalf::SummaryOnly);
    assert_eq!(report.computer_groups.len(), 2);
}

#[test]
fn a_comma_in_a_name_is_part_of_it() {
    let text = top("RSOP data for CONTOSO\\admin on SRV01 : Logging Mode", "Member Server")
        + &computer("COMPUTER SETTINGS", r"CN=SRV01,OU=Servers\, new,OU=Paris,DC=contoso,DC=example", "")
        + &user("USER SETTINGS");
    let (report, _) = read_text(text.as_bytes());
    assert_eq!(report.organizational_unit.as_deref(), Some("contoso.example/Paris/Servers, new"));
    assert_eq!(report.computer.as_deref(), Some("SRV01"));
}

#[test]
fn encodings_of_consoles() {
    let text = whole("Données RSOP pour CONTOSO\\élève sur DC01 : mode journalisation", "PARAMÈTRE", "");
    let utf16: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Code page 850: é is 0x82, è 0x8A, È 0xD4.
    let oem: Vec<u8> = text
        .chars()
        .map(|letter| match letter {
            'é' => 0x82,
            'è' => 0x8A,
            'È' => 0xD4,
            other => u8::try_from(other).expect("ASCII"),
        })
        .collect();
    for bytes in [utf16, oem] {
        let (report, gaps) = read_text(&bytes);
        assert_eq!((report.computer_half, gaps.len()), (ComputerHalf::SummaryOnly, 0));
        assert_eq!(report.computer.as_deref(), Some("DC01"));
        assert_eq!(report.computer_groups.len(), 2);
    }
}

#[test]
fn text_about_the_command_is_no_report() {
    for text in [
        "RSOP data for a user on a machine\r\n",
        "How to read RSOP\r\n----------------\r\nOS Version: new\r\n",
        "OS Version: 10.0.20348\r\nRSOP\r\n----\r\n",
        "",
    ] {
        assert!(!looks_like_policy_report(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_cut_text_breaks_nothing() {
    let text = whole(TITLE, "COMPUTER SETTINGS", "");
    for end in 0..text.len() {
        let (report, _) = read(&BundlePath::from("cut.txt"), &text.as_bytes()[..end]);
        assert!(report.is_none_or(|report| report.computer_half != ComputerHalf::Present), "cut at {end}");
    }
}

#[test]
fn a_half_of_something_else_is_not_used() {
    // Without indentation every heading could be a half; and a half of a user names the user.
    let flat: String =
        whole(TITLE, "COMPUTER SETTINGS", "").lines().map(|line| format!("{}\r\n", line.trim())).collect();
    let of_user = top(TITLE, "Member Server")
        + &user("USER SETTINGS").replace("    -", "-").replace("    Applied", "Applied");
    let other = whole(TITLE, "COMPUTER SETTINGS", "").replace("CN=DC01", "CN=admin");
    for text in [flat, of_user, other] {
        let (report, gaps) = read_text(text.as_bytes());
        assert_eq!((report.computer_half, gaps.len()), (ComputerHalf::Missing, 1), "{text}");
        assert_eq!((report.computer.as_deref(), report.organizational_unit), (Some("DC01"), None));
        assert!(report.computer_groups.is_empty());
    }
}
