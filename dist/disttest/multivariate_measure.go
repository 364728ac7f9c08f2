package disttest

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
)

// What the suite integrates with: a density to compare with, and quadrature.

// A proposal is a normal distribution in the coordinates of a chart; those that are
// integers are rounded and independent of the others.
type proposal struct {
	centre, spread []float64
	integer        []bool
	real           []int // the coordinates that are no integers
	chol           mat.Cholesky
	lower          mat.TriDense
	shift          float64
	z              []float64
}

// proposal fits one to the pilot draws, outliers aside. It is false if they lie in
// a plane.
func (s *vectorSuite) proposal() (*proposal, bool) {
	q := &proposal{centre: s.centre, spread: s.spread, integer: s.Integer}
	for k, integer := range s.Integer {
		if !integer {
			q.real = append(q.real, k)
		}
	}
	d := len(q.real)
	q.z = make([]float64, d)
	if d == 0 {
		return q, true
	}
	// Standardized coordinates beyond three count as three.
	cov := mat.NewSymDense(d, nil)
	free, z := make([]float64, s.Chart.Dim), make([]float64, d)
	for i := range pilot {
		s.Chart.Free(free, s.row(i))
		for a, k := range q.real {
			z[a] = max(-3, min(3, (free[k]-s.centre[k])/s.spread[k]))
		}
		for a, v := range z {
			for b := range a + 1 {
				cov.SetSym(a, b, cov.At(a, b)+v*z[b]/pilot)
			}
		}
	}
	for a, k := range q.real {
		for b, l := range q.real[:a+1] {
			cov.SetSym(a, b, cov.At(a, b)*s.spread[k]*s.spread[l])
		}
	}
	if !q.chol.Factorize(cov) || q.chol.Cond() > 1e14 {
		return nil, false
	}
	q.chol.LTo(&q.lower)
	q.shift = 0.5*q.chol.LogDet() + 0.5*float64(d)*math.Log(2*math.Pi)
	return q, true
}

func (q *proposal) logProb(free []float64) float64 {
	square := 0.0
	for a, k := range q.real {
		v := free[k] - q.centre[k]
		for b := range a {
			v -= q.lower.At(a, b) * q.z[b]
		}
		q.z[a] = v / q.lower.At(a, a)
		square += q.z[a] * q.z[a]
	}
	l := -0.5*square - q.shift
	for k, integer := range q.integer {
		if integer {
			v := math.Abs(free[k] - q.centre[k])
			upper, lower := (v-0.5)/(q.spread[k]*math.Sqrt2), (v+0.5)/(q.spread[k]*math.Sqrt2)
			l += math.Log(0.5 * (math.Erfc(upper) - math.Erfc(lower)))
		}
	}
	return l
}

func (q *proposal) rand(free []float64, r *rand.Rand) {
	for k, integer := range q.integer {
		if integer {
			free[k] = math.Round(q.centre[k] + q.spread[k]*r.NormFloat64())
		}
	}
	for a := range q.z {
		q.z[a] = r.NormFloat64()
	}
	for a, k := range q.real {
		free[k] = q.centre[k]
		for b := range a + 1 {
			free[k] += q.lower.At(a, b) * q.z[b]
		}
	}
}

// cubature integrates the density and its moments over the unit cube by
// Gauss–Legendre quadrature.
func (s *vectorSuite) cubature() {
	if s.Cube == nil {
		return
	}
	d := s.Chart.Dim
	if d > 3 {
		s.Errorf("%s: no cubature in %d dimensions", s.name, d)
		return
	}
	nodes := []int{0, 400, 100, 44}[d]
	at, weight := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(at, weight, 0, 1)
	points := 1
	for range d {
		points *= nodes
	}
	var total, entropy float64
	mean, cov := make([]float64, s.n), mat.NewSymDense(s.n, nil)
	u, free, value := make([]float64, d), make([]float64, d), make([]float64, s.n)
	for i := range points {
		w := 1.0
		for k := range u {
			u[k] = at[i%nodes]
			w *= weight[i%nodes]
			i /= nodes
		}
		jacobian := s.Cube(free, u)
		l := s.logProbAt(value, free)
		p := w * math.Exp(l+jacobian)
		if p == 0 {
			continue
		}
		total += p
		entropy -= p * l
		addMoments(mean, cov, value, p)
	}
	s.exact("quadrature", total, mean, cov, entropy, s.CubeTol)
}
