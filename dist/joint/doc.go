// Package joint holds the distributions of a few discrete random variables as
// tables, and the rules of probability as functions on them: sums and products,
// conditioning, Bayes' rule, independence, moments, and tests on counts.
//
//	rain := joint.NewVariable("rain", "yes", "no")
//	wet := joint.NewVariable("grass", "wet", "dry")
//	t, err := joint.New([]joint.Variable{rain, wet}, []float64{0.18, 0.02, 0.08, 0.72})
//	p, err := t.Prob(joint.Event{"rain": "yes"})         // P(rain = yes)
//	m, err := t.Marginal("grass")                        // p(grass) = Σ p(rain, grass)
//	g, err := t.Given(joint.Event{"grass": "wet"})       // p(rain | grass = wet)
//	c, err := t.Conditional("rain")                      // p(grass | rain), for each rain
//	again, err := joint.Bayes(prior, c)                  // p(rain | grass), for each grass
//
// A [Table] over variables with d_1, …, d_n states has Π d_i probabilities, the
// states of the last variable changing fastest. It is immutable and safe for
// concurrent use. Everything takes time and memory proportional to the tables
// involved; what would not fit into [Budget] is refused with a
// [*belief.TooLargeError] before memory is taken. Larger models are the business of
// package graphical, whose networks never form the table.
//
// Variables are found by name. An unknown one is a [*belief.UnknownNameError] with
// suggestions, evidence of probability zero a [*belief.ImpossibleEvidenceError].
// Numbers that the states stand for, for moments, are the Values of a [Variable].
//
// [Counts] are tables of frequencies, with the tests of independence of Pearson and
// of the likelihood ratio. Entropies and other measures of information of tables
// are in package information beside this one.
//
// References: Qiu, Neural Networks and Deep Learning (2019), appendix D.2.3 to
// D.2.6; Agresti, Categorical Data Analysis (2013), sections 2.1 and 3.2.
package joint
