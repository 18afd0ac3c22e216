//! Tar archives: members one after the other out of a stream, with GNU and pax long names.
//!
//! The `tar` crate's own reader cannot be handed to another thread, so only its headers are used.
//! Format: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>.

use std::io::{self, Read};

use tar::{EntryType, Header, PaxExtensions};

use super::failure::damaged;
use super::member_name;

const BLOCK: u64 = 512;
/// Bytes of a long name or of pax records. More than any system's paths.
const LONGEST_RECORD: u64 = 64 << 10;

/// A member's header.
#[derive(Debug)]
pub(super) struct TarMember {
    /// Name, decoded, as the archive spells it.
    pub(super) name: String,
    /// Bytes of content that follow.
    pub(super) bytes: u64,
    /// What it is.
    pub(super) kind: TarKind,
}

/// Kind of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TarKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic or hard link.
    Link,
    /// A device, a pipe, a sparse file, or a kind that is not known.
    Other,
}

/// Reads the headers of a tar stream.
pub(super) struct TarReader<'s> {
    stream: &'s mut (dyn Read + Send),
    /// Content and padding of the last member that are not read yet.
    content_left: u64,
    padding: u64,
    /// Bytes of the stream that are read.
    at: u64,
}

impl<'s> TarReader<'s> {
    /// Starts at the first header.
    pub(super) fn new(stream: &'s mut (dyn Read + Send)) -> Self {
        TarReader { stream, content_left: 0, padding: 0, at: 0 }
    }

    /// The next member; `None` at the end of the archive. After an error nothing more can be read.
    pub(super) fn next(&mut self) -> io::Result<Option<TarMember>> {
        let mut long_name: Option<Vec<u8>> = None;
        let mut long_size: Option<u64> = None;
        let mut sparse = false;
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            let kind = header.entry_type();
            let mut bytes = header.entry_size().map_err(|_| damaged("gap.failure.tar-size"))?;
            if !is_about_the_next(kind) {
                bytes = long_size.take().unwrap_or(bytes);
            }
            self.content_left = bytes;
            self.padding = bytes.wrapping_neg() % BLOCK;
            if kind.is_gnu_longname() {
                long_name = Some(until_nul(&self.record()?).to_vec());
            } else if kind.is_pax_local_extensions() {
                let record = self.record()?;
                sparse = ["GNU.sparse.major", "GNU.sparse.map"].iter().any(|key| pax(&record, key).is_some());
                long_name = pax(&record, "path").or(long_name);
                long_size = pax(&record, "size").and_then(|size| str::from_utf8(&size).ok()?.parse().ok());
            } else if !is_about_the_next(kind) {
                let raw = long_name.unwrap_or_else(|| header.path_bytes().into_owned());
                let name = member_name::decode(&raw, true, String::new);
                let kind = if sparse { TarKind::Other } else { kind_of(kind, &name) };
                return Ok(Some(TarMember { name, bytes, kind }));
            }
        }
    }

    /// Where in the stream the next byte stands.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// The stream of the last member's content.
    pub(super) fn content(&mut self) -> TarContent<'_, 's> {
        TarContent { tar: self }
    }

    /// The next header that is not empty. The end is two empty blocks, or the end of the stream.
    fn header(&mut self) -> io::Result<Option<Header>> {
        self.skip()?;
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        let read = read_up_to(self.stream, block)?;
        self.at = self.at.saturating_add(read as u64);
        if read == 0 || block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if read < block.len() {
            return Err(damaged("gap.failure.ends"));
        }
        let sum: u32 = block.iter().zip(0..).map(|(byte, at)| checksum_part(*byte, at)).sum();
        if header.cksum().ok() != Some(sum) {
            return Err(damaged("gap.failure.tar-checksum"));
        }
        Ok(Some(header))
    }

    /// Skips what is left of the last member.
    fn skip(&mut self) -> io::Result<()> {
        let left = self.content_left.saturating_add(self.padding);
        (self.content_left, self.padding) = (0, 0);
        let skipped = io::copy(&mut self.stream.take(left), &mut io::sink())?;
        self.at = self.at.saturating_add(skipped);
        if skipped < left { Err(damaged("gap.failure.ends")) } else { Ok(()) }
    }

    /// The content of a member that describes the next one.
    fn record(&mut self) -> io::Result<Vec<u8>> {
        if self.content_left > LONGEST_RECORD {
            return Err(damaged("gap.failure.tar-name"));
        }
        let mut record = Vec::new();
        self.content().read_to_end(&mut record)?;
        Ok(record)
    }
}

/// The content of one member.
pub(super) struct TarContent<'r, 's> {
    tar: &'r mut TarReader<'s>,
}

impl Read for TarContent<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.tar.content_left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.tar.stream.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 {
            return Err(damaged("gap.failure.ends"));
        }
        self.tar.at = self.tar.at.saturating_add(read as u64);
        self.tar.content_left = self.tar.content_left.saturating_sub(read as u64);
        Ok(read)
    }
}

/// The checksum counts its own eight bytes as spaces.
fn checksum_part(byte: u8, at: usize) -> u32 {
    u32::from(if (148..156).contains(&at) { b' ' } else { byte })
}

fn is_about_the_next(kind: EntryType) -> bool {
    kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
}

fn kind_of(kind: EntryType, name: &str) -> TarKind {
    if kind.is_dir() || (kind.is_file() && name.ends_with('/')) {
        TarKind::Folder
    } else if kind.is_file() || kind.is_contiguous() {
        TarKind::File
    } else if kind.is_symlink() || kind.is_hard_link() {
        TarKind::Link
    } else {
        TarKind::Other
    }
}

fn pax(record: &[u8], key: &str) -> Option<Vec<u8>> {
    PaxExtensions::new(record)
        .map_while(Result::ok)
        .find(|extension| extension.key() == Ok(key))
        .map(|extension| extension.value_bytes().to_vec())
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn read_up_to(stream: &mut (dyn Read + Send), block: &mut [u8; 512]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
