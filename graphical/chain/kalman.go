package chain

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// A Kalman is a linear dynamical system with Gaussian noise,
//
//	z₁ ~ N(m, P),  z_{t+1} = A z_t + w_t,  w_t ~ N(0, Q),
//	x_t = C z_t + d + v_t,  v_t ~ N(0, R),
//
// the hidden Markov model of continuous states. Its filter is Kalman's (1960), its
// smoother that of Rauch, Tung & Striebel (1965). Matrices are row-major. Filtering T
// steps of k states and p observed costs O(T(k³ + p³ + kp(k + p))), smoothing O(Tk³)
// more. Methods may be called concurrently.
type Kalman struct {
	States      int       `json:"states"`       // k
	Observed    int       `json:"observed"`     // p
	Initial     []float64 `json:"initial"`      // m, k
	InitialCov  []float64 `json:"initial_cov"`  // P, k × k, positive semidefinite
	Transition  []float64 `json:"transition"`   // A, k × k
	Noise       []float64 `json:"noise"`        // Q, k × k, positive semidefinite
	Emission    []float64 `json:"emission"`     // C, p × k
	Offset      []float64 `json:"offset"`       // d, p; nil means zero
	EmissionCov []float64 `json:"emission_cov"` // R, p × p, positive definite
}

// kalmanMemory bounds what the moments of one sequence take.
const kalmanMemory int64 = 4 << 30

// Validate checks shapes, that all numbers are finite, that P and Q are symmetric and
// positive semidefinite, and R is symmetric and positive definite. The error is a
// [*belief.ConfigError].
func (m *Kalman) Validate() error {
	if err := m.checkShapes(); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		x    []float64
	}{
		{"Initial", m.Initial}, {"InitialCov", m.InitialCov}, {"Transition", m.Transition}, {"Noise", m.Noise},
		{"Emission", m.Emission}, {"Offset", m.Offset}, {"EmissionCov", m.EmissionCov},
	} {
		for i, v := range f.x {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", f.name, i), Value: v, Want: "finite"}
			}
		}
	}
	for _, f := range []struct {
		name     string
		x        []float64
		n        int
		definite bool
	}{{"InitialCov", m.InitialCov, m.States, false}, {"Noise", m.Noise, m.States, false}, {"EmissionCov", m.EmissionCov, m.Observed, true}} {
		for i := range f.n {
			for j := range i {
				a, b := f.x[i*f.n+j], f.x[j*f.n+i]
				if math.Abs(a-b) > 1e-9*math.Sqrt(math.Abs(f.x[i*f.n+i]*f.x[j*f.n+j])) {
					return &belief.ConfigError{Field: fmt.Sprintf("%s[%d, %d]", f.name, i, j), Value: a, Want: fmt.Sprintf("the same as its mirror image, %v", b)}
				}
			}
		}
		if !covarianceRoot(make([]float64, f.n*f.n), f.x, f.n, f.definite) {
			want := "positive semidefinite"
			if f.definite {
				want = "positive definite"
			}
			return &belief.ConfigError{Field: f.name, Value: "a matrix that is not", Want: want}
		}
	}
	return nil
}

// checkShapes is of the numbers of numbers alone.
func (m *Kalman) checkShapes() error {
	if m.States < 1 {
		return &belief.ConfigError{Field: "States", Value: m.States, Want: "positive"}
	}
	if m.Observed < 1 {
		return &belief.ConfigError{Field: "Observed", Value: m.Observed, Want: "positive"}
	}
	k, p := float64(m.States), float64(m.Observed) // products of what a file says might overflow
	for _, f := range []struct {
		name string
		x    []float64
		n    float64
	}{
		{"Initial", m.Initial, k}, {"InitialCov", m.InitialCov, k * k}, {"Transition", m.Transition, k * k},
		{"Noise", m.Noise, k * k}, {"Emission", m.Emission, p * k}, {"Offset", m.Offset, p}, {"EmissionCov", m.EmissionCov, p * p},
	} {
		if float64(len(f.x)) != f.n && !(f.name == "Offset" && f.x == nil) {
			return &belief.ConfigError{Field: f.name, Value: fmt.Sprintf("%d numbers", len(f.x)), Want: fmt.Sprintf("%g numbers", f.n)}
		}
	}
	return nil
}

// RandTo draws a sequence: states into z, T × k, and observations into x, T × p.
func (m *Kalman) RandTo(z, x []float64, r *rand.Rand) {
	if err := m.checkShapes(); err != nil {
		panic("chain: a sample of no system: " + err.Error())
	}
	k, p := m.States, m.Observed
	steps := len(z) / k
	if len(z) != steps*k || len(x) != steps*p {
		panic(fmt.Sprintf("chain: %d numbers of states and %d of observations are not as many steps of %d and %d", len(z), len(x), k, p))
	}
	first, noise, seen := make([]float64, k*k), make([]float64, k*k), make([]float64, p*p)
	covarianceRoot(first, m.InitialCov, k, false)
	covarianceRoot(noise, m.Noise, k, false)
	covarianceRoot(seen, m.EmissionCov, p, true)
	white := make([]float64, max(k, p))
	shake := func(dst, root []float64, n int) {
		for i := range n {
			white[i] = r.NormFloat64()
		}
		for i := range n {
			for j := range i + 1 {
				dst[i] += root[i*n+j] * white[j]
			}
		}
	}
	for t := range steps {
		now := z[t*k : (t+1)*k]
		if t == 0 {
			copy(now, m.Initial)
			shake(now, first, k)
		} else {
			matVec(now, m.Transition, z[(t-1)*k:t*k], k, k)
			shake(now, noise, k)
		}
		out := x[t*p : (t+1)*p]
		matVec(out, m.Emission, now, p, k)
		for i, d := range m.Offset {
			out[i] += d
		}
		shake(out, seen, p)
	}
}

// covarianceRoot writes the lower triangle L with L Lᵀ = a to l. Where a is singular a
// column of L is zero. It says whether a is positive semidefinite, or definite.
func covarianceRoot(l, a []float64, n int, definite bool) bool {
	clear(l)
	for j := range n {
		row := l[j*n : j*n+j]
		pivot := a[j*n+j]
		for _, v := range row {
			pivot -= v * v
		}
		// What rounding leaves of a pivot that is zero.
		rest := 1e-14 * float64(n) * math.Abs(a[j*n+j])
		if !(pivot > rest) {
			if definite || !(pivot >= -1e5*rest) {
				return false
			}
			for i := j + 1; i < n; i++ {
				c := a[i*n+j]
				for q, v := range row {
					c -= v * l[i*n+q]
				}
				if !(math.Abs(c) <= 1e-6*math.Sqrt(math.Abs(a[i*n+i]*a[j*n+j]))) {
					return false
				}
			}
			continue
		}
		root := math.Sqrt(pivot)
		l[j*n+j] = root
		for i := j + 1; i < n; i++ {
			c := a[i*n+j]
			for q, v := range row {
				c -= v * l[i*n+q]
			}
			l[i*n+j] = c / root
		}
	}
	return true
}

// solveRoot solves L Lᵀ y = b in place; components of zero columns are zero, which
// solves whatever b is consistent with.
func solveRoot(l, b []float64, n int) {
	for i := range n {
		if l[i*n+i] == 0 {
			b[i] = 0
			continue
		}
		s := b[i]
		for j := range i {
			s -= l[i*n+j] * b[j]
		}
		b[i] = s / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		if l[i*n+i] == 0 {
			b[i] = 0
			continue
		}
		s := b[i]
		for j := i + 1; j < n; j++ {
			s -= l[j*n+i] * b[j]
		}
		b[i] = s / l[i*n+i]
	}
}

// matVec writes a·x for a matrix of rows × cols.
func matVec(dst, a, x []float64, rows, cols int) {
	for i := range rows {
		s := 0.0
		for j, v := range a[i*cols : (i+1)*cols] {
			s += v * x[j]
		}
		dst[i] = s
	}
}

// matMul writes a·b for matrices of n × k and k × m, or a·bᵀ with b of m × k.
func matMul(dst, a, b []float64, n, k, m int, transposed bool) {
	for i := range n {
		row := a[i*k : (i+1)*k]
		for j := range m {
			s := 0.0
			if transposed {
				for q, v := range b[j*k : (j+1)*k] {
					s += row[q] * v
				}
			} else {
				for q, v := range row {
					s += v * b[q*m+j]
				}
			}
			dst[i*m+j] = s
		}
	}
}

// symmetrize makes a square matrix equal to its transpose.
func symmetrize(a []float64, n int) {
	for i := range n {
		for j := range i {
			v := (a[i*n+j] + a[j*n+i]) / 2
			a[i*n+j], a[j*n+i] = v, v
		}
	}
}
