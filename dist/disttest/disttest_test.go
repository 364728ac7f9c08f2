package disttest

import (
	"fmt"
	"math/rand/v2"
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
}

// One mistake each, in a distribution that is otherwise right.
type (
	density  struct{ dist.Normal } // does not integrate to one
	mean     struct{ dist.Normal }
	variance struct{ dist.Normal }
	entropy  struct{ dist.Normal }
	quantile struct{ dist.Normal }
	survival struct{ dist.Normal }
	logCDF   struct{ dist.Normal }
	gradient struct{ dist.Normal }
	score    struct{ dist.Normal }
	sampler  struct{ dist.Normal } // a twentieth of a standard deviation off
	clock    struct{ dist.Normal } // draws differ from run to run
	support  struct{ dist.Normal } // draws below its support
)

func (d density) LogProb(x float64) float64      { return d.Normal.LogProb(x) + 1e-6 }
func (d mean) Mean() float64                     { return d.Mu + 1e-3 }
func (d variance) Variance() float64             { return d.Sigma }
func (d entropy) Entropy() float64               { return d.Normal.Entropy() + 1e-3 }
func (d quantile) Quantile(p float64) float64    { return d.Normal.Quantile(p) * (1 + 1e-8) }
func (d survival) Survival(x float64) float64    { return 1 - d.Normal.CDF(x) + 1e-13 }
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

func TestRunRejects(t *testing.T) {
	good := dist.Normal{Mu: 2, Sigma: 3}
	for _, c := range []Case{
		{Dist: density{good}}, {Dist: mean{good}}, {Dist: variance{good}}, {Dist: entropy{good}}, {Dist: quantile{good}},
		{Dist: survival{good}}, {Dist: logCDF{good}}, {Dist: gradient{good}}, {Dist: score{good}, New: newNormal},
		{Dist: sampler{good}}, {Dist: clock{good}}, {Dist: support{good}}, {Dist: dist.Normal{Sigma: -1}},
		{Dist: good, Fit: func(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, nil) }},
		{Dist: good, Fit: func(x, w []float64) (dist.Univariate, error) { return dist.Normal{Mu: 2, Sigma: 3.5}, nil }},
	} {
		var r recorder
		Run(&r, c)
		if len(r.complaints) == 0 {
			t.Errorf("the suite accepts %T", c.Dist)
		}
	}
}
