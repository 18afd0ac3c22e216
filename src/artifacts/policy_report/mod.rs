//! Group Policy reports in HTML: `gpresult /h`, and the reports of the Group Policy Management Console.
//!
//! Told apart and read by what is the same in every language: class names, the order of sections and the
//! shape of tables. Words of real reports are second signals. The reader takes no Security Options row
//! for more than it is: what a value means is not asked here. Neither are XML reports (`gpresult /x`).
//!
//! A report that was cut, or lost something in its computer half, still gives its rows, but not
//! [`ComputerHalf::Present`]: it cannot say what is not defined.

mod computer;
mod document;
mod gpos;
mod island;
mod kind;
mod markup;
#[cfg(test)]
mod real_reports;
mod sections;
mod settings;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::artifacts::text_encoding;
use crate::source::{BundlePath, Gap, Place};
use computer::General;
use document::{Document, Ending};
use island::Island;
use markup::{Token, Tokens, attribute};
use sections::Section;
use settings::Settings;

/// What one report says.
#[derive(Debug, Clone)]
pub struct PolicyReport {
    /// Which of the three reports it is.
    pub kind: ReportKind,
    /// The computer that the report is of, as written (`CONTOSO\DC01`); none in a GPO report.
    pub computer: Option<String>,
    /// Fully qualified name of the computer from the report's own event data (`dc01.contoso.example`).
    pub computer_fqdn: Option<String>,
    /// The computer's domain, as written; `Local` for a standalone machine.
    pub domain: Option<String>,
    /// The computer's organizational unit (`contoso.example/Domain Controllers`), as written.
    pub organizational_unit: Option<String>,
    /// Security groups of the computer: names as written, or SIDs where they were not resolved.
    pub computer_groups: Vec<String>,
    /// Whether the report has a computer half.
    pub computer_half: ComputerHalf,
    /// When the report was made: the text as written, in the locale of whoever ran it.
    pub collected: Option<String>,
    /// Policy processing passes of the computer, from the report's data island, in UTC.
    pub passes: Vec<PolicyPass>,
    /// Every row of Local Policies/Security Options of the computer half, or of the GPO.
    pub security_options: Vec<SecurityOption>,
    /// Registry values set below the computer half by preferences or by extra registry settings.
    pub registry_settings: Vec<RegistrySetting>,
    /// GPOs that the computer half lists.
    pub gpos: Vec<GpoEntry>,
}

/// The three reports that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// What was applied to a machine (`gpresult`, Group Policy Results).
    Results,
    /// A simulation (Group Policy Modeling): says nothing about what was applied.
    Modeling,
    /// What one GPO would set (Get-GPOReport): names no machine.
    GpoReport,
}

/// Whether a report can say anything about the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputerHalf {
    /// Settings of the computer are listed, so what is not listed was not defined by policy.
    Present,
    /// The report was made without elevation: it has no computer data, and says nothing about it.
    NotAvailable,
    /// The report has no computer half, or it was lost to damage.
    Missing,
}

/// One policy processing pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPass {
    /// Time of the pass' first event, UTC.
    pub from: Timestamp,
    /// Time of the pass' last event, UTC.
    pub to: Timestamp,
    /// Domain controller that served the policy, as written.
    pub domain_controller: Option<String>,
}

/// One row of Security Options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityOption {
    /// The policy's name, in the report's language.
    pub name: String,
    /// The value, as written.
    pub value: String,
    /// Name of the winning GPO; none in a GPO report.
    pub winning_gpo: Option<String>,
    /// The row, with the headings above it.
    pub place: Place,
}

/// One registry value that preferences or extra registry settings define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySetting {
    /// Key with the hive in front where the report has it, as written.
    pub key: String,
    /// Name of the value.
    pub value_name: String,
    /// Data as written, where the report shows it.
    pub data: Option<String>,
    /// Name of the winning GPO, where shown.
    pub winning_gpo: Option<String>,
    /// The row, with the headings above it.
    pub place: Place,
}

/// One GPO of the report's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpoEntry {
    /// Name as written.
    pub name: String,
    /// GUID in braces, upper case; none for the local policy.
    pub guid: Option<String>,
    /// Applied or denied.
    pub applied: bool,
    /// Where the GPO is linked.
    pub link: Option<String>,
    /// Reason why it was denied, as written.
    pub denied_reason: Option<String>,
}

/// The largest report that is read, in bytes. The largest real one has 2.7 MB.
const MAX_BYTES: usize = 64 << 20;

/// What to ask for in place of a report that cannot be used.
const ASK_AGAIN: &str = "Ask for the original file of `gpresult /h report.html /f`, run as an administrator.";

/// Whether a file looks like one of the reports, from its first bytes (up to 64 KiB), in any encoding.
///
/// The signs are the attribute `gpmc_reportInitialized` of the `html` element, the report's own style
/// sheet, and the classes of its title and its parts. A page that merely names them in its text has none
/// of these.
pub fn looks_like_policy_report(head: &[u8]) -> bool {
    let head = head.get(..64 << 10).unwrap_or(head);
    let decoded = text_encoding::decode(head);
    Tokens::new(&decoded.text).any(|(token, _)| match token {
        Token::Start { name, attributes, .. } if name.eq_ignore_ascii_case("html") => {
            attribute(attributes, "gpmc_reportInitialized").is_some()
        }
        Token::Start { attributes, .. } => attribute(attributes, "class")
            .is_some_and(|class| ["rsopheader", "rsopsettings", "gposummary"].contains(&&*class)),
        Token::RawText(style) => [".rsopheader", ".rsopname", ".gponame"].iter().all(|c| style.contains(c)),
        _ => false,
    })
}

/// Reads a report. Without a report there is a gap that says why, and what to ask for instead.
pub fn read(path: &BundlePath, bytes: &[u8]) -> (Option<PolicyReport>, Vec<Gap>) {
    let gap = |reason: &str| Gap::new(path, Place::File, format!("{reason} {ASK_AGAIN}"));
    if bytes.len() > MAX_BYTES {
        return (None, vec![gap("The file is too large for a Group Policy report (over 64 MB).")]);
    }
    let decoded = text_encoding::decode(bytes);
    let document = Document::read(&decoded.text);
    let island = island::read(&document);
    let halves = halves(&document);
    let mut reasons = damage(&document, &decoded);
    let Some((kind, sure)) = kind::of(&document, &halves, !island.passes.is_empty()) else {
        reasons.push("The file has no title of a Group Policy report, so it was not read as one.");
        return (None, reasons.into_iter().map(gap).collect());
    };
    if !sure {
        reasons.push(
            "The report does not tell whether it shows what was applied (Group Policy Results) or a \
             simulation (Group Policy Modeling). It is taken for a simulation, which proves nothing.",
        );
    }
    let (report, lost) = assemble(&document, kind, &halves, island, decoded.damaged);
    reasons.extend(lost);
    (Some(report), reasons.into_iter().map(gap).collect())
}

/// The halves of the report: computer, then user.
fn halves(document: &Document<'_>) -> Vec<Section> {
    let is_half = |section: &Section| section.level == "he0";
    let parent = document.find("div", "rsopsettings").or_else(|| {
        document.elements().find(|&node| {
            let summary = ["rsopsummary", "gposummary"].iter().any(|class| document.has_class(node, class));
            !summary && document.children(node).any(|child| sections::is_half(document, child))
        })
    });
    parent
        .map(|node| sections::sections(document, node))
        .unwrap_or_default()
        .into_iter()
        .filter(is_half)
        .collect()
}

fn damage(document: &Document<'_>, decoded: &text_encoding::Decoded) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    match document.ending {
        Ending::Whole => {}
        Ending::Cut => reasons.push("The report ends early: its last part is missing, so the file was cut."),
        Ending::TooDeep => {
            reasons.push("The file nests elements deeper than any report; reading stopped there.");
        }
        Ending::TooMany => reasons.push("The file has more elements than any report; reading stopped there."),
    }
    if decoded.damaged || decoded.text.contains('\0') {
        reasons.push("Some bytes of the file are no text, so it was damaged.");
    }
    reasons
}

/// Puts the report together, with what was lost on the way.
fn assemble(
    document: &Document<'_>,
    kind: ReportKind,
    halves: &[Section],
    island: Island,
    damaged: bool,
) -> (PolicyReport, Vec<&'static str>) {
    let computer = halves.first();
    let settings = computer.map(|half| settings::read(document, half, kind)).unwrap_or_default();
    let computer_half = match computer_half(document, kind, halves, damaged) {
        ComputerHalf::Present if settings.left_out > 0 => ComputerHalf::Missing,
        half => half,
    };
    let header = document.find("td", "rsopname").map(|cell| document.text(cell)).unwrap_or_default();
    let general = general(document, kind, halves);
    let lost = losses(&settings, computer_half, island.unreadable, &header, general.computer.as_deref());
    let report = PolicyReport {
        kind,
        computer: general.computer.or_else(|| computer::in_header(&header)),
        computer_fqdn: island.computer,
        domain: general.domain,
        organizational_unit: general.organizational_unit,
        computer_groups: general.groups,
        computer_half,
        collected: collected(document),
        passes: island.passes,
        security_options: settings.security_options,
        registry_settings: settings.registry,
        gpos: computer.map(|half| gpos::read(document, half)).unwrap_or_default(),
    };
    (report, lost)
}

fn losses(
    settings: &Settings,
    half: ComputerHalf,
    unreadable_passes: usize,
    header: &str,
    computer: Option<&str>,
) -> Vec<&'static str> {
    let named_otherwise = computer.is_some_and(|name| !header.to_lowercase().contains(&name.to_lowercase()));
    let all = [
        (
            settings.left_out > 0,
            "The report has more settings than any report; those beyond 10,000 rows were not read.",
        ),
        (
            half == ComputerHalf::Missing,
            "The computer part of the report is missing or not whole, so it cannot show what is not set.",
        ),
        (
            unreadable_passes > 0,
            "Some policy processing passes in the report have no readable time, and are left out.",
        ),
        (
            named_otherwise && !header.is_empty(),
            "The title of the report names another computer than its computer part.",
        ),
    ];
    all.into_iter().filter_map(|(is_lost, reason)| is_lost.then_some(reason)).collect()
}

/// Identity of the computer. A simulation has other rows there, and a whole report of one half could be
/// of the user.
fn general(document: &Document<'_>, kind: ReportKind, halves: &[Section]) -> General {
    match halves {
        [half, ..]
            if kind == ReportKind::Results && (halves.len() > 1 || document.ending != Ending::Whole) =>
        {
            computer::general(document, half)
        }
        _ => General::default(),
    }
}

fn computer_half(
    document: &Document<'_>,
    kind: ReportKind,
    halves: &[Section],
    damaged: bool,
) -> ComputerHalf {
    // A half that stands alone could be the user's: only their order tells them apart.
    let [half, _user, ..] = halves else { return ComputerHalf::Missing };
    let hurt = |c: char| (damaged && c == char::REPLACEMENT_CHARACTER) || c == '\0';
    if half.body.is_some_and(|body| document.source(body).contains(hurt)) {
        return ComputerHalf::Missing;
    }
    computer::half(document, half, kind)
}

/// Text of the cell `dtstamp`.
fn collected(document: &Document<'_>) -> Option<String> {
    let is_stamp = |&node: &usize| document.attribute(node, "id").is_some_and(|id| id == "dtstamp");
    let cell = document.elements().find(is_stamp)?;
    Some(document.text(cell)).filter(|text| !text.is_empty())
}
