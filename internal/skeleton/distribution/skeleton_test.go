package distribution

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

func ExampleRayleigh() {
	d := Rayleigh{Sigma: 2}
	fmt.Printf("P(X ≤ 3) = %.4f, median %.4f\n", d.CDF(3), d.Quantile(0.5))
	// Output: P(X ≤ 3) = 0.6753, median 2.3548
}

func newRayleigh(p []float64) dist.Univariate { return Rayleigh{p[0]} }

func fitRayleigh(x, w []float64) (dist.Univariate, error) { return FitRayleigh(x, w) }

// The suite holds the methods against each other, and the draws against them.
func TestSuite(t *testing.T) {
	for _, sigma := range []float64{1, 1e-3, 250} {
		disttest.Run(t, disttest.Case{Dist: Rayleigh{sigma}, New: newRayleigh, Fit: fitRayleigh})
	}
}

// broken draws from a distribution a twentieth too wide.
type broken struct{ Rayleigh }

func (d broken) Rand(r *rand.Rand) float64 { return 1.05 * d.Rayleigh.Rand(r) }

// complaints counts what the suite has to say.
type complaints int

func (c *complaints) Helper()               {}
func (c *complaints) Errorf(string, ...any) { *c++ }

func TestSuiteRefuses(t *testing.T) {
	var c complaints
	disttest.Run(&c, disttest.Case{Dist: broken{Rayleigh{1}}})
	if c == 0 {
		t.Error("the suite accepts a broken sampler")
	}
}

// At x = σ √(2 log 2) half of the mass lies below; far out only logarithms are left.
func TestKnownValues(t *testing.T) {
	d := Rayleigh{3}
	median := 3 * math.Sqrt(2*math.Ln2)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"CDF", d.CDF(median), 0.5},
		{"LogProb", d.LogProb(median), math.Log(median / 18)},
		{"LogProb far out", d.LogProb(3e6), math.Log(1e6/3) - 0.5e12},
		{"LogCDF next to zero", d.LogCDF(3e-100), -200*math.Ln10 - math.Ln2},
		{"Survival far out", d.Survival(90), math.Exp(-450)},
		{"Quantile", d.Quantile(0.5), median},
		{"UpperQuantile", d.UpperQuantile(1e-300), 3 * math.Sqrt(600*math.Ln10)},
		{"Mean", d.Mean(), 3.7599424119465006},
		{"Variance", d.Variance(), 3.8628330588459306},
		{"Entropy", d.Entropy(), 2.0406465308389035},
	} {
		if math.Abs(c.got-c.want) > 1e-14*math.Abs(c.want) {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, sigma := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := NewRayleigh(sigma); !is[*dist.ParameterError](err) {
			t.Errorf("sigma %v: error %v", sigma, err)
		}
	}
	for _, x := range [][]float64{nil, {0, 0}, {1, -1}, {1, math.NaN()}, {math.Inf(1)}} {
		if _, err := FitRayleigh(x, nil); !is[*dist.FitError](err) {
			t.Errorf("fit of %v: error %v", x, err)
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
