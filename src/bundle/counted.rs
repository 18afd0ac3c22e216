//! One file's stream on its way to the reader: counted, hashed, bounded, and never read twice.

use std::io::{self, Cursor, Read};

use sha2::{Digest, Sha256};

use super::budget::{Allowance, Bound};
use super::origin::Tail;
use super::{Member, ReadMember};
use crate::source::BundlePath;

/// Bytes that a reader may look at before it decides.
const HEAD_BYTES: usize = 64 << 10;

/// How a stream ended.
#[derive(Debug)]
pub(super) enum End {
    /// At its end.
    Whole,
    /// At a bound, with more to read.
    Stopped(Bound),
    /// At damage.
    Damaged(io::Error),
}

/// A stream that counts what is read of it, and hashes it where that is wanted. It ends, without an error, where its allowance
/// does and where the stream fails; [`Counted::finish`] tells which.
struct Counted<'s> {
    stream: &'s mut (dyn Read + Send),
    allowance: Allowance,
    hash: Option<Sha256>,
    /// The largest file that is hashed.
    hashed_bytes: u64,
    bytes: u64,
    end: Option<End>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        let left = usize::try_from(self.allowance.bytes.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        if left == 0 {
            self.end = Some(self.look_past_the_allowance());
            return Ok(0);
        }
        let most = left.min(buffer.len());
        let window = buffer.get_mut(..most).unwrap_or_default();
        match read_some(self.stream, window) {
            Ok(read) => {
                self.bytes = self.bytes.saturating_add(read as u64);
                if self.bytes > self.hashed_bytes {
                    self.hash = None;
                } else if let Some(hash) = &mut self.hash {
                    hash.update(window.get(..read).unwrap_or_default());
                }
                self.end = (read == 0).then_some(End::Whole);
                Ok(read)
            }
            Err(error) => {
                self.end = Some(End::Damaged(error));
                Ok(0)
            }
        }
    }
}

impl Counted<'_> {
    /// A file may end exactly at its allowance. Only this read makes an archive check its checksum.
    fn look_past_the_allowance(&mut self) -> End {
        match read_some(self.stream, &mut [0]) {
            Ok(0) => End::Whole,
            Ok(_) => End::Stopped(self.allowance.bound),
            Err(error) => End::Damaged(error),
        }
    }

    /// Reads what the reader left, so that hash and size are of the whole file.
    fn finish(mut self) -> Finished {
        // This reader never fails: an error is its end.
        let _ = io::copy(&mut self, &mut io::sink());
        let sha256 = self.hash.map(|hash| hexadecimal(&hash.finalize()));
        Finished { bytes: self.bytes, sha256, end: self.end.unwrap_or(End::Whole) }
    }
}

/// What is known of a stream after its end.
struct Finished {
    bytes: u64,
    sha256: Option<String>,
    end: End,
}

/// A stream of which the first bytes were looked at.
pub(super) struct Peeked<'s> {
    head: Vec<u8>,
    rest: Counted<'s>,
}

impl<'s> Peeked<'s> {
    /// Looks at the first bytes of a stream. It is hashed if it turns out to have no more than
    /// `hashed_bytes`; with 0 it is not.
    pub(super) fn new(stream: &'s mut (dyn Read + Send), allowance: Allowance, hashed_bytes: u64) -> Self {
        let hash = (hashed_bytes > 0).then(Sha256::new);
        let mut rest = Counted { stream, allowance, hash, hashed_bytes, bytes: 0, end: None };
        let mut head = Vec::new();
        // This reader never fails: an error is its end.
        let _ = rest.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head);
        Peeked { head, rest }
    }

    /// The first bytes, up to 64 KiB.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Lets the reader read, and then tells what the file was and how it ended.
    ///
    /// # Errors
    /// Not one byte could be read. The reader is not asked, for it would take the file for an empty one.
    pub(super) fn hand_to<T>(
        mut self,
        path: &BundlePath,
        read: &impl Fn(Member<'_>) -> T,
    ) -> io::Result<(ReadMember<T>, End)> {
        if let (true, Some(End::Damaged(_))) = (self.head.is_empty(), &self.rest.end)
            && let Some(End::Damaged(error)) = self.rest.end.take()
        {
            return Err(error);
        }
        let result = {
            let mut content = Cursor::new(&self.head).chain(&mut self.rest);
            read(Member { path, head: &self.head, content: &mut content, on_disk: None, round: 0 })
        };
        let Finished { bytes, sha256, end } = self.rest.finish();
        Ok((ReadMember { path: path.clone(), bytes, sha256, read: result }, end))
    }

    /// Reads the whole stream to memory, or where that takes more than `most` bytes, keeps its last `tail`.
    pub(super) fn into_memory_or_tail(mut self, most: u64, tail: usize) -> (InMemory, End) {
        self.rest.hash = None;
        let mut bytes = self.head;
        let missing = most.saturating_sub(bytes.len() as u64).saturating_add(1);
        // This reader never fails: an error is its end.
        let _ = self.rest.by_ref().take(missing).read_to_end(&mut bytes);
        if bytes.len() as u64 <= most {
            return (InMemory::Whole(bytes), self.rest.end.unwrap_or(End::Whole));
        }
        bytes.drain(..bytes.len().saturating_sub(tail));
        bytes.shrink_to_fit();
        bytes.reserve_exact(tail.saturating_mul(2).saturating_sub(bytes.len()));
        loop {
            let room = tail.saturating_mul(2).saturating_sub(bytes.len());
            let read = self.rest.by_ref().take(room as u64).read_to_end(&mut bytes).unwrap_or(0);
            bytes.drain(..bytes.len().saturating_sub(tail));
            if read < room {
                break;
            }
        }
        let size = self.rest.bytes;
        (InMemory::Tail(Tail::new(bytes, size), size), self.rest.end.unwrap_or(End::Whole))
    }

    /// Lets `read` have the stream, with its first bytes, and tells how many there were and how it ended.
    pub(super) fn through(mut self, read: impl FnOnce(&mut (dyn Read + Send))) -> (u64, End) {
        self.rest.hash = None;
        read(&mut Cursor::new(&self.head).chain(&mut self.rest));
        let Finished { bytes, end, .. } = self.rest.finish();
        (bytes, end)
    }
}

/// What is kept of a stream.
pub(super) enum InMemory {
    /// All of it.
    Whole(Vec<u8>),
    /// Its end, and its size.
    Tail(Tail, u64),
}

/// Hashes a stream by itself: its SHA-256 and its size.
pub(super) fn sha256_of(mut stream: impl Read) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; HEAD_BYTES];
    let mut bytes = 0u64;
    loop {
        let read = read_some(&mut stream, &mut buffer)?;
        if read == 0 {
            return Ok((hexadecimal(&hash.finalize()), bytes));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        bytes = bytes.saturating_add(read as u64);
    }
}

/// The SHA-256 of bytes at hand.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn read_some(stream: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A reader that claims more than it was given room for must not make us trust it.
            other => return other.map(|read| read.min(buffer.len())),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Seek;

    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn allow(bytes: u64) -> Allowance {
        Allowance { bytes, bound: Bound::File }
    }

    #[test]
    fn the_whole_file_is_hashed_though_the_reader_stops_early() {
        let path: BundlePath = "a".into();
        let mut stream = &b"abc"[..];
        let (member, end) = Peeked::new(&mut stream, allow(3), 3)
            .hand_to(&path, &|member: Member<'_>| {
                let mut first = [0];
                let _ = member.content.read(&mut first);
                (first, member.head.to_vec())
            })
            .unwrap();
        assert!(matches!(end, End::Whole));
        assert_eq!((member.bytes, member.sha256.as_deref()), (3, Some(ABC)));
        assert_eq!(member.read, ([b'a'], b"abc".to_vec()));
    }

    #[test]
    fn content_gives_the_head_again_and_then_the_rest() {
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        let mut stream = bytes.as_slice();
        let (member, _) = Peeked::new(&mut stream, allow(u64::MAX), 65_536)
            .hand_to(&"a".into(), &|member: Member<'_>| {
                let mut all = Vec::new();
                let _ = member.content.read_to_end(&mut all);
                (member.head.len(), all)
            })
            .unwrap();
        assert_eq!(member.read, (65_536, bytes));
        assert_eq!(member.sha256, None, "it is longer than what is hashed");
    }

    #[test]
    fn reading_stops_at_the_allowance() {
        let mut stream = &b"abcd"[..];
        let (kept, end) = Peeked::new(&mut stream, allow(3), 9).into_memory_or_tail(9, 9);
        assert!(matches!(kept, InMemory::Whole(bytes) if bytes == b"abc"));
        assert!(matches!(end, End::Stopped(Bound::File)));
    }

    #[test]
    fn of_a_long_stream_the_end_is_kept() {
        let bytes: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
        for (most, tail) in [(70_000, 10), (3, 100_000), (3_999_999, 3), (100_000, 2_000_000)] {
            let mut stream = bytes.as_slice();
            let (kept, end) = Peeked::new(&mut stream, allow(u64::MAX), 9).into_memory_or_tail(most, tail);
            let InMemory::Tail(kept, size) = kept else { panic!("it is longer than {most}") };
            assert!(matches!(end, End::Whole));
            assert_eq!(size, 4_000_000);
            let mut read = Vec::new();
            let mut handle = kept.open();
            handle.seek(io::SeekFrom::Start(size - tail as u64)).unwrap();
            handle.read_to_end(&mut read).unwrap();
            assert_eq!(read, bytes[bytes.len() - tail..]);
        }
        let mut stream = bytes.as_slice();
        let (kept, _) = Peeked::new(&mut stream, allow(u64::MAX), 9).into_memory_or_tail(4_000_000, 3);
        assert!(matches!(kept, InMemory::Whole(_)));
    }

    #[test]
    fn an_error_ends_the_stream() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("torn"))
            }
        }
        let mut stream = (&b"ab"[..]).chain(Broken);
        let (kept, end) = Peeked::new(&mut stream, allow(9), 9).into_memory_or_tail(9, 9);
        assert!(matches!(kept, InMemory::Whole(bytes) if bytes == b"ab"));
        assert!(matches!(end, End::Damaged(_)));
    }
}
