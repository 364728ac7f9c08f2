package transport

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// made returns a distribution by name.
func made(t *testing.T, name string, p []float64) dist.Univariate {
	t.Helper()
	switch name {
	case "Normal":
		return dist.Normal{Mu: p[0], Sigma: p[1]}
	case "Laplace":
		return dist.Laplace{Location: p[0], Scale: p[1]}
	case "Exponential":
		return dist.Exponential{Rate: p[0]}
	case "Pareto":
		return dist.Pareto{Scale: p[0], Shape: p[1]}
	case "Uniform":
		return dist.Uniform{Lower: p[0], Upper: p[1]}
	case "LogNormal":
		return dist.LogNormal{Mu: p[0], Sigma: p[1]}
	}
	t.Fatalf("no distribution %s", name)
	return nil
}

func TestQuantilesGolden(t *testing.T) {
	for _, c := range goldens(t).Quantiles {
		a, b := made(t, c.A, c.PA), made(t, c.B, c.PB)
		for range 2 {
			got, err := Quantiles(c.P, a, b)
			if err != nil || !near(got.Value, c.Want, 1e-10) {
				t.Errorf("W_%g(%v, %v) = %v, want %v (%v)", c.P, a, b, got, c.Want, err)
			}
			if off := math.Abs(got.Value - c.Want); off > got.Error+2e-16*c.Want || got.Error > 1e-9*c.Want {
				t.Errorf("W_%g(%v, %v) is wrong by %g and says %g", c.P, a, b, off, got.Error)
			}
			a, b = b, a
		}
	}
}

func TestQuantilesClosedForms(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		p    float64
		a, b dist.Univariate
		want float64
		tol  float64
	}{
		{2, dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 3, Sigma: 5}, 5, 1e-12},
		{2, dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 1e-6, Sigma: 1}, 1e-6, 1e-9},
		{1, dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 0, Sigma: 1}, 0, 0},
		{1, dist.Cauchy{Location: 0, Scale: 1}, dist.Cauchy{Location: 2, Scale: 1}, 2, 1e-11},
		{2, dist.Cauchy{Location: 0, Scale: 1}, dist.Cauchy{Location: 2, Scale: 1}, 2, 1e-11},
		{1, dist.Cauchy{Location: 0, Scale: 1}, dist.Cauchy{Location: 0, Scale: 2}, inf, 0},
		{1, dist.Cauchy{Location: 0, Scale: 1}, dist.Normal{Mu: 0, Sigma: 1}, inf, 0},
		{2, dist.Pareto{Scale: 1, Shape: 2}, dist.Exponential{Rate: 1}, inf, 0},
		{1, dist.Pareto{Scale: 1, Shape: 1.2}, dist.Pareto{Scale: 2, Shape: 1.2}, 6, 1e-11},
		{1, dist.Pareto{Scale: 1, Shape: 0.5}, dist.Normal{Mu: 0, Sigma: 1}, inf, 0},
		{3, dist.Uniform{Lower: 0, Upper: 1}, dist.Uniform{Lower: 0, Upper: 3}, 2 * math.Pow(0.25, 1./3), 1e-12},
		{1, dist.Bernoulli{P: 0.3}, dist.Bernoulli{P: 0.75}, 0.45, 1e-14},
		{2, dist.Bernoulli{P: 0.3}, dist.Bernoulli{P: 0.75}, math.Sqrt(0.45), 1e-14},
		{1, dist.Bernoulli{P: 0.5}, dist.Uniform{Lower: 0, Upper: 1}, 0.25, 1e-12},
		{2, dist.Bernoulli{P: 0.5}, dist.Uniform{Lower: 0, Upper: 1}, math.Sqrt(1. / 12), 1e-12},
		{1, dist.Poisson{Lambda: 3}, dist.Poisson{Lambda: 5}, 2, 1e-12},
		{1, dist.Poisson{Lambda: 3}, dist.Exponential{Rate: 1. / 20}, 0, -1},
		{1, dist.Binomial{N: 20, P: 0.25}, dist.Binomial{N: 20, P: 0.5}, 5, 1e-13},
		{1, dist.Geometric{P: 0.5}, dist.Geometric{P: 0.25}, 2, 1e-12},
	} {
		got, err := Quantiles(c.p, c.a, c.b)
		if err != nil || math.IsNaN(got.Value) || c.tol >= 0 && !near(got.Value, c.want, c.tol) {
			t.Errorf("W_%g(%v, %v) = %v, want %v (%v)", c.p, c.a, c.b, got, c.want, err)
		}
		if off := math.Abs(got.Value - c.want); c.tol >= 0 && off > got.Error+1e-15*math.Abs(c.want) && !math.IsInf(c.want, 1) {
			t.Errorf("W_%g(%v, %v) is wrong by %g and says %g", c.p, c.a, c.b, off, got.Error)
		}
	}
	if got, _ := Quantiles(1, dist.Binomial{N: 5, P: 0.25}, dist.Bernoulli{P: 0.5}); got.Kind != belief.Exact {
		t.Errorf("two finite distributions: %v", got)
	}
	if got, _ := Quantiles(1, dist.Normal{Sigma: 1}, dist.Bernoulli{P: 0.5}); got.Kind != belief.Approximation {
		t.Errorf("a normal and a coin: %v", got)
	}
	var config *belief.ConfigError
	if _, err := Quantiles(inf, dist.Normal{Sigma: 1}, dist.Normal{Sigma: 1}); !errors.As(err, &config) {
		t.Errorf("p = Inf: %v", err)
	}
	var parameter *dist.ParameterError
	if _, err := Quantiles(1, dist.Normal{}, dist.Normal{Sigma: 1}); !errors.As(err, &parameter) {
		t.Errorf("Normal{}: %v", err)
	}
}

func TestDistanceJSON(t *testing.T) {
	got, err := json.Marshal(Distance{Estimate: belief.Estimate{Value: math.Inf(1), Kind: belief.Approximation}, Error: 0.5})
	if want := `{"value":"Inf","kind":"approximation","error":0.5}`; err != nil || string(got) != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
}
