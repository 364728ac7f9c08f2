// Package ladder climbs from a density that can be sampled to one that cannot, and
// brings back the ratio of their normalizers: annealed importance sampling and
// sequential Monte Carlo. What of the library needs log Z, the evidence of a model or
// the partition function of a machine, by sampling, takes it from here.
//
//	path := &ladder.Bridge{Base: prior, Target: target}
//	run, err := ladder.SMC(ctx, path, ladder.SMCConfig{Seed: 1})
//	fmt.Println(run.LogZ) // log ∫ target, in nats, with its standard error
//
// # Paths
//
// A [Path] is a family of unnormalized densities f_b, 0 ≤ b ≤ 1, of which f₀ can be
// sampled exactly and f₁ is the target, with a transition that leaves f_b invariant
// for each b. Its states are of any type and move in batches: a Boltzmann machine
// keeps a matrix of float32 with a row for each chain. [Bridge] is the path to a
// target of package mcmc, f_b = base^{1−b} target^b, with a random walk that is
// fitted to the particles or with any sampler of package mcmc. [Pointwise] makes a
// path of three functions,
// and [ABC] leads to the posterior of a model that can only be simulated.
//
// # Estimates
//
// Both methods gather weights along inverse temperatures 0 = b₀ < … < b_K = 1,
//
//	w = Π_k f_{b_k}(x_{k−1}) / f_{b_{k−1}}(x_{k−1}),  E[w] = Z₁/Z₀,
//
// where x_{k−1} has been moved by the transition for b_{k−1}. [AIS] averages over
// chains that know nothing of each other (Neal 2001). [SMC] resamples its particles
// in between, chooses its temperatures and tunes its transitions by them (Del Moral,
// Doucet & Jasra 2006), which makes it the better choice for a density that nothing
// is known of.
//
// The mean of the weights is right on average, and its logarithm therefore too low on
// average, by about half the squared standard error: log Ẑ is a stochastic lower
// bound. [ReverseAIS], down from exact draws of the target, gives an upper bound; the
// two close in on the truth as temperatures are added (Grosse, Ghahramani & Adams
// 2015), and a gap between them larger than their standard errors says that both
// are wrong.
//
// # What they are worth
//
// The standard error of an AIS estimate comes from the spread of the weights by the
// delta method, and is worth nothing when a few of them dominate: the result says so
// by its effective sample size and the Pareto shape of the tail (Vehtari et al.
// 2024). No look at the weights can tell of a mode that no chain has found. The
// standard error of an SMC estimate is that of a single run, from the genealogy of
// its particles (Chan & Lai 2013; Lee & Whiteley 2018); it is of no use where only a
// few draws of the base have descendants, which is a warning as well.
//
// # Cost
//
// AIS takes chains × temperatures × (moves + 1) evaluations, one less for each move
// of the random walk of a Bridge, which remembers; SMC the same for its particles,
// and some twenty density ratios more for each temperature that it chooses, which
// cost a Bridge no evaluation. The loops allocate nothing per step and chain. Memory
// is O(chains) beside the states.
//
// # Randomness and concurrency
//
// Batches run in parallel, each on a random stream of its own: results depend on the
// seed and the size of the batches and not on the number of workers. A path must
// stand concurrent calls on different batches.
//
// # References
//
//   - Neal, Annealed importance sampling, 2001
//   - Del Moral, Doucet & Jasra, Sequential Monte Carlo samplers, 2006
//   - Salakhutdinov & Murray, On the quantitative analysis of deep belief networks, 2008
//   - Douc, Cappé & Moulines, Comparison of resampling schemes for particle filtering, 2005
//   - Chan & Lai, A general theory of particle filters in hidden Markov models and
//     some applications, 2013
//   - Burda, Grosse & Salakhutdinov, Accurate and conservative estimates of MRF
//     log-likelihood using reverse annealing, 2015
//   - Grosse, Ghahramani & Adams, Sandwiching the marginal likelihood using
//     bidirectional Monte Carlo, 2015
//   - Del Moral, Doucet & Jasra, An adaptive sequential Monte Carlo method for
//     approximate Bayesian computation, 2012
//   - Zhou, Johansen & Aston, Toward automatic model comparison: an adaptive sequential
//     Monte Carlo approach, 2016
//   - Beskos, Jasra, Kantas & Thiery, On the convergence of adaptive sequential Monte
//     Carlo methods, 2016
//   - Lee & Whiteley, Variance estimation in the particle filter, 2018
//   - Vehtari, Simpson, Gelman, Yao & Gabry, Pareto smoothed importance sampling, 2024
package ladder
