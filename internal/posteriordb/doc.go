// Package posteriordb holds twelve posteriors with known moments, for tests and
// benchmarks of samplers: those of the posteriordb collection (Magnusson and others
// 2024) whose data and reference moments the data directory has. Models, names and
// priors are in MODELS.md beside the data.
//
// Each is a density on free coordinates, in nats and up to a constant: a positive
// parameter is the exponential of its coordinate, one in an interval a scaled
// logistic function, and so on as in the Stan Reference Manual, chapter Constraint
// Transforms. The log Jacobian of these maps is part of the density. The coordinates
// come in the order of the parameters in MODELS.md.
//
// The gradients are written by hand and take no memory. What the data say is
// summed up in advance where the model allows it: the five linear regressions cost
// p² for p coefficients whatever the number of observations, all others cost time
// linear in the data, but for the Gaussian process, which costs its cube.
//
// A Posterior keeps scratch memory and belongs to one goroutine; Clone makes more.
package posteriordb
