//! Where an archive's bytes are: in a file, or in memory where the archive came out of another one.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::progress::Piece;

/// An archive's bytes, which several threads may open at once.
#[derive(Debug, Clone)]
pub(super) enum Store {
    /// A file of the upload, which counts what is read of it.
    Disk(PathBuf, Arc<Piece>),
    /// An archive out of an archive.
    Memory(Bytes),
    /// An archive that stands in another one as it is.
    Window {
        /// The other one.
        of: Arc<Store>,
        /// Where it begins.
        at: u64,
        /// Its length.
        bytes: u64,
    },
}

/// Bytes that are shared, not copied.
#[derive(Debug, Clone)]
pub(super) struct Bytes(Arc<Vec<u8>>);

impl Bytes {
    /// Shares bytes.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Bytes(Arc::new(bytes))
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Store {
    /// An archive on the disk.
    pub(super) fn on_disk(location: &Path, piece: Piece) -> Store {
        Store::Disk(location.to_owned(), Arc::new(piece))
    }

    /// Opens the archive with a position of its own.
    pub(super) fn open(&self) -> io::Result<Handle> {
        Ok(match self {
            Store::Disk(path, piece) => Handle::Disk(File::open(path)?, Arc::clone(piece)),
            Store::Memory(bytes) => Handle::Memory(Cursor::new(bytes.clone())),
            Store::Window { of, at, bytes } => {
                let mut inner = Box::new(of.open()?);
                inner.seek(SeekFrom::Start(*at))?;
                Handle::Window { inner, at: *at, bytes: *bytes, place: 0 }
            }
        })
    }
}

/// An open archive.
#[derive(Debug)]
pub(super) enum Handle {
    /// A file of the upload.
    Disk(File, Arc<Piece>),
    /// An archive out of an archive.
    Memory(Cursor<Bytes>),
    /// An archive that stands in another one as it is.
    Window {
        /// The other one, at the place.
        inner: Box<Handle>,
        /// Where the archive begins in it.
        at: u64,
        /// Its length.
        bytes: u64,
        /// The place in it.
        place: u64,
    },
}

impl Handle {
    /// Size of the archive in bytes.
    pub(super) fn size(&self) -> io::Result<u64> {
        match self {
            Handle::Disk(file, _) => Ok(file.metadata()?.len()),
            Handle::Memory(bytes) => Ok(bytes.get_ref().as_ref().len() as u64),
            Handle::Window { bytes, .. } => Ok(*bytes),
        }
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Handle::Disk(file, piece) => {
                let read = file.read(buffer)?;
                piece.done(read as u64);
                Ok(read)
            }
            Handle::Memory(bytes) => bytes.read(buffer),
            Handle::Window { inner, bytes, place, .. } => {
                let left = usize::try_from(bytes.saturating_sub(*place)).unwrap_or(usize::MAX);
                let most = left.min(buffer.len());
                let read = inner.read(buffer.get_mut(..most).unwrap_or_default())?;
                *place = place.saturating_add(read as u64);
                Ok(read)
            }
        }
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Handle::Disk(file, _) => file.seek(to),
            Handle::Memory(bytes) => bytes.seek(to),
            Handle::Window { inner, at, bytes, place } => {
                let to = match to {
                    SeekFrom::Start(place) => Some(place),
                    SeekFrom::Current(offset) => place.checked_add_signed(offset),
                    SeekFrom::End(offset) => bytes.checked_add_signed(offset),
                };
                let to = to.ok_or(io::ErrorKind::InvalidInput)?;
                inner.seek(SeekFrom::Start(at.checked_add(to).ok_or(io::ErrorKind::InvalidInput)?))?;
                *place = to;
                Ok(to)
            }
        }
    }
}
