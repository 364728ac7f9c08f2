// Package inference answers questions about models of package graphical: the
// marginal posteriors p(x_i | e) of variables given evidence, and the probability
// p(e) of the evidence itself.
//
// # Asking
//
// The short form chooses the method and says which:
//
//	post, err := inference.Marginals(ctx, net, graphical.Observe("HRBP", "HIGH"))
//	p, err := post.Marginal("LVFAILURE")
//
// An [Engine] is a method with its settings; every one of them answers the same
// call. For many questions about one model, compile a [JunctionTree] once:
//
//	tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
//	post, err := tree.Query(ctx, ev)
//
// It is immutable and safe for concurrent use. A [Session] keeps its messages
// between questions and repeats only what a change of evidence makes necessary.
//
// # Methods
//
//   - [TreeConfig] and [JunctionTree]: all marginals in one collection and one
//     distribution of messages over a tree of cliques (Lauritzen & Spiegelhalter
//     1988; Jensen, Lauritzen & Olesen 1990). Time grows with the total number of
//     table entries of the cliques, memory with that of the separators only:
//     clique tables are formed a block at a time and never held.
//   - [VariableElimination]: one query, after everything that cannot matter to
//     it is pruned (Zhang & Poole 1994; Dechter 1999). [VariableElimination.Joint]
//     gives joint posteriors of several variables.
//   - [SumProduct]: belief propagation on chains and trees, with messages to look
//     at (Pearl 1988; Kschischang, Frey & Loeliger 2001). It refuses loops.
//   - [Enumeration]: the sum over all joint states, for tiny models and as the
//     judge of the others.
//
// These are exact, and [Marginals] chooses among them. The samplers are for models
// whose tables would be too large, and every probability of theirs comes with its
// Monte Carlo standard error:
//
//   - [Gibbs]: full conditionals in turn, in any model (Geman & Geman 1984; Pearl
//     1987), Rao–Blackwellized (Gelfand & Smith 1990), in several chains with R-hat.
//     Variables that zeros of tables tie together are drawn in blocks, and a warning
//     says where states stay out of reach.
//   - [Weighting]: likelihood weighting in Bayesian networks (Fung & Chang 1990;
//     Shachter & Peot 1990), with the effective sample size, Pareto k of the weights,
//     and an estimate of p(e).
//   - [Rejection]: logic sampling (Henrion 1988), for evidence that is not rare.
//   - [Forward]: draws of a Bayesian network without evidence.
//   - [TreeSampling]: exact, independent draws of the posterior of any model that a
//     junction tree can hold (Dawid 1992).
//
// A sampler looks at a conditional distribution without a table a probability at a
// time, so that any number of parents will do. One that has the method
// Positive() bool, and answers true, promises that no probability is zero, which
// spares Gibbs sampling the doubt whether all states can be reached. Answers do not
// depend on the number of workers. When ctx ends, samplers return the answer so far
// and ctx's error.
//
// The logarithm of the evidence's probability is in nats; for
// an undirected model it is the logarithm of the partition function of the model
// with the evidence in it.
//
// # Range
//
// Messages are scaled as they are sent, and a bound on the range of every product
// is kept. If a product could leave the range of float64 the work is done again
// with logarithms, so that evidence on thousands of variables neither underflows
// nor loses a state whose chance seemed to vanish half-way.
//
// # Sharing
//
// What a query returns belongs to the caller. Slices that methods of a model return
// are shared with it: read them only. A progress function is called by one
// goroutine at a time for each query, and by several queries at once if there are.
//
// # Limits
//
// The cost of the best elimination order found is known before any table is
// taken. If it is over the memory budget the answer is a [*belief.TooLargeError]
// that names width, bytes and the largest clique. The budget is per query in flight
// and covers tables and messages; logarithms, where they are needed, take the
// static tables once more.
package inference
