// Package disttest is the conformance suite of package dist: what every
// distribution must satisfy, whatever it is. A test is one call per set of
// parameters, of a distribution of one number or of a vector:
//
//	disttest.Run(t, disttest.Case{Dist: dist.Normal{Mu: 1, Sigma: 2}, New: …, Fit: …})
//	disttest.RunMultivariate(t, disttest.MultivariateCase{Dist: d, Chart: disttest.Simplex(3, 1), …})
//
// Vectors have no distribution function to hold draws against. There the density is
// tied to the draws by a bridge to a normal distribution, which needs nothing else
// and works for vectors with constraints, of integers, and for matrices.
package disttest
