"""Packs a folder: a zip for Windows, a tar.gz otherwise. The same files give the same bytes.

    python3 release/archive.py PARENT NAME OUTPUT_FOLDER

Members are sorted, owned by nobody, and have the time of SOURCE_DATE_EPOCH.
"""

import gzip
import os
import pathlib
import sys
import tarfile
import time
import zipfile


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def is_program(path):
    return path.suffix == ".exe" or path.name == "sspr-triage"


def write_zip(folder, parent, output, epoch):
    # A zip counts from 1980, in steps of two seconds.
    moment = time.gmtime(max(epoch, 315532800))[:6]
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files(folder):
            info = zipfile.ZipInfo(path.relative_to(parent).as_posix(), moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (0o100755 if is_program(path) else 0o100644) << 16
            archive.writestr(info, path.read_bytes())


def write_tar(folder, parent, output, epoch):
    with open(output, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in files(folder):
                info = tarfile.TarInfo(path.relative_to(parent).as_posix())
                info.size, info.mtime = path.stat().st_size, epoch
                info.mode = 0o755 if is_program(path) else 0o644
                with open(path, "rb") as content:
                    archive.addfile(info, content)


def main():
    parent, name, output = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    if "windows" in name:
        write_zip(parent / name, parent, output / f"{name}.zip", epoch)
    else:
        write_tar(parent / name, parent, output / f"{name}.tar.gz", epoch)


main()
