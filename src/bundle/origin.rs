//! Where an archive's bytes come from: a store that is read at any place, or archives around it that are
//! read again each time.
//!
//! An archive out of an archive that is too large to be held is read in two passes over the one around it: the
//! first keeps its end, where a zip lists its members, and the second reads the members in the order in which
//! they stand. How many bytes are read again that way has a budget.

use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::failure::damaged;
use super::store::Store;
use super::zip_archive::ZipMember;

/// Bytes that are read at a time to come to a place.
const SKIP_BYTES: usize = 64 << 10;

/// Where an archive's bytes come from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A store.
    Store(Store),
    /// A member of a zip.
    Member(Arc<Inner<Arc<ZipMember>>>),
    /// A part of a stream: a file in a tar, or what a gzip holds.
    Part(Arc<Inner<Part>>),
}

/// What is inside of another origin.
#[derive(Debug)]
pub(super) struct Inner<P> {
    of: Origin,
    what: P,
    /// Bytes that are read of all archives around it, and of itself, to read it once.
    cost: u64,
}

/// A part of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The stream is a gzip, and the part one of what it holds.
    pub(super) unzipped: bool,
    /// Where it begins.
    pub(super) at: u64,
    /// Its length.
    pub(super) bytes: u64,
}

impl Origin {
    /// A member of a zip that comes from here.
    pub(super) fn member(&self, member: Arc<ZipMember>, bytes: u64) -> Origin {
        // A store is read from where the member begins; any other origin from its start.
        let cost = self.cost().saturating_add(bytes);
        Origin::Member(Arc::new(Inner { of: self.clone(), what: member, cost }))
    }

    /// A part of what comes from here.
    pub(super) fn part(&self, part: Part) -> Origin {
        let cost = self.cost().saturating_add(part.at).saturating_add(part.bytes);
        Origin::Part(Arc::new(Inner { of: self.clone(), what: part, cost }))
    }

    /// Bytes that are read to read it once, those of a store not counted.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Origin::Store(_) => 0,
            Origin::Member(inner) => inner.cost,
            Origin::Part(inner) => inner.cost,
        }
    }

    /// Reads it from its start.
    ///
    /// # Errors
    /// It cannot be opened, or what is around it fails before it begins.
    pub(super) fn stream(&self, read: &mut dyn FnMut(&mut (dyn Read + Send))) -> io::Result<()> {
        match self {
            Origin::Store(store) => {
                read(&mut BufReader::new(store.open()?));
                Ok(())
            }
            Origin::Member(inner) => match &inner.of {
                Origin::Store(store) => inner.what.open(store, |stream| read(stream)),
                around => {
                    let mut opened = Ok(());
                    around.stream(&mut |stream| {
                        opened = inner.what.open_in(&mut Forward::new(stream), |stream| read(stream));
                    })?;
                    opened
                }
            },
            Origin::Part(inner) => {
                let Part { unzipped, at, bytes } = inner.what;
                let mut reached = Ok(());
                inner.of.stream(&mut |stream| {
                    let mut gzip;
                    let mut plain;
                    let stream: &mut (dyn Read + Send) = if unzipped {
                        gzip = MultiGzDecoder::new(BufReader::new(stream));
                        &mut gzip
                    } else {
                        plain = stream;
                        &mut plain
                    };
                    reached = skip(stream, at);
                    if reached.is_ok() {
                        read(&mut stream.take(bytes));
                    }
                })?;
                reached
            }
        }
    }
}

fn skip(stream: &mut (dyn Read + Send), bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut stream.take(bytes), &mut io::sink())?;
    if skipped < bytes { Err(damaged("gap.failure.ends")) } else { Ok(()) }
}

/// A stream in which one can go forward, as if it were a file.
pub(super) struct Forward<'s> {
    stream: &'s mut (dyn Read + Send),
    at: u64,
}

impl<'s> Forward<'s> {
    /// Begins at the stream's start.
    pub(super) fn new(stream: &'s mut (dyn Read + Send)) -> Self {
        Forward { stream, at: 0 }
    }
}

impl Read for Forward<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for Forward<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
            SeekFrom::End(_) => None,
        };
        let ahead = place.and_then(|place| place.checked_sub(self.at)).ok_or(io::ErrorKind::Unsupported)?;
        let mut left = ahead;
        let mut buffer = vec![0; SKIP_BYTES.min(usize::try_from(ahead).unwrap_or(SKIP_BYTES))];
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let read = self.read(buffer.get_mut(..most).unwrap_or_default())?;
            if read == 0 {
                return Err(damaged("gap.failure.ends"));
            }
            left = left.saturating_sub(read as u64);
        }
        Ok(self.at)
    }
}

/// The end of a file, at the places where it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    start: u64,
    bytes: Arc<Vec<u8>>,
}

impl Tail {
    /// The end of a file of a size.
    pub(super) fn new(bytes: Vec<u8>, size: u64) -> Self {
        Tail { start: size.saturating_sub(bytes.len() as u64), bytes: Arc::new(bytes) }
    }

    /// Opens it with a position of its own.
    pub(super) fn open(&self) -> TailHandle<'_> {
        TailHandle { start: self.start, bytes: Cursor::new(self.bytes.as_slice()), before: None }
    }
}

/// An open end of a file. What is before it cannot be read.
pub(super) struct TailHandle<'t> {
    start: u64,
    bytes: Cursor<&'t [u8]>,
    /// The position, where it is before the end that is there.
    before: Option<u64>,
}

impl Read for TailHandle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.before.is_some() { Err(io::ErrorKind::Unsupported.into()) } else { self.bytes.read(buffer) }
    }
}

impl Seek for TailHandle<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.before.unwrap_or(self.start.saturating_add(self.bytes.position()));
        let size = self.start.saturating_add(self.bytes.get_ref().len() as u64);
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(offset) => at.checked_add_signed(offset),
            SeekFrom::End(offset) => size.checked_add_signed(offset),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        self.before = (place < self.start).then_some(place);
        self.bytes.set_position(place.saturating_sub(self.start));
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_gone_through_forward() {
        let mut bytes = &b"0123456789"[..];
        let mut forward = Forward::new(&mut bytes);
        let mut two = [0; 2];
        forward.seek(SeekFrom::Start(3)).unwrap();
        forward.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"34");
        forward.seek(SeekFrom::Current(2)).unwrap();
        forward.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"78");
        assert!(forward.seek(SeekFrom::Start(2)).is_err());
        assert!(forward.seek(SeekFrom::Start(11)).is_err());
    }

    #[test]
    fn the_end_of_a_file_stands_where_it_stood() {
        let tail = Tail::new(b"6789".to_vec(), 10);
        let mut handle = tail.open();
        assert_eq!(handle.seek(SeekFrom::End(-3)).unwrap(), 7);
        let mut rest = Vec::new();
        handle.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"789");
        handle.seek(SeekFrom::Start(5)).unwrap();
        assert!(handle.read(&mut [0]).is_err(), "that is not there");
        handle.seek(SeekFrom::Current(1)).unwrap();
        assert_eq!(handle.read(&mut [0; 8]).unwrap(), 4);
    }

    #[test]
    fn a_part_of_a_store_is_read_again() {
        let store = Origin::Store(Store::Memory(super::super::store::Bytes::new(b"0123456789".to_vec())));
        let part = store.part(Part { unzipped: false, at: 2, bytes: 6 }).part(Part {
            unzipped: false,
            at: 1,
            bytes: 3,
        });
        assert_eq!(part.cost(), 2 + 6 + 1 + 3);
        for _ in 0..2 {
            let mut all = String::new();
            part.stream(&mut |stream| drop(stream.read_to_string(&mut all))).unwrap();
            assert_eq!(all, "345");
        }
        let beyond = store.part(Part { unzipped: false, at: 11, bytes: 1 });
        assert!(beyond.stream(&mut |_| panic!("there is nothing")).is_err());
    }
}
