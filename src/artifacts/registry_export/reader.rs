//! The way through an export: keys, values, and lines that are neither.

use super::data::{self, DataReader};
use super::lines;
use super::selection::Selection;
use super::streamed_lines::{Line, Quoted, StreamedLines};
use super::{ExportFormat, RegistryData, RegistryExport, RegistryKey, RegistryValue};
use crate::artifacts::kept::FILE_BYTES;
use crate::artifacts::text_stream::{LONGEST_LINE, TextStream};
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Unreadable values that get a gap each. What is beyond is counted in one.
const UNREADABLE_GAPS: usize = 50;

/// Wanted keys that are kept of one file. An export names each of them once for each control set.
const KEYS: usize = 1_000;

/// Why a file that ends inside a key or a value is a gap.
const CUT: &str = "gap.registry.cut";

/// Reads an export.
pub(super) fn read(
    path: &BundlePath,
    text: &mut TextStream<'_>,
    format: ExportFormat,
    wanted: Selection<'_>,
) -> (RegistryExport, Vec<Gap>) {
    let mut reader = Reader {
        path,
        wanted,
        data: DataReader { format, encoding: text.encoding() },
        lines: StreamedLines::new(text),
        section: Section::Nothing,
        export: RegistryExport { format, computer: None, keys: Vec::new(), keys_in_file: 0 },
        gaps: Vec::new(),
        unreadable: 0,
        skipped: None,
        flooded: false,
        bytes: 0,
    };
    reader.header();
    while let Some(line) = reader.lines.step() {
        reader.data.encoding = reader.lines.stream().encoding();
        reader.line(&line);
    }
    reader.finish()
}

struct Reader<'t, 'c, 'w> {
    path: &'w BundlePath,
    wanted: Selection<'w>,
    data: DataReader,
    lines: StreamedLines<'t, 'c>,
    section: Section,
    export: RegistryExport,
    gaps: Vec<Gap>,
    unreadable: usize,
    /// First line that follows no rule, and how many.
    skipped: Option<(u64, u64)>,
    /// More wanted keys or values came than are kept.
    flooded: bool,
    /// Memory of the values that came.
    bytes: usize,
}

/// What the last key line says of the values below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// They belong to no key: none came yet, its line cannot be read, or it is deleted.
    Nothing,
    /// They belong to a key that nobody wants.
    Unwanted,
    /// They belong to the last of the wanted keys.
    Wanted,
}

impl Reader<'_, '_, '_> {
    /// Skips the header, which the format was told by.
    fn header(&mut self) {
        while let Some(line) = self.lines.step() {
            if !line.text.trim().is_empty() {
                return;
            }
        }
    }

    fn line(&mut self, line: &Line) {
        let text = line.text.trim_start();
        match text.bytes().next() {
            None | Some(b';') => {}
            Some(b'[') => self.key(line, text),
            Some(b'"' | b'@') => self.value(line, text),
            Some(_) => self.skip(line.number),
        }
    }

    /// `[KEY]` or `[-KEY]`. A key's name may hold brackets, so that the last one closes.
    fn key(&mut self, line: &Line, text: &str) {
        self.section = Section::Nothing;
        let inside = text.strip_prefix('[').and_then(|text| Some(text.rsplit_once(']')?.0));
        let Some(inside) = inside else {
            return if line.ended { self.skip(line.number) } else { self.cut(line.number) };
        };
        self.export.keys_in_file = self.export.keys_in_file.saturating_add(1);
        let deletion = inside.strip_prefix('-');
        let path = deletion.unwrap_or(inside);
        let found = if self.flooded { None } else { self.wanted.key(path) };
        if found.is_some() && self.export.keys.len() >= KEYS {
            return self.flood(line.number);
        }
        if let Some((key, wanted)) = &found {
            self.export.keys.push(RegistryKey {
                path: path.to_owned(),
                control_set: key.control_set.to_owned(),
                wanted: (*wanted).clone(),
                deleted: deletion.is_some(),
                complete: true,
                place: Place::Line(line.number),
                values: Vec::new(),
            });
        }
        self.section = match (deletion, found) {
            (Some(_), _) => Section::Nothing,
            (None, Some(_)) => Section::Wanted,
            (None, None) => Section::Unwanted,
        };
    }

    /// Which of so many keys holds, nobody can tell, so that none of them is used.
    fn flood(&mut self, line: u64) {
        self.flooded = true;
        self.section = Section::Unwanted;
        self.export.keys.clear();
        let reason = Statement::new("gap.registry.flood");
        self.gaps.push(Gap::new(self.path, Place::Line(line), reason));
    }

    /// `"Name"=data` or `@=data`.
    fn value(&mut self, line: &Line, text: &str) {
        let named =
            split_name(text).and_then(|(name, rest)| Some((name, rest.trim_start().strip_prefix('=')?)));
        let Some((name, data)) = named else {
            return if line.ended { self.skip(line.number) } else { self.cut(line.number) };
        };
        let data = data.trim();
        if self.section == Section::Nothing {
            self.skip(line.number);
        }
        let read = if data.starts_with('"') {
            self.string(line)
        } else if let Some((kind, bytes)) = data::hex_prefix(data) {
            self.hex(line, kind, bytes)
        } else {
            self.plain(line, data)
        };
        if self.section == Section::Wanted {
            self.keep(line.number, name, read.unwrap_or_else(|| RegistryData::Unreadable(data.to_owned())));
        }
    }

    /// A quoted string, which may go on over several lines.
    fn string(&mut self, line: &Line) -> Option<RegistryData> {
        let text = line.text.as_str();
        // The data begins at the first quote behind the name's.
        let name_end =
            split_name(text.trim_start()).map(|(_, rest)| text.len().saturating_sub(rest.len()))?;
        let quote = text.get(name_end..)?.find('"')?;
        match self.lines.string(line, name_end.checked_add(quote)?.checked_add(1)?) {
            Quoted::Closed(string) if self.section == Section::Wanted => {
                Some(RegistryData::String(data::unescape(&string)))
            }
            Quoted::Closed(_) => Some(RegistryData::Deleted),
            Quoted::Open => None,
            Quoted::Cut => {
                // Where keys follow, a quote is missing; otherwise the file ends inside the string.
                if !self.lines.rest_has_line('[') {
                    self.cut(line.number);
                }
                None
            }
        }
    }

    /// Bytes, which go on behind a backslash at the end of a line.
    fn hex(&mut self, line: &Line, kind: u32, bytes: &str) -> Option<RegistryData> {
        let mut all = String::new();
        let (mut part, mut ended) = (bytes.to_owned(), line.ended);
        let mut too_long = false;
        loop {
            too_long |= all.len().saturating_add(part.len()) > LONGEST_LINE;
            if too_long {
                all.clear();
            }
            let code = part.split(';').next().unwrap_or_default().trim();
            let Some(continued) = code.strip_suffix('\\') else {
                all.push_str(code);
                break;
            };
            all.push_str(continued);
            let Some(next) = self.continuation() else {
                if self.lines.is_at_end() {
                    self.cut(line.number);
                }
                return None;
            };
            (part, ended) = (next.text, next.ended);
            self.lines.forget();
        }
        if too_long {
            return None;
        }
        // Two digits and a line end close the data. Less at the very end may be a part of it.
        let last = all.rsplit(',').next().unwrap_or_default().trim();
        if !ended && !all.is_empty() && last.len() < 2 {
            self.cut(line.number);
            return None;
        }
        if self.section != Section::Wanted {
            return Some(RegistryData::Deleted);
        }
        self.data.typed(kind, data::bytes(&all)?)
    }

    /// The next line that goes on with bytes. Empty lines and comments may stand between.
    fn continuation(&mut self) -> Option<Line> {
        self.lines.continuation(|text| text.starts_with(|letter: char| letter.is_ascii_hexdigit()))
    }

    /// Data on one line: a number, or the mark that deletes the value.
    fn plain(&mut self, line: &Line, data: &str) -> Option<RegistryData> {
        if data::is_deletion(data) {
            return Some(RegistryData::Deleted);
        }
        // regedit writes eight digits and ends the line. Fewer at the very end may be a part of them.
        let whole = line.ended || data.len() >= "dword:00000000".len();
        let read = data::dword(data).filter(|_| whole).map(RegistryData::Dword);
        if !whole {
            self.cut(line.number);
        }
        read
    }

    fn keep(&mut self, line: u64, name: &str, data: RegistryData) {
        let name = data::unescape(name);
        if matches!(data, RegistryData::Unreadable(_)) {
            self.unreadable = self.unreadable.saturating_add(1);
            if self.unreadable <= UNREADABLE_GAPS {
                let reason = Statement::new("gap.registry.data").with("name", name.as_str());
                self.gaps.push(Gap::new(self.path, Place::Line(line), reason));
            }
        }
        let value = RegistryValue { name, data, place: Place::Line(line) };
        self.bytes = self.bytes.saturating_add(value.bytes());
        if self.bytes > FILE_BYTES {
            return self.flood(line);
        }
        if let Some(key) = self.export.keys.last_mut() {
            key.complete &= self.wanted.keep(&mut key.values, value);
        }
    }

    fn skip(&mut self, line: u64) {
        let (first, count) = self.skipped.unwrap_or((line, 0));
        self.skipped = Some((first, count.saturating_add(1)));
    }

    fn cut(&mut self, line: u64) {
        self.gaps.push(Gap::new(self.path, Place::Line(line), Statement::new(CUT)));
        if let Some(key) = self.export.keys.last_mut() {
            key.complete = false;
        }
    }

    fn finish(mut self) -> (RegistryExport, Vec<Gap>) {
        if let Some((first, count)) = self.skipped {
            let reason = Statement::new("gap.registry.skipped").with("count", count.to_string());
            self.gaps.push(Gap::new(self.path, Place::Line(first), reason));
        }
        if self.unreadable > UNREADABLE_GAPS {
            let reason = Statement::new("gap.registry.unreadable").with("count", self.unreadable.to_string());
            self.gaps.push(Gap::new(self.path, Place::File, reason));
        }
        if let Some(line) = self.lines.long() {
            let reason = Statement::new("gap.file.long-line").with("limit", (LONGEST_LINE >> 20).to_string());
            self.gaps.push(Gap::new(self.path, Place::Line(line), reason));
            self.export.keys.iter_mut().for_each(|key| key.complete = false);
        }
        let ended = self.lines.stream().last().is_none_or(|last| matches!(last, '\n' | '\r'));
        let cut = self.gaps.iter().any(|gap| gap.reason.iter().any(|sentence| sentence.key == CUT));
        if let (false, false, Section::Wanted, Some(key)) =
            (ended, cut, self.section, self.export.keys.last_mut())
        {
            key.complete = false;
            let reason = Statement::new("gap.registry.no-line-end");
            self.gaps.push(Gap::new(self.path, key.place.clone(), reason));
        }
        (self.export, self.gaps)
    }
}

/// Splits the name of a value, with escapes as written, from what follows. `@` is the empty name.
fn split_name(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('@') {
        return Some(("", rest));
    }
    let quoted = text.strip_prefix('"')?;
    let end = lines::closing_quote(quoted)?;
    Some((quoted.get(..end)?, quoted.get(end.checked_add(1)?..)?))
}
