#!/bin/sh
# Pins every dependency with its hashes. The locks name packages, versions and hashes and nothing else: no address.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

pin() { # pin NAME ARGUMENT...: writes requirements/NAME.lock
    name=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        --output-file "requirements/$name.lock" "$@"
}

pin test pyproject.toml --group test
pin run pyproject.toml --group build --constraint requirements/test.lock # the same versions as in the tests
pin bootstrap --group bootstrap
pin auditors --group auditors
pin peers pyproject.toml --group build --group peers --constraint requirements/test.lock
pin vectorbt --group vectorbt --constraint requirements/peers.lock
