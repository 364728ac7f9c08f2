// Package em fits models with latent variables by expectation–maximization: mixtures
// and clusters, hidden Markov models, Bayesian networks with missing cells.
//
//	iris, err := data.ReadCSVFile("iris.csv", data.CSVOptions{})
//	src, err := data.Without(iris, "Species")
//	fit, err := em.GaussianMixture{K: 3}.Fit(ctx, src, em.Config{Seed: 1})
//	fmt.Println(fit.LogLikelihood, fit.BIC(), fit.Converged)
//	labels, err := em.Labels(ctx, fit.Model, src)
//
// The caller's loop body is the callback:
//
//	for step, err := range em.GaussianMixture{K: 3}.Steps(ctx, src, em.Config{}) {
//		fmt.Println(step.Iteration, step.Objective)
//	}
//
// # The method
//
// A model p(x, z | θ) says how hidden z and observed x come about. Its log-likelihood
// L(θ) = Σ log Σ_z p(x, z | θ) has, for any distribution q of the hidden, the lower
// bound (the ELBO)
//
//	F(q, θ) = E_q log p(x, z | θ) + H(q) = L(θ) − KL(q ‖ p(z | x, θ)).
//
// The E step makes the gap zero, q = p(z | x, θ), the M step climbs in θ; so L never
// falls (Dempster, Laird & Rubin 1977; Neal & Hinton 1998). With a prior on θ what
// rises is L(θ) + log p(θ). With q a point at the most probable z (hard EM) it is
// Σ log max_z p(x, z | θ), of which k-means is an example. With batches of rows in place
// of all of them (stepwise EM: Cappé & Moulines 2009; Liang & Klein 2009) statistics are
// averaged as they come and the rise is one in the long run.
//
// [Step] has the objective, the bound after the M step, and so the gap between it and the
// next objective, for those who want to see this happen.
//
// # One engine
//
// [Fit] and [Steps] are the engine; a [Model] is an E step that adds expected sufficient
// statistics and an M step that makes parameters of them. [Statistics] are plain sums:
// those of shards are merged, and can be stored and sent. The engine checks that the
// objective rises and says where it does not, starts again as often as it is told and
// keeps the best, stops when little is left to gain, and can be interrupted.
//
// # Convergence
//
// Steps of EM can be small far from the end. The engine estimates what all further steps
// would gain: as Aitken does, from the ratio of successive gains (Böhning et al. 1994),
// and corrected, from the change of that ratio, for rises that are slower than geometric
// (Weniger 1989). A run has converged when, in three iterations in a row, what is left
// seems to be within the tolerance and the gain is within a hundredth of it, so that what
// is slow cannot hide behind what is fast unless it is slower than 0.99 and small; in
// hard EM, when nothing was gained. A run that used up its iterations says so. No rule
// that sees the objective alone tells a saddle point from a maximum: use several starts.
//
// A fall of the objective beyond rounding, 1e-10 of it, is a warning, and is not
// convergence.
//
// # Costs
//
// An iteration is linear in the number of rows and takes memory for the parameters and
// for blocks of rows, never of the size rows × components × dimensions. Results have the
// same bits for any number of workers. Log-likelihoods are in nats.
//
// # References
//
//   - Dempster, Laird & Rubin, Maximum likelihood from incomplete data via the EM
//     algorithm, 1977
//   - Neal & Hinton, A view of the EM algorithm that justifies incremental, sparse, and
//     other variants, 1998
//   - McLachlan & Krishnan, The EM Algorithm and Extensions, 2008
//   - Böhning, Dietz, Schaub, Schlattmann & Lindsay, The distribution of the likelihood
//     ratio for mixtures of densities from the one-parameter exponential family, 1994
//   - Weniger, Nonlinear sequence transformations for the acceleration of convergence and
//     the summation of divergent series, 1989, sections 6 and 10
//   - Liang & Klein, Online EM for unsupervised models, 2009
//   - Cappé & Moulines, On-line expectation–maximization algorithm for latent data
//     models, 2009
package em
