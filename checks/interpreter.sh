#!/bin/sh
# Installs what models' code runs in into build/interpreter, as `prosa doctor --install-interpreter` does for everybody, for the
# tests that run such code. Does nothing when it is there. Where a registry can't be reached, those tests say so.
set -eu
cd "$(dirname "$0")/.."
print=$(cksum <src/prosa/interpreter/requirements.txt | tr ' ' '-')
[ "$(cat build/interpreter/stamp 2>/dev/null || true)" = "$print" ] && exit 0
mkdir -p build
PROSA_DATA_DIR=build PROSA_INTERPRETER_DIR=build/interpreter .venv/bin/prosa doctor --install-interpreter >&2
echo "$print" >build/interpreter/stamp
