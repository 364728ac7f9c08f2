// Package montecarlo estimates expectations from independent draws, and makes such
// draws from densities that nothing can be drawn from directly.
//
//	e, err := montecarlo.Expectation{Draws: 1e6, Seed: 1}.Of(ctx, d, f)
//	fmt.Println(e.Estimate) // 3.1416 ± 0.0016
//
// # Methods
//
// With draws x₁ … x_N of p (Qiu 2019, section 11.3),
//
//	expectation        E[f(x)] ≈ (1/N) Σ f(xᵢ)                        (11.43)
//	inverse transform  x = cdf⁻¹(ξ), ξ uniform on (0, 1)
//	rejection          x from q, kept with probability p̂(x)/(k q(x))   (11.45)
//	importance         E[f(x)] ≈ (1/N) Σ f(xᵢ) w(xᵢ), xᵢ from q,
//	                   w = p/q                                        (11.50)
//	self-normalized    E[f(x)] ≈ Σ f(xᵢ) ŵ(xᵢ) / Σ ŵ(xᵢ), ŵ = p̂/q     (11.53)
//
// where p̂ is p up to a constant factor. [Expectation] is the first. [Inverse],
// [InvertCDF] and [Tabulate] are the second, [Rejection] is the third, [Importance]
// the last two. [LogConcave] is adaptive rejection sampling: it builds k q itself,
// for a density of one number whose logarithm is concave.
//
// # Distributions
//
// Points are vectors. Every [dist.Multivariate] is a [Proposal]; a distribution of
// one number becomes one as dist.Product{d}, and plain functions as a [Func].
// Log densities are in nats; −Inf is density zero, and a density of NaN or +Inf
// is a [*PointError].
//
// # What a result is worth
//
// Every estimate is a [belief.Estimate] with its standard error, and what makes
// that doubtful is a warning: one draw that carries much of the variance, weights
// whose tail is too heavy (Pareto k̂ above 0.7). Rejection reports its acceptance
// rate with an interval, and a point where the density is above its envelope is
// an error that names the point, for draws are wrong then.
//
// # Cost, randomness, concurrency
//
// Everything takes O(1) memory per draw that it returns, and expectations none;
// loops do not allocate per draw. Draws come in blocks whose streams derive from
// the seed and the block's index: the same seed gives the same bits for any number
// of workers. Functions that the user gives are called from several goroutines at
// once unless Workers is 1.
//
// # References
//
// Qiu 2019, Neural Networks and Deep Learning, section 11.3. Robert & Casella 2004,
// Monte Carlo Statistical Methods, chapters 2 to 4. Owen 2013, Monte Carlo theory,
// methods and examples, chapters 8 and 9. Chan, Golub & LeVeque 1979, Updating
// formulae for computing sample variances. Glynn & Whitt 1992, The asymptotic
// validity of sequential stopping rules. Derflinger, Hörmann & Leydold 2010, Random
// variate generation by numerical inversion when only the density is known. Caffo,
// Booth & Davis 2002, Empirical supremum rejection sampling. Gilks & Wild 1992,
// Adaptive rejection sampling for Gibbs sampling. Gilks 1992, Derivative-free
// adaptive rejection sampling for Gibbs sampling. Kong 1992, A note on importance
// sampling using standardized weights. Vehtari, Simpson, Gelman, Yao & Gabry 2024,
// Pareto smoothed importance sampling.
package montecarlo
