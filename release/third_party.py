"""Lists the crates that are in the program for a target, each with its licence and the texts that it brings.

    python3 release/third_party.py TARGET

It reads what cargo has downloaded, and nothing of the network. A crate whose licence asks for its text and that
brings none is named at the end, so that nobody overlooks it.
"""

import json
import pathlib
import re
import subprocess
import sys

NAMES = re.compile(r"^(licen[cs]e|copying|notice|copyright|unlicense)", re.IGNORECASE)


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def in_the_program(graph):
    """The packages that are linked: no dependencies of builds and tests alone."""
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    found, waiting = set(), [graph["resolve"]["root"]]
    while waiting:
        package = waiting.pop()
        if package in found:
            continue
        found.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    found.discard(graph["resolve"]["root"])
    return found


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    named = [path for path in folder.iterdir() if path.is_file() and NAMES.match(path.name)]
    return [(path.name, path.read_text(encoding="utf-8", errors="replace").strip()) for path in sorted(named)]


def main():
    graph = metadata(sys.argv[1])
    linked = in_the_program(graph)
    packages = [package for package in graph["packages"] if package["id"] in linked]
    packages.sort(key=lambda package: (package["name"], package["version"]))
    print("Crates in this program, with their licences. Where a licence offers a choice, any of it may be taken.")
    print("The Rust standard library is in it too, under MIT or Apache-2.0.\n")
    for package in packages:
        print(f"{package['name']} {package['version']}: {package['license']}  {package['repository'] or ''}".rstrip())
    without, bringing = [], {}
    for package in packages:
        own = texts(package)
        if not own:
            without.append(f"{package['name']} {package['version']}: {package['license']}")
        for name, text in own:
            bringing.setdefault(text, []).append(f"{package['name']} {package['version']}, {name}")
    for text, crates in bringing.items():
        print(f"\n{'=' * 78}\n" + "\n".join(crates) + f"\n{'=' * 78}\n\n{text}")
    if without:
        print(f"\n{'=' * 78}\nThese bring no text of their licence with them\n{'=' * 78}\n")
        print("\n".join(without))


main()
