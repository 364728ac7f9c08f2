package graphical

// A Model is what an inference engine sees: discrete variables and a
// non-negative function of them that is a product of factors. [BayesNet],
// [MarkovNet] and [FactorGraph] are models.
type Model interface {
	// Variables returns the variables in a fixed order; positions in it are
	// what Index returns.
	Variables() []*Variable
	// Variable finds one by name, or returns a [*belief.UnknownNameError].
	Variable(name string) (*Variable, error)
	// Index returns the position of a variable, −1 if it is not the model's.
	Index(v *Variable) int
	// NumFactors is the number of factors.
	NumFactors() int
	// Scope returns the variables of factor i, each once.
	Scope(i int) []*Variable
	// Factor returns factor i as a dense table over Scope(i). It may have to
	// be computed; its size is the product of the scope's numbers of states.
	Factor(i int) (*Factor, error)
}
