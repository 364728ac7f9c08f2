package linear

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
)

// PCA are the settings of principal component analysis: the directions in which the
// variance of the data is largest. The zero value takes all of them.
type PCA struct {
	// Components is their number k, at most that of the rows and of the columns; 0 means
	// as many as there can be, or as Explained says.
	Components int `json:"components,omitempty"`
	// Explained, if not 0, takes the fewest components that explain this part of the
	// variance, up to 1.
	Explained float64 `json:"explained,omitempty"`
	Solver    Solver  `json:"solver,omitempty"`
	// Whiten divides the scores by their standard deviations, and multiplies on the way
	// back.
	Whiten bool `json:"whiten,omitempty"`
	// PowerIterations of the randomized solver; 0 means 7. Each is a pass over the data.
	PowerIterations int `json:"power_iterations,omitempty"`
	// Oversampling is how many more directions the randomized solver follows than it
	// gives; 0 means 10.
	Oversampling int `json:"oversampling,omitempty"`
}

// A Solver is a way to find principal components.
type Solver string

const (
	// Auto is Full unless the matrix of that would take more than 512 MiB.
	Auto Solver = ""
	// Full forms the covariance of the columns, or the inner products of the rows where
	// those are fewer, and decomposes it to rounding: O(n d²) and then O(d² k) for few
	// components, O(d³) for many, where d is the smaller side.
	Full Solver = "full"
	// Randomized finds a subspace that holds most of the variance from random directions
	// (Halko, Martinsson & Tropp 2011, algorithm 4.4), without the covariance: O(n d k)
	// for each pass and memory for d × k numbers.
	Randomized Solver = "randomized"
)

// fullMost bounds the matrix of Auto's full solver, in numbers.
const fullMost = 1 << 26

// Validate reports a setting without meaning as a [*belief.ConfigError].
func (s PCA) Validate() error {
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"Components", s.Components, s.Components >= 0, "not negative"},
		{"Explained", s.Explained, s.Explained >= 0 && s.Explained <= 1, "between 0 and 1"},
		{"Explained", s.Explained, s.Explained == 0 || s.Components == 0, "0 with Components given"},
		{"Explained", s.Explained, s.Explained == 0 || s.Solver != Randomized, "0 with the randomized solver, which does not see all of the spectrum"},
		{"Components", s.Components, s.Components != 0 || s.Solver != Randomized, "given for the randomized solver"},
		{"Solver", s.Solver, s.Solver == Auto || s.Solver == Full || s.Solver == Randomized, `"", "full" or "randomized"`},
		{"PowerIterations", s.PowerIterations, s.PowerIterations >= 0, "not negative"},
		{"Oversampling", s.Oversampling, s.Oversampling >= 0, "not negative"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	return nil
}

// Fit finds the principal components of the rows of src. Of the configuration it uses
// Seed, Workers and Memory. The rows are read twice, by the randomized solver as often as
// it has power iterations and three times more.
//
// Errors are a [*belief.ConfigError] for settings, a [*data.ValueError] for a cell that is
// missing or infinite, and a [*dist.FitError] for data without variance.
func (s PCA) Fit(ctx context.Context, src data.Source, c em.Config) (*PCAModel, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	rows, err := open(ctx, src, c, em.RefuseMissing)
	if err != nil {
		return nil, err
	}
	n, d := rows.Len(), len(rows.Columns())
	side := min(n, d)
	if s.Components > side {
		return nil, &belief.ConfigError{Field: "Components", Value: s.Components, Want: fmt.Sprintf("at most %d for %d rows of %d columns", side, n, d)}
	}
	moments, err := moments1(ctx, rows, "PCA")
	if err != nil {
		return nil, err
	}
	m := &PCAModel{Names: names(rows.Columns()), Mean: moments.mean, Whiten: s.Whiten, Weight: rows.Weight()}
	for _, v := range moments.variance {
		m.TotalVariance += v
	}
	if !(m.TotalVariance > 1e-280 && m.TotalVariance <= math.MaxFloat64) {
		return nil, &dist.FitError{Distribution: "PCA", Row: -1, Problem: fmt.Sprintf("the variance of all columns together is %v; it must be above 1e-280 and finite", m.TotalVariance)}
	}
	large := float64(side)*float64(side) > fullMost
	if s.Solver == Auto && large && s.Components > 0 {
		s.Solver = Randomized
	}
	k := s.Components
	if k == 0 {
		k = side
	}
	var found *spectrum
	switch {
	case s.Solver == Randomized:
		found, err = s.randomized(ctx, rows, moments.mean, k, c)
		if err == nil {
			for _, v := range found.values {
				found.rest -= v
			}
			found.rest += m.TotalVariance
		}
	case large:
		return nil, &belief.TooLargeError{What: "covariance", Bytes: 8 * float64(side) * float64(side), Budget: 8 * fullMost, Advice: "ask for few components of the randomized solver"}
	case n < d:
		found, err = gram(ctx, rows, moments.mean, k, c.Workers)
	default:
		var cov []float64
		if cov, err = covariance(ctx, rows, moments.mean, nil, c.Workers); err == nil {
			found, err = symmetric(cov, d, k, c.Workers)
		}
	}
	if err != nil {
		return nil, err
	}
	m.set(found, s.Explained, side)
	return m, m.Validate()
}

// set makes a model of what was found.
func (m *PCAModel) set(found *spectrum, explained float64, side int) {
	d := len(m.Mean)
	k := len(found.vectors) / d
	// What is below the rounding of the largest eigenvalue is nothing.
	floor := 0.0
	if !found.exact {
		floor = 4 * 0x1p-52 * math.Sqrt(float64(side)) * found.values[0]
	}
	for i, v := range found.values {
		if !(v > floor) {
			found.values[i] = 0
		}
	}
	rest := found.rest
	if explained > 0 {
		sum := 0.0
		for i, v := range found.values[:k] {
			if sum += v; sum >= explained*m.TotalVariance*(1-4*0x1p-52*float64(d)) {
				for _, v := range found.values[i+1:] {
					rest += v
				}
				k = i + 1
				break
			}
		}
	}
	m.K = k
	m.Components = found.vectors[: k*d : k*d]
	for i := range k {
		positive(m.Components[i*d : (i+1)*d])
		m.ExplainedVariance = append(m.ExplainedVariance, found.values[i])
	}
	if k < d && rest > floor*float64(d-k) {
		m.NoiseVariance = rest / float64(d-k)
	}
}

// positive turns a direction so that the first of its largest coordinates is positive.
func positive(x []float64) {
	most := max(kernel.Max(x), -kernel.Min(x))
	for _, v := range x {
		if math.Abs(v) >= (1-1e-6)*most {
			if v < 0 {
				kernel.Scale(-1, x, x)
			}
			return
		}
	}
}

// gram decomposes the inner products of few rows: an eigenvector u of XXᵀ gives one of
// XᵀX, Xᵀu (Qiu 2019, exercise 9-2).
func gram(ctx context.Context, rows *em.Rows, mean []float64, k, workers int) (*spectrum, error) {
	n, d := rows.Len(), len(mean)
	x := make([]float64, n*d)
	err := rows.Each(ctx, em.Pass{Rows: momentRows}, func(_ int, b *em.Block) error {
		centre(x[b.First*d:], b, mean, nil)
		return nil
	})
	if err != nil {
		return nil, err
	}
	g := make([]float64, n*n)
	kernel.Gemm(false, true, n, n, d, 1/rows.Weight(), x, d, x, d, 0, g, n, workers)
	mirror(g, n, 1)
	found, err := symmetric(g, n, k, workers)
	if err != nil {
		return nil, err
	}
	vectors := make([]float64, k*d)
	kernel.Gemm(false, false, k, d, n, 1, found.vectors, n, x, d, 0, vectors, d, workers)
	for i, v := range found.values[:k] {
		if !(v > 16*0x1p-52*float64(n)*found.values[0]) {
			clear(vectors[i*d : (i+1)*d]) // noise; orthonormalize finds another direction
		}
	}
	orthonormalize(vectors, 0, k, d)
	found.vectors, found.exact = vectors, false
	return found, nil
}

// randomized iterates random directions, a pass for each power of the covariance, and
// takes the principal directions of what they span.
func (s PCA) randomized(ctx context.Context, rows *em.Rows, mean []float64, k int, c em.Config) (*spectrum, error) {
	d := len(mean)
	powers, more := s.PowerIterations, s.Oversampling
	if powers == 0 {
		powers = 7
	}
	if more == 0 {
		more = 10
	}
	l := min(k+more, rows.Len(), d)
	if float64(l)*float64(d) > 4*fullMost {
		return nil, &belief.TooLargeError{What: "directions", Bytes: 8 * float64(l) * float64(d), Budget: 32 * fullMost, Advice: "ask for fewer components"}
	}
	q, z, theta := make([]float64, l*d), make([]float64, l*d), make([]float64, l)
	rng := randomDirections(c.Seed)
	for i := range q {
		q[i] = rng.NormFloat64()
	}
	x, y := make([]float64, min(momentRows, rows.Len())*d), make([]float64, min(momentRows, rows.Len())*l)
	for range powers + 1 {
		orthonormalize(q, 0, l, d)
		clear(z)
		err := rows.Each(ctx, em.Pass{Rows: momentRows}, func(_ int, b *em.Block) error {
			centre(x, b, mean, nil)
			kernel.Gemm(false, true, b.Rows, l, d, 1, x, d, q, d, 0, y, l, c.Workers)
			kernel.Gemm(true, false, l, d, b.Rows, 1/rows.Weight(), y, l, x, d, 1, z, d, c.Workers)
			return nil
		})
		if err != nil {
			return nil, err
		}
		q, z = z, q
	}
	// The last images are in q, the directions that they are of in z.
	scratch := make([]float64, l*d)
	if !rotate(z, q, scratch, theta, l, d) {
		return nil, &dist.FitError{Distribution: "eigenvectors", Row: -1, Problem: "the eigenvalues of the covariance were not found"}
	}
	return &spectrum{values: theta[:k], vectors: z[:k*d]}, nil
}
