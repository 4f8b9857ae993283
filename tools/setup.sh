#!/bin/sh
# Builds the environments of this folder: setup.sh run | test | auditors | peers | vectorbt | system
#   run       .venv with what the command needs
#   test      .venv with what the tests need as well
#   auditors  .venv-auditors with the copyleft tools, which are only ever called as processes
#   peers     .venv-peers with the command and the programs that `alts401k bench peers` sets beside it
#   vectorbt  the same with vectorbt, whose licence has the Commons Clause
#   system    Debian's Chromium and hledger, which the tests call
# A stamp in the environment says which locks it holds, so a second call does nothing.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH # compiled bytecode makes every later start faster

say() { echo "setup: $*" >&2; }

# The first Python that runs, is new enough and can build an environment. (A name on the PATH may be a mere
# stand-in for a version that is not there, so each is tried, not only looked up.)
choose_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
            >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    say "no Python of version 3.11, 3.12 or 3.13 with its venv module was found."
    say "Install one (on Debian or Ubuntu: apt-get install python3 python3-venv), or name it: make demo PYTHON=/path/to/python3"
    exit 1
}

# environment FOLDER: makes it unless it was made here (its scripts name the folder) and can install packages.
environment() {
    if [ "$(cat "$1/.home" 2>/dev/null)" = "$here" ] && "$1/bin/uv" --version >/dev/null 2>&1 &&
        "$1/bin/python" -c '' >/dev/null 2>&1; then return; fi
    python=$(choose_python)
    say "making $1 with $("$python" --version)"
    "$python" -m venv --clear "$1"
    "$1/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: -r requirements/bootstrap.lock
    echo "$here" >"$1/.home"
}

# What a stamp must say: this folder and the exact text of everything that decides what is installed.
fingerprint() { { echo "$here"; cat pyproject.toml requirements/*.lock; } | cksum; }

# current FOLDER STAMP: true when the environment already holds what STAMP names.
current() { [ -f "$1/.$2" ] && [ "$(cat "$1/.$2")" = "$(fingerprint)" ] && "$1/bin/python" -c '' 2>/dev/null; }

# fill FOLDER LOCK: installs a lock, every file checked against its hash, and compiles it.
fill() {
    say "installing requirements/$2.lock into $1"
    "$1/bin/uv" pip install --quiet --python "$1/bin/python" --no-deps --require-hashes --compile-bytecode \
        -r "requirements/$2.lock"
}

# project FOLDER: the package itself, editable, with the build backend of the lock.
project() {
    "$1/bin/uv" pip install --quiet --python "$1/bin/python" --no-deps --no-build-isolation --editable .
    "$1/bin/python" -m compileall -q src
}

case "${1:-}" in
run)
    # What the tests need contains what the command needs.
    if current .venv stamp-run || current .venv stamp-test; then exit 0; fi
    environment .venv
    fill .venv run
    project .venv
    fingerprint >.venv/.stamp-run
    ;;
test)
    if current .venv stamp-test; then exit 0; fi
    environment .venv
    fill .venv test
    project .venv
    fingerprint >.venv/.stamp-test
    ;;
auditors)
    if current .venv-auditors stamp; then exit 0; fi
    environment .venv-auditors
    fill .venv-auditors auditors
    fingerprint >.venv-auditors/.stamp
    ;;
peers)
    if current .venv-peers stamp-peers || current .venv-peers stamp-vectorbt; then exit 0; fi
    environment .venv-peers
    fill .venv-peers peers
    project .venv-peers
    fingerprint >.venv-peers/.stamp-peers
    ;;
vectorbt)
    if current .venv-peers stamp-vectorbt; then exit 0; fi
    sh tools/setup.sh peers
    say "vectorbt comes under Apache 2.0 with the Commons Clause, which forbids selling it"
    fill .venv-peers vectorbt
    fingerprint >.venv-peers/.stamp-vectorbt
    ;;
system)
    missing=
    for tool in chromium hledger; do
        command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
    done
    if [ -z "$missing" ]; then exit 0; fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "the tests need these programs:$missing"
        say "Install them and start again (on Debian or Ubuntu: sudo apt-get install --no-install-recommends$missing)"
        exit 1
    fi
    say "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    # shellcheck disable=SC2086 # a list of words
    apt-get install -qq --yes --no-install-recommends $missing >&2
    ;;
*)
    say "usage: tools/setup.sh run | test | auditors | peers | vectorbt | system"
    exit 2
    ;;
esac
