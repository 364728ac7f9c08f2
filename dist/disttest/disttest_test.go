package disttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/belief-go/belief/dist"
)

// recorder collects what the suite complains about.
type recorder struct{ complaints []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

func newNormal(p []float64) dist.Univariate { return dist.Normal{Mu: p[0], Sigma: p[1]} }

func fitNormal(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, w) }

func TestRunAccepts(t *testing.T) {
	Run(t, Case{Dist: dist.Normal{Mu: 2, Sigma: 3}, New: newNormal, Fit: fitNormal})
	Run(t, Case{Dist: dist.Gamma{Shape: 0.5, Rate: 2}, NoNew: true})
	Run(t, Case{Dist: dist.Cauchy{Location: -4, Scale: 0.1}, NoNew: true})
}

// cusp is the gamma distribution of shape ½, which has a pole, and a mistake.
type cusp struct{ dist.Gamma }

func (d cusp) LogProb(x float64) float64 { return d.Gamma.LogProb(x) * (1 + 1e-8) }
func (d cusp) LogProbTo(dst, x []float64) []float64 {
	dst = d.Gamma.LogProbTo(dst, x)
	for i := range dst {
		dst[i] *= 1 + 1e-8
	}
	return dst
}

// One mistake each, in a distribution that is otherwise right.
type (
	density   struct{ dist.Normal } // does not integrate to one
	mean      struct{ dist.Normal }
	variance  struct{ dist.Normal }
	entropy   struct{ dist.Normal }
	quantile  struct{ dist.Normal }
	survival  struct{ dist.Normal }
	logCDF    struct{ dist.Normal }
	gradient  struct{ dist.Normal }
	score     struct{ dist.Normal }
	sampler   struct{ dist.Normal } // a twentieth of a standard deviation off
	clock     struct{ dist.Normal } // draws differ from run to run
	support   struct{ dist.Normal } // draws below its support
	nanLogCDF struct{ dist.Normal } // in LogCDF
	nanLives  struct{ dist.Normal } // in Survival
	gradPass  struct{ dist.Normal } // NaN in GradLogProb
	upperEdge struct{ dist.Normal } // UpperQuantile(0) is finite
	lowerEdge struct{ dist.Normal } // UpperQuantile(1) is
	upperBad  struct{ dist.Normal } // UpperQuantile of no probability
	upperTail struct{ dist.Normal } // UpperQuantile by way of 1 − q
	batch     struct{ dist.Normal }
	batchEdge struct{ dist.Normal } // zero where LogProb is NaN
	batchNil  struct{ dist.Normal } // wrong only without a destination
	batchCopy struct{ dist.Normal } // leaves its destination alone
	batchHeap struct{ dist.Normal } // LogProbTo allocates
	memory    struct {              // draws depend on the last quantile asked for
		dist.Normal
		last *float64
	}
)

func (d density) LogProb(x float64) float64 { return d.Normal.LogProb(x) + 5e-8 }
func (d density) LogProbTo(dst, x []float64) []float64 {
	dst = d.Normal.LogProbTo(dst, x)
	for i := range dst {
		dst[i] += 5e-8
	}
	return dst
}
func (d mean) Mean() float64                  { return d.Mu + 1e-3 }
func (d variance) Variance() float64          { return d.Sigma * d.Sigma * 1.001 }
func (d entropy) Entropy() float64            { return d.Normal.Entropy() + 1e-3 }
func (d quantile) Quantile(p float64) float64 { return d.Normal.Quantile(p) * (1 + 1e-8) }
func (d survival) Survival(x float64) float64 {
	return d.Normal.Survival(x) + 1e-12*math.Exp(-(x-d.Mu)*(x-d.Mu))
}
func (d logCDF) LogCDF(x float64) float64        { return d.Normal.LogCDF(x) * (1 + 1e-7) }
func (d gradient) GradLogProb(x float64) float64 { return -d.Normal.GradLogProb(x) }
func (d score) ScoreTo(dst []float64, x float64) []float64 {
	dst = d.Normal.ScoreTo(dst, x)
	dst[1] *= 2
	return dst
}
func (d sampler) Rand(r *rand.Rand) float64 { return d.Normal.Rand(r) + d.Sigma/20 }
func (d clock) Rand(*rand.Rand) float64     { return d.Mu + d.Sigma*rand.NormFloat64() }
func (d support) Support() dist.Support     { return dist.Support{Lower: d.Mu, Upper: d.Mu + 1e9} }
func (d nanLogCDF) LogCDF(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return d.Normal.LogCDF(x)
}
func (d nanLives) Survival(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return d.Normal.Survival(x)
}
func (d gradPass) GradLogProb(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return d.Normal.GradLogProb(x)
}
func (d upperEdge) UpperQuantile(q float64) float64 {
	return min(d.Normal.UpperQuantile(q), 1e9)
}
func (d lowerEdge) UpperQuantile(q float64) float64 {
	return max(d.Normal.UpperQuantile(q), -1e9)
}
func (d upperBad) UpperQuantile(q float64) float64  { return d.Normal.UpperQuantile(max(0, min(q, 1))) }
func (d upperTail) UpperQuantile(q float64) float64 { return d.Normal.Quantile(1 - q) }
func (d batch) LogProbTo(dst, x []float64) []float64 {
	dst = d.Normal.LogProbTo(dst, x)
	dst[len(dst)-1] += 1e-9
	return dst
}
func (d batchEdge) LogProbTo(dst, x []float64) []float64 {
	dst = d.Normal.LogProbTo(dst, x)
	for i, v := range x {
		if math.IsNaN(v) {
			dst[i] = 0
		}
	}
	return dst
}
func (d batchNil) LogProbTo(dst, x []float64) []float64 {
	if dst == nil {
		return make([]float64, len(x))
	}
	return d.Normal.LogProbTo(dst, x)
}
func (d batchCopy) LogProbTo(_, x []float64) []float64 { return d.Normal.LogProbTo(nil, x) }
func (d batchHeap) LogProbTo(dst, x []float64) []float64 {
	return d.Normal.LogProbTo(dst, append([]float64(nil), x...))
}
func (d memory) Quantile(p float64) float64 {
	*d.last = p
	return d.Normal.Quantile(p)
}
func (d memory) Rand(r *rand.Rand) float64 { return d.Normal.Rand(r) + 1e-6**d.last }

// The mistakes that conduct.go is for.
type (
	drift     struct{ dist.Normal } // draws 0.03 standard deviations off
	spread    struct{ dist.Normal } // draws with a scale 5% too large
	logOfCDF  struct{ dist.Normal } // −Inf where CDF underflows
	logOfLess struct{ dist.Normal } // the same of LogSurvival
	oneMinus  struct{ dist.Normal } // Survival is a difference
	lenient   struct{ dist.Normal } // takes all parameters
	nameless  struct{ dist.Normal }
	alike     struct{ dist.Normal } // a name without parameters
	shared    struct {
		dist.Normal
		params []float64
	}
)

func (d drift) Rand(r *rand.Rand) float64  { return d.Normal.Rand(r) + 0.03*d.Sigma }
func (d spread) Rand(r *rand.Rand) float64 { return d.Mu + 1.05*(d.Normal.Rand(r)-d.Mu) }
func (d logOfCDF) LogCDF(x float64) float64 {
	if c := d.CDF(x); c == 0 {
		return math.Inf(-1)
	}
	return d.Normal.LogCDF(x)
}
func (d logOfLess) LogSurvival(x float64) float64 { return math.Log(d.Survival(x)) }
func (d oneMinus) Survival(x float64) float64     { return 1 - d.CDF(x) }
func (d oneMinus) UpperQuantile(q float64) string { return "" } // has none
func (d lenient) Validate() error                 { return nil }
func (d nameless) String() string                 { return "" }
func (d alike) String() string                    { return "Normal" }
func (d shared) Params() []float64                { return d.params }

// TestRunRejects gives the suite one mistake at a time: the check that is for it
// must refuse it, and no other may.
func TestRunRejects(t *testing.T) {
	good := dist.Normal{Mu: 2, Sigma: 3}
	for _, c := range []struct {
		Case
		want string
	}{
		{Case{Dist: density{good}}, "the density integrates"},
		{Case{Dist: cusp{dist.Gamma{Shape: 0.5, Rate: 2}}}, "the density integrates"},
		{Case{Dist: mean{good}}, "the mean"},
		{Case{Dist: variance{good}}, "the variance"},
		{Case{Dist: entropy{good}}, "the entropy"},
		{Case{Dist: quantile{good}}, `CDF\(Quantile`},
		{Case{Dist: survival{good}}, `CDF\+Survival`},
		{Case{Dist: logCDF{good}}, `LogCDF\(`},
		{Case{Dist: gradient{good}}, `GradLogProb\(`},
		{Case{Dist: score{good}, New: newNormal}, "the score"},
		{Case{Dist: sampler{good}}, "draws are at most|the mean of draws"},
		{Case{Dist: drift{good}}, "the mean of draws"},
		{Case{Dist: spread{good}}, "the variance of draws"},
		{Case{Dist: logOfCDF{good}}, "LogCDF.*-Inf"},
		{Case{Dist: oneMinus{good}}, "Survival"},
		{Case{Dist: logOfLess{good}}, "LogSurvival"},
		{Case{Dist: lenient{good}, New: func(p []float64) dist.Univariate { return lenient{dist.Normal{Mu: p[0], Sigma: p[1]}} }}, "Validate accepts"},
		{Case{Dist: good, New: newNormal, Bad: [][]float64{{0, 1}}}, "Validate accepts the parameters"},
		{Case{Dist: shared{good, []float64{2, 3}}}, "Params returns what"},
		{Case{Dist: nameless{good}, New: newNormal}, "String is empty"},
		{Case{Dist: alike{good}, New: func(p []float64) dist.Univariate { return alike{dist.Normal{Mu: p[0], Sigma: p[1]}} }}, "String is the same"},
		{Case{Dist: good}, "not looked at"},
		{Case{}, "has no Dist"},
		{Case{Dist: clock{good}}, "draw 0 of one stream|remembered"},
		{Case{Dist: nanLogCDF{good}}, `LogCDF\(NaN\)`},
		{Case{Dist: nanLives{good}}, `Survival\(NaN\)`},
		{Case{Dist: gradPass{good}}, `GradLogProb\(NaN\)`},
		{Case{Dist: upperEdge{good}}, `UpperQuantile\(0\)`},
		{Case{Dist: lowerEdge{good}}, `UpperQuantile\(1\)`},
		{Case{Dist: upperBad{good}}, `UpperQuantile\(`},
		{Case{Dist: upperTail{good}}, "Survival.UpperQuantile|integrates to NaN|the entropy"},
		{Case{Dist: batch{good}}, "LogProbTo at"},
		{Case{Dist: batchEdge{good}}, "LogProbTo at NaN"},
		{Case{Dist: batchNil{good}}, "LogProbTo without destination"},
		{Case{Dist: batchCopy{good}}, "or not its destination"},
		{Case{Dist: batchHeap{good}}, "allocates"},
		{Case{Dist: memory{good, new(float64)}}, "something is remembered"},
		{Case{Dist: dist.Normal{Sigma: -1}}, "must be positive"},
		{Case{Dist: good, Fit: func(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, nil) }}, "fit"},
		{Case{Dist: good, Fit: func(x, w []float64) (dist.Univariate, error) { return dist.Normal{Mu: 2, Sigma: 3.5}, nil }}, "fit"},
	} {
		if race && c.want == "allocates" {
			continue // which is not looked at
		}
		var r recorder
		c.NoNew = c.New == nil && c.want != "not looked at"
		Run(&r, c.Case)
		if len(r.complaints) == 0 {
			t.Errorf("the suite accepts %T", c.Dist)
		}
		for _, text := range r.complaints {
			if !regexp.MustCompile(c.want).MatchString(text) {
				t.Errorf("%T: %s", c.Dist, text)
			}
		}
	}
	// A wrong support is seen by every check that looks beyond it.
	var r recorder
	Run(&r, Case{Dist: support{good}})
	if len(r.complaints) == 0 {
		t.Error("the suite accepts a wrong support")
	}
}
