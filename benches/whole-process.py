#!/usr/bin/env python3
"""Measures whole processes, from start to exit, against the plainest program that touches the same bytes.

    cargo build --release --bin sspr-triage --example make-log --example inflate
    cargo install evtx --features evtx_dump
    python3 benches/whole-process.py [--mib 1024] [--runs 7] [--data DIR]

Programs take turns, and the fastest of several runs counts, so that other work on the machine falls on all of
them alike. Times are of the clock and of the processors; peak memory is that of the whole process. Programs that
are not installed (evtx_dump, hayabusa, chainsaw) are left out.
"""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def run(command):
    """Seconds by the clock, seconds of processor, peak MiB of the largest process."""
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shell = isinstance(command, str)
    child = subprocess.Popen(command, shell=shell, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    child.returncode = os.waitstatus_to_exitcode(status)
    processor = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return wall, processor, usage.ru_maxrss / 1024, child.returncode


def measure(programs, runs):
    """The fastest run of each program, all taking turns."""
    best = {}
    for turn in range(runs + 1):
        for name, command in programs.items():
            wall, processor, peak, code = run(command)
            if code not in (0, 3):
                sys.exit(f"{name} ended with {code}")
            if turn == 0:
                continue  # warms the page cache
            kept = best.get(name, (wall, processor, peak))
            best[name] = (min(wall, kept[0]), min(processor, kept[1]), max(peak, kept[2]))
    return best


def table(title, programs, runs, base):
    print(f"\n## {title}\n")
    print("| program | clock s | processor s | peak MiB | clock against the first | processor against the first |")
    print("|---|---|---|---|---|---|")
    best = measure(programs, runs)
    for name, (wall, processor, peak) in best.items():
        first = best[base]
        print(
            f"| {name} | {wall:.3f} | {processor:.3f} | {peak:.0f} | {wall / first[0]:.2f} | "
            f"{processor / max(first[1], 0.001):.2f} |"
        )
    sys.stdout.flush()


def inputs(folder, mib):
    """Writes what is not there yet."""
    log = folder / f"log-{mib}" / "Application.evtx"
    if not log.exists():
        log.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([RELEASE / "examples" / "make-log", log, str(mib)], check=True)
    packed = folder / f"log-{mib}.zip"
    if not packed.exists():
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(log, "Application.evtx")
    report = folder / "report"
    if not report.exists():
        case = (ROOT / "fixtures/cases/remote-sam-cleared/connect-server-lets-in/bundle/aadc01/GPreport.htm").read_bytes()
        text = case.decode("utf-16")
        at = text.index("</tr>", text.index('class="info3"')) + len("</tr>")
        row = "<tr><td>Contoso setting {0} of the baseline</td><td>Enabled, with a value {0}</td><td>Contoso Baseline</td></tr>\r\n"
        rows = "".join(row.format(number) for number in range((3_000_000 - len(case)) // (2 * len(row) + 8)))
        report.mkdir()
        (report / "GPreport.htm").write_bytes(b"\xff\xfe" + (text[:at] + rows + text[at:]).encode("utf-16-le"))
    small = folder / "small"
    if not small.exists():
        shutil.copytree(ROOT / "fixtures/cases/remote-sam/denied-in-system-log/bundle", small)
    many = folder / "many"
    if not many.exists():
        cases = sorted((ROOT / "fixtures/cases").glob("*/*/bundle"))
        for number in range(2000):
            case = cases[number % len(cases)]
            shutil.copytree(case, many / f"{number:04}")
    few = folder / "few"
    if not few.exists():
        few.mkdir()
        for child in sorted(many.iterdir())[:200]:
            shutil.copytree(child, few / child.name)
    return log, packed, report, small, many, few


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--mib", type=int, default=1024)
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("--data", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "sspr-triage-bench")
    options = arguments.parse_args()
    log, packed, report, small, many, few = inputs(options.data, options.mib)
    triage = str(RELEASE / "sspr-triage")
    analyze = [triage, "analyze", "--format", "json"]

    programs = {"cat": ["cat", str(log)], "sspr-triage": [*analyze, str(log.parent)]}
    table(f"A folder with a log of {options.mib} MiB", programs, options.runs, "cat")
    slow = {}
    if shutil.which("evtx_dump"):
        slow["evtx_dump, grep"] = f"evtx_dump -o jsonl '{log}' | grep -c 33004"
    if shutil.which("chainsaw"):
        slow["chainsaw search"] = ["chainsaw", "search", "33004", str(log)]
    if shutil.which("hayabusa"):
        slow["hayabusa search"] = ["hayabusa", "search", "-f", str(log), "-k", "33004"]
    if slow:
        base = next(iter(slow))
        slow["sspr-triage"] = [*analyze, str(log.parent)]
        table("The same, against other readers of logs", slow, 2, base)
    programs = {
        "inflate": [str(RELEASE / "examples" / "inflate"), str(packed)],
        "sspr-triage": [*analyze, str(packed)],
        "unzip -p": ["unzip", "-p", str(packed)],
    }
    table(f"A zip with a log of {options.mib} MiB", programs, options.runs, "inflate")
    size = sum(file.stat().st_size for file in report.iterdir())
    programs = {"--version": [triage, "--version"], "a policy report": [*analyze, str(report)]}
    table(f"A policy report of {size / 1e6:.1f} MB", programs, 3 * options.runs, "--version")
    programs = {"--version": [triage, "--version"], "a small bundle": [*analyze, str(small)]}
    table("A small bundle", programs, 3 * options.runs, "--version")

    def batch(folder, threads):
        output = options.data / "results"
        command = [triage, "batch", "--children", str(folder), "--threads", str(threads), "--output", str(output)]
        return f"rm -rf '{output}' && " + " ".join(f"'{part}'" for part in command)

    programs = {
        "2,000 bundles, 1 thread": batch(many, 1),
        "2,000 bundles, 2 threads": batch(many, 2),
        "200 bundles, 2 threads": batch(few, 2),
    }
    table("Many bundles", programs, 2, "2,000 bundles, 1 thread")


if __name__ == "__main__":
    main()
