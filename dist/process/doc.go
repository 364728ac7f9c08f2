// Package process holds random processes: finite Markov chains, random walks,
// Poisson processes, Gaussian-process regression, and the optimization of expensive
// functions that is built on it.
//
//	chain, err := process.NewMarkovChain([]string{"dry", "wet"}, [][]float64{{0.9, 0.1}, {0.5, 0.5}})
//	pi := chain.Stationary()[0]                     // 5/6, 1/6
//	gp := process.GaussianProcess{Kernel: process.SquaredExponential{Sigma: 1, Length: []float64{1}}, Noise: 0.1}
//	post, err := gp.Condition(x, y)
//	mean, variance := post.Predict([]float64{0.5})
//	best, err := process.BayesianOptimization{Lower: lo, Upper: hi}.Run(ctx, objective)
//
// # Markov chains
//
// A [MarkovChain] is made from its matrix or, with [TransitionCounts], from paths that
// were seen. It tells its [Class]es and periods, stationary distributions, where it
// ends up and when ([Absorption]), and how fast it forgets its start ([MixingTime]).
//
// A chain has P(X_{t+1} = j | X_t = i) = p_ij: rows are where one comes from. A
// distribution over states is a row vector, π' = πP, and is stationary if π = πP;
// texts that write π = Tπ mean the transposed matrix. A chain converges to its
// stationary distribution from any start if it is ergodic. Detailed balance alone,
// π_i p_ij = π_j p_ji, makes π stationary and does not make the chain converge to
// it, though some texts say so. Matrices are dense, O(n²) in memory and O(n³) in
// time for most questions, and chains of more than 4096 states are refused. However
// small the probabilities, none gets lost in a product: where float64 does not reach,
// the work is done in numbers of a wider range.
//
// # Walks and Poisson processes
//
// A [SimpleWalk] goes one step up or down, a [GaussianWalk] by normal increments. The
// events of a [PoissonProcess] come at a constant rate, those of an
// [InhomogeneousPoisson] at one that changes with time.
//
// # Gaussian processes
//
// Of a function with prior mean m and covariance k, observed with independent normal
// noise of standard deviation σ at the rows x_i of X, the posterior at x is normal
// with
//
//	mean      m(x) + k(x, X) (K + σ²I)⁻¹ (y − m(X))
//	variance  k(x, x) − k(x, X) (K + σ²I)⁻¹ k(X, x).
//
// Kernels are [SquaredExponential], [Matern], [Periodic], [Linear], [Constant] and
// [White], and any [Sum] or [Product] of them; with [GaussianProcess.Fit] the data choose
// their hyperparameters.
//
// Points are rows of d numbers, one after the other in one slice. Conditioning on n
// points takes O(n³) time and 24 n² bytes, a prediction O(n²). The logarithm of the
// marginal likelihood and of everything else is natural.
//
// # Bayesian optimization
//
// A [BayesianOptimization] looks for the minimum of a function of a few variables that
// takes so long to evaluate, or costs so much, that it is worth a Gaussian process to
// choose each point. The choice is that of an [Acquisition]: [ExpectedImprovement],
// [ProbabilityOfImprovement] or [UpperConfidenceBound].
//
// # Concurrency and randomness
//
// All values are immutable, except [TransitionCounts], and safe for concurrent use.
// Functions that draw take a *rand.Rand; runs take a seed, and their results do not
// depend on the number of workers. Points of the wrong length are the programmer's
// mistake and panic with "process: ".
//
// # References
//
// Kemeny & Snell 1960, Finite Markov chains; Levin, Peres & Wilmer 2017, Markov
// chains and mixing times; Grassmann, Taksar & Heyman 1985; Lewis & Shedler 1979;
// Rasmussen & Williams 2006, Gaussian processes for machine learning; Jones,
// Schonlau & Welch 1998, Efficient global optimization of expensive black-box
// functions; Ament et al. 2023, Unexpected improvements to expected improvement for
// Bayesian optimization.
package process
