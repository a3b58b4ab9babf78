#!/usr/bin/env bash
# The scan step of action.yml. In: SCANNED, RULES, FAIL_ON, SARIF, CATEGORY and what the runner sets. Out: the SARIF file, the
# job summary, and the step outputs sarif, findings and exit-code. Findings do not fail this step; a later step does, after
# the upload. A tool that could not do its job (exit 2) fails it at once.
set -euo pipefail

tmscan="${TMSCAN:-$RUNNER_TEMP/tmscan-venv/bin/tmscan}"
options=("--category=$CATEGORY" --root=.)
case $SARIF in *$'\n'*)
    echo "sarif-file must be one line" >&2
    exit 2
    ;;
esac
if [ -n "${RULES:-}" ]; then
    options+=("--rules=$RULES")
fi

code=0
"$tmscan" scan "${options[@]}" --format=sarif --output="$SARIF" --fail-on="$FAIL_ON" -- "$SCANNED" || code=$?
if [ "$code" -gt 1 ]; then
    exit "$code"
fi

findings=$("$(dirname "$tmscan")/python" -c 'import json, sys; print(sum(len(run["results"]) for run in json.load(open(sys.argv[1]))["runs"]))' "$SARIF")
{
    echo "sarif=$SARIF"
    echo "findings=$findings"
    echo "exit-code=$code"
} >>"$GITHUB_OUTPUT"

# Unchanged files come from the cache, so a second format costs little more than writing it.
"$tmscan" scan "${options[@]}" --format=markdown --fail-on=never -- "$SCANNED" >>"$GITHUB_STEP_SUMMARY"
