//! The computer half: whether the report has it, and which machine it is of.
//!
//! The first `he0` is the computer and the second the user, in every report and language. A report that
//! was made without elevation has one sentence there ("No data available.") in place of all sections. A
//! machine without settings has its sections, and such a sentence only under Settings. So sections tell
//! the two apart, and no words are needed.

use super::document::{Document, NodeId};
use super::sections::{Section, rows, tables};
use super::{ComputerHalf, ReportKind};

/// The table General of the computer half.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct General {
    pub(super) computer: Option<String>,
    pub(super) domain: Option<String>,
    pub(super) organizational_unit: Option<String>,
    pub(super) groups: Vec<String>,
}

/// "No data available.", from real reports: a second signal, for the section Settings alone.
const NO_DATA: [&str; 3] = ["No data available.", "Данные отсутствуют.", "没有可用数据。"];

/// Whether the half can say what is not defined. Half of it does not suffice.
pub(super) fn half(document: &Document<'_>, half: &Section, kind: ReportKind) -> ComputerHalf {
    let Some(body) = half.body.filter(|_| half.is_whole(document)) else { return ComputerHalf::Missing };
    let single_sentence = half.below.is_empty() && tables(document, body).is_empty();
    if single_sentence {
        return match (document.text(body).is_empty(), kind) {
            (true, _) => ComputerHalf::Missing,
            (false, ReportKind::GpoReport) => ComputerHalf::Present,
            (false, _) => ComputerHalf::NotAvailable,
        };
    }
    if kind == ReportKind::GpoReport {
        return ComputerHalf::Present;
    }
    // General, Component Status, Settings, Group Policy Objects, WMI Filters.
    let parts: Vec<&Section> = half.below.iter().filter(|part| part.level == "he0h").collect();
    let (Some(general), Some(settings)) = (parts.first(), parts.get(2)) else { return ComputerHalf::Missing };
    let Some(settings_body) = settings.body else { return ComputerHalf::Missing };
    if general_rows(document, general).is_empty() {
        ComputerHalf::Missing
    } else if settings.below.is_empty() && NO_DATA.contains(&document.text(settings_body).as_str()) {
        ComputerHalf::NotAvailable
    } else {
        ComputerHalf::Present
    }
}

/// Reads the table General: computer name, domain, site, organizational unit, groups. Rows go by their
/// order; a machine outside a domain has no organizational unit, and the groups tell where the rows end.
pub(super) fn general(document: &Document<'_>, half: &Section) -> General {
    let Some(section) = half.below.iter().find(|section| section.level == "he0h") else {
        return General::default();
    };
    let rows = general_rows(document, section);
    let list_of = |cell: NodeId| {
        let has_id = |node| document.attribute(node, "id").is_some_and(|id| id == "showItem");
        document.below(cell).find(|&node| has_id(node))
    };
    let groups = rows.iter().enumerate().find_map(|(row, &cell)| Some((row, list_of(cell)?)));
    let text = |row: usize| {
        let before_groups = groups.is_none_or(|(groups, _)| row < groups);
        let text = document.text(*rows.get(row).filter(|_| before_groups)?);
        Some(text).filter(|text| !text.is_empty())
    };
    General {
        computer: text(0),
        domain: text(1),
        organizational_unit: text(3),
        groups: groups.map(|(_, list)| document.lines(list)).unwrap_or_default(),
    }
}

/// The computer in a title such as `CONTOSO\user on CONTOSO\DC01`, in English only: the order of words
/// differs by language, and the table General names the computer in all.
pub(super) fn in_header(title: &str) -> Option<String> {
    title.rsplit_once(" on ").map(|(_, computer)| computer.to_owned())
}

/// The value cells of the table General.
fn general_rows(document: &Document<'_>, section: &Section) -> Vec<NodeId> {
    let table = section.body.and_then(|body| tables(document, body).into_iter().next());
    let rows = table.into_iter().flat_map(|table| rows(document, table));
    rows.filter_map(|cells| cells.get(1).copied()).collect()
}
