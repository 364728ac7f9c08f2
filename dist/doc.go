// Package dist holds probability distributions and what one asks of them: density,
// sampling, moments, distribution function, entropy, gradients and fitting.
//
//	d, err := dist.NewGamma(2, 0.5)       // validated
//	prior := dist.Normal{Mu: 0, Sigma: 5} // taken at its word
//	fmt.Println(prior.LogProb(1), prior.CDF(1), prior.Quantile(0.975))
//	x := prior.Rand(rand.New(rand.NewPCG(1, 2)))
//	fit, err := dist.FitNormal(xs, nil)
//
// A distribution is an immutable value with exported parameters, safe for
// concurrent use, and never stores a random source. Its zero value need not be a
// distribution: a constructor NewX or the method Validate tells, with a
// [*ParameterError], and the other methods then do not check again.
//
// # Conventions
//
// Values are float64, of discrete distributions too; LogProb is the logarithm of
// the density or of the probability mass, in nats, −Inf outside the support and
// NaN at NaN. CDF is P(X ≤ x), Survival P(X > x), both accurate in their own tail,
// and LogCDF is accurate where CDF underflows. Quantile(p) is the least x with
// CDF(x) ≥ p; it is NaN for a p that is no probability. Moments that do not exist
// are NaN, those that diverge +Inf. Entropy is differential for continuous
// distributions.
//
// Slices are checked for length, which is the programmer's business: a wrong one
// panics with "dist: ". A method …To(dst, …) writes to dst and returns it, and
// allocates if dst is nil.
//
// # Vectors
//
// A [Multivariate] is a distribution of a vector: [MultivariateNormal] and
// [MultivariateStudentT], [Dirichlet], [Multinomial] and [DirichletMultinomial],
// [Wishart], [InverseWishart] and [LKJCholesky], whose matrices stand row after row.
// Those with a matrix are pointers, made by constructors that factorize it once.
//
// # Compositions
//
// [Mixture] and [MultivariateMixture] weigh distributions, [Product] makes a vector of
// independent numbers, [Affine] shifts and scales, [Truncated] conditions on an
// interval, accurately far in a tail, and [Empirical] is what a sample says.
// [FromGonum] and [ToGonum] adapt those of gonum's distuv, both ways.
//
// # One's own
//
// A type with the methods of [Univariate] or [Multivariate] goes wherever those of
// this package go; functions that need less ask for less, a [LogProber] or a [Rander].
// More methods, those of [Grader], [Scorer], [Batcher], [UpperQuantiler] or their kin
// for vectors, are found and used. The suite dist/disttest tells whether a
// distribution contradicts itself.
//
// # Neighbours
//
// dist/joint has tables of several discrete variables, dist/expfam exponential
// families with sufficient statistics, dist/conjugate Bayesian updating,
// dist/information divergences, dist/transport Wasserstein distances, dist/transform
// bijections to free parameters, dist/process Markov chains and Gaussian processes, and
// dist/density histograms and kernel estimates.
//
// # Files
//
// One file per distribution, in one order of sections: parameters, statistics,
// evaluation, gradients, sampling, fitting. All run the suite dist/disttest.
package dist
