// Package mcmc samples from any density that can be computed up to a constant
// factor, and says whether the draws are to be believed.
//
//	run, err := mcmc.NUTS{}.Run(ctx, target, mcmc.Config{Chains: 4, Draws: 1000, Seed: 1})
//	fmt.Println(run.Summary()) // mean, sd, MCSE, quantiles, effective sample size, R-hat
//
// # Targets
//
// A [Target] is a log density on ℝⁿ in nats; a [GradTarget] knows its gradient
// too, and [CheckGradient] whether that is right. [Func] and [GradFunc] make them
// of functions. What lives on less than ℝⁿ, such as a scale or a simplex, is taken
// there by [Constrain] and package dist/transform. A [Quantifier] says which
// quantities of a point are written down.
//
// # Samplers
//
// [NUTS] is the one to use for a density with a gradient. It needs no settings: it
// finds its starting points (Pathfinder), step size and metric (diagonal, low rank or
// dense) in the warm-up. Without a
// gradient there are [AdaptiveMetropolis] and [Slice], where coordinates are partly
// discrete or known through their full conditionals [Gibbs], where the prior is
// normal [EllipticalSlice], where modes are far apart [Tempering], and the classics
// of the textbooks: [Metropolis], [MetropolisHastings], [Independence], [Ensemble],
// [HMC].
//
// A sampler makes a [Kernel]: initialize, step, info, in the manner of BlackJAX
// (Cabezas et al. 2024). What the next step needs is in its [State], and tuning is
// apart from it ([Tuner]). Kernels can be driven by hand; whoever writes a new one
// gets chains, warm-up, checkpoints and files from the driver, and its tests from
// mcmc/mcmctest.
//
// # Runs
//
// [Sample] runs several chains in parallel, [Steps] yields their draws as they
// come. A chain takes WarmUp steps (burn-in), in which the sampler tunes itself,
// and then Thin steps for each draw that is kept. Step i of chain c uses a random
// stream that is a function of seed, c and i alone: the draws have the same bits
// for any number of workers, and a run that was killed goes on from its checkpoint
// to the draws that it would have had. A run that is cancelled returns what it has
// and the context's error.
//
// A chain with π as its stationary distribution forgets where it started if it is
// irreducible and aperiodic; detailed balance, π(x) q(x→y) = π(y) q(y→x), gives
// stationarity and nothing more, in spite of what some textbooks say. No finite run
// proves that it has forgotten. So judge by the summary's R-hat, effective sample
// sizes and warnings, and by package mcmc/check.
//
// # Cost and memory
//
// A step costs what the kernel's documentation says; the driver adds about 100 ns.
// Draws take 8 bytes per number; [Config.Memory] bounds them, and a sink on disk
// with [Config.Discard] makes the bound void. Chains share nothing, so a target
// must be safe for concurrent use or a [Cloner].
//
// # Rooms beside it
//
// mcmc/montecarlo has independent draws (rejection, importance), mcmc/ladder
// annealed importance sampling and sequential Monte Carlo with their evidence,
// mcmc/draws the files, mcmc/diagnostics the diagnostics, mcmc/check the tests of a
// user's own model.
//
// # References
//
//   - N. Metropolis et al. (1953). Equation of state calculations by fast computing
//     machines. Journal of Chemical Physics 21.
//   - W. K. Hastings (1970). Monte Carlo sampling methods using Markov chains and
//     their applications. Biometrika 57.
//   - M. D. Hoffman, A. Gelman (2014). The No-U-Turn sampler. Journal of Machine
//     Learning Research 15.
//   - M. Betancourt (2017). A conceptual introduction to Hamiltonian Monte Carlo.
//     arXiv:1701.02434.
//   - A. Seyboldt, E. L. Carlson, B. Carpenter (2024). Preconditioning Hamiltonian
//     Monte Carlo by minimizing Fisher divergence.
package mcmc
