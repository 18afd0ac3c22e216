//! Attempts: operations on passwords, pieced together from the events of the Connect server.
//!
//! PasswordResetService lines of one operation share a TrackingId; the engine's trace (6329) carries
//! none, and is joined by server, time and order.

mod traces;

use jiff::{SignedDuration, Timestamp};

use crate::knowledge::events::EventKind;
use crate::source::Source;

use super::cloud::CloudRow;
use super::writeback_text::{OperationText, TraceText, operation_text};
use super::{KnownEventAt, KnownEvents};

/// One operation on one user's password.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Time of its deciding event: the error, or else the last one.
    pub time: Timestamp,
    /// Time of its first event.
    pub started: Timestamp,
    /// The Connect server, as its events name it; empty where only the cloud's audit log shows the operation.
    pub computer: String,
    /// Reset, change, or reset by an administrator.
    pub operation: Operation,
    /// User principal name, as written.
    pub user: Option<String>,
    /// Base64 of the user's source anchor.
    pub source_anchor: Option<String>,
    /// TrackingId, as written.
    pub tracking_id: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// ID of the error event (33001 to 33009) and its place.
    pub error: Option<(u16, Source)>,
    /// `hr=` of the error event: eight hexadecimal digits, lower case.
    pub code: Option<String>,
    /// The engine's sentence in the error event.
    pub message: Option<String>,
    /// The engine's trace beside it.
    pub trace: Option<Trace>,
    /// Another operation at the same time has a trace of another kind: the two may be swapped.
    pub trace_ambiguous: bool,
    /// The connector account, as the trace or the nearest sign-in names it.
    pub connector: Option<NamedAccount>,
    /// The cloud's row on it.
    pub cloud: Option<CloudRow>,
    /// All its events, in order.
    pub events: Vec<Source>,
}

impl Attempt {
    /// Its trace may be another operation's, or is a record from space that the log had freed.
    pub fn is_trace_doubtful(&self) -> bool {
        self.trace_ambiguous || self.trace.as_ref().is_some_and(|trace| trace.from_slack)
    }

    /// The Connect server, where an event names it.
    pub fn server(&self) -> Option<&str> {
        (!self.computer.is_empty()).then_some(self.computer.as_str())
    }
}

/// An account's name as some event has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedAccount {
    /// Domain: a NetBIOS or a DNS name.
    pub domain: Option<String>,
    /// The domain's name of the other kind, where a connector's configuration pairs the two.
    pub other_domain_name: Option<String>,
    /// The account.
    pub name: String,
    /// Where it is named.
    pub source: Source,
}

impl NamedAccount {
    /// `DOMAIN\account`.
    pub fn full(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{domain}\\{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// What is done to the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Self-service reset: the old password is not known.
    Reset,
    /// Change: the user gives the old password.
    Change,
    /// Reset by an administrator in the cloud.
    AdminReset,
    /// The events do not say.
    Unknown,
}

impl Attempt {
    /// An operation of which only its time and its server are known.
    pub(super) fn at(time: Timestamp, computer: &str) -> Self {
        Attempt {
            time,
            started: time,
            computer: computer.to_owned(),
            operation: Operation::Unknown,
            user: None,
            source_anchor: None,
            tracking_id: None,
            outcome: Outcome::Unknown,
            error: None,
            code: None,
            message: None,
            trace: None,
            trace_ambiguous: false,
            connector: None,
            cloud: None,
            events: Vec::new(),
        }
    }
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Refused, or broken off by an error.
    Failed,
    /// Written to the directory.
    Succeeded,
    /// The log does not say.
    Unknown,
}

/// The engine's trace of a failed password set.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What it says.
    pub text: TraceText,
    /// When it was written.
    pub time: Timestamp,
    /// Where it stands.
    pub source: Source,
    /// It was found in space that the log had freed.
    pub from_slack: bool,
}

/// Lines of one operation without a TrackingId follow each other within this.
const OPERATION_WINDOW: SignedDuration = SignedDuration::from_secs(120);
/// A sign-in as the connector account belongs to operations of the next moments.
const SIGN_IN_WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// Pieces the operations together, in order of time.
pub(super) fn assemble(events: &KnownEvents<'_>) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for event in &events.events {
        if let Some(line) = Line::of(event) {
            // A first line belongs to no operation before it, however many there are.
            let begun = if line.phase == Phase::Started {
                None
            } else {
                attempts.iter_mut().rev().find(|attempt| line.belongs_to(attempt))
            };
            match begun {
                Some(attempt) => line.join(attempt),
                None => attempts.push(line.begin()),
            }
        }
    }
    traces::join(&mut attempts, events);
    join_sign_ins(&mut attempts, events);
    attempts.sort_by(|a, b| (a.time, &a.user, &a.tracking_id).cmp(&(b.time, &b.user, &b.tracking_id)));
    attempts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Started,
    Error,
    Failed,
    Succeeded,
}

/// One line of PasswordResetService about an operation.
struct Line<'e> {
    at: &'e KnownEventAt<'e>,
    operation: Option<Operation>,
    phase: Phase,
    text: OperationText,
}

impl<'e> Line<'e> {
    fn of(at: &'e KnownEventAt<'e>) -> Option<Self> {
        use EventKind::{
            AdminResetFailed, AdminResetStarted, AdminResetSucceeded, ChangeFailed, ChangeStarted,
            ChangeSucceeded, OperationError, ResetFailed, ResetStarted, ResetSucceeded,
        };
        let (operation, phase) = match at.kind {
            ResetStarted => (Some(Operation::Reset), Phase::Started),
            ResetSucceeded => (Some(Operation::Reset), Phase::Succeeded),
            ResetFailed => (Some(Operation::Reset), Phase::Failed),
            ChangeStarted => (Some(Operation::Change), Phase::Started),
            ChangeSucceeded => (Some(Operation::Change), Phase::Succeeded),
            ChangeFailed => (Some(Operation::Change), Phase::Failed),
            AdminResetStarted => (Some(Operation::AdminReset), Phase::Started),
            AdminResetSucceeded => (Some(Operation::AdminReset), Phase::Succeeded),
            AdminResetFailed => (Some(Operation::AdminReset), Phase::Failed),
            OperationError => (None, Phase::Error),
            _ => return None,
        };
        let text = operation_text(&at.text());
        Some(Line { at, operation: operation.or(text.operation), phase, text })
    }

    fn belongs_to(&self, attempt: &Attempt) -> bool {
        let time = self.at.event.time;
        if !attempt.computer.eq_ignore_ascii_case(&self.at.event.computer)
            || (self.phase == Phase::Error && attempt.error.is_some())
        {
            return false;
        }
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => Some(a.eq_ignore_ascii_case(b)),
            _ => None,
        };
        let close = time.duration_since(attempt.time).abs() <= OPERATION_WINDOW;
        match (same(&self.text.tracking_id, &attempt.tracking_id), same(&self.text.user, &attempt.user)) {
            (_, Some(false)) | (Some(false), _) => false,
            (Some(true), _) => true,
            (None, Some(true)) => close && attempt.outcome != Outcome::Succeeded,
            (None, None) => close && attempt.outcome != Outcome::Succeeded && self.phase != Phase::Error,
        }
    }

    fn begin(&self) -> Attempt {
        let event = self.at.event;
        let mut attempt = Attempt::at(event.time, &event.computer);
        self.join(&mut attempt);
        attempt
    }

    fn join(&self, attempt: &mut Attempt) {
        let fill = |place: &mut Option<String>, value: &Option<String>| {
            if place.is_none() {
                place.clone_from(value);
            }
        };
        fill(&mut attempt.user, &self.text.user);
        fill(&mut attempt.source_anchor, &self.text.source_anchor);
        fill(&mut attempt.tracking_id, &self.text.tracking_id);
        fill(&mut attempt.code, &self.text.code);
        if let Some(operation) = self.operation
            && (attempt.operation == Operation::Unknown || self.phase != Phase::Error)
        {
            attempt.operation = operation;
        }
        match self.phase {
            Phase::Started => {}
            Phase::Error => {
                attempt.error = Some((self.at.event.id, self.at.source.clone()));
                fill(&mut attempt.message, &self.text.message);
                attempt.outcome = Outcome::Failed;
                attempt.time = self.at.event.time;
            }
            Phase::Failed => attempt.outcome = Outcome::Failed,
            Phase::Succeeded => attempt.outcome = Outcome::Succeeded,
        }
        if attempt.error.is_none() {
            attempt.time = self.at.event.time;
        }
        attempt.events.push(self.at.source.clone());
    }
}

/// The connector account of each operation: from its trace, or from the nearest sign-in before it.
fn join_sign_ins(attempts: &mut [Attempt], events: &KnownEvents<'_>) {
    let sign_ins = &events.sign_ins;
    for attempt in attempts {
        let from_trace = attempt.trace.as_ref().and_then(|trace| {
            let (domain, name) = trace.text.account.as_deref()?.split_once('\\')?;
            let source = trace.source.clone();
            let domain = Some(domain.to_owned());
            Some(NamedAccount { domain, other_domain_name: None, name: name.to_owned(), source })
        });
        attempt.connector = from_trace.or_else(|| {
            // Both are in order of time, so that only the sign-ins of the window are looked at.
            let until = sign_ins.partition_point(|sign_in| sign_in.time <= attempt.time);
            let before = sign_ins.get(..until).unwrap_or_default().iter().rev();
            let mut near = before
                .take_while(|sign_in| attempt.time.duration_since(sign_in.time) <= SIGN_IN_WINDOW)
                .filter(|sign_in| sign_in.computer.eq_ignore_ascii_case(&attempt.computer))
                .map(|sign_in| &sign_in.account);
            let nearest = near.next()?;
            // With several forests nobody knows whose sign-in it was.
            near.all(|other| same_sign_in(other, nearest)).then(|| nearest.clone())
        });
    }
}

/// Accounts of one name in two domains are two.
fn same_sign_in(a: &NamedAccount, b: &NamedAccount) -> bool {
    let domain = |account: &NamedAccount| account.domain.as_deref().unwrap_or_default().to_lowercase();
    a.name.eq_ignore_ascii_case(&b.name) && domain(a) == domain(b)
}

/// A sign-in of the engine to Active Directory.
#[derive(Debug)]
pub(super) struct SignIn<'a> {
    pub(super) time: Timestamp,
    pub(super) computer: &'a str,
    pub(super) account: NamedAccount,
}

impl<'a> SignIn<'a> {
    pub(super) fn of(at: &KnownEventAt<'a>) -> Option<SignIn<'a>> {
        let of_kind = at.kind == EventKind::ConnectorSignIn;
        let account = of_kind.then(|| sign_in_account(at)).flatten()?;
        Some(SignIn { time: at.event.time, computer: &at.event.computer, account })
    }
}

/// The accounts of sign-ins, each with the server: of those that say the same one after another, the first.
pub(super) fn signed_in(sign_ins: &[SignIn<'_>]) -> impl Iterator<Item = (NamedAccount, Option<String>)> {
    let runs = sign_ins.chunk_by(|a, b| {
        (a.computer, &a.account.domain, &a.account.name) == (b.computer, &b.account.domain, &b.account.name)
    });
    runs.filter_map(<[_]>::first).map(|first| (first.account.clone(), Some(first.computer.to_owned())))
}

/// `… for DomainName=CONTOSO.COM, UserName=MSOL_….`
fn sign_in_account(at: &KnownEventAt<'_>) -> Option<NamedAccount> {
    let text = at.text();
    let field = |name: &str| {
        let value = text.split(name).nth(1)?;
        let value = value.split([',', '\r', '\n']).next()?.trim().trim_end_matches('.');
        (!value.is_empty()).then(|| value.to_owned())
    };
    let (domain, name) = (field("DomainName="), field("UserName=")?);
    Some(NamedAccount { domain, other_domain_name: None, name, source: at.source.clone() })
}
