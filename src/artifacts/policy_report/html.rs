//! Reports in HTML: `gpresult /h`, and the reports of the Group Policy Management Console.
//!
//! Told apart and read by what is the same in every language: class names, the order of sections and the
//! shape of tables. Words of real reports are second signals. A report that was cut, or lost something in
//! its computer half, still gives its rows, but not [`ComputerHalf::Present`].

use super::computer::{self, General};
use super::document::{Document, Ending};
use super::island::{self, Island};
use super::markup::{Token, Tokens, attribute};
use super::sections::{self, Section};
use super::settings::{self, Settings};
use super::{ComputerHalf, PolicyReport, ReportKind, gpos, kind};
use crate::artifacts::text_encoding::Decoded;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// The largest report that is read, in bytes. The largest real one has 2.7 MB.
const MAX_BYTES: usize = 64 << 20;

/// What to ask for in place of a report that cannot be used.
const ASK_AGAIN: &str = "gap.ask.policy-html";

/// Whether the head of a text looks like one of the reports.
///
/// The signs are the attribute `gpmc_reportInitialized` of the `html` element, the report's own style
/// sheet, and the classes of its title and its parts. A page that merely names them in its text has none
/// of these.
pub(super) fn looks_like(head: &str) -> bool {
    Tokens::new(head).any(|(token, _)| match token {
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
pub(super) fn read(path: &BundlePath, decoded: &Decoded) -> (Option<PolicyReport>, Vec<Gap>) {
    let gap = |reason: &str| Gap::new(path, Place::File, [Statement::new(reason), Statement::new(ASK_AGAIN)]);
    if decoded.text.len() > MAX_BYTES {
        return (None, vec![gap("gap.policy-report.html-too-large")]);
    }
    let document = Document::read(&decoded.text);
    let island = island::read(&document);
    let halves = halves(&document);
    let mut reasons = damage(&document, decoded);
    let Some((kind, sure)) = kind::of(&document, &halves, !island.passes.is_empty()) else {
        reasons.push("gap.policy-report.html-title");
        return (None, reasons.into_iter().map(gap).collect());
    };
    if !sure {
        reasons.push("gap.policy-report.html-kind");
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

fn damage(document: &Document<'_>, decoded: &Decoded) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    match document.ending {
        Ending::Whole => {}
        Ending::Cut => reasons.push("gap.policy-report.cut"),
        Ending::TooDeep => {
            reasons.push("gap.policy-report.too-deep");
        }
        Ending::TooMany => reasons.push("gap.policy-report.too-many-elements"),
    }
    if decoded.damaged || decoded.text.contains('\0') {
        reasons.push("gap.policy-report.no-text");
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
        ..PolicyReport::empty(kind)
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
        (settings.left_out > 0, "gap.policy-report.html-too-many"),
        (half == ComputerHalf::Missing, "gap.policy-report.computer-half"),
        (unreadable_passes > 0, "gap.policy-report.passes"),
        (named_otherwise && !header.is_empty(), "gap.policy-report.names-differ"),
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
    let is_hurt = |text: &str| text.contains('\0') || (damaged && text.contains(char::REPLACEMENT_CHARACTER));
    if half.body.is_some_and(|body| is_hurt(document.source(body))) {
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
