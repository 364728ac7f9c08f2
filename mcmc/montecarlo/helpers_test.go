package montecarlo

import (
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// alarm is the rate of false alarms of every statistical test here.
const alarm = 1e-6

// fits tells whether draws may come from a distribution: their largest gap to its
// distribution function is below the bound of Dvoretzky, Kiefer & Wolfowitz 1956
// with the constant of Massart 1990, which right draws exceed once in 1/alarm.
func fits(draws []float64, cdf func(float64) float64) (gap, bound float64, ok bool) {
	x := slices.Clone(draws)
	slices.Sort(x)
	n := float64(len(x))
	for i, v := range x {
		c := cdf(v)
		gap = max(gap, math.Abs(c-float64(i)/n), math.Abs(float64(i+1)/n-c))
	}
	bound = math.Sqrt(math.Log(2/alarm) / (2 * n))
	return gap, bound, gap <= bound
}

// zScores holds deviations in units of their standard errors against their chi-square
// distribution, on both sides: errors that are told too small or too large fail.
func zScores(t *testing.T, what string, z []float64) {
	t.Helper()
	sum := 0.0
	for _, v := range z {
		sum += v * v
	}
	d := dist.Gamma{Shape: float64(len(z)) / 2, Rate: 0.5}
	if low, high := d.Quantile(alarm/2), d.Quantile(1-alarm/2); !(sum > low && sum < high) {
		t.Errorf("%s: the squares of %d z-scores sum to %.1f, not between %.1f and %.1f", what, len(z), sum, low, high)
	}
}

// off is the deviation of an estimate in standard errors.
func off(e belief.Estimate, truth float64) float64 { return (e.Value - truth) / e.StdErr }

// hasWarning tells whether there is a warning of that code.
func hasWarning(w []belief.Warning, code string) bool {
	return slices.ContainsFunc(w, func(w belief.Warning) bool { return w.Code == code })
}

var normal = dist.Product{dist.Normal{Mu: 0, Sigma: 1}}

// The tests refuse what they should: draws of a normal distribution a little too
// wide, and errors told ten per cent too small.
func TestTheTests(t *testing.T) {
	q := Inverse(dist.Normal{Mu: 0, Sigma: 1.1}.Quantile)
	r, x := newRand(1), make([]float64, 20000)
	for i := range x {
		x[i] = q.Rand(r)
	}
	if _, _, ok := fits(x, normal[0].CDF); ok {
		t.Error("draws that are ten per cent too wide pass")
	}
	if _, _, ok := fits(x, dist.Normal{Mu: 0, Sigma: 1.1}.CDF); !ok {
		t.Error("right draws do not pass")
	}
}
