package learn

// Tables from complete data, and how well networks fit.

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
)

// Tables learns the tables of a network from rows in which every variable is observed.
// The zero value is maximum likelihood.
type Tables struct {
	Prior Prior `json:"prior"`
	// Fix names variables that keep their distributions.
	Fix []string `json:"fix,omitempty"`
	// Indices says that columns of numbers hold indices of states, from 0; else numbers
	// are the names of states.
	Indices bool `json:"indices,omitempty"`
	// Memory is how many bytes the tables may take; 0 means 1 GiB.
	Memory int64 `json:"memory,omitempty"`
}

// A Fit is what the data have made of a network.
type Fit struct {
	Net           *graphical.BayesNet
	LogLikelihood float64 // of Net, in nats
	LogMarginal   float64 // log p(data | structure, prior), NaN without a prior
	Weight        float64 // of the data: the number of rows if all count once
	Parameters    int     // free ones of the tables that were learnt
	Unseen        []*Unseen
	Counts        *Counts
	Warnings      []belief.Warning
}

// BIC is −2 L + p log n (Schwarz 1978); less is better.
func (f *Fit) BIC() float64 {
	return -2*f.LogLikelihood + float64(f.Parameters)*math.Log(f.Weight)
}

// AIC is −2 L + 2 p (Akaike 1974); less is better.
func (f *Fit) AIC() float64 { return -2*f.LogLikelihood + 2*float64(f.Parameters) }

// Fit learns tables. Besides the errors of [Match] and [NewFamilies] there is one, a
// [*data.ValueError], for the first missing cell, and a [*belief.ConfigError] for
// variables without a column: em.Network learns from such data.
func (t Tables) Fit(ctx context.Context, net *graphical.BayesNet, src data.Source) (*Fit, error) {
	f, err := NewFamilies(net, t.Memory)
	if err != nil {
		return nil, err
	}
	fixed, err := f.Fixed(t.Fix)
	if err != nil {
		return nil, err
	}
	alphas, err := t.Prior.Alphas(f)
	if err != nil {
		return nil, err
	}
	states, err := Match(net, src, t.Indices)
	if err != nil {
		return nil, err
	}
	counts := NewCounts(f)
	if err := counts.AddAll(ctx, states); err != nil {
		return nil, err
	}
	if !(counts.Weight > 0 && counts.Weight <= math.MaxFloat64/4) {
		return nil, &belief.ConfigError{Field: "source", Value: fmt.Sprintf("of %d rows and weight %v", src.Rows(), counts.Weight), Want: "of rows with a positive, finite weight"}
	}
	fit := &Fit{Counts: counts, Weight: counts.Weight, LogMarginal: math.NaN(), Parameters: f.Free(fixed)}
	theta := make([]float64, f.Size())
	if err := f.Parameters(theta, net); err != nil {
		return nil, err
	}
	prior := true
	for i := range fixed {
		if fixed[i] {
			continue
		}
		prior = prior && alphas[i] > 0
		if u := f.Estimate(f.Table(theta, i), counts.Table(i), i, alphas[i]); u != nil {
			fit.Unseen = append(fit.Unseen, u)
			fit.Warnings = append(fit.Warnings, u.Warning())
		}
	}
	fit.LogLikelihood = counts.logLikelihood(theta)
	if prior {
		fit.LogMarginal = 0
		for i := range fixed {
			if fixed[i] {
				fit.LogMarginal += logLikelihood(counts.Table(i), f.Table(theta, i))
			} else {
				fit.LogMarginal += counts.logMarginal(i, alphas[i])
			}
		}
	}
	fit.Net, err = f.Network(theta, fixed)
	return fit, err
}

// Free is the number of free parameters of the tables of variables that are not fixed;
// nil fixes none.
func (f *Families) Free(fixed []bool) int {
	free := 0
	for i, v := range f.net.Variables() {
		if fixed == nil || !fixed[i] {
			free += (f.first[i+1] - f.first[i]) / v.NumStates() * (v.NumStates() - 1)
		}
	}
	return free
}

// AddAll counts the rows of a source of states that [Match] has made, with all variables.
func (c *Counts) AddAll(ctx context.Context, states data.Source) error {
	vars := c.Families.net.Variables()
	if columns := states.Columns(); len(columns) != len(vars) {
		for i, v := range vars {
			if i >= len(columns) || columns[i].Name != v.Name() {
				return &belief.ConfigError{Field: "source", Value: fmt.Sprintf("without a column %q", v.Name()), Want: "one with a column for every variable; em.Network learns with hidden ones"}
			}
		}
	}
	x := make([]int, len(vars))
	row := 0
	for b, err := range data.Batches(states, data.Order{}, 0) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for i := range b.Rows {
			for j, v := range b.Row(i) {
				if v != v {
					return &data.ValueError{Column: vars[j].Name(), Row: row + i, Value: v, Want: "observed; em.Network learns with missing cells"}
				}
				x[j] = int(v)
			}
			w := 1.0
			if b.Weights != nil {
				w = b.Weights[i]
			}
			c.add(x, w)
		}
		row += b.Rows
	}
	return nil
}

// LogLikelihood returns Σ N log θ of the tables of a network of the same structure, −Inf
// if it takes what was counted for impossible.
func (c *Counts) LogLikelihood(net *graphical.BayesNet) (float64, error) {
	theta := make([]float64, len(c.Sums))
	if err := c.Families.Parameters(theta, net); err != nil {
		return math.NaN(), err
	}
	return c.logLikelihood(theta), nil
}

func (c *Counts) logLikelihood(theta []float64) float64 {
	sum := 0.0
	for i := range c.Families.net.Variables() { // by variable, as scores are
		sum += logLikelihood(c.Table(i), c.Families.Table(theta, i))
	}
	return sum
}

func logLikelihood(counts, theta []float64) float64 {
	sum := 0.0
	for k, n := range counts {
		if n > 0 {
			sum += n * math.Log(theta[k])
		}
	}
	return sum
}

// LogMarginal returns the logarithm of the probability of the data under the structure,
// with the tables integrated out under the prior, which must be positive: with BDeu the
// BDeu score. More is better. It is the sum of [Counts.LogMarginalOf] the variables.
func (c *Counts) LogMarginal(p Prior) (float64, error) {
	alphas, err := c.alphas(p)
	if err != nil {
		return math.NaN(), err
	}
	sum := 0.0
	for i := range alphas {
		sum += c.logMarginal(i, alphas[i])
	}
	return sum, nil
}

// LogMarginalOf returns what variable i, with its parents, contributes to the score.
func (c *Counts) LogMarginalOf(i int, p Prior) (float64, error) {
	alphas, err := c.alphas(p)
	if err != nil {
		return math.NaN(), err
	}
	return c.logMarginal(i, alphas[i]), nil
}

func (c *Counts) alphas(p Prior) ([]float64, error) {
	alphas, err := p.Alphas(c.Families)
	if err != nil {
		return nil, err
	}
	for i, a := range alphas {
		if a == 0 {
			return nil, &belief.ConfigError{Field: "Prior", Value: fmt.Sprintf("none of %q", c.Families.net.Variables()[i].Name()), Want: "positive"}
		}
	}
	return alphas, nil
}

func (c *Counts) logMarginal(i int, alpha float64) float64 {
	k := c.Families.net.Variables()[i].NumStates()
	sum := 0.0
	for t := c.Table(i); len(t) > 0; t = t[k:] {
		sum += logRatio(t[:k], alpha)
	}
	return sum
}
