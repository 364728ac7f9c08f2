# Everything here needs Go and nothing else, but for race, which needs a C
# compiler too. The steps themselves are in scripts/check.sh.

.PHONY: help check fmt vet staticcheck portable arch test examples race bench bench-exact bench-dist bench-mcmc bench-nn bench-em slow-exact slow-mcmc slow-nn fuzz cover

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

check: ## all that must pass: format, vet, staticcheck, other processors, architecture, examples, tests
	@scripts/check.sh

fmt: ## refuse files that gofmt would change
	@scripts/check.sh fmt

vet: ## go vet
	@scripts/check.sh vet

staticcheck: ## staticcheck, at the version that tools/go.mod pins
	@scripts/check.sh staticcheck

portable: ## build for 32 bits and for ARM, and test without assembly
	@scripts/check.sh portable

arch: ## hold the imports against the table of internal/arch
	@scripts/check.sh arch

test: ## all tests
	@scripts/check.sh test

examples: ## build and run every example (EXAMPLE_LIMIT=60 seconds each)
	@scripts/check.sh examples

race: ## all tests under the race detector, if there is a C compiler
	@scripts/check.sh race

bench: ## all benchmarks (BENCH=REGEXP: some)
	@scripts/check.sh bench

bench-exact: ## exact inference on the networks of the data directory
	@scripts/check.sh bench_exact

bench-dist: ## distributions against gonum's, nine times over in turns
	@scripts/check.sh bench_dist

bench-mcmc: ## NUTS against RStan and JAGS, ten seeds in turns (SEEDS=…, OUT=FILE)
	@scripts/check.sh bench_mcmc

bench-nn: ## steps of learning against PyTorch, nine times over in turns
	@scripts/check.sh bench_nn

bench-em: ## learning with latent variables against scikit-learn, nine times over in turns
	@scripts/check.sh bench_em

slow-exact: ## the checks of exact inference that take too long for every day
	@scripts/check.sh slow_exact

slow-mcmc: ## NUTS against reference moments, and what it must tell of hard targets
	@scripts/check.sh slow_mcmc

slow-nn: ## what networks learn, MNIST among it, and ten million rows of CSV
	@scripts/check.sh slow_nn

fuzz: ## every fuzz target (FUZZTIME=10s each)
	@scripts/check.sh fuzz

cover: ## test coverage, with the details in cover.out
	@scripts/check.sh cover
