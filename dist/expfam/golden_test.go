package expfam_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist/expfam"
)

// byName makes a family from its name and what it fixes.
func byName(name string, p []float64) expfam.Family {
	switch name {
	case "Bernoulli":
		return expfam.Bernoulli{}
	case "Binomial":
		return expfam.Binomial{N: p[0]}
	case "Categorical":
		return expfam.Categorical{K: int(p[0])}
	case "Multinomial":
		return expfam.Multinomial{N: p[0], K: int(p[1])}
	case "Poisson":
		return expfam.Poisson{}
	case "Geometric":
		return expfam.Geometric{}
	case "NegativeBinomial":
		return expfam.NegativeBinomial{R: p[0]}
	case "Normal":
		return expfam.Normal{}
	case "LogNormal":
		return expfam.LogNormal{}
	case "Exponential":
		return expfam.Exponential{}
	case "Gamma":
		return expfam.Gamma{}
	case "InverseGamma":
		return expfam.InverseGamma{}
	case "Beta":
		return expfam.Beta{}
	case "Pareto":
		return expfam.Pareto{Scale: p[0]}
	case "Weibull":
		return expfam.Weibull{Shape: p[0]}
	case "Laplace":
		return expfam.Laplace{Location: p[0]}
	case "VonMises":
		return expfam.VonMises{}
	case "MultivariateNormal":
		return expfam.MultivariateNormal{D: int(p[0])}
	case "Dirichlet":
		return expfam.Dirichlet{K: int(p[0])}
	case "Wishart":
		return expfam.Wishart{D: int(p[0])}
	}
	panic(name)
}

type golden struct {
	Family  string
	Fixed   []float64
	Eta     []float64
	A       float64
	Mean    []float64
	Hessian []float64 // the lower triangle
}

func goldens(t *testing.T) []golden {
	t.Helper()
	data, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []golden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestGoldens holds A, ∇A and ∇²A to relative 1e-10. A sum of two logarithms that
// nearly cancel is held to 1e-13 of what is added: A of a gamma distribution to that
// of η₁ (1 + |log −η₂|), A elsewhere near zero to 1e-13. An entry of a covariance
// matrix is held to 1e-10 of the two standard deviations where it is smaller, and one
// of a mean vector to 1e-13 of its deviation, since these may be exactly zero.
func TestGoldens(t *testing.T) {
	count := map[string]int{}
	for _, g := range goldens(t) {
		f := byName(g.Family, g.Fixed)
		count[g.Family]++
		near := func(what string, got, want, floor float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 1e-10*math.Abs(want)+floor) {
				t.Errorf("%v at %v: %s is %.17g, want %.17g", f, g.Eta, what, got, want)
			}
		}
		floor := 1e-13
		if g.Family == "Gamma" || g.Family == "InverseGamma" {
			floor *= 1 + g.Eta[0]*(1+math.Abs(math.Log(-g.Eta[1])))
		}
		near("A", f.LogPartition(g.Eta), g.A, floor)
		mean, hessian := f.MeanTo(nil, g.Eta), f.HessianTo(nil, g.Eta)
		n := f.Dim()
		if len(mean) != n || hessian.SymmetricDim() != n || len(g.Mean) != n {
			t.Fatalf("%v has dimension %d and a mean of %d", f, n, len(mean))
		}
		for i, k := 0, 0; i < n; i++ {
			sd := math.Sqrt(g.Hessian[(i+1)*(i+2)/2-1])
			near("a mean", mean[i], g.Mean[i], 1e-13*sd)
			for j := 0; j <= i; j++ {
				small := 0.0
				if i != j {
					small = 1e-10 * sd * math.Sqrt(g.Hessian[(j+1)*(j+2)/2-1])
				}
				near("a covariance", hessian.At(i, j), g.Hessian[k], small)
				k++
			}
		}
	}
	if len(count) != 20 {
		t.Errorf("goldens of %d families, want 20", len(count))
	}
	for name, n := range count {
		if n < 20 {
			t.Errorf("%s has %d goldens, want 20", name, n)
		}
	}
}
