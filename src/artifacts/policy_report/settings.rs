//! Settings of the computer half: rows of Security Options, and registry values by other ways.
//!
//! Security Options are found by shape, in every language: the one heading of level `he3` under an `he2`
//! whose groups are `he4h` and hold tables of class `info3`. (Firewall and audit settings group by `he4`,
//! account policies do not group, installed programs have tables of class `info`.) A row whose value is a
//! security descriptor is kept also where the groups look otherwise. The policy
//! "Restrict clients allowed to make remote calls to SAM" stands in the group "Other", not in "Network
//! Access", so no group is preferred. This file judges no value.

use std::collections::HashSet;
use std::sync::Arc;

use super::document::{Document, NodeId, shortened};
use super::sections::{Section, rows, tables};
use super::{RegistrySetting, ReportKind, SecurityOption};
use crate::artifacts::kept::{self, FILE_BYTES};
use crate::source::Place;

/// The most rows that are kept: each carries the headings above it. Real reports have some hundred.
const MAX_ROWS: usize = 10_000;
const MAX_HEADINGS: usize = 8;

/// The settings of one half of a report.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) security_options: Vec<SecurityOption>,
    pub(super) registry: Vec<RegistrySetting>,
    /// Memory of the headings.
    bytes: usize,
    /// Rows and sections beyond the bounds, which are not kept.
    pub(super) left_out: usize,
}

impl Settings {
    /// The headings above some rows, which share them.
    fn headings(&mut self, above: &[&Section], last: Option<&Section>) -> Arc<[String]> {
        let titles: Arc<[String]> =
            above.iter().copied().chain(last).map(|section| section.title.clone()).collect();
        self.bytes = self.bytes.saturating_add(kept::bytes_of(titles.iter()));
        titles
    }

    fn has_room(&mut self) -> bool {
        let room = self.security_options.len() + self.registry.len() < MAX_ROWS && self.bytes < FILE_BYTES;
        self.left_out += usize::from(!room);
        room
    }
}

/// Reads the settings below a section, itself included.
pub(super) fn read(document: &Document<'_>, section: &Section, kind: ReportKind) -> Settings {
    let mut settings = Settings::default();
    walk(document, section, kind, &mut Vec::new(), &mut settings);
    settings
}

fn walk<'a>(
    document: &Document<'_>,
    section: &'a Section,
    kind: ReportKind,
    above: &mut Vec<&'a Section>,
    settings: &mut Settings,
) {
    // Real reports nest seven headings deep. An `he3` never holds another.
    if above.len() >= MAX_HEADINGS {
        settings.left_out += 1;
        return;
    }
    above.push(section);
    if section.level == "he3" {
        if above.iter().any(|heading| heading.level == "he2") {
            security_options(document, section, kind, above, settings);
            preferences(document, section, above, settings);
        } else {
            extra_registry_settings(document, section, kind, above, settings);
        }
    } else {
        for below in &section.below {
            walk(document, below, kind, above, settings);
        }
    }
    above.pop();
}

fn security_options(
    document: &Document<'_>,
    section: &Section,
    kind: ReportKind,
    above: &[&Section],
    settings: &mut Settings,
) {
    let groups = section.below.iter().filter_map(|group| Some((Some(group), group.body?)));
    // What stands in no group comes last, so that each table is read once.
    let all = groups.chain(section.body.map(|body| (None, body)));
    let mut done = HashSet::new();
    for (group, inside) in all {
        let is_group = group.is_some_and(|group| group.level == "he4h");
        let headings = settings.headings(above, group);
        for table in tables(document, inside) {
            if !done.insert(table) || !is_table_of_options(document, table, kind) {
                continue;
            }
            for cells in rows(document, table) {
                let Some(option) = security_option(document, &cells, kind, &headings) else { continue };
                if (is_group || is_descriptor(&option.value)) && settings.has_room() {
                    settings.security_options.push(option);
                }
            }
        }
    }
}

/// A table of class `info3`, or in a GPO report, where two columns suffice, a table with a row of headings.
fn is_table_of_options(document: &Document<'_>, table: NodeId, kind: ReportKind) -> bool {
    let has_headings = || document.below(table).any(|node| document.is(node, "th"));
    document.has_class(table, "info3")
        || (kind == ReportKind::GpoReport && document.has_class(table, "info") && has_headings())
}

/// A row of name, value and winning GPO. Rows of more cells are certificates of Public Key Policies, which
/// group alike; rows of one cell hold parameters of the row before.
fn security_option(
    document: &Document<'_>,
    cells: &[NodeId],
    kind: ReportKind,
    headings: &Arc<[String]>,
) -> Option<SecurityOption> {
    let ([name, value] | [name, value, _]) = cells else { return None };
    let name = document.text(*name);
    Some(SecurityOption {
        key_name: None,
        value: document.text(*value),
        winning_gpo: winning_gpo(document, cells, kind),
        place: Place::Row { section: Arc::clone(headings), name: name.clone() },
        name,
    })
}

/// Whether a value is written as a security descriptor: such a row is kept wherever it stands below a
/// heading of level `he3`, should a report group its options in another way.
fn is_descriptor(value: &str) -> bool {
    let value = value.trim_start_matches('"');
    ["O:", "G:", "D:", "S:"].iter().any(|part| value.starts_with(part)) && value.contains('(')
}

/// Rows of "Extra Registry Settings": those of an administrative template whose name is the path of a
/// registry value. A row of a real template links to its explanation.
fn extra_registry_settings(
    document: &Document<'_>,
    section: &Section,
    kind: ReportKind,
    above: &[&Section],
    settings: &mut Settings,
) {
    let headings = settings.headings(above, None);
    for cells in info3_rows(document, section) {
        let (Some(&first), Some(&state)) = (cells.first(), cells.get(1)) else { continue };
        let explained =
            document.below(first).any(|node| document.attribute(node, "gpmc_settingName").is_some());
        let path = document.text(first);
        let Some((key, value_name)) = path.rsplit_once('\\').filter(|_| !explained) else { continue };
        if !settings.has_room() {
            continue;
        }
        settings.registry.push(RegistrySetting {
            key: key.to_owned(),
            value_name: value_name.to_owned(),
            data: Some(document.text(state)),
            winning_gpo: winning_gpo(document, &cells, kind),
            place: Place::Row { section: Arc::clone(&headings), name: path.clone() },
        });
    }
}

/// A registry item of preferences: five rows of hive, key path, value name, type and data. The hive is
/// written `HKEY_...` and the type `REG_...` in every language.
fn preferences(document: &Document<'_>, section: &Section, above: &[&Section], settings: &mut Settings) {
    let Some(body) = section.body else { return };
    let mut winning_gpo = None;
    for table in tables(document, body) {
        let values: Vec<String> = rows(document, table)
            .filter_map(|cells| match cells.as_slice() {
                [_, value] => Some(document.text(*value)),
                _ => None,
            })
            .collect();
        // The first table of each item has one row, its winning GPO; no other table has its label marked.
        if let [gpo] = values.as_slice()
            && document.below(table).any(|cell| document.attribute(cell, "scope").is_some())
        {
            winning_gpo = Some(shortened(gpo));
        }
        let Some(hive) = values.iter().position(|value| value.starts_with("HKEY_")) else { continue };
        let value = |offset: usize| values.get(hive + offset).cloned();
        let (Some(hive_name), Some(key)) = (value(0), value(1)) else { continue };
        let headings = settings.headings(above, None);
        if !settings.has_room() {
            continue;
        }
        settings.registry.push(RegistrySetting {
            key: format!("{hive_name}\\{key}"),
            value_name: value(2).unwrap_or_default(),
            data: value(4),
            winning_gpo: winning_gpo.clone(),
            place: Place::Row { section: headings, name: value(2).unwrap_or_default() },
        });
    }
}

/// Rows of at least two cells of the tables of class `info3` in a section.
fn info3_rows(document: &Document<'_>, section: &Section) -> Vec<Vec<NodeId>> {
    let tables = section.body.map(|body| tables(document, body)).unwrap_or_default();
    tables
        .into_iter()
        .filter(|&table| document.has_class(table, "info3"))
        .flat_map(|table| rows(document, table))
        .filter(|cells| cells.len() >= 2)
        .collect()
}

/// The third cell, which in a GPO report is a comment.
fn winning_gpo(document: &Document<'_>, cells: &[NodeId], kind: ReportKind) -> Option<String> {
    let cell = cells.get(2).filter(|_| kind != ReportKind::GpoReport)?;
    Some(document.short_text(*cell)).filter(|name| !name.is_empty())
}
