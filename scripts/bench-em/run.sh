#!/usr/bin/env bash
# Compares learning with latent variables with scikit-learn and hmmlearn on one thread,
# in turns, and prints the median of the ratios of the peer's time to ours, with least
# and most.
#
#   scripts/bench-em/run.sh     ROUNDS=9 TASKS="kmeans gmm-full …" CORETYPE=Haswell
#
# Python with scikit-learn is used if it is there (Debian: python3-sklearn); PYTHON names
# it, and PYTHONPATH a folder with hmmlearn. CORETYPE is the kind of core that their
# OpenBLAS is told to take. BELIEF_DATA is the folder of test data.
set -euo pipefail
cd "$(dirname "$0")/../.."

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
rounds=${ROUNDS:-9}
tasks=${TASKS:-kmeans kmeans-noise gmm-full gmm-diagonal pca pca-noise pca-randomized baum-welch forward viterbi}
python=${PYTHON:-/usr/bin/python3}
export OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=${CORETYPE:-Haswell}
BELIEF_DATA=$(cd "${BELIEF_DATA:-../shared/data}" 2>/dev/null && pwd || true)
export BELIEF_DATA

for package in em em/linear graphical/chain; do
  go test -c -o "$temp/$(basename "$package").test" "./$package"
done

bench() { # PACKAGE NAME: seconds of one run, or of one iteration where that is measured
  (cd "$1" && "$temp/$(basename "$1").test" -test.run '^$' -test.bench "$2" -test.cpu 1 -test.benchtime "${3:-1s}") |
    awk '/^Benchmark/ { v = $3; for (i = 3; i < NF; i++) if ($(i + 1) == "ns/iteration") v = $i; print v / 1e9 }'
}

ours() {
  case $1 in
  kmeans) bench em '^BenchmarkKMeans$/^n=100000$/^spread=1$/^hamerly$' 3x ;;
  kmeans-noise) bench em '^BenchmarkKMeans$/^n=100000$/^spread=0$/^hamerly$' 3x ;;
  gmm-full) bench em '^BenchmarkGaussianMixture$/^full$/^100000x10,k=10$' ;;
  gmm-diagonal) bench em '^BenchmarkGaussianMixture$/^diagonal$/^100000x10,k=10$' ;;
  pca) bench em/linear '^BenchmarkPCA$/^full$' 3x | head -n 1 ;;
  pca-noise) bench em/linear '^BenchmarkPCA$/^full$/^noise$' 3x ;;
  pca-randomized) bench em/linear '^BenchmarkPCA$/^randomized$' 3x ;;
  baum-welch) bench em '^BenchmarkBaumWelch$' ;;
  forward) bench graphical/chain '^BenchmarkForward$' ;;
  viterbi) bench graphical/chain '^BenchmarkViterbi$' ;;
  esac
}

for task in $tasks; do
  for _ in $(seq "$rounds"); do
    a=$(ours "$task")
    if ! b=$("$python" scripts/bench-em/peer.py "$task" "$BELIEF_DATA/hmm/baum_welch_32x64.json.gz" 2>"$temp/why" | awk '{ print $2 }'); then
      printf '%-14s ours %s s; SKIPPED: the peer, %s\n' "$task" "$a" "$(tail -n 1 "$temp/why")"
      continue 2
    fi
    awk -v a="$a" -v b="$b" 'BEGIN { printf "%.4f %.6f %.6f\n", b / a, a, b }'
  done | sort -n >"$temp/ratios"
  if grep -q SKIPPED "$temp/ratios"; then
    cat "$temp/ratios"
    continue
  fi
  awk -v task="$task" '
    { ratio[NR] = $1; ours[NR] = $2; theirs[NR] = $3 }
    END {
      m = int((NR + 1) / 2)
      printf "%-14s ratio %.2f [%.2f %.2f]  ours %.2f ms, theirs %.2f ms in the middle round\n", task, ratio[m], ratio[1], ratio[NR], ours[m] * 1e3, theirs[m] * 1e3
    }' "$temp/ratios"
done
