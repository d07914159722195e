#!/bin/sh
# Build .venv from uv.lock with a Python 3.12-3.14 that really runs; fetch uv from the package index when missing.
# Usage: ./bootstrap.sh [extra `uv sync` arguments, e.g. --group e2e]
set -eu
cd "$(dirname "$0")"

say() { printf 'bootstrap: %s\n' "$*" >&2; }

runs() { # does this candidate really start, and is it a version we support? (pyenv shims often exist but refuse)
    "$1" -c 'import sys, venv; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
    for candidate in "${PYTHON:-}" .venv/bin/python python3.13 python3.14 python3.12 python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.14*/bin/python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin/python3 \
        /usr/local/bin/python3 /usr/local/bin/python3.1[234] /opt/*/bin/python3 \
        "$HOME"/.local/share/uv/python/cpython-3.1[234]*/bin/python3; do
        [ -n "$candidate" ] || continue
        if runs "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

find_uv() {
    for candidate in uv .tools/bin/uv "$HOME/.local/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return 0
        fi
    done
    # Any Python with pip can fetch uv, also one too old to run Fleet.
    for helper in "$1" python3 python; do
        [ -n "$helper" ] || continue
        if "$helper" -m pip --version >/dev/null 2>&1; then
            say "getting uv from the package index"
            "$helper" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
                --target .tools uv >&2 && echo .tools/bin/uv && return 0
        fi
    done
    # Debian ships python3 without pip; a venv may still bring it.
    if [ -n "$1" ] && "$1" -m venv .tools/venv >/dev/null 2>&1; then
        say "getting uv from the package index"
        .tools/venv/bin/pip install --quiet --disable-pip-version-check uv >&2 && echo .tools/venv/bin/uv && return 0
    fi
    return 1
}

python=$(find_python || true)
uv=$(find_uv "$python") || {
    say "no uv and no Python with pip found. Install Python 3.12, 3.13 or 3.14 (with pip) or uv, and run this again."
    exit 1
}
if [ -n "$python" ]; then
    export UV_PYTHON="$python"
else
    say "no Python 3.12-3.14 on this machine; asking uv for one"
    export UV_PYTHON=3.13
fi
[ -d .venv ] || say "building .venv; the first time this takes a minute"
"$uv" sync --locked --quiet "$@" || {
    say "could not build .venv (Python: ${UV_PYTHON}). The lines above say why; a Python can be named with PYTHON=/path/to/python3.13."
    exit 1
}
