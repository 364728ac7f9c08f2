// Package disttest is the conformance suite of package dist: what every
// distribution of one number must satisfy, whatever it is. A test is one call per
// set of parameters:
//
//	disttest.Run(t, disttest.Case{Dist: dist.Normal{Mu: 1, Sigma: 2}, New: …, Fit: …})
package disttest
