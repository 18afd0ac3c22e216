//! The program is offline by construction, and writes nothing but its report.
//!
//! Three ways to see it: no crate that could open a connection is in the tree, with the list and the licences
//! of `deny.toml`; the program does its work in a network namespace without a network; and the calls that it
//! makes of the system are those of a reader. The last two need tools of Linux, and say so where they are not
//! there. What the source itself may name is in `tests/architecture.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may panic, and starts the program to look at it"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use toml::{Table, Value};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_sspr-triage");
const CASE: &str = "fixtures/cases/remote-sam/flat-tarball/bundle";

fn table(file: &str) -> Table {
    fs::read_to_string(Path::new(ROOT).join(file)).unwrap().parse().unwrap()
}

fn texts(value: &Value, key: &str) -> BTreeSet<String> {
    let entries = value.as_array().expect("a list").iter();
    entries.map(|entry| entry.get(key).unwrap_or(entry).as_str().expect("a text").to_owned()).collect()
}

fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

#[test]
fn no_crate_of_the_network_is_in_the_tree() {
    let banned = texts(&table("deny.toml")["bans"]["deny"], "crate");
    assert!(banned.len() > 40 && banned.contains("socket2"), "{banned:?}");
    let lock = table("Cargo.lock");
    let packages = texts(&lock["package"], "name");
    assert!(packages.contains("evtx") && packages.len() > 100);
    let found: Vec<_> = packages.intersection(&banned).collect();
    assert!(found.is_empty(), "in Cargo.lock and banned by deny.toml: {found:?}");
    for package in lock["package"].as_array().unwrap() {
        let from = package.get("source").and_then(Value::as_str).unwrap_or("");
        let known = from.is_empty() || from == "registry+https://github.com/rust-lang/crates.io-index";
        assert!(known, "{from} is no source that deny.toml allows");
    }
}

/// A crate's licence can be chosen where it offers several with `OR`; of `AND` it demands all.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = licence.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|choice| choice.split(" AND ").all(|one| allowed.contains(one.trim())))
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let allowed = texts(&table("deny.toml")["licenses"]["allow"], "");
    assert!(is_allowed("GPL-3.0 OR MIT", &allowed) && is_allowed("Zlib/MIT", &allowed));
    assert!(!is_allowed("GPL-3.0", &allowed) && !is_allowed("MIT AND GPL-3.0", &allowed));
    let version = Command::new("rustc").arg("-vV").output();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    let Some(host) = version.lines().find_map(|line| line.strip_prefix("host: ")) else {
        return skipped("rustc does not say which platform this is");
    };
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host])
        .current_dir(ROOT)
        .output()
        .unwrap();
    if !metadata.status.success() {
        return skipped("cargo has not downloaded every crate of this platform");
    }
    let metadata: Json = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str().unwrap_or("none"));
        assert!(is_allowed(licence, &allowed), "{name} is licensed under {licence}");
    }
}

#[test]
fn the_program_works_where_there_is_no_network() {
    let alone = |arguments: &[&str]| {
        Command::new("unshare").args(["--map-root-user", "--net"]).args(arguments).current_dir(ROOT).output()
    };
    if !alone(&["true"]).is_ok_and(|out| out.status.success()) {
        return skipped("this system has no unshare, or does not permit a namespace of one's own");
    }
    let with = Command::new(PROGRAM).args(["analyze", CASE]).current_dir(ROOT).output().unwrap();
    let without = alone(&[PROGRAM, "analyze", CASE]).unwrap();
    assert_eq!(with.status.code(), Some(0));
    assert_eq!((with.stdout, with.stderr), (without.stdout, without.stderr));
}

/// Calls that change a file system, or that make a connection or a process.
const FORBIDDEN: [&str; 40] = [
    "socket",
    "socketpair",
    "connect",
    "accept",
    "accept4",
    "bind",
    "listen",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recvfrom",
    "recvmsg",
    "creat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "truncate",
    "chmod",
    "fchmodat",
    "chown",
    "fchownat",
    "lchown",
    "mknod",
    "mknodat",
    "utimensat",
    "setxattr",
    "mount",
    "umount2",
    "chroot",
    "pivot_root",
    "execveat",
];

/// What a line of strace shows that a reader would not do. `report` is the one file that may be written.
fn is_forbidden(line: &str, report: &str) -> bool {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let name = call.split('(').next().unwrap_or_default();
    // The report is written beside its place and then takes it.
    let of_report = name == "rename" && call.matches(report).count() == 2;
    let writes =
        ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"].iter().any(|flag| call.contains(flag));
    (FORBIDDEN.contains(&name) && !of_report) || (writes && !call.contains(report))
}

#[test]
fn the_system_is_asked_to_read_and_to_write_the_report_alone() {
    assert!(is_forbidden("12 socket(AF_INET, SOCK_STREAM, 0) = 3", "report.txt"));
    assert!(is_forbidden("12 openat(AT_FDCWD, \"/tmp/x\", O_WRONLY|O_CREAT, 0666) = 3", "report.txt"));
    assert!(is_forbidden("12 rename(\"report.txt\", \"x\") = 0", "report.txt"));
    assert!(!is_forbidden("12 openat(AT_FDCWD, \"/tmp/x\", O_RDONLY|O_CLOEXEC) = 3", "report.txt"));
    let folder = tempfile::tempdir().unwrap();
    let (trace, report) = (folder.path().join("trace"), folder.path().join("report.txt"));
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=%network,%file", "-o"])
        .args([&trace, Path::new(PROGRAM)])
        .args(["analyze", CASE, "--output"])
        .arg(&report)
        .current_dir(ROOT)
        .output();
    if !traced.is_ok_and(|out| out.status.success()) {
        return skipped("this system has no strace, or does not permit it");
    }
    let trace = fs::read_to_string(&trace).unwrap();
    assert!(trace.contains("bundle.tar.gz") && trace.contains("report.txt"), "{trace}");
    let forbidden: Vec<_> = trace.lines().filter(|line| is_forbidden(line, "report.txt")).collect();
    assert!(forbidden.is_empty(), "{}", forbidden.join("\n"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
