package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
)

// ksLimit is passed by √n times the Kolmogorov–Smirnov distance of independent
// draws with a probability of 1e-6 (Kolmogorov 1933).
const ksLimit = 2.69

// ksDistance is √n times the distance of draws from a distribution function.
func ksDistance(x []float64, cdf func(float64) float64) float64 {
	slices.Sort(x)
	n, worst := float64(len(x)), 0.0
	for i, v := range x {
		p := cdf(v)
		worst = max(worst, p-float64(i)/n, float64(i+1)/n-p)
	}
	return worst * math.Sqrt(n)
}

// correlated is a normal target of two coordinates with unit variances and
// correlation 0.9.
var correlated = GradFunc(2, func(x, grad []float64) float64 {
	const d = 1 - 0.9*0.9
	grad[0], grad[1] = -(x[0]-0.9*x[1])/d, -(x[1]-0.9*x[0])/d
	return (x[0]*grad[0] + x[1]*grad[1]) / 2
})

// drawCorrelated draws from it, heated to inverse temperature beta.
func drawCorrelated(x []float64, r *rand.Rand, beta float64) {
	a, b := r.NormFloat64()/math.Sqrt(beta), r.NormFloat64()/math.Sqrt(beta)
	x[0], x[1] = a, 0.9*a+math.Sqrt(1-0.9*0.9)*b
}

// stays starts many chains in the target's own distribution, walkers and replicas
// included, and returns how far their points are from it some steps later: each
// chain gives one point, so that they are independent.
func stays(t *testing.T, k Kernel) (distance float64) {
	t.Helper()
	const chains = 4000
	steps := 5
	if _, ok := k.(*ensemble); ok {
		steps = 15 // walkers are slow to show what is wrong
	}
	var sum, difference []float64
	for c := range chains {
		r := stream.New(1, "stays", uint64(c))
		s := State{X: make([]float64, 2)}
		drawCorrelated(s.X, r, 1)
		if err := k.Init(&s); err != nil {
			t.Fatal(err)
		}
		switch k := k.(type) {
		case *ensemble:
			for w := 1; w < k.Size; w++ {
				x := s.Aux[2*w : 2*w+2]
				drawCorrelated(x, r, 1)
				s.Aux[2*k.Size+w], _ = correlated.LogDensity(x)
			}
		case *tempering:
			a := newReplicas(s.Aux, len(k.levels), 2)
			for i := range len(k.levels) - 1 {
				drawCorrelated(a.x(i), r, k.betas[i])
				a.likelihood[i], _ = correlated.LogDensity(a.x(i))
			}
		}
		for range steps {
			if _, err := k.Step(r, &s); err != nil {
				t.Fatal(err)
			}
		}
		sum = append(sum, (s.X[0]+s.X[1])/math.Sqrt(3.8))
		difference = append(difference, (s.X[0]-s.X[1])/math.Sqrt(0.2))
	}
	normal := dist.Normal{Mu: 0, Sigma: 1}
	return max(ksDistance(sum, normal.CDF), ksDistance(difference, normal.CDF))
}

// pulled proposes steps that are pulled towards the origin.
type pulled struct{ forgets bool }

func (pulled) ProposeTo(dst []float64, r *rand.Rand, x []float64) {
	for i, v := range x {
		dst[i] = 0.6*v + 0.5*r.NormFloat64()
	}
}

func (p pulled) LogProb(y, x []float64) float64 {
	if p.forgets {
		return 0
	}
	a, b := (y[0]-0.6*x[0])/0.5, (y[1]-0.6*x[1])/0.5
	return -(a*a + b*b) / 2
}

// Continuous kernels leave their target as it is, and broken ones do not.
func TestKernelsStay(t *testing.T) {
	t.Parallel()
	prior, err := dist.NewIsotropicNormal([]float64{0.5, 0}, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := dist.NewIsotropicNormal([]float64{0, 0}, 10)
	if err != nil {
		t.Fatal(err)
	}
	conditional := func(rho float64) func(other int) func([]float64, *rand.Rand, []float64) error {
		return func(other int) func([]float64, *rand.Rand, []float64) error {
			return func(dst []float64, r *rand.Rand, x []float64) error {
				dst[0] = rho*x[other] + math.Sqrt(1-0.9*0.9)*r.NormFloat64()
				return nil
			}
		}
	}
	drawn := func(rho float64) Sampler {
		return Gibbs{Blocks: []Block{{Of: []int{0}, Draw: conditional(rho)(1)}, {Of: []int{1}, Draw: conditional(rho)(0)}}}
	}
	for _, c := range []struct {
		name    string
		sampler Sampler
		broken  func(Kernel) // nil: it is right
	}{
		{"Metropolis", Metropolis{}, nil},
		{"Metropolis–Hastings", MetropolisHastings{pulled{}}, nil},
		{"without the Hastings ratio", MetropolisHastings{pulled{true}}, func(Kernel) {}},
		{"independence", Independence{prior}, nil},
		{"adaptive", AdaptiveMetropolis{}, nil},
		{"slice", Slice{}, nil},
		{"slice that does not step out", Slice{MaxSteps: 1, Width: 0.5}, nil},
		{"elliptical slice", EllipticalSlice{prior}, nil},
		{"elliptical slice that shrinks much", EllipticalSlice{wide}, nil},
		{"elliptical slice with another prior", EllipticalSlice{prior}, func(k Kernel) { k.(*elliptical).mean[0] = 0 }},
		{"ensemble", Ensemble{}, nil},
		{"ensemble without the Jacobian", Ensemble{}, func(k Kernel) { k.(*ensemble).power = 0 }},
		{"Gibbs", drawn(0.9), nil},
		{"Gibbs with another's conditional", drawn(0.8), func(Kernel) {}},
		{"Gibbs of slices", Gibbs{Scan: RandomScan, Blocks: []Block{{Of: []int{0}, Sampler: Slice{}}, {Of: []int{1}, Sampler: Metropolis{}}}}, nil},
		{"NUTS within Gibbs", Gibbs{Blocks: []Block{{Of: []int{1}, Sampler: NUTS{}}, {Of: []int{0}, Sampler: NUTS{}}}}, nil},
		{"tempering", Tempering{Sampler: Slice{}, Schedule: Schedule{0, 0.1, 0.4, 1}}, nil},
		{"tempering with NUTS", Tempering{Schedule: Schedule{0, 0.3, 1}}, nil},
		{"tempering with the wrong sign", Tempering{Sampler: Metropolis{}, Schedule: Schedule{0, 0.1, 1}}, func(k Kernel) {
			b := k.(*tempering).betas
			b[0], b[1] = b[1], b[0]
		}},
	} {
		k, err := c.sampler.Kernel(NewGuard(cloned(correlated)))
		if err != nil {
			t.Fatal(err)
		}
		if c.broken != nil {
			c.broken(k)
		}
		if d := stays(t, k); (d > ksLimit) != (c.broken != nil) {
			t.Errorf("%s: √n·D = %.2f, and the limit is %v", c.name, d, ksLimit)
		}
	}
}

// The shapes on which samplers break: each is left by the sampler that is for it
// as it was found, and found from afar, by quantiles of known distributions.
func TestHardShapes(t *testing.T) {
	t.Parallel()
	normal, cauchy := dist.Normal{Mu: 0, Sigma: 1}, dist.Cauchy{Location: 0, Scale: 1}
	for _, c := range []struct {
		name     string
		sampler  Sampler
		target   Target
		quantity func(x []float64) float64
		law      dist.CDFer
		warmUp   int
		thin     int
		lost     bool // it cannot do it
	}{
		// Neal (2003), section 8: v is N(0, 3²) and the others N(0, eᵛ).
		{"funnel by slices", Slice{}, Func(4, func(x []float64) float64 {
			l := -x[0] * x[0] / 18
			for _, v := range x[1:] {
				l -= v*v*math.Exp(-x[0])/2 + x[0]/2
			}
			return l
		}), func(x []float64) float64 { return x[0] / 3 }, normal, 500, 120, false},
		// Haario, Saksman & Tamminen (1999): a normal distribution, bent.
		{"banana by an ensemble", Ensemble{}, Func(2, func(x []float64) float64 {
			bent := x[1] + 0.5*(x[0]*x[0]-4)
			return -x[0]*x[0]/8 - bent*bent/2
		}), func(x []float64) float64 { return x[1] + 0.5*(x[0]*x[0]-4) }, normal, 500, 120, false},
		{"its other coordinate", Ensemble{}, Func(2, func(x []float64) float64 {
			bent := x[1] + 0.5*(x[0]*x[0]-4)
			return -x[0]*x[0]/8 - bent*bent/2
		}), func(x []float64) float64 { return x[0] / 2 }, normal, 500, 120, false},
		{"Cauchy by slices", Slice{}, Func(1, func(x []float64) float64 { return -math.Log1p(x[0] * x[0]) }),
			func(x []float64) float64 { return x[0] }, cauchy, 500, 20, false},
		{"Cauchy by independence", Independence{heavy{}}, Func(1, func(x []float64) float64 { return -math.Log1p(x[0] * x[0]) }),
			func(x []float64) float64 { return x[0] }, cauchy, 100, 20, false},
		{"modes by tempering", Tempering{Lowest: 0.005, Sampler: Slice{}}, modes,
			func(x []float64) float64 { return x[0] }, bimodal{}, 1000, 60, false},
		{"modes by Metropolis", Metropolis{}, modes, func(x []float64) float64 { return x[0] }, bimodal{}, 1000, 60, true},
	} {
		k, s, r := warmedUp(t, c.target, c.sampler, c.warmUp)
		// Thinned until draws are as good as independent, which makes the limit
		// hold; what is left of their dependence is small beside it.
		x := make([]float64, 700)
		for i := range x {
			for range c.thin {
				if _, err := k.Step(r, s); err != nil {
					t.Fatal(err)
				}
			}
			x[i] = c.quantity(s.X)
		}
		if d := ksDistance(x, c.law.CDF); (d > ksLimit) != c.lost {
			t.Errorf("%s: √n·D = %.2f, and the limit is %v", c.name, d, ksLimit)
		}
	}
}

// bimodal is the distribution of modes.
type bimodal struct{ dist.Normal }

func (bimodal) CDF(x float64) float64 {
	return 0.3*dist.Normal{Mu: -10, Sigma: 1}.CDF(x) + 0.7*dist.Normal{Mu: 10, Sigma: 1}.CDF(x)
}

// heavy is a Cauchy distribution of scale 2 as a vector.
type heavy struct{}

func (heavy) Dim() int { return 1 }
func (heavy) LogProb(x []float64) float64 {
	return dist.Cauchy{Location: 0, Scale: 2}.LogProb(x[0])
}
func (heavy) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst[0] = dist.Cauchy{Location: 0, Scale: 2}.Rand(r)
	return dst
}

// A posterior is the sum of its parts, has a gradient if both have, and does not
// ask for a likelihood outside the prior's support.
func TestPosterior(t *testing.T) {
	prior, err := dist.NewProduct(dist.Exponential{Rate: 2})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPosterior(prior, GradFunc(1, func(x, grad []float64) float64 {
		if x[0] < 0 {
			panic("asked outside")
		}
		grad[0] = 3
		return 3 * x[0]
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []Target{p, p.(Cloner).Clone()} {
		g, grad := NewGuard(target), []float64{0}
		l, err := g.LogDensityGrad([]float64{0.5}, grad)
		if want := math.Log(2) - 1 + 1.5; err != nil || math.Abs(l-want) > 1e-15 || grad[0] != 1 {
			t.Errorf("log density %v and gradient %v, want %v and 1; %v", l, grad, want, err)
		}
		first, second, err := g.LogSplit([]float64{0.5})
		if math.Abs(first-math.Log(2)+1) > 1e-15 || second != 1.5 || err != nil {
			t.Errorf("factors %v and %v; %v", first, second, err)
		}
		for _, f := range []func() (float64, error){
			func() (float64, error) { return g.LogDensity([]float64{-1}) },
			func() (float64, error) { return g.LogDensityGrad([]float64{-1}, grad) },
			func() (float64, error) { _, l, err := g.LogSplit([]float64{-1}); return l, err },
		} {
			if l, err := f(); err != nil || !math.IsInf(l, -1) {
				t.Errorf("outside: %v, %v", l, err)
			}
		}
	}
	if p, err := NewPosterior(prior, Func(1, func([]float64) float64 { return 0 })); err != nil || NewGuard(p).HasGrad() {
		t.Errorf("a gradient out of nothing; %v", err)
	}
	if _, err := NewPosterior(prior, correlated); err == nil {
		t.Error("dimensions that differ are taken")
	}
	if _, err := NewPosterior(nil, correlated); err == nil {
		t.Error("no prior is taken")
	}
	g := NewGuard(splitPanics{})
	if _, _, err := g.LogSplit([]float64{1}); err == nil || fmt.Sprint(err) != "mcmc: the target fails at x = [1]: panic: split" {
		t.Errorf("a split that panics: %v", err)
	}
}

type splitPanics struct{ Target }

func (splitPanics) Dim() int                                                      { return 1 }
func (splitPanics) LogSplit([]float64) (reference, likelihood float64, err error) { panic("split") }
