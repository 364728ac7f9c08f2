package linear

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// SparseCoding are the settings of sparse coding with a learnt dictionary: rows are sums of
// few of p atoms (Olshausen & Field 1996; Qiu 2019, section 9.1.2). What is minimized is
//
//	L(A, Z) = Σ ‖x − A z‖² + η ρ(z)
//
// in turn over the codes z of all rows (the E step: the most probable z) and over the
// dictionary A (the M step). The objective of a run is −L, less the ridge, so that it
// rises; it is in squared units of the data and no log-likelihood. The columns are taken
// as they are: what has a mean far from zero is to be centred first, as
// [data.Standardize] does.
type SparseCoding struct {
	Atoms   int     `json:"atoms,omitempty"`   // p; 0 means twice the number of columns
	Penalty Penalty `json:"penalty,omitempty"` // ρ
	// Eta is η; 0 means a tenth of the root of the mean squared length of a row, with ℓ1,
	// and of that mean itself with the others.
	Eta float64 `json:"eta,omitempty"`
	// Ridge is λ of the term λ‖A‖² that keeps the atoms small in the source (equation
	// 9.17). At 0 they are held to a length of at most one instead, which leaves η its
	// meaning: with a ridge, large atoms and small codes can escape the penalty.
	Ridge float64 `json:"ridge,omitempty"`
	// Solver finds codes with ℓ1.
	Solver CodeSolver `json:"solver,omitempty"`
	// CodeIterations is how many steps a code may take; 0 means 2000.
	CodeIterations int `json:"code_iterations,omitempty"`
	// CodeTolerance is how far a code may be from the best one, in the objective and
	// relative to the squared length of the row; 0 means 1e-8. With ℓ1 the duality gap
	// bounds it; with other penalties it is the last step that is held to it.
	CodeTolerance float64 `json:"code_tolerance,omitempty"`
}

// A Penalty is a measure ρ of how little sparse a code is.
type Penalty string

const (
	L1          Penalty = ""            // Σ |z|, equation 9.13
	LogPenalty  Penalty = "log"         // Σ log(1 + z²), equation 9.14
	Exponential Penalty = "exponential" // −Σ exp(−z²), equation 9.15
)

// A CodeSolver is a way to find codes under ℓ1.
type CodeSolver string

const (
	FISTA CodeSolver = ""     // accelerated, with restarts (Beck & Teboulle 2009; O'Donoghue & Candès 2015)
	ISTA  CodeSolver = "ista" // proximal gradient steps (Daubechies, Defrise & De Mol 2004)
)

const codeMost = 1_000_000

// codeLimits puts the defaults in.
func codeLimits(iterations int, tolerance float64) (int, float64) {
	if iterations == 0 {
		iterations = 2000
	}
	if tolerance == 0 {
		tolerance = 1e-8
	}
	return iterations, tolerance
}

// Validate reports a setting without meaning as a [*belief.ConfigError].
func (s SparseCoding) Validate() error {
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"Atoms", s.Atoms, s.Atoms >= 0, "not negative"},
		{"Penalty", s.Penalty, s.Penalty == L1 || s.Penalty == LogPenalty || s.Penalty == Exponential, `"", "log" or "exponential"`},
		{"Eta", s.Eta, s.Eta >= 0 && s.Eta <= math.MaxFloat64, "finite and not negative"},
		{"Ridge", s.Ridge, s.Ridge >= 0 && s.Ridge <= math.MaxFloat64, "finite and not negative"},
		{"Solver", s.Solver, s.Solver == FISTA || s.Solver == ISTA, `"" or "ista"`},
		{"CodeIterations", s.CodeIterations, s.CodeIterations >= 0 && s.CodeIterations <= codeMost, "between 0 and a million"},
		{"CodeTolerance", s.CodeTolerance, s.CodeTolerance >= 0 && s.CodeTolerance < 1, "between 0 and 1"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	return nil
}

// Fit learns a dictionary. Codes start from those of the last iteration, so that the
// objective cannot fall, as long as they take no more memory than the data may. A
// checkpoint, which would not hold them, is refused.
//
// Errors are a [*belief.ConfigError] for settings, a [*data.ValueError] for a cell that is
// missing or infinite, and a [*dist.FitError] for rows that are all zero.
func (s SparseCoding) Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*SparseModel], error) {
	rows, begin, err := s.open(ctx, src, c)
	if err != nil {
		return nil, err
	}
	run, err := em.Fit(ctx, rows, begin, c)
	if run != nil && run.Model != nil {
		run.Model.codes, run.Model.sample = nil, nil
	}
	return run, err
}

// Steps is Fit an iteration at a time.
func (s SparseCoding) Steps(ctx context.Context, src data.Source, c em.Config) iter.Seq2[em.Step, error] {
	rows, begin, err := s.open(ctx, src, c)
	if err != nil {
		return func(yield func(em.Step, error) bool) { yield(em.Step{}, err) }
	}
	return em.Steps(ctx, rows, begin, c)
}

// dictionaryMost bounds the dictionary and the products of its atoms, in numbers.
const dictionaryMost = 1 << 26

func (s SparseCoding) open(ctx context.Context, src data.Source, c em.Config) (*em.Rows, em.Starter[*SparseModel], error) {
	if err := s.Validate(); err != nil {
		return nil, nil, err
	}
	if c.Checkpoint != "" {
		return nil, nil, &belief.ConfigError{Field: "Checkpoint", Value: c.Checkpoint, Want: "empty for sparse coding, whose codes it would not hold"}
	}
	rows, err := open(ctx, src, c, em.RefuseMissing)
	if err != nil {
		return nil, nil, err
	}
	d := len(rows.Columns())
	p := s.Atoms
	if p == 0 {
		p = 2 * d
	}
	if size := float64(p) * float64(max(p, d)); size > dictionaryMost {
		return nil, nil, &belief.TooLargeError{What: "dictionary", Bytes: 8 * size, Budget: 8 * dictionaryMost, Advice: "ask for fewer atoms"}
	}
	size := 0.0
	err = rows.Each(ctx, em.Pass{}, func(_ int, b *em.Block) error {
		for i := range b.Rows {
			if b.Weight(i) > 0 {
				size += b.Weight(i) * kernel.SumSquares(b.Row(i)) / rows.Weight()
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if !(size >= 1e-200 && size <= 1e200) { // products of squares have to stay in range
		return nil, nil, &dist.FitError{Distribution: kindSparse, Row: -1, Problem: fmt.Sprintf("the mean squared length of the rows is %v; it must be between 1e-200 and 1e200: scale them", size)}
	}
	eta := s.Eta
	if eta == 0 {
		if eta = 0.1 * size; s.Penalty == L1 {
			eta = 0.1 * math.Sqrt(size)
		}
	}
	s.CodeIterations, s.CodeTolerance = codeLimits(s.CodeIterations, s.CodeTolerance)
	memory := c.Memory
	if memory == 0 {
		memory = 1 << 30
	}
	warm := c.Batch == 0 && 8*float64(rows.Len())*float64(p) <= float64(memory)
	if !warm {
		s.CodeTolerance = min(s.CodeTolerance, 1e-12)
	}
	begin := func(_ context.Context, start int) (*SparseModel, error) {
		sample, err := rows.Sample(max(4*p, 256), c.Seed, uint64(start))
		if err == nil && slices.Contains(sample.Weights(), 0) { // of few rows it is all of them
			var x []float64
			for i, w := range sample.Weights() {
				if w > 0 {
					x = append(x, sample.Row(i)...)
				}
			}
			sample, err = data.NewTable(sample.Columns(), x, nil)
		}
		if err != nil {
			return nil, err
		}
		m := &SparseModel{Names: names(rows.Columns()), P: p, Atoms: make([]float64, p*d), Penalty: s.Penalty, Eta: eta, Ridge: s.Ridge,
			Solver: s.Solver, CodeIterations: s.CodeIterations, CodeTolerance: s.CodeTolerance, sample: sample, seed: c.Seed, start: start}
		rng := stream.New(c.Seed, "em/linear atoms", uint64(start))
		order := rng.Perm(sample.Rows())
		for j := range p {
			atom := m.atom(j)
			if j < len(order) {
				copy(atom, sample.Row(order[j]))
			}
			m.unit(atom, rng.NormFloat64)
		}
		if warm {
			m.codes = make([]float64, rows.Len()*p)
		}
		return m, nil
	}
	return rows, begin, nil
}
