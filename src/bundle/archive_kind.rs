//! Archive kinds, told by their first bytes and never by a name.

/// An archive, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    /// Zip, which Office documents are as well.
    Zip,
    /// Gzip: one file, or a tar.
    Gzip,
    /// Tar with the `ustar` magic of POSIX.1-1988 and GNU.
    Tar,
    /// A kind that is not opened, by its name.
    NotOpened(&'static str),
}

impl ArchiveKind {
    /// Bytes that suffice to tell: the first block of a tar.
    pub(super) const HEAD: u64 = 512;

    /// Tells the archive by its first bytes; `None` is any other file.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        const MAGICS: [(&[u8], ArchiveKind); 11] = [
            (b"PK\x03\x04", ArchiveKind::Zip),
            (b"PK\x05\x06", ArchiveKind::Zip),
            (b"PK\x07\x08PK\x03\x04", ArchiveKind::Zip),
            (b"\x1F\x8B\x08", ArchiveKind::Gzip),
            (b"7z\xBC\xAF\x27\x1C", ArchiveKind::NotOpened("7z")),
            (b"Rar!\x1A\x07", ArchiveKind::NotOpened("RAR")),
            (b"MSCF\0\0\0\0", ArchiveKind::NotOpened("CAB")),
            (b"BZh", ArchiveKind::NotOpened("bzip2")),
            (b"\xFD7zXZ\0", ArchiveKind::NotOpened("xz")),
            (b"\x28\xB5\x2F\xFD", ArchiveKind::NotOpened("Zstandard")),
            (b"MSWIM\0\0\0", ArchiveKind::NotOpened("WIM")),
        ];
        let by_start = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind);
        by_start.or_else(|| (head.get(257..262) == Some(b"ustar")).then_some(ArchiveKind::Tar))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content() {
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\x0000");
        assert_eq!(ArchiveKind::of(&tar), Some(ArchiveKind::Tar));
        assert_eq!(ArchiveKind::of(b"PK\x03\x04\x14\0"), Some(ArchiveKind::Zip));
        assert_eq!(ArchiveKind::of(b"PK\x05\x06\0\0"), Some(ArchiveKind::Zip));
        assert_eq!(ArchiveKind::of(b"\x1F\x8B\x08\0"), Some(ArchiveKind::Gzip));
        assert_eq!(ArchiveKind::of(b"7z\xBC\xAF\x27\x1C\0"), Some(ArchiveKind::NotOpened("7z")));
        assert_eq!(ArchiveKind::of(b"ElfFile\0"), None);
        assert_eq!(ArchiveKind::of(b"PK"), None);
        assert_eq!(ArchiveKind::of(b""), None);
    }
}
