#!/usr/bin/env python3
"""Measures the peak memory of whole processes on uploads that were made to be large.

    cargo build --release --bin sspr-triage --example make-log
    python3 benches/peak-memory.py [--data DIR] [--only PART] [--most 96]

Each upload is made once, of synthetic data. The peak is that of the whole process, as the system counts it. The
script ends with 1 where one is above `--most` MiB.
"""

import argparse
import io
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
CASES = ROOT / "fixtures/cases"
MIB = 1 << 20


def repeated(mib, head, rows, tail="", encoding="utf-8"):
    """`head`, then `rows(number)` until it is long enough, then `tail`."""
    parts, number, size = [head.encode(encoding)], 0, 0
    while size < mib * MIB:
        text = "".join(rows(number + more) for more in range(500)).encode(encoding)
        number += 500
        size += len(text)
        parts.append(text)
    return b"".join([*parts, tail.encode(encoding)])


def html(mib):
    case = next(CASES.glob("*/connect-server-lets-in/bundle/aadc01/GPreport.htm")).read_bytes().decode("utf-16")
    at = case.index("</tr>", case.index('class="info3"')) + len("</tr>")
    text = repeated(mib, case[:at], lambda n: f"<tr><td>Contoso setting {n}</td><td>Enabled</td><td>Contoso {n}</td></tr>\r\n", case[at:], "utf-16-le")
    return b"\xff\xfe" + text


def html_of_tags(mib):
    case = next(CASES.glob("*/connect-server-lets-in/bundle/aadc01/GPreport.htm")).read_bytes().decode("utf-16")
    mark = "<tr><td>"
    at = case.rindex(mark)
    return repeated(mib, case[:at], lambda n: "<b>x", case[at:])


def xml(mib):
    case = next(CASES.glob("*/policy-in-xml/bundle/dc01/gpresult.xml")).read_bytes()
    text = case.decode("utf-16" if case[:2] == b"\xff\xfe" else "utf-8")
    at = text.rindex("</ComputerResults>") if "</ComputerResults>" in text else text.rindex("</")
    row = '<ExtensionData><Extension xmlns:q1="http://www.microsoft.com/GroupPolicy/Settings/Security"><q1:UserRightsAssignment><q1:Name>SeContoso{n}Privilege</q1:Name><q1:Member><Name>CONTOSO\\\\u{n}</Name></q1:Member></q1:UserRightsAssignment></Extension></ExtensionData>\r\n'
    text = repeated(mib, text[:at], lambda n: row.replace("{n}", str(n)), text[at:], "utf-16-le")
    return b"\xff\xfe" + text


def xml_of_one_text(mib):
    return b'<Rsop xmlns="http://www.microsoft.com/GroupPolicy/Rsop"><ReadTime>' + b"x" * (mib * MIB)


def reg(mib):
    row = '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\contoso{n}]\r\n"Start"=dword:00000002\r\n"ImagePath"="C:\\\\contoso\\\\{n}.exe"\r\n"Blob"=hex:00,01,02,03,04,05,06,\\\r\n  07,08\r\n\r\n'
    lsa = '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n"RestrictRemoteSAM"="O:BAG:BAD:(A;;RC;;;BA)"\r\n\r\n'
    return b"\xff\xfe" + repeated(mib, "Windows Registry Editor Version 5.00\r\n\r\n", lambda n: row.replace("{n}", str(n)), lsa, "utf-16-le")


def reg_of_one_string(mib):
    head = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n"RestrictRemoteSAM"="'
    return head.encode() + b"x" * (mib * MIB)


def ldif(mib):
    row = "dn: CN=Sample {n},OU=Staff,DC=contoso,DC=example\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: person\r\nobjectClass: user\r\ncn: Sample {n}\r\ndescription: A sample of a description that takes its place {n}\r\nsAMAccountName: sample{n}\r\nuserPrincipalName: sample{n}@contoso.example\r\nmemberOf: CN=Contoso Group {n},OU=Groups,DC=contoso,DC=example\r\nmemberOf: CN=Contoso Staff,OU=Groups,DC=contoso,DC=example\r\nadminCount: 0\r\nobjectSid: S-1-5-21-1004336348-1177238915-682003330-{n}\r\nuserAccountControl: 512\r\npwdLastSet: 133000000000000000\r\n\r\n"
    return repeated(mib, "", lambda n: row.replace("{n}", str(n)))


def ldif_of_small_values(mib):
    names = ["adminCount", "memberOf", "primaryGroupID", "primaryGroup", "userAccountControl", "lockoutTime", "pwdLastSet", "Enabled", "LockedOut", "member", "Members", "name"]
    row = "dn: CN=a\n" + "".join(f"{name}: 1\n" for name in names) + "\n"
    return repeated(mib, "", lambda n: row)


def ldif_of_one_group(mib):
    return repeated(mib, "dn: CN=Group,DC=contoso,DC=example\n", lambda n: f"member: CN=Sample {n},OU=Staff,DC=contoso,DC=example\n")


def directory_csv(mib):
    head = '"DistinguishedName","SamAccountName","UserPrincipalName","adminCount","memberOf","description"\r\n'
    return repeated(mib, head, lambda n: f'"CN=Sample {n},OU=Staff,DC=contoso,DC=example","sample{n}","sample{n}@contoso.example","0","CN=Contoso Group {n},OU=Groups,DC=contoso,DC=example","A description of sample {n}"\r\n')


def directory_csv_open(mib):
    return b'"DistinguishedName","SamAccountName","UserPrincipalName","adminCount"\r\n"' + b"x\r\n" * (mib * MIB // 3)


def directory_list(mib):
    return repeated(mib, "", lambda n: f"DistinguishedName : CN=Sample {n},OU=Staff,DC=contoso,DC=example\r\nEnabled           : True\r\nSamAccountName    : sample{n}\r\nUserPrincipalName : sample{n}@contoso.example\r\nadminCount        : 0\r\n\r\n")


def audit_csv(mib):
    head = '"Date (UTC)",CorrelationId,Service,Category,Activity,Result,ResultReason,ActorUserPrincipalName,Target1UserPrincipalName\r\n'
    return repeated(mib, head, lambda n: f'"2026-10-05T07:14:06.1000000+00:00","7c1f2f4e-5a1d-4a43-9a7e-{n:012}","Self-service Password Management","UserManagement","Reset password (self-service)","failure","OnPremisesAdminActionRequired","sample{n}@contoso.example","sample{n}@contoso.example"\r\n')


def audit_json(mib):
    row = '  {"id": "SSPR_{n}", "category": "UserManagement", "correlationId": "7c1f2f4e-{n}", "result": "failure", "resultReason": "OnPremisesAdminActionRequired", "activityDisplayName": "Reset password (self-service)", "activityDateTime": "2026-10-05T07:14:05.0000000Z", "loggedByService": "Self-service Password Management", "initiatedBy": {"app": null, "user": {"userPrincipalName": "sample{n}@contoso.example"}}, "targetResources": [{"type": "User", "userPrincipalName": "sample{n}@contoso.example", "modifiedProperties": []}], "additionalDetails": [{"key": "x", "value": "a value that nobody reads"}]},\n'
    return repeated(mib, "[\n", lambda n: row.replace("{n}", str(n)), '  {"activityDisplayName": "x"}\n]\n')


def dsacls(mib):
    head = 'C:\\Temp>dsacls "CN=AdminSDHolder,CN=System,DC=contoso,DC=example"\r\nOwner: CONTOSO\\Domain Admins\r\nGroup: CONTOSO\\Domain Admins\r\n\r\nAccess list:\r\nEffective Permissions on this object are:\r\n'
    return repeated(mib, head, lambda n: f"Allow CONTOSO\\sample{n:06}            SPECIAL ACCESS for lockoutTime\r\n                                      WRITE PROPERTY\r\n", "\r\nThe command completed successfully\r\n")


def clixml(mib):
    case = next(CASES.glob("*/clixml-without-sddl/bundle/dc01/aclUser.xml")).read_bytes()
    text = case.decode("utf-16" if case[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    return repeated(mib, text[: text.rindex("</Objs>")], lambda n: f'<Obj RefId="c{n}"><ToString>text of {n}</ToString><S N="a">value {n}</S></Obj>', "</Objs>")


def connect_json(mib):
    return repeated(mib, '{"onpremisesDirectoryPolicy": [', lambda n: f'{{"friendlyName": "contoso{n}.example", "a": [1,2,3]}},', "{}]}")


def connect_xml(mib):
    case = next(CASES.glob("*/connector-last-used-another-controller/bundle/aadc01/Conn*.xml")).read_text()
    return repeated(mib, case[: case.rindex("</ma-data>")], lambda n: f"<schema><class>contoso{n}</class></schema>\n", "</ma-data>\n")


def trace(mib):
    return repeated(mib, "[12:09:02.758] [  1] [INFO ] Application Version: 2.2.8.0\r\n", lambda n: f"[12:09:02.758] [  1] [VERB ] Contoso step {n} has been done, and says so in a line of its own\r\n")


def console_query(mib):
    return repeated(mib, "C:\\>reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\r\n\r\n", lambda n: f"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\contoso{n}\r\n    Start    REG_DWORD    0x2\r\n\r\n")


def console_report(mib):
    case = "Created on 5/1/2026 at 9:00:00 AM\r\n\r\nRSOP data for CONTOSO\\admin on DC01 : Logging Mode\r\n--------------------------------------------------\r\n\r\nOS Configuration:            Primary Domain Controller\r\nOS Version:                  10.0.20348\r\n\r\nCOMPUTER SETTINGS\r\n-----------------\r\n    CN=DC01,OU=Domain Controllers,DC=contoso,DC=example\r\n\r\n    Applied Group Policy Objects\r\n    ----------------------------\r\n"
    return repeated(mib, case, lambda n: f"        Contoso GPO {n}\r\n")


TEXTS = {
    "report.htm": html,
    "tags.htm": html_of_tags,
    "report.xml": xml,
    "one-text.xml": xml_of_one_text,
    "lsa.reg": reg,
    "one-string.reg": reg_of_one_string,
    "users.ldf": ldif,
    "small-values.ldf": ldif_of_small_values,
    "group.ldf": ldif_of_one_group,
    "users.csv": directory_csv,
    "open-quote.csv": directory_csv_open,
    "users.txt": directory_list,
    "audit.csv": audit_csv,
    "audit.json": audit_json,
    "dsacls.txt": dsacls,
    "acl.xml": clixml,
    "Applied.json": connect_json,
    "connector.xml": connect_xml,
    "trace.log": trace,
    "query.txt": console_query,
    "gpresult.txt": console_report,
}


def hive(mib):
    """A SYSTEM hive whose wanted keys stand at its end, behind cells of which a half is noise."""
    cells, offset = [], 32

    def put(content):
        nonlocal offset
        size = (len(content) + 4 + 7) & ~7
        cells.append(struct.pack("<i", -size) + content.ljust(size - 4, b"\0"))
        at, offset = offset, offset + size
        return at

    noise = random.Random(29)
    for _ in range(mib * 2):
        put(noise.randbytes(262_144 - 16) if _ % 8 == 0 else (b"nk contoso filler cell of a service %d " % _) * 6_500)

    def value(name, kind, data):
        at = put(data)
        return put(struct.pack("<2sHIIIHH", b"vk", len(name), len(data), at, kind, 1, 0) + name)

    def number(name, data):
        return put(struct.pack("<2sHIIIHH", b"vk", len(name), 4 | 1 << 31, data, 4, 1, 0) + name)

    def key(name, children=(), values=()):
        subkeys = put(struct.pack("<2sH", b"li", len(children)) + b"".join(struct.pack("<I", c) for c in children)) if children else 0xFFFFFFFF
        listed = put(b"".join(struct.pack("<I", v) for v in values)) if values else 0xFFFFFFFF
        return put(struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", 0x20, 0, 0, 0, len(children), 0, subkeys, 0xFFFFFFFF, len(values), listed, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 0, 0, len(name), 0) + name)

    lsa = key(b"Lsa", (), (value(b"RestrictRemoteSAM", 1, "O:BAG:BAD:(A;;RC;;;BA)\0".encode("utf-16-le")),))
    names = key(b"ComputerName", (key(b"ComputerName", (), (value(b"ComputerName", 1, "DC01\0".encode("utf-16-le")),)),))
    root = key(b"ROOT", (key(b"ControlSet001", (key(b"Control", (names, lsa)),)), key(b"Select", (), (number(b"Current", 1),))))
    body = b"".join(cells)
    body = struct.pack("<4sII", b"hbin", 0, len(body) + 32).ljust(32, b"\0") + body
    base = bytearray(struct.pack("<4sIIQIIIIII", b"regf", 1, 1, 0, 1, 3, 0, 1, root, len(body)).ljust(4096, b"\0"))
    total = 0
    for (word,) in struct.iter_unpack("<I", bytes(base[:508])):
        total ^= word
    base[508:512] = struct.pack("<I", total)
    return bytes(base) + body


def packed(files, stored=False, level=1):
    """A zip of (name, bytes or path)."""
    out = tempfile.TemporaryFile()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", kind, compresslevel=level) as archive:
        for name, content in files:
            if isinstance(content, pathlib.Path):
                archive.write(content, name)
            else:
                archive.writestr(name, content)
    out.seek(0)
    return out.read()


def log(folder, name, mib, description=None):
    path = folder / name
    if not path.exists():
        more = [] if description is None else [description]
        subprocess.run([RELEASE / "examples" / "make-log", path, str(mib), *more], check=True)
    return path


WANTED_LOG = """
channel = "Application"
computer = "aadc01.contoso.example"
first_record_id = 7_310_277_604_152_871
[[filler]]
count = 20000
interval_seconds = 1
[filler.event]
provider = "ADSync"
id = 6329
time = "2026-10-01T00:00:10Z"
qualifiers = 49152
data = ["BAIL: MMS(4512): X:\\\\bt\\\\sources\\\\controller.cpp(1234): 0x80230626 (The password could not be set: sample {n} of a long text that repeats itself in each of the events of the log, and takes its place)"]
[[filler]]
count = 20000
interval_seconds = 1
[filler.event]
provider = "PasswordResetService"
id = 33004
time = "2026-10-01T00:00:11Z"
qualifiers = 0
data = ["TrackingId: 7c1f2f4e-5a1d-4a43-9a7e-0b6f3f1f9c01, Reason: Synchronization Engine returned an error hr=80230626, message=The password could not be set, Context: cloudAnchor: User_{n}, SourceAnchorValue: q5b50Rf+UizRIMe2CA/tg==, UserPrincipalName: sample{n}@contoso.example, unblockUser: True, Details: Microsoft.CredentialManagement.OnPremisesPasswordReset.Shared.PasswordResetException"]
"""


def uploads(data):
    """Each upload: its name, and what makes it below a folder."""
    raw = data / "raw"
    raw.mkdir(parents=True, exist_ok=True)

    def alone(name, make, mib):
        return f"{mib} MiB {name}", lambda folder: (folder / name).write_bytes(make(mib))

    def many(name, make):
        def write(folder):
            content = make(30)
            for number in range(8):
                (folder / f"{number}-{name}").write_bytes(content)

        return f"8 times 30 MiB {name}", write

    def many_packed(name, make):
        def write(folder):
            content = make(30)
            (folder / "upload.zip").write_bytes(packed([(f"{number}-{name}", content) for number in range(8)]))

        return f"zip, 8 times 30 MiB {name}", write

    for name, make in TEXTS.items():
        yield alone(name, make, 60)
    for name in ["report.htm", "tags.htm", "report.xml", "lsa.reg", "users.ldf", "audit.csv", "audit.json", "acl.xml", "query.txt"]:
        yield many(name, TEXTS[name])
        yield many_packed(name, TEXTS[name])

    def all_kinds(folder):
        for name, make in TEXTS.items():
            (folder / name).write_bytes(make(10))

    yield "10 MiB of each text", all_kinds
    yield "250 MiB hive", lambda folder: (folder / "SYSTEM").write_bytes(hive(250))
    yield "zip, 250 MiB hive", lambda folder: (folder / "hive.zip").write_bytes(packed([("SYSTEM", hive(250))]))
    yield "zip, 4 times 60 MiB hive", lambda folder: (folder / "hive.zip").write_bytes(
        packed([(f"dc{number}/SYSTEM", hive(60)) for number in range(4)])
    )

    def tar_gz():
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
            tar.add(log(raw, "log-600.evtx", 600), "Application.evtx")
            tar.add(log(raw, "log-100.evtx", 100), "System.evtx")
        return out.getvalue()

    yield "tar.gz in zip, 700 MiB of logs", lambda folder: (folder / "a.zip").write_bytes(packed([("logs.tar.gz", tar_gz())], True))

    def nested(stored):
        inner = packed([("Application.evtx", log(raw, "log-600.evtx", 600)), ("System.evtx", log(raw, "log-100.evtx", 100))], stored)
        return packed([("c.zip", packed([("b.zip", inner)], stored))], stored)

    yield "zip in zip in zip, 700 MiB of logs, deflated", lambda folder: (folder / "a.zip").write_bytes(nested(False))
    yield "zip in zip in zip, 700 MiB of logs, stored", lambda folder: (folder / "a.zip").write_bytes(nested(True))
    yield "deflated zip of stored zip, 700 MiB of logs", lambda folder: (folder / "a.zip").write_bytes(
        packed([("b.zip", packed([("Application.evtx", log(raw, "log-600.evtx", 600)), ("System.evtx", log(raw, "log-100.evtx", 100))], True))])
    )

    def zip_in_tar_gz(folder):
        inner = packed([("Application.evtx", log(raw, "log-600.evtx", 600))], True)
        with tarfile.open(folder / "a.tar.gz", "w:gz", compresslevel=1) as tar:
            entry = tarfile.TarInfo("b.zip")
            entry.size = len(inner)
            tar.addfile(entry, io.BytesIO(inner))

    yield "zip in tar.gz, 600 MiB of a log", zip_in_tar_gz
    yield "zip of 100,000 entries", lambda folder: (folder / "a.zip").write_bytes(
        packed([(f"folder/{number}/a file with a long name of its own {number}.txt", b"hello") for number in range(99_990)], True)
    )

    def wanted_events(folder):
        description = raw / "wanted.toml"
        description.write_text(WANTED_LOG)
        shutil.copy(log(raw, "wanted.evtx", 800, description), folder / "Application.evtx")

    yield "800 MiB log of wanted events", wanted_events

    def wanted_events_many(folder):
        description = raw / "wanted.toml"
        description.write_text(WANTED_LOG)
        for number in range(4):
            shutil.copy(log(raw, "wanted-100.evtx", 100, description), folder / f"{number}.evtx")

    yield "4 times 100 MiB log of wanted events", wanted_events_many
    yield "1 GiB log", lambda folder: os.link(log(raw, "log-1024.evtx", 1024), folder / "Application.evtx")
    yield "zip, 1 GiB log", lambda folder: (folder / "a.zip").write_bytes(packed([("Application.evtx", log(raw, "log-1024.evtx", 1024))]))


BETWEEN = """
import os, sys, time
start = time.perf_counter()
child = os.fork()
if child == 0:
    out = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, time.perf_counter() - start, os.waitstatus_to_exitcode(status))
"""


def measure(command):
    # What a process forks begins with its peak, so that a small one is put between.
    with tempfile.NamedTemporaryFile() as written:
        told = subprocess.run([sys.executable, "-S", "-c", BETWEEN, written.name, *command], capture_output=True, check=True)
        peak, seconds, code = told.stdout.split()
        size = os.path.getsize(written.name)
        report = written.read() if size < 8 * MIB else b""
    return int(peak) / 1024, float(seconds), int(code), report, size


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "sspr-triage-memory")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--most", type=float, default=96)
    arguments.add_argument("--program", default=str(RELEASE / "sspr-triage"))
    arguments.add_argument("--make", action="store_true", help="make the uploads and measure nothing")
    options = arguments.parse_args()
    if not options.make:
        subprocess.run([sys.executable, *sys.argv, "--make"], check=True)
    if not options.make:
        print("| upload | peak MiB | seconds | files read | gaps | report bytes | |")
        print("|---|---|---|---|---|---|---|")
    above = False
    for name, make in uploads(options.data):
        if options.only not in name:
            continue
        folder = options.data / "".join(letter if letter.isalnum() else "-" for letter in name)
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            make(making)
            making.rename(folder)
        if options.make:
            continue
        peak, seconds, code, report, size = measure([options.program, "analyze", "--format", "json", str(folder)])
        try:
            read = json.loads(report)
            files, gaps = len(read.get("artifacts", [])), len(read.get("gaps", []))
        except ValueError:
            files, gaps = "?", "?"
        over = "" if peak <= options.most else "**above**"
        above |= peak > options.most or code not in (0, 3)
        print(f"| {name} | {peak:.0f} | {seconds:.2f} | {files} | {gaps} | {size} | {over}{'' if code in (0, 3) else f' ended with {code}'} |")
        sys.stdout.flush()
    sys.exit(1 if above else 0)


if __name__ == "__main__":
    main()
