#!/bin/sh
# Resolves requirements/*.in for every supported Python and processor into *.txt, with the hash of every file.
# Names, versions and hashes only: where the files come from is the business of whoever installs.
set -eu
cd "$(dirname "$0")/../requirements"
uv=../.venv/bin/uv
[ -x "$uv" ] || { echo "lock: $uv is missing; run: make setup-dev" >&2; exit 1; }
constraints=""
for name in run build dev; do
    # The locks are installed together, so a later one keeps to the versions of the earlier ones.
    # shellcheck disable=SC2086
    env -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS "$uv" pip compile --no-config --native-tls --quiet --universal \
        --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        $constraints "$@" "$name.in" --output-file "$name.txt"
    constraints="$constraints --constraints $name.txt"
done
