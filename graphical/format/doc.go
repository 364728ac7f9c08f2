// Package format reads and writes models in the file formats that the field
// uses, chosen by name, by content or by the extension of a file's name. Each
// format has a package of its own beside this one, for those who know which
// one they have.
//
//	name  package  extensions  model
//	bif   bif      .bif        *graphical.BayesNet
//
// # Choosing
//
// A format that is named is taken. Otherwise the first 4 KiB of the text decide,
// because files are often misnamed, and where they are inconclusive the extension
// does. When writing, the name or the extension decides. A ".gz" at the end of a
// file's name comes on top of the extension: writing compresses, and reading
// decompresses whatever starts as gzip data does, with the size of the text
// bounded by [Options].
//
// # Models
//
// Reading returns a [graphical.Model], since some formats hold Bayesian networks
// and some hold Markov networks; a type switch tells. Writing a model to a format
// that cannot hold it ends in a [*ModelError].
package format
