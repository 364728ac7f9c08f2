// Package check finds out whether a model, its posterior density and a sampler fit
// together, on the user's own model.
//
//	m := check.Model[[]float64]{Names: []string{"mu"}, Prior: prior, Simulate: simulate, Target: posterior}
//	c, err := check.SBC[[]float64]{Model: m, Sampler: mcmc.NUTS{}}.Run(ctx)
//	fmt.Println(c.OK, c)
//
// A [Model] says how parameters are drawn from the prior and data from the
// parameters, and what target a sampler gets for given data. All three checks rest
// on one identity: for θ from p(θ), y from p(y|θ) and θ′ from p(θ|y), the pairs
// (θ, y) and (θ′, y) have the same distribution. A density with a wrong prior,
// a wrong likelihood or a missing Jacobian breaks it, and so does a sampler that
// misses its target.
//
// # Simulation-based calibration
//
// [SBC] fits data that were simulated with known parameters. The rank of a parameter
// among L nearly independent posterior draws is uniform on 0 … L (Talts et al. 2018,
// theorem 1). Two tests look at the ranks of each quantity: the chi-square test of
// counts in bins, and the largest departure of the empirical distribution function,
// whose p-value is exact: it is the probability that a path leaves the band on which
// all points are equally likely (Säilynoja, Bürkner & Vehtari 2022). Functions of
// parameters and data, above all the log likelihood, see mistakes that the parameters
// alone do not (Modrák et al. 2023): give them as Quantities.
//
// # Geweke's test
//
// [Geweke] compares draws of (θ, y) from the model with a chain that goes from θ to y
// by simulation and from y to θ by steps of the sampler's kernel (Geweke 2004). It
// needs no run to converge, and sees small mistakes soon.
//
// # Predictive checks
//
// [Predictive] compares statistics of data that the fitted model, or the prior,
// predicts with those of the data at hand: not whether the computation is right but
// whether the model is (Box 1980; Gelman, Meng & Stern 1996).
//
// # False alarms
//
// The verdicts of SBC and Geweke's test have a stated rate of false alarms for the
// whole report, shared evenly by its tests (Bonferroni): where all is right, OK is
// false with at most that probability. Posterior predictive p-values are no such
// thing: where the model is right they gather around ½ (Meng 1994).
//
// # Cost, randomness, concurrency
//
// SBC takes a run of the sampler per simulation, Geweke's test a kernel and some
// steps per iteration. Simulations run in parallel, with streams that derive from
// the seed and the simulation's index: the same seed gives the same bits for any
// number of workers. The functions of a model must be safe for concurrent use
// unless Workers is 1.
//
// # References
//
// Talts, Betancourt, Simpson, Vehtari & Gelman 2018, Validating Bayesian inference
// algorithms with simulation-based calibration. Säilynoja, Bürkner & Vehtari 2022,
// Graphical test for discrete uniformity and its applications in goodness-of-fit
// evaluation and multiple sample comparison. Modrák et al. 2023, Simulation-based
// calibration checking for Bayesian computation: the choice of test quantities
// shapes sensitivity. Geweke 2004, Getting it right: joint distribution tests of
// posterior simulators. Box 1980, Sampling and Bayes' inference in scientific
// modelling and robustness. Gelman, Meng & Stern 1996, Posterior predictive
// assessment of model fitness via realized discrepancies. Meng 1994, Posterior
// predictive p-values.
package check
