// Package careful sums without losing what matters: in log space without
// overflow or underflow, and in linear space with the rounding errors carried
// along; a [Pair] carries them through the other operations too.
package careful
