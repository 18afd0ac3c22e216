//! Traces of the wizard (`trace-*.log`): `[12:09:02.758] [  1] [INFO ] Application Version: 2.2.8.0`.
//!
//! The lines carry no date; only the line `Start Time (UTC)` does.

use super::values::{Doubts, text_of};
use super::{ConfigurationFile, ConnectConfiguration};
use crate::artifacts::Located;
use crate::artifacts::text_stream::TextStream;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Lines that may stand before the first one of the trace, such as a remark of who sent it.
const FIRST_LINES: usize = 20;

/// Accounts of one trace that are kept. There is one for each forest.
const MOST_ACCOUNTS: usize = 100;

const ACCOUNT: &str = "AdConnectorUserName";

/// Whether one of the first lines is one of a trace.
pub(super) fn begins(text: &str) -> bool {
    text.lines().take(FIRST_LINES).any(|line| message(line).is_some())
}

/// Reads a trace.
pub(super) fn read(path: &BundlePath, text: &mut TextStream<'_>) -> (Option<ConnectConfiguration>, Vec<Gap>) {
    let mut doubts = Doubts::new(path);
    let mut read = ConnectConfiguration::of(ConfigurationFile::WizardTrace);
    let mut left_out = false;
    while let Some(line) = text.next_line() {
        let place = Place::Line(line.number);
        let message = message(line.text).unwrap_or(line.text).trim();
        let found = |value: &str, doubts: &mut Doubts<'_>| {
            Some(Located::new(text_of(value, &place, doubts)?, place.clone()))
        };
        if let Some(version) = message.strip_prefix("Application Version:") {
            read.version = read.version.or_else(|| found(version, &mut doubts));
        } else if let Some(start) = message.strip_prefix("Start Time (UTC):") {
            read.export_date = read.export_date.or_else(|| found(start, &mut doubts));
        } else if let Some(account) = account(message).and_then(|account| found(account, &mut doubts)) {
            let is_known = |known: &Located<String>| known.value.eq_ignore_ascii_case(&account.value);
            if read.connector_accounts.len() >= MOST_ACCOUNTS {
                left_out = true;
            } else if !read.connector_accounts.iter().any(is_known) {
                read.connector_accounts.push(account);
            }
        }
    }
    if left_out {
        let reason =
            Statement::new("gap.connect-configuration.accounts").with("limit", MOST_ACCOUNTS.to_string());
        doubts.tell(Place::File, reason);
    }
    (Some(read), doubts.into_gaps())
}

/// `AdConnectorUserName : CONTOSO\MSOL_0123456789ab`, on a line of its own.
fn account(message: &str) -> Option<&str> {
    message.strip_prefix(ACCOUNT)?.trim_start().strip_prefix(':')
}

/// What stands behind time, thread and level of a line.
fn message(line: &str) -> Option<&str> {
    let (time, rest) = bracketed(line)?;
    let (thread, rest) = bracketed(rest)?;
    let (level, rest) = bracketed(rest)?;
    let is_time = time.len() == 12
        && time.bytes().zip("00:00:00.000".bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        });
    let is_thread = thread.trim().parse::<u32>().is_ok();
    let is_level = matches!(level.trim(), "INFO" | "VERB" | "WARN" | "ERROR");
    (is_time && is_thread && is_level).then_some(rest)
}

/// The text in the brackets that a line begins with, and what stands behind.
fn bracketed(line: &str) -> Option<(&str, &str)> {
    line.trim_start().strip_prefix('[')?.split_once(']')
}
