#!/usr/bin/env bash
# Compares steps of learning with PyTorch on one thread, in turns, and prints the
# median of the ratios of PyTorch's median time to our mean, with least and most.
#
#   scripts/bench-nn/run.sh     ROUNDS=9 TASKS="vae lstm gru dcgan" CORETYPE=Haswell
#
# Python with torch is used if it is there (Debian: python3-torch); PYTHON names it.
# CORETYPE is the kind of core that PyTorch's OpenBLAS is told to take.
set -euo pipefail
cd "$(dirname "$0")/../.."

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
rounds=${ROUNDS:-9}
tasks=${TASKS:-vae lstm gru dcgan}
python=${PYTHON:-/usr/bin/python3}
export OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=${CORETYPE:-Haswell}

go test -c -o "$temp/nn.test" ./nn
if ! "$python" -c 'import torch' 2>/dev/null; then
  echo "SKIPPED: the peer; $python has no torch"
  "$temp/nn.test" -test.run '^$' -test.bench Step -test.cpu 1
  exit 0
fi

ours() { # TASK: milliseconds of a step
  "$temp/nn.test" -test.run '^$' -test.bench "Step/$1\$" -test.cpu 1 -test.benchtime 1s |
    awk '/^Benchmark/ { print $3 / 1e6 }'
}

for task in $tasks; do
  name=$(printf '%s' "$task" | tr '[:lower:]' '[:upper:]')
  for _ in $(seq "$rounds"); do
    a=$(ours "$name")
    b=$("$python" scripts/bench-nn/peer.py "$task" 30 | awk '{ print $3 }')
    awk -v a="$a" -v b="$b" 'BEGIN { printf "%.4f %.3f %.3f\n", b / a, a, b }'
  done | sort -n >"$temp/ratios"
  awk -v task="$task" '
    { ratio[NR] = $1; ours[NR] = $2; theirs[NR] = $3 }
    END {
      m = int((NR + 1) / 2)
      printf "%-6s ratio %.2f [%.2f %.2f]  ours %.2f ms, PyTorch %.2f ms in the middle round\n", task, ratio[m], ratio[1], ratio[NR], ours[m], theirs[m]
    }' "$temp/ratios"
done
