// Package belief is the front door of a library for probabilistic modelling
// and sampling, and the ground its rooms stand on: the errors, warnings and
// estimates that every package returns.
//
// The work is done in the packages beside it. Describe a model in graphical,
// or read one from the file format it is kept in; ask a question in inference;
// trust the answer as far as it says you may.
//
//	net, err := bif.ReadFile("alarm.bif")
//	post, err := inference.Marginals(ctx, net, graphical.Observe("HRBP", "HIGH"))
//	p, err := post.Marginal("LVFAILURE")
//
// # Answers and their honesty
//
// A number that stands for an unknown truth is an [Estimate]: its [Kind] says
// whether it is exact, a bound, a sampled estimate with its standard error, or
// an approximation of unknown quality. What a reader of an answer ought to know
// travels with it as a list of [Warning].
//
// # Errors
//
// Nothing that a file, a flag or a data set can hold makes the library panic.
// Such input ends in an error that says what is wrong and where, and that a
// program can take apart with [errors.As]: [*ParseError], [*UnknownNameError],
// [*TooLargeError], [*ImpossibleEvidenceError], and the errors of the package
// concerned. A wrong length in a call on a hot path is a mistake of the
// programmer and panics with the package's name in front, as in gonum.
//
// # Units
//
// Logarithms are natural and information is in nats, unless a name says
// otherwise. Probabilities are float64.
package belief
