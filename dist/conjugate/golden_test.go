package conjugate_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist/conjugate"
)

// A golden is a row of testdata/goldens.json.
type golden struct {
	Pair         string
	Params, X, W []float64
	Want         float64
}

// evidence calls LogMarginal of the pair with the parameters of the row.
func (g golden) evidence() (float64, error) {
	p := g.Params
	switch g.Pair {
	case "BetaBernoulli":
		return conjugate.BetaBernoulli{Alpha: p[0], Beta: p[1]}.LogMarginal(g.X, g.W)
	case "BetaBinomial":
		return conjugate.BetaBinomial{N: p[0], Alpha: p[1], Beta: p[2]}.LogMarginal(g.X, g.W)
	case "DirichletCategorical":
		return conjugate.DirichletCategorical{Alpha: p}.LogMarginal(g.X, g.W)
	case "DirichletMultinomial":
		return conjugate.DirichletMultinomial{N: p[0], Alpha: p[1:]}.LogMarginal(g.X, g.W)
	case "GammaPoisson":
		return conjugate.GammaPoisson{Shape: p[0], Rate: p[1]}.LogMarginal(g.X, g.W)
	case "GammaExponential":
		return conjugate.GammaExponential{Shape: p[0], Rate: p[1]}.LogMarginal(g.X, g.W)
	case "NormalNormal":
		return conjugate.NormalNormal{Mu: p[0], Tau: p[1], Sigma: p[2]}.LogMarginal(g.X, g.W)
	case "NormalInverseGamma":
		return conjugate.NormalInverseGamma{Mu: p[0], Kappa: p[1], Alpha: p[2], Beta: p[3]}.LogMarginal(g.X, g.W)
	case "NormalInverseWishart":
		return conjugate.NormalInverseWishart{Mu: p[:2], Kappa: p[2], Nu: p[3], Psi: mat.NewSymDense(2, p[4:])}.LogMarginal(g.X, g.W)
	}
	panic(g.Pair)
}

// TestGoldens holds the log evidence to 1e-10, relative where it is above one. With
// counts of 1e9 the closed formulas lose ten of their digits to cancellation.
func TestGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []golden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, g := range rows {
		count[g.Pair]++
		got, err := g.evidence()
		if err != nil {
			t.Errorf("%s%v of %v, %v: %v", g.Pair, g.Params, g.X, g.W, err)
			continue
		}
		if !(math.Abs(got-g.Want) <= 1e-10*max(1, math.Abs(g.Want))) {
			t.Errorf("%s%v of %v, %v: %.17g, want %.17g", g.Pair, g.Params, g.X, g.W, got, g.Want)
		}
	}
	if len(count) != 9 {
		t.Errorf("goldens of %d pairs, want 9", len(count))
	}
	for pair, n := range count {
		if n < 12 {
			t.Errorf("%s has %d goldens", pair, n)
		}
	}
}
