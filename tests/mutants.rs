//! Damaged files by the ten thousand, always the same ones: no reader breaks on one, and none hangs.
//!
//! The seeds are the files of the cases and, where they are at hand, real files. A mutant is told by the
//! name of its seed and its number, which a failure prints.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a test may panic; the switch for tests does not reach shared functions"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use sspr_triage::artifacts::{self, Effort};
use sspr_triage::bundle::{Limits, Member};
use sspr_triage::source::Gap;
use sspr_triage::words::Language;
use sspr_triage::{Options, analyze, wanted};
use walkdir::WalkDir;

/// Mutants of single files.
const MUTANTS: usize = 20_000;
/// Mutants of archives.
const ARCHIVES: usize = 300;
/// The first bytes of a file that are taken. More costs time and shows little.
const HEAD: usize = 256 << 10;
/// A guard against endless loops, and no measure of speed.
const LONGEST: Duration = Duration::from_secs(20);

/// Xorshift: the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    /// The numbers of one mutant.
    fn of(seed: &str, number: usize) -> Self {
        let name = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut numbers = Numbers((name ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1);
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit.max(1)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// A file that mutants are made of.
struct Seed {
    name: String,
    bytes: Vec<u8>,
}

/// All files below a folder, each content once, with those that are archives apart.
fn seeds(folders: &[&str]) -> (Vec<Seed>, Vec<Seed>) {
    let mut by_content = BTreeMap::new();
    for folder in folders {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for file in WalkDir::new(&root).sort_by_file_name().into_iter().flatten() {
            let name = file.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let of_case = folder.starts_with("..") || name.contains("/bundle/");
            if file.file_type().is_file() && of_case {
                by_content.entry(fs::read(file.path()).unwrap()).or_insert(name);
            }
        }
    }
    let is_archive =
        |seed: &Seed| seed.bytes.starts_with(b"PK\x03\x04") || seed.bytes.starts_with(b"\x1f\x8b");
    let seeds = by_content.into_iter().map(|(bytes, name)| Seed { name, bytes });
    let (archives, mut files): (Vec<Seed>, Vec<Seed>) = seeds.partition(is_archive);
    files.iter_mut().for_each(|seed| seed.bytes.truncate(HEAD));
    (files, archives)
}

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers, other: &[u8]) {
    if bytes.is_empty() {
        bytes.extend(&other[..numbers.below(other.len())]);
        return;
    }
    let at = numbers.below(bytes.len());
    match numbers.below(16) {
        0..3 => bytes[at] ^= 1 << numbers.below(8),
        3..6 => {
            // Characters that formats give a meaning to, and ones that are no text.
            bytes[at] = numbers.one_of(b"<>&\"'{}[]()\\/,;:=|-@!#\r\n\t \0\x01\x7f\x80\xc3\xe9\xff\xfe09");
        }
        6..9 => {
            let wide = numbers.below(2) == 0;
            let width = if wide { 4 } else { 2 };
            let lie = numbers.one_of(&[
                0,
                1,
                0x7fff,
                0x8000,
                0xffff,
                0x7fff_ffff,
                0x8000_0000,
                0xffff_fff0,
                u32::MAX,
            ]);
            let at = at - at % width;
            let end = (at + width).min(bytes.len());
            bytes[at..end].copy_from_slice(&lie.to_le_bytes()[..end - at]);
        }
        9..11 => bytes.truncate(at),
        11 => {
            // The start of one file, the rest of another, at a boundary of lines or of words.
            let from = numbers.below(other.len()) & !3;
            bytes.truncate(at & !3);
            bytes.extend(&other[from..]);
        }
        12..14 => {
            let length = (1 << numbers.below(13)).min(bytes.len() - at);
            let range = bytes[at..at + length].to_vec();
            let to = numbers.below(bytes.len());
            let times = 1 + numbers.below(4);
            bytes.splice(to..to, range.repeat(times));
        }
        14 => {
            let length = (1 << numbers.below(13)).min(bytes.len() - at);
            bytes.drain(at..at + length);
        }
        _ => {
            let length = (1 << numbers.below(13)).min(bytes.len() - at);
            let to = numbers.below(bytes.len() - length + 1);
            bytes.copy_within(at..at + length, to);
        }
    }
}

fn is_in_parts(seed: &Seed) -> bool {
    seed.bytes.starts_with(b"ElfFile") || seed.bytes.starts_with(b"regf")
}

/// A mutant of a seed. Most are of its start alone, so that more of them are made in the same time. Of logs
/// and hives, less than one part says nothing.
fn mutant(seeds: &[Seed], seed: &Seed, number: usize) -> Vec<u8> {
    let mut numbers = Numbers::of(&seed.name, number);
    let part = if is_in_parts(seed) { 72 << 10 } else { 8 << 10 };
    let longest = if numbers.below(64) == 0 { HEAD } else { part };
    let mut bytes = seed.bytes.clone();
    bytes.truncate(longest);
    for _ in 0..=numbers.below(4) {
        let other = &seeds[numbers.below(seeds.len())].bytes;
        mutate(&mut bytes, &mut numbers, other);
        bytes.truncate(longest);
    }
    bytes
}

fn broken(gaps: &[Gap]) -> bool {
    gaps.iter().any(|gap| gap.reason.iter().any(|sentence| sentence.key == "gap.file.reader-broke"))
}

#[test]
fn no_reader_breaks_on_a_mutant() {
    let (seeds, _) = seeds(&["fixtures/cases", "../shared/samples"]);
    assert!(seeds.len() > 50, "{} seeds", seeds.len());
    let (logs, others): (Vec<&Seed>, Vec<&Seed>) = seeds.iter().partition(|seed| is_in_parts(seed));
    let wanted = wanted();
    let kinds = (0..MUTANTS)
        .into_par_iter()
        .map(|number| {
            // Logs are many and long, so that the others have their turn more often.
            let of = if number % 8 == 0 { &logs } else { &others };
            let seed = of[(number / 8 * 7 + number % 8) % of.len()];
            let bytes = mutant(&seeds, seed, number);
            let path = seed.name.as_str().into();
            let head = bytes.get(..64 << 10).unwrap_or(&bytes);
            let mut content = bytes.as_slice();
            let member = Member { path: &path, head, content: &mut content, on_disk: None, round: 0 };
            let start = Instant::now();
            let reading = artifacts::read(member, &wanted, &Effort::default());
            let took = start.elapsed();
            assert!(took < LONGEST, "mutant {number} of {} took {took:?}", seed.name);
            assert!(!broken(&reading.gaps), "mutant {number} of {} broke its reader", seed.name);
            reading.content.kind()
        })
        .collect::<Vec<_>>();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    kinds.iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
    eprintln!("{counts:?}");
    // The damage leaves most files what they are, so that the readers are reached.
    assert!(counts.get("event-log").is_some_and(|count| *count > MUTANTS / 20), "{counts:?}");
    assert!(counts.get("not-used").is_none_or(|count| *count < MUTANTS / 2), "{counts:?}");
}

/// Numbers from 0 on, each once, in threads that have a pool of their own each: in one that is shared with other
/// tests or analyses, their work would count as time of this one.
fn in_pools(count: usize, run: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
                let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                numbers.take_while(|number| *number < count).for_each(|number| pool.install(|| run(number)));
            });
        }
    });
}

#[test]
fn no_mutant_of_an_archive_breaks_the_analysis() {
    let (files, archives) = seeds(&["fixtures/cases"]);
    assert!(!archives.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        limits: Limits {
            file_bytes: 16 << 20,
            total_bytes: 64 << 20,
            entries: 1_000,
            ratio: 1_000,
            depth: 3,
            ..Limits::default()
        },
        ..Options::default()
    };
    in_pools(ARCHIVES, |number| {
        let seed = &archives[number % archives.len()];
        let mut numbers = Numbers::of(&seed.name, number);
        let mut bytes = seed.bytes.clone();
        for _ in 0..=numbers.below(3) {
            let other = if numbers.below(2) == 0 { &archives } else { &files };
            let other = &other[numbers.below(other.len())].bytes;
            mutate(&mut bytes, &mut numbers, other);
        }
        let path = folder.path().join(format!("{number}.zip"));
        fs::write(&path, &bytes).unwrap();
        let start = Instant::now();
        let report = analyze(&[&path], &options).unwrap().report(Language::English);
        let took = start.elapsed();
        assert!(took < LONGEST, "mutant {number} of {} took {took:?}", seed.name);
        let gaps = report.gaps.iter().any(|gap| gap.reason.contains("reader of this kind of file broke"));
        assert!(!gaps, "mutant {number} of {} broke a reader", seed.name);
        fs::remove_file(&path).unwrap();
    });
}
