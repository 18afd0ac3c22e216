//! Files that no reader takes: what they seem to be, by content.
//!
//! The answer is the name of a sentence, `not-used.<name>` in the catalogue, which says what to send
//! instead. It is a help to the person who sent the file, and nothing is concluded from it.

use super::text_encoding;

/// Bytes that are looked at, an even number for UTF-16.
const HEAD_BYTES: usize = 8 << 10;

/// Files told by some bytes: where these stand, which, and the name of the sentence.
const BY_BYTES: [(usize, &[u8], &str); 24] = [
    (0, b"\x89PNG\r\n\x1A\n", "png"),
    (0, b"\xFF\xD8\xFF", "jpeg"),
    (0, b"GIF8", "gif"),
    (4, b"ftyp", "video"),
    (0, b"%PDF-", "pdf"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "compound"),
    (0, b"regf", "hive-log"),
    (0, b"PReg", "registry-pol"),
    (4, b"\xEF\xCD\xAB\x89", ESE),
    (4, b"LfLe", "evt"),
    (0, b"ElfFile\0", "evtx"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"MZ", "program"),
    (0, b"MDMP", "memory-dump"),
    (0, b"PAGEDU", "memory-dump"),
    (0, b"\xD4\xC3\xB2\xA1", "network-capture"),
    (0, b"\xA1\xB2\xC3\xD4", "network-capture"),
    (0, b"\x0A\x0D\x0D\x0A", "network-capture"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (8, b"WEBP", "webp"),
    (0, b"L\0\0\0\x01\x14\x02\0", "shortcut"),
];

const ESE: &str = "ese";
const EVENTS_XML: &str = "events-xml";
const EVENTS_TEXT: &str = "events-text";
const RSOP_XML: &str = "rsop-xml";
const GPO_XML: &str = "gpo-xml";
const RSOP_TEXT: &str = "rsop-text";
const TEMPLATE: &str = "template";
const PLAIN_TEXT: &str = "plain-text";
const DCDIAG: &str = "dcdiag";
const REPLSUM: &str = "replsum";
const NLTEST: &str = "nltest";
const NET_ACCOUNTS: &str = "net-accounts";
const PASSWORD_SETTINGS: &str = "password-settings";
const REG_QUERY: &str = "reg-query";

/// Tells what a file seems to be, by its first bytes: `png`, `plain-text`.
pub fn looks_like(head: &[u8]) -> &'static str {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    if head.is_empty() {
        return "empty";
    }
    let by_bytes = BY_BYTES
        .iter()
        .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map(|(_, _, words)| *words);
    if let Some(words) = by_bytes {
        return words;
    }
    let text = text_encoding::decode(head).text;
    if text.chars().any(is_binary) { "binary" } else { of_text(&text) }
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
        "ldif"
    } else if is_event_table(first) {
        EVENTS_TEXT
    } else if text.contains("RSOP data for ") {
        RSOP_TEXT
    } else if let Some(words) = of_console(text) {
        words
    } else if is_json(text) {
        "json"
    } else if text.is_empty() {
        "no-letters"
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
        name if name.eq_ignore_ascii_case("html") => "html",
        _ => "xml",
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
            (&b""[..], "empty"),
            (b"\x89PNG\r\n\x1A\n\0", "png"),
            (b"\xFF\xD8\xFF\xE0\0", "jpeg"),
            (b"GIF89a", "gif"),
            (b"%PDF-1.7\n", "pdf"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "compound"),
            (b"regf\x01\0\0\0", "hive-log"),
            (b"PReg\x01\0\0\0", "registry-pol"),
            (b"\xAC\x9A\x9A\xE9\xEF\xCD\xAB\x89", ESE),
            (b"\x30\0\0\0LfLe\x01\0\0\0", "evt"),
            (b"\x01\x02\x03\x04", "binary"),
        ] {
            assert_eq!(looks_like(head), says);
        }
    }

    #[test]
    fn texts_are_told_by_their_words() {
        const EVENT: &str = "http://schemas.microsoft.com/win/2004/08/events/event";
        for (text, says) in [
            ("\r\n", "no-letters"),
            ("hello", PLAIN_TEXT),
            ("[Version]\r\nsignature=\"$CHICAGO$\"\r\n", TEMPLATE),
            ("\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\r\n", REG_QUERY),
            ("a : 1\nPSPath : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\x\n", REG_QUERY),
            ("# extended LDIF\n\ndn: CN=a,DC=contoso,DC=example\n", "ldif"),
            ("Level,Date and Time,Source,Event ID,Task Category\r\n", EVENTS_TEXT),
            ("レベル\t日付と時刻\tソース\tイベント ID\tタスクのカテゴリ\r\n", EVENTS_TEXT),
            ("Diagnostic du serveur\n Test : KccEvent\n   x KccEvent\n Test : SysVolCheck\n", DCDIAG),
            ("\r\nDirectory Server Diagnosis\r\n\r\nPerforming initial setup:\r\n", DCDIAG),
            ("Replication Summary Start Time: 2024-05-01 10:11:12\n", REPLSUM),
            ("Quelle DSA  max. Delta  Fehler/gesamt %%  Fehler\n DC01  06m:27s  0 /  3  0\n", REPLSUM),
            ("   DC: \\\\DC01\n Dom Guid: 0f8fad5b\n Dom Name: CONTOSO\n Flags: PDC GC\n", NLTEST),
            ("MinPasswordAge : 1\nLockoutObservationWindow : 1\nPrecedence : 1\n", PASSWORD_SETTINGS),
            ("a: Nie\nb:  1\nc:  42\nd:  7\ne:  24\nf: Nie\ng:  30\nh:  30\nRolle:  PRIMARY\n", NET_ACCOUNTS),
            ("a: Nie\nb:  1\nc:  42\nd:  7\ne:  24\nf: Nie\ng:  30\nh:  30\nRolle:  KEINE\n", PLAIN_TEXT),
            ("{ \"a\": 1 }", "json"),
            ("[section]\nkey=1\n", PLAIN_TEXT),
            ("RSOP data for CONTOSO\\u on DC01 : Logging Mode", RSOP_TEXT),
            ("<?xml version=\"1.0\"?>\n<!-- <Rsop> --><a/>", "xml"),
            ("<!DOCTYPE html><html><body/></html>", "html"),
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
            ("messages/01-33004-80230626-changepassword-user-cannot-change.txt", PLAIN_TEXT),
            ("entra-connect/microsoft_AADConnectConfigDocumenter__MV.xml", "xml"),
        ] {
            match std::fs::read(format!("{folder}{name}")) {
                Ok(bytes) => assert_eq!(looks_like(&bytes), says, "{name}"),
                Err(_) => eprintln!("skipped: {name} is not here"),
            }
        }
    }
}
