# Shared by the scripts in this folder; sourced, never run.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=$ROOT/target
LOGS=$TARGET/logs
STAMPS=$TARGET/stamps
VENV=$TARGET/venv
cd "$ROOT"
mkdir -p "$LOGS" "$STAMPS"

# The paths that other files rely on are under target/, wherever the caller's own cargo builds to.
export CARGO_TARGET_DIR=$TARGET
export PATH=$VENV/bin:$TARGET/tools/bin:$TARGET/bin:$PATH

if [ -t 1 ]; then
  BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' RESET=$'\e[0m'
else
  BOLD='' RED='' GREEN='' RESET=''
fi
readonly ROOT TARGET LOGS STAMPS VENV BOLD RED GREEN RESET

# format_rust OPTION…: cargo fmt for the workspace and for the crates that are a workspace of their own.
format_rust() {
  local manifest
  cargo fmt --all "$@"
  for manifest in tests/no_std/Cargo.toml bench/rust/Cargo.toml bench/abi3/Cargo.toml; do
    cargo fmt --manifest-path "$manifest" "$@"
  done
}

# say TEXT…: one line of progress.
say() { printf '%s%s%s\n' "$BOLD" "$*" "$RESET"; }

# die TEXT…: prints the reason and ends the script.
die() {
  printf '%s%s: %s%s\n' "$RED" "$(basename "$0")" "$*" "$RESET" >&2
  exit 1
}

# logged NAME TEXT COMMAND…: runs the command with its output in target/logs/NAME.log, and shows the end of that log
# when it fails.
logged() {
  local name=$1 text=$2 log=$LOGS/$1.log start=$SECONDS
  shift 2
  printf '%s … ' "$text"
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%sdone%s (%d s)\n' "$GREEN" "$RESET" $((SECONDS - start))
  else
    printf '%sfailed%s\n' "$RED" "$RESET"
    tail -n 40 "$log" >&2
    die "$text failed; the whole log is target/logs/$name.log"
  fi
}

# start_beside NAME PREFIX WORD…: calls the function PREFIXWORD for each word, at the same time as what follows, in a process group of its
# own, which ends with the script. end_beside waits for it and prints its output, which is in target/logs/NAME.log.
start_beside() {
  local prefix=$2 word
  beside_log=$LOGS/$1.log
  shift 2
  set -m
  (for word; do "$prefix$word"; done) >"$beside_log" 2>&1 </dev/null &
  beside_process=$!
  set +m
  trap 'kill -INT -- "-$beside_process" 2>/dev/null && wait "$beside_process" 2>/dev/null || true' EXIT
}

end_beside() {
  local status=0
  wait "$beside_process" || status=$?
  trap - EXIT
  cat "$beside_log"
  [ "$status" = 0 ] || die "a part that ran at the same time failed; its output is above"
}

# fingerprint PATH…: a hash of the names and contents of the files, and of those in the folders.
fingerprint() {
  find "$@" \( -name node_modules -o -name __pycache__ -o -name target \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c 1-32
}

# up_to_date NAME FINGERPRINT: whether the step finished with that input.
up_to_date() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }

# finished NAME FINGERPRINT: records that it did.
finished() { printf '%s\n' "$2" >"$STAMPS/$1"; }

# package_version CRATE: the version of a crate of the workspace.
package_version() {
  cargo metadata --no-deps --offline --format-version 1 | python3 -c 'import json, sys
print(next(p["version"] for p in json.load(sys.stdin)["packages"] if p["name"] == sys.argv[1]))' "$1"
}

# one_at_a_time NAME: waits until no other process of this checkout is in that section.
one_at_a_time() {
  exec 9>"$TARGET/.$1.lock"
  flock 9
}
