// Package special has the special functions that several packages need and that
// neither the standard library nor gonum has with all digits: the digamma and
// trigamma functions (that of gonum is off by 5e-11), differences of the functions
// of the gamma family, and modified Bessel functions in log space. Each keeps its
// relative accuracy, 1e-13 or better, wherever a difference of plain calls would lose
// it; all take O(1) time.
//
// NaN gives NaN. Where a function is not defined, the result may be anything, but
// comes in the same time.
//
// References: DLMF (NIST Digital Library of Mathematical Functions), chapters 5 and
// 10; Abramowitz & Stegun 1964.
package special
