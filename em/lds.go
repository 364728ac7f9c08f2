package em

import (
	"context"
	"fmt"
	"iter"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/saved"
)

// LinearDynamics fits a linear dynamical system, a [chain.Kalman], to sequences of rows
// by EM (Shumway & Stoffer 1982; Ghahramani & Hinton 1996): the E step is the smoother of
// Rauch, Tung & Striebel, the M step regressions. Numbers may be missing, one by one.
// States are known up to a change of their coordinates. An iteration over T rows of p
// columns costs O(T(k³ + p³ + kp(k + p))).
type LinearDynamics struct {
	States int `json:"states"` // k, positive
	// Diagonal says that the observations' noise has no correlations. Then States
	// explain all of those that there are, as in factor analysis.
	Diagonal bool `json:"diagonal,omitempty"`
	// Floor is the least variance of the observations' noise in any direction, relative
	// to that of the columns; 0 means 1e-6.
	Floor float64 `json:"floor,omitempty"`
	// Begin is where the only start begins; nil means one found by regression on the
	// principal components of windows.
	Begin *chain.Kalman `json:"begin,omitempty"`
	// Fix names what keeps its value of Begin.
	Fix DynamicsParts `json:"fix"`
	// Weights has one for each sequence; nil means that each counts once.
	Weights []float64 `json:"-"`
}

// DynamicsParts are parts of a linear dynamical system.
type DynamicsParts struct {
	Initial     bool `json:"initial,omitempty"`      // mean and covariance of the first state
	Transition  bool `json:"transition,omitempty"`   // the matrix A
	Noise       bool `json:"noise,omitempty"`        // the covariance Q
	Emission    bool `json:"emission,omitempty"`     // the matrix C and the offset d
	EmissionCov bool `json:"emission_cov,omitempty"` // the covariance R
}

// LinearDynamicsModel is a fitted linear dynamical system.
type LinearDynamicsModel struct {
	System  *chain.Kalman
	columns []string

	// What the M step needs and a saved model does without.
	settings LinearDynamics
	scale    []float64 // of the columns: their variances
	floored  bool      // in the last M step
}

const ldsKind = "linear-dynamics"

// Fit runs EM to its end.
func (l LinearDynamics) Fit(ctx context.Context, seqs *data.Sequences, c Config) (*Run[*LinearDynamicsModel], error) {
	d, begin, err := l.prepare(seqs, c)
	if err != nil {
		return nil, err
	}
	return Fit(ctx, d, begin, l.config(c))
}

// Steps runs EM an iteration at a time.
func (l LinearDynamics) Steps(ctx context.Context, seqs *data.Sequences, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		d, begin, err := l.prepare(seqs, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		Steps(ctx, d, begin, l.config(c))(yield)
	}
}

// config is c with one start where all would be the same.
func (l LinearDynamics) config(c Config) Config {
	c.Settings = l
	if l.Begin != nil {
		c.Starts = min(c.Starts, 1)
	}
	return c
}

func (l LinearDynamics) prepare(seqs *data.Sequences, c Config) (Data[*SequenceBlock], Starter[*LinearDynamicsModel], error) {
	if l.Floor == 0 {
		l.Floor = 1e-6
	}
	switch {
	case l.States < 1 || l.States > 1<<12:
		return nil, nil, &belief.ConfigError{Field: "States", Value: l.States, Want: "from 1 to 4096"}
	case !(l.Floor > 0 && l.Floor <= 1):
		return nil, nil, &belief.ConfigError{Field: "Floor", Value: l.Floor, Want: "positive and at most 1"}
	case l.Begin == nil && l.Fix != DynamicsParts{}:
		return nil, nil, &belief.ConfigError{Field: "Fix", Value: "set", Want: "empty without Begin"}
	}
	d, err := NewSequences(seqs, l.Weights)
	if err != nil {
		return nil, nil, err
	}
	seqs = weighty(seqs, l.Weights)
	names := columnNames(seqs.Columns())
	if p := len(names); p > 1<<12 {
		return nil, nil, &belief.ConfigError{Field: "columns", Value: p, Want: "at most 4096"}
	}
	means, variances, err := columnMoments(seqs)
	if err != nil {
		return nil, nil, err
	}
	if b := l.Begin; b != nil {
		if err := b.Validate(); err != nil {
			return nil, nil, fmt.Errorf("setting Begin: %w", err)
		}
		if b.States != l.States || b.Observed != len(names) {
			return nil, nil, &belief.ConfigError{Field: "Begin", Value: fmt.Sprintf("of %d states and %d columns", b.States, b.Observed), Want: fmt.Sprintf("of %d and %d", l.States, len(names))}
		}
	}
	begin := func(ctx context.Context, start int) (*LinearDynamicsModel, error) {
		m := &LinearDynamicsModel{columns: names, settings: l, scale: variances}
		if l.Begin != nil {
			m.System = ldsClone(l.Begin)
		} else {
			m.System = ldsBegin(seqs, l.States, means, variances, c.Seed, start)
		}
		if !l.Fix.EmissionCov { // else the first M step might lower the likelihood
			ldsFloor(m.System.EmissionCov, variances, l.Floor, len(names), l.Diagonal)
		}
		return m, nil
	}
	return d, begin, nil
}

func ldsClone(m *chain.Kalman) *chain.Kalman {
	c := *m
	for _, x := range []*[]float64{&c.Initial, &c.InitialCov, &c.Transition, &c.Noise, &c.Emission, &c.Offset, &c.EmissionCov} {
		*x = append([]float64(nil), *x...)
	}
	if len(c.Offset) == 0 {
		c.Offset = make([]float64, c.Observed)
	}
	return &c
}

// Columns are the names of the columns it was fitted to.
func (m *LinearDynamicsModel) Columns() []string { return m.columns }

// Parameters is the number of free parameters, less those of the choice of coordinates
// for the states where all that depends on them is free.
func (m *LinearDynamicsModel) Parameters() int {
	k, p, fix := m.System.States, m.System.Observed, m.settings.Fix
	n := 0
	if !fix.Initial {
		n += k + k*(k+1)/2
	}
	if !fix.Transition {
		n += k * k
	}
	if !fix.Noise {
		n += k * (k + 1) / 2
	}
	if !fix.Emission {
		n += p * (k + 1)
	}
	if !fix.EmissionCov {
		if m.settings.Diagonal {
			n += p
		} else {
			n += p * (p + 1) / 2
		}
	}
	if !fix.Initial && !fix.Transition && !fix.Noise && !fix.Emission {
		n -= k * k
	}
	return n
}

// Warnings says whether the floor acts.
func (m *LinearDynamicsModel) Warnings() []belief.Warning {
	if !m.floored {
		return nil
	}
	return []belief.Warning{{Code: "variance-floor", Where: "the observations' noise", Text: "a variance is at its floor: some combination of columns is explained without error; fewer states may do"}}
}

// LogProb returns the log density of each sequence, in nats. Columns are found by their
// order.
func (m *LinearDynamicsModel) LogProb(seqs *data.Sequences) ([]float64, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if seqs == nil {
		return nil, &belief.ConfigError{Field: "sequences", Value: "nil", Want: "some"}
	}
	if len(seqs.Columns()) != m.System.Observed {
		return nil, &belief.ConfigError{Field: "columns", Value: len(seqs.Columns()), Want: fmt.Sprint(m.System.Observed)}
	}
	out := make([]float64, seqs.Len())
	var post chain.KalmanPosterior
	for i := range out {
		if err := m.System.FilterTo(&post, seqs.Rows(i)); err != nil {
			return nil, fmt.Errorf("sequence %s: %w", seqs.Name(i), err)
		}
		out[i] = post.LogLikelihood
	}
	return out, nil
}

type ldsForm struct {
	Columns  []string      `json:"columns"`
	System   *chain.Kalman `json:"system"`
	Diagonal bool          `json:"diagonal"`
	Fix      DynamicsParts `json:"fix"`
	Floor    float64       `json:"floor"`
	Scale    []float64     `json:"scale"`
}

// Validate checks the parameters.
func (m *LinearDynamicsModel) Validate() error {
	if m.System == nil {
		return &belief.ConfigError{Field: "System", Value: "nil", Want: "a linear dynamical system"}
	}
	if err := m.System.Validate(); err != nil {
		return err
	}
	if len(m.columns) != m.System.Observed {
		return &belief.ConfigError{Field: "columns", Value: len(m.columns), Want: fmt.Sprint(m.System.Observed)}
	}
	return nil
}

// MarshalJSON writes the model.
func (m *LinearDynamicsModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(ldsKind, 1, ldsForm{m.columns, m.System, m.settings.Diagonal, m.settings.Fix, m.settings.Floor, m.scale})
}

// UnmarshalJSON reads what MarshalJSON has written.
func (m *LinearDynamicsModel) UnmarshalJSON(text []byte) error {
	var f ldsForm
	if _, err := saved.Unmarshal(text, ldsKind, 1, &f); err != nil {
		return err
	}
	read := LinearDynamicsModel{System: f.System, columns: f.Columns, scale: f.Scale,
		settings: LinearDynamics{Diagonal: f.Diagonal, Fix: f.Fix, Floor: f.Floor}}
	if err := read.Validate(); err != nil {
		return &belief.ParseError{Format: ldsKind, Err: err}
	}
	read.settings.States = read.System.States
	bad := len(f.Scale) != read.System.Observed || !(f.Floor > 0 && f.Floor <= 1)
	for _, v := range f.Scale {
		bad = bad || !(v > 0)
	}
	if bad {
		return &belief.ParseError{Format: ldsKind, Msg: "floor and scale have to be positive, the scale for every column"}
	}
	if m.System != nil { // of the fit that goes on
		read.settings = m.settings
	}
	if len(read.System.Offset) == 0 {
		read.System.Offset = make([]float64, read.System.Observed)
	}
	*m = read
	return nil
}
