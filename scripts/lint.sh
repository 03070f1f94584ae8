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

migrations() {
    sql=$(mktemp) || return 1
    $bin/python -c 'from alembic import command; from core.database.migrate import configuration as c; command.upgrade(c(), "head", sql=True)' \
        >"$sql" 2>"$sql.log" || { cat "$sql.log"; return 1; }
    # Left out: counts and small codes are meant to be small; the timeouts are set by core.database.migrate, which also
    # runs each migration in one transaction, where no index can be made concurrently; Alembic's own version table.
    $bin/squawk --pg-version=15.0 --exclude=prefer-bigint-over-int,prefer-bigint-over-smallint,require-statement-timeout,require-concurrent-index-creation,prefer-text-field "$sql"
    status=$?
    rm -f "$sql" "$sql.log"
    return $status
}

check style $bin/ruff check --quiet .
check format $bin/ruff format --check --quiet .
check types $bin/mypy core plugins tenants
check layers $bin/lint-imports --no-cache
check templates $bin/djlint --lint --quiet core plugins tenants
check migrations migrations
check shape $bin/python -m pytest -q --noconftest -p no:cacheprovider tests/test_repository.py

[ -z "$failed" ] || { echo "lint:$failed failed" >&2; exit 1; }
