//! Large files of the disk: read by place, by several threads at once, and hashed beside that.
//!
//! A small file goes through a stream, which hashes and counts on the way. For a log of a gigabyte that
//! would make one thread the measure of all.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::budget::Allowance;
use super::counted::{self, End};
use super::{Member, ReadMember};
use crate::progress::Piece;
use crate::source::BundlePath;

/// From this size on a file is read by place.
pub(super) const LARGE_BYTES: u64 = 8 << 20;
/// From this size on a file that is read as a stream is hashed beside its reading, so that a single report does
/// not wait for its hash.
pub(super) const HASHED_ASIDE_BYTES: u64 = 1 << 20;

const HEAD_BYTES: usize = 64 << 10;

/// The content of a file on the disk, by place.
#[derive(Debug)]
pub struct DiskContent {
    file: File,
    bytes: u64,
    /// Counts what is read.
    piece: Option<Arc<Piece>>,
}

impl DiskContent {
    /// The first bytes of a file.
    pub(crate) fn new(file: File, bytes: u64) -> Self {
        DiskContent { file, bytes, piece: None }
    }

    /// Bytes that may be read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads at a place until the buffer is full or the content ends, and returns how many bytes that is.
    ///
    /// # Errors
    /// That of the system, where it could not read to there.
    pub fn read_at(&self, place: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill(place, buffer)?;
        self.piece.iter().for_each(|piece| piece.done(read as u64));
        Ok(read)
    }

    fn fill(&self, place: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.saturating_sub(place)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match read_some_at(&self.file, rest, place.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(read) => filled = filled.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn stream(&self, counts: bool) -> DiskStream<'_> {
        DiskStream { content: self, at: 0, failed: None, counts }
    }
}

#[cfg(unix)]
fn read_some_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, place)
}

#[cfg(windows)]
fn read_some_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, place)
}

/// The content from its start to its end. An error is its end, and is kept.
struct DiskStream<'d> {
    content: &'d DiskContent,
    at: u64,
    failed: Option<io::Error>,
    counts: bool,
}

impl Read for DiskStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Ok(0);
        }
        // What is only hashed is not counted: the reader's way through the file is.
        let read = match self.counts {
            true => self.content.read_at(self.at, buffer),
            false => self.content.fill(self.at, buffer),
        };
        match read {
            Ok(read) => {
                self.at = self.at.saturating_add(read as u64);
                Ok(read)
            }
            Err(error) => {
                self.failed = Some(error);
                Ok(0)
            }
        }
    }
}

/// Hands a large file to its reader, hashes it at the same time where that is wanted, and tells how it
/// ended.
///
/// # Errors
/// Not one byte could be read. The reader is not asked then.
pub(super) fn hand_to<T: Send>(
    (file, piece): (File, Arc<Piece>),
    (path, allowance, hashed): (&BundlePath, Allowance, bool),
    read: &(impl Fn(Member<'_>) -> T + Sync),
) -> io::Result<(ReadMember<T>, End)> {
    let there = file.metadata()?.len();
    let content = DiskContent { piece: Some(piece), ..DiskContent::new(file, there.min(allowance.bytes)) };
    let mut head = vec![0; HEAD_BYTES];
    let filled = content.read_at(0, &mut head)?;
    head.truncate(filled);
    let (sha256, (read, at, failed)) = rayon::join(
        || hashed.then(|| counted::sha256_of(content.stream(false)).ok()).flatten(),
        || {
            let mut stream = content.stream(true);
            let read =
                read(Member { path, head: &head, content: &mut stream, on_disk: Some(&content), round: 0 });
            (read, stream.at, stream.failed)
        },
    );
    let (bytes, end) = match failed {
        Some(error) => (at, End::Damaged(error)),
        None if there > content.bytes => (content.bytes, End::Stopped(allowance.bound)),
        None => (content.bytes, End::Whole),
    };
    let sha256 = sha256.map(|(hash, _)| hash);
    Ok((ReadMember { path: path.clone(), bytes, sha256, read }, end))
}

#[cfg(test)]
mod tests {
    use super::super::budget::Bound;
    use super::*;
    use crate::progress::Progress;

    fn file(bytes: &[u8]) -> File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, bytes).unwrap();
        File::open(path).unwrap()
    }

    /// What came by the stream, and what by place.
    type Both = (Vec<u8>, Vec<u8>);

    fn handed(allowance: u64, hashed: bool) -> (ReadMember<Both>, End) {
        let allowance = Allowance { bytes: allowance, bound: Bound::File };
        let piece = Arc::new(Piece::new(&Progress::default(), 6));
        hand_to((file(b"abcdef"), piece), (&"a".into(), allowance, hashed), &|member: Member<'_>| {
            let mut streamed = Vec::new();
            let _ = member.content.read_to_end(&mut streamed);
            let mut placed = vec![0; 9];
            let read = member.on_disk.unwrap().read_at(2, &mut placed).unwrap();
            placed.truncate(read);
            (streamed, placed)
        })
        .unwrap()
    }

    #[test]
    fn a_file_is_read_as_a_stream_and_by_place() {
        let (member, end) = handed(6, true);
        assert!(matches!(end, End::Whole));
        assert_eq!(member.read, (b"abcdef".to_vec(), b"cdef".to_vec()));
        assert_eq!((member.bytes, member.sha256), (6, Some(counted::sha256(b"abcdef"))));
        assert_eq!(handed(6, false).0.sha256, None);
    }

    #[test]
    fn nothing_is_read_beyond_the_allowance() {
        let (member, end) = handed(4, true);
        assert!(matches!(end, End::Stopped(Bound::File)));
        assert_eq!(member.read, (b"abcd".to_vec(), b"cd".to_vec()));
        assert_eq!((member.bytes, member.sha256), (4, Some(counted::sha256(b"abcd"))));
    }
}
