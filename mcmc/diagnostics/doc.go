// Package diagnostics says whether the draws of Markov chains are to be believed,
// and how far.
//
// Chains that started apart and now agree have R-hat near 1; correlated draws are
// worth fewer independent ones, their effective sample size (ESS); and a number
// computed from draws has a Monte Carlo standard error (MCSE), the standard
// deviation it would have if the run were repeated. [Summarize] puts them in a
// table and warns in words; the functions below compute one of them each.
//
// # Shapes
//
// Draws of one quantity come as chains [][]float64, one slice for each chain, in
// the order in which they were drawn. If chains are not equally long, all are cut
// to the length of the shortest. Nothing is changed or kept.
//
// # Formulas
//
// With M chains of N draws, chain means m_j and variances s_j²,
//
//	W = mean of s_j²,  B = N · variance of m_j,  R-hat = √((N − 1)/N + B/(N·W))
//	ESS = M·N / τ,  τ = −1 + 2 Σ ρ_t  over Geyer's initial monotone sequence,
//	ρ_t = 1 − (W − mean over chains of the autocovariance at lag t) / V,  V = (N − 1)/N·W + B/N.
//
// R-hat and bulk ESS are those of Vehtari, Gelman, Simpson, Carpenter and Bürkner
// (2021): chains are split in halves, and draws replaced by the normal scores of
// their ranks, z = Φ⁻¹((rank − 3/8)/(S + 1/4)) (equation 14), so that neither
// needs moments. R-hat is the larger one of the draws' and of their distances from
// the median. Tail ESS is the smaller one of those of the 5% and 95% quantiles.
//
// Numbers agree with those of the R package posterior 1.4.0, also where there is
// nothing to compute: constant draws, draws that are NaN or infinite, and chains
// too short give NaN. Two things differ. Draws are constant if they vary by less than
// 2⁻⁵² relative to their size, so that a quantity in tiny units is none. And chains of
// two or three draws have no halves to speak of and give NaN, where that version takes
// chains for draws.
//
// # Importance weights and models
//
// [PSIS] smooths importance weights and tells by Pareto k whether they are of use.
// [LOO] applies it to the log likelihoods of observations, to estimate how well a model
// predicts what it has not seen; [WAIC] is its older sister, and [Compare] sets models
// against each other. They agree with the R package loo 2.5.1.
//
// # Cost
//
// O(S log S) time and O(S) memory for S = M·N draws: one radix sort for all ranks
// and quantiles, and fast Fourier transforms for autocovariances. Functions are
// safe for concurrent use.
//
// # References
//
//   - A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner (2021).
//     Rank-normalization, folding, and localization: an improved R-hat for
//     assessing convergence of MCMC. Bayesian Analysis 16(2).
//   - C. J. Geyer (1992). Practical Markov chain Monte Carlo. Statistical Science 7(4).
//   - M. Betancourt (2016). Diagnosing suboptimal cotangent disintegrations in
//     Hamiltonian Monte Carlo. arXiv:1604.00695.
//   - J. Zhang, M. A. Stephens (2009). A new and efficient estimation method for
//     the generalized Pareto distribution. Technometrics 51(3).
//   - A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry (2024). Pareto smoothed
//     importance sampling. Journal of Machine Learning Research 25.
//   - A. Vehtari, A. Gelman, J. Gabry (2017). Practical Bayesian model evaluation
//     using leave-one-out cross-validation and WAIC. Statistics and Computing 27.
package diagnostics
