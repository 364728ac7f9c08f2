#!/usr/bin/env bash
# Compares NUTS with RStan and JAGS on ten posteriors, seed by seed in turns.
#
#   scripts/bench-mcmc/run.sh     SEEDS="1 2 … 10" OUT=FILE CACHE=FOLDER
#
# R with the packages rstan, rjags, posterior and jsonlite is used if it is there
# (Debian: r-cran-rstan r-cran-rjags r-cran-posterior r-cran-jsonlite); the first
# run compiles Stan's programs, which takes ten minutes. With OUT, a run that was
# broken off goes on where it was.
set -euo pipefail
cd "$(dirname "$0")/../.."

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
seeds=${SEEDS:-1 2 3 4 5 6 7 8 9 10}
out=${OUT:-$temp/runs.jsonl}
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/belief-bench-mcmc}
data=${BELIEF_DATA:-$PWD/../shared/data}

if [ ! -d "$data/posteriordb" ]; then
  echo "SKIPPED: the benchmark needs $data/posteriordb; set BELIEF_DATA"
  exit 0
fi
go test -c -o "$temp/posteriordb.test" ./internal/posteriordb
peers=yes
if ! command -v Rscript >/dev/null; then
  echo "SKIPPED: the peers; they need R"
  peers=
fi
mkdir -p "$cache"
for seed in $seeds; do
  echo "# seed $seed" >&2
  BELIEF_DATA=$data BELIEF_BENCH=$out BELIEF_SEEDS=$seed "$temp/posteriordb.test" -test.run 'TestBench$' -test.timeout 1h >/dev/null
  if [ -n "$peers" ]; then
    Rscript scripts/bench-mcmc/peer.R "$out" "$seed" "$data" "$cache" >&2
  fi
done
BELIEF_BENCH_REPORT=$out "$temp/posteriordb.test" -test.run 'TestBenchReport$' | sed '/^PASS$/d'
