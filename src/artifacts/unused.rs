//! Files that no reader takes: what they seem to be, by content, and what to send instead.
//!
//! The words stand after `looks like` in a report. They are a help to the person who sent the file and
//! nothing is concluded from them.

use super::text_encoding;

/// Bytes that are looked at, an even number for UTF-16.
const HEAD_BYTES: usize = 8 << 10;

/// Files told by some bytes: where these stand, which, and the words.
const BY_BYTES: [(usize, &[u8], &str); 24] = [
    (0, b"\x89PNG\r\n\x1A\n", "a PNG picture (send the file that it shows)"),
    (0, b"\xFF\xD8\xFF", "a JPEG picture (send the file that it shows)"),
    (0, b"GIF8", "a GIF picture (send the file that it shows)"),
    (4, b"ftyp", "a video or a picture (send the file that it shows)"),
    (0, b"%PDF-", "a PDF document (send the file that it was made of)"),
    (0, b"{\\rtf", "a rich text document (send the files that it was made of)"),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "a Word or Excel document or an installer package (send the files that it was made of)",
    ),
    (0, b"regf", "the log of a registry hive (export the key as .reg instead)"),
    (0, b"PReg", "a Registry.pol file (send the HTML report of gpresult /h)"),
    (4, b"\xEF\xCD\xAB\x89", ESE),
    (4, b"LfLe", "an event log of Windows XP or Server 2003, .evt (the servers in question write .evtx)"),
    (0, b"ElfFile\0", "a Windows event log (.evtx)"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"MZ", "a program"),
    (0, b"MDMP", "a memory dump"),
    (0, b"PAGEDU", "a memory dump"),
    (0, b"\xD4\xC3\xB2\xA1", "a network capture"),
    (0, b"\xA1\xB2\xC3\xD4", "a network capture"),
    (0, b"\x0A\x0D\x0D\x0A", "a network capture"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"II*\0", "a TIFF picture (send the file that it shows)"),
    (0, b"MM\0*", "a TIFF picture (send the file that it shows)"),
    (8, b"WEBP", "a WebP picture (send the file that it shows)"),
    (0, b"L\0\0\0\x01\x14\x02\0", "a shortcut (send the file that it points to)"),
];

const ESE: &str =
    r"an ESE database, such as a secedit .sdb (send the file of secedit /export /cfg C:\Temp\secpol.inf)";
const EVENTS_XML: &str = "an event log saved as XML (save it as .evtx instead)";
const EVENTS_TEXT: &str = "an event log saved as CSV or text (save it as .evtx instead)";
const RSOP_XML: &str = "a Group Policy result in XML (send the HTML report of gpresult /h)";
const GPO_XML: &str = "a report of what a GPO sets, in XML (send the HTML report of gpresult /h)";
const RSOP_TEXT: &str = "the text of gpresult /r or /z (send the HTML report of gpresult /h)";
const TEMPLATE: &str = "a security template or secedit export (send the HTML report of gpresult /h)";
const PLAIN_TEXT: &str = "plain text (of events copied as text, send the log itself as .evtx)";
const DCDIAG: &str = "the output of dcdiag";
const REPLSUM: &str = "the output of repadmin /replsummary";
const NLTEST: &str = "the output of nltest /dsgetdc";
const NET_ACCOUNTS: &str = "the output of net accounts in a language that is not read (send that of \
                            Get-ADDefaultDomainPasswordPolicy)";
const PASSWORD_SETTINGS: &str = "the output of Get-ADFineGrainedPasswordPolicy";
const REG_QUERY: &str = "console output about a registry key (export the key as .reg instead)";

/// Tells in words what a file seems to be, by its first bytes: `a PNG picture`, `plain text`.
pub fn looks_like(head: &[u8]) -> &'static str {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    if head.is_empty() {
        return "an empty file";
    }
    let by_bytes = BY_BYTES
        .iter()
        .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map(|(_, _, words)| *words);
    if let Some(words) = by_bytes {
        return words;
    }
    let text = text_encoding::decode(head).text;
    if text.chars().any(is_binary) { "a binary file of unknown kind" } else { of_text(&text) }
}

/// Control characters that no text has. Consoles write escapes, and old printers form feeds.
fn is_binary(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{0C}' | '\u{1B}' | '\u{85}')
}

fn of_text(text: &str) -> &'static str {
    let text = text.trim_start();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    if text.starts_with('<') {
        of_markup(text)
    } else if text.contains("$CHICAGO$") || text.contains("[Registry Values]") {
        TEMPLATE
    } else if is_registry_output(text) {
        REG_QUERY
    } else if starts_with(first, "dn:") || starts_with(first, "version: 1") {
        "LDIF text"
    } else if is_event_table(first) {
        EVENTS_TEXT
    } else if text.contains("RSOP data for ") {
        RSOP_TEXT
    } else if let Some(words) = of_console(text) {
        words
    } else if is_json(text) {
        "JSON text"
    } else if text.is_empty() {
        "text without any letters"
    } else {
        PLAIN_TEXT
    }
}

/// Output of commands about the domain, by what no language changes: names of tests and properties,
/// the doubled per cent sign of repadmin, and nltest, which is English everywhere.
fn of_console(text: &str) -> Option<&'static str> {
    const TESTS: [&str; 8] = [
        "FrsEvent",
        "DFSREvent",
        "SysVolCheck",
        "KccEvent",
        "KnowsOfRoleHolders",
        "MachineAccount",
        "NCSecDesc",
        "ObjectsReplicated",
    ];
    let has = |word: &str| text.contains(word);
    if has("Directory Server Diagnosis") || TESTS.iter().filter(|test| has(test)).count() >= 2 {
        Some(DCDIAG)
    } else if has("Replication Summary Start Time") || (has(" DSA") && has("%%")) {
        Some(REPLSUM)
    } else if has("Dom Guid:") && has("Dom Name:") {
        Some(NLTEST)
    } else if has("MinPasswordAge") && has("LockoutObservationWindow") && has("Precedence") {
        Some(PASSWORD_SETTINGS)
    } else {
        is_net_accounts(text).then_some(NET_ACCOUNTS)
    }
}

/// Eight settings, most of them numbers, and the role of the computer.
fn is_net_accounts(text: &str) -> bool {
    const ROLES: [&str; 4] = ["PRIMARY", "BACKUP", "SERVER", "WORKSTATION"];
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.windows(9).any(|window| {
        let mut values = window.iter().filter_map(|line| line.split_whitespace().next_back());
        let numbers = values.clone().filter(|value| value.bytes().all(|byte| byte.is_ascii_digit())).count();
        numbers >= 4 && values.next_back().is_some_and(|role| ROLES.contains(&role))
    })
}

/// `reg query` writes the key on a line of its own, PowerShell writes its path.
fn is_registry_output(text: &str) -> bool {
    text.contains("Registry::HKEY_") || text.lines().any(|line| line.trim_start().starts_with("HKEY_"))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The heading that Event Viewer writes above its columns, in English or Japanese.
fn is_event_table(line: &str) -> bool {
    let columns = line.split([',', '\t']).map(|column| column.trim_matches('"'));
    columns.clone().count() >= 5
        && columns.clone().any(|column| matches!(column, "Event ID" | "イベント ID" | "Id"))
}

/// An object or an array, and not the section of an .ini file.
fn is_json(text: &str) -> bool {
    let inside = text.strip_prefix(['{', '[']).map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '{', '[', '}', ']']))
}

fn of_markup(text: &str) -> &'static str {
    const POLICY: &str = "http://www.microsoft.com/GroupPolicy/";
    let root = root_element(text);
    let name = root.split([':', ' ', '\t', '\r', '\n', '>', '/']).next().unwrap_or_default();
    let name = root
        .split_once(':')
        .filter(|(prefix, _)| *prefix == name)
        .map_or(name, |(_, local)| local.split([' ', '\t', '\r', '\n', '>', '/']).next().unwrap_or_default());
    let has = |namespace: &str| text.contains(namespace);
    match name {
        "Rsop" if has(&format!("{POLICY}Rsop")) => RSOP_XML,
        "GPO" | "report" if has(&format!("{POLICY}Settings")) => GPO_XML,
        "Event" | "Events" if has("http://schemas.microsoft.com/win/2004/08/events") => EVENTS_XML,
        name if name.eq_ignore_ascii_case("html") => "an HTML page that is no Group Policy report",
        _ => "XML text",
    }
}

/// What follows the `<` of the first element, behind declarations and comments.
fn root_element(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = match rest {
            rest if rest.starts_with("<!--") => "-->",
            rest if rest.starts_with("<?") || rest.starts_with("<!") => ">",
            rest => return rest.strip_prefix('<').unwrap_or_default(),
        };
        rest = rest.split_once(end).map_or("", |(_, behind)| behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_told_by_their_bytes() {
        for (head, says) in [
            (&b""[..], "an empty file"),
            (b"\x89PNG\r\n\x1A\n\0", "a PNG picture"),
            (b"\xFF\xD8\xFF\xE0\0", "a JPEG picture"),
            (b"GIF89a", "a GIF picture"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "a Word or Excel document"),
            (b"regf\x01\0\0\0", "the log of a registry hive (export the key as .reg instead)"),
            (b"PReg\x01\0\0\0", "a Registry.pol file"),
            (b"\xAC\x9A\x9A\xE9\xEF\xCD\xAB\x89", ESE),
            (b"\x30\0\0\0LfLe\x01\0\0\0", "an event log of Windows XP"),
            (b"\x01\x02\x03\x04", "a binary file of unknown kind"),
        ] {
            assert!(looks_like(head).starts_with(says), "{says}: {}", looks_like(head));
        }
    }

    #[test]
    fn texts_are_told_by_their_words() {
        const EVENT: &str = "http://schemas.microsoft.com/win/2004/08/events/event";
        for (text, says) in [
            ("\r\n", "text without any letters"),
            ("hello", PLAIN_TEXT),
            ("[Version]\r\nsignature=\"$CHICAGO$\"\r\n", TEMPLATE),
            ("\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\r\n", REG_QUERY),
            ("a : 1\nPSPath : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\x\n", REG_QUERY),
            ("# extended LDIF\n\ndn: CN=a,DC=contoso,DC=example\n", "LDIF text"),
            ("Level,Date and Time,Source,Event ID,Task Category\r\n", EVENTS_TEXT),
            ("レベル\t日付と時刻\tソース\tイベント ID\tタスクのカテゴリ\r\n", EVENTS_TEXT),
            ("Diagnostic du serveur\n Test : KccEvent\n   x KccEvent\n Test : SysVolCheck\n", DCDIAG),
            ("\r\nDirectory Server Diagnosis\r\n\r\nPerforming initial setup:\r\n", DCDIAG),
            ("Replication Summary Start Time: 2024-05-01 10:11:12\n", REPLSUM),
            ("Quelle DSA  max. Delta  Fehler/gesamt %%  Fehler\n DC01  06m:27s  0 /  3  0\n", REPLSUM),
            ("   DC: \\\\DC01\n Dom Guid: 0f8fad5b\n Dom Name: CONTOSO\n Flags: PDC GC\n", NLTEST),
            ("MinPasswordAge : 1\nLockoutObservationWindow : 1\nPrecedence : 1\n", PASSWORD_SETTINGS),
            ("a: Nie\nb:  1\nc:  42\nd:  7\ne:  24\nf: Nie\ng:  30\nh:  30\nRolle:  PRIMARY\n", NET_ACCOUNTS),
            ("a: Nie\nb:  1\nc:  42\nd:  7\ne:  24\nf: Nie\ng:  30\nh:  30\nRolle:  KEINE\n", "plain text"),
            ("{ \"a\": 1 }", "JSON text"),
            ("[section]\nkey=1\n", "plain text"),
            ("RSOP data for CONTOSO\\u on DC01 : Logging Mode", RSOP_TEXT),
            ("<?xml version=\"1.0\"?>\n<!-- <Rsop> --><a/>", "XML text"),
            ("<!DOCTYPE html><html><body/></html>", "an HTML page that is no Group Policy report"),
            (&format!("<?xml version=\"1.0\"?><Events><Event xmlns='{EVENT}'/></Events>"), EVENTS_XML),
            ("<Rsop xmlns=\"http://www.microsoft.com/GroupPolicy/Rsop\">", RSOP_XML),
            ("<r:Rsop xmlns:r=\"http://www.microsoft.com/GroupPolicy/Rsop\">", RSOP_XML),
            ("<GPO xmlns=\"http://www.microsoft.com/GroupPolicy/Settings\">", GPO_XML),
        ] {
            assert_eq!(looks_like(text.as_bytes()), says, "{text}");
            let utf16: Vec<u8> =
                format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(looks_like(&utf16), says, "{text} in UTF-16");
        }
    }

    #[test]
    fn real_files_are_told() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/");
        for (name, says) in [
            ("gpresult-xml/HersheyTaichou_CIS-Benchmarks__GPResult-DC.xml", RSOP_XML),
            ("gpresult-xml/raandree_GpoReport__old_gpo2.xml", GPO_XML),
            ("gpresult-xml/l0ss_Grouper__test_report.xml", GPO_XML),
            ("registry/Group3r__5CFC9C70_Registry.pol", BY_BYTES[8].2),
            ("registry/reg_query_RestrictRemoteSAM_bolt_win2016.txt", REG_QUERY),
            ("registry/reg_query_es-ES_win11_Control_Lsa.txt", REG_QUERY),
            ("secedit/Trolip__Secpol.inf", TEMPLATE),
            ("secedit/dsccommunity_SecurityPolicyDsc__sample_ascii.inf", TEMPLATE),
            ("messages/01-33004-80230626-changepassword-user-cannot-change.txt", "plain text"),
            ("entra-connect/microsoft_AADConnectConfigDocumenter__MV.xml", "XML text"),
        ] {
            match std::fs::read(format!("{folder}{name}")) {
                Ok(bytes) => assert_eq!(looks_like(&bytes), says, "{name}"),
                Err(_) => eprintln!("skipped: {name} is not here"),
            }
        }
    }
}
