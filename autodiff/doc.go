// Package autodiff differentiates functions of arrays.
//
// A [Tape] writes down what is computed and then goes through it backwards, from the
// result to everything it was computed from (reverse accumulation, Linnainmaa 1970;
// Speelpenning 1980). The gradient of one number in all inputs costs a small multiple
// of computing the number.
//
//	var t autodiff.Tape[float64]
//	x := t.Variable([]float64{1, 2, 3}, 3)
//	y := x.Mul(x).Sum()    // Σ x²
//	t.Backward(y)
//	fmt.Println(x.Grad())  // [2 4 6]
//
// # Arrays
//
// A [Var] is an array on a tape: dense, row-major, of any rank; one without
// dimensions is a single number. Elementwise operations of two arrays broadcast: they
// align the last dimensions, and a dimension of 1, or one that is missing, is
// repeated. A shape that does not fit is a mistake of the programmer and panics with
// a [*ShapeError], which names the operation and both shapes. Value and Grad are
// views of the tape's memory: they last until Reset.
//
// # Steps
//
// Learning repeats a step: Reset, compute, Backward, change the parameters. Reset
// keeps the memory, so a step that has been warmed up by one like it allocates
// nothing. What is to outlast a step, the weights of a model and their gradients, is
// a [Param]. Backward adds to the gradients of parameters and sets those of
// everything else.
//
// # Second derivatives
//
// [Tape.Gradient] computes a gradient on the tape itself, so that it can be a part of
// a further formula and be differentiated again: a gradient penalty, a product of
// the Hessian with a vector. Operations that cannot say so panic with a [*ChainError].
//
// # What can go wrong
//
// Mistakes of the programmer panic: shapes that do not fit with a [*ShapeError], and a
// Var of another tape or from before Reset with a text. So do indices out of range,
// with an [*IndexError], a matrix that is not positive definite, with a
// [*CholeskyError], and arrays that would take more memory than the tape may, with a
// *belief.TooLargeError, before they take it. NaN and infinities go through; where
// they came from is what [Tape.NonFinite] says.
//
// # More operations
//
// An [Operation] of another package takes part as the ones here do: it fills the
// value of a new node, and adds to the gradients of its inputs when its turn comes.
//
// A tape is used by one goroutine at a time; large operations use the cores by
// themselves, as many as Workers says, and give the same bits for any number.
// Products of matrices and elementwise functions run on internal/kernel.
package autodiff
