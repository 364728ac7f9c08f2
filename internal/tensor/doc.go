// Package tensor multiplies dense tables and sums the product over some of its
// axes, in one pass and without ever holding the product.
//
// A [Plan] is made once for a set of axes and the strides of its operands along
// them; running it takes no memory. All exact inference in the house, and the
// algebra of factors, is this one operation:
//
//	out_j[y] = Σ_x Π_i in_i[x]   over all x that agree with y
//
// The axes are cut in two. The inner ones form a block of about a thousand
// entries, small enough to stay in the fastest cache, in which each operand is
// described by the offsets of its runs; an odometer walks the outer ones. A block
// of the product is formed in a buffer and added to every output before the next
// block begins, so that memory traffic is the operands' own.
package tensor
