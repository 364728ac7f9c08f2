// Package inferencetest is the conformance kit of inference engines: an exact
// engine that passes [Run] agrees with enumeration on models of every awkward
// kind. A new engine's test is one line:
//
//	inferencetest.Run(t, MyEngine{}, inferencetest.Options{})
//
// A sampler is held to its own standard errors:
//
//	inferencetest.Run(t, MySampler{}, inferencetest.Options{Errors: 5, Tol: 1e-9})
package inferencetest
