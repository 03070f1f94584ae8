#!/bin/sh
# Every check that needs no server; goes through all of them and fails at the end if one failed.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=""
check() {
    name=$1
    shift
    printf '%-10s ' "$name"
    if output=$("$@" 2>&1); then
        echo ok
    else
        echo failed
        printf '%s\n' "$output" | sed 's/^/    /'
        failed="$failed $name"
    fi
}

check style $bin/ruff check --quiet .
check format $bin/ruff format --check --quiet .
check types $bin/mypy core plugins tenants
check layers $bin/lint-imports --no-cache
check templates $bin/djlint --lint --quiet core plugins tenants
check shape $bin/python -m pytest -q --noconftest -p no:cacheprovider tests/test_repository.py

[ -z "$failed" ] || { echo "lint:$failed failed" >&2; exit 1; }
