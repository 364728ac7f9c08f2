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
// fitted to the particles or with any sampler of package mcmc; in more than thirty
// dimensions it uses gradients if there are any. [Pointwise] makes a path of three
// functions, and [ABC] leads to the posterior of a model that can only be simulated.
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
// For AIS the mean of the weights is right on average, and its logarithm therefore too
// low on average, by about half the squared standard error: log Ẑ is a stochastic
// lower bound. [ReverseAIS], down from exact draws of the target, gives an upper
// bound; the two close in on the truth as temperatures are added (Grosse, Ghahramani &
// Adams 2015), and a gap between them larger than their standard errors says that both
// are wrong.
//
// Of SMC the same is true exactly if temperatures and transitions are fixed. Where
// particles choose them it holds nearly, on one condition: what moves a particle must
// not be learnt from that particle and its kin. A random walk with the covariance of
// the very particles that it moves is fast where these are too wide and slow where
// they are too narrow, so that they end up too narrow and the evidence too large, by
// more than a nat in thirty dimensions. SMC therefore keeps several populations that
// resample apart from each other, and each is moved by what the others have taught.
// Their number is a setting; with one the walk learns from itself, and log Ẑ may be
// too high. Moves are as many as halve the correlation of a particle with where it
// was, judged by the squared length of the jumps (Buchholz, Chopin & Jacob 2021), and
// a warning says where that is out of reach.
//
// # What they are worth
//
// The standard error of an AIS estimate comes from the spread of the weights by the
// delta method, and is worth nothing when a few of them dominate: the result says so
// by its effective sample size and the Pareto shape of the tail (Vehtari et al.
// 2024). The standard error of an SMC estimate is that of a single run, the larger of
// two: from the genealogy of its particles (Chan & Lai 2013; Lee & Whiteley 2018), and
// from how its populations differ. Warnings say where few draws of the base have
// descendants, where a few of these have much of the weight, where the weights of a
// step have a heavy tail, as those of a target with heavier tails than the base, and
// where the error is so large that log Ẑ is far too low in most runs.
//
// None of this can tell of what no particle has seen. A mode that is narrow and far
// from the others, or narrow within a wide one, has next to no mass at the
// temperatures where particles could still go there, however many steps they take;
// every ladder over temperatures misses it, every population agrees, and log Ẑ is too
// low by the logarithm of the mass that was found, with a small error and without a
// warning. Half of a mixture of N(0, 0.1² I) and N(0, I) in ten dimensions, started
// from the latter, is lost in this way: log Ẑ is −0.693 ± 0.000 where the truth is 0.
// Of four fifths of the mass in a mode of width 0.3 at distance 3 from a base of
// width 3 in five dimensions, a thousand particles find nothing in every second run.
// What helps is a base that knows of the mode, or another path.
//
// # Cost
//
// AIS takes chains × temperatures × (moves + 1) evaluations, one less for each move
// of the random walk of a Bridge, which remembers; SMC the same for its particles,
// with moves of the random walk that grow in proportion to the dimension, some 25 in
// thirty dimensions, and some twenty density ratios more for each temperature that it chooses, which
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
//   - Buchholz, Chopin & Jacob, Adaptive tuning of Hamiltonian Monte Carlo within
//     sequential Monte Carlo, 2021
//   - Lee & Whiteley, Variance estimation in the particle filter, 2018
//   - Vehtari, Simpson, Gelman, Yao & Gabry, Pareto smoothed importance sampling, 2024
package ladder
