package em

// How many components: the fits of several numbers, compared.

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A Criterion is what fits with different numbers of parameters are compared by; less is
// better.
type Criterion int

const (
	// BIC is −2 L + p log n (Schwarz 1978), which finds the right number as n grows.
	BIC Criterion = iota
	// AIC is −2 L + 2 p (Akaike 1974), which predicts well and takes more components.
	AIC
	// ICL is BIC and twice the entropy of the responsibilities (Biernacki, Celeux &
	// Govaert 2000), which prefers components that do not overlap.
	ICL
)

var criteria = constants{"criterion", []string{"bic", "aic", "icl"}}

// String is the name.
func (c Criterion) String() string { return criteria.name(int(c)) }

// MarshalText writes the name.
func (c Criterion) MarshalText() ([]byte, error) { return criteria.text(int(c)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (c *Criterion) UnmarshalText(text []byte) error { return parseConstant(&criteria, text, c) }

// A Candidate is what became of one number of components. What is not known is NaN.
type Candidate struct {
	K             int
	LogLikelihood float64
	Parameters    int
	BIC, AIC, ICL float64
	Converged     bool
	Problem       string // why there is no fit
}

func (c *Candidate) by(criterion Criterion) float64 {
	return [...]float64{c.BIC, c.AIC, c.ICL}[criterion]
}

// A Selection is a choice among numbers of components.
type Selection[M any] struct {
	Candidates []Candidate // in the order asked
	K          int         // the best
	Best       *Run[M]     // its fit
}

// Select fits a model for each number of components in turn and takes the one that the
// criterion finds best, the first of those that are equally good. src is what the models
// are fitted to; only ICL asks it, and it may be nil for others.
//
//	best, err := em.Select(ctx, src, []int{1, 2, 3, 4}, em.BIC, func(ctx context.Context, k int) (*em.Run[*em.GaussianModel], error) {
//		return em.GaussianMixture{K: k}.Fit(ctx, src, c)
//	})
//
// A number that cannot be fitted is a candidate with a problem; if none can, the errors
// are returned. When ctx ends, Select returns the choice among those done and ctx's error.
func Select[M any](ctx context.Context, src data.Source, ks []int, criterion Criterion, fit func(ctx context.Context, k int) (*Run[M], error)) (*Selection[M], error) {
	if criterion < BIC || criterion > ICL {
		return nil, &belief.ConfigError{Field: "Criterion", Value: int(criterion), Want: "BIC, AIC or ICL"}
	}
	if len(ks) == 0 {
		return nil, &belief.ConfigError{Field: "ks", Value: "empty", Want: "numbers of components"}
	}
	s := &Selection[M]{}
	var problems []error
	best := math.Inf(1)
	for _, k := range ks {
		c := Candidate{K: k, LogLikelihood: math.NaN(), BIC: math.NaN(), AIC: math.NaN(), ICL: math.NaN()}
		run, err := fit(ctx, k)
		if err == nil && run == nil {
			err = errors.New("em: no fit and no error")
		}
		if err == nil {
			c.LogLikelihood, c.Parameters, c.Converged = run.LogLikelihood, run.Parameters(), run.Converged
			c.BIC, c.AIC = run.BIC(), run.AIC()
			if m, ok := any(run.Model).(Clustering); ok && src != nil {
				var h float64
				if h, err = Entropy(ctx, m, src); err == nil {
					c.ICL = c.BIC + 2*h
				}
			}
		}
		if err == nil && math.IsNaN(c.by(criterion)) {
			err = fmt.Errorf("em: %v of a %T is not known", criterion, run.Model)
		}
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if err != nil {
			c.Problem = err.Error()
			problems = append(problems, fmt.Errorf("%d components: %w", k, err))
		} else if v := c.by(criterion); v < best {
			best, s.K, s.Best = v, k, run
		}
		s.Candidates = append(s.Candidates, c)
	}
	if s.Best == nil {
		return nil, errors.Join(problems...)
	}
	return s, nil
}

// Entropy returns the entropy of the responsibilities, the sum of −r log r over the rows
// of a source, with their weights, and over the components, in nats. It is 0 where no
// row is in doubt.
func Entropy(ctx context.Context, m Clustering, src data.Source) (float64, error) {
	k := m.Components()
	var shares []float64
	var sum float64
	err := overRows(ctx, m, src, func(b *Block) error {
		if len(shares) < b.Rows*k {
			shares = make([]float64, b.Rows*k)
		}
		if err := m.ResponsibilitiesTo(shares[:b.Rows*k], b); err != nil {
			return err
		}
		for i, r := range shares[:b.Rows*k] {
			if r > 0 {
				sum -= b.Weight(i/k) * r * math.Log(r)
			}
		}
		return nil
	})
	return sum, err
}
