//! Facts: what is true of this customer's machines, whatever format or language said so.
//!
//! A fact is known (with its places), absent (looked for in the right place, not there) or unknown.
//! This room reconciles files that disagree, and names no cause.

pub mod access_lists;
pub mod account_events;
pub mod attempts;
pub mod attribution;
pub mod cloud;
pub mod connect_server;
pub mod connector;
pub mod connector_access;
pub mod directory;
mod hosts;
pub mod machines;
pub mod password_policy;
mod policy_names;
pub mod read_group;
pub mod replication;
pub mod sam_restriction;
pub mod user_rights;
pub mod writeback_text;

use jiff::Timestamp;

use crate::artifacts::event_log::Coverage;
use crate::artifacts::{Artifact, Content};
use crate::knowledge::events::{EventKind, known_event};
use crate::source::{BundlePath, Source};
use crate::words::Statement;

pub use account_events::AccountEvents;
use attempts::SignIn;
pub use attempts::{Attempt, Operation, Outcome};
pub use attribution::{Attributed, AttributedBy, Stated};
pub use cloud::{CloudRow, CloudSays, CloudSuccesses};
pub use connect_server::StagingServer;
use connector::Connector;
pub use connector::Connectors;
pub use directory::Directory;
use directory::DirectoryUser;
pub use machines::{MachineId, Machines};
pub use password_policy::MinimumAges;
pub use read_group::ReadGroup;
pub use replication::ReplicationHealth;
pub use sam_restriction::SamRestrictions;
pub use user_rights::RightHolders;

/// Everything that was established.
#[derive(Debug)]
pub struct Facts {
    /// Machines and their roles.
    pub machines: Machines,
    /// Connect servers in staging mode.
    pub staging: Vec<StagingServer>,
    /// Files, and the machine that each speaks for.
    pub files: Vec<Attributed>,
    /// Operations on passwords, in order of time.
    pub attempts: Vec<Attempt>,
    /// Successes that only the cloud's audit log shows.
    pub cloud_successes: CloudSuccesses,
    /// The AD DS connector accounts.
    pub connectors: Connectors,
    /// Restrictions on remote calls to SAM, by machine.
    pub restrictions: SamRestrictions,
    /// Password sets and protected accounts, from domain controllers' Security logs.
    pub account_events: AccountEvents,
    /// The domain's minimum password age.
    pub minimum_ages: MinimumAges,
    /// Domain controllers in trouble.
    pub replication: ReplicationHealth,
    /// Users, as exports of the directory show them.
    pub directory: Directory,
    /// Members of Pre-Windows 2000 Compatible Access, one for each text that lists them.
    pub read_groups: Vec<ReadGroup>,
    /// Who may impersonate a client after authentication, one for each machine and text.
    pub impersonation: Vec<RightHolders>,
    /// Logs of the writeback service and of domain controllers, with what they cover.
    pub logs: Vec<LogFact>,
    /// The writeback service's trouble with the cloud.
    pub service_trouble: Vec<Seen>,
    /// Files that disagree.
    pub contradictions: Vec<Contradiction>,
    /// A file of the upload is encrypted and was not read, so that nobody knows what it is.
    pub has_encrypted: bool,
}

impl Facts {
    /// The server in staging mode on which an operation ran: its log tells of a time when it was active, and
    /// decides nothing for the server that is active now.
    pub fn staging_of(&self, attempt: &Attempt) -> Option<&StagingServer> {
        if self.staging.is_empty() {
            return None;
        }
        let machine = self.machines.find(attempt.server()?)?;
        self.staging.iter().find(|server| server.machine == machine)
    }

    /// Whether the user of an operation is, or may be, of another domain than the one of this DNS name: by its
    /// object, or else because its principal name ends in a domain below this one. A principal name may end in
    /// any other domain's name, which says nothing.
    pub fn user_may_be_outside(&self, attempt: &Attempt, domain: &str) -> bool {
        if let Some(own) = self.directory.target_of(attempt).and_then(DirectoryUser::domain) {
            return own != domain;
        }
        let suffix = attempt.user.as_deref().and_then(|user| user.rsplit_once('@')).map(|(_, suffix)| suffix);
        let suffix = suffix.map(str::to_lowercase);
        suffix.is_some_and(|suffix| suffix.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
    }

    /// The connector account of an operation, unless it may serve another forest alone: one that the operation's
    /// own events do not name, of another domain tree than the user.
    pub fn connector_of(&self, attempt: &Attempt) -> Option<&Connector> {
        let below =
            |a: &str, b: &str| a.strip_suffix(b).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        let user = self.directory.target_of(attempt).and_then(DirectoryUser::domain);
        self.connectors.of(attempt).filter(|connector| {
            let domains = connector.dns_domain().zip(user);
            attempt.connector.is_some() || domains.is_none_or(|(a, b)| below(&a, &b) || below(&b, &a))
        })
    }

    /// The operation failed, on a server that may be the active one.
    pub fn counts_as_failed(&self, attempt: &Attempt) -> bool {
        attempt.outcome == Outcome::Failed && self.staging_of(attempt).is_none()
    }
}

/// Which machines' and providers' events a log file holds.
#[derive(Debug, Clone)]
pub struct LogFact {
    /// The file.
    pub path: BundlePath,
    /// The machine, where all records are of one.
    pub machine: Option<MachineId>,
    /// It holds events of the writeback service or of the synchronization engine.
    pub has_writeback: bool,
    /// What it covers.
    pub coverage: Coverage,
}

/// An event that was seen, on a machine, at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Event ID.
    pub id: u16,
    /// When.
    pub time: Timestamp,
    /// Where it stands.
    pub source: Source,
}

/// Files that disagree, and why they may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// How they disagree, and the likely reason.
    pub text: Statement,
    /// The places.
    pub sources: Vec<Source>,
}

impl Facts {
    /// Logs of a machine's channel that run from one time to another without a known loss. An export that
    /// was filtered looks the same, so that silence counts only where the log shows the kind of event.
    pub fn log_over<'f>(
        &'f self,
        machine: MachineId,
        channel: &'f str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = &'f LogFact> {
        self.logs.iter().filter(move |log| {
            let coverage = &log.coverage;
            log.machine == Some(machine)
                && coverage.lost == 0
                && coverage.channels.iter().any(|have| have.eq_ignore_ascii_case(channel))
                && coverage.from.is_some_and(|oldest| oldest <= from)
                && coverage.to.is_some_and(|newest| to <= newest)
        })
    }
}

/// Establishes the facts from the artifacts of one bundle.
///
/// `stated` is what the user said of files that do not name their machine; `has_encrypted`: a file of the upload was
/// not read because it is encrypted.
pub fn establish(artifacts: &[Artifact], stated: &[Stated], has_encrypted: bool) -> Facts {
    let (machines, files) = attribution::attribute(artifacts, stated);
    let events = KnownEvents::of(artifacts);
    let mut attempts = attempts::assemble(&events);
    let cloud_successes = cloud::join(artifacts, &mut attempts);
    let account_events = account_events::gather(&events);
    let mut contradictions = Vec::new();
    let directory = directory::gather(artifacts, &mut contradictions);
    let staging = connect_server::in_staging_mode(artifacts, &files);
    let configured = connect_server::accounts(artifacts, &files, &staging);
    let domain_names = connect_server::domain_names(artifacts, &files);
    let of_files =
        connector::Configured { accounts: &configured, domain_names: &domain_names, machines: &machines };
    let connectors = connector::gather(&events, &attempts, &account_events, &of_files, &directory);
    connect_server::resolve(&mut attempts, &configured, &connectors, &directory, &machines);
    contradictions.extend(connectors.contradictions.iter().cloned());
    let restrictions = sam_restriction::gather(artifacts, &files, &machines, &events, &mut contradictions);
    let minimum_ages = password_policy::gather(artifacts, &files, &machines, &mut contradictions);
    contradictions.extend(policy_names::renamed(artifacts, &restrictions));
    let logs = logs(artifacts, &files);
    contradictions.extend(cloud::not_in_logs(&attempts, &logs, &machines));
    contradictions.sort();
    contradictions.dedup();
    let read_groups = read_group::gather(artifacts);
    let impersonation = user_rights::gather(artifacts, &files);
    let service_trouble = events.of_kind(&[EventKind::ServiceTrouble]).map(KnownEventAt::seen).collect();
    Facts {
        machines,
        staging,
        files,
        attempts,
        cloud_successes,
        connectors,
        restrictions,
        account_events,
        minimum_ages,
        replication: replication::gather(artifacts),
        directory,
        read_groups,
        impersonation,
        logs,
        service_trouble,
        contradictions,
        has_encrypted,
    }
}

/// The events of each operation on a password in the logs, the engine's traces among them.
pub fn operations(artifacts: &[Artifact]) -> Vec<Vec<Source>> {
    let attempts = attempts::assemble(&KnownEvents::of(artifacts));
    attempts.into_iter().map(|attempt| attempt.events).collect()
}

/// A known event of some log.
#[derive(Debug, Clone)]
pub struct KnownEventAt<'a> {
    /// What it states.
    pub kind: EventKind,
    /// The event.
    pub event: &'a crate::artifacts::event_log::Event,
    /// Where it stands.
    pub source: Source,
}

impl KnownEventAt<'_> {
    fn seen(&self) -> Seen {
        Seen { id: self.event.id, time: self.event.time, source: self.source.clone() }
    }

    /// All values of the event as one text: classic events have it in one value or in several.
    fn text(&self) -> String {
        let values: Vec<&str> = self.event.data.iter().map(|datum| datum.value.as_str()).collect();
        values.join("\n")
    }

    /// A value by name, or by position where the log has no such name.
    fn value(&self, name: &str, position: usize) -> Option<&str> {
        let named = self.event.data.iter().find(|datum| {
            datum.name.as_deref().is_some_and(|have| have.trim_end_matches(':').eq_ignore_ascii_case(name))
        });
        named.or_else(|| self.event.data.get(position)).map(|datum| datum.value.trim())
    }
}

/// All known events of the bundle in order of time, each once: the same log may be there twice.
#[derive(Debug)]
pub struct KnownEvents<'a> {
    events: Vec<KnownEventAt<'a>>,
    /// The engine's sign-ins to Active Directory. A log has thousands, so that they are read once.
    sign_ins: Vec<SignIn<'a>>,
}

impl<'a> KnownEvents<'a> {
    fn of(artifacts: &'a [Artifact]) -> Self {
        let mut events: Vec<KnownEventAt<'a>> = artifacts
            .iter()
            .filter_map(|artifact| match &artifact.content {
                Content::EventLog(log) => Some((&artifact.path, log)),
                _ => None,
            })
            .flat_map(|(path, log)| {
                log.events.iter().filter_map(move |event| {
                    let known = known_event(&event.provider, event.id)?;
                    let source = Source::new(path, event.place.clone());
                    Some(KnownEventAt { kind: known.kind, event, source })
                })
            })
            .collect();
        // A live record comes before the same record found again in slack.
        events.sort_by(|a, b| {
            (a.event.time, &a.event.computer, a.event.record_id, a.event.id, a.event.from_slack, &a.source)
                .cmp(&(
                    b.event.time,
                    &b.event.computer,
                    b.event.record_id,
                    b.event.id,
                    b.event.from_slack,
                    &b.source,
                ))
        });
        events.dedup_by(|again, first| {
            again.kind == first.kind
                && again.event.time == first.event.time
                && again.event.record_id == first.event.record_id
                && again.event.computer.eq_ignore_ascii_case(&first.event.computer)
                && again.event.data == first.event.data
        });
        let sign_ins = events.iter().filter_map(SignIn::of).collect();
        KnownEvents { events, sign_ins }
    }

    fn of_kind<'s>(&'s self, kinds: &'s [EventKind]) -> impl Iterator<Item = &'s KnownEventAt<'a>> {
        self.events.iter().filter(move |event| kinds.contains(&event.kind))
    }
}

fn logs(artifacts: &[Artifact], files: &[Attributed]) -> Vec<LogFact> {
    artifacts
        .iter()
        .zip(files)
        .filter_map(|(artifact, file)| match &artifact.content {
            Content::EventLog(log) => Some(LogFact {
                path: artifact.path.clone(),
                machine: file.machine,
                has_writeback: log.events.iter().any(|event| {
                    ["PasswordResetService", "ADSync"]
                        .iter()
                        .any(|provider| event.provider.eq_ignore_ascii_case(provider))
                }),
                coverage: log.coverage.clone(),
            }),
            _ => None,
        })
        .collect()
}
