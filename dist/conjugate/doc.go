// Package conjugate holds beliefs about the parameters of a distribution that data
// turn into beliefs of the same kind.
//
//	belief := conjugate.BetaBinomial{N: 1, Alpha: 1, Beta: 1} // uniform in p
//	belief, err := belief.Update([]float64{1, 0, 1, 1}, nil)  // posterior
//	fmt.Println(belief.Parameter())                           // of p: a beta distribution
//	fmt.Println(belief.Predictive())                          // of the next x
//	evidence, err := belief.LogMarginal(more, nil)            // log p(more)
//
// A belief is a value that holds its hyperparameters. With the prior p(θ) of the
// belief and the likelihood p(x | θ),
//
//	Update        p(θ | x) ∝ p(θ) Π p(x_i | θ)^w_i
//	Predictive    p(x) = ∫ p(x | θ) p(θ) dθ
//	LogMarginal   log ∫ p(θ) Π p(x_i | θ)^w_i dθ, in nats
//	Draw          p(x | θ) for a θ drawn from p(θ)
//
// and Parameter, or Mean and Variance or Covariance, give the marginal distributions
// of θ. Values x stand one after the other; a weight w_i, which is that many
// observations alike or a part of one, is one for nil weights. UpdateStatistics takes
// the data from [expfam.Statistics], which shards can sum up. Updates with parts of
// the data, one after the other, end in the same belief as one with all.
//
// # Evidence
//
// For any θ, Bayes' theorem gives log p(x) = log p(x | θ) + log p(θ) − log p(θ | x)
// (Besag 1989, A candidate's formula). LogMarginal takes it at about the posterior
// mean, where each term is of moderate size and computed by a distribution that does
// not lose digits, however large the counts are. The formulas with gamma functions
// are differences of numbers as large as the counts.
//
// # Errors, costs, concurrency
//
// Observations that the likelihood cannot give, and bad weights, are a
// [*dist.FitError], impossible hyperparameters a [*dist.ParameterError], statistics
// of another family a [*belief.ConfigError]. Everything takes O(n) for n numbers of
// data; the normal inverse Wishart belief, about vectors of length D, O(nD² + D³).
// Beliefs are values, safe for concurrent use as long as nobody writes to their
// slices.
//
// # References
//
//   - Bishop, Pattern Recognition and Machine Learning, 2006, chapter 2
//   - Gelman et al., Bayesian Data Analysis, third edition, 2013, chapters 2 and 3
//   - Murphy, Conjugate Bayesian analysis of the Gaussian distribution, 2007
package conjugate
