// Package bif reads and writes Bayesian networks in BIF, the Bayesian Interchange
// Format: the dialect of the bnlearn repository, and the grammar of the
// Interchange Format that JavaBayes uses (Cozman 1998). It reads both at once and
// writes the first.
//
//	net, err := bif.ReadFile("alarm.bif")    // or alarm.bif.gz
//	err = bif.WriteFile("copy.bif", net)
//
// # Grammar
//
// A text is a network block, and then variable and probability blocks in any
// order; the order of the variable blocks is that of the network's variables.
//
//	network NAME { property TEXT ; }
//	variable NAME {
//	  type discrete [ 2 ] { STATE, STATE } ;
//	  property TEXT ;
//	}
//	probability ( CHILD | PARENT, PARENT ) {
//	  property TEXT ;
//	  default NUMBERS ;
//	  ( STATE, STATE ) NUMBERS ;
//	  table NUMBERS ;
//	}
//
// Blanks, line ends, commas, bars and the comments "// to the end of the line" and
// "/* anything */" only separate. So a probability block may leave out the bar
// and the commas: the first name is the child, the others are its parents. If
// there is a bar, it stands after the child. A semicolon may lack where a
// parenthesis, a brace or a keyword follows, except after a property without
// quotes. Text between blocks, which the note of 1998 allows, is refused, for it
// would hide a misspelt keyword.
//
// # Tables
//
// A row "(STATE, …) NUMBERS" gives p(child | the parents in these states), with
// the parents in the order of the block and the child's states in the order of
// their declaration. "table" gives the numbers of the whole table: the child
// changes slowest, the last parent fastest, so that a child with states a and b
// and a parent with states u, v, w lists p(a|u) p(a|v) p(a|w) p(b|u) p(b|v)
// p(b|w). Writers that get this wrong put the child fastest; numbers that sum to
// one only in that order are refused with an error that says so. "default" is the
// row of all parent states that have none. Every row must be given once, or be
// filled by the default.
//
// A number is decimal, with or without point, sign and exponent. It is read to
// the nearest float64. Rows are checked and, with [Options], normalized by
// [graphical.BayesNetBuilder].
//
// # Names
//
// A name is a run of characters other than blanks, control characters and
//
//	{ } ( ) ; , | "
//
// and so may look like a number or a keyword; what it is follows from its place.
// It ends where a comment starts. Any other name is in double quotes, within one
// line, where \" stands for a quote, \\ for a backslash, and \n, \r and \t for
// control characters; a backslash before anything else stands for itself.
// bnlearn writes states with blanks without quotes; where the declared number of
// states, or the number of parents, agrees with the commas but not with the
// blanks, the commas count.
//
// A property is a text in quotes, or everything up to the semicolon, as it is but
// for blanks around it. Properties come back in the order of the file: those of
// the network, then of the variables, then of the tables.
//
// The text is UTF-8. Text that is not valid UTF-8 is taken for Latin-1. A byte
// order mark is passed.
//
// # Writing
//
// Names are quoted only if they have to be, a property only if it would not come
// back otherwise. Numbers have the fewest digits that read back as the same bits.
// Reading what was written gives the same network: names, states, orders,
// properties and bits.
//
// # Limits
//
// Sizes are checked before memory is taken: the text, decompressed, by
// Options.MaxBytes and by how far gzip data swells; the entries of all tables by
// Options.MaxEntries; a table that no default fills, by the numbers that the rest
// of the text has room for. A table has at most 1000 parents. Reading costs O(text +
// table entries).
//
// Functions may be called concurrently.
//
// # References
//
// Cozman (1998), The Interchange Format for Bayesian Networks, version 0.15, and
// JavaBayes, which implements it. Scutari (2010), Learning Bayesian networks with
// the bnlearn R package, J. Stat. Softw. 35(3), and the repository of networks
// kept with bnlearn. Clinger (1990), How to read floating point numbers
// accurately, PLDI.
package bif
