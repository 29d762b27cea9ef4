#!/usr/bin/env bash
# The main job on shipped data: score generations in six languages, then show what a missing toolchain does.
set -euo pipefail
cd "$(dirname "$0")/.."
passatk=.venv/bin/passatk
rm -rf runs/demo runs/demo-missing

echo "\$ passatk evaluate examples/generations.jsonl --problems basics --cpu-seconds 2 --memory-mib 256 --out runs/demo"
code=0
$passatk evaluate examples/generations.jsonl --problems basics --cpu-seconds 2 --memory-mib 256 --out runs/demo || code=$?
if [ "$code" != 0 ]; then
    echo
    echo "Not everything could be judged here (exit code $code). What this machine has and lacks:"
    $passatk doctor || true
    exit "$code"
fi

echo
echo "The ninth status, not_judged, is the judge's own failure and never counted as the model's."
echo "The Rust generations again, with Rust taken away:"
echo "\$ PASSATK_RUSTC=/nowhere passatk evaluate examples/generations.jsonl --problems basics --language rust --out runs/demo-missing"
PASSATK_RUSTC=/nowhere $passatk evaluate examples/generations.jsonl --problems basics --language rust \
    --out runs/demo-missing || echo "(exit code $?)"
