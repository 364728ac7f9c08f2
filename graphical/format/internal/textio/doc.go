// Package textio opens the text files that models are kept in: gzip is
// transparent, sizes are bounded, and what comes out is UTF-8.
package textio
