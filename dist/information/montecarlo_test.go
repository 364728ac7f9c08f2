package information

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func vectorOf(t testing.TB, mu []float64, cov ...float64) *dist.MultivariateNormal {
	t.Helper()
	d, err := dist.NewMultivariateNormal(mu, mat.NewSymDense(len(mu), cov))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hidden is a distribution whose kind no formula knows.
type hidden struct{ Distribution }

// A box is uniform on the unit square with its lower left corner at (at, 0).
type box struct{ at float64 }

func (box) Dim() int { return 2 }

func (b box) LogProb(x []float64) float64 {
	if x[0] < b.at || x[0] > b.at+1 || x[1] < 0 || x[1] > 1 {
		return math.Inf(-1)
	}
	return 0
}

func (b box) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst[0], dst[1] = b.at+r.Float64(), r.Float64()
	return dst
}

// In one dimension the formulas are those of normal distributions; independent parts
// add up.
func TestVectorNormal(t *testing.T) {
	ctx := context.Background()
	one := func(mu, sigma float64) *dist.MultivariateNormal {
		return vectorOf(t, []float64{mu}, sigma*sigma)
	}
	for _, c := range []struct{ a, b dist.Normal }{
		{dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 1, Sigma: 2}},
		{dist.Normal{Mu: 3, Sigma: 0.5}, dist.Normal{Mu: 0, Sigma: 0.25}},
	} {
		p, q := one(c.a.Mu, c.a.Sigma), one(c.b.Mu, c.b.Sigma)
		kl, err := MonteCarlo{}.KL(ctx, p, q)
		if want, _ := KL(c.a, c.b); err != nil || kl.Method != ClosedForm || !near(kl.Value, want.Value, 1e-13) {
			t.Errorf("KL = %v, want %v (%v)", kl, want, err)
		}
		r, err := MonteCarlo{}.Renyi(ctx, 0.3, p, q)
		if want, _ := Renyi(0.3, c.a, c.b); err != nil || !near(r.Value, want.Value, 1e-13) {
			t.Errorf("Rényi = %v, want %v (%v)", r, want, err)
		}
		h, err := MonteCarlo{}.Hellinger(ctx, p, q)
		if want, _ := Hellinger(c.a, c.b); err != nil || !near(h.Value, want.Value, 1e-13) {
			t.Errorf("Hellinger = %v, want %v (%v)", h, want, err)
		}
		x, err := MonteCarlo{}.CrossEntropy(ctx, p, q)
		if want, _ := CrossEntropy(c.a, c.b); err != nil || x.Method != ClosedForm || !near(x.Value, want.Value, 1e-13) {
			t.Errorf("cross-entropy = %v, want %v (%v)", x, want, err)
		}
	}
	// ½(tr(Σ_q⁻¹Σ_p) − 2 + zᵀΣ_q⁻¹z + log |Σ_q|/|Σ_p|) by hand.
	p, q := vectorOf(t, []float64{0, 0}, 1, 0.5, 0.5, 2), vectorOf(t, []float64{1, 0}, 2, 0, 0, 1)
	if got, want := mustKL(t, p, q), 0.5*(0.5+2-2+0.5+math.Log(2/1.75)); !near(got, want, 1e-14) {
		t.Errorf("KL = %v, want %v", got, want)
	}
	// Nearly equal: to leading order ¼ tr((Σ_q⁻¹(Σ_p − Σ_q))²), here ¼·2·(e/0.75)²·(1 + 0.25).
	const e = 0x1p-27
	p, q = vectorOf(t, []float64{0, 0}, 1, 0.5+e, 0.5+e, 1), vectorOf(t, []float64{0, 0}, 1, 0.5, 0.5, 1)
	if got, want := mustKL(t, p, q), 0.25*2*(e/0.75)*(e/0.75)*1.25; !near(got, want, 1e-7) {
		t.Errorf("nearly equal: KL = %v, want %v", got, want)
	}
}

func mustKL(t *testing.T, p, q Distribution) float64 {
	t.Helper()
	v, err := MonteCarlo{}.KL(context.Background(), p, q)
	if err != nil {
		t.Fatal(err)
	}
	return v.Value
}

// Dirichlet distributions of two components are beta distributions.
func TestVectorDirichlet(t *testing.T) {
	p, q := dist.Dirichlet{Alpha: []float64{2, 3}}, dist.Dirichlet{Alpha: []float64{3, 1.5}}
	want, _ := KL(dist.Beta{Alpha: 2, Beta: 3}, dist.Beta{Alpha: 3, Beta: 1.5})
	if got := mustKL(t, p, q); !near(got, want.Value, 1e-14) {
		t.Errorf("KL = %v, want %v", got, want)
	}
}

// One trial of a multinomial is a categorical distribution, and trials add up.
func TestVectorMultinomial(t *testing.T) {
	a, b := []float64{0.5, 0.25, 0.25}, []float64{0.25, 0.25, 0.5}
	want := probs(t, a...).KL(probs(t, b...))
	p, q := dist.Multinomial{N: 6, P: a}, dist.Multinomial{N: 6, P: b}
	if got := mustKL(t, p, q); !near(got, 6*want, 1e-14) {
		t.Errorf("KL = %v, want %v", got, 6*want)
	}
	v, err := MonteCarlo{Samples: 20000}.KL(context.Background(), hidden{p}, q)
	if err != nil || math.Abs(v.Value-6*want) > 5*v.StdErr {
		t.Errorf("KL by draws = %v, want %v (%v)", v, 6*want, err)
	}
	two, _ := probs(t, a...).Renyi(2, probs(t, b...))
	if got, err := (MonteCarlo{}).Renyi(context.Background(), 2, p, q); err != nil || !near(got.Value, 6*two, 1e-14) {
		t.Errorf("Rényi = %v, want %v (%v)", got, 6*two, err)
	}
}

// Draws agree with the formulas within five standard errors, which a right estimate
// exceeds with probability below 1e-6, and the standard errors are of the right size.
func TestSampling(t *testing.T) {
	ctx := context.Background()
	p, q := vectorOf(t, []float64{0, 0}, 1, 0.5, 0.5, 2), vectorOf(t, []float64{1, 0}, 2, 0, 0, 1)
	kl := mustKL(t, p, q)
	two, _ := MonteCarlo{}.Renyi(ctx, 0.3, p, q)
	half, _ := MonteCarlo{}.Hellinger(ctx, p, q)
	cross, _ := MonteCarlo{}.CrossEntropy(ctx, p, q)
	var js, tv float64 // by product quadrature
	const step = 0.05
	for x := -9.0; x < 9; x += step {
		for y := -9.0; y < 9; y += step {
			a, b := p.LogProb([]float64{x, y}), q.LogProb([]float64{x, y})
			u, v := math.Exp(a), math.Exp(b)
			tv += 0.5 * math.Abs(u-v) * step * step
			js += 0.5 * (u*math.Log(2*u/(u+v)) + v*math.Log(2*v/(u+v))) * step * step
		}
	}
	for seed := range uint64(3) {
		c := MonteCarlo{Samples: 40000, Seed: seed}
		for _, m := range []struct {
			name string
			f    func() (Value, error)
			want float64
			off  float64 // of the oracle
		}{
			{"KL", func() (Value, error) { return c.KL(ctx, hidden{p}, q) }, kl, 0},
			{"Rényi", func() (Value, error) { return c.Renyi(ctx, 0.3, hidden{p}, q) }, two.Value, 0},
			{"Hellinger", func() (Value, error) { return c.Hellinger(ctx, hidden{p}, q) }, half.Value, 1e-5},
			{"cross-entropy", func() (Value, error) { return c.CrossEntropy(ctx, hidden{p}, q) }, cross.Value, 0},
			{"JensenShannon", func() (Value, error) { return c.JensenShannon(ctx, p, q) }, js, 1e-6},
			{"TotalVariation", func() (Value, error) { return c.TotalVariation(ctx, p, q) }, tv, 1e-3},
		} {
			got, err := m.f()
			if err != nil || got.Kind != belief.Sampled || got.Method != Sampling || math.Abs(got.Value-m.want) > 5*got.StdErr+m.off {
				t.Errorf("%s: %v, want %v (%v)", m.name, got, m.want, err)
			}
			if !(got.StdErr > 0) || got.StdErr > 0.02 {
				t.Errorf("%s: standard error %v", m.name, got.StdErr)
			}
		}
	}
	// The spread over seeds is the standard error: of 60 runs, within a factor of 1.6,
	// which a right one leaves with probability below 1e-6.
	var spread moments
	stdErr := 0.0
	for seed := range uint64(60) {
		v, err := MonteCarlo{Samples: 1000, Seed: seed}.Hellinger(ctx, hidden{p}, q)
		if err != nil {
			t.Fatal(err)
		}
		spread.add(v.Value)
		stdErr += v.StdErr / 60
	}
	if ratio := math.Sqrt(spread.variance()) / stdErr; ratio < 1/1.6 || ratio > 1.6 {
		t.Errorf("the values spread %.2f times as far as the standard error says", ratio)
	}
	// Nearly equal distributions have a small standard error, too.
	close := vectorOf(t, []float64{1e-4, 0}, 1, 0.5, 0.5, 2)
	v, err := MonteCarlo{}.KL(ctx, hidden{p}, close)
	if want := mustKL(t, p, close); err != nil || math.Abs(v.Value-want) > 5*v.StdErr || v.StdErr > 0.02*want {
		t.Errorf("nearly equal: %v, want %v (%v)", v, want, err)
	}
}

func TestSamplingEdges(t *testing.T) {
	ctx := context.Background()
	p, q := vectorOf(t, []float64{0, 0}, 1, 0.5, 0.5, 2), vectorOf(t, []float64{1, 0}, 2, 0, 0, 1)
	a, _ := MonteCarlo{Samples: 20000, Seed: 5, Workers: 1}.JensenShannon(ctx, p, q)
	b, _ := MonteCarlo{Samples: 20000, Seed: 5, Workers: 7}.JensenShannon(ctx, p, q)
	c, _ := MonteCarlo{Samples: 20000, Seed: 6}.JensenShannon(ctx, p, q)
	if a != b || a == c {
		t.Errorf("1 worker: %v, 7: %v, another seed: %v", a, b, c)
	}
	// What only p reaches makes KL infinite and leaves the others finite.
	left, right := box{0}, box{0.5}
	if v, err := (MonteCarlo{Samples: 100}).KL(ctx, left, right); err != nil || !math.IsInf(v.Value, 1) {
		t.Errorf("KL off the support: %v, %v", v, err)
	}
	if v, err := (MonteCarlo{}).TotalVariation(ctx, left, right); err != nil || math.Abs(v.Value-0.5) > 5*v.StdErr {
		t.Errorf("total variation of boxes that share a half: %v, %v", v, err)
	}
	if v, err := (MonteCarlo{Samples: 100}).Renyi(ctx, 0.5, left, box{2}); err != nil || !math.IsInf(v.Value, 1) {
		t.Errorf("nothing in common: %v, %v", v, err)
	}
	if v, err := (MonteCarlo{}).Renyi(ctx, 0.5, left, box{0.75}); err != nil || math.Abs(v.Value-2*math.Log(4)) > 5*v.StdErr {
		t.Errorf("a quarter in common: %v, %v", v, err)
	}
	var config *belief.ConfigError
	for _, n := range []int{-1, 1, 1 << 40} {
		if _, err := (MonteCarlo{Samples: n}).JensenShannon(ctx, p, q); !errors.As(err, &config) {
			t.Errorf("%d samples: %v", n, err)
		}
	}
	var parameter *dist.ParameterError
	if _, err := (MonteCarlo{}).KL(ctx, p, vectorOf(t, []float64{0}, 1)); !errors.As(err, &parameter) {
		t.Errorf("different dimensions: %v", err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := (MonteCarlo{}).JensenShannon(done, p, q); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Moments in two parts are those of the whole.
func TestMoments(t *testing.T) {
	var whole, left, right moments
	for i, v := range []float64{1, 2, 4, 8, 16, 32} {
		whole.add(v)
		if i < 2 {
			left.add(v)
		} else {
			right.add(v)
		}
	}
	left.merge(right)
	if !near(left.mean, 10.5, 1e-15) || !near(left.variance(), 140.7, 1e-14) || !near(whole.variance(), 140.7, 1e-14) {
		t.Errorf("mean %v, variance %v in parts, %v at once, want 10.5 and 140.7", left.mean, left.variance(), whole.variance())
	}
}
