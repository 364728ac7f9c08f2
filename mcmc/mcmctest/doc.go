// Package mcmctest is the conformance suite of package mcmc: what every sampler
// must satisfy, whatever its method. A test is one call per setting:
//
//	mcmctest.Run(t, mcmctest.Case{Sampler: mcmc.NUTS{}})
//
// It checks the distribution of the draws: moments and shape of each coordinate,
// and how they go together. And it checks that the kernel keeps the contract of
// [mcmc.Kernel]: the state is all that a chain is, what was tuned can be saved and
// restored to the bit, errors leave the state as it was, points of density zero
// are never visited, and steps do not allocate.
package mcmctest
