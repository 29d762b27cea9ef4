#!/usr/bin/env bash
# The main job, offline: the embedded model writes programs, they are executed and scored; then one run again, and a page.
set -euo pipefail
cd "$(dirname "$0")/.."
passatk=.venv/bin/passatk
python=src/passatk/pipeline/experiments/embedded-python.toml
rm -rf runs/demo runs/demo-first runs/demo-statuses runs/demo.html

echo "The embedded model solves problems in Python, once each:"
echo "\$ passatk run embedded-python.toml --set task.samples=1 --out runs/demo-first"
code=0
$passatk run "$python" --set task.samples=1 --out runs/demo-first || code=$?

if [ "$code" = 0 ]; then
    echo
    echo "Ten times each, and it translates solutions to JavaScript:"
    echo "\$ passatk run --out runs/demo"
    $passatk run --out runs/demo || code=$?
fi

if [ "$code" = 0 ]; then
    echo
    echo "The first of these generated and judged again, by 16 workers instead of one per CPU:"
    echo "\$ passatk verify runs/demo/embedded-python --workers 16"
    $passatk verify runs/demo/embedded-python --workers 16

    echo
    echo "Programs of every status, in six languages:"
    judge=(evaluate examples/generations.jsonl --problems basics/written --cpu-seconds 2 --memory-mib 256 --no-cache --out runs/demo-statuses)
    echo "\$ passatk ${judge[*]}"
    $passatk "${judge[@]}" || code=$?
    if [ "$code" = 3 ]; then
        echo
        echo "Some languages' tools are not on this machine. Without their programs:"
        code=0
        $passatk "${judge[@]}" --allow-unjudged || code=$?
        $passatk doctor || true
    fi
fi
if [ "$code" != 0 ]; then
    echo
    echo "Not everything could be judged here (exit code $code). What this machine has and lacks:"
    $passatk doctor || true
    exit "$code"
fi

echo
echo "The run in Python as a page, to be opened in a browser:"
echo "\$ passatk report runs/demo/embedded-python --out runs/demo.html"
$passatk report runs/demo/embedded-python --out runs/demo.html
