//! The text of `dsacls <object>` in English.
//!
//! An entry is `Allow DOM\account   SPECIAL ACCESS for property   <Inherited from parent>` with rights in the
//! lines below it, or `Allow DOM\account   Reset Password`. Entries for the object stand first, then those
//! that objects below inherit, under `Inherited to all subobjects` or `Inherited to <class>`.
//! <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/cc771151(v=ws.11)>

use crate::artifacts::kept::FILE_BYTES;
use crate::artifacts::text_stream::TextStream;

use super::{AclEntry, AppliesTo, MAX_ENTRIES, MAX_OBJECTS, ObjectAcl, Scope, is_dn};

/// Bytes of a line that are read.
const LONGEST: usize = 16 << 10;
/// Letters of an owner that are kept, and bytes of a distinguished name that is taken for one.
const LONGEST_NAME: usize = 256;
const LONGEST_DN: usize = 4 << 10;
/// Column in which the right or `SPECIAL ACCESS` stands.
const COLUMN: usize = 38;

/// Rights below `SPECIAL ACCESS`, in the tool's spelling, its slip among them.
const RIGHTS: [&str; 18] = [
    "DELETE",
    "READ PERMISSONS",
    "READ PERMISSIONS",
    "WRITE PERMISSIONS",
    "CHANGE OWNERSHIP",
    "CREATE CHILD",
    "DELETE CHILD",
    "LIST CONTENTS",
    "WRITE SELF",
    "WRITE PROPERTY",
    "READ PROPERTY",
    "DELETE TREE",
    "LIST OBJECT",
    "CONTROL ACCESS",
    "FULL CONTROL",
    "SYNCHRONIZE",
    "GENERIC READ",
    "GENERIC ALL",
];

/// What stands between a trustee and the rest where the spaces of the columns were lost.
const MARKS: [&str; 4] = [" SPECIAL ACCESS", " FULL CONTROL", " Reset Password", " Change Password"];

/// Headings over which an object's entries and those for objects below stand.
const ON_THIS: &str = "Effective Permissions on this object are:";
const ON_OTHERS: &str = "Permissions inherited to subobjects are:";

/// An entry, and beside it a heading of the tool or a right that only it spells so.
pub(super) fn looks_like(text: &str) -> bool {
    let entries = || text.lines().map(str::trim).filter(|line| entry_start(line).is_some());
    let is_heading =
        |line: &str| ["Access list:", ON_THIS].iter().any(|known| line.eq_ignore_ascii_case(known));
    let headed = text.lines().any(|line| is_heading(line.trim()));
    let special = entries().any(|line| line.contains("SPECIAL ACCESS"))
        && text.lines().any(|line| RIGHTS.contains(&line.trim()));
    (headed || special) && entries().next().is_some()
}

/// What is open while lines are read.
struct Reader {
    objects: Vec<ObjectAcl>,
    current: Option<ObjectAcl>,
    /// Name in a command above the output, for the next object.
    named: Option<String>,
    applies_to: AppliesTo,
    /// The last entry has rights below it.
    special: bool,
    /// An entry whose rest stands in the next line, because the trustee is long.
    waiting: bool,
    /// `Access list:` was seen of the current object.
    begun: bool,
    entries: usize,
    /// Memory of the entries.
    bytes: usize,
}

pub(super) fn read(text: &mut TextStream<'_>) -> Vec<ObjectAcl> {
    let mut reader = Reader {
        objects: Vec::new(),
        current: None,
        named: None,
        applies_to: on(Scope::ThisObject, None),
        special: false,
        waiting: false,
        begun: false,
        entries: 0,
        bytes: 0,
    };
    while let Some(line) = text.next_line() {
        let start = line.text.get(..line.text.floor_char_boundary(LONGEST)).unwrap_or_default();
        if !start.trim().is_empty() {
            reader.line(start.trim_end(), line.number);
        }
    }
    reader.close(false);
    reader.objects
}

fn on(scope: Scope, class: Option<&str>) -> AppliesTo {
    AppliesTo { scope, class: class.map(str::to_owned) }
}

/// The text behind `Allow` or `Deny`.
fn entry_start(line: &str) -> Option<(bool, &str)> {
    let rest = |word: &str| line.strip_prefix(word).filter(|rest| rest.contains(['\\', ' ']));
    rest("Allow ").map(|rest| (true, rest)).or_else(|| rest("Deny ").map(|rest| (false, rest)))
}

/// The name in `dsacls "CN=…"`.
fn name_in_command(line: &str) -> Option<&str> {
    let at = line.to_ascii_lowercase().find("dsacls")?;
    let rest = line.get(at.saturating_add("dsacls".len())..)?;
    let rest = rest.trim_start_matches(".exe").trim_start();
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split_whitespace().next()?,
    };
    // A server may stand before the name: `\\dc01\CN=…`.
    let name =
        name.strip_prefix("\\\\").and_then(|rest| rest.split_once('\\')).map_or(name, |(_, name)| name);
    is_dn(name).then_some(name)
}

/// A command line of the tool whose object is not named in full: a variable stands there, or nothing.
fn runs_again(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let words = || line.split(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '"' | '&'));
    words().any(|word| matches!(word, "dsacls" | "dsacls.exe"))
}

impl Reader {
    fn line(&mut self, line: &str, number: u64) {
        let text = line.trim();
        if let Some(name) = name_in_command(line) {
            self.close(false);
            self.named = (name.len() <= LONGEST_DN).then(|| name.to_owned());
        } else if runs_again(text) || text.starts_with("The command failed to complete") {
            // Of the object that the last command named, nothing follows.
            self.close(false);
            self.named = None;
        } else if let Some(owner) = text.strip_prefix("Owner:") {
            self.close(false);
            self.object(number).owner = Some(owner.trim().chars().take(LONGEST_NAME).collect());
        } else if text.starts_with("Group:") {
            self.object(number);
        } else if text.eq_ignore_ascii_case("Access list:") {
            if self.current.as_ref().is_some_and(|object| !object.entries.is_empty()) {
                self.close(false);
            }
            self.object(number);
            self.begun = true;
        } else if text.starts_with("{This object is protected from inheriting") {
            self.object(number).protected = Some(true);
        } else if text.starts_with("The command completed successfully") {
            self.close(true);
        } else if !self.heading(text) {
            self.entry_line(line, number);
        }
    }

    /// The object that is open, or a new one.
    fn object(&mut self, number: u64) -> &mut ObjectAcl {
        let named = &mut self.named;
        self.current.get_or_insert_with(|| ObjectAcl {
            object: named.take(),
            trustworthy: true,
            line: number,
            ..ObjectAcl::default()
        })
    }

    fn last_entry(&mut self) -> Option<&mut AclEntry> {
        self.current.as_mut()?.entries.last_mut()
    }

    /// Ends the current object. Its list is whole if its first and its last line were seen.
    fn close(&mut self, ended: bool) {
        if let Some(mut object) = self.current.take() {
            object.trustworthy &= self.begun && ended && !self.waiting;
            if object.trustworthy {
                object.protected.get_or_insert(false);
            }
            if self.objects.len() <= MAX_OBJECTS {
                self.objects.push(object);
            }
        }
        self.applies_to = on(Scope::ThisObject, None);
        (self.special, self.waiting, self.begun) = (false, false, false);
    }

    /// A heading of the entries, with what those below it apply to.
    fn heading(&mut self, text: &str) -> bool {
        let applies_to = if text.eq_ignore_ascii_case(ON_THIS) {
            on(Scope::ThisObject, None)
        } else if text.eq_ignore_ascii_case(ON_OTHERS)
            || text.eq_ignore_ascii_case("Inherited to all subobjects")
        {
            on(Scope::ChildrenOnly, None)
        } else if let Some(class) = text.strip_prefix("Inherited to ") {
            on(Scope::ChildrenOnly, Some(class.trim()))
        } else {
            return false;
        };
        self.applies_to = applies_to;
        (self.special, self.waiting) = (false, false);
        true
    }

    fn entry_line(&mut self, line: &str, number: u64) {
        let text = line.trim();
        if let Some((allow, rest)) = entry_start(text) {
            self.entry(allow, rest, number);
        } else if self.waiting {
            let (right, inherited_from) = inherited(text);
            if let Some(entry) = self.last_entry() {
                entry.inherited |= inherited_from.is_some();
                entry.inherited_from = inherited_from;
            }
            self.waiting = false;
            self.right(right);
        } else if self.special && RIGHTS.iter().any(|right| text.eq_ignore_ascii_case(right)) {
            if let Some(entry) = self.last_entry().filter(|entry| entry.rights.len() < RIGHTS.len()) {
                entry.rights.push(text.to_owned());
            }
        } else if let Some(object) = &mut self.current {
            // Something among the entries that nobody understands.
            object.trustworthy = false;
        }
    }

    fn entry(&mut self, allow: bool, rest: &str, number: u64) {
        let (rest, inherited_from) = inherited(rest);
        let (trustee, right, in_columns) = trustee_and_right(rest);
        let entry = AclEntry {
            allow,
            trustee: trustee.to_owned(),
            rights: Vec::new(),
            for_object: None,
            inherited: inherited_from.is_some(),
            inherited_from,
            applies_to: self.applies_to.clone(),
            line: number,
        };
        let bytes = self.bytes.saturating_add(entry.bytes());
        let fits = self.entries < MAX_ENTRIES && bytes <= FILE_BYTES;
        self.entries = self.entries.saturating_add(1);
        let object = self.object(number);
        object.trustworthy &= in_columns && fits;
        if fits {
            object.entries.push(entry);
            self.bytes = bytes;
        }
        self.waiting = right.is_none();
        self.special = false;
        if let Some(right) = right {
            self.right(right);
        }
    }

    /// What stands behind the trustee: `SPECIAL ACCESS`, with what it is for, or a right by its name.
    fn right(&mut self, right: &str) {
        let special = right.strip_prefix("SPECIAL ACCESS");
        self.special = special.is_some();
        let Some(entry) = self.last_entry() else { return };
        match special {
            Some(rest) => {
                entry.for_object = rest.trim().strip_prefix("for ").map(|name| name.trim().to_owned());
            }
            None => entry.rights.extend((!right.is_empty()).then(|| right.to_owned())),
        }
    }
}

/// Takes off `<Inherited from parent>`.
fn inherited(text: &str) -> (&str, Option<String>) {
    let split = text.trim_end().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    match split.and_then(|(rest, from)| Some((rest, from.strip_prefix("Inherited from ")?))) {
        Some((rest, from)) => (rest.trim_end(), Some(from.to_owned())),
        None => (text.trim_end(), None),
    }
}

/// The trustee, what stands behind it, and whether columns told them apart. A long trustee has its rest in
/// the next line.
fn trustee_and_right(rest: &str) -> (&str, Option<&str>, bool) {
    if let Some((trustee, right)) = rest.split_once("  ") {
        return (trustee.trim(), Some(right.trim()), true);
    }
    // The longest name that fits its column leaves one space. `Deny ` is one letter shorter than `Allow `.
    let at_column = ["Allow ", "Deny "].iter().find_map(|word| {
        let (at, _) = rest.char_indices().nth(COLUMN.saturating_sub(word.len()))?;
        let (trustee, right) = (rest.get(..at)?, rest.get(at..)?);
        let fits = trustee.ends_with(' ') && MARKS.iter().any(|mark| right.starts_with(mark.trim_start()));
        fits.then(|| (trustee.trim(), Some(right.trim()), true))
    });
    let by_mark = || {
        let at = MARKS.iter().find_map(|mark| rest.find(mark))?;
        Some((rest.get(..at)?.trim(), rest.get(at..).map(str::trim), false))
    };
    at_column.or_else(by_mark).unwrap_or((rest.trim(), None, true))
}
