// Package datadir finds the real inputs that some tests and benchmarks need and
// that the repository does not hold.
package datadir
