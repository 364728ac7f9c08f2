package process

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/belief-go/belief/internal/stream"
)

// The inside of Bayesian optimization: the design, the model, and the search for the
// point with the greatest score. Points are in the unit cube here, and values turned
// so that less is better.

// A search is the state of one optimization.
type search struct {
	BayesianOptimization
	dim       int
	design    []float64
	x         []float64 // all points that were evaluated, failures too
	y         []float64 // their values; NaN for a failure
	incumbent int       // the best of them, −1 if there is none
	fitted    *model    // to the first len(fitted.scratch) points; nil if none was
}

// latinHypercube draws n points of the unit cube, each coordinate of which has one
// point in every interval of length 1/n (McKay, Beckman & Conover 1979). Of 20 draws
// it takes the one whose two nearest points are farthest apart.
func latinHypercube(n, dim int, r *rand.Rand) []float64 {
	var best []float64
	widest := -1.0
	draws := 20
	if n > 200 {
		draws = 1 // so many points fill the cube by themselves
	}
	for range draws {
		x := make([]float64, n*dim)
		for k := range dim {
			for i, cell := range r.Perm(n) {
				x[i*dim+k] = (float64(cell) + r.Float64()) / float64(n)
			}
		}
		if draws == 1 {
			return x
		}
		if gap := narrowest(x, dim); gap > widest {
			best, widest = x, gap
		}
	}
	return best
}

// narrowest returns the least distance between two of the points.
func narrowest(x []float64, dim int) float64 {
	least := math.Inf(1)
	for i := 0; i < len(x); i += dim {
		for j := 0; j < i; j += dim {
			least = min(least, floats.Distance(x[i:i+dim], x[j:j+dim], 2))
		}
	}
	return least
}

// unscale takes a point from the unit cube to the box.
func (s *search) unscale(u []float64) []float64 {
	x := make([]float64, len(u))
	for i, v := range u {
		x[i] = min(max(s.Lower[i]*(1-v)+s.Upper[i]*v, s.Lower[i]), s.Upper[i])
	}
	return x
}

// record keeps an evaluation.
func (s *search) record(ctx context.Context, point []float64, value float64) {
	if s.Maximize {
		value = -value
	}
	s.x, s.y = append(s.x, point...), append(s.y, value)
	if k := len(s.y) - 1; !s.Noisy && value == value && (s.incumbent < 0 || value < s.y[s.incumbent]) {
		s.incumbent = k
	}
	if s.Noisy {
		s.incumbent = s.quietest(ctx)
	}
}

// quietest returns the point where the posterior's mean is least, or the least value
// if there is no posterior.
func (s *search) quietest(ctx context.Context) int {
	least, at := math.Inf(1), -1
	m, err := s.model(ctx)
	for k, v := range s.y {
		if math.IsNaN(v) {
			continue
		}
		if err == nil {
			v, _ = m.Predict(s.point(k))
		}
		if v < least {
			least, at = v, k
		}
	}
	return at
}

// best returns the best point in the box and the value there.
func (s *search) best() ([]float64, float64) {
	if s.incumbent < 0 {
		return nil, math.NaN()
	}
	value := s.y[s.incumbent]
	if s.Maximize {
		value = -value
	}
	return s.unscale(s.point(s.incumbent)), value
}

func (s *search) point(k int) []float64 { return s.x[k*s.dim : (k+1)*s.dim] }

// A model is the process given the evaluations so far, in the units of the function.
type model struct {
	*Posterior
	shift, scale float64
	scratch      []float64
}

// Predict returns mean and standard deviation at a point.
func (m *model) Predict(x []float64) (mean, sd float64) {
	mean, variance := m.predict(x, m.scratch)
	return m.shift + m.scale*mean, m.scale * math.Sqrt(variance)
}

// errNothing says that there is nothing to make a model of.
var errNothing = errors.New("no successful evaluation")

// model fits the process to the evaluations, with failures as bad as the worst
// value.
func (s *search) model(ctx context.Context) (*model, error) {
	if s.fitted != nil && len(s.fitted.scratch) == len(s.y) {
		return s.fitted, nil
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range s.y {
		if v == v {
			least, most = min(least, v), max(most, v)
		}
	}
	if least > most {
		return nil, errNothing
	}
	unit := max(math.Abs(least), math.Abs(most)) // so that no sum overflows
	if unit == 0 {
		unit = 1
	}
	y := make([]float64, len(s.y))
	for k, v := range s.y {
		if math.IsNaN(v) {
			v = most
		}
		y[k] = v / unit
	}
	mean := floats.Sum(y) / float64(len(y))
	square := 0.0
	for k := range y {
		y[k] -= mean
		square += y[k] * y[k] / float64(len(y))
	}
	sd := math.Sqrt(square)
	if !(sd > 1e-15) {
		sd = 1
	}
	floats.Scale(1/sd, y)
	g := GaussianProcess{Kernel: s.Kernel}
	if s.Noisy {
		g.Noise = 0.1
	}
	fit, err := g.Fit(ctx, s.x, y, HyperparameterConfig{
		Restarts: 2, MaxIterations: 15, PriorSD: 1, Workers: 1, Seed: s.Seed,
	})
	if err != nil {
		return nil, err
	}
	s.fitted = &model{fit.Posterior, mean * unit, sd * unit, make([]float64, len(y))}
	return s.fitted, nil
}

// propose returns the point that is to be evaluated next, and its score. Without a
// model it is a random one.
func (s *search) propose(ctx context.Context, step int) ([]float64, float64, error) {
	r := stream.New(s.Seed, "bayesian-optimization", uint64(step))
	random := func() []float64 {
		u := make([]float64, s.dim)
		for i := range u {
			u[i] = r.Float64()
		}
		return u
	}
	m, err := s.model(ctx)
	var singular *NotPositiveDefiniteError
	if errors.Is(err, errNothing) || errors.As(err, &singular) {
		return random(), math.NaN(), nil
	}
	if err != nil {
		return nil, 0, err
	}
	_, best := s.best()
	if s.Maximize {
		best = -best
	}
	if s.Noisy {
		best, _ = m.Predict(s.point(s.incumbent))
	}
	score := func(u []float64) float64 {
		mean, sd := m.Predict(u)
		if v := s.Acquisition.Score(mean, sd, best); !math.IsNaN(v) {
			return v
		}
		return math.Inf(-1)
	}
	type candidate struct {
		u     []float64
		score float64
	}
	candidates := make([]candidate, 0, 400+100*min(s.dim, 20))
	for k := range cap(candidates) {
		u := random()
		if k < 100 { // around the best, at all scales
			radius := math.Pow(10, -4*r.Float64())
			for i, v := range s.point(s.incumbent) {
				u[i] = min(max(v+radius*r.NormFloat64(), 0), 1)
			}
		}
		candidates = append(candidates, candidate{u, score(u)})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	top := candidates[0]
	for _, c := range candidates[:4] {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if c.score = compass(score, c.u, c.score); c.score > top.score {
			top = c
		}
	}
	if !s.Noisy && s.known(top.u) { // nothing would be learnt there
		u := random()
		return u, score(u), nil
	}
	return top.u, top.score, nil
}

// compass climbs from u along one coordinate at a time, with steps that are halved
// when none leads up (Kolda, Lewis & Torczon 2003, Optimization by direct search). It
// changes u and returns its score.
func compass(score func([]float64) float64, u []float64, value float64) float64 {
	for step, rounds := 0.05, 0; step > 1e-5 && rounds < 200; rounds++ {
		moved := false
		for i := range u {
			at := u[i]
			for _, to := range [2]float64{min(at+step, 1), max(at-step, 0)} {
				u[i] = to
				if v := score(u); v > value {
					value, moved = v, true
					break
				}
				u[i] = at
			}
		}
		if !moved {
			step /= 2
		}
	}
	return value
}

// known says whether a point has been evaluated already, up to 1e-9 of the box.
func (s *search) known(u []float64) bool {
	for k := range s.y {
		if floats.Distance(u, s.point(k), math.Inf(1)) < 1e-9 {
			return true
		}
	}
	return false
}
