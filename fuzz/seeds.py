#!/usr/bin/env python3
"""Fills fuzz/corpus/<target>/ with the files of the cases, and with real files where a folder of them is given.

    python3 fuzz/seeds.py [FOLDER...]

Text goes to every target that reads text: the fuzzer keeps what reaches new code. Event logs are cut to the
records of their first chunk, so that a change hits content and not padding.
"""
import base64
import gzip
import hashlib
import io
import pathlib
import re
import sys
import tarfile
import warnings
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "fixtures" / "cases"
LONGEST = 64 << 10
TEXT_TARGETS = [
    "access_control_list", "audit_log", "connect_configuration", "directory_objects", "password_policy",
    "policy_report", "registry_export", "security_template",
]


def keep(target, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def cut_log(log):
    """The header and the first chunk up to a little behind its last record, at most 24 KiB."""
    used = int.from_bytes(log[4096 + 48:4096 + 52], "little")
    used = used if 512 < used <= 65536 else 16384
    return log[:4096 + min(used + 64, 20 << 10)]


def shortened(content):
    return cut_log(content) if b"ElfChnk" in content[:8192] else content[:LONGEST]


def seed_file(content):
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b")) or content[257:262] == b"ustar":
        if len(content) < 256 << 10:
            keep("archive", content)
    elif b"ElfChnk" in content[:8192]:
        keep("event_log", cut_log(content))
    elif content.startswith((b"regf", b"PReg")):
        keep("registry_export", content[:LONGEST])
    elif b"\0\0\0\0\0\0" not in content[:512]:
        for target in TEXT_TARGETS:
            keep(target, content[:LONGEST])
        seed_descriptors(content)


def seed_descriptors(content):
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if utf16 else "utf-8", errors="replace")
    for sddl in re.findall(r"[OGDS]:[A-Z0-9:;()\-a-fx]{4,}", text):
        keep("descriptor", sddl.encode())
    for encoded in re.findall(r"nTSecurityDescriptor:: ([A-Za-z0-9+/=\r\n ]+)", text):
        letters = re.sub(r"\s", "", encoded)
        keep("descriptor", base64.b64decode(letters + "=" * (-len(letters) % 4)))


def seed_bundle(bundle):
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file()]
    parts = [b"=== %s ===\n%s\n" % (str(path.relative_to(bundle)).encode(), shortened(path.read_bytes())) for path in files]
    whole = b"".join(parts)
    if len(whole) <= 256 << 10:
        keep("pipeline", whole)


def zipped(files, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def tarred(files, form, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "../x"
        archive.addfile(link)
    return out.getvalue()


def seed_archives():
    """Small archives of each kind, stored, so that most changes leave them archives."""
    files = [("a/b.txt", b"hello"), ("../c.txt", b"world" * 9), ("n" * 120, b"")]
    small = zipped(files)
    inner = [("inner.zip", small), ("inner.tar", tarred(files[:2], tarfile.USTAR_FORMAT)), ("x.gz", gzip.compress(b"x", mtime=0))]
    for archive in [
        small,
        zipped(files * 2, zipfile.ZIP_DEFLATED),
        zipped(inner),
        tarred(inner, tarfile.GNU_FORMAT),
        tarred(files, tarfile.PAX_FORMAT),
        gzip.compress(b"hello", mtime=0),
        gzip.compress(small, mtime=0),
    ]:
        keep("archive", archive)


def main():
    seed_archives()
    for bundle in sorted(CASES.glob("*/*/bundle")):
        seed_bundle(bundle)
    for folder in [CASES, *map(pathlib.Path, sys.argv[1:])]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (folder != CASES or "bundle" in path.parts):
                seed_file(path.read_bytes())
    regressions = HERE.parent / "tests" / "regressions"
    for path in sorted(regressions.glob("*/*")):
        keep(path.parent.name, path.read_bytes())


warnings.simplefilter("ignore")
main()
