# shellcheck shell=bash
# Shared by the scripts: sourced, never run. Puts the repository's root into $root and enters it.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME

# What is compiled once and kept between clones.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/robofy
tools=$cache/tools
export PATH="$tools/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least HAVE WANTED: whether one dotted version is not below the other.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Where cargo builds.
target_directory() {
  cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# Seconds as minutes and seconds.
minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
