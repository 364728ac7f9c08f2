package dist_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// A forbidden source must not be asked.
type forbidden struct{ t *testing.T }

func (f forbidden) Uint64() uint64 {
	f.t.Error("the stored source was used")
	return 4
}

// gonumPairs are distributions of gonum and the same ones of this package.
func gonumPairs(src rand.Source) []struct {
	theirs distuv.LogProber
	ours   dist.Univariate
} {
	return []struct {
		theirs distuv.LogProber
		ours   dist.Univariate
	}{
		{distuv.Normal{Mu: 1, Sigma: 2, Src: src}, dist.Normal{Mu: 1, Sigma: 2}},
		{&distuv.Normal{Mu: -1, Sigma: 3, Src: src}, dist.Normal{Mu: -1, Sigma: 3}},
		{distuv.LogNormal{Mu: 0.3, Sigma: 0.5, Src: src}, dist.LogNormal{Mu: 0.3, Sigma: 0.5}},
		{distuv.Exponential{Rate: 3, Src: src}, dist.Exponential{Rate: 3}},
		{distuv.Uniform{Min: -1, Max: 4, Src: src}, dist.Uniform{Lower: -1, Upper: 4}},
		{distuv.Beta{Alpha: 2, Beta: 5, Src: src}, dist.Beta{Alpha: 2, Beta: 5}},
		{distuv.StudentsT{Mu: 1, Sigma: 2, Nu: 5, Src: src}, dist.StudentT{Nu: 5, Location: 1, Scale: 2}},
		{distuv.Weibull{K: 1.5, Lambda: 2, Src: src}, dist.Weibull{Shape: 1.5, Scale: 2}},
		{distuv.GumbelRight{Mu: 1, Beta: 2, Src: src}, dist.Gumbel{Location: 1, Scale: 2}},
		{distuv.Laplace{Mu: 1, Scale: 2, Src: src}, dist.Laplace{Location: 1, Scale: 2}},
		{distuv.NewTriangle(0, 4, 1, src), dist.Triangular{Lower: 0, Mode: 1, Upper: 4}},
		{distuv.Bernoulli{P: 0.3, Src: src}, dist.Bernoulli{P: 0.3}},
		{distuv.Binomial{N: 12, P: 0.3, Src: src}, dist.Binomial{N: 12, P: 0.3}},
		{distuv.Poisson{Lambda: 3, Src: src}, dist.Poisson{Lambda: 3}},
		{distuv.NewCategorical([]float64{0.2, 0.5, 0.3}, src), mustCategorical(0.2, 0.5, 0.3)},
	}
}

func mustCategorical(p ...float64) dist.Univariate {
	d, err := dist.NewCategorical(p)
	if err != nil {
		panic(err)
	}
	return d
}

// TestFromGonum holds what comes from gonum against the same distribution of this
// package, and draws against the distribution function.
func TestFromGonum(t *testing.T) {
	for _, c := range gonumPairs(forbidden{t}) {
		d, err := dist.FromGonum(c.theirs)
		if err != nil {
			t.Error(err)
			continue
		}
		what := d.String()
		if _, taken := d.(dist.Categorical); !taken && !strings.HasPrefix(what, "distuv.") || strings.Contains(what, "Src") {
			t.Errorf("String %s", what)
		}
		if d.Validate() != nil || d.Support() != c.ours.Support() {
			t.Errorf("%s: %v, support %v, want %v", what, d.Validate(), d.Support(), c.ours.Support())
		}
		close(t, what+" mean", d.Mean(), c.ours.Mean(), 1e-12)
		close(t, what+" variance", d.Variance(), c.ours.Variance(), 1e-12)
		close(t, what+" entropy", d.Entropy(), c.ours.Entropy(), 1e-9)
		for _, p := range []float64{0.001, 0.2, 0.5, 0.71, 0.99} {
			x := c.ours.Quantile(p)
			close(t, what+" quantile", d.Quantile(p), x, 1e-8)
			close(t, what+" log density", 50+d.LogProb(x), 50+c.ours.LogProb(x), 1e-12)
			close(t, what+" CDF", d.CDF(x), c.ours.CDF(x), 1e-10)
			close(t, what+" log CDF", d.LogCDF(x), c.ours.LogCDF(x), 1e-9)
			close(t, what+" survival", 1+d.Survival(x), 1+c.ours.Survival(x), 1e-10)
		}
		if _, kink := c.theirs.(distuv.Laplace); kink {
			continue // which the suite does not integrate
		}
		if _, kink := c.theirs.(distuv.Triangle); kink {
			continue
		}
		disttest.Run(t, disttest.Case{Dist: d, Tol: 1e-6, RoughTails: true, NoNew: true})
	}
}

// Draws are the very ones that gonum makes from the same source.
func TestFromGonumSameDraws(t *testing.T) {
	for k, c := range gonumPairs(nil) {
		d, err := dist.FromGonum(c.theirs)
		if err != nil {
			t.Fatal(err)
		}
		theirs := gonumPairs(rand.NewPCG(1, 2))[k].theirs
		switch theirs.(type) {
		case distuv.Triangle, distuv.Categorical: // their source is out of reach
			continue
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			if got, want := d.Rand(r), theirs.(distuv.Rander).Rand(); got != want {
				t.Errorf("%v: drew %v, gonum %v", d, got, want)
				break
			}
		}
	}
}

// Draws of many goroutines are those of one.
func TestFromGonumConcurrent(t *testing.T) {
	d, err := dist.FromGonum(distuv.Gamma{Alpha: 2.5, Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	draw := func(seed uint64) (sum float64) {
		r := rand.New(rand.NewPCG(seed, 0))
		for range 1000 {
			sum += d.Rand(r)
		}
		return sum
	}
	var group sync.WaitGroup
	got := make([]float64, 8)
	for k := range got {
		group.Go(func() { got[k] = draw(uint64(k)) })
	}
	group.Wait()
	for k := range got {
		if want := draw(uint64(k)); got[k] != want {
			t.Errorf("stream %d: %v, alone %v", k, got[k], want)
		}
	}
}

// A copy is taken: what happens to the original later is of no account.
func TestFromGonumCopies(t *testing.T) {
	n := &distuv.Normal{Mu: 0, Sigma: 1}
	d, err := dist.FromGonum(n)
	if err != nil {
		t.Fatal(err)
	}
	n.Mu = 7
	if d.Mean() != 0 || d.CDF(0) != 0.5 {
		t.Errorf("mean %v", d.Mean())
	}
}

// massless has a density and nothing else; lower has no Quantile, and lowest no
// Survival either.
type (
	massless struct{}
	lower    struct{ dist.Normal }
	lowest   struct{ lower }
)

func (massless) LogProb(float64) float64 { return 0 }

func (lower) Quantile()      {}
func (lower) Rand()          {}
func (lower) Entropy()       {}
func (lower) Support() error { return nil }

func (lowest) Survival() {}

func TestFromGonumOwn(t *testing.T) {
	own := dist.Normal{Mu: 3, Sigma: 2}
	d, err := dist.FromGonum(lower{own})
	if err != nil {
		t.Fatal(err)
	}
	disttest.Run(t, disttest.Case{Dist: d, Tol: 1e-6, RoughTails: true, NoNew: true})
	close(t, "entropy", d.Entropy(), own.Entropy(), 1e-10)
	if d, err = dist.FromGonum(lowest{lower{own}}); err != nil {
		t.Fatal(err)
	}
	close(t, "survival", d.Survival(5), own.Survival(5), 1e-14)
}

func TestFromGonumErrors(t *testing.T) {
	for name, d := range map[string]distuv.LogProber{
		"nothing": nil, "nil pointer": (*distuv.Normal)(nil), "density alone": massless{}, "no parameters": distuv.Normal{}, "negative": distuv.Beta{Alpha: -1, Beta: 1},
		"NaN": distuv.Normal{Mu: math.NaN(), Sigma: 1}, "infinite": distuv.Exponential{Rate: math.Inf(1)}, "no range": distuv.Uniform{Min: 1, Max: 1},
		"zero": distuv.Poisson{}, "too many": distuv.Bernoulli{P: 2}, "invalid": dist.ToGonum(dist.Normal{}, nil),
	} {
		got, err := dist.FromGonum(d)
		var config *belief.ConfigError
		var param *dist.ParameterError
		if !errors.As(err, &config) && !errors.As(err, &param) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Gonum's interfaces, and what generic code may ask for beside them.
var (
	_ distuv.RandLogProber = dist.Gonum{}
	_ distuv.Quantiler     = dist.Gonum{}
	_ interface {
		Prob(float64) float64
		CDF(float64) float64
		Survival(float64) float64
		Mean() float64
		StdDev() float64
		Variance() float64
		Entropy() float64
	} = dist.Gonum{}
)

func TestToGonum(t *testing.T) {
	own := dist.StudentT{Nu: 4, Location: 1, Scale: 2}
	g := dist.ToGonum(own, rand.NewPCG(3, 4))
	r := rand.New(rand.NewPCG(3, 4))
	for range 10 {
		if got, want := g.Rand(), own.Rand(r); got != want {
			t.Fatalf("drew %v, want %v", got, want)
		}
	}
	theirs := distuv.StudentsT{Nu: 4, Mu: 1, Sigma: 2}
	for _, x := range []float64{-3, 0, 1, 2.5} {
		close(t, "Prob", g.Prob(x), theirs.Prob(x), 1e-13)
		close(t, "CDF", g.CDF(x), theirs.CDF(x), 1e-13)
		close(t, "Survival", g.Survival(x), theirs.Survival(x), 1e-13)
	}
	close(t, "StdDev", g.StdDev(), theirs.StdDev(), 1e-15)
	close(t, "Quantile", g.Quantile(0.9), theirs.Quantile(0.9), 1e-9)
	if back, err := dist.FromGonum(g); err != nil || back != dist.Univariate(own) || g.Unwrap() != dist.Univariate(own) {
		t.Errorf("back comes %v, %v", back, err)
	}
	global := dist.ToGonum(own, nil)
	if a, b := global.Rand(), global.Rand(); a == b {
		t.Errorf("the global source gives %v twice", a)
	}
}
