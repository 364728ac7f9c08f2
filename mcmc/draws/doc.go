// Package draws holds what a Markov chain sampler has drawn, and reads and writes
// it in the forms that other tools use.
//
// A [Draws] is a block of numbers: chains × iterations × columns. A column is
// either a quantity of the model or a statistic of the sampler; the statistics
// have Stan's names, which end in two underscores ("lp__", "divergent__").
// Warm-up is kept apart, if it is kept at all. All chains are equally long,
// except in a run that was interrupted.
//
// Iterations are counted after thinning, and everything is float64; a NaN in a
// file is a NaN here, and is for the diagnostics to complain about.
package draws
