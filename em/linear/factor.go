package linear

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// FactorAnalysis are the settings of maximum likelihood factor analysis: every column has
// noise of its own, and what columns have in common comes from the factors. Scaling a
// column scales its loadings and its noise and changes nothing else.
type FactorAnalysis struct {
	Factors int `json:"factors,omitempty"` // k, fewer than there are columns; 0 means 1
	// Floor is the least noise of a column relative to its variance; 0 means 1e-6. The
	// likelihood may rise forever as a noise goes to zero (a Heywood case); where the
	// floor acts the run has a warning.
	Floor float64 `json:"floor,omitempty"`
	// Varimax turns the factors in the end so that each column loads on few of them.
	Varimax bool `json:"varimax,omitempty"`
	// RandomStart starts from random loadings. Otherwise the first start is from the
	// principal components of the correlations.
	RandomStart bool `json:"random_start,omitempty"`
}

// ProbabilisticPCA are the settings of probabilistic principal component analysis: factor
// analysis with the same noise in all columns (Tipping & Bishop 1999).
type ProbabilisticPCA struct {
	Components int `json:"components,omitempty"` // k, fewer than there are columns; 0 means 1
	// Floor is the least noise relative to the least variance of a column that has one;
	// 0 means 1e-6.
	Floor float64 `json:"floor,omitempty"`
	// RandomStart starts from random loadings. Otherwise the first start is from the
	// closed form, equations 7 and 8, which without missing cells is the maximum, and
	// EM confirms it.
	RandomStart bool `json:"random_start,omitempty"`
}

// Fit runs EM until nothing is left to gain. Cells may be missing. Batches are refused,
// since the statistics are about the fit of the moment.
//
// Errors are a [*belief.ConfigError] for settings, a [*data.ValueError] for an infinite
// cell or an empty column, and a [*dist.FitError] for data without variance.
func (s FactorAnalysis) Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*FactorModel], error) {
	c.Settings = s
	f, err := s.open(ctx, src, c)
	if err != nil {
		return nil, err
	}
	run, err := f.fit(ctx, c)
	if run != nil && run.Model != nil && s.Varimax {
		run.Model = run.Model.Varimax()
	}
	return run, err
}

// Steps is Fit an iteration at a time.
func (s FactorAnalysis) Steps(ctx context.Context, src data.Source, c em.Config) iter.Seq2[em.Step, error] {
	c.Settings = s
	f, err := s.open(ctx, src, c)
	return f.steps(ctx, c, err)
}

// Fit runs EM until nothing is left to gain, as [FactorAnalysis.Fit] does.
func (s ProbabilisticPCA) Fit(ctx context.Context, src data.Source, c em.Config) (*em.Run[*FactorModel], error) {
	c.Settings = s
	f, err := s.open(ctx, src, c)
	if err != nil {
		return nil, err
	}
	return f.fit(ctx, c)
}

// Steps is Fit an iteration at a time.
func (s ProbabilisticPCA) Steps(ctx context.Context, src data.Source, c em.Config) iter.Seq2[em.Step, error] {
	c.Settings = s
	f, err := s.open(ctx, src, c)
	return f.steps(ctx, c, err)
}

func (s FactorAnalysis) open(ctx context.Context, src data.Source, c em.Config) (*factorFit, error) {
	return openFactors(ctx, src, c, factorFit{k: s.Factors, floor: s.Floor, random: s.RandomStart, field: "Factors", model: kindFactors})
}

func (s ProbabilisticPCA) open(ctx context.Context, src data.Source, c em.Config) (*factorFit, error) {
	return openFactors(ctx, src, c, factorFit{k: s.Components, floor: s.Floor, random: s.RandomStart, isotropic: true, field: "Components", model: kindPPCA})
}

// factorFit is a fit of either kind.
type factorFit struct {
	k         int
	floor     float64
	random    bool
	isotropic bool
	field     string
	model     string
	seed      uint64
	workers   int

	rows    *em.Rows
	moments *columnMoments
	floors  []float64
}

// gapsMost bounds the statistics for missing cells, in numbers.
const gapsMost = 1 << 27

func openFactors(ctx context.Context, src data.Source, c em.Config, f factorFit) (*factorFit, error) {
	if f.k == 0 {
		f.k = 1
	}
	if f.floor == 0 {
		f.floor = 1e-6
	}
	f.seed, f.workers = c.Seed, c.Workers
	for _, s := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{f.field, f.k, f.k > 0, "not negative"},
		{"Floor", f.floor, f.floor > 0 && f.floor < 1, "between 0 and 1"},
		{"Batch", c.Batch, c.Batch == 0, "0 for factors, whose statistics are about the fit of the moment"},
	} {
		if !s.ok {
			return nil, &belief.ConfigError{Field: s.field, Value: s.value, Want: s.want}
		}
	}
	var err error
	if f.rows, err = open(ctx, src, c, em.AllowMissing); err != nil {
		return nil, err
	}
	d := len(f.rows.Columns())
	if f.k >= d {
		return nil, &belief.ConfigError{Field: f.field, Value: f.k, Want: fmt.Sprintf("less than the number of columns, %d", d)}
	}
	if f.moments, err = moments1(ctx, f.rows, f.model); err != nil {
		return nil, err
	}
	if f.moments.missing && float64(d)*float64(f.k+1)*float64(f.k+1) > gapsMost {
		return nil, &belief.TooLargeError{What: "statistics of missing cells", Bytes: 8 * float64(d) * float64(f.k+1) * float64(f.k+1), Budget: 8 * gapsMost, Advice: "ask for fewer factors"}
	}
	least := math.Inf(1)
	for _, v := range f.moments.variance {
		if v > 0 {
			least = min(least, v)
		}
	}
	if math.IsInf(least, 1) {
		return nil, &dist.FitError{Distribution: f.model, Row: -1, Problem: "no column has variance, unless it is so small that squares underflow: then scale the columns"}
	}
	f.floors = make([]float64, d)
	for j, v := range f.moments.variance {
		if v == 0 || f.isotropic {
			v = least
		}
		f.floors[j] = max(f.floor*v, 0x1p-1000)
	}
	return &f, nil
}

func (f *factorFit) fit(ctx context.Context, c em.Config) (*em.Run[*FactorModel], error) {
	return em.Fit(ctx, f.rows, f.begin, c)
}

func (f *factorFit) steps(ctx context.Context, c em.Config, err error) iter.Seq2[em.Step, error] {
	if err != nil {
		return func(yield func(em.Step, error) bool) { yield(em.Step{}, err) }
	}
	return em.Steps(ctx, f.rows, f.begin, c)
}

// begin makes the model that a start begins with.
func (f *factorFit) begin(ctx context.Context, start int) (*FactorModel, error) {
	d, k := len(f.moments.mean), f.k
	m := &FactorModel{Names: names(f.rows.Columns()), Mean: append([]float64(nil), f.moments.mean...), K: k,
		Loadings: make([]float64, d*k), Noise: make([]float64, d), Floor: f.floors, Isotropic: f.isotropic, Incomplete: f.moments.missing}
	if start > 0 || f.random || float64(d)*float64(d) > fullMost {
		f.scatter(m, start)
		return m, nil
	}
	// Means stand for what is missing, here only.
	scale, root := make([]float64, d), make([]float64, d)
	for j, v := range f.moments.variance {
		scale[j], root[j] = 1, 1
		if f.isotropic {
			continue
		}
		if root[j] = math.Sqrt(v); v > 0 { // a constant column has no loadings
			scale[j] = 1 / root[j]
		}
	}
	cov, err := covariance(ctx, f.rows, f.moments.mean, scale, f.workers)
	if err != nil {
		return nil, err
	}
	found, err := symmetric(cov, d, k, f.workers)
	if err != nil {
		return nil, err
	}
	noise := max(0, found.rest/float64(d-k))
	if f.isotropic {
		noise = max(noise, f.floors[0])
	}
	for i := range k {
		// A factor that starts at zero would stay there.
		strength := math.Sqrt(max(found.values[i]-noise, 1e-6*found.values[0]))
		if f.isotropic {
			strength = math.Sqrt(max(found.values[i]-noise, 0))
		}
		for j := range d {
			m.Loadings[j*k+i] = strength * root[j] * found.vectors[i*d+j]
		}
	}
	for j, v := range f.moments.variance {
		m.Noise[j] = noise
		if !f.isotropic {
			w := m.loading(j)
			m.Noise[j] = max(v-kernel.SumSquares(w), 0.05*v, f.floors[j])
		}
	}
	return m, nil
}

// scatter starts from random loadings that explain about half of the variance.
func (f *factorFit) scatter(m *FactorModel, start int) {
	rng := stream.New(f.seed, "em/linear factors", uint64(start))
	mean := 0.0
	for j, v := range f.moments.variance {
		by := math.Sqrt(v / 2 / float64(m.K))
		for i := range m.loading(j) {
			m.loading(j)[i] = by * rng.NormFloat64()
		}
		m.Noise[j] = max(v/2, f.floors[j])
		mean += v / 2 / float64(len(m.Mean))
	}
	if m.Isotropic {
		for j := range m.Noise {
			m.Noise[j] = max(mean, f.floors[j])
		}
	}
}
