package conjugate

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/careful"
)

// What the beliefs share: reading data, summing log likelihoods, checking.

// collect sums up observations of a family.
func collect(f expfam.Family, x, w []float64) (*expfam.Statistics, error) {
	s, err := expfam.NewStatistics(f)
	if err != nil {
		return nil, err
	}
	if err := s.AddBatch(x, w); err != nil {
		return nil, err
	}
	return s, nil
}

// same refuses statistics of another family.
func same(s *expfam.Statistics, f expfam.Family) error {
	if s == nil || s.Family() == nil {
		return &belief.ConfigError{Field: "family", Want: f.String()}
	}
	if have, want := s.Family().String(), f.String(); have != want {
		return &belief.ConfigError{Field: "family", Value: have, Want: want}
	}
	return nil
}

// likelihood returns Σ w_i log p(x_i) for values of the given size.
func likelihood(x, w []float64, size int, logProb func(x []float64) float64) float64 {
	var sum careful.Accumulator
	for i := 0; i*size < len(x); i++ {
		weight := 1.0
		if w != nil {
			weight = w[i]
		}
		if weight > 0 {
			sum.Add(weight * logProb(x[i*size:(i+1)*size]))
		}
	}
	return sum.Sum()
}

// evidence returns the sum of log likelihood, log prior and minus log posterior, or an
// error if some of them are beyond what float64 holds.
func evidence(name string, likelihood, prior, posterior float64) (float64, error) {
	sum := likelihood + prior - posterior
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return 0, &dist.FitError{Distribution: name, Row: -1, Problem: "the log evidence is beyond what float64 holds"}
	}
	return sum, nil
}

// average returns the mean of two numbers with positive weights, in the form that
// keeps the digits of the heavier one.
func average(a, weightA, b, weightB float64) float64 {
	if weightA > weightB {
		return a + weightB/(weightA+weightB)*(b-a)
	}
	return b + weightA/(weightA+weightB)*(a-b)
}

// one makes a log probability of numbers one of slices.
func one(d dist.LogProber) func(x []float64) float64 {
	return func(x []float64) float64 { return d.LogProb(x[0]) }
}

// check returns the first error of checks of hyperparameters.
func check(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// positive and finite check one hyperparameter each.
func positive(name, param string, v float64) error {
	if !(v > 0) || math.IsInf(v, 1) {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: v, Want: "positive and finite"}
	}
	return nil
}

func finite(name, param string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: v, Want: "finite"}
	}
	return nil
}

// shapes checks the shapes of a Dirichlet distribution.
func shapes(name string, alpha []float64) error {
	if len(alpha) < 2 {
		return &dist.ParameterError{Distribution: name, Parameter: "length of Alpha", Value: float64(len(alpha)), Want: "at least 2"}
	}
	for i, a := range alpha {
		if err := positive(name, fmt.Sprintf("Alpha[%d]", i), a); err != nil {
			return err
		}
	}
	return nil
}

// inner moves a probability that rounding has taken to 0 or 1 into the interval
// between, where densities are finite. Any point will do for a candidate's formula.
func inner(p float64) float64 { return min(max(p, 1e-300), math.Nextafter(1, 0)) }
