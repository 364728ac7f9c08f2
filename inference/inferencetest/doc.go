// Package inferencetest is the conformance kit of inference engines: an exact
// engine that passes [Run] agrees with enumeration on models of every awkward
// kind. A new engine's test is one line:
//
//	inferencetest.Run(t, MyEngine{}, inferencetest.Options{})
package inferencetest
