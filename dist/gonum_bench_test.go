package dist_test

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief/dist"
)

// A peer is what gonum has in common with a distribution of ours.
type peer interface {
	LogProb(x float64) float64
	Rand() float64
}

// A pair is one distribution twice.
type pair struct {
	name string
	ours dist.Univariate
	make func(src rand.Source) peer
}

// pairs are the distributions that both have, most of them with an ordinary shape
// and with one for which samplers take another way.
var pairs = []pair{
	{"Normal", dist.Normal{Mu: 1, Sigma: 2}, func(s rand.Source) peer { return distuv.Normal{Mu: 1, Sigma: 2, Src: s} }},
	{"Uniform", dist.Uniform{Lower: -1, Upper: 3}, func(s rand.Source) peer { return distuv.Uniform{Min: -1, Max: 3, Src: s} }},
	{"LogNormal", dist.LogNormal{Mu: 1, Sigma: 0.5}, func(s rand.Source) peer { return distuv.LogNormal{Mu: 1, Sigma: 0.5, Src: s} }},
	{"Laplace", dist.Laplace{Location: 1, Scale: 2}, func(s rand.Source) peer { return distuv.Laplace{Mu: 1, Scale: 2, Src: s} }},
	{"Logistic", dist.Logistic{Location: 1, Scale: 2}, func(s rand.Source) peer { return logisticPeer{distuv.Logistic{Mu: 1, S: 2}} }},
	{"Exponential", dist.Exponential{Rate: 2}, func(s rand.Source) peer { return distuv.Exponential{Rate: 2, Src: s} }},
	{"Weibull", dist.Weibull{Shape: 1.5, Scale: 2}, func(s rand.Source) peer { return distuv.Weibull{K: 1.5, Lambda: 2, Src: s} }},
	{"Pareto", dist.Pareto{Scale: 1, Shape: 3}, func(s rand.Source) peer { return distuv.Pareto{Xm: 1, Alpha: 3, Src: s} }},
	{"Gumbel", dist.Gumbel{Location: 1, Scale: 2}, func(s rand.Source) peer { return distuv.GumbelRight{Mu: 1, Beta: 2, Src: s} }},
	{"Triangular", dist.Triangular{Lower: 0, Mode: 1, Upper: 4}, func(s rand.Source) peer { return distuv.NewTriangle(0, 4, 1, s) }},
	{"Gamma-small", dist.Gamma{Shape: 0.4, Rate: 2}, func(s rand.Source) peer { return distuv.Gamma{Alpha: 0.4, Beta: 2, Src: s} }},
	{"Gamma-large", dist.Gamma{Shape: 7.5, Rate: 2}, func(s rand.Source) peer { return distuv.Gamma{Alpha: 7.5, Beta: 2, Src: s} }},
	{"InverseGamma", dist.InverseGamma{Shape: 3, Scale: 2}, func(s rand.Source) peer { return distuv.InverseGamma{Alpha: 3, Beta: 2, Src: s} }},
	{"ChiSquared", dist.ChiSquared{Nu: 5}, func(s rand.Source) peer { return distuv.ChiSquared{K: 5, Src: s} }},
	{"Beta", dist.Beta{Alpha: 2, Beta: 3}, func(s rand.Source) peer { return distuv.Beta{Alpha: 2, Beta: 3, Src: s} }},
	{"Beta-small", dist.Beta{Alpha: 0.5, Beta: 0.7}, func(s rand.Source) peer { return distuv.Beta{Alpha: 0.5, Beta: 0.7, Src: s} }},
	{"StudentT", dist.StudentT{Nu: 4, Location: 1, Scale: 2}, func(s rand.Source) peer { return distuv.StudentsT{Nu: 4, Mu: 1, Sigma: 2, Src: s} }},
	{"Categorical", five, func(s rand.Source) peer { return distuv.NewCategorical([]float64{1, 2, 3, 2, 2}, s) }},
	{"Bernoulli", dist.Bernoulli{P: 0.3}, func(s rand.Source) peer { return distuv.Bernoulli{P: 0.3, Src: s} }},
	{"Binomial-small", dist.Binomial{N: 20, P: 0.3}, func(s rand.Source) peer { return distuv.Binomial{N: 20, P: 0.3, Src: s} }},
	{"Binomial-large", dist.Binomial{N: 1000, P: 0.3}, func(s rand.Source) peer { return distuv.Binomial{N: 1000, P: 0.3, Src: s} }},
	{"Poisson-small", dist.Poisson{Lambda: 3}, func(s rand.Source) peer { return distuv.Poisson{Lambda: 3, Src: s} }},
	{"Poisson-large", dist.Poisson{Lambda: 100}, func(s rand.Source) peer { return distuv.Poisson{Lambda: 100, Src: s} }},
}

// five is a categorical distribution.
var five = func() dist.Categorical {
	d, err := dist.NewCategorical([]float64{0.1, 0.2, 0.3, 0.2, 0.2})
	if err != nil {
		panic(err)
	}
	return d
}()

// logisticPeer gives gonum's logistic distribution, which cannot be sampled, the
// method that all others have.
type logisticPeer struct{ distuv.Logistic }

func (logisticPeer) Rand() float64 { panic("no sampler") }

// perValue reports the time for one of n values that each turn of the loop has.
func perValue(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
}

// BenchmarkGonumLogProb evaluates a thousand draws of each distribution one by one.
func BenchmarkGonumLogProb(b *testing.B) {
	for _, p := range pairs {
		x := make([]float64, 1000)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x {
			x[i] = p.ours.Rand(r)
		}
		for _, c := range []struct {
			impl string
			d    dist.LogProber
		}{{"belief", p.ours}, {"gonum", p.make(rand.NewPCG(1, 2))}} {
			b.Run("dist="+p.name+"/impl="+c.impl, func(b *testing.B) {
				for b.Loop() {
					for _, v := range x {
						sink += c.d.LogProb(v)
					}
				}
				perValue(b, len(x))
			})
		}
	}
}

// BenchmarkGonumRand draws a thousand values.
func BenchmarkGonumRand(b *testing.B) {
	for _, p := range pairs {
		if _, ok := p.make(nil).(logisticPeer); ok {
			continue
		}
		b.Run("dist="+p.name+"/impl=belief", func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				for range 1000 {
					sink += p.ours.Rand(r)
				}
			}
			perValue(b, 1000)
		})
		b.Run("dist="+p.name+"/impl=gonum", func(b *testing.B) {
			d := p.make(rand.NewPCG(1, 2))
			for b.Loop() {
				for range 1000 {
					sink += d.Rand()
				}
			}
			perValue(b, 1000)
		})
	}
}

// BenchmarkBatch evaluates the same draws in one call.
func BenchmarkBatch(b *testing.B) {
	for _, p := range pairs {
		x, dst := make([]float64, 1000), make([]float64, 1000)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x {
			x[i] = p.ours.Rand(r)
		}
		b.Run("dist="+p.name+"/way=loop", func(b *testing.B) {
			for b.Loop() {
				for i, v := range x {
					dst[i] = p.ours.LogProb(v)
				}
			}
			perValue(b, len(x))
		})
		b.Run("dist="+p.name+"/way=batch", func(b *testing.B) {
			d := p.ours.(dist.Batcher)
			b.ReportAllocs()
			for b.Loop() {
				d.LogProbTo(dst, x)
			}
			perValue(b, len(x))
		})
	}
}

// sink keeps results alive.
var sink float64
