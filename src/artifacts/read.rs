//! One file in, one reading out: the kind is told by content, and a reader that panics costs that file
//! alone.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bundle::{DiskContent, Member, cause};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

use super::effort::Effort;
use super::event_log::{EventLog, Neighbours, Position};
use super::registry_export::{HiveBytes, PackedBytes, Packing};
use super::text_encoding::Decoded;
use super::text_stream::TextStream;
use super::{
    Content, Reading, RegistryExport, Wanted, access_control_list, audit_log, connect_configuration,
    controller_diagnostics, directory_objects, event_log, held_text, password_policy, policy_report,
    registry_export, security_template, unused,
};

/// Memory for the hive of an archive, in MiB, packed: enough for several times what a server has.
const PACKED_HIVE_MIB: usize = 48;
/// Longest Registry.pol, in MiB. Real ones are smaller than one.
const POLICY_FILE_MIB: u64 = 16;

/// Reads one file. `effort` is that of the bundle.
pub fn read(member: Member<'_>, wanted: &Wanted, effort: &Effort) -> Reading {
    let (path, head) = (member.path, member.head);
    let read = catch_unwind(AssertUnwindSafe(|| read_as_its_kind(member, wanted, effort)));
    read.unwrap_or_else(|_| Reading {
        content: Content::NotUsed { looks_like: unused::looks_like(head) },
        gaps: vec![broken(path)],
    })
}

/// Reads one file where it is an event log; none of other kinds.
pub fn read_event_log(member: Member<'_>, wanted: &Wanted, effort: &Effort) -> Option<(EventLog, Vec<Gap>)> {
    if !event_log::looks_like_event_log(member.head) {
        return None;
    }
    let path = member.path;
    let read = catch_unwind(AssertUnwindSafe(|| log_of(member, wanted, effort)));
    Some(read.unwrap_or_else(|_| (EventLog::default(), vec![broken(path)])))
}

/// Reads the records around some of an event log, as [`event_log::around`] does.
pub fn read_around(member: Member<'_>, live: &[Position], freed: &[Position], count: usize) -> Neighbours {
    let Member { content, .. } = member;
    let read = catch_unwind(AssertUnwindSafe(|| event_log::around(content, live, freed, count)));
    let not_found = live.len().saturating_add(freed.len());
    read.unwrap_or_else(|_| Neighbours { not_found, ..Neighbours::default() })
}

fn log_of(member: Member<'_>, wanted: &Wanted, effort: &Effort) -> (EventLog, Vec<Gap>) {
    let Member { path, content, on_disk, round, .. } = member;
    if effort.is_spent(round) {
        return event_log::count(path, content, wanted);
    }
    let (log, gaps) = match on_disk {
        Some(disk) => event_log::read_disk(path, content, disk, wanted),
        None => event_log::read(path, content, wanted),
    };
    effort.add(round, log.excess);
    (log, gaps)
}

fn broken(path: &BundlePath) -> Gap {
    Gap::new(path, Place::File, Statement::new("gap.file.reader-broke"))
}

fn read_as_its_kind(member: Member<'_>, wanted: &Wanted, effort: &Effort) -> Reading {
    if event_log::looks_like_event_log(member.head) {
        let (log, gaps) = log_of(member, wanted, effort);
        return Reading { content: Content::EventLog(log), gaps };
    }
    let Member { path, head, content, on_disk, .. } = member;
    if registry_export::is_binary(head) {
        let (export, gaps) = read_binary(path, head, content, on_disk, wanted);
        let other = Content::NotUsed { looks_like: unused::looks_like(head) };
        return Reading { content: export.map_or(other, Content::RegistryExport), gaps };
    }
    let Some(reader) = reader_of(head) else {
        return Reading {
            content: Content::NotUsed { looks_like: unused::looks_like(head) },
            gaps: Vec::new(),
        };
    };
    let (read, gaps) = reader(path, TextStream::new(content), wanted);
    Reading { content: read.unwrap_or(Content::NotUsed { looks_like: unused::looks_like(head) }), gaps }
}

/// A reader of a text.
type TextReader = fn(&BundlePath, TextStream<'_>, &Wanted) -> (Option<Content>, Vec<Gap>);

/// Tells a kind by its first bytes.
type LooksLike = fn(&[u8]) -> bool;

fn reader_of(head: &[u8]) -> Option<TextReader> {
    let readers: [(LooksLike, TextReader); 9] = [
        (security_template::looks_like_security_template, |path, text, _| {
            held(path, text, |text| {
                let (template, gaps) = security_template::read_text(path, text);
                (template.map(Content::SecurityTemplate), gaps)
            })
        }),
        (policy_report::looks_like_policy_report, |path, text, _| {
            held(path, text, |text| {
                let (report, gaps) = policy_report::read_text(path, text);
                (report.map(Content::PolicyReport), gaps)
            })
        }),
        // A trace of the wizard may quote commands that read the registry, so that it comes first.
        (connect_configuration::looks_like_connect_configuration, |path, text, _| {
            let (configuration, gaps) = connect_configuration::read_text(path, text);
            (configuration.map(|read| Content::ConnectConfiguration(Box::new(read))), gaps)
        }),
        (registry_export::looks_like_registry_export, |path, text, wanted| {
            let (export, gaps) = registry_export::read_text(path, text, wanted);
            (export.map(Content::RegistryExport), gaps)
        }),
        (audit_log::looks_like_audit_log, |path, text, _| {
            let (log, gaps) = audit_log::read_text(path, text);
            (log.map(Content::AuditLog), gaps)
        }),
        (password_policy::looks_like_password_policy, |path, text, _| {
            held(path, text, |text| {
                let (policy, gaps) = password_policy::read_text(path, &text.text);
                (policy.map(Content::PasswordPolicy), gaps)
            })
        }),
        (controller_diagnostics::looks_like_controller_diagnostics, |path, text, _| {
            held(path, text, |text| {
                let diagnostics = controller_diagnostics::read_text(&text.text);
                (diagnostics.map(Content::ControllerDiagnostics), Vec::new())
            })
        }),
        // Those with a header of their own come before those that only their words tell.
        (access_control_list::looks_like_access_control_lists, |path, text, _| {
            let (lists, gaps) = access_control_list::read_text(path, text);
            (lists.map(Content::AccessControlLists), gaps)
        }),
        (directory_objects::looks_like_directory_objects, |path, text, _| {
            let (objects, gaps) = directory_objects::read_text(path, text);
            (objects.map(Content::DirectoryObjects), gaps)
        }),
    ];
    readers.into_iter().find_map(|(looks_like, reader)| looks_like(head).then_some(reader))
}

/// Reads a text that is held as a whole.
fn held(
    path: &BundlePath,
    text: TextStream<'_>,
    read: impl FnOnce(&Decoded) -> (Option<Content>, Vec<Gap>),
) -> (Option<Content>, Vec<Gap>) {
    let (held, mut gaps) = held_text::hold(path, text);
    let (content, more) = read(&held.decoded);
    gaps.extend(more);
    (content, gaps)
}

/// Reads a hive or a Registry.pol: by place where it is a large file of the disk, packed in memory otherwise.
fn read_binary(
    path: &BundlePath,
    head: &[u8],
    content: &mut dyn Read,
    on_disk: Option<&DiskContent>,
    wanted: &Wanted,
) -> (Option<RegistryExport>, Vec<Gap>) {
    if let Some(disk) = on_disk.filter(|_| registry_export::looks_like_hive(head)) {
        return registry_export::read_hive(path, HiveBytes::Disk(disk), wanted);
    }
    let (_place, _alone) = (held_text::Taken::place(), held_text::alone());
    let lost = |at: usize, failed: Option<io::Error>, reason| {
        let reason = failed.map_or(vec![reason], |error| {
            vec![Statement::new("gap.file.unreadable"), cause(&error), Statement::new("gap.ask.upload-again")]
        });
        Gap::new(path, Place::Offset(at as u64), reason)
    };
    if registry_export::looks_like_hive(head) {
        let Packing { packed, more, failed } = PackedBytes::of(content, PACKED_HIVE_MIB << 20);
        let too_large = Statement::new("gap.file.hive-too-large").with("limit", PACKED_HIVE_MIB.to_string());
        let gap = (more || failed.is_some()).then(|| lost(packed.bytes(), failed, too_large));
        let (export, mut gaps) = registry_export::read_hive(path, HiveBytes::Packed(&packed), wanted);
        gaps.extend(gap);
        return (export, gaps);
    }
    let most = POLICY_FILE_MIB << 20;
    let mut bytes = Vec::new();
    // One byte more tells whether the file ends here.
    let failed = content.take(most.saturating_add(1)).read_to_end(&mut bytes).err();
    let more = bytes.len() as u64 > most;
    let too_long = Statement::new("gap.file.too-long").with("limit", POLICY_FILE_MIB.to_string());
    let gap = (more || failed.is_some()).then(|| lost(bytes.len(), failed, too_long));
    let (export, mut gaps) = registry_export::read(path, &bytes, wanted);
    gaps.extend(gap);
    (export, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> &'static str {
        let (path, mut content) = ("a".into(), bytes);
        let head = bytes.get(..64 << 10).unwrap_or(bytes);
        let member = Member { path: &path, head, content: &mut content, on_disk: None, round: 0 };
        match read(member, &Wanted::default(), &Effort::default()).content {
            Content::NotUsed { looks_like } => looks_like,
            content => content.kind(),
        }
    }

    /// The events and gaps of a log of the fixtures.
    fn log(round: u64, effort: &Effort) -> (usize, u64, Vec<String>) {
        const LOG: &str = "fixtures/cases/trust/log-out-of-order/bundle/aadc01/Application.evtx";
        let bytes = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(LOG)).unwrap();
        let (path, mut content) = ("a.evtx".into(), bytes.as_slice());
        let member =
            Member { path: &path, head: &bytes[..4096], content: &mut content, on_disk: None, round };
        let Reading { content: Content::EventLog(log), gaps } = read(member, &crate::wanted(), effort) else {
            panic!("an event log")
        };
        (log.events.len(), log.coverage.records, gaps.iter().map(Gap::said).collect())
    }

    #[test]
    fn where_other_logs_took_too_much_work_records_are_only_counted() {
        let effort = Effort::default();
        let (events, records, _) = log(1, &effort);
        assert!(events > 0 && records > 0);
        effort.add(1, u64::MAX);
        assert_eq!(log(1, &effort).0, events);
        let (none, counted, gaps) = log(2, &effort);
        assert_eq!((none, counted), (0, records));
        assert!(gaps.iter().any(|gap| gap.contains("only counted")), "{gaps:?}");
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

    /// Each holds more than a short text, on more threads than one.
    #[test]
    fn long_texts_wait_for_each_other_and_come_through() {
        let text = format!("<ma-data>{}", "<id>1</id>\r\n".repeat(400_000));
        let kinds: Vec<_> = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| kind(text.as_bytes()))).collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).collect()
        });
        assert_eq!(kinds, ["connect-configuration"; 3]);
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
