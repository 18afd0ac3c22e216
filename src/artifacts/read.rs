//! One file in, one reading out: the kind is told by content, and a reader that panics costs that file
//! alone.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bundle::{DiskContent, Member, cause};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

use super::event_log::{EventLog, Neighbours, Position};
use super::{
    Content, Reading, Wanted, access_control_list, audit_log, connect_configuration, controller_diagnostics,
    directory_objects, event_log, password_policy, policy_report, registry_export, security_template, unused,
};

/// Longest text that is held in memory to be read, in MiB. Reports and exports of a whole machine are a
/// few megabytes; what is longer is read up to here, and the gap says so.
const TEXT_MIB: u64 = 64;
/// Longest hive, in MiB: that of a server takes up to some 100.
const HIVE_MIB: u64 = 256;
/// Texts up to this length are held by as many threads as there are; of longer ones, and of hives, only one
/// is held at a time.
const SHORT_BYTES: u64 = 8 << 20;

/// Held while a long text is in memory, so that memory does not grow with the number of threads.
///
/// Whoever holds it must not wait for the thread pool: a pool's thread that waits takes on other work,
/// which may be another long text, and would then wait for itself. The readers of texts therefore do
/// nothing in parallel, and the content of a member is read by the thread that reads the member.
static LONG_TEXT: Mutex<()> = Mutex::new(());

/// Reads one file.
pub fn read(member: Member<'_>, wanted: &Wanted) -> Reading {
    let (path, head) = (member.path, member.head);
    let read = catch_unwind(AssertUnwindSafe(|| read_as_its_kind(member, wanted)));
    read.unwrap_or_else(|_| Reading {
        content: Content::NotUsed { looks_like: unused::looks_like(head) },
        gaps: vec![broken(path)],
    })
}

/// Reads one file where it is an event log; none of other kinds.
pub fn read_event_log(member: Member<'_>, wanted: &Wanted) -> Option<(EventLog, Vec<Gap>)> {
    let Member { path, head, content, on_disk } = member;
    if !event_log::looks_like_event_log(head) {
        return None;
    }
    let read = catch_unwind(AssertUnwindSafe(|| log_of(path, content, on_disk, wanted)));
    Some(read.unwrap_or_else(|_| (EventLog::default(), vec![broken(path)])))
}

/// Reads the records around some of an event log, as [`event_log::around`] does.
pub fn read_around(member: Member<'_>, live: &[Position], freed: &[Position], count: usize) -> Neighbours {
    let Member { content, .. } = member;
    let read = catch_unwind(AssertUnwindSafe(|| event_log::around(content, live, freed, count)));
    let not_found = live.len().saturating_add(freed.len());
    read.unwrap_or_else(|_| Neighbours { not_found, ..Neighbours::default() })
}

fn log_of(
    path: &BundlePath,
    content: &mut dyn Read,
    on_disk: Option<&DiskContent>,
    wanted: &Wanted,
) -> (EventLog, Vec<Gap>) {
    match on_disk {
        Some(disk) => event_log::read_disk(path, content, disk, wanted),
        None => event_log::read(path, content, wanted),
    }
}

fn broken(path: &BundlePath) -> Gap {
    Gap::new(path, Place::File, Statement::new("gap.file.reader-broke"))
}

fn read_as_its_kind(member: Member<'_>, wanted: &Wanted) -> Reading {
    let Member { path, head, content, on_disk } = member;
    if event_log::looks_like_event_log(head) {
        let (log, gaps) = log_of(path, content, on_disk, wanted);
        return Reading { content: Content::EventLog(log), gaps };
    }
    let Some(reader) = reader_of(head) else {
        return Reading {
            content: Content::NotUsed { looks_like: unused::looks_like(head) },
            gaps: Vec::new(),
        };
    };
    let most = if registry_export::looks_like_hive(head) { HIVE_MIB } else { TEXT_MIB };
    let (text, mut gaps) = held(path, content, most);
    let (read, more) = reader(path, &text.bytes, wanted);
    gaps.extend(more);
    Reading { content: read.unwrap_or(Content::NotUsed { looks_like: unused::looks_like(head) }), gaps }
}

/// A reader of a text that is held in memory.
type TextReader = fn(&BundlePath, &[u8], &Wanted) -> (Option<Content>, Vec<Gap>);

/// Tells a kind by its first bytes.
type LooksLike = fn(&[u8]) -> bool;

fn reader_of(head: &[u8]) -> Option<TextReader> {
    let readers: [(LooksLike, TextReader); 9] = [
        (security_template::looks_like_security_template, |path, text, _| {
            let (template, gaps) = security_template::read(path, text);
            (template.map(Content::SecurityTemplate), gaps)
        }),
        (policy_report::looks_like_policy_report, |path, text, _| {
            let (report, gaps) = policy_report::read(path, text);
            (report.map(Content::PolicyReport), gaps)
        }),
        // A trace of the wizard may quote commands that read the registry, so that it comes first.
        (connect_configuration::looks_like_connect_configuration, |path, text, _| {
            let (configuration, gaps) = connect_configuration::read(path, text);
            (configuration.map(|read| Content::ConnectConfiguration(Box::new(read))), gaps)
        }),
        (registry_export::looks_like_registry_export, |path, text, wanted| {
            let (export, gaps) = registry_export::read(path, text, wanted);
            (export.map(Content::RegistryExport), gaps)
        }),
        (audit_log::looks_like_audit_log, |path, text, _| {
            let (log, gaps) = audit_log::read(path, text);
            (log.map(Content::AuditLog), gaps)
        }),
        (password_policy::looks_like_password_policy, |path, text, _| {
            let (policy, gaps) = password_policy::read(path, text);
            (policy.map(Content::PasswordPolicy), gaps)
        }),
        (controller_diagnostics::looks_like_controller_diagnostics, |path, text, _| {
            let (diagnostics, gaps) = controller_diagnostics::read(path, text);
            (diagnostics.map(Content::ControllerDiagnostics), gaps)
        }),
        // Those with a header of their own come before those that only their words tell.
        (access_control_list::looks_like_access_control_lists, |path, text, _| {
            let (lists, gaps) = access_control_list::read(path, text);
            (lists.map(Content::AccessControlLists), gaps)
        }),
        (directory_objects::looks_like_directory_objects, |path, text, _| {
            let (objects, gaps) = directory_objects::read(path, text);
            (objects.map(Content::DirectoryObjects), gaps)
        }),
    ];
    readers.into_iter().find_map(|(looks_like, reader)| looks_like(head).then_some(reader))
}

/// A text in memory.
struct Held {
    bytes: Vec<u8>,
    /// A long text is the only one as long as this lives.
    _only: Option<MutexGuard<'static, ()>>,
}

fn held(path: &BundlePath, content: &mut dyn Read, most_mib: u64) -> (Held, Vec<Gap>) {
    let most = most_mib << 20;
    let mut bytes = Vec::new();
    let mut only = None;
    let mut read = Read::take(&mut *content, SHORT_BYTES).read_to_end(&mut bytes);
    if read.is_ok() && bytes.len() as u64 == SHORT_BYTES {
        // A reader that broke while it held a long text has let go of it.
        only = Some(LONG_TEXT.lock().unwrap_or_else(PoisonError::into_inner));
        // One byte more tells whether the text ends here.
        read = content.take(most.saturating_sub(SHORT_BYTES).saturating_add(1)).read_to_end(&mut bytes);
    }
    let mut gaps = Vec::new();
    if let Err(error) = read {
        let reason =
            [Statement::new("gap.file.unreadable"), cause(&error), Statement::new("gap.ask.upload-again")];
        gaps.push(Gap::new(path, Place::Offset(bytes.len() as u64), reason));
    } else if bytes.len() as u64 > most {
        bytes.pop();
        let reason = Statement::new("gap.file.too-long").with("limit", most_mib.to_string());
        gaps.push(Gap::new(path, Place::Offset(most), reason));
    }
    (Held { bytes, _only: only }, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> &'static str {
        let (path, mut content) = ("a".into(), bytes);
        let head = bytes.get(..64 << 10).unwrap_or(bytes);
        let member = Member { path: &path, head, content: &mut content, on_disk: None };
        match read(member, &Wanted::default()).content {
            Content::NotUsed { looks_like } => looks_like,
            content => content.kind(),
        }
    }

    #[test]
    fn each_kind_has_its_reader() {
        for (text, expected) in [
            ("REGEDIT4\r\n", "registry-export"),
            ("<ma-data><category>AD</category></ma-data>", "connect-configuration"),
            ("<saved-mv-configuration server='SYNC01'/>", "connect-configuration"),
            ("{\"onpremisesDirectoryPolicy\": []}", "connect-configuration"),
            ("[12:09:02.758] [  1] [INFO ] Application Version: 2.2.8.0\r\n", "connect-trace"),
            ("{\"value\": [{\"activityDisplayName\": \"x\", \"loggedByService\": \"y\"}]}", "audit-log"),
            ("Date (UTC),Service,Category,Activity,Result\n", "audit-log"),
            (
                "MinPasswordAge : 1\nLockoutObservationWindow : 1\nDistinguishedName : DC=a\n",
                "password-policy",
            ),
            ("{\"a\": 1}", "json"),
            ("hello", "plain-text"),
            ("", "empty"),
        ] {
            assert_eq!(kind(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_held_up_to_its_limit() {
        for (bytes, held_bytes, gaps_expected) in
            [(9 << 20, 9 << 20, 0), ((9 << 20) + 1, 9 << 20, 1), (1 << 20, 1 << 20, 0)]
        {
            let (text, gaps) = held(&"a".into(), &mut std::io::repeat(b'a').take(bytes), 9);
            assert_eq!((text.bytes.len() as u64, gaps.len()), (held_bytes, gaps_expected));
            assert_eq!(text._only.is_some(), bytes > SHORT_BYTES);
            for gap in gaps {
                assert!(gap.said().contains("longer than 9 MiB"), "{}", gap.said());
                assert_eq!(gap.place, Place::Offset(9 << 20));
            }
        }
    }

    /// Each holds more than a short text, on more threads than one.
    #[test]
    fn long_texts_wait_for_each_other_and_come_through() {
        let text = format!("REGEDIT4\r\n{}", "; note\r\n".repeat(1_100_000));
        let kinds: Vec<_> = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| kind(text.as_bytes()))).collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).collect()
        });
        assert_eq!(kinds, ["registry-export"; 3]);
    }

    #[test]
    fn real_files_of_other_kinds_are_not_taken_for_those_of_connect() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples");
        let files =
            walkdir::WalkDir::new(folder).into_iter().flatten().filter(|file| file.file_type().is_file());
        for file in files.filter(|file| file.metadata().is_ok_and(|data| data.len() < 4 << 20)) {
            let name = file.path().to_string_lossy().into_owned();
            let kind = kind(&std::fs::read(file.path()).unwrap());
            let is_connect = kind.starts_with("connect-");
            let of_connect = name.contains("/entra-connect/") || name.contains("/29-wizard-trace");
            assert_eq!(is_connect, of_connect, "{name}: {kind}");
            assert_eq!(kind == "audit-log", name.contains("/entra_audit_SSPR_rows"), "{name}: {kind}");
            println!("{kind}\t{name}");
        }
    }
}
