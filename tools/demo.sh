#!/usr/bin/env bash
# The main job on shipped data: score generations in six languages, then show what a missing toolchain does.
set -euo pipefail
cd "$(dirname "$0")/.."
passatk=.venv/bin/passatk
rm -rf runs/demo runs/demo-missing

judge=(evaluate examples/generations.jsonl --problems basics/written --cpu-seconds 2 --memory-mib 256 --no-cache --out runs/demo)
echo "\$ passatk ${judge[*]}"
code=0
$passatk "${judge[@]}" || code=$?
if [ "$code" != 0 ]; then
    echo
    echo "Not everything could be judged here (exit code $code). What this machine has and lacks:"
    $passatk doctor || true
    exit "$code"
fi

echo
echo "Judged again, by 16 workers instead of one per CPU:"
echo "\$ passatk verify runs/demo --workers 16"
$passatk verify runs/demo --workers 16

echo
echo "The ninth status, not_judged, is the judge's own failure and never counted as the model's."
echo "The Rust generations again, with Rust taken away:"
echo "\$ PASSATK_RUSTC=/nowhere passatk evaluate examples/generations.jsonl --problems basics/written --language rust --out runs/demo-missing"
PASSATK_RUSTC=/nowhere $passatk evaluate examples/generations.jsonl --problems basics/written --language rust \
    --out runs/demo-missing || echo "(exit code $?)"
