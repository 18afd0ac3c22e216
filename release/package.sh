#!/usr/bin/env bash
# Builds the program for the given targets and packs one archive for each, with SHA256SUMS beside them.
# docs/release.md says what is needed and how to check the result.
#
#   release/package.sh OUTPUT_FOLDER TARGET...
#
# The same sources, toolchain and paths give the same bytes: the time of every member is that of the last commit,
# or SOURCE_DATE_EPOCH, and members are sorted.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if (( $# < 2 )); then
  echo "usage: release/package.sh OUTPUT_FOLDER TARGET..." >&2
  exit 2
fi
output="$1"
shift

for tool in cargo python3 sha256sum; do
  command -v "$tool" > /dev/null || { echo "package.sh needs $tool" >&2; exit 1; }
done

version="$(cargo metadata --locked --no-deps --format-version 1 |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["packages"][0]["version"])')"
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
mkdir -p "$output"
output="$(cd "$output" && pwd)"
target_folder="${CARGO_TARGET_DIR:-target}"

# Builds one target. The one for Linux has its C library in it, so that it runs on any distribution.
build() {
  case "$1" in
    *-linux-gnu) RUSTFLAGS="-C target-feature=+crt-static" ;;
    *) RUSTFLAGS="" ;;
  esac
  export RUSTFLAGS
  cargo build --locked --release --bin sspr-triage --target "$1"
}

# Takes the symbols off a copy of a program.
strip_copy() {
  local tool=strip
  case "$1" in
    x86_64-pc-windows-gnu) tool=x86_64-w64-mingw32-strip ;;
    aarch64-unknown-linux-gnu) tool=aarch64-linux-gnu-strip ;;
  esac
  "$tool" -o "$3" "$2"
}

# Completions and manual pages are the same for every target: the program of this machine writes them. Its build
# is one of the targets where it runs here, and one more otherwise.
write_extras() {
  local program="$1" folder="$2" command
  mkdir -p "$folder/completions" "$folder/man/man1" "$folder/man/ja/man1"
  "$program" completions bash > "$folder/completions/sspr-triage.bash"
  "$program" completions zsh > "$folder/completions/_sspr-triage"
  "$program" completions fish > "$folder/completions/sspr-triage.fish"
  "$program" completions powershell > "$folder/completions/sspr-triage.ps1"
  "$program" man --lang en > "$folder/man/man1/sspr-triage.1"
  "$program" man --lang ja > "$folder/man/ja/man1/sspr-triage.1"
  for command in $("$program" completions fish | sed -n 's/.*__fish_sspr_triage_needs_command" -f -a "\([a-z-]*\)".*/\1/p'); do
    [[ "$command" == help ]] && continue
    "$program" man --lang en "$command" > "$folder/man/man1/sspr-triage-$command.1"
    "$program" man --lang ja "$command" > "$folder/man/ja/man1/sspr-triage-$command.1"
  done
}

native=""
for target in "$@"; do
  build "$target"
  if [[ "$target" == "$(rustc -vV | sed -n 's/^host: //p')" ]]; then
    native="$target_folder/$target/release/sspr-triage"
  fi
done
if [[ -z "$native" ]]; then
  cargo build --locked --release --bin sspr-triage
  native="$target_folder/release/sspr-triage"
fi

staging="$(mktemp -d)"
trap 'rm -rf "$staging"' EXIT
for target in "$@"; do
  name="sspr-triage-$version-$target"
  folder="$staging/$name"
  mkdir -p "$folder/docs"
  suffix=""
  [[ "$target" == *-windows-* ]] && suffix=".exe"
  strip_copy "$target" "$target_folder/$target/release/sspr-triage$suffix" "$folder/sspr-triage$suffix"
  chmod 755 "$folder/sspr-triage$suffix"
  cp README.md LICENSE-MIT LICENSE-APACHE "$folder/"
  cp -R docs/. "$folder/docs/"
  write_extras "$native" "$folder"
  python3 release/third_party.py "$target" > "$folder/THIRD-PARTY-LICENSES.txt"
  python3 release/archive.py "$staging" "$name" "$output"
done
(cd "$output" && sha256sum -- sspr-triage-"$version"-*.tar.gz sspr-triage-"$version"-*.zip 2> /dev/null > SHA256SUMS || true)
cat "$output/SHA256SUMS"
