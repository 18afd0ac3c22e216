//! The bundle room as a whole, over uploads that are built here.

use std::fs;
use std::io::{Cursor, Write};

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// SHA-256 of `abc` (FIPS 180-2, appendix B.1) and of nothing.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Replaces every occurrence of some bytes by others of the same length.
fn patch(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let mut found = 0;
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0, "nothing to patch");
}

/// A folder with one file in it.
fn disk(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn content(member: Member<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    member.content.read_to_end(&mut bytes).unwrap();
    assert!(bytes.starts_with(member.head));
    bytes
}

fn read_all(paths: &[&Path], limits: &Limits) -> Bundle<Vec<u8>> {
    read(paths, limits, content).unwrap()
}

fn read_file(name: &str, bytes: &[u8]) -> Bundle<Vec<u8>> {
    read_limited(name, bytes, &Limits::default())
}

fn read_limited(name: &str, bytes: &[u8], limits: &Limits) -> Bundle<Vec<u8>> {
    let (_folder, path) = disk(name, bytes);
    read_all(&[&path], limits)
}

/// Paths and contents as text.
fn texts(bundle: &Bundle<Vec<u8>>) -> Vec<(&str, &str)> {
    bundle.members.iter().map(|m| (&*m.path, std::str::from_utf8(&m.read).unwrap())).collect()
}

fn gaps(bundle: &Bundle<Vec<u8>>) -> Vec<(&str, String)> {
    bundle.gaps.iter().map(|gap| (&*gap.path, gap.said())).collect()
}

/// The only gap is of this path, and says this.
fn assert_one_gap(bundle: &Bundle<Vec<u8>>, path: &str, says: &str) {
    match gaps(bundle).as_slice() {
        [(of, reason)] => assert!(*of == path && reason.contains(says), "{of}: {reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_read_by_its_name() {
    let bundle = read_file("a.reg", b"abc");
    assert_eq!(texts(&bundle), [("a.reg", "abc")]);
    assert_eq!(bundle.inputs, [Input { path: "a.reg".into(), sha256: ABC.into(), bytes: 3 }]);
    assert_eq!((bundle.members[0].bytes, bundle.members[0].sha256.as_deref()), (3, Some(ABC)));
    assert_eq!(gaps(&bundle), []);
}

#[test]
fn an_empty_file_reaches_the_reader() {
    let bundle = read_file("empty", b"");
    assert_eq!(texts(&bundle), [("empty", "")]);
    assert_eq!(bundle.members[0].sha256.as_deref(), Some(NOTHING));
}

#[test]
fn a_folder_is_read_below_its_path_and_hashed_as_sha256sum_prints() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub").join("b"), b"").unwrap();
    fs::write(folder.path().join("a"), b"abc").unwrap();
    let zip = zip_of(&[("inner", b"x")]);
    fs::write(folder.path().join("c.zip"), &zip).unwrap();
    let bundle = read_all(&[folder.path()], &Limits::default());
    assert_eq!(texts(&bundle), [("a", "abc"), ("c.zip!inner", "x"), ("sub/b", "")]);
    let lines = format!("{ABC}  a\n{}  c.zip\n{NOTHING}  sub/b\n", counted::sha256(&zip));
    assert_eq!(bundle.inputs[0].sha256, counted::sha256(lines.as_bytes()));
    assert_eq!(bundle.inputs[0].bytes, 3 + zip.len() as u64);
}

#[test]
fn several_paths_are_told_apart() {
    let (_one, first) = disk("logs.zip", &zip_of(&[("a", b"1")]));
    let (_two, second) = disk("logs.zip", &zip_of(&[("a", b"2")]));
    let folder = TempDir::new().unwrap();
    let third = folder.path().join("dc01");
    fs::create_dir(&third).unwrap();
    fs::write(third.join("a"), b"3").unwrap();
    let bundle = read_all(&[&first, &second, &third], &Limits::default());
    assert_eq!(texts(&bundle), [("dc01/a", "3"), ("logs.zip (2)!a", "2"), ("logs.zip!a", "1")]);
    let labels: Vec<_> = bundle.inputs.iter().map(|input| input.path.as_str()).collect();
    assert_eq!(labels, ["logs.zip", "logs.zip (2)", "dc01"]);
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    let error = read(&[&missing], &Limits::default(), |_| ()).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
    let bundle = read_all(&[folder.path()], &Limits::default());
    assert_eq!(texts(&bundle), []);
    assert_one_gap(&bundle, "link", "It is a link");
}

#[test]
fn archives_in_archives_are_opened_by_content() {
    let inner = zip_of(&[("Application.evtx", b"log")]);
    let tarred = gzip(&tar_of(&[("x/a", b"1"), ("inner", &inner)]));
    let outer =
        zip_of(&[("logs/inner.bin", &inner), ("t", &tarred), ("b.gz", &gzip(b"2")), ("z.zip", b"no")]);
    let bundle = read_file("case.zip", &outer);
    assert_eq!(
        texts(&bundle),
        [
            ("case.zip!b.gz!b", "2"),
            ("case.zip!logs/inner.bin!Application.evtx", "log"),
            ("case.zip!t!inner!Application.evtx", "log"),
            ("case.zip!t!x/a", "1"),
            ("case.zip!z.zip", "no"),
        ]
    );
    assert_eq!(gaps(&bundle), []);
    assert_eq!(bundle.inputs[0].sha256, counted::sha256(&outer));
}

#[test]
fn a_plain_tar_and_its_long_names_are_read() {
    let long = format!("{}/a", "folder".repeat(30));
    let bundle = read_file("a.tar", &tar_of(&[(&long, b"1"), ("b", b"2")]));
    let path = format!("a.tar!{long}");
    assert_eq!(texts(&bundle), [("a.tar!b", "2"), (path.as_str(), "1")]);
    assert_eq!(gaps(&bundle), []);
}

#[test]
fn names_without_the_utf8_flag_are_decoded() {
    let mut zip = zip_of(&[("NNNNNNNN/a.evtx", b"1"), ("UUUUUUUUU.reg", b"2")]);
    // イベント in code page 932, and ログオ in UTF-8; the writer sets no flag for plain ASCII.
    patch(&mut zip, b"NNNNNNNN", b"\x83\x43\x83\x78\x83\x93\x83\x67");
    patch(&mut zip, b"UUUUUUUUU", "ログオ".as_bytes());
    let bundle = read_file("a.zip", &zip);
    assert_eq!(texts(&bundle), [("a.zip!イベント/a.evtx", "1"), ("a.zip!ログオ.reg", "2")]);
}

#[test]
fn names_that_point_outside_are_changed_and_read() {
    let bundle = read_file("a.zip", &zip_of(&[("../x", b"1"), (r"C:\y", b"2"), (r"d\z", b"3")]));
    assert_eq!(texts(&bundle), [("a.zip!d/z", "3"), ("a.zip!x", "1"), ("a.zip!y", "2")]);
    let of: Vec<_> = gaps(&bundle).iter().map(|(path, _)| *path).collect();
    assert_eq!(of, ["a.zip!x", "a.zip!y"]);
}

#[test]
fn members_of_the_same_name_are_both_read() {
    let mut zip = zip_of(&[("a.txt", b"1"), ("b.txt", b"2")]);
    patch(&mut zip, b"b.txt", b"a.txt");
    assert_eq!(texts(&read_file("a.zip", &zip)), [("a.zip!a.txt", "1"), ("a.zip!a.txt (2)", "2")]);
}

#[test]
fn archives_of_other_kinds_are_named() {
    let bundle = read_file("logs", b"7z\xBC\xAF\x27\x1C\0\x04");
    assert_one_gap(&bundle, "logs", "of the kind 7z");
    let inside = read_file("a.zip", &zip_of(&[("r", b"Rar!\x1A\x07\x01\0")]));
    assert_one_gap(&inside, "a.zip!r", "of the kind RAR");
}

fn encrypted_and_open() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let secret = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "パスワード");
    writer.start_file("s", secret).unwrap();
    writer.write_all(b"1").unwrap();
    writer.start_file("open", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn with_passwords(lines: &str) -> Limits {
    Limits { passwords: Passwords::from_lines(lines), ..Limits::default() }
}

#[test]
fn an_encrypted_member_is_a_gap_that_asks_for_the_password() {
    let bundle = read_file("a.zip", &encrypted_and_open());
    assert_eq!(texts(&bundle), [("a.zip!open", "")]);
    assert_one_gap(&bundle, "a.zip!s", "--password-file");
}

#[test]
fn passwords_are_tried_in_order_and_a_wrong_one_is_told() {
    let right = read_limited("a.zip", &encrypted_and_open(), &with_passwords("x\nパスワード\n"));
    assert_eq!(texts(&right), [("a.zip!open", ""), ("a.zip!s", "1")]);
    assert_eq!(gaps(&right), []);
    let wrong = read_limited("a.zip", &encrypted_and_open(), &with_passwords("x\npassword"));
    assert_eq!(texts(&wrong), [("a.zip!open", "")]);
    assert_one_gap(&wrong, "a.zip!s", "none of the passwords");
}

/// What Info-ZIP 3.0 wrote of a file `s.txt` with `abc` in it and the password `secret`.
const INFO_ZIP: &str = "504b03040a00090000000060455dc24124350f0000000300000005000000732e747874cc5e4ec996dc3657f54903d6\
    61f744504b0708c24124350f00000003000000504b01021e030a00090000000060455dc24124350f0000000300000005000000000000\
    0001000000a48100000000732e747874504b0506000000000100010033000000420000000000";

#[test]
fn the_old_encryption_is_opened_by_the_right_password_only() {
    let digits = |at: usize| u8::from_str_radix(&INFO_ZIP[at..at + 2], 16).unwrap();
    let zip: Vec<u8> = (0..INFO_ZIP.len()).step_by(2).map(digits).collect();
    // `wrong1` passes the one byte that this encryption checks, so only the content tells.
    let right = read_limited("a.zip", &zip, &with_passwords("wrong1\nsecret"));
    assert_eq!((texts(&right), gaps(&right)), (vec![("a.zip!s.txt", "abc")], vec![]));
    assert_one_gap(
        &read_limited("a.zip", &zip, &with_passwords("wrong1\nwrong2")),
        "a.zip!s.txt",
        "none of the passwords",
    );
    // In an archive of its own inside another.
    let nested = read_limited("b.zip", &zip_of(&[("a.zip", &zip)]), &with_passwords("secret"));
    assert_eq!(texts(&nested), [("b.zip!a.zip!s.txt", "abc")]);
}

#[test]
fn an_archive_inside_an_encrypted_member_is_opened() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let secret = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes128, "p");
    writer.start_file("inner.zip", secret).unwrap();
    writer.write_all(&zip_of(&[("x", b"1")])).unwrap();
    let bundle = read_limited("a.zip", &writer.finish().unwrap().into_inner(), &with_passwords("p"));
    assert_eq!((texts(&bundle), gaps(&bundle)), (vec![("a.zip!inner.zip!x", "1")], vec![]));
}

#[test]
fn too_many_tries_of_passwords_are_a_gap() {
    let many: String = (0..10_001).map(|n| format!("{n}\n")).collect();
    let bundle = read_limited("a.zip", &encrypted_and_open(), &with_passwords(&many));
    assert_one_gap(&bundle, "a.zip!s", "was not tried");
}

/// A zip of empty files, without the work of a writer.
fn zip_of_names(names: impl Iterator<Item = String>) -> Vec<u8> {
    let (mut files, mut list, mut count) = (Vec::new(), Vec::new(), 0_u32);
    for name in names {
        let length = (name.len() as u16).to_le_bytes();
        list.extend([b"PK\x01\x02\x14\0\x14\0".as_slice(), &[0; 20], &length, &[0; 12]].concat());
        list.extend((files.len() as u32).to_le_bytes());
        list.extend(name.as_bytes());
        files.extend([b"PK\x03\x04\x14\0".as_slice(), &[0; 20], &length, &[0; 2], name.as_bytes()].concat());
        count += 1;
    }
    let start = files.len() as u32;
    let entries = (count.min(0xffff) as u16).to_le_bytes();
    let size = (list.len() as u32).to_le_bytes();
    let mut zip = [files, list].concat();
    if count >= 0xffff {
        let wide = |number: u32| u64::from(number).to_le_bytes();
        let at = wide(zip.len() as u32);
        zip.extend([b"PK\x06\x06".as_slice(), &wide(44), &[45, 0, 45, 0], &[0; 8]].concat());
        zip.extend([wide(count), wide(count), wide(u32::from_le_bytes(size)), wide(start)].concat());
        zip.extend([b"PK\x06\x07".as_slice(), &[0; 4], &at, &[1, 0, 0, 0]].concat());
    }
    zip.extend(
        [b"PK\x05\x06".as_slice(), &[0; 4], &entries, &entries, &size, &start.to_le_bytes(), &[0; 2]]
            .concat(),
    );
    zip
}

#[test]
fn a_hundred_thousand_entries_are_read_and_one_more_is_not() {
    let zip = zip_of_names((0..100_000).map(|n| format!("{n:06}")));
    // The archive itself is an entry.
    let bundle = read_in_memory("a.zip", zip, &Limits::default(), content);
    assert_eq!(bundle.members.len(), 99_999);
    assert_eq!(&*bundle.members[99_998].path, "a.zip!099998");
    assert_one_gap(&bundle, "a.zip", "--max-entries");
}

#[test]
fn thousands_of_members_of_one_name_are_told_apart() {
    let zip = zip_of_names((0..20_000).map(|_| "x".to_owned()));
    let bundle = read_in_memory("a.zip", zip, &Limits::default(), content);
    assert_eq!((bundle.members.len(), gaps(&bundle)), (20_000, vec![]));
    assert!(bundle.members.iter().any(|member| &*member.path == "a.zip!x (20000)"));
}

#[test]
fn names_in_code_page_437_are_decoded() {
    let mut zip = zip_of(&[("GrNNe.reg", b"1")]);
    patch(&mut zip, b"GrNNe", b"Gr\x94\xE1e");
    assert_eq!(texts(&read_file("a.zip", &zip)), [("a.zip!Größe.reg", "1")]);
}

#[test]
fn a_nested_bomb_stops_at_the_total() {
    // Ten archives of ten files of 5 MiB: 500 MiB out of some hundred KiB.
    let zeros = vec![0; 5 << 20];
    let names: Vec<String> = (0..10).map(|n| format!("{n}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
    let inner = zip_of(&files);
    let inners: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), inner.as_slice())).collect();
    let (_folder, path) = disk("a.zip", &zip_of(&inners));
    let limits = Limits { total_bytes: 32 << 20, ratio: 10_000, ..Limits::default() };
    let bundle = read(&[&path], &limits, |member: Member<'_>| member.head.len()).unwrap();
    let read: u64 = bundle.members.iter().map(|member| member.bytes).sum();
    assert_eq!((read, bundle.gaps.len()), (30 << 20, 94));
    let total = |gap: &Gap| gap.said().contains("--max-total-bytes");
    assert!(bundle.gaps.iter().all(total), "{:?}", bundle.gaps);
}

#[test]
fn an_upload_in_memory_is_read_like_a_file() {
    let zip = zip_of(&[("a", b"abc"), ("../b", b"d")]);
    for (name, bytes) in
        [("a.zip", zip.as_slice()), ("a.reg", b"abc"), ("a.gz", &gzip(b"abc")), ("empty", b"")]
    {
        let from_disk = read_file(name, bytes);
        let from_memory = read_in_memory(name, bytes.to_vec(), &Limits::default(), content);
        assert_eq!(format!("{from_disk:?}"), format!("{from_memory:?}"));
    }
    let limits = Limits { total_bytes: 2, ..Limits::default() };
    assert_one_gap(&read_in_memory("a", b"abc".to_vec(), &limits, content), "a", "--max-total-bytes");
    let limits = Limits { entries: 0, ..Limits::default() };
    assert_one_gap(&read_in_memory("a", b"abc".to_vec(), &limits, content), "a", "--max-entries");
}

#[test]
fn a_compression_that_is_not_known_is_a_gap() {
    let mut zip = zip_of(&[("a", b"abc"), ("b", b"def")]);
    // Method 14 is LZMA; the method stands at byte 8 of a local header and 10 of the directory's.
    for (magic, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let header = zip.windows(4).position(|window| window == magic).unwrap();
        zip[header + at..header + at + 2].copy_from_slice(&14u16.to_le_bytes());
    }
    let bundle = read_file("a.zip", &zip);
    assert_eq!(texts(&bundle), [("a.zip!b", "def")]);
    assert_one_gap(&bundle, "a.zip!a", "Compress-Archive");
}

#[test]
fn links_in_archives_are_gaps() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert_one_gap(&read_file("a.zip", &writer.finish().unwrap().into_inner()), "a.zip!link", "It is a link");
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "link", "/etc/passwd").unwrap();
    assert_one_gap(&read_file("a.tar", &builder.into_inner().unwrap()), "a.tar!link", "It is a link");
}

/// As programs write that send a zip on while they make it: checksum and sizes stand behind each member.
fn streamed_zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn noise(bytes: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_zip_that_was_cut_short_keeps_what_is_there() {
    let (noise, text) = (noise(60_000), b"text ".repeat(9_000));
    let inner = zip_of(&[("c", b"deep")]);
    let files: [(&str, &[u8]); 5] =
        [("a", b"1"), ("sub/", b""), ("sub/b", &text), ("inner.zip", &inner), ("noise", &noise)];
    for zip in [zip_of(&files), streamed_zip_of(&files)] {
        // The last 22 bytes say where the list begins, in four that six stand behind or are of.
        let list = u32::from_le_bytes(zip[zip.len() - 6..zip.len() - 2].try_into().unwrap()) as usize;
        for (cut, is_whole) in [(zip.len() - 1, true), (list, true), (list - 30_000, false)] {
            let bundle = read_file("a.zip", &zip[..cut]);
            let paths: Vec<_> = bundle.members.iter().map(|member| &*member.path).collect();
            assert_eq!(paths, ["a.zip!a", "a.zip!inner.zip!c", "a.zip!noise", "a.zip!sub/b"], "{cut}");
            let read = |n: usize| bundle.members[n].read.as_slice();
            assert_eq!((read(0), read(1), read(3)), (&b"1"[..], &b"deep"[..], text.as_slice()));
            assert!(noise.starts_with(read(2)) && (read(2).len() == noise.len()) == is_whole);
            let of: Vec<_> = gaps(&bundle).iter().map(|(path, _)| *path).collect();
            assert_eq!(of, if is_whole { vec!["a.zip"] } else { vec!["a.zip", "a.zip!noise"] }, "{cut}");
            let says = "5 files and folders. Others may be missing. Ask for the files to be zipped";
            assert!(gaps(&bundle)[0].1.contains(says), "{:?}", gaps(&bundle));
        }
    }
}

#[test]
fn a_gzip_names_no_folder_above() {
    for (name, inside) in [("a.gz", "a"), ("...gz", "content"), (".gz", "content"), ("..a.gz", "..a")] {
        assert_eq!(texts(&read_file(name, &gzip(b"abc"))), [(&*format!("{name}!{inside}"), "abc")]);
    }
}

#[test]
fn a_zip_that_is_cut_in_its_first_header_asks_for_another_upload() {
    let zip = zip_of(&[("a", b"abc"), ("b", b"def")]);
    let bundle = read_file("a.zip", &zip[..29]);
    assert_eq!(texts(&bundle), []);
    assert_one_gap(&bundle, "a.zip", "Ask for the files to be zipped and uploaded again.");
}

#[test]
fn an_encrypted_member_of_a_cut_zip_is_opened_by_its_password() {
    let zip = encrypted_and_open();
    let bundle = read_limited("a.zip", &zip[..zip.len() - 1], &with_passwords("パスワード\n"));
    let whole = read_limited("a.zip", &zip, &with_passwords("パスワード\n"));
    assert_eq!(texts(&bundle), texts(&whole), "{:?}", gaps(&bundle));
}

#[test]
fn a_tar_gz_that_was_cut_short_keeps_what_is_there() {
    let noise = noise(60_000);
    let tar = gzip(&tar_of(&[("a", b"1"), ("b", &noise)]));
    let bundle = read_file("a.tgz", &tar[..tar.len() / 2]);
    let paths: Vec<_> = bundle.members.iter().map(|member| &*member.path).collect();
    assert_eq!(paths, ["a.tgz!a", "a.tgz!b"]);
    assert!(noise.starts_with(&bundle.members[1].read) && bundle.members[1].read.len() < noise.len());
    let of: Vec<_> = gaps(&bundle).iter().map(|(path, _)| *path).collect();
    assert_eq!(of, ["a.tgz", "a.tgz!b"]);
}

#[test]
fn a_wrong_checksum_is_a_gap_and_the_content_was_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("a", stored).unwrap();
    writer.write_all(b"content").unwrap();
    let mut zip = writer.finish().unwrap().into_inner();
    patch(&mut zip, b"content", b"cantent");
    let bundle = read_file("a.zip", &zip);
    assert_eq!(texts(&bundle), [("a.zip!a", "cantent")]);
    assert_one_gap(&bundle, "a.zip!a", "It is damaged");
    assert_eq!(bundle.gaps[0].place, Place::Offset(7));
}

#[test]
fn an_empty_zip_is_a_gap() {
    assert_one_gap(&read_file("a.zip", &zip_of(&[])), "a.zip", "The zip archive is empty");
}

#[test]
fn a_file_over_its_limit_is_read_up_to_it() {
    let limits = Limits { file_bytes: 3, ..Limits::default() };
    let bundle = read_limited("a.zip", &zip_of(&[("a", b"abc"), ("b", b"abcd")]), &limits);
    assert_eq!(texts(&bundle), [("a.zip!a", "abc"), ("a.zip!b", "abc")]);
    assert_one_gap(&bundle, "a.zip!b", "--max-file-bytes");
}

#[test]
fn files_over_the_total_are_left_out_in_order_of_path() {
    let limits = Limits { total_bytes: 5, ..Limits::default() };
    let files: [(&str, &[u8]); 3] = [("c", b"333"), ("b", b"22"), ("a", b"111")];
    for bytes in [zip_of(&files), tar_of(&[files[2], files[1], files[0]])] {
        let bundle = read_limited("f", &bytes, &limits);
        assert_eq!(texts(&bundle), [("f!a", "111"), ("f!b", "22")]);
        assert_one_gap(&bundle, "f!c", "--max-total-bytes");
    }
}

#[test]
fn a_bomb_stops_at_its_ratio() {
    let limits = Limits { ratio: 10, ..Limits::default() };
    let zeros = vec![0; 6 << 20];
    let zipped = read_limited("a.zip", &zip_of(&[("bomb", &zeros), ("small", &zeros[..4 << 20])]), &limits);
    let sizes: Vec<_> = zipped.members.iter().map(|member| member.bytes).collect();
    assert_eq!(sizes, [4 << 20, 4 << 20]);
    assert_one_gap(&zipped, "a.zip!bomb", "--max-ratio");
    let gzipped = read_limited("a.gz", &gzip(&zeros), &limits);
    assert_eq!(gzipped.members[0].bytes, 4 << 20);
    assert_one_gap(&gzipped, "a.gz!a", "--max-ratio");
}

#[test]
fn entries_are_limited() {
    let limits = Limits { entries: 3, ..Limits::default() };
    let files: [(&str, &[u8]); 3] = [("a", b"1"), ("b", b"2"), ("c", b"3")];
    for bytes in [zip_of(&files), tar_of(&files)] {
        // The archive itself is an entry.
        let bundle = read_limited("f", &bytes, &limits);
        assert_eq!(texts(&bundle), [("f!a", "1"), ("f!b", "2")]);
        assert_one_gap(&bundle, "f", "--max-entries");
    }
}

#[test]
fn nesting_is_limited() {
    let limits = Limits { depth: 1, ..Limits::default() };
    let two = zip_of(&[("two.zip", &zip_of(&[("a", b"1")]))]);
    assert_eq!(texts(&read_limited("one.zip", &two, &limits)), [("one.zip!two.zip!a", "1")]);
    let three = read_limited("zero.zip", &zip_of(&[("one.zip", &two)]), &limits);
    assert_eq!(texts(&three), []);
    assert_one_gap(&three, "zero.zip!one.zip!two.zip", "--max-depth");
}

#[test]
fn members_that_share_bytes_are_not_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"abc").unwrap();
    writer.shallow_copy_file("a", "b").unwrap();
    let bundle = read_file("a.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(texts(&bundle), []);
    assert_one_gap(&bundle, "a.zip", "share the same bytes");
}

#[test]
fn a_size_that_lies_bounds_the_reading() {
    let mut zip = zip_of(&[("a", &[b'x'; 500])]);
    let directory = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[directory + 24..directory + 28].copy_from_slice(&10u32.to_le_bytes());
    let bundle = read_file("a.zip", &zip);
    assert_eq!(texts(&bundle), [("a.zip!a", "xxxxxxxxxx")]);
    assert_one_gap(&bundle, "a.zip!a", "its size or its checksum");
}

/// A zip with a text, an archive of each kind, and text behind them.
fn nest() -> Vec<u8> {
    let inner = zip_of(&[("b/c.txt", b"of the inner zip"), ("d.txt", &[b'd'; 5_000])]);
    zip_of(&[
        ("z-first.txt", b"first"),
        ("inner.zip", &zip_of(&[("deeper.zip", &inner), ("e.txt", b"e")])),
        ("a.tar.gz", &gzip(&tar_of(&[("f.txt", b"f"), ("g.zip", &inner), ("h.txt", b"h")]))),
        ("i.zip.gz", &gzip(&inner)),
        ("last.txt", b"last"),
    ])
}

fn stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file(name, options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_archive_that_is_not_held_is_read_all_the_same() {
    let nest = nest();
    for (name, upload) in [
        ("a.zip", zip_of(&[("nest.zip", &nest), ("other.txt", b"other")])),
        ("stored.zip", stored("nest.zip", &nest)),
        ("stored-twice.zip", stored("twice.zip", &stored("nest.zip", &nest))),
        ("a.tar", tar_of(&[("before.txt", b"before"), ("nest.zip", &nest), ("behind.txt", b"behind")])),
        (
            "a.tgz",
            gzip(&tar_of(&[("before.txt", b"before"), ("nest.zip", &nest), ("behind.txt", b"behind")])),
        ),
        ("nest.zip.gz", gzip(&nest)),
        (
            "deep.zip",
            zip_of(&[("a.tgz", &gzip(&tar_of(&[("x", b"x"), ("b.zip", &zip_of(&[("nest.zip", &nest)]))])))]),
        ),
    ] {
        let held = read_file(name, &upload);
        assert!(held.members.len() >= 9, "{name}: {:?}", texts(&held));
        assert_eq!(gaps(&held), [], "{name}");
        let limits = Limits { held_bytes: 0, ..Limits::default() };
        let again = read_limited(name, &upload, &limits);
        assert_eq!(texts(&again), texts(&held), "{name}");
        assert_eq!(gaps(&again), [], "{name}");
        let hashes = |bundle: &Bundle<Vec<u8>>| -> Vec<_> {
            bundle.members.iter().map(|member| (member.bytes, member.sha256.clone())).collect()
        };
        assert_eq!(hashes(&again), hashes(&held), "{name}");
    }
}

#[test]
fn damage_in_an_archive_that_is_not_held_is_survived_and_told() {
    let upload = gzip(&tar_of(&[("nest.zip", &nest()), ("behind.txt", b"behind")]));
    let whole = read_file("a.tgz", &upload).members.len();
    let tar = tar_of(&[("nest.zip", &nest()), ("behind.txt", b"behind")]);
    let limits = Limits { held_bytes: 0, ..Limits::default() };
    for at in (600..tar.len()).step_by(37) {
        let mut damaged = tar.clone();
        damaged[at] ^= 0x55;
        let bundle = read_limited("a.tar", &damaged, &limits);
        assert!(bundle.members.len() == whole || !bundle.gaps.is_empty(), "damage at {at} is not told");
        assert!(
            bundle.members.iter().any(|member| &*member.path == "a.tar!behind.txt") || at > tar.len() - 2048
        );
    }
}

#[test]
fn a_deep_nest_of_archives_ends() {
    let mut bytes = b"core".to_vec();
    for _ in 0..12 {
        bytes = gzip(&bytes);
    }
    let bundle = read_file("a.gz", &bytes);
    assert_eq!(texts(&bundle), []);
    assert!(gaps(&bundle).iter().any(|(_, reason)| reason.contains("--max-depth")), "{:?}", gaps(&bundle));
}

#[test]
fn damage_anywhere_is_survived_and_told() {
    let inner = zip_of(&[("x", b"some text, some text"), ("y/../z", b"2")]);
    let zip = zip_of(&[("a", b"some text, some text, some text"), ("inner.zip", &inner), ("b", b"3")]);
    let tar = tar_of(&[("a", b"some text"), (&"long".repeat(40), b"2"), ("inner.zip", &inner)]);
    let limits = Limits::default();
    let mut random = 1u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let whole = [(zip, ArchiveKind::Zip, 4), (gzip(&tar), ArchiveKind::Gzip, 4), (tar, ArchiveKind::Tar, 4)];
    for (bytes, kind, members) in &whole {
        for round in 0..400 {
            let mut damaged = bytes.clone();
            for _ in 0..round % 4 {
                let at = next(damaged.len());
                damaged[at] = next(256) as u8;
            }
            let mut opening = Opening::new(&content, &limits, Progress::default());
            opening.read_archive(&"a".into(), &Store::Memory(store::Bytes::new(damaged.clone())), *kind, 0);
            assert!(opening.members.len() <= 8);
            if damaged == *bytes {
                // One name points outside its archive, which is a gap, and nothing else is.
                assert_eq!((opening.members.len(), opening.gaps.len()), (*members, 1), "{:?}", opening.gaps);
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let inner = zip_of(&[("x", b"1"), ("y", b"22"), ("../z", b"333")]);
    let files: Vec<(String, &[u8])> =
        (0..40).map(|n| (format!("f{n}"), if n % 5 == 0 { inner.as_slice() } else { b"abcd" })).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let (_folder, path) = disk("a.zip", &zip_of(&files));
    let limits = Limits { total_bytes: 2_000, ..Limits::default() };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        format!("{:?}", pool.install(|| read_all(&[&path], &limits)))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert!(one.contains("gap.bundle.larger-in-all") && one.contains("a.zip!f0!x"));
}

#[test]
fn progress_ends_where_the_bytes_on_the_disk_end() {
    let inner = zip_of(&[("x", b"1"), ("../z", b"333")]);
    let large = vec![7; (disk::LARGE_BYTES + 9) as usize];
    let folder = tempfile::tempdir().unwrap();
    let zip = zip_of(&[("a", b"some text"), ("inner.zip", &inner), ("large", &large)]);
    for (name, bytes) in [
        ("a.zip", &zip),
        ("b.tar.gz", &gzip(&tar_of(&[("a", b"some text")]))),
        ("c.rar", &b"Rar!\x1a\x07\x01\x00 and more".to_vec()),
        ("d.txt", &b"some text".to_vec()),
        ("e.bin", &large),
        ("f.zip", &zip[..zip.len() / 2].to_vec()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let bytes: u64 =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    for total_bytes in [Limits::default().total_bytes, 20] {
        let (progress, limits) = (Progress::default(), Limits { total_bytes, ..Limits::default() });
        let steps = std::sync::Mutex::new(Vec::new());
        let read = |member: Member<'_>| {
            let _ = io::copy(member.content, &mut io::sink());
            steps.lock().unwrap().push(progress.done());
        };
        read_counting(&[folder.path()], &limits, &progress, read).unwrap();
        assert_eq!((progress.known(), progress.done()), (bytes, bytes), "{total_bytes}");
        let steps = steps.into_inner().unwrap();
        assert!(steps.iter().any(|done| (1..bytes).contains(done)), "it moves on the way: {steps:?}");
    }
}

#[test]
fn a_second_look_opens_what_is_asked_for_and_nothing_else() {
    let inner = zip_of(&[("deep.txt", b"deep"), ("other.txt", b"other")]);
    let zip = zip_of(&[("inner.zip", &inner), ("inner.zip2", b"beside"), ("a.txt", b"abc")]);
    let tar = gzip(&tar_of(&[("one", b"1"), ("two", b"2"), ("three", b"3")]));
    let (folder, _) = disk("case.zip", &zip);
    fs::write(folder.path().join("logs.tgz"), tar).unwrap();
    fs::write(folder.path().join("plain.txt"), "plain").unwrap();
    fs::write(folder.path().join("note.gz"), gzip(b"note")).unwrap();
    let paths = [folder.path()];
    let all = read(&paths, &Limits::default(), content).unwrap();
    let asked = |ends: &[&str]| {
        let wanted = all.members.iter().map(|member| &member.path);
        let only: BTreeSet<BundlePath> =
            wanted.filter(|path| ends.iter().any(|end| path.ends_with(end))).cloned().collect();
        let opened = std::sync::Mutex::new(Vec::new());
        let again = read_again(&paths, &Limits::default(), &only, |member: Member<'_>| {
            opened.lock().unwrap().push(member.path.to_string());
            content(member)
        });
        let again: Vec<Vec<u8>> = again.unwrap().into_iter().map(|member| member.read).collect();
        assert_eq!(opened.into_inner().unwrap().len(), only.len(), "{ends:?}");
        again.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(all.members.len(), 9);
    assert_eq!(asked(&["deep.txt"]), ["deep"]);
    assert_eq!(asked(&["!two", "plain.txt", "a.txt"]), ["abc", "2", "plain"]);
    assert_eq!(asked(&["inner.zip2", "!note"]), ["beside", "note"]);
    assert_eq!(asked(&["no such file"]), [""; 0]);
}

#[test]
fn rounds_follow_the_order_of_the_paths_whatever_the_threads() {
    let names: Vec<String> = (0..600).map(|number| format!("{number:03}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"a".as_slice())).collect();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("files.zip"), zip_of(&files)).unwrap();
    for name in &names {
        fs::write(folder.path().join(name), "a").unwrap();
    }
    let rounds = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let paths = [folder.path()];
        let bundle = pool.install(|| read(&paths, &Limits::default(), |member| member.round)).unwrap();
        let mut rounds: Vec<_> =
            bundle.members.iter().map(|member| (member.read, member.path.clone())).collect();
        rounds.sort();
        rounds.iter().map(|(round, path)| (*round, path.contains('!'))).collect::<Vec<_>>()
    };
    // 600 files of the folder are 256, 256 and 88, and so are those of the archive, which is opened after them.
    let expected: Vec<(u64, bool)> = [(1, 256), (2, 256), (3, 88), (4, 256), (5, 256), (6, 88)]
        .into_iter()
        .flat_map(|(round, count)| std::iter::repeat_n((round, round > 3), count))
        .collect();
    assert_eq!(rounds(1), expected);
    assert_eq!(rounds(3), expected);
}
