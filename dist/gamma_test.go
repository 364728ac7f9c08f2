package dist_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
)

// TestGammaExtreme asks everything at the limits of the parameters: it must end, and
// not with NaN.
func TestGammaExtreme(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, a := range []float64{1e-300, 1e-20, 1e-3, 1 - 1e-16, 1 + 1e-15, 29.9999999, 30, 1e8, 1e15, 1e20, 1e100} {
		for _, b := range []float64{1e-200, 5e-324, 1, 1e200} {
			for _, d := range []continuous{dist.Gamma{Shape: a, Rate: b}, dist.InverseGamma{Shape: a, Scale: b}, dist.ChiSquared{Nu: a}} {
				answers := []float64{d.Mean(), d.Variance(), d.Entropy(), d.Rand(r), d.Quantile(0.3), d.Quantile(1e-300), d.Quantile(1 - 1e-16), d.UpperQuantile(1e-300)}
				for _, x := range append(answers[3:8:8], 0, 5e-324, 1, math.MaxFloat64, math.Inf(1)) {
					if !d.Support().Contains(x) {
						t.Errorf("%v: %v is not in the support", d, x)
					}
					answers = append(answers, d.LogProb(x), d.CDF(x), d.LogCDF(x), d.Survival(x))
					if sum := d.CDF(x) + d.Survival(x); !(math.Abs(sum-1) <= 1e-14) {
						t.Errorf("%v: CDF and survival at %v sum to %v", d, x, sum)
					}
				}
				for i, v := range answers {
					if math.IsNaN(v) {
						t.Errorf("%v: answer %d is NaN: %v", d, i, answers)
						break
					}
				}
			}
		}
	}
}

// TestGammaRelations holds the family against others that it meets.
func TestGammaRelations(t *testing.T) {
	near := func(t *rapid.T, what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-11*max(1e-11, math.Abs(want))) && got != want {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := math.Exp(rapid.Float64Range(-12, 12).Draw(t, "log shape"))
		b := math.Exp(rapid.Float64Range(-5, 5).Draw(t, "log rate"))
		p := math.Exp(rapid.Float64Range(-50, -1e-3).Draw(t, "log p"))
		d, inverse := dist.Gamma{Shape: a, Rate: b}, dist.InverseGamma{Shape: a, Scale: b}
		x := d.Quantile(p)
		if x > 1e-290 {
			near(t, "LogCDF(Quantile)", d.LogCDF(x), math.Log(p))
			near(t, "CDF of the inverse", inverse.Survival(1/x), p)
			near(t, "quantile of the inverse", inverse.UpperQuantile(p)*x, 1)
			// P(a, m) − P(a+1, m) is m^a e^(−m)/Γ(a+1) (DLMF 8.8.5).
			step := math.Exp(d.LogProb(x)) * x / a
			near(t, "recurrence", dist.Gamma{Shape: a + 1, Rate: b}.CDF(x)+step, d.CDF(x))
		}
		whole := math.Ceil(min(a, 1e6))
		near(t, "Poisson", dist.Gamma{Shape: whole, Rate: 1}.Survival(b), dist.Poisson{Lambda: b}.CDF(whole-1))
		near(t, "exponential", dist.Gamma{Shape: 1, Rate: b}.UpperQuantile(p), dist.Exponential{Rate: b}.UpperQuantile(p))
		near(t, "chi-squared", dist.ChiSquared{Nu: 1}.Survival(b*b), 2*dist.Normal{Sigma: 1}.Survival(b))
	})
}

var gammaShapes = map[string]float64{"0.1": 0.1, "0.7": 0.7, "2.5": 2.5, "300": 300}

func BenchmarkGammaRand(b *testing.B) {
	for name, shape := range gammaShapes {
		b.Run("belief/"+name, func(b *testing.B) {
			d, r := dist.Gamma{Shape: shape, Rate: 2}, rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				d.Rand(r)
			}
		})
		b.Run("gonum/"+name, func(b *testing.B) {
			d := distuv.Gamma{Alpha: shape, Beta: 2, Src: rand.NewPCG(1, 2)}
			for b.Loop() {
				d.Rand()
			}
		})
	}
}

func BenchmarkGammaLogProb(b *testing.B) {
	for name, shape := range gammaShapes {
		x := dist.Gamma{Shape: shape, Rate: 2}.Quantile(0.6)
		b.Run("belief/"+name, func(b *testing.B) {
			d := dist.Gamma{Shape: shape, Rate: 2}
			for b.Loop() {
				d.LogProb(x)
			}
		})
		b.Run("gonum/"+name, func(b *testing.B) {
			d := distuv.Gamma{Alpha: shape, Beta: 2}
			for b.Loop() {
				d.LogProb(x)
			}
		})
	}
	b.Run("batch of 1000", func(b *testing.B) {
		d, x := dist.Gamma{Shape: 2.5, Rate: 2}, make([]float64, 1000)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x {
			x[i] = d.Rand(r)
		}
		dst := make([]float64, len(x))
		for b.Loop() {
			d.LogProbTo(dst, x)
		}
	})
}
