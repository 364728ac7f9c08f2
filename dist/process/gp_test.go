package process

import (
	"encoding/json"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

type goldens struct {
	X, New [][]float64
	Y      []float64
	GP     []struct {
		Name                   string
		Theta, Mean, Cov, Grad []float64
		Noise, Evidence        float64
		LOO                    [][]float64
	}
	Acquisition [][]float64
}

func readGoldens(t *testing.T) goldens {
	t.Helper()
	data, err := os.ReadFile("testdata/process.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldens
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// kernels are those of testdata/process.py; their hyperparameters come from there.
var kernels = map[string]Kernel{
	"se":       SquaredExponential{1, []float64{1}},
	"se-ard":   SquaredExponential{1, []float64{1, 1}},
	"matern12": Matern{0.5, 1, []float64{1, 1}},
	"matern32": Matern{1.5, 1, []float64{1}},
	"matern52": Matern{2.5, 1, []float64{1, 1}},
	"periodic": Periodic{1, 1, 1},
	"linear":   Linear{1},
	"constant": Constant{1},
	"white":    White{1},
	"composed": Sum{Product{Sum{SquaredExponential{1, []float64{1}}, White{1}}, Periodic{1, 1, 1}}, Linear{1}, Constant{1}},
}

func logs(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Log(v)
	}
	return out
}

// within compares with a tolerance relative to the larger of the number and one.
func within(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Against 50-digit inverses, numerical derivatives, and leaving out in earnest. The
// tolerance leaves room for condition numbers of up to 1000 here.
func TestPosteriorGolden(t *testing.T) {
	g := readGoldens(t)
	x, xs := slices.Concat(g.X...), slices.Concat(g.New...)
	if len(g.GP) != len(kernels) {
		t.Fatalf("%d goldens for %d kernels", len(g.GP), len(kernels))
	}
	for _, k := range g.GP {
		t.Run(k.Name, func(t *testing.T) {
			process := GaussianProcess{Kernel: kernels[k.Name].WithParams(logs(k.Theta)), Noise: k.Noise}
			p, err := process.Condition(x, g.Y)
			if err != nil {
				t.Fatal(err)
			}
			const tol = 1e-12
			if p.Jitter() != 0 {
				t.Errorf("jitter %v", p.Jitter())
			}
			within(t, "evidence", p.LogMarginalLikelihood(), k.Evidence, tol)
			grad := p.GradLogMarginalLikelihood()
			if len(grad) != len(k.Grad) {
				t.Fatalf("%d derivatives, want %d", len(grad), len(k.Grad))
			}
			for i, v := range k.Grad {
				within(t, "gradient", grad[i], v, tol)
			}
			m := len(g.New)
			mean, variance := make([]float64, m), make([]float64, m)
			p.PredictTo(mean, variance, xs)
			joint, cov, err := p.Covariance(xs)
			if err != nil {
				t.Fatal(err)
			}
			for i := range m {
				one, v := p.Predict(g.New[i])
				within(t, "mean", mean[i], k.Mean[i], tol)
				within(t, "variance", variance[i], k.Cov[i*m+i], tol)
				if one != mean[i] || v != variance[i] || joint[i] != mean[i] {
					t.Errorf("Predict gives %v, %v, PredictTo %v, %v, Covariance %v", one, v, mean[i], variance[i], joint[i])
				}
				for j := range m {
					within(t, "covariance", cov.At(i, j), k.Cov[i*m+j], tol)
				}
			}
			loo := p.LeaveOneOut()
			for i, v := range k.LOO {
				within(t, "left out mean", loo.Mean[i], v[0], tol)
				within(t, "left out variance", loo.Variance[i], v[1], tol)
				within(t, "left out log density", loo.LogProb[i], v[2], tol)
			}
		})
	}
}

// A prior mean shifts everything with it.
func TestPriorMean(t *testing.T) {
	m := func(x []float64) float64 { return 3 + 2*x[0] }
	x, y := []float64{0, 1, 2.5, 4}, []float64{1, 0.3, -1, 2}
	shifted := slices.Clone(y)
	for i, v := range x {
		shifted[i] += m([]float64{v})
	}
	g := GaussianProcess{Kernel: Matern{1.5, 1, []float64{1}}, Noise: 0.1}
	p, err := g.Condition(x, y)
	if err != nil {
		t.Fatal(err)
	}
	g.Mean = m
	q, err := g.Condition(x, shifted)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "evidence", q.LogMarginalLikelihood(), p.LogMarginalLikelihood(), 1e-14)
	for _, at := range []float64{-1, 0, 1.7, 9} {
		a, va := p.Predict([]float64{at})
		b, vb := q.Predict([]float64{at})
		within(t, "mean", b, a+m([]float64{at}), 1e-14)
		within(t, "variance", vb, va, 1e-14)
	}
	for i, v := range q.LeaveOneOut().Mean {
		within(t, "left out", v, p.LeaveOneOut().Mean[i]+m(x[i:i+1]), 1e-14)
	}
}

// derivative extrapolates central differences of f at x (Richardson 1911: three
// steps, error of order h⁶), and says how much the last two extrapolations differ.
func derivative(f func(float64) float64, x float64) (value, slack float64) {
	central := func(h float64) float64 { return (f(x+h) - f(x-h)) / (2 * h) }
	const h = 1e-4
	a, b, c := central(4*h), central(2*h), central(h)
	ab, bc := b+(b-a)/3, c+(c-b)/3
	value = bc + (bc-ab)/15
	return value, math.Abs(value - bc)
}

// Gradients of every kernel against central differences, at random points, equal
// ones and far ones, one observation or two.
func TestKernelGradients(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, name := range slices.Sorted(maps.Keys(kernels)) {
			k := kernels[name]
			n := k.NumParams()
			theta := rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(t, name)
			x := rapid.SliceOfN(rapid.Float64Range(-2, 2), 2, 2).Draw(t, "x")
			y := rapid.SliceOfN(rapid.Float64Range(-2, 2), 2, 2).Draw(t, "y")
			same := rapid.Bool().Draw(t, "same")
			if same {
				y = x
			}
			at := k.WithParams(theta)
			back := make([]float64, n)
			at.ParamsTo(back)
			grad := make([]float64, n)
			value := at.GradTo(grad, x, y, same)
			if other := at.Eval(y, x, same); math.Abs(other-value) > 1e-13*(1+math.Abs(value)) || math.Abs(at.Eval(x, y, same)-value) > 1e-13*(1+math.Abs(value)) {
				t.Fatalf("%s: k(x, y) = %v and %v, k(y, x) = %v", name, value, at.Eval(x, y, same), other)
			}
			for i := range theta {
				if math.Abs(back[i]-theta[i]) > 1e-14 {
					t.Fatalf("%s: hyperparameters %v come back as %v", name, theta, back)
				}
				want, slack := derivative(func(v float64) float64 {
					shifted := slices.Clone(theta)
					shifted[i] = v
					return k.WithParams(shifted).Eval(x, y, same)
				}, theta[i])
				if math.Abs(grad[i]-want) > slack+1e-9*(1+math.Abs(value)) {
					t.Fatalf("%s at %v: derivative %d is %v, want %v", at, theta, i, grad[i], want)
				}
			}
		}
	})
}

func TestKernelErrors(t *testing.T) {
	var pe *dist.ParameterError
	for _, k := range []Kernel{
		nil, SquaredExponential{0, []float64{1}}, SquaredExponential{1, nil}, SquaredExponential{1, []float64{1, 1, 1}},
		SquaredExponential{1, []float64{1, -1}}, Matern{1, 1, []float64{1}}, Matern{1.5, math.NaN(), []float64{1}},
		Matern{2.5, 1, []float64{math.Inf(1)}}, Periodic{1, 0, 1}, Periodic{1, 1, -1}, Periodic{0, 1, 1}, Linear{}, Constant{}, White{},
		Sum{}, Product{}, Sum{nil}, Product{Constant{1}, White{}}, Sum{Product{Linear{-1}}},
	} {
		if _, err := (GaussianProcess{Kernel: k, Noise: 1}).Condition([]float64{1, 2}, []float64{1}); !errors.As(err, &pe) {
			t.Errorf("kernel %v: %v", k, err)
		}
	}
	for _, noise := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := (GaussianProcess{Kernel: Constant{1}, Noise: noise}).Condition([]float64{1}, []float64{1}); !errors.As(err, &pe) {
			t.Errorf("noise %v: %v", noise, err)
		}
	}
}

func TestKernelStrings(t *testing.T) {
	k := Product{Sum{SquaredExponential{1, []float64{0.5}}, White{2}}, Matern{2.5, 1, []float64{1, 2}}, Periodic{1, 2, 3}, Linear{1}, Constant{3}}
	want := "(SquaredExponential(Sigma: 1, Length: [0.5]) + White(Sigma: 2)) × Matern(Nu: 2.5, Sigma: 1, Length: [1 2]) × Periodic(Sigma: 1, Length: 2, Period: 3) × Linear(Sigma: 1) × Constant(Sigma: 3)"
	if got := k.String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestConditionErrors(t *testing.T) {
	g := GaussianProcess{Kernel: SquaredExponential{1, []float64{1}}}
	var fe *dist.FitError
	for _, k := range []struct {
		x, y []float64
		row  int
	}{{nil, nil, -1}, {[]float64{1, 2}, []float64{1, math.NaN()}, 1}, {[]float64{math.Inf(1), 2}, []float64{1, 2}, 0}, {[]float64{1, math.NaN()}, []float64{1, 2}, 1}} {
		if _, err := g.Condition(k.x, k.y); !errors.As(err, &fe) || fe.Row != k.row {
			t.Errorf("x %v, y %v: %v", k.x, k.y, err)
		}
	}
	var tl *belief.TooLargeError
	if _, err := g.Condition(make([]float64, 7000), make([]float64, 7000)); !errors.As(err, &tl) {
		t.Errorf("7000 observations: %v", err)
	}
	g.MemoryLimit = 1000
	if _, err := g.Condition(make([]float64, 7), make([]float64, 7)); !errors.As(err, &tl) {
		t.Errorf("7 observations in 1000 bytes: %v", err)
	}
	p, err := g.Condition([]float64{1}, []float64{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Covariance(make([]float64, 10)); !errors.As(err, &tl) {
		t.Errorf("covariance of 10 points in 1000 bytes: %v", err)
	}
	if _, err := p.Samples(make([]float64, 2), math.MaxInt, nil); !errors.As(err, &tl) {
		t.Errorf("MaxInt samples: %v", err)
	}
	var ne *NotPositiveDefiniteError
	for _, k := range []Kernel{Constant{1e200}, wrong{Constant{1}}} {
		if p, err := (GaussianProcess{Kernel: k}).Condition([]float64{1, 2, 3}, []float64{1, 2, 3}); !errors.As(err, &ne) {
			t.Errorf("kernel %v: %v, %v", k, p, err)
		}
	}
	if n := patience.Allocations(10, func() { p.PredictTo(make([]float64, 50), make([]float64, 50), make([]float64, 50)) }); n > 4 {
		t.Errorf("PredictTo allocates %v times", n)
	}
}

// wrong is no kernel: its matrix has a negative eigenvalue.
type wrong struct{ Constant }

func (wrong) Eval(_, _ []float64, same bool) float64 {
	if same {
		return 1
	}
	return -2
}

// Equal points without noise need a jitter, which is told, and the posterior goes
// through the data nevertheless.
func TestDuplicates(t *testing.T) {
	x, y := []float64{0, 1, 1, 2, 2}, []float64{1, 2, 2, 0, 0}
	g := GaussianProcess{Kernel: SquaredExponential{1, []float64{1}}}
	p, err := g.Condition(x, y)
	if err != nil {
		t.Fatal(err)
	}
	if p.Jitter() <= 0 || p.Jitter() > 1e-10 {
		t.Errorf("jitter %v", p.Jitter())
	}
	for i := range x {
		mean, variance := p.Predict(x[i : i+1])
		if math.Abs(mean-y[i]) > 1e-6 || variance > 1e-8 || variance < 0 {
			t.Errorf("at %v: %v with variance %v, want %v", x[i], mean, variance, y[i])
		}
	}
	g.Noise = 0.5 // with noise, two observations at a point count as one of their mean with half the variance
	two, err := g.Condition([]float64{0, 1, 1}, []float64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if two.Jitter() != 0 {
		t.Errorf("jitter %v with noise", two.Jitter())
	}
	k01 := math.Exp(-0.5)
	det := (1+0.25)*(1+0.125) - k01*k01
	want := (k01*(1.125*1-k01*2.5) + 1*(-k01*1+1.25*2.5)) / det
	got, _ := two.Predict([]float64{1})
	within(t, "mean at the twice observed point", got, want, 1e-14)
}

// Means and covariances of 20,000 samples against those of the posterior: fourteen
// numbers within 5.6 standard errors have a false-alarm rate of 3e-7.
func TestSamples(t *testing.T) {
	const draws = 20_000
	g := GaussianProcess{Kernel: Matern{2.5, 1, []float64{0.7}}, Noise: 0.2}
	p, err := g.Condition([]float64{0, 1, 3}, []float64{1, -1, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	xs := []float64{0.5, 0.9, 2, 5}
	mean, cov, err := p.Covariance(xs)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Samples(xs, draws, rand.New(rand.NewPCG(7, 1)))
	if err != nil {
		t.Fatal(err)
	}
	m := len(xs)
	worst := func(scale float64) float64 {
		worst := 0.0
		for i := range m {
			sum := 0.0
			for s := range draws {
				sum += f[s*m+i]
			}
			worst = max(worst, math.Abs(sum/draws-mean[i])/math.Sqrt(cov.At(i, i)/draws))
			for j := range i + 1 {
				c := 0.0
				for s := range draws {
					c += (f[s*m+i] - mean[i]) * (f[s*m+j] - mean[j]) / draws
				}
				v := scale * cov.At(i, j)
				se := math.Sqrt((cov.At(i, i)*cov.At(j, j) + v*v) / draws)
				worst = max(worst, math.Abs(c-v)/se)
			}
		}
		return worst
	}
	if z := worst(1); z > 5.6 {
		t.Errorf("%v standard errors off", z)
	}
	if z := worst(1.2); z < 5.6 {
		t.Errorf("a covariance that is 20%% too large is accepted: %v standard errors", z)
	}
	certain, err := GaussianProcess{Kernel: g.Kernel}.Condition([]float64{0, 1}, []float64{1, -1})
	if err != nil {
		t.Fatal(err)
	}
	f, err = certain.Samples([]float64{0, 1}, 2, rand.New(rand.NewPCG(7, 2)))
	if err != nil || math.Abs(f[0]-1) > 1e-5 || math.Abs(f[3]+1) > 1e-5 {
		t.Errorf("samples of what is certain: %v, %v", f, err)
	}
}

// The posterior of the book (D.53, D.54) for one observation, where it can be
// written down: μ̂ = k y/(1 + σ²), σ̂² = 1 − k²/(1 + σ²).
func TestBookGaussianProcess(t *testing.T) {
	g := GaussianProcess{Kernel: SquaredExponential{1, []float64{0.5}}, Noise: 0.3}
	p, err := g.Condition([]float64{1}, []float64{2})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{1, 1.3, 2, 4} {
		k := math.Exp(-(x - 1) * (x - 1) / (2 * 0.25)) // (D.50)
		mean, variance := p.Predict([]float64{x})
		within(t, "mean", mean, k*2/1.09, 1e-15)
		within(t, "variance", variance, 1-k*k/1.09, 1e-15)
	}
}
