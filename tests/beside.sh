#!/bin/sh
# tests/beside.sh LINT TESTS: both commands at once; fails when either does. What lint found is shown at the end.
set -u
found=$(mktemp)
started=$(date +%s)
(sh -c "$1" >"$found" 2>&1) &
lint=$!
trap 'kill "$lint" 2>/dev/null; rm -f "$found"' EXIT
trap 'exit 130' INT TERM
sh -c "$2"
tests=$?
wait "$lint"
if [ $? -ne 0 ]; then
    cat "$found"
    echo "Lint: FAILED. See above; \`make lint\` repeats it."
    [ "$tests" -ne 0 ] || tests=1
else
    echo "Lint: nothing found."
fi
echo "Tests and lint together: $(($(date +%s) - started)) s."
exit "$tests"
