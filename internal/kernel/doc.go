// Package kernel has the loops over numbers that learnt models spend their time in:
// products of matrices and vectors, elementwise functions, sums, steps of optimizers.
//
// Every kernel exists in plain Go and, for amd64, in assembly that the program in gen
// writes: for AVX2 with FMA, and for AVX-512 (F, DQ, BW and VL). Which one runs is
// found out at start. The build tag purego leaves the assembly out.
//
// What a loop writes for an element does not depend on the element's place, nor on
// the length of the slice.
//
// Matrices are row-major slices with a stride, the distance between the beginnings
// of two rows. Wrong lengths panic. All functions are safe for concurrent use, and a
// result does not depend on the number of goroutines that computed it; it may differ
// in the last bits between kinds of CPU.
//
// # Accuracy
//
// Elementwise functions are within 2 ulp, subnormal numbers included, and map NaN to
// NaN. Sums and inner products of n numbers are within n·ε of the exact one, relative
// to the sum of the absolute values.
package kernel

//go:generate go run ./gen
