// Package graphical describes probabilistic graphical models over discrete
// variables: Bayesian networks, Markov networks and factor graphs, and the graph
// theory that inference in them rests on. It computes no posteriors; package
// inference does.
//
// # Models
//
// A Bayesian network (Pearl 1988) is a directed acyclic graph with one
// conditional distribution per variable, and stands for the joint distribution
//
//	p(x) = Π_k p(x_k | parents of x_k).
//
// It is put together by a builder, which collects every mistake and reports
// them all, with names, when the network is built:
//
//	b := graphical.NewBayesNet()
//	rain := b.Variable("rain", "yes", "no")
//	wet := b.Variable("wet", "yes", "no")
//	b.Table(rain).Row(0.2, 0.8)
//	b.Table(wet, rain).Row(0.9, 0.1).Row(0.1, 0.9)
//	net, err := b.Build()
//
// A Markov network is an undirected graph with non-negative potentials on its
// cliques, p(x) = (1/Z) Π_c φ_c(x_c); a factor graph shows the same product with
// one node for every factor. [BayesNet.MarkovNet] moralizes,
// [MarkovNet.FactorGraph] and [FactorGraph.MarkovNet] convert. All three are a
// [Model], which is what engines take.
//
// # Tables
//
// A table of p(child | parents) has one row per combination of parent states,
// in the order in which the parents are declared, the last parent changing
// fastest; a row holds the child's states. Rows are kept as they are given: a
// row that misses one by up to 1e-3 earns a warning, and by more it is refused,
// unless the caller asks to normalize. A [Factor] is a dense table over a scope,
// row-major, the last variable changing fastest.
//
// # Graphs
//
// d-separation with the active trail that breaks it ([BayesNet.ActiveTrail]),
// Markov blankets, ancestors, moral graphs, maximal cliques, chordality,
// elimination orders and clique trees. Graphs may be disconnected.
//
// # Concurrency
//
// Builders are for one goroutine. What they build is immutable and safe for
// concurrent use. Slices returned by methods are shared: read them only.
//
// # References
//
// Pearl (1988), Probabilistic Reasoning in Intelligent Systems. Lauritzen &
// Spiegelhalter (1988), J. R. Statist. Soc. B 50. Koller & Friedman (2009),
// Probabilistic Graphical Models.
package graphical
