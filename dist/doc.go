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
// # Files
//
// One file per distribution, in one order of sections: parameters, statistics,
// evaluation, gradients, sampling, fitting. The suite dist/disttest is what all of
// them run.
package dist
