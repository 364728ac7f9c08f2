package information

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A goldenPair is of testdata/information.py.
type goldenPair struct {
	P, Q                 string
	PP, PQ               []float64
	KL, JS, H, TV, Renyi belief.Number
}

func goldens(t *testing.T) (pairs []goldenPair) {
	t.Helper()
	text, err := os.ReadFile("testdata/information.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &pairs); err != nil {
		t.Fatal(err)
	}
	if len(pairs) < 40 {
		t.Fatalf("%d pairs", len(pairs))
	}
	return pairs
}

func made(t *testing.T, name string, p []float64) dist.Univariate {
	t.Helper()
	switch name {
	case "Normal":
		return dist.Normal{Mu: p[0], Sigma: p[1]}
	case "LogNormal":
		return dist.LogNormal{Mu: p[0], Sigma: p[1]}
	case "HalfNormal":
		return dist.HalfNormal{Sigma: p[0]}
	case "Laplace":
		return dist.Laplace{Location: p[0], Scale: p[1]}
	case "Cauchy":
		return dist.Cauchy{Location: p[0], Scale: p[1]}
	case "Logistic":
		return dist.Logistic{Location: p[0], Scale: p[1]}
	case "Gumbel":
		return dist.Gumbel{Location: p[0], Scale: p[1]}
	case "Exponential":
		return dist.Exponential{Rate: p[0]}
	case "Gamma":
		return dist.Gamma{Shape: p[0], Rate: p[1]}
	case "InverseGamma":
		return dist.InverseGamma{Shape: p[0], Scale: p[1]}
	case "ChiSquared":
		return dist.ChiSquared{Nu: p[0]}
	case "Weibull":
		return dist.Weibull{Shape: p[0], Scale: p[1]}
	case "Beta":
		return dist.Beta{Alpha: p[0], Beta: p[1]}
	case "Uniform":
		return dist.Uniform{Lower: p[0], Upper: p[1]}
	case "Pareto":
		return dist.Pareto{Scale: p[0], Shape: p[1]}
	case "StudentT":
		return dist.StudentT{Nu: p[0], Location: p[1], Scale: p[2]}
	case "Poisson":
		return dist.Poisson{Lambda: p[0]}
	case "VonMises":
		return dist.VonMises{Mu: p[0], Kappa: p[1]}
	case "Bernoulli":
		return dist.Bernoulli{P: p[0]}
	case "Binomial":
		return dist.Binomial{N: p[0], P: p[1]}
	case "Geometric":
		return dist.Geometric{P: p[0]}
	case "NegativeBinomial":
		return dist.NegativeBinomial{R: p[0], P: p[1]}
	}
	t.Fatalf("no distribution %s", name)
	return nil
}

func near(got, want, tol float64) bool {
	return got == want || math.Abs(got-want) <= tol*math.Abs(want)
}

// nearlyEqual says whether the parameters of a pair differ in their last digits only.
func (g goldenPair) nearlyEqual() bool {
	if g.P != g.Q {
		return false
	}
	for i, v := range g.PP {
		if math.Abs(v-g.PQ[i]) > 1e-6 {
			return false
		}
	}
	return true
}

func TestGolden(t *testing.T) {
	for _, g := range goldens(t) {
		p, q := made(t, g.P, g.PP), made(t, g.Q, g.PQ)
		for _, c := range []struct {
			name string
			f    func() (Value, error)
			want float64
		}{
			{"KL", func() (Value, error) { return KL(p, q) }, float64(g.KL)},
			{"JensenShannon", func() (Value, error) { return JensenShannon(p, q) }, float64(g.JS)},
			{"JensenShannon turned", func() (Value, error) { return JensenShannon(q, p) }, float64(g.JS)},
			{"Hellinger", func() (Value, error) { return Hellinger(p, q) }, float64(g.H)},
			{"TotalVariation", func() (Value, error) { return TotalVariation(p, q) }, float64(g.TV)},
			{"Renyi(0.3)", func() (Value, error) { return Renyi(0.3, p, q) }, float64(g.Renyi)},
			{"Renyi(0.7) turned", func() (Value, error) { return Renyi(0.7, q, p) }, float64(g.Renyi) * 7 / 3}, // skew symmetry
		} {
			got, err := c.f()
			tol := 1e-10
			if g.nearlyEqual() && got.Method != ClosedForm {
				// Log densities are good to an absolute 1e-15, and their difference is 1e-7.
				tol = 1e-7
			}
			if err != nil || !near(got.Value, c.want, tol) {
				t.Errorf("%s(%v, %v) = %.15g by %v, want %.15g, off by %.2g (%v)", c.name, p, q, got.Value, got.Method, c.want, got.Value/c.want-1, err)
			}
			if off := math.Abs(got.Value - c.want); off > got.Error+1e-14*c.want && !math.IsInf(c.want, 0) && got.Kind != belief.Exact {
				t.Errorf("%s(%v, %v) is wrong by %.2g and says %.2g", c.name, p, q, off, got.Error)
			}
			if (got.Kind == belief.Exact) != (got.Method == ClosedForm || got.Method == FiniteSum) {
				t.Errorf("%s(%v, %v): kind %v by %v", c.name, p, q, got.Kind, got.Method)
			}
		}
	}
}

// Quadrature and series agree with the formulas, and say how far they are off.
func TestFormulasAgainstSums(t *testing.T) {
	for _, g := range goldens(t) {
		p, q := made(t, g.P, g.PP), made(t, g.Q, g.PQ)
		if g.nearlyEqual() {
			continue
		}
		if want, ok := closedKL(p, q); ok {
			if got, err := compare(&kullback, p, q); err != nil || !near(got.Value, want, 1e-10) {
				t.Errorf("KL(%v, %v): %v by %v, %v by the formula", p, q, got, got.Method, want)
			}
		}
		for _, alpha := range []float64{0.1, 0.5, 0.9, 1.5} {
			m, _ := renyi(alpha)
			want, ok := closedRenyi(alpha, p, q)
			if !ok || math.IsInf(want, 1) {
				continue
			}
			if got, err := compare(m, p, q); err != nil || !near(got.Value, want, 1e-9) {
				t.Errorf("Renyi(%g, %v, %v): %v by %v, %v by the formula", alpha, p, q, got, got.Method, want)
			}
		}
	}
}
