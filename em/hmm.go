package em

// Baum–Welch: what is asked for, and the way into the engine.

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
)

// HiddenMarkov fits hidden Markov models to sequences by the algorithm of Baum & Welch
// (Baum, Petrie, Soules & Weiss 1970; Rabiner 1989, section III.C). States alone has to
// be given. What is missing, a row or a cell of it, says nothing.
//
// The likelihood has many maxima, and what EM finds depends on where it starts. A fit
// starts [Config.Starts] times, 4 times if that is 0 and Begin is nil. A probability that
// is zero at the start stays zero, so that the topology is kept, and what Begin has as zero
// is so in all starts.
//
// An iteration over T rows costs O(T·S²) for S states, and for the emission O(T·S), and
// O(T·S·M·d²) for M full normals of d columns.
type HiddenMarkov struct {
	States   int          `json:"states"`
	Emission EmissionForm `json:"emission,omitempty"`
	// Mixture is the number of normals in the mixture that a state emits; 0 means 1.
	Mixture  int      `json:"mixture,omitempty"`
	Topology Topology `json:"topology,omitempty"`
	// Skip is how many states a step to the right goes at most; 0 means 1.
	Skip int `json:"skip,omitempty"`
	// Mask says which transitions are allowed besides, States × States; nil means all.
	Mask []bool `json:"mask,omitempty"`
	// Names are those of the states; nil means their numbers.
	Names []string `json:"names,omitempty"`

	// Begin is where the first start begins; nil means one that is found. It has no
	// transition that Mask and Topology forbid.
	Begin *chain.HMM `json:"-"`
	Init  HMMInit    `json:"init,omitempty"`
	// Fix says what keeps its value of Begin.
	Fix   HMMParts `json:"fix"`
	Ties  HMMTies  `json:"ties"`
	Prior HMMPrior `json:"prior"`
	// Floor is the least variance of a normal, relative to that of the data in the
	// column; 0 means 1e-6. In a column that is constant it is absolute.
	Floor float64 `json:"floor,omitempty"`
	// Weights has one for each sequence; nil means that each counts once.
	Weights []float64 `json:"-"`
}

// EmissionForm says what states emit.
type EmissionForm int

// The forms of emissions.
const (
	// AutoEmission is CategoricalEmission for a single column of categories, and
	// DiagonalEmission else.
	AutoEmission        EmissionForm = iota
	CategoricalEmission              // the category of the only column
	DiagonalEmission                 // rows of independent normals
	FullEmission                     // rows that are jointly normal
)

var emissionForms = constants{"form of emission", []string{"auto", "categorical", "diagonal", "full"}}

// String is the name.
func (f EmissionForm) String() string { return emissionForms.name(int(f)) }

// MarshalText writes the name.
func (f EmissionForm) MarshalText() ([]byte, error) { return emissionForms.text(int(f)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (f *EmissionForm) UnmarshalText(text []byte) error {
	return parseConstant(&emissionForms, text, f)
}

// Topology says which transitions there are.
type Topology int

// The topologies.
const (
	Ergodic     Topology = iota // from every state to every other
	LeftToRight                 // from the first state on, never back (Bakis 1976)
)

var topologies = constants{"topology", []string{"ergodic", "left-to-right"}}

// String is the name.
func (t Topology) String() string { return topologies.name(int(t)) }

// MarshalText writes the name.
func (t Topology) MarshalText() ([]byte, error) { return topologies.text(int(t)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (t *Topology) UnmarshalText(text []byte) error { return parseConstant(&topologies, text, t) }

// HMMInit says where starts begin that are not given.
type HMMInit int

// The beginnings.
const (
	// ClusterInit groups rows of numbers by k-means, or, with a topology from left to
	// right, by the time. Symbols begin as with RandomInit.
	ClusterInit HMMInit = iota
	// RandomInit draws.
	RandomInit
)

var hmmInits = constants{"beginning", []string{"clusters", "random"}}

// String is the name.
func (i HMMInit) String() string { return hmmInits.name(int(i)) }

// MarshalText writes the name.
func (i HMMInit) MarshalText() ([]byte, error) { return hmmInits.text(int(i)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (i *HMMInit) UnmarshalText(text []byte) error { return parseConstant(&hmmInits, text, i) }

// HMMParts are the parts of a hidden Markov model.
type HMMParts struct {
	Initial    bool `json:"initial,omitempty"`
	Transition bool `json:"transition,omitempty"`
	Emission   bool `json:"emission,omitempty"`
}

// HMMTies say which states share parameters: those with the same number do. Nil means
// that each has its own.
type HMMTies struct {
	Transition []int `json:"transition,omitempty"` // the rows of the transition matrix
	Emission   []int `json:"emission,omitempty"`
}

// HMMPrior is a prior: Dirichlet distributions with the same α for all entries of a row
// that are not held at zero, at least 1, where 0 means 1; and of the mean and covariance
// of each normal a normal–inverse-Wishart distribution.
type HMMPrior struct {
	Initial    float64 `json:"initial,omitempty"`
	Transition float64 `json:"transition,omitempty"`
	// Sticky is added to the α of a state's transition to itself, where rows are tied of
	// the first of the states alone.
	Sticky  float64 `json:"sticky,omitempty"`
	Symbols float64 `json:"symbols,omitempty"`
	Mixture float64 `json:"mixture,omitempty"` // of the weights in a mixture
	// Normal is of means and covariances; nil means none.
	Normal *HMMNormalPrior `json:"normal,omitempty"`
}

// HMMNormalPrior is Σ ~ IW(ν, Λ), μ | Σ ~ N(m, Σ/κ), with m the means and Λ a diagonal
// matrix of the variances of the columns times Scale. Of diagonal covariances it is
// σ²_j ~ IG(ν/2, Λ_jj/2) in its place.
type HMMNormalPrior struct {
	Shrinkage float64 `json:"shrinkage,omitempty"` // κ; 0 means 0.01
	Degrees   float64 `json:"degrees,omitempty"`   // ν; 0 means 2 more than there are columns
	Scale     float64 `json:"scale,omitempty"`     // 0 means 0.1
}

// hmmLeast is what the largest weight has to be at least.
const hmmLeast = 1e-200

// hmmLimit bounds the numbers in the parameters and statistics of a model.
const hmmLimit = 1 << 26

// Validate returns a [*belief.ConfigError] if a setting has no meaning.
func (h HiddenMarkov) Validate() error {
	s, alpha := h.States, func(v float64) bool { return v == 0 || v >= 1 && v <= 1e15 }
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"States", s, s >= 1 && s <= 1<<12, "from 1 to 4096"},
		{"Emission", int(h.Emission), h.Emission >= AutoEmission && h.Emission <= FullEmission, "one of the forms"},
		{"Mixture", h.Mixture, h.Mixture >= 0 && h.Mixture <= 1<<12, "from 0 to 4096"},
		{"Mixture", h.Mixture, h.Mixture <= 1 || h.Emission != CategoricalEmission, "0 or 1 with symbols"},
		{"Topology", int(h.Topology), h.Topology == Ergodic || h.Topology == LeftToRight, "Ergodic or LeftToRight"},
		{"Skip", h.Skip, h.Skip >= 0 && (h.Skip == 0 || h.Topology == LeftToRight), "positive and from left to right, or 0"},
		{"Mask", len(h.Mask), h.Mask == nil || len(h.Mask) == s*s, "nil or States × States long"},
		{"Names", len(h.Names), h.Names == nil || len(h.Names) == s, "nil or one for each state"},
		{"Init", int(h.Init), h.Init == ClusterInit || h.Init == RandomInit, "ClusterInit or RandomInit"},
		{"Fix", h.Fix, h.Begin != nil || h.Fix == HMMParts{}, "empty without Begin"},
		{"Ties.Transition", len(h.Ties.Transition), h.Ties.Transition == nil || len(h.Ties.Transition) == s, "nil or one for each state"},
		{"Ties.Emission", len(h.Ties.Emission), h.Ties.Emission == nil || len(h.Ties.Emission) == s, "nil or one for each state"},
		{"Prior.Initial", h.Prior.Initial, alpha(h.Prior.Initial), "0, or at least 1"},
		{"Prior.Transition", h.Prior.Transition, alpha(h.Prior.Transition), "0, or at least 1"},
		{"Prior.Sticky", h.Prior.Sticky, h.Prior.Sticky >= 0 && h.Prior.Sticky <= 1e15, "not negative"},
		{"Prior.Symbols", h.Prior.Symbols, alpha(h.Prior.Symbols), "0, or at least 1"},
		{"Prior.Mixture", h.Prior.Mixture, alpha(h.Prior.Mixture), "0, or at least 1"},
		{"Floor", h.Floor, h.Floor == 0 || h.Floor >= 1e-10 && h.Floor <= 1, "0, or from 1e-10 to 1"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	for i := range h.Ties.Transition {
		if j := slices.Index(h.Ties.Transition, h.Ties.Transition[i]); j < i && h.Topology == LeftToRight {
			return &belief.ConfigError{Field: "Ties.Transition", Value: fmt.Sprintf("the same for states %d and %d", j, i), Want: "different from left to right, where rows have different zeros"}
		}
	}
	for i := range len(h.Mask) / max(s, 1) {
		if j := slices.Index(h.Mask[i*s:(i+1)*s], true); j < 0 {
			return &belief.ConfigError{Field: "Mask", Value: fmt.Sprintf("a row %d without a transition", i), Want: "a transition from every state"}
		}
	}
	if n := h.Prior.Normal; n != nil && !(n.Shrinkage >= 0 && n.Shrinkage <= 1e15 && n.Degrees >= 0 && n.Degrees <= 1e15 && n.Scale >= 0 && n.Scale <= 1e15) {
		return &belief.ConfigError{Field: "Prior.Normal", Value: *n, Want: "of numbers that are not negative"}
	}
	return nil
}

// Fit fits the model to sequences. An error of the settings or the data as a whole is a
// [*belief.ConfigError], one of a cell a [*data.ValueError]. Sequences that are impossible
// under Begin are a [*chain.ImpossibleError].
func (h HiddenMarkov) Fit(ctx context.Context, seqs *data.Sequences, c Config) (*Run[*HiddenMarkovModel], error) {
	d, begin, err := h.prepare(seqs, &c)
	if err != nil {
		return nil, err
	}
	return Fit(ctx, d, begin, c)
}

// Steps is Fit an iteration at a time.
func (h HiddenMarkov) Steps(ctx context.Context, seqs *data.Sequences, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		d, begin, err := h.prepare(seqs, &c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		Steps(ctx, d, begin, c)(yield)
	}
}

// prepare checks everything and returns what the engine needs.
func (h HiddenMarkov) prepare(seqs *data.Sequences, c *Config) (Data[*SequenceBlock], Starter[*HiddenMarkovModel], error) {
	if _, err := c.withDefaults(); err != nil {
		return nil, nil, err
	}
	if err := h.Validate(); err != nil {
		return nil, nil, err
	}
	d, err := NewSequences(seqs, h.Weights)
	if err != nil {
		return nil, nil, err
	}
	if h.Weights != nil && slices.Max(h.Weights) < hmmLeast {
		return nil, nil, &belief.ConfigError{Field: "Weights", Value: fmt.Sprintf("%v at most", slices.Max(h.Weights)), Want: fmt.Sprintf("one of at least %v, for the parts that states have in it not to be lost", hmmLeast)}
	}
	b, err := h.newBeginner(seqs, *c)
	if err != nil {
		return nil, nil, err
	}
	c.Settings = h
	if c.Starts == 0 && h.Begin == nil {
		c.Starts = 4
	}
	return d, b.start, nil
}

// allowed says which transitions the topology and the mask have.
func (h HiddenMarkov) allowed(i, j int) bool {
	if h.Mask != nil && !h.Mask[i*h.States+j] {
		return false
	}
	return h.Topology == Ergodic || j >= i && j-i <= max(h.Skip, 1)
}

func (h HiddenMarkov) floor() float64 {
	if h.Floor == 0 {
		return 1e-6
	}
	return h.Floor
}

// hmmAlpha is the parameter of a Dirichlet distribution, with its default.
func hmmAlpha(v float64) float64 { return math.Max(v, 1) }
