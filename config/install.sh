#!/bin/sh
# Makes .venv if need be, and puts the locked packages of the file "$1" and this project into it.
# Plain shell, because the Python that is found may be too old to read the project.
set -eu

OLDEST=3.11

fail() {
    echo "$1" >&2
    exit 1
}

new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$OLDEST'.split('.'))))" 2>/dev/null
}

find_python() {
    # A name on the PATH may be a shim for a version that is not installed, so each is tried.
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

make_environment() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not Python $OLDEST or newer."
    else
        PYTHON=$(find_python)
        [ -n "$PYTHON" ] || fail "Python $OLDEST or newer is needed, found $(python3 --version 2>&1 || true). PYTHON=/path/to/python names another."
    fi
    "$PYTHON" -c "import venv, ensurepip" 2>/dev/null ||
        fail "$PYTHON lacks the venv module (Debian, Ubuntu: apt-get install python3-venv)."
    echo "Making .venv with $("$PYTHON" --version)"
    rm -rf .venv
    "$PYTHON" -m venv .venv
}

new_enough .venv/bin/python || make_environment
PIP="env PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet"
echo "Installing the packages of $1"
$PIP --require-hashes -r "$1" || fail "The packages of $1 could not be installed; the lines above say why."
# Not isolated: what builds the project is locked with the rest.
$PIP --no-deps --no-build-isolation -e . || fail "The project could not be installed; the lines above say why."
