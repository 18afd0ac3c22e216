//! Zip archives: the list of members, and each member's stream.
//!
//! Members are listed with `ZipIterable`, which keeps members of the same name and holds no more of the
//! list than is asked for; `ZipArchive` keeps the last of each name only.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use zip::CompressionMethod;
use zip::read::{Config, OwnedZipFileEntry, ZipReadOptions};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::failure::{cause, cause_of_zip};
use super::member_name;
use super::passwords::Passwords;
use super::store::Store;
use super::zip_headers;
use crate::words::Statement;

/// Bit 11 of the flags: name and comment are UTF-8.
const UTF8_NAME: u16 = 1 << 11;
/// A local header without name and extra field.
const LOCAL_HEADER_BYTES: u64 = 30;
/// The list is read in small pieces, each after a seek that empties the buffer.
const LIST_BUFFER_BYTES: usize = 1 << 10;

/// One member as the archive's directory declares it.
#[derive(Debug)]
pub(super) struct ZipMember {
    /// Name, decoded, as the archive spells it.
    pub(super) name: String,
    /// In a place of its own: an archive may have a hundred thousand.
    entry: Box<OwnedZipFileEntry>,
    /// What opens it, once it is known.
    password: Option<Vec<u8>>,
}

/// What a zip archive lists.
#[derive(Debug, Default)]
pub(super) struct ZipList {
    /// Members and folders, in the archive's order.
    pub(super) members: Vec<ZipMember>,
    /// The list was not read to its end because no more entries are allowed.
    pub(super) too_many: bool,
    /// The list cannot be read, or from some member on.
    pub(super) damage: Option<Statement>,
    /// The members are those whose own headers were found, because of the damage.
    pub(super) by_headers: bool,
}

/// Lists an archive for as long as `take_entry` allows. Where its list is damaged, the members' own headers stand in
/// for it.
pub(super) fn list(store: &Store, mut take_entry: impl FnMut() -> bool) -> ZipList {
    let opened = store.open().and_then(|handle| Ok((handle.size()?, handle)));
    let (size, handle) = match opened {
        Ok(opened) => opened,
        Err(error) => return ZipList { damage: Some(cause(&error)), ..ZipList::default() },
    };
    let list = list_in(handle, &mut take_entry);
    if list.damage.is_none() {
        return list;
    }
    let again = store.open().and_then(|handle| zip_headers::relist(handle, size));
    // What cannot be read again is told by the damage.
    let Ok(Some(written_anew)) = again else { return list };
    let found = list_in(written_anew.open(), &mut take_entry);
    if found.members.len() <= list.members.len() {
        return list;
    }
    ZipList { damage: list.damage, by_headers: true, ..found }
}

/// Lists an archive of which at least the end can be read.
pub(super) fn list_in(handle: impl Read + Seek, mut take_entry: impl FnMut() -> bool) -> ZipList {
    let mut list = ZipList::default();
    if let Err(error) = fill(&mut list, handle, &mut take_entry) {
        list.damage = Some(cause_of_zip(&error));
    }
    list
}

fn fill(
    list: &mut ZipList,
    handle: impl Read + Seek,
    take_entry: &mut impl FnMut() -> bool,
) -> Result<(), ZipError> {
    let reader = BufReader::with_capacity(LIST_BUFFER_BYTES, handle);
    let mut archive = ZipIterable::try_new(reader, Config::default())?;
    for entry in archive.files()? {
        if !take_entry() {
            list.too_many = true;
            break;
        }
        let entry = OwnedZipFileEntry::from(entry?);
        let utf8 = entry.flags().as_u16() & UTF8_NAME != 0;
        let name = member_name::decode(entry.name_raw(), utf8, || {
            entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into(), String::from)
        });
        list.members.push(ZipMember { name, entry: Box::new(entry), password: None });
    }
    Ok(())
}

impl ZipMember {
    /// A folder: nothing to read. A name like a folder's with content behind it is a file.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(['/', '\\']) && self.entry.size() == 0
    }

    /// A symbolic link, whose content is the path it points to.
    pub(super) fn is_link(&self) -> bool {
        self.entry.is_symlink()
    }

    /// A member behind a password.
    pub(super) fn is_encrypted(&self) -> bool {
        self.entry.encrypted()
    }

    /// Bytes, uncompressed, as declared.
    pub(super) fn declared(&self) -> u64 {
        self.entry.size()
    }

    /// Bytes in the archive, as declared.
    pub(super) fn compressed(&self) -> u64 {
        self.entry.compressed_size()
    }

    /// Where the member stands in the archive.
    pub(super) fn place(&self) -> u64 {
        self.entry.header_start()
    }

    /// Whether it stands in the archive as it is, so that it can be read there at any place.
    pub(super) fn is_stored(&self) -> bool {
        !self.is_encrypted()
            && self.entry.compression() == CompressionMethod::Stored
            && self.compressed() == self.declared()
    }

    /// Where its content begins.
    pub(super) fn content_place(&self, store: &Store) -> io::Result<u64> {
        let mut handle = store.open()?;
        handle.seek(SeekFrom::Start(self.place()))?;
        let mut header = [0; 30];
        handle.read_exact(&mut header)?;
        let [.., name_low, name_high, more_low, more_high] = header;
        let names = u16::from_le_bytes([name_low, name_high]);
        let more = u16::from_le_bytes([more_low, more_high]);
        Ok(self
            .place()
            .saturating_add(LOCAL_HEADER_BYTES)
            .saturating_add(names.into())
            .saturating_add(more.into()))
    }

    /// Opens the member and lets `read` have its stream. A compression that is not known shows at once,
    /// or at the first byte, as an error of the kind `Unsupported`.
    pub(super) fn open<R>(
        &self,
        store: &Store,
        read: impl FnOnce(&mut (dyn Read + Send)) -> R,
    ) -> io::Result<R> {
        self.open_in(&mut store.open()?, read)
    }

    /// The same in an archive that can be read at least from the member's start on.
    pub(super) fn open_in<R>(
        &self,
        handle: &mut (impl Read + Seek + Send),
        read: impl FnOnce(&mut (dyn Read + Send)) -> R,
    ) -> io::Result<R> {
        let options = ZipReadOptions::new().password(self.password.as_deref());
        let mut file = (*self.entry).as_ref().with_reader(handle, options)?;
        Ok(read(&mut file))
    }

    /// Finds the first password that opens the member, if it needs one; false where there is none.
    ///
    /// ZipCrypto tells a wrong password by one byte only, so a password is taken once the member was read
    /// with it, up to `most` bytes: its checksum fails with any other. What is compressed in a way that is
    /// not read is left to show when it is opened.
    pub(super) fn unlock(&mut self, store: &Store, passwords: &Passwords, most: u64) -> bool {
        if !self.is_encrypted() {
            return true;
        }
        passwords.iter().any(|password| {
            self.password = Some(password.to_vec());
            let read = self
                .open(store, |stream| io::copy(&mut stream.take(most.saturating_add(1)), &mut io::sink()));
            match read.flatten() {
                Ok(_) => true,
                Err(error) => error.kind() == io::ErrorKind::Unsupported,
            }
        })
    }
}

/// Whether members share bytes of the archive, as in a bomb that gives the same bytes out many times.
/// No tool writes such an archive.
pub(super) fn overlap(members: &[ZipMember]) -> bool {
    let mut ranges: Vec<(u64, u64)> = members
        .iter()
        .map(|member| {
            let start = member.entry.header_start();
            // The local header's name may differ in length from the directory's, so it is left out.
            (start, start.saturating_add(LOCAL_HEADER_BYTES).saturating_add(member.compressed()))
        })
        .collect();
    ranges.sort_unstable();
    ranges.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if end > start))
}
