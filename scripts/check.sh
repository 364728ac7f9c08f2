#!/usr/bin/env bash
# The steps of every check, in one place: the Makefile and .ci/run call them.
#
#   scripts/check.sh [STEP]...    without steps: all that "make check" wants
#
# It needs bash (3.2 will do) and Go, and the network where modules are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

example_limit=${EXAMPLE_LIMIT:-60} # seconds that one example may run
fuzztime=${FUZZTIME:-10s}          # for each fuzz target
bench=${BENCH:-.}                  # which benchmarks

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

say() { printf '\n== %s\n' "$*"; }
skip() { printf 'SKIPPED: %s\n' "$*"; }

step_fmt() {
  say "gofmt"
  local unformatted
  unformatted=$("$(go env GOROOT)/bin/gofmt" -l .)
  if [ -n "$unformatted" ]; then
    printf 'gofmt would change:\n%s\n' "$unformatted"
    return 1
  fi
}

step_vet() {
  say "go vet"
  go vet ./...
}

step_staticcheck() {
  say "staticcheck"
  go tool -modfile=tools/go.mod staticcheck ./...
}

step_portable() {
  say "other kinds of processors, and no assembly"
  GOARCH=386 go build ./...
  GOARCH=arm64 go build ./...
  go vet -tags purego ./internal/kernel
  go test -tags purego ./internal/kernel
}

step_arch() {
  say "architecture"
  go test ./internal/arch
}

step_test() {
  say "go test"
  local data=${BELIEF_DATA:-../shared/data}
  if [ ! -d "$data" ]; then
    skip "the tests that need data files; $data is missing (set BELIEF_DATA)"
  fi
  go test ./...
}

# limited SECONDS COMMAND...: fails if the command does, or is not done in time.
limited() {
  local deadline=$((SECONDS + $1)) pid
  shift
  "$@" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$SECONDS" -gt "$deadline" ]; then
      kill -9 "$pid"
      wait "$pid" 2>/dev/null || true
      echo "not done in time"
      return 1
    fi
    sleep 0.1
  done
  wait "$pid"
}

step_examples() {
  say "examples"
  local packages package program count=0
  packages=$(go list -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' ./examples/... 2>"$temp/list") || {
    cat "$temp/list"
    return 1
  }
  for package in $packages; do
    program=$temp/example
    go build -o "$program" "$package"
    if limited "$example_limit" "$program" </dev/null >"$temp/output" 2>&1; then
      echo "ok      $package"
    else
      cat "$temp/output"
      echo "FAIL    $package"
      return 1
    fi
    count=$((count + 1))
  done
  echo "examples run: $count"
}

# has_cc says whether a C compiler is there that can build a program.
has_cc() {
  local cc
  cc=$(go env CC)
  printf '#include <stdlib.h>\nint main(void) { return 0; }\n' >"$temp/probe.c"
  $cc -o "$temp/probe" "$temp/probe.c" >/dev/null 2>&1 # CC may hold flags
}

step_race() {
  say "go test -race"
  if has_cc; then
    skip "the big networks under the race detector (-short)"
    CGO_ENABLED=1 go test -race -short ./...
  else
    skip "the race detector; it needs a C compiler, and \"$(go env CC)\" builds no program"
  fi
}

step_bench() {
  say "benchmarks"
  go test -run '^$' -bench "$bench" -benchmem ./...
}

step_bench_exact() {
  say "benchmarks of exact inference"
  go test -run '^$' -bench 'AllMarginals|RepeatedQuery' -cpu 1 -benchmem -timeout 30m ./inference
}

step_bench_dist() {
  say "benchmarks of distributions"
  local round
  go test -c -o "$temp/dist.test" ./dist
  for round in 1 2 3 4 5 6 7 8 9; do
    echo "# round $round"
    "$temp/dist.test" -test.run '^$' -test.bench 'Gonum|Batch|Categorical' -test.cpu 1 -test.benchtime 20ms
  done
}

step_bench_mcmc() {
  say "NUTS against RStan and JAGS"
  scripts/bench-mcmc/run.sh
}

step_bench_nn() {
  say "steps of learning against PyTorch"
  scripts/bench-nn/run.sh
}

step_bench_em() {
  say "learning with latent variables against scikit-learn"
  scripts/bench-em/run.sh
}

step_slow_exact() {
  say "slow checks of exact inference"
  BELIEF_SLOW=1 go test -count 1 -run Slow -v -timeout 30m ./inference
}

step_slow_mcmc() {
  say "slow checks of samplers"
  BELIEF_SLOW=1 go test -count 1 -run Slow -v -timeout 30m ./internal/posteriordb
}

step_slow_nn() {
  say "slow checks of networks and data"
  BELIEF_SLOW=1 go test -count 1 -run Slow -v -timeout 30m ./nn ./data
}

step_fuzz() {
  local packages package target found=0
  packages=$(go list ./...)
  for package in $packages; do
    go test -list '^Fuzz' "$package" >"$temp/targets"
    while read -r target _; do
      case $target in
        Fuzz*)
          say "$package $target for $fuzztime"
          go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" "$package" </dev/null
          found=$((found + 1))
          ;;
      esac
    done <"$temp/targets"
  done
  echo "fuzz targets run: $found"
}

step_cover() {
  say "coverage"
  go test -coverprofile=cover.out ./...
  go tool cover -func=cover.out | tail -n 1
}

# The tests come last, so that their results are the last lines.
if [ $# -eq 0 ]; then
  set -- fmt vet staticcheck portable arch examples test
fi
for step in "$@"; do
  if ! declare -F "step_$step" >/dev/null; then
    echo "scripts/check.sh: no step $step" >&2
    exit 2
  fi
done
for step in "$@"; do
  "step_$step"
done
