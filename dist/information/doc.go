// Package information measures uncertainty and how far distributions are apart:
// entropies, mutual information and divergences, in nats.
//
//	p, err := information.NewProbabilities([]float64{0.5, 0.25, 0.25})
//	h := p.Entropy()                                 // 1.5·log 2
//	i, err := information.MutualInformation(table, []string{"rain"}, []string{"grass"})
//	d, err := information.KL(dist.Normal{Sigma: 1}, dist.Laplace{Scale: 1})
//	d, err := information.MonteCarlo{Seed: 1}.KL(ctx, p, q) // of vectors
//
// # Definitions
//
// With 0·log 0 = 0 (Cover & Thomas 2006, chapters 2 and 8; Qiu 2019, appendix E),
//
//	entropy              H(X) = −Σ p log p
//	joint, conditional   H(X, Y), H(Y|X) = H(X, Y) − H(X)
//	mutual information   I(X; Y) = H(X) + H(Y) − H(X, Y)
//	conditional one      I(X; Y|Z) = H(X, Z) + H(Y, Z) − H(X, Y, Z) − H(Z)
//	cross-entropy        H(p, q) = −Σ p log q
//	perplexity           exp H
//	Kullback–Leibler     D(p‖q) = Σ p log(p/q), +Inf if q is zero where p is not
//	Jensen–Shannon       ½ D(p‖m) + ½ D(q‖m), m = ½(p + q); at most log 2
//	Hellinger            (½ Σ (√p − √q)²)^½, the distance and not its square
//	total variation      ½ Σ |p − q|
//	Rényi of order α     log(Σ p^α q^(1−α)) / (α − 1), and (1 − α)⁻¹ log Σ p^α
//
// and integrals of densities in place of sums. The book calls D(p‖q) the divergence
// "from q to p"; here the first argument is what the mean is taken over.
//
// # What a result is worth
//
// A [Value] names its method: a closed form, a finite sum, a series with a bound of its
// tail, quadrature with an estimate of its error, or Monte Carlo with a standard error.
// None is a difference of entropies: a divergence is summed as p·(log(p/q) + q/p − 1)
// and the like, whose terms are never negative and whose additions cancel in the sum.
// Formulas of nearly equal distributions therefore keep their digits, as they do far
// apart and for large shapes; sums and integrals keep those that the log densities of
// both still differ in, which is 1e-15 over that difference, and Error says so.
//
// # Cost and concurrency
//
// Sums take one pass. Quadrature takes some thousand densities, more if there are
// corners; a series adds up to 2^16 terms and of longer ones takes some ten thousand
// densities. Mixtures of more than 128 components, and what neither can follow, are
// sampled by at most 100,000 draws. Everything is safe for concurrent use.
//
// # References
//
// Cover & Thomas 2006, Elements of Information Theory. van Erven & Harremoës 2014,
// Rényi divergence and Kullback–Leibler divergence. Lin 1991, Divergence measures based
// on the Shannon entropy. Gil, Alajaji & Linder 2013, Rényi divergence measures for
// commonly used univariate continuous distributions. Liese & Vajda 2006, On divergences
// and informations in statistics and information theory. Banerjee, Merugu, Dhillon &
// Ghosh 2005, Clustering with Bregman divergences. Chyzak & Nielsen 2019, A closed-form
// formula for the Kullback–Leibler divergence between Cauchy distributions. Nielsen &
// Okamura 2022, On f-divergences between Cauchy distributions.
package information
