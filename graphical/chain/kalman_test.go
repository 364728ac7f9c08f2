package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/patience"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// kalmanDraw makes a stable system at random; singular ones have noise in one direction.
func kalmanDraw(r *rand.Rand, k, p int, singular bool) *Kalman {
	normal := func(n int, scale float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = scale * r.NormFloat64()
		}
		return x
	}
	spread := func(n, rank int) []float64 {
		root, cov := normal(n*rank, 1), make([]float64, n*n)
		matMul(cov, root, root, n, rank, n, true)
		symmetrize(cov, n)
		return cov
	}
	m := &Kalman{States: k, Observed: p, Initial: normal(k, 1), InitialCov: spread(k, k), Transition: normal(k*k, 0.7/math.Sqrt(float64(k))),
		Noise: spread(k, k), Emission: normal(p*k, 1), Offset: normal(p, 3), EmissionCov: spread(p, p+2)}
	if singular {
		m.Noise, m.InitialCov = spread(k, 1), make([]float64, k*k)
	}
	return m
}

// kalmanJoint is the mean and covariance of all states, followed by all observations.
func kalmanJoint(m *Kalman, steps int) (mean []float64, cov *mat.Dense) {
	k, p := m.States, m.Observed
	// Everything is linear in independent noise: first state, T−1 shocks, T errors.
	nz := steps * k
	n := nz + steps*p
	noise := mat.NewDense(n, n, nil)
	put := func(at, size int, c []float64) {
		for i := range size {
			for j := range size {
				noise.Set(at+i, at+j, c[i*size+j])
			}
		}
	}
	put(0, k, m.InitialCov)
	for t := 1; t < steps; t++ {
		put(t*k, k, m.Noise)
	}
	for t := range steps {
		put(nz+t*p, p, m.EmissionCov)
	}
	a, c := mat.NewDense(k, k, m.Transition), mat.NewDense(p, k, m.Emission)
	effect := mat.NewDense(n, n, nil)
	for s := range steps {
		power := mat.NewDense(k, k, nil)
		for i := range k {
			power.Set(i, i, 1)
		}
		for t := s; t < steps; t++ {
			var seen, next mat.Dense
			seen.Mul(c, power)
			effect.Slice(t*k, (t+1)*k, s*k, (s+1)*k).(*mat.Dense).Copy(power)
			effect.Slice(nz+t*p, nz+(t+1)*p, s*k, (s+1)*k).(*mat.Dense).Copy(&seen)
			next.Mul(a, power)
			power.Copy(&next)
		}
	}
	for i := nz; i < n; i++ {
		effect.Set(i, i, 1)
	}
	start := mat.NewVecDense(n, nil)
	for i, v := range m.Initial {
		start.SetVec(i, v)
	}
	var all mat.VecDense
	all.MulVec(effect, start)
	mean = all.RawVector().Data
	for t := range steps {
		for i, d := range m.Offset {
			mean[nz+t*p+i] += d
		}
	}
	cov = new(mat.Dense)
	cov.Product(effect, noise, effect.T())
	return mean, cov
}

// kalmanGiven conditions the states on the numbers of x up to row last that are there.
func kalmanGiven(t testing.TB, m *Kalman, x []float64, last int) (mean []float64, cov *mat.Dense, ll float64) {
	p := m.Observed
	steps := len(x) / p
	nz := steps * m.States
	joint, all := kalmanJoint(m, steps)
	var seen []int
	for i, v := range x[:(last+1)*p] {
		if v == v {
			seen = append(seen, nz+i)
		}
	}
	cov = mat.DenseCopyOf(all.Slice(0, nz, 0, nz))
	if len(seen) == 0 {
		return joint[:nz], cov, 0
	}
	s, cross, residual := mat.NewSymDense(len(seen), nil), mat.NewDense(nz, len(seen), nil), mat.NewVecDense(len(seen), nil)
	for i, a := range seen {
		residual.SetVec(i, x[a-nz]-joint[a])
		for j, b := range seen {
			s.SetSym(i, j, (all.At(a, b)+all.At(b, a))/2)
		}
		for j := range nz {
			cross.Set(j, i, all.At(j, a))
		}
	}
	var ch mat.Cholesky
	if !ch.Factorize(s) {
		t.Fatal("the joint covariance is singular")
	}
	var solved, shift mat.VecDense
	if err := ch.SolveVecTo(&solved, residual); err != nil {
		t.Fatal(err)
	}
	shift.MulVec(cross, &solved)
	mean = make([]float64, nz)
	for i := range mean {
		mean[i] = joint[i] + shift.AtVec(i)
	}
	var right, less mat.Dense
	if err := ch.SolveTo(&right, cross.T()); err != nil {
		t.Fatal(err)
	}
	less.Mul(cross, &right)
	cov.Sub(cov, &less)
	ll = -0.5 * (float64(len(seen))*math.Log(2*math.Pi) + ch.LogDet() + mat.Dot(residual, &solved))
	return mean, cov, ll
}

func kalmanNear(a, b float64) bool { return math.Abs(a-b) <= 1e-8*(1+math.Abs(a)+math.Abs(b)) }

// TestKalmanJoint compares every moment with those of one big joint Gaussian.
func TestKalmanJoint(t *testing.T) {
	var post KalmanPosterior // its memory serves all
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		k, p, steps := rapid.IntRange(1, 4).Draw(t, "k"), rapid.IntRange(1, 3).Draw(t, "p"), rapid.IntRange(1, 6).Draw(t, "steps")
		m := kalmanDraw(r, k, p, rapid.Bool().Draw(t, "singular"))
		if rapid.Bool().Draw(t, "no offset") {
			m.Offset = nil
		}
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		z, x := make([]float64, steps*k), make([]float64, steps*p)
		m.RandTo(z, x, r)
		for i := range x {
			if r.Float64() < 0.3 {
				x[i] = math.NaN()
			}
		}
		if err := m.SmoothTo(&post, x); err != nil {
			t.Fatal(err)
		}
		compare := func(what string, last, at int, mean, cov []float64) {
			wantMean, wantCov, _ := kalmanGiven(nil, m, x, last)
			for i := range k {
				if !kalmanNear(mean[at*k+i], wantMean[at*k+i]) {
					t.Fatalf("%s mean %d of step %d: %v, want %v", what, i, at, mean[at*k+i], wantMean[at*k+i])
				}
				for j := range k {
					if got, want := cov[(at*k+i)*k+j], wantCov.At(at*k+i, at*k+j); !kalmanNear(got, want) {
						t.Fatalf("%s covariance %d, %d of step %d: %v, want %v", what, i, j, at, got, want)
					}
				}
			}
		}
		for at := range steps {
			compare("predicted", at-1, at, post.PredictedMean, post.PredictedCov)
			compare("filtered", at, at, post.FilteredMean, post.FilteredCov)
			compare("smoothed", steps-1, at, post.SmoothedMean, post.SmoothedCov)
		}
		_, cov, ll := kalmanGiven(nil, m, x, steps-1)
		if !kalmanNear(post.LogLikelihood, ll) {
			t.Fatalf("log-likelihood %v, want %v", post.LogLikelihood, ll)
		}
		for at := range steps - 1 {
			for i := range k {
				for j := range k {
					if got, want := post.CrossCov[(at*k+i)*k+j], cov.At((at+1)*k+i, at*k+j); !kalmanNear(got, want) {
						t.Fatalf("covariance of component %d of step %d and %d of the step before: %v, want %v", i, at+1, j, got, want)
					}
				}
			}
		}
	})
}

func TestKalmanNile(t *testing.T) {
	text, err := os.ReadFile("testdata/nile.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Flow                         []*float64
		Filtered, Smoothed, Variance []float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	x := make([]float64, len(want.Flow))
	for i, v := range want.Flow {
		x[i] = math.NaN()
		if v != nil {
			x[i] = *v
		}
	}
	m := &Kalman{States: 1, Observed: 1, Initial: []float64{1000}, InitialCov: []float64{20000}, Transition: []float64{1},
		Noise: []float64{1469.1}, Emission: []float64{1}, EmissionCov: []float64{15099}}
	var post KalmanPosterior
	if err := m.SmoothTo(&post, x); err != nil {
		t.Fatal(err)
	}
	for i := range x {
		for _, c := range []struct {
			what      string
			got, want float64
		}{{"filtered", post.FilteredMean[i], want.Filtered[i]}, {"smoothed", post.SmoothedMean[i], want.Smoothed[i]}, {"variance", post.SmoothedCov[i], want.Variance[i]}} {
			if math.Abs(c.got-c.want) > 1e-10*c.want {
				t.Errorf("year %d: %s %v, want %v", 1871+i, c.what, c.got, c.want)
			}
		}
	}
}

// The variance of means of draws; a false alarm has probability 1e-6.
func TestKalmanRand(t *testing.T) {
	const steps, draws = 3, 4000
	m := kalmanDraw(rand.New(rand.NewPCG(1, 2)), 2, 2, false)
	mean, cov := kalmanJoint(m, steps)
	r := rand.New(rand.NewPCG(3, 4))
	n := len(mean)
	sum, square := make([]float64, n), make([]float64, n)
	v := make([]float64, n)
	for range draws {
		m.RandTo(v[:steps*2], v[steps*2:], r)
		for i := range v {
			sum[i] += v[i] - mean[i]
			square[i] += (v[i] - mean[i]) * (v[i] - mean[i])
		}
	}
	for i := range n {
		sd := math.Sqrt(cov.At(i, i))
		// 24 two-sided normal tests at 1e-6 / 24.
		if z := sum[i] / draws / (sd / math.Sqrt(draws)); math.Abs(z) > 5.5 {
			t.Errorf("mean of %d is %.1f standard errors off", i, z)
		}
		if z := (square[i]/draws/(sd*sd) - 1) / math.Sqrt(2.0/draws); math.Abs(z) > 5.5 {
			t.Errorf("variance of %d is %.1f standard errors off", i, z)
		}
	}
}

func TestKalmanErrors(t *testing.T) {
	good := func() *Kalman { return kalmanDraw(rand.New(rand.NewPCG(1, 2)), 2, 2, false) }
	for _, c := range []struct {
		field string
		spoil func(m *Kalman)
	}{
		{"States", func(m *Kalman) { m.States = 0 }},
		{"Observed", func(m *Kalman) { m.Observed = -1 }},
		{"Initial", func(m *Kalman) { m.States = math.MaxInt32 }},
		{"Transition", func(m *Kalman) { m.Transition = m.Transition[:3] }},
		{"Emission[1]", func(m *Kalman) { m.Emission[1] = math.NaN() }},
		{"Noise[1, 0]", func(m *Kalman) { m.Noise[1]++ }},
		{"Noise", func(m *Kalman) { m.Noise = []float64{1, 2, 2, 1} }},
		{"Noise", func(m *Kalman) { m.Noise = []float64{0, 2, 2, 1} }},
		{"InitialCov", func(m *Kalman) { m.InitialCov = []float64{-1, 0, 0, 1} }},
		{"EmissionCov", func(m *Kalman) { m.EmissionCov = []float64{1, 1, 1, 1} }},
		{"EmissionCov", func(m *Kalman) { m.EmissionCov = []float64{0, 0, 0, 1} }},
	} {
		m := good()
		c.spoil(m)
		var bad *belief.ConfigError
		if err := m.Validate(); !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	var post KalmanPosterior
	var value *data.ValueError
	if err := good().FilterTo(&post, []float64{1, 2, 3, math.Inf(1)}); !errors.As(err, &value) || value.Row != 1 || value.Column != "1" {
		t.Errorf("infinite: %v", err)
	}
	if err := good().FilterTo(&post, []float64{1, 2, 1e300, 3}); !errors.As(err, &value) || value.Row != 1 {
		t.Errorf("far: %v", err)
	}
	if err := good().SmoothTo(&post, nil); err != nil || post.Steps != 0 || post.LogLikelihood != 0 {
		t.Errorf("no rows: %v", err)
	}
	m := &Kalman{States: 1000, Observed: 1, Initial: make([]float64, 1000), InitialCov: make([]float64, 1e6), Transition: make([]float64, 1e6),
		Noise: make([]float64, 1e6), Emission: make([]float64, 1000), EmissionCov: []float64{1}}
	var large *belief.TooLargeError
	if err := m.FilterTo(&post, make([]float64, 1e6)); !errors.As(err, &large) {
		t.Errorf("large: %v", err)
	}
}

// A warm filter takes no memory.
func TestKalmanAllocations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := kalmanDraw(r, 3, 2, false)
	z, x := make([]float64, 3*20), make([]float64, 2*20)
	m.RandTo(z, x, r)
	var post KalmanPosterior
	if n := patience.Allocations(10, func() {
		if err := m.SmoothTo(&post, x); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func ExampleKalman() {
	// A level that wanders and is seen with noise; the last two rows are forecasts.
	m := &Kalman{States: 1, Observed: 1, Initial: []float64{0}, InitialCov: []float64{1}, Transition: []float64{1},
		Noise: []float64{0.5}, Emission: []float64{1}, EmissionCov: []float64{1}}
	var post KalmanPosterior
	if err := m.SmoothTo(&post, []float64{1, 2, math.NaN(), math.NaN()}); err != nil {
		fmt.Println(err)
		return
	}
	for t := range post.Steps {
		fmt.Printf("%.3f ± %.3f, later %.3f ± %.3f\n", post.FilteredMean[t], math.Sqrt(post.FilteredCov[t]), post.SmoothedMean[t], math.Sqrt(post.SmoothedCov[t]))
	}
	// Output:
	// 0.500 ± 0.707, later 0.875 ± 0.612
	// 1.250 ± 0.707, later 1.250 ± 0.707
	// 1.250 ± 1.000, later 1.250 ± 1.000
	// 1.250 ± 1.225, later 1.250 ± 1.225
}

func ExampleKalmanPosterior() {
	m := &Kalman{States: 1, Observed: 1, Initial: []float64{0}, InitialCov: []float64{1}, Transition: []float64{1},
		Noise: []float64{0.5}, Emission: []float64{1}, EmissionCov: []float64{1}}
	var post KalmanPosterior
	if err := m.FilterTo(&post, []float64{1}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f %.3f %.3f\n", post.PredictedCov, post.FilteredMean, post.FilteredCov)
	// Output: [1.000] [0.500] [0.500]
}

func BenchmarkKalman(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	m := kalmanDraw(r, 4, 3, false)
	z, x := make([]float64, 4*1000), make([]float64, 3*1000)
	m.RandTo(z, x, r)
	var post KalmanPosterior
	b.ReportAllocs()
	for b.Loop() {
		if err := m.SmoothTo(&post, x); err != nil {
			b.Fatal(err)
		}
	}
}
