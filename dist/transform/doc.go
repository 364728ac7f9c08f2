// Package transform maps free space, all of Rᵐ, one to one onto sets of constrained
// values: positive numbers, intervals, simplexes, ordered vectors, unit vectors,
// Cholesky factors of correlation and covariance matrices.
//
// Samplers and optimizers move freely in Rᵐ. If x = f(y) is the constrained value of
// the free y, and p a density of x, then y has the density
//
//	log q(y) = log p(f(y)) + log |det ∂f(y)/∂y|,
//
// and a [Transform] has all that it takes: f, its inverse, the log Jacobian, and the
// gradient of log q from the gradient of log p.
//
//	t := transform.Simplex{K: 3}
//	x := t.ForwardTo(nil, y)
//	logQ := logP(x) + t.LogJacobian(y)
//	grad := t.GradTo(nil, y, x, gradLogP(x))
//
// # Coordinates
//
// A simplex of K numbers has K − 1 dimensions, and its density needs to say with
// respect to which coordinates it is meant. Here it is always some of the entries
// themselves, those that the others follow from: the first K − 1 of a simplex, the
// entries below the diagonal of a Cholesky factor of a correlation matrix, those on
// and below it of a covariance matrix. The densities of package dist mean the
// same. Of unit vectors it is the surface of the sphere; see [UnitVector].
//
// Matrices are vectors, row after row, with zeros above the diagonal.
//
// # Numbers
//
// At any finite y the value is finite and inside the set, also where rounding would
// take it to the border: it then is the next number inside, and no positive number
// is below 2⁻¹⁰²², so that logarithms and reciprocals of it are good. LogJacobian
// and GradTo are computed from y and do not suffer. The inverse gives back y to a
// few units in the last place as far as x has room for it: each type says how far.
// NaN in y gives NaN.
//
// # Use
//
// Transforms are small values without state, safe for concurrent use, all methods
// cost O(ConstrainedDim), and none allocates if it gets a destination. The
// destination of ForwardTo and InverseTo may begin where the input begins, so that
// one buffer of ConstrainedDim numbers serves in place, and that of GradTo where the
// gradient begins:
//
//	buf = t.ForwardTo(buf[:t.ConstrainedDim()], buf[:t.FreeDim()])
//
// Other overlaps are not allowed. [Repeat] makes a batch, [Join] puts different ones side by side. Wrong lengths panic.
//
// # References
//
// Stan Development Team, Stan Reference Manual, "Constraint transforms", whose free
// coordinates these are. Lewandowski, Kurowicka & Joe (2009), Generating random
// correlation matrices based on vines and extended onion method. Muller (1959), A
// note on a method for generating points uniformly on n-dimensional spheres.
package transform
