//! Small event logs, byte by byte: just what these tests need, with plain values in every field.
//! Not a general writer: of checksums only that of the records, no string or template tables.

pub(super) const FILE_HEADER: usize = 4096;
pub(super) const CHUNK: usize = 65_536;
/// 2024-05-01T00:00:00Z as `FILETIME`; record n is written n seconds later.
pub(super) const MIDNIGHT: u64 = (1_714_521_600 + 11_644_473_600) * 10_000_000;

fn written(number: u64) -> u64 {
    MIDNIGHT + number * 10_000_000
}

/// One chunk, growing.
pub(super) struct Chunk {
    pub bytes: Vec<u8>,
    first: u64,
    next: u64,
    last_at: usize,
    /// Offset of the first record's template definition.
    definition: Option<usize>,
    /// Elements of a template definition have a dependency number.
    in_template: bool,
    /// How often a template definition shows the text.
    pub repeats: usize,
    /// Value 4 is of the type without a value, and yet takes two bytes.
    pub sized_null: bool,
    /// Where each record starts.
    pub starts: Vec<usize>,
}

impl Chunk {
    pub(super) fn new(first: u64) -> Chunk {
        Chunk {
            bytes: vec![0; 512],
            first,
            next: first,
            last_at: 512,
            definition: None,
            in_template: false,
            repeats: 1,
            sized_null: false,
            starts: Vec::new(),
        }
    }

    /// Adds a record as Windows writes its own: a template instance. Its `EventRecordID` is 1000 more
    /// than its number, as in an export.
    pub(super) fn templated(mut self, provider: &str, id: u16, text: &str) -> Chunk {
        let start = self.open_record();
        self.put(&[0x0f, 1, 1, 0, 0x0c, 1]);
        self.put(&7_u32.to_le_bytes());
        let here = self.bytes.len() + 4;
        let definition = *self.definition.get_or_insert(here);
        self.put(&u32::try_from(definition).unwrap().to_le_bytes());
        if definition == here {
            self.definition(provider);
        }
        let number = self.next - 1;
        let text = utf16(text);
        let null = if self.sized_null { vec![0xee; 2] } else { Vec::new() };
        let values: [(usize, u8, Vec<u8>); 5] = [
            (3, 0x06, id.to_le_bytes().to_vec()),
            (4, 0x00, null),
            (6, 0x11, written(number).to_le_bytes().to_vec()),
            (7, 0x01, text),
            (10, 0x0a, (number + 1000).to_le_bytes().to_vec()),
        ];
        self.put(&11_u32.to_le_bytes());
        for slot in 0..11 {
            let value = values.iter().find(|(at, ..)| *at == slot);
            let (size, kind) = value.map_or((0, 0), |(_, kind, bytes)| (bytes.len(), *kind));
            self.put(&u16::try_from(size).unwrap().to_le_bytes());
            self.put(&[kind, 0]);
        }
        values.iter().for_each(|(_, _, bytes)| self.put(bytes));
        self.close_record(start)
    }

    /// Adds a record as a collector forwards it: elements and text, no template.
    pub(super) fn plain(self, provider: &str, id: u16, text: &str) -> Chunk {
        self.plain_of(&[("Name", provider)], &[], id, text)
    }

    /// The same with all attributes of `Provider` and of `EventID`.
    pub(super) fn plain_of(
        mut self,
        provider: &[(&str, &str)],
        event_id: &[(&str, &str)],
        id: u16,
        text: &str,
    ) -> Chunk {
        let start = self.open_record();
        let record_id = (self.next - 1 + 1000).to_string();
        self.put(&[0x0f, 1, 1, 0]);
        self.element("Event", &[], |chunk| {
            chunk.element("System", &[], |chunk| {
                chunk.element("Provider", provider, |_| {});
                chunk.element("EventID", event_id, |chunk| chunk.text(&id.to_string()));
                chunk.element("TimeCreated", &[("SystemTime", "2024-05-01T00:00:00.0000000Z")], |_| {});
                chunk.element("EventRecordID", &[], |chunk| chunk.text(&record_id));
                chunk.element("Computer", &[], |chunk| chunk.text("dc01.contoso.example"));
            });
            chunk.element("EventData", &[], |chunk| chunk.element("Data", &[], |chunk| chunk.text(text)));
        });
        self.put(&[0]);
        self.close_record(start)
    }

    fn definition(&mut self, provider: &str) {
        self.put(&[0; 20]);
        let size_at = self.bytes.len();
        self.put(&[0; 4]);
        self.in_template = true;
        self.put(&[0x0f, 1, 1, 0]);
        self.element("Event", &[], |chunk| {
            chunk.element("System", &[], |chunk| {
                chunk.element("Provider", &[("Name", provider)], |_| {});
                chunk.element("EventID", &[], |chunk| chunk.put(&[0x0e, 3, 0, 0x06]));
                chunk.time_created();
                chunk.element("EventRecordID", &[], |chunk| chunk.put(&[0x0e, 10, 0, 0x0a]));
                chunk.element("Channel", &[], |chunk| chunk.text("Application"));
                chunk.element("Computer", &[], |chunk| chunk.text("dc01.contoso.example"));
            });
            chunk.element("EventData", &[], |chunk| {
                for _ in 0..chunk.repeats {
                    chunk.element("Data", &[("Name", "Text")], |chunk| chunk.put(&[0x0e, 7, 0, 0x01]));
                }
            });
        });
        self.put(&[0]);
        self.in_template = false;
        self.patch_size(size_at);
    }

    /// Its attribute is value 6.
    fn time_created(&mut self) {
        self.put(&[0x41, 0xff, 0xff]);
        let size_at = self.bytes.len();
        self.put(&[0; 4]);
        self.name("TimeCreated");
        let list_at = self.bytes.len();
        self.put(&[0; 4]);
        self.put(&[0x06]);
        self.name("SystemTime");
        self.put(&[0x0e, 6, 0, 0x11]);
        self.patch_size(list_at);
        self.put(&[0x03]);
        self.patch_size(size_at);
    }

    fn open_record(&mut self) -> usize {
        let start = self.bytes.len();
        self.put(&[0x2a, 0x2a, 0, 0, 0, 0, 0, 0]);
        self.put(&self.next.to_le_bytes());
        self.put(&written(self.next).to_le_bytes());
        self.next += 1;
        self.last_at = start;
        self.starts.push(start);
        start
    }

    fn close_record(mut self, start: usize) -> Chunk {
        self.bytes.resize(self.bytes.len().next_multiple_of(8) + 4, 0);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let size = u32::try_from(self.bytes.len() - start).unwrap().to_le_bytes();
        let end = self.bytes.len();
        self.bytes[start + 4..start + 8].copy_from_slice(&size);
        self.bytes[end - 4..].copy_from_slice(&size);
        self
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Chunk)) {
        self.put(&[if attributes.is_empty() { 0x01 } else { 0x41 }]);
        if self.in_template {
            self.put(&[0xff, 0xff]);
        }
        let size_at = self.bytes.len();
        self.put(&[0; 4]);
        self.name(name);
        if !attributes.is_empty() {
            let list_at = self.bytes.len();
            self.put(&[0; 4]);
            for (number, (name, value)) in attributes.iter().enumerate() {
                self.put(&[if number + 1 < attributes.len() { 0x46 } else { 0x06 }]);
                self.name(name);
                self.text(value);
            }
            self.patch_size(list_at);
        }
        self.put(&[0x02]);
        content(self);
        self.put(&[0x04]);
        self.patch_size(size_at);
    }

    /// A name always stands where it is used.
    fn name(&mut self, name: &str) {
        let here = u32::try_from(self.bytes.len() + 4).unwrap();
        self.put(&here.to_le_bytes());
        self.put(&[0; 6]);
        self.put(&u16::try_from(name.len()).unwrap().to_le_bytes());
        self.put(&utf16(name));
        self.put(&[0; 2]);
    }

    fn text(&mut self, text: &str) {
        self.put(&[0x05, 0x01]);
        let units = u16::try_from(text.encode_utf16().count()).unwrap();
        self.put(&units.to_le_bytes());
        self.put(&utf16(text));
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes how many bytes follow a size field into it.
    fn patch_size(&mut self, at: usize) {
        let size = u32::try_from(self.bytes.len() - at - 4).unwrap();
        self.bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
    }

    /// Writes the header over the records so far. What is added after that stands in free space.
    pub(super) fn sealed(mut self) -> Chunk {
        let used = u32::try_from(self.bytes.len()).unwrap();
        let last_at = u32::try_from(self.last_at).unwrap();
        let header = &mut self.bytes[..512];
        header[..8].copy_from_slice(b"ElfChnk\0");
        for (at, number) in [(8, self.first), (16, self.next - 1), (24, self.first), (32, self.next - 1)] {
            header[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        header[40..44].copy_from_slice(&128_u32.to_le_bytes());
        header[44..48].copy_from_slice(&last_at.to_le_bytes());
        header[48..52].copy_from_slice(&used.to_le_bytes());
        let checksum = evtx::checksum_ieee(&self.bytes[512..]);
        self.bytes[52..56].copy_from_slice(&checksum.to_le_bytes());
        self
    }

    /// Lets the next record have another number than the one that follows.
    pub(super) fn numbered(mut self, next: u64) -> Chunk {
        self.next = next;
        self
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A log of these chunks, all but the last filled up to 64 KiB.
pub(super) fn log(chunks: &[Chunk], next_record: u64) -> Vec<u8> {
    let mut bytes = vec![0; FILE_HEADER];
    bytes[..8].copy_from_slice(b"ElfFile\0");
    bytes[24..32].copy_from_slice(&next_record.to_le_bytes());
    bytes[42..44].copy_from_slice(&u16::try_from(chunks.len()).unwrap().to_le_bytes());
    for (number, chunk) in chunks.iter().enumerate() {
        bytes.resize(FILE_HEADER + number * CHUNK, 0);
        bytes.extend_from_slice(&chunk.bytes);
    }
    bytes
}
