#!/bin/sh
# Builds .venv from the hash-pinned locks: "run" is what serving needs, "dev" adds what tests and checks need. Then builds the
# web app of ui/, but for PROSA_SKIP_UI=1. Does nothing, within milliseconds, when locks, interpreter, folder and the app's
# sources are those it was built for.
set -eu
kind=${1:-run}
cd "$(dirname "$0")/.."
stamps=.venv/.prosa

fail() {
    printf 'prosa: %s\n' "$1" >&2
    exit 1
}

# One word for what an environment was built from: the files' contents and the folder (an environment can't be moved).
print_of() {
    { cat "$@" && pwd; } | cksum | tr ' ' '-'
}

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer"
        printf '%s\n' "$PYTHON"
        return
    fi
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
    fail "needs Python 3.11 or newer and found none; install one, or name it: make run PYTHON=/path/to/python3"
}

install() {
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$@" ||
        fail "the packages could not be installed, see above; mend the network or pip's settings and start again"
}

current() {
    [ "$(cat "$stamps/$1" 2>/dev/null || true)" = "$2" ] && [ -x .venv/bin/python ]
}

complete() {
    current run "$run_print" && .venv/bin/python -c '' 2>/dev/null && current own "$own_print" && [ -x .venv/bin/prosa ] &&
        { [ "$kind" != dev ] || current dev "$dev_print"; } && app_current
}

# As the locks' word, of all files of the app's sources but its tests.
print_of_app() {
    find ui -name node_modules -prune -o -type f ! -name '*.test.ts' ! -name '*.test.tsx' -exec cksum {} + | sort | cksum | tr ' ' '-'
}

app_current() {
    [ -z "$app_print" ] || { [ "$(cat "$app/.print" 2>/dev/null || true)" = "$app_print" ] && [ -e "$app/index.html" ]; }
}

# Two starts at once would build into the same folder: the second waits until the first has finished or is gone.
take_turn() {
    [ -w . ] || fail "this folder cannot be written to, and prosa keeps its environment in it (.venv)"
    mkdir -p build
    told=
    until mkdir "$turn" 2>/dev/null; do
        [ -n "$told" ] || echo "prosa: waiting for another start that builds the environment ($turn)" >&2
        told=yes
        sleep 1
        holder=$(cat "$turn/holder" 2>/dev/null || true)
        [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null || rm -rf "$turn"
    done
    trap 'rm -rf "$turn"' EXIT
    trap 'exit 130' INT TERM
    echo $$ >"$turn/holder"
}

turn=build/environment.turn
run_print=$(print_of requirements.txt)
own_print=$(print_of pyproject.toml)
dev_print=$(print_of requirements.txt requirements-dev.txt)

app=src/prosa/web/assets
app_print=
[ -n "${PROSA_SKIP_UI:-}" ] || [ ! -d ui ] || app_print=$(print_of_app)

complete && exit 0
take_turn

if ! { current run "$run_print" && .venv/bin/python -c '' 2>/dev/null; }; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        fail "this Python cannot make environments; install its venv module (Debian and Ubuntu: apt install python3-venv)"
    echo "prosa: building its environment in .venv (once; about a minute)" >&2
    "$python" -m venv --clear .venv
    install --require-hashes -r requirements.txt
    mkdir -p "$stamps"
    echo "$run_print" >"$stamps/run"
fi

if ! { current own "$own_print" && [ -x .venv/bin/prosa ]; }; then
    PROSA_SKIP_UI=1 install --no-deps --no-build-isolation --editable .
    echo "$own_print" >"$stamps/own"
fi

if [ "$kind" = dev ] && ! current dev "$dev_print"; then
    echo "prosa: adding the development tools to .venv (once; a few minutes)" >&2
    install --require-hashes -r requirements.txt -r requirements-dev.txt
    echo "$dev_print" >"$stamps/dev"
fi

if ! app_current; then
    echo "prosa: building the web app (once for each change of ui/; a minute the first time)" >&2
    if .venv/bin/python hatch_build.py wants-node; then
        install --require-hashes -r requirements-ui.txt
    fi
    .venv/bin/python hatch_build.py ||
        fail "without it the API works all the same: PROSA_SKIP_UI=1 leaves the app out"
    echo "$app_print" >"$app/.print"
fi
