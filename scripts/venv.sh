#!/bin/sh
# Makes .venv with a Python of at least 3.11, if it is not there. PYTHON=/path/to/python chooses one.
set -eu
cd "$(dirname "$0")/.."
enough='import sys; raise SystemExit(sys.version_info < (3, 11))'
if [ -x .venv/bin/python ] && .venv/bin/python -c "$enough" 2>/dev/null && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    exit 0
fi

python=""
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$enough"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Dangjian needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none). Debian 12 and newer: apt-get install python3 python3-venv" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    # Debian ships the standard library's venv apart.
    sh scripts/debian.sh "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
fi
echo "Creating .venv with $("$python" --version)"
"$python" -m venv --clear .venv
