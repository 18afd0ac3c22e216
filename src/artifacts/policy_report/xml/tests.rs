//! Synthetic reports with one quirk each. Expected values are worked out by hand.

use crate::artifacts::policy_report::{
    ComputerHalf, PolicyReport, RegistrySetting, ReportKind, SecurityOption, UserRight,
    looks_like_policy_report, read,
};
use crate::source::{BundlePath, Gap, Place};

const KEY: &str = r"MACHINE\System\CurrentControlSet\Control\Lsa\RestrictRemoteSAM";
const GUID: &str = "{6AC1786C-016F-11D2-945F-00C04FB984F9}";
const BASE: &str = "http://www.microsoft.com/GroupPolicy";
const GPO_LIST: &str = "<GPO><Name>Servers &amp; more</Name><Path>\
    <Identifier xmlns=\"http://www.microsoft.com/GroupPolicy/Types\">{6ac1786c-016f-11d2-945f-00c04fb984f9}</Identifier>\
    </Path><VersionDirectory>3</VersionDirectory><VersionSysvol>3</VersionSysvol><Enabled>true</Enabled>\
    <Link><SOMPath>contoso.example</SOMPath><Enabled>true</Enabled></Link></GPO>";

/// Winner of a row.
fn winner(guid: &str) -> String {
    format!(
        "<GPO xmlns=\"{BASE}/Settings/Base\"><Identifier xmlns=\"{BASE}/Types\">{guid}</Identifier></GPO>"
    )
}

/// A row of Security Options with a prefix.
fn option(prefix: &str, winner: &str, key: &str, value: &str) -> String {
    format!(
        "<{prefix}:SecurityOptions>{winner}\n<{prefix}:KeyName>{key}</{prefix}:KeyName>{value}\
         <{prefix}:Display><{prefix}:Name>In words</{prefix}:Name></{prefix}:Display></{prefix}:SecurityOptions>\n"
    )
}

/// Security settings with a prefix, as they stand in a half.
fn security(prefix: &str, rows: &str) -> String {
    format!(
        "<ExtensionData><Extension xmlns:{prefix}=\"{BASE}/Settings/Security\" xmlns=\"{BASE}/Settings\">{rows}\
         </Extension><Name xmlns=\"{BASE}/Settings\">Security</Name></ExtensionData>"
    )
}

fn status(error: &str) -> String {
    format!(
        "<ExtensionStatus><Name>Security</Name><Identifier>{{827D319E-6EAC-11d2-A4EA-00C04F79F83A}}</Identifier>\
         <LoggingStatus>Complete</LoggingStatus><Error>{error}</Error></ExtensionStatus>"
    )
}

fn computer(inside: &str) -> String {
    format!(
        "<ComputerResults><Name>CONTOSO\\DC01$</Name><Domain>contoso.example</Domain>\
         <SOM>contoso.example/Domain Controllers</SOM>\
         <SecurityGroup><SID xmlns=\"{BASE}/Types\">S-1-5-9</SID><Name xmlns=\"{BASE}/Types\">Contrôleurs</Name>\
         </SecurityGroup><SecurityGroup><Name xmlns=\"{BASE}/Types\">Everyone</Name></SecurityGroup>{inside}\
         </ComputerResults>"
    )
}

/// A report with its declaration, `DataType` and halves.
fn rsop(data_type: &str, halves: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Rsop xmlns=\"{BASE}/Rsop\">\n\
         <ReadTime>2026-05-01T09:00:00.5Z</ReadTime><DataType>{data_type}</DataType>\n\
         <UserResults>{}</UserResults>\n{halves}\n</Rsop>\n",
        security("q9", &option("q9", &winner(GUID), "of the user", ""))
    )
}

fn results(settings: &str) -> String {
    rsop("LoggedData", &computer(&(status("0") + GPO_LIST + settings)))
}

fn sam(prefix: &str) -> String {
    let value = format!("<{prefix}:SettingString>O:BAG:BAD:(A;;RC;;;BA)</{prefix}:SettingString>");
    option(prefix, &winner(GUID), KEY, &value)
}

fn read_bytes(bytes: &[u8]) -> (PolicyReport, Vec<Gap>) {
    assert!(looks_like_policy_report(&bytes[..bytes.len().min(64 << 10)]));
    let (report, gaps) = read(&BundlePath::from("report.xml"), bytes);
    (report.expect("a report"), gaps)
}

fn read_whole(text: &str) -> PolicyReport {
    let (report, gaps) = read_bytes(text.as_bytes());
    assert_eq!(gaps, []);
    report
}

fn half_of(text: &str) -> (ComputerHalf, usize) {
    let (report, gaps) = read_bytes(text.as_bytes());
    (report.computer_half, gaps.len())
}

#[test]
fn rows_go_by_namespace_whatever_the_prefix() {
    for prefix in ["q1", "q4", "x"] {
        let report = read_whole(&results(&security(prefix, &sam(prefix))));
        assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::Present));
        let row = SecurityOption {
            name: "In words".into(),
            key_name: Some(KEY.into()),
            value: "O:BAG:BAD:(A;;RC;;;BA)".into(),
            winning_gpo: Some("Servers & more".into()),
            // The declaration, Rsop, ReadTime, the user's half of three lines, the row, its second line.
            place: Place::Line(8),
        };
        assert_eq!(report.security_options, [row]);
    }
    let foreign = security("q1", &sam("q1")).replace("/Settings/Security", "/Settings/Other");
    assert_eq!(read_whole(&results(&foreign)).security_options, []);
}

#[test]
fn identity_and_groups() {
    let report = read_whole(&results(""));
    assert_eq!(report.computer.as_deref(), Some("CONTOSO\\DC01"));
    assert_eq!(report.domain.as_deref(), Some("contoso.example"));
    assert_eq!(report.organizational_unit.as_deref(), Some("contoso.example/Domain Controllers"));
    assert_eq!(report.computer_groups, ["S-1-5-9", "Everyone"]);
    assert_eq!(report.read_time.map(|time| time.to_string()).as_deref(), Some("2026-05-01T09:00:00.5Z"));
    let gpo = &report.gpos[0];
    assert_eq!((gpo.guid.as_deref(), gpo.applied), (Some(GUID), true));
}

#[test]
fn encodings_whatever_is_declared() {
    let text = results(&security("q1", &sam("q1")));
    let utf16: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{FEFF}{text}").into_bytes();
    for bytes in [utf16, marked, text.into_bytes()] {
        let (report, gaps) = read_bytes(&bytes);
        assert_eq!(
            (report.security_options.len(), report.computer_half, gaps.len()),
            (1, ComputerHalf::Present, 0)
        );
    }
}

#[test]
fn a_simulation_is_no_result() {
    let settings = security("q1", &sam("q1"));
    let text = rsop("PlanningData", &computer(&settings));
    assert_eq!(read_whole(&text).kind, ReportKind::Modeling);
    let (report, gaps) = read_bytes(rsop("Other", &computer(&settings)).as_bytes());
    assert_eq!((report.kind, gaps.len()), (ReportKind::Modeling, 1));
}

#[test]
fn without_elevation_there_is_no_computer_half() {
    let report = read_whole(&rsop("LoggedData", ""));
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::NotAvailable));
    assert_eq!((report.security_options.len(), report.computer), (0, None));
    // A half with an identity, on which no extension ran.
    assert_eq!(half_of(&rsop("LoggedData", &computer(""))), (ComputerHalf::NotAvailable, 0));
}

#[test]
fn a_failed_extension_cannot_say_what_is_not_set() {
    let failed = rsop("LoggedData", &computer(&(status("2147942405") + &security("q1", &sam("q1")))));
    let (report, gaps) = read_bytes(failed.as_bytes());
    assert_eq!((report.computer_half, report.security_options.len()), (ComputerHalf::Missing, 1));
    assert_eq!(gaps.len(), 2);
}

#[test]
fn a_gpo_that_is_not_listed_keeps_its_identifier() {
    let row = option("q1", &winner("{00000000-0000-0000-0000-000000000001}"), KEY, "");
    let report = read_whole(&results(&security("q1", &row)));
    let gpo = report.security_options[0].winning_gpo.as_deref();
    assert_eq!(gpo, Some("{00000000-0000-0000-0000-000000000001}"));
}

#[test]
fn values_of_all_types() {
    let values = [
        ("<q1:SettingNumber>2</q1:SettingNumber>", "2"),
        ("<q1:SettingBoolean>true</q1:SettingBoolean>", "true"),
        ("<q1:SettingString/>", ""),
        (
            "<q1:SettingStrings><q1:Value>netlogon</q1:Value><q1:Value>samr</q1:Value></q1:SettingStrings>",
            "netlogon, samr",
        ),
        ("<q1:SettingString>a&lt;&#66;<![CDATA[&c]]></q1:SettingString>", "a<B&c"),
    ];
    let rows: String = values.map(|(value, _)| option("q1", "", "k", value)).concat();
    let report = read_whole(&results(&security("q1", &rows)));
    let read: Vec<&str> = report.security_options.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(read, values.map(|(_, value)| value));
}

#[test]
fn rights_and_account_policies() {
    let rows = format!(
        "<q1:Account>{0}<q1:Name>MinimumPasswordAge</q1:Name><q1:SettingNumber>1</q1:SettingNumber></q1:Account>\n\
         <q1:UserRightsAssignment>{0}<q1:Name>SeImpersonatePrivilege</q1:Name>\
         <q1:Member><SID xmlns=\"{BASE}/Types\">S-1-5-6</SID><Name xmlns=\"{BASE}/Types\">SERVICE</Name></q1:Member>\
         <q1:Member><Name xmlns=\"{BASE}/Types\">CONTOSO\\svc</Name></q1:Member></q1:UserRightsAssignment>",
        winner(GUID)
    );
    let report = read_whole(&results(&security("q1", &rows)));
    assert_eq!(report.minimum_password_age().map(|age| age.value.as_str()), Some("1"));
    let right = UserRight {
        name: "SeImpersonatePrivilege".into(),
        members: vec!["S-1-5-6".into(), "CONTOSO\\svc".into()],
        winning_gpo: Some("Servers & more".into()),
        place: Place::Line(8),
    };
    assert_eq!(report.user_rights, [right]);
}

#[test]
fn registry_values_by_other_ways() {
    let item = |action: &str| {
        format!(
            "<r:RegistrySettings><r:Collection><r:Registry name=\"x\">{}<r:Properties action=\"{action}\" \
             hive=\"HKEY_LOCAL_MACHINE\" key=\"SYSTEM\\CurrentControlSet\\Control\\Lsa\" name=\"RestrictRemoteSam\" \
             type=\"REG_SZ\" value=\"O:BAG:BAD:(A;;RC;;;BA)\"/></r:Registry></r:Collection></r:RegistrySettings>",
            winner(GUID)
        )
    };
    let extra = format!(
        "<a:RegistrySetting>{}<a:KeyPath>SYSTEM\\CurrentControlSet\\Control\\Lsa</a:KeyPath><a:Value>\
         <a:Name>RestrictRemoteSam</a:Name><a:String>D:</a:String></a:Value></a:RegistrySetting>\
         <a:RegistrySetting><a:KeyPath>SYSTEM\\A</a:KeyPath></a:RegistrySetting>",
        winner(GUID)
    );
    let data = format!(
        "<ExtensionData><Extension xmlns:r=\"{BASE}/Settings/Windows/Registry\" xmlns:a=\"{BASE}/Settings/Registry\" \
         xmlns=\"{BASE}/Settings\">{}{}{extra}</Extension></ExtensionData>",
        item("U"),
        item("D")
    );
    let setting = |key: &str, data: Option<&str>| RegistrySetting {
        key: key.into(),
        value_name: "RestrictRemoteSam".into(),
        data: data.map(str::to_owned),
        winning_gpo: Some("Servers & more".into()),
        place: Place::Line(7),
    };
    let hive = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa";
    let expected = [
        setting(hive, Some("O:BAG:BAD:(A;;RC;;;BA)")),
        setting(hive, None),
        setting(r"SYSTEM\CurrentControlSet\Control\Lsa", Some("D:")),
    ];
    assert_eq!(read_whole(&results(&data)).registry_settings, expected);
}

/// A GPO with one row, its name before or after the settings.
fn gpo(name: &str, name_first: bool) -> String {
    let name = format!("<Name>{name}</Name>");
    let (before, after) = if name_first { (name, String::new()) } else { (String::new(), name) };
    let value = "<q1:SettingString>\"O:BAG:BAD:(A;;RC;;;BA)\"</q1:SettingString>";
    let settings = security("q1", &option("q1", "", KEY, value));
    format!(
        "<GPO xmlns=\"{BASE}/Settings\">{before}<Computer>{settings}</Computer><User>{settings}</User>{after}</GPO>"
    )
}

#[test]
fn rows_of_many_gpos_carry_their_gpo() {
    let text = format!("<report>\n{}{}{}</report>", gpo("A", true), gpo("B", false), gpo("C", true));
    let report = read_whole(&text);
    assert_eq!((report.kind, report.computer_half), (ReportKind::GpoReport, ComputerHalf::Present));
    let rows: Vec<_> = report.security_options.iter().map(|row| row.winning_gpo.as_deref()).collect();
    assert_eq!(rows, [Some("A"), Some("B"), Some("C")]);
    assert_eq!(report.security_options[0].value, "\"O:BAG:BAD:(A;;RC;;;BA)\"");
    assert_eq!(read_whole(&gpo("A", true)).security_options.len(), 1);
}

#[test]
fn a_cut_report_never_says_what_is_not_set() {
    let text = results(&security("q1", &(option("q1", "", "first", "") + &sam("q1"))));
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let cut = &text.as_bytes()[..end];
        if !looks_like_policy_report(cut) {
            continue;
        }
        let (report, gaps) = read_bytes(cut);
        assert!(
            report.computer_half != ComputerHalf::Present || report.security_options.len() == 2,
            "cut at {end}"
        );
        assert!(report.computer_half != ComputerHalf::NotAvailable, "cut at {end}");
        assert!(!gaps.is_empty() || text[end..].trim().is_empty(), "cut at {end}");
    }
}

#[test]
fn entities_of_the_file_do_not_expand() {
    let bomb = "<!DOCTYPE Rsop [<!ENTITY a \"boom\"><!ENTITY b \"&a;&a;\"><!ENTITY f SYSTEM \"file:///c:/x\">]>\n<Rsop";
    let row = option("q1", "", "k", "<q1:SettingString>&b;&f;</q1:SettingString>");
    let text = results(&security("q1", &row)).replacen("<Rsop", bomb, 1);
    assert_eq!(read_whole(&text).security_options[0].value, "&b;&f;");
}

#[test]
fn what_no_report_has_ends_the_reading() {
    let deep = results(&("<a>".repeat(100) + &"</a>".repeat(100)));
    let declared: String = (0..100).map(|n| format!(" xmlns:n{n}=\"u\"")).collect();
    let crossed = results("").replace("</ComputerResults>", "</ComputerResult>");
    for text in [deep, results(&format!("<a{declared}/>")), crossed] {
        let (report, gaps) = read_bytes(text.as_bytes());
        assert_eq!(report.computer_half, ComputerHalf::Missing);
        assert!(gaps.iter().any(|gap| matches!(gap.place, Place::Line(_))), "{gaps:?}");
    }
}

#[test]
fn settings_beyond_the_bounds_are_left_out_and_said() {
    let long = format!("<q1:SettingString>{}</q1:SettingString>", "x".repeat(2 << 20));
    let many = "<q1:Member/>".repeat(30_000);
    for value in [long, many] {
        let text = results(&security("q1", &(option("q1", "", "big", &value) + &sam("q1"))));
        let (report, gaps) = read_bytes(text.as_bytes());
        assert_eq!((report.security_options.len(), report.computer_half), (1, ComputerHalf::Missing));
        assert_eq!(gaps.len(), 2);
    }
}

#[test]
fn damaged_text_cannot_say_what_is_not_set() {
    let text = results("").replace("contoso.example<", "contoso.\0example<");
    assert_eq!(half_of(&text), (ComputerHalf::Missing, 2));
}

#[test]
fn two_computer_halves_are_no_report_of_one() {
    let half = computer(&status("0"));
    assert_eq!(half_of(&rsop("LoggedData", &format!("{half}{half}"))), (ComputerHalf::Missing, 1));
}

#[test]
fn other_xml_is_no_report() {
    for text in [
        "<Rsop/>",
        "<report><GPO/></report>",
        "<report><a><GPO xmlns=\"http://www.microsoft.com/GroupPolicy/Settings\"/></a></report>",
        "<a xmlns=\"http://www.microsoft.com/GroupPolicy/Rsop\"/>",
        "text <Rsop xmlns=\"http://www.microsoft.com/GroupPolicy/Rsop\"/>",
    ] {
        assert!(!looks_like_policy_report(text.as_bytes()), "{text}");
    }
}
