//! Whole reports: synthetic ones with one quirk each. Expected values are worked out by hand.

use super::*;

const SAM: &str = "Network access: Restrict clients allowed to make remote calls to SAM";
const RESULTS: &str = "<tr><td class=\"rsopheader\">Group Policy Results</td></tr>\
    <tr><td class=\"rsopname\">CONTOSO\\admin on CONTOSO\\DC01</td></tr>\
    <tr><td id=\"dtstamp\">Data collected on: 5/1/2026 9:00:00 AM</td></tr>";
const GUID: &str = "{6AC1786C-016F-11D2-945F-00C04FB984F9}";

/// A heading of a level and what it heads, as siblings.
fn section(level: &str, title: &str, inside: &str) -> String {
    format!(
        "<div class=\"{level}\"><span class=\"sectionTitle\" tabindex=\"0\">{title}</span>\
         <a class=\"expando\" href=\"#\"></a></div>\r\n<div class=\"container\">{inside}</div>"
    )
}

fn table(class: &str, rows: &[&[&str]]) -> String {
    let rows: String = rows
        .iter()
        .map(|cells| cells.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>())
        .map(|cells| format!("<tr>{cells}</tr>\r\n"))
        .collect();
    format!("<div class=\"he4i\"><table class=\"{class}\" ><tr><th>a</th><th>b</th></tr>{rows}</table></div>")
}

fn general(words: [&str; 5]) -> String {
    let [name, domain, site, unit, groups] = words;
    section(
        "he0h_expanded",
        "General",
        &format!(
            "<div class=\"he2i\"><table class=\"info\" >\
             <tr><td><strong>{name}</strong></td><td>CONTOSO\\DC01</td></tr>\
             <tr><td><strong>{domain}</strong></td><td>contoso.example</td></tr>\
             <tr><td><strong>{site}</strong></td><td>Default-First-Site-Name</td></tr>\
             <tr><td><strong>{unit}</strong></td><td>contoso.example/Domain Controllers</td></tr>\
             <tr><td><strong>{groups}</strong></td><td> <div class=\"container\"><span>show</span>\
             <div id=\"showItem\">Everyone<br/>CONTOSO\\Domain Controllers<br/>S-1-5-32-554</div></div></td></tr>\
             </table></div>"
        ),
    )
}

const ENGLISH: [&str; 5] =
    ["Computer name", "Domain", "Site", "Organizational Unit", "Security Group Membership"];

const STATUS: &str = "<div class=\"he2i\"><table class=\"info3\" ><tr><th>Component Name</th><th>Status</th>\
    <th>Time Taken</th><th>Last Process Time</th><th>Event Log</th></tr><tr><td>Security</td><td>Success</td>\
    <td>1</td><td>2</td><td>3</td></tr></table></div>";

/// Settings with Security Options of these groups: heading, rows.
fn security_options(groups: &[(&str, &[&[&str]])]) -> String {
    let groups: String =
        groups.iter().map(|(title, rows)| section("he4h", title, &table("info3", rows))).collect();
    let options = section("he3", "Local Policies/Security Options", &groups);
    let accounts = section("he3", "Account Policies/Password Policy", &table("info3", &[&["Age", "1", "A"]]));
    let certificates = table("info3", &[&["To", "By", "1/1/2030", "Any", "A"]]);
    let keys = section("he3", "Public Key Policies", &section("he4h", "Certificates", &certificates));
    let firewall =
        section("he3", "Windows Firewall", &section("he4", "Global", &table("info3", &[&["On", "1", "A"]])));
    let security = section("he2", "Security Settings", &format!("{accounts}{options}{firewall}{keys}"));
    section("he1h_expanded", "Policies", &section("he1", "Windows Settings", &security))
}

fn gpo_list() -> String {
    let details = |reason: &str| {
        let mut rows: Vec<[&str; 2]> = ["Extensions", "Enforced", "Disabled", "Filters", "Revision", "WMI"]
            .map(|label| [label, "&nbsp;"])
            .to_vec();
        rows.insert(0, ["Link Location", "contoso.example"]);
        if !reason.is_empty() {
            rows.push(["Reason Denied", reason]);
        }
        table("info", &rows.iter().map(<[&str; 2]>::as_slice).collect::<Vec<_>>())
    };
    let applied = section("he2", &format!("Servers [{}]", GUID.to_lowercase()), &details(""));
    let denied = section("he2", "Local Group Policy [LocalGPO]", &details("Empty"));
    format!(
        "{}{}",
        section("he1h_expanded", "Applied GPOs", &applied),
        section("he1h_expanded", "Denied GPOs", &denied)
    )
}

/// A computer half with its five parts.
fn computer(settings: &str) -> String {
    [
        general(ENGLISH),
        section("he0h_expanded", "Component Status <!-- a --><svg><text>b</text></svg>", STATUS),
        section("he0h_expanded", "Settings", settings),
        section("he0h_expanded", "Group Policy Objects", &gpo_list()),
        section("he0h_expanded", "WMI Filters", &table("info3", &[&["None", "", ""]])),
    ]
    .concat()
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<html dir=\"ltr\" gpmc_reportInitialized=\"false\">\r\n<head><style>.rsopheader {{}}</style>\
         <script>var s = \"<table class='info3'><tr><td>phantom</td><td>x</td><td>y</td></tr>\";</script></head>\
         <body><table class=\"title\" >{title}</table>{body}</body></html>"
    )
}

/// A Results report: computer half, user half with rows of its own, data island.
fn results(computer_half: &str, island: &str) -> String {
    let user = computer(&security_options(&[("Other", &[&["of the user", "1", "A"]])]));
    let halves = format!(
        "{}<div class=\"filler\"></div>{}",
        section("he0_expanded", "Computer Details", computer_half),
        section("he0_expanded", "User Details", &user)
    );
    page(RESULTS, &format!("<div class=\"rsopsettings\">{halves}</div>{island}"))
}

fn sam_row() -> Vec<(&'static str, &'static [&'static [&'static str]])> {
    vec![
        ("Network Access", &[&["Network access: Shares that can be accessed anonymously", "", "Servers"]]),
        ("Other", &[&[SAM, "O:BAG:BAD:(A;;RC;;;BA)", "Servers &amp; more"]]),
    ]
}

fn with_sam() -> String {
    results(&computer(&security_options(&sam_row())), "")
}

fn read_bytes(bytes: &[u8]) -> (Option<PolicyReport>, Vec<Gap>) {
    read(&BundlePath::from("report.html"), bytes)
}

fn read_whole(html: &str) -> PolicyReport {
    assert!(looks_like_policy_report(html.as_bytes()));
    let (report, gaps) = read_bytes(html.as_bytes());
    assert_eq!(gaps, []);
    report.expect("a report")
}

fn names(report: &PolicyReport) -> Vec<&str> {
    report.security_options.iter().map(|option| option.name.as_str()).collect()
}

#[test]
fn an_elevated_report_speaks_for_its_computer() {
    let report = read_whole(&with_sam());
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::Present));
    assert_eq!(report.computer.as_deref(), Some("CONTOSO\\DC01"));
    assert_eq!(report.domain.as_deref(), Some("contoso.example"));
    assert_eq!(report.organizational_unit.as_deref(), Some("contoso.example/Domain Controllers"));
    assert_eq!(report.computer_groups, ["Everyone", "CONTOSO\\Domain Controllers", "S-1-5-32-554"]);
    assert_eq!(report.collected.as_deref(), Some("Data collected on: 5/1/2026 9:00:00 AM"));
}

#[test]
fn every_row_of_security_options_and_no_other() {
    let report = read_whole(&with_sam());
    assert_eq!(names(&report), ["Network access: Shares that can be accessed anonymously", SAM]);
    assert_eq!(report.security_options[0].value, "");
    assert_eq!(
        report.security_options[1],
        SecurityOption {
            key_name: None,
            name: SAM.into(),
            value: "O:BAG:BAD:(A;;RC;;;BA)".into(),
            winning_gpo: Some("Servers & more".into()),
            place: Place::Row {
                section: [
                    "Computer Details",
                    "Settings",
                    "Policies",
                    "Windows Settings",
                    "Security Settings",
                    "Local Policies/Security Options",
                    "Other"
                ]
                .map(String::from)
                .into(),
                name: SAM.into()
            },
        }
    );
}

#[test]
fn gpos_are_applied_or_denied() {
    let gpo = |name: &str, guid: Option<&str>, reason: Option<&str>| GpoEntry {
        name: name.into(),
        guid: guid.map(str::to_owned),
        applied: reason.is_none(),
        link: Some("contoso.example".into()),
        denied_reason: reason.map(str::to_owned),
    };
    assert_eq!(
        read_whole(&with_sam()).gpos,
        [gpo("Servers", Some(GUID), None), gpo("Local Group Policy", None, Some("Empty"))]
    );
}

#[test]
fn without_elevation_there_is_no_computer_half() {
    let report = read_whole(&results("<div class=\"he4i\">No data available.</div>", ""));
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::NotAvailable));
    assert!(report.security_options.is_empty() && report.gpos.is_empty());
}

#[test]
fn nothing_set_is_not_nothing_known() {
    let settings = "<div class=\"he4i\">No settings defined.</div>";
    assert_eq!(read_whole(&results(&computer(settings), "")).computer_half, ComputerHalf::Present);
    let settings = "<div class=\"he4i\">No data available.</div>";
    assert_eq!(read_whole(&results(&computer(settings), "")).computer_half, ComputerHalf::NotAvailable);
}

#[test]
fn a_simulation_is_told_by_its_title_or_by_its_status() {
    let status = "<table class=\"info\" ><tr><th>Component Name</th><th>Status</th></tr></table>";
    let simulated = with_sam().replace(STATUS, status);
    let titled = with_sam().replace("Group Policy Results", "Group Policy Modeling");
    for html in [&simulated, &titled, &simulated.replace("Group Policy Results", "Ergebnis")] {
        assert_eq!(read_whole(html).kind, ReportKind::Modeling);
    }
}

#[test]
fn what_cannot_be_told_is_a_simulation() {
    let html = with_sam().replace(STATUS, "").replace("Group Policy Results", "Ergebnis");
    let (report, gaps) = read_bytes(html.as_bytes());
    assert_eq!(report.map(|report| report.kind), Some(ReportKind::Modeling));
    assert!(gaps[0].said().contains("simulation"), "{gaps:?}");
}

#[test]
fn a_gpo_report_has_two_columns_and_no_machine() {
    let settings = security_options(&[("Other", &[&[SAM, "\"O:BAG:BAD:(A;;RC;;;BA)\""]])]);
    let body = format!(
        "<div class=\"gposummary\">{}</div>{}{}",
        section("he0_expanded", "General", &table("info", &[&["Domain", "contoso.example"]])),
        section("he0_expanded", "Computer Configuration (Enabled)", &settings),
        section(
            "he0_expanded",
            "User Configuration (Enabled)",
            "<div class=\"he4i\">No settings defined.</div>"
        )
    );
    let html = page("<tr><td class=\"gponame\">Servers</td></tr>", &body);
    let report = read_whole(&html);
    assert_eq!((report.kind, report.computer_half), (ReportKind::GpoReport, ComputerHalf::Present));
    assert_eq!((report.computer.as_deref(), report.domain.as_deref()), (None, None));
    assert_eq!(names(&report), [SAM]);
    assert_eq!(report.security_options[0].winning_gpo, None);
    let with_two_columns = html.replace("class=\"info3\"", "class=\"info\"");
    assert_eq!(names(&read_whole(&with_two_columns)), [SAM]);
}

#[test]
fn a_borrowed_title_makes_no_gpo_report() {
    let html =
        page("<tr><td class=\"gponame\">Access Control List</td></tr>", "<table><tr><td>x</td></tr></table>");
    let (report, gaps) = read_bytes(html.as_bytes());
    assert!(report.is_none() && gaps.len() == 1, "{gaps:?}");
}

#[test]
fn a_descriptor_is_kept_however_it_is_grouped() {
    let html = with_sam().replace("he4h", "he4");
    assert_eq!(names(&read_whole(&html)), [SAM]);
    let account = html.replace("<td>Age</td><td>1</td>", "<td>Age</td><td>O:BAG:BAD:(A;;RC;;;WD)</td>");
    assert_eq!(names(&read_whole(&account)), ["Age", SAM]);
}

/// The same report with other words for all that Windows words.
fn translated(words: &[(&str, &str)]) -> String {
    words.iter().fold(with_sam(), |html, (english, word)| html.replace(english, word))
}

const JAPANESE: [(&str, &str); 10] = [
    ("Group Policy Results", "グループ ポリシーの結果"),
    ("CONTOSO\\admin on CONTOSO\\DC01", "CONTOSO\\DC01 上の CONTOSO\\admin"),
    ("Computer name", "コンピューター名"),
    ("Organizational Unit", "組織単位"),
    ("Computer Details", "コンピューターの詳細"),
    ("Local Policies/Security Options", "ローカル ポリシー/セキュリティ オプション"),
    ("Security Settings", "セキュリティの設定"),
    ("Applied GPOs", "適用された GPO"),
    ("Denied GPOs", "拒否された GPO"),
    (SAM, "ネットワーク アクセス: SAM へのリモート呼び出しを許可するクライアントを制限する"),
];

fn assert_japanese(report: &PolicyReport) {
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::Present));
    assert_eq!(report.computer.as_deref(), Some("CONTOSO\\DC01"));
    let option = &report.security_options[1];
    assert_eq!(
        option.name,
        "ネットワーク アクセス: SAM へのリモート呼び出しを許可するクライアントを制限する"
    );
    assert_eq!(option.value, "O:BAG:BAD:(A;;RC;;;BA)");
    let Place::Row { section, .. } = &option.place else { panic!("{:?}", option.place) };
    assert_eq!(section[5], "ローカル ポリシー/セキュリティ オプション");
    assert_eq!(report.gpos.iter().map(|gpo| gpo.applied).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn japanese_headings() {
    assert_japanese(&read_whole(&translated(&JAPANESE)));
}

#[test]
fn a_language_that_nobody_speaks() {
    let report = read_whole(&translated(&[
        ("Group Policy Results", "Xa Xb"),
        ("Computer Details", "Qe"),
        ("Security Options", "Qf"),
        ("Security Settings", "Qg"),
        ("Settings", "Qh"),
        ("Other", "Qi"),
        ("Applied GPOs", "Qj"),
        ("Denied GPOs", "Qk"),
    ]));
    assert_eq!((report.kind, report.computer_half), (ReportKind::Results, ComputerHalf::Present));
    assert_eq!(report.security_options.len(), 2);
    assert_eq!(report.gpos.iter().map(|gpo| gpo.applied).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn every_encoding_reads_alike() {
    let html = translated(&JAPANESE);
    let little: Vec<u8> = html.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xFF, 0xFE], little.as_slice()].concat();
    let big: Vec<u8> = html.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(&html);
    assert!(!lossy);
    for bytes in [little, marked, big, cp932.into_owned()] {
        assert!(looks_like_policy_report(&bytes));
        let (report, gaps) = read_bytes(&bytes);
        assert_eq!(gaps, []);
        assert_japanese(&report.expect("a report"));
    }
}

const EVENTS: &str = "<MainSection><ComputerPolicySection><PolicyEventsDetails>\
    <SinglePassEventsDetails ActivityId=\"{1}\" DomainControllerName=\"DC02.contoso.example\">\
    <EventRecord><EventXml>&lt;Event&gt;&lt;System&gt;&lt;TimeCreated SystemTime='2026-05-01T08:00:00.5Z'/&gt;\
    &lt;Computer&gt;dc01.contoso.example&lt;/Computer&gt;&lt;/System&gt;&lt;/Event&gt;</EventXml></EventRecord>\
    <EventRecord><EventXml>&lt;Event&gt;&lt;System&gt;&lt;TimeCreated SystemTime='2026-05-01T08:00:02Z'/&gt;\
    &lt;/System&gt;&lt;/Event&gt;</EventXml></EventRecord></SinglePassEventsDetails>\
    <SinglePassEventsDetails ActivityId=\"{2}\"><EventRecord><EventXml>&lt;TimeCreated \
    SystemTime='2026-05-01T07:00:00Z'/&gt;</EventXml></EventRecord></SinglePassEventsDetails>\
    </PolicyEventsDetails></ComputerPolicySection><UserPolicySection><SinglePassEventsDetails>\
    <EventXml>&lt;TimeCreated SystemTime='2026-05-01T09:00:00Z'/&gt;&lt;Computer&gt;other&lt;/Computer&gt;</EventXml>\
    </SinglePassEventsDetails></UserPolicySection></MainSection>";

#[test]
fn both_forms_of_the_data_island() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let new = format!(
        "<script id=\"data-island\" type=\"application/xml\"><xml id=\"RsopDataIslands\">{EVENTS}</xml></script>"
    );
    let old = format!("<XML ID=\"RsopDataIslands\">{EVENTS}</XML>");
    for island in [new, old] {
        let report = read_whole(&results(&computer(&security_options(&sam_row())), &island));
        assert_eq!(report.computer_fqdn.as_deref(), Some("dc01.contoso.example"));
        let pass = |from, to, dc: Option<&str>| PolicyPass {
            from: at(from),
            to: at(to),
            domain_controller: dc.map(str::to_owned),
        };
        assert_eq!(
            report.passes,
            [
                pass("2026-05-01T07:00:00Z", "2026-05-01T07:00:00Z", None),
                pass("2026-05-01T08:00:00.5Z", "2026-05-01T08:00:02Z", Some("DC02.contoso.example")),
            ]
        );
    }
}

#[test]
fn events_of_the_user_are_not_of_the_computer() {
    let user = EVENTS.find("<UserPolicySection>").expect("the user's events");
    let island = format!("<XML ID=\"RsopDataIslands\"><ComputerPolicySection />{}</XML>", &EVENTS[user..]);
    let report = read_whole(&results(&computer(""), &island));
    assert_eq!((report.computer_fqdn, report.passes), (None, Vec::new()));
}

#[test]
fn a_pass_without_a_time_is_a_gap() {
    let island =
        format!("<XML ID=\"RsopDataIslands\">{}</XML>", EVENTS.replace("2026-05-01T07:00:00Z", "07:00"));
    let (report, gaps) = read_bytes(results(&computer(""), &island).as_bytes());
    assert_eq!(report.expect("a report").passes.len(), 1);
    assert!(gaps.iter().any(|gap| gap.said().contains("no readable time")), "{gaps:?}");
}

#[test]
fn registry_values_by_preferences_and_by_extra_settings() {
    let item = table(
        "subtable",
        &[
            &["Hive", "HKEY_LOCAL_MACHINE"],
            &["Key path", "SYSTEM\\CurrentControlSet\\Control\\Lsa"],
            &["Value name", "RestrictRemoteSam"],
            &["Value type", "REG_SZ"],
            &["Value data", "O:BAG:BAD:"],
        ],
    );
    let gpo =
        "<table class=\"info\" ><tr><td scope=\"row\"><b>Winning GPO</b></td><td>Servers</td></tr></table>";
    let general = section("he4h", "General", &format!("{}{item}", table("info", &[&["Action", "Update"]])));
    let item = section("he3", "Registry item", &section("he4", "x", &format!("{gpo}{general}")));
    let preferences =
        section("he1h", "Preferences", &section("he1", "Windows", &section("he2", "Registry", &item)));
    let extra: &[&[&str]] = &[
        &["SYSTEM\\CurrentControlSet\\Control\\Lsa\\RestrictRemoteSAM", "O:BAG:BAD:(A;;RC;;;WD)", "Servers"],
        &["<span gpmc_settingName=\"a\">Hide drive C:\\</span>", "Enabled", "Servers"],
    ];
    let extra = section("he3", "Extra Registry Settings", &table("info3", extra));
    let templates = section("he1h", "Policies", &section("he1", "Administrative Templates", &extra));
    let report = read_whole(&results(&computer(&format!("{templates}{preferences}")), ""));
    let found: Vec<_> = report
        .registry_settings
        .iter()
        .map(|s| (s.key.as_str(), s.value_name.as_str(), s.data.as_deref(), s.winning_gpo.as_deref()))
        .collect();
    let lsa = "SYSTEM\\CurrentControlSet\\Control\\Lsa";
    assert_eq!(
        found,
        [
            (lsa, "RestrictRemoteSAM", Some("O:BAG:BAD:(A;;RC;;;WD)"), Some("Servers")),
            (&format!("HKEY_LOCAL_MACHINE\\{lsa}"), "RestrictRemoteSam", Some("O:BAG:BAD:"), Some("Servers")),
        ]
    );
    assert_eq!(names(&report), <[&str; 0]>::default());
}

#[test]
fn names_of_many_lines_and_rows_of_parameters() {
    let name = "Network security: Allow\r\n\r\n PKU2U &#174;\r\n";
    let settings = security_options(&[("Other", &[&[name, "Enabled", "A"], &["B", "1", "A"]])]).replace(
        "<tr><td>B",
        "<tr><td colspan=\"3\"><table class=\"subtable\"><tr><td>x</td><td>y</td><td>z</td></tr></table></td></tr><tr><td>B",
    );
    let report = read_whole(&results(&computer(&settings), ""));
    assert_eq!(names(&report), ["Network security: Allow PKU2U ®", "B"]);
}

#[test]
fn a_cut_report_keeps_its_rows_but_proves_no_absence() {
    let html = with_sam();
    let after_row = html.find("Servers &amp; more").expect("the row") + 40;
    let (report, gaps) = read_bytes(&html.as_bytes()[..after_row]);
    let report = report.expect("a report");
    assert_eq!(names(&report), ["Network access: Shares that can be accessed anonymously", SAM]);
    assert_eq!(report.computer_half, ComputerHalf::Missing);
    assert!(gaps.iter().any(|gap| gap.said().contains("ends early")), "{gaps:?}");
}

#[test]
fn cut_after_the_computer_half_it_still_proves_absence() {
    let html = with_sam();
    let user = html.find("User Details").expect("the user half") + 200;
    let (report, gaps) = read_bytes(&html.as_bytes()[..user]);
    assert_eq!(report.map(|report| report.computer_half), Some(ComputerHalf::Present));
    assert_eq!(gaps.len(), 1);
}

#[test]
fn a_half_that_stands_alone_proves_no_absence() {
    let half = section("he0_expanded", "User Details", &computer(""));
    let html = page(RESULTS, &format!("<div class=\"rsopsettings\">{half}</div>"));
    let (report, gaps) = read_bytes(html.as_bytes());
    let report = report.expect("a report");
    assert_eq!((report.computer_half, report.domain), (ComputerHalf::Missing, None));
    assert!(gaps[0].said().contains("cannot show what is not set"), "{gaps:?}");
}

#[test]
fn a_cut_anywhere_never_claims_what_was_not_read() {
    let html = with_sam();
    for end in (0..html.len()).step_by(13).filter(|&end| html.is_char_boundary(end)) {
        let (report, gaps) = read_bytes(&html.as_bytes()[..end]);
        assert!(!gaps.is_empty(), "cut at {end}");
        let Some(report) = report else { continue };
        let all_rows = report.security_options.len() == 2 && report.gpos.len() == 2;
        assert!(report.computer_half == ComputerHalf::Missing || all_rows, "cut at {end}");
    }
}

#[test]
fn a_section_without_its_container_proves_no_absence() {
    let html = with_sam();
    let heading = html.find(">Other<").expect("the heading");
    let container = heading + html[heading..].find(" class=\"container\"").expect("its container");
    let broken = [&html[..container], &html[container + 18..]].concat();
    let (report, _) = read_bytes(broken.as_bytes());
    assert_eq!(report.map(|report| report.computer_half), Some(ComputerHalf::Missing));
}

#[test]
fn countless_groups_and_tables_are_read_once() {
    let groups: Vec<(&str, &[&[&str]])> = vec![("Other", &[&["a", "b"]]); 9_000];
    let report = read_whole(&results(&computer(&security_options(&groups)), ""));
    assert_eq!(names(&report).len(), 9_000);
}

#[test]
fn damage_in_the_computer_half_proves_no_absence() {
    let mut bytes = with_sam().into_bytes();
    let at = with_sam().find("Network access: Shares").expect("a row");
    bytes[at..at + 8].fill(0);
    let (report, gaps) = read_bytes(&bytes);
    assert_eq!(report.map(|report| report.computer_half), Some(ComputerHalf::Missing));
    assert!(gaps.iter().any(|gap| gap.said().contains("no text")), "{gaps:?}");
}

#[test]
fn a_title_of_another_computer_is_a_gap() {
    let html = with_sam().replace("on CONTOSO\\DC01", "on CONTOSO\\DC07");
    let (_, gaps) = read_bytes(html.as_bytes());
    assert!(gaps[0].said().contains("another computer"), "{gaps:?}");
}

#[test]
fn hostile_nesting_is_refused_at_once() {
    let started = std::time::Instant::now();
    for hostile in ["<div>", "<svg>", "<b x>", "<table><tr><td>", "<td>", "</x>", "<!--", "<a ", "&"] {
        let (report, gaps) = read_bytes(hostile.repeat((5 << 20) / hostile.len()).as_bytes());
        assert!(report.is_none() && !gaps.is_empty(), "{hostile}");
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    let nested = with_sam().replace("</body>", &"<div>".repeat(1000));
    let (report, gaps) = read_bytes(nested.as_bytes());
    assert_eq!(names(&report.expect("a report")).len(), 2);
    assert!(gaps.iter().any(|gap| gap.said().contains("deeper")), "{gaps:?}");
}

#[test]
fn a_tag_with_countless_attributes_is_read_once() {
    let attributes: String = (0..500_000).map(|n| format!(" a{n}")).collect();
    let html = with_sam().replace("<div class=\"filler\">", &format!("<div{attributes}>"));
    assert_eq!(names(&read_whole(&html)).len(), 2);
}

#[test]
fn rows_beyond_the_bound_are_told() {
    let row: &[&str] = &["a", "b", "c"];
    let rows = vec![row; 10_001];
    let (report, gaps) =
        read_bytes(results(&computer(&security_options(&[("Other", &rows)])), "").as_bytes());
    let report = report.expect("a report");
    assert_eq!((names(&report).len(), report.computer_half), (10_000, ComputerHalf::Missing));
    assert!(gaps.iter().any(|gap| gap.said().contains("10,000")), "{gaps:?}");
}

#[test]
fn other_pages_are_no_reports() {
    let page = "<!doctype html><html><body><p>The attribute gpmc_reportInitialized and the class \
        rsopheader, as in <code>&lt;td class=\"rsopheader\"&gt;</code></p><table><tr><td>x</td></tr></table></body></html>";
    assert!(!looks_like_policy_report(page.as_bytes()));
    for bytes in [&b""[..], b"Windows Registry Editor Version 5.00", &[0xFF; 4096], b"ElfFile\0"] {
        assert!(!looks_like_policy_report(bytes));
    }
    let (report, gaps) = read_bytes(page.as_bytes());
    assert!(report.is_none());
    assert!(gaps[0].said().contains("gpresult /h"), "{gaps:?}");
}

proptest::proptest! {
    /// Pieces of a report in any order are read without a panic, and alike each time.
    #[test]
    fn any_order_of_pieces(order in proptest::collection::vec(0usize..4096, 0..200)) {
        let html = with_sam();
        let pieces: Vec<&str> = html.split_inclusive(['<', '>', '"']).collect();
        let mixed: String = order.iter().filter_map(|&at| pieces.get(at % pieces.len())).copied().collect();
        let texts = [mixed.clone(), html.replace("<div class=\"filler\">", &mixed)];
        for text in texts {
            let (first, second) = (read_bytes(text.as_bytes()), read_bytes(text.as_bytes()));
            proptest::prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
            looks_like_policy_report(text.as_bytes());
        }
    }
}
