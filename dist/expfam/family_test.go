package expfam_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// logProb and draw speak to distributions of numbers and of vectors alike.
func logProb(d any, x []float64) float64 {
	if v, ok := d.(dist.VectorLogProber); ok {
		return v.LogProb(x)
	}
	return d.(dist.LogProber).LogProb(x[0])
}

func draw(d any, r *rand.Rand) []float64 {
	if one, ok := d.(dist.Rander); ok {
		return []float64{one.Rand(r)}
	}
	return d.(dist.VectorRander).RandTo(nil, r)
}

// A member makes a random distribution of a family and brings it back from η.
type member struct {
	family string // with what it fixes
	make   func(r *rand.Rand) any
	back   func(f expfam.Family, eta []float64) (any, error)
}

// spread draws a positive number over some orders of magnitude.
func spread(r *rand.Rand) float64 { return math.Exp(1.5 * r.NormFloat64()) }

// shares draws k probabilities.
func shares(k int, r *rand.Rand) []float64 {
	p, sum := make([]float64, k), 0.0
	for i := range p {
		p[i] = r.ExpFloat64() + 0.01
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// covariance draws a positive definite matrix.
func covariance(n int, r *rand.Rand) *mat.SymDense {
	a := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			a.Set(i, j, r.NormFloat64())
		}
	}
	s := mat.NewSymDense(n, nil)
	s.SymOuterK(1, a)
	for i := range n {
		s.SetSym(i, i, s.At(i, i)+0.1)
	}
	return s
}

// must returns d, which has to be valid.
func must[D any](d D, err error) any {
	if err != nil {
		panic(err)
	}
	return d
}

var members = []member{
	{"Bernoulli", func(r *rand.Rand) any { return dist.Bernoulli{P: r.Float64()} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Bernoulli).Distribution(eta) }},
	{"Binomial(N: 30)", func(r *rand.Rand) any { return dist.Binomial{N: 30, P: r.Float64()} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Binomial).Distribution(eta) }},
	{"Categorical(K: 5)", func(r *rand.Rand) any { return must(dist.NewCategorical(shares(5, r))) },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Categorical).Distribution(eta) }},
	{"Multinomial(N: 20, K: 4)", func(r *rand.Rand) any { return must(dist.NewMultinomial(20, shares(4, r))) },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Multinomial).Distribution(eta) }},
	{"Poisson", func(r *rand.Rand) any { return dist.Poisson{Lambda: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Poisson).Distribution(eta) }},
	{"Geometric", func(r *rand.Rand) any { return dist.Geometric{P: 0.01 + 0.98*r.Float64()} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Geometric).Distribution(eta) }},
	{"NegativeBinomial(R: 2.5)", func(r *rand.Rand) any { return dist.NegativeBinomial{R: 2.5, P: 0.01 + 0.98*r.Float64()} },
		func(f expfam.Family, eta []float64) (any, error) {
			return f.(expfam.NegativeBinomial).Distribution(eta)
		}},
	{"Normal", func(r *rand.Rand) any { return dist.Normal{Mu: 3 * r.NormFloat64(), Sigma: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Normal).Distribution(eta) }},
	{"LogNormal", func(r *rand.Rand) any { return dist.LogNormal{Mu: 3 * r.NormFloat64(), Sigma: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.LogNormal).Distribution(eta) }},
	{"Exponential", func(r *rand.Rand) any { return dist.Exponential{Rate: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Exponential).Distribution(eta) }},
	{"Gamma", func(r *rand.Rand) any { return dist.Gamma{Shape: 0.1 + spread(r), Rate: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Gamma).Distribution(eta) }},
	{"InverseGamma", func(r *rand.Rand) any { return dist.InverseGamma{Shape: 0.1 + spread(r), Scale: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.InverseGamma).Distribution(eta) }},
	{"Beta", func(r *rand.Rand) any { return dist.Beta{Alpha: 0.3 + spread(r), Beta: 0.3 + spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Beta).Distribution(eta) }},
	{"Pareto(Scale: 2)", func(r *rand.Rand) any { return dist.Pareto{Scale: 2, Shape: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Pareto).Distribution(eta) }},
	{"Weibull(Shape: 1.5)", func(r *rand.Rand) any { return dist.Weibull{Shape: 1.5, Scale: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Weibull).Distribution(eta) }},
	{"Laplace(Location: -3)", func(r *rand.Rand) any { return dist.Laplace{Location: -3, Scale: spread(r)} },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Laplace).Distribution(eta) }},
	{"VonMises", func(r *rand.Rand) any { return must(dist.NewVonMises(6*r.Float64()-3, spread(r))) },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.VonMises).Distribution(eta) }},
	{"MultivariateNormal(D: 3)", func(r *rand.Rand) any {
		return must(dist.NewMultivariateNormal([]float64{r.NormFloat64(), 2, -1}, covariance(3, r)))
	}, func(f expfam.Family, eta []float64) (any, error) {
		return f.(expfam.MultivariateNormal).Distribution(eta)
	}},
	{"Wishart(D: 2)", func(r *rand.Rand) any { return must(dist.NewWishart(2+spread(r), covariance(2, r))) },
		func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Wishart).Distribution(eta) }},
	{"Dirichlet(K: 3)", func(r *rand.Rand) any {
		return must(dist.NewDirichlet([]float64{0.3 + spread(r), 0.3 + spread(r), 0.3 + spread(r)}))
	}, func(f expfam.Family, eta []float64) (any, error) { return f.(expfam.Dirichlet).Distribution(eta) }},
}

// TestLogProb compares with the distributions' own log probability, at their own
// draws, for both directions between them and η. The tolerance allows for terms that
// cancel.
func TestLogProb(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(3, uint64(len(m.family))))
		for range 200 {
			d := m.make(r)
			f, eta, err := expfam.Of(d)
			if err != nil || f.String() != m.family || f.Validate() != nil || len(eta) != f.Dim() {
				t.Fatalf("Of(%v) = %v, %v, %v; want family %s", d, f, eta, err, m.family)
			}
			again, err := m.back(f, eta)
			if err != nil {
				t.Fatalf("%v at %v: %v", f, eta, err)
			}
			x := draw(d, r)
			if len(x) != f.Size() {
				t.Fatalf("%v has size %d, and a draw of %d", f, f.Size(), len(x))
			}
			size := 1 + math.Abs(f.LogBase(x)) + math.Abs(f.LogPartition(eta))
			for i, v := range f.SufficientTo(nil, x) {
				size += math.Abs(v * eta[i])
			}
			want := logProb(d, x)
			if got := expfam.LogProb(f, eta, x); !(math.Abs(got-want) <= 1e-13*size) {
				t.Errorf("%v at %v: log p is %.17g, want %.17g", d, x, got, want)
			}
			if got := logProb(again, x); !(math.Abs(got-want) <= 1e-13*size) {
				t.Errorf("%v, taken to η and back, is %v", d, again)
			}
		}
	}
}

// TestDifferences compares gradient and Hessian with differences of A, at points
// other than those of the goldens. Their error is that of h² times the next
// derivatives and of rounding over h or h².
func TestDifferences(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(4, uint64(len(m.family))))
		for range 20 {
			f, eta, err := expfam.Of(m.make(r))
			if err != nil {
				t.Fatal(err)
			}
			mean, hessian := f.MeanTo(nil, eta), f.HessianTo(nil, eta)
			if !mat.Equal(hessian, f.HessianTo(mat.NewSymDense(f.Dim(), nil), eta)) {
				t.Errorf("%v: the Hessian depends on its destination", f)
			}
			moved := func(i int, h float64) []float64 {
				e := append([]float64(nil), eta...)
				e[i] += h
				return e
			}
			for i := range eta {
				h := 1e-4 / (math.Sqrt(hessian.At(i, i)) + math.Abs(1/eta[i]))
				up, down := moved(i, h), moved(i, -h)
				got := (f.LogPartition(up) - f.LogPartition(down)) / (2 * h)
				tol := 1e-6*(math.Abs(mean[i])+math.Sqrt(hessian.At(i, i))) + 1e-14*math.Abs(f.LogPartition(eta))/h
				if !(math.Abs(got-mean[i]) <= tol) {
					t.Errorf("%v at %v: slope %d of A is %v, ∇A has %v", f, eta, i, got, mean[i])
				}
				a, b := f.MeanTo(nil, up), f.MeanTo(nil, down)
				for j := range eta {
					got, want := (a[j]-b[j])/(2*h), hessian.At(i, j)
					tol := 1e-6*math.Sqrt(hessian.At(i, i)*hessian.At(j, j)) + 1e-14*math.Abs(mean[j])/h
					if !(math.Abs(got-want) <= tol) {
						t.Errorf("%v at %v: slope %d of ∇A[%d] is %v, ∇²A has %v", f, eta, i, j, got, want)
					}
				}
			}
		}
	}
}

// TestNatural shows that NaturalTo inverts MeanTo: back in the mean to rounding, and
// in η as far as the mean determines it, with a Newton step for a yardstick.
func TestNatural(t *testing.T) {
	for _, m := range members {
		t.Run(m.family, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
				f, eta, err := expfam.Of(m.make(r))
				if err != nil {
					t.Skip()
				}
				roundTrip(t, f, eta)
			})
		})
	}
	for _, g := range []struct {
		f   expfam.Family
		eta []float64
	}{
		{expfam.Wishart{D: 2}, []float64{-0.5, 0.2, -0.9, 0.1}}, {expfam.Wishart{D: 1}, []float64{-3, -0.9}},
		{expfam.Wishart{D: 3}, []float64{-0.5, 0.2, -0.9, 0.1, 0.2, -2, 40}},
		{expfam.Gamma{}, []float64{1e-6, -1}}, {expfam.Gamma{}, []float64{1e5, -1e-3}},
		{expfam.Beta{}, []float64{1e-3, 1e-3}}, {expfam.Beta{}, []float64{1e-3, 1e3}}, {expfam.Beta{}, []float64{3e3, 2e3}},
		{expfam.Dirichlet{K: 4}, []float64{1e-2, 1, 100, 1e4}}, {expfam.VonMises{}, []float64{1e-6, 0}},
		{expfam.VonMises{}, []float64{300, 400}}, {expfam.Geometric{}, []float64{-1e-9}}, {expfam.Bernoulli{}, []float64{-500}},
	} {
		roundTrip(t, g.f, g.eta)
	}
}

func roundTrip(t interface{ Errorf(string, ...any) }, f expfam.Family, eta []float64) {
	mean := f.MeanTo(nil, eta)
	got, err := f.NaturalTo(nil, mean)
	if err != nil {
		t.Errorf("%v: no η for the mean %v of %v: %v", f, mean, eta, err)
		return
	}
	again, hessian := f.MeanTo(nil, got), f.HessianTo(nil, eta)
	var c mat.Cholesky
	if !c.Factorize(hessian) {
		t.Errorf("%v at %v: the Hessian is not positive definite", f, eta)
		return
	}
	var inv mat.SymDense
	_ = c.InverseTo(&inv)
	for i := range eta {
		if math.Abs(again[i]-mean[i]) > 1e-11*(math.Abs(mean[i])+math.Sqrt(hessian.At(i, i))) {
			t.Errorf("%v at %v: mean %v becomes %v", f, eta, mean, again)
		}
		tol := 1e-13 * math.Abs(eta[i])
		for j := range eta {
			tol += 1e-14 * math.Abs(inv.At(i, j)) * math.Abs(mean[j])
		}
		if math.Abs(got[i]-eta[i]) > 10*tol {
			t.Errorf("%v: η %v becomes %v", f, eta, got)
		}
	}
}

// TestEdges looks at η outside the domain, x outside the support, means that are
// none, and wrong lengths.
func TestEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		f              expfam.Family
		eta, x, mean   [][]float64 // outside
		within, inside []float64   // an η of the domain and a value of the support
	}{
		{expfam.Bernoulli{}, [][]float64{{inf}, {-inf}}, [][]float64{{2}, {0.5}, {-1}}, [][]float64{{0}, {1}, {nan}}, []float64{0}, []float64{1}},
		{expfam.Binomial{N: 3}, [][]float64{{inf}}, [][]float64{{4}, {1.5}, {inf}}, [][]float64{{0}, {3}, {-1}}, []float64{0}, []float64{3}},
		{expfam.Categorical{K: 3}, [][]float64{{inf, 0}}, [][]float64{{3}, {-1}, {0.5}}, [][]float64{{0, 0.5}, {0.5, 0.5}}, []float64{0, 0}, []float64{2}},
		{expfam.Multinomial{N: 2, K: 2}, [][]float64{{-inf}}, [][]float64{{1, 0}, {2, 1}, {-1, 3}}, [][]float64{{0}, {2}}, []float64{0}, []float64{1, 1}},
		{expfam.Poisson{}, [][]float64{{inf}}, [][]float64{{-1}, {0.5}, {inf}}, [][]float64{{0}, {inf}}, []float64{0}, []float64{7}},
		{expfam.Geometric{}, [][]float64{{0}, {1}}, [][]float64{{-1}, {0.5}}, [][]float64{{0}, {inf}, {-1}}, []float64{-1}, []float64{0}},
		{expfam.NegativeBinomial{R: 2}, [][]float64{{0}, {-inf}}, [][]float64{{-1}, {0.5}}, [][]float64{{0}}, []float64{-1}, []float64{0}},
		{expfam.Normal{}, [][]float64{{0, 0}, {0, 1}, {inf, -1}}, [][]float64{{inf}}, [][]float64{{1, 1}, {1, 0.5}, {0, inf}}, []float64{0, -1}, []float64{-7}},
		{expfam.LogNormal{}, [][]float64{{0, 0}}, [][]float64{{0}, {-1}, {inf}}, [][]float64{{1, 1}}, []float64{0, -1}, []float64{7}},
		{expfam.Exponential{}, [][]float64{{0}, {1}, {-inf}}, [][]float64{{-1}, {inf}}, [][]float64{{0}, {-1}, {inf}}, []float64{-1}, []float64{0}},
		{expfam.Gamma{}, [][]float64{{0, -1}, {1, 0}, {inf, -1}}, [][]float64{{0}, {-1}, {inf}}, [][]float64{{0, 1}, {1, 1}, {0, -1}}, []float64{1, -1}, []float64{1}},
		{expfam.InverseGamma{}, [][]float64{{0, -1}}, [][]float64{{0}, {-1}}, [][]float64{{0, 1}}, []float64{1, -1}, []float64{1}},
		{expfam.Beta{}, [][]float64{{0, 1}, {1, -1}}, [][]float64{{0}, {1}, {2}}, [][]float64{{0, -1}, {-0.1, -0.1}}, []float64{1, 1}, []float64{0.5}},
		{expfam.Pareto{Scale: 2}, [][]float64{{0}}, [][]float64{{1}, {inf}}, [][]float64{{0}}, []float64{-1}, []float64{2}},
		{expfam.Weibull{Shape: 2}, [][]float64{{0}}, [][]float64{{-1}, {inf}}, [][]float64{{0}}, []float64{-1}, []float64{2}},
		{expfam.Laplace{Location: 2}, [][]float64{{0}}, [][]float64{{inf}}, [][]float64{{0}}, []float64{-1}, []float64{2}},
		{expfam.VonMises{}, [][]float64{{inf, 0}}, [][]float64{{4}, {-4}}, [][]float64{{0, 1}, {1, 1}}, []float64{0, 0}, []float64{1}},
		{expfam.Dirichlet{K: 2}, [][]float64{{0, 1}}, [][]float64{{0, 1}, {0.5, 0.6}, {-1, 2}}, [][]float64{{0, -1}}, []float64{1, 1}, []float64{0.5, 0.5}},
		{expfam.MultivariateNormal{D: 2}, [][]float64{{0, 0, -1, 3, -1}, {0, 0, 1, 0, -1}, {inf, 0, -1, 0, -1}}, [][]float64{{inf, 0}},
			[][]float64{{1, 1, 1, 1, 2}, {0, 0, 1, 1, 1}}, []float64{0, 0, -1, 0, -1}, []float64{3, 3}},
		{expfam.Wishart{D: 2}, [][]float64{{-1, 3, -1, 0}, {-1, 0, -1, -1}, {-1, 0, -1, inf}}, [][]float64{{1, 2, 2, 1}, {1, 0, 0.1, 1}, {0, 0, 0, 0}},
			[][]float64{{1, 2, 1, 0}, {1, 0, 1, 0}, {1, 0, 1, 1}}, []float64{-1, 0, -1, 0}, []float64{1, 0, 0, 1}},
	} {
		name := c.f.String()
		for _, eta := range c.eta {
			if c.f.Contains(eta) || !math.IsInf(c.f.LogPartition(eta), 1) {
				t.Errorf("%s: %v is in the domain, A is %v", name, eta, c.f.LogPartition(eta))
			}
			if m, h := c.f.MeanTo(nil, eta), c.f.HessianTo(nil, eta); !math.IsNaN(m[0]) || !math.IsNaN(h.At(0, 0)) {
				t.Errorf("%s: at %v, outside the domain, the mean is %v", name, eta, m)
			}
		}
		bad := append([]float64(nil), c.within...)
		bad[len(bad)-1] = nan
		if a := c.f.LogPartition(bad); c.f.Contains(bad) || !math.IsNaN(a) || !math.IsNaN(c.f.MeanTo(nil, bad)[0]) {
			t.Errorf("%s: NaN in η passes, as %v", name, a)
		}
		if !c.f.Contains(c.within) || math.IsInf(c.f.LogBase(c.inside), 0) || math.IsNaN(expfam.LogProb(c.f, c.within, c.inside)) {
			t.Errorf("%s: %v or %v are outside", name, c.within, c.inside)
		}
		for _, x := range c.x {
			if got := expfam.LogProb(c.f, c.within, x); !math.IsInf(got, -1) {
				t.Errorf("%s: log p(%v) is %v", name, x, got)
			}
		}
		bad = append([]float64(nil), c.inside...)
		bad[0] = nan
		if got := expfam.LogProb(c.f, c.within, bad); !math.IsNaN(got) {
			t.Errorf("%s: log p(NaN) is %v", name, got)
		}
		var fit *dist.FitError
		for _, m := range c.mean {
			if eta, err := c.f.NaturalTo(nil, m); !errors.As(err, &fit) {
				t.Errorf("%s: the mean %v has η %v, error %v", name, m, eta, err)
			}
		}
		long := make([]float64, 99)
		for what, call := range map[string]func(){
			"LogPartition": func() { c.f.LogPartition(long) }, "MeanTo": func() { c.f.MeanTo(nil, long) },
			"dst": func() { c.f.MeanTo(long, c.within) }, "HessianTo": func() { c.f.HessianTo(nil, long) },
			"Hessian dst": func() { c.f.HessianTo(mat.NewSymDense(99, nil), c.within) },
			"NaturalTo":   func() { _, _ = c.f.NaturalTo(nil, long) }, "LogBase": func() { c.f.LogBase(long) },
			"SufficientTo": func() { c.f.SufficientTo(nil, long) },
		} {
			if !panics(call) {
				t.Errorf("%s: %s takes a wrong length", name, what)
			}
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// TestValidate refuses what a family cannot fix.
func TestValidate(t *testing.T) {
	var param *dist.ParameterError
	for _, f := range []expfam.Family{
		expfam.Binomial{}, expfam.Binomial{N: 1.5}, expfam.Binomial{N: math.NaN()}, expfam.Binomial{N: 1e17},
		expfam.Categorical{K: 1}, expfam.Multinomial{N: 0, K: 3}, expfam.Multinomial{N: 1, K: 1}, expfam.NegativeBinomial{R: math.Inf(1)},
		expfam.Pareto{}, expfam.Weibull{Shape: math.NaN()}, expfam.Laplace{Location: math.Inf(1)}, expfam.Dirichlet{K: 1},
		expfam.MultivariateNormal{}, expfam.MultivariateNormal{D: 1 << 20}, expfam.Wishart{D: -1}, expfam.Categorical{K: 1 << 40},
	} {
		if err := f.Validate(); !errors.As(err, &param) {
			t.Errorf("%v is valid: %v", f, err)
		}
		if _, err := expfam.NewStatistics(f); !errors.As(err, &param) {
			t.Errorf("%v has statistics: %v", f, err)
		}
	}
	seen := map[string]bool{}
	for _, m := range members {
		f, _, err := expfam.Of(m.make(rand.New(rand.NewPCG(1, 1))))
		if err != nil || f.Validate() != nil || seen[fmt.Sprint(f)] {
			t.Errorf("%v is not valid or not alone", f)
		}
		seen[fmt.Sprint(f)] = true
	}
}
