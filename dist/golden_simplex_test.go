package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist"
)

// A simplexGolden is one distribution of testdata/simplex.json, whose numbers
// testdata/simplex.py computes with 60 digits.
type simplexGolden struct {
	Dist      string
	N         float64
	Alpha, P  []float64
	Mean, Cov []float64
	Entropy   *float64
	Points    []struct {
		X, Score, Grad []float64
		LogProb        float64
	}
}

// simplexNear allows 1e-10 relative. Where the logarithm of a density or a score
// passes through zero, 1e-13 stands for the rounding of its terms, of which some
// are as large as 1000; entropies of counts are differences as well. Log masses have
// no such excuse.
func simplexNear(name, what string, got, want float64) bool {
	slack := 1e-13
	if name != "dirichlet" && (what == "LogProb" || what == "LogProbTo") {
		slack = 0
	}
	return got == want || math.Abs(got-want) <= 1e-10*math.Abs(want)+slack
}

func TestSimplexGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/simplex.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []simplexGolden
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, c := range cases {
		var d dist.Multivariate
		switch c.Dist {
		case "dirichlet":
			d, err = dist.NewDirichlet(c.Alpha)
		case "multinomial":
			d, err = dist.NewMultinomial(c.N, c.P)
		case "dirichletmultinomial":
			d, err = dist.NewDirichletMultinomial(c.N, c.Alpha)
		}
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, x []float64, got, want float64) {
			count[c.Dist+" "+what]++
			if !simplexNear(c.Dist, what, got, want) {
				t.Errorf("%v: %s at %v is %v, want %v, off by %.2g", d, what, x, got, want, math.Abs(got-want)/math.Abs(want))
			}
		}
		if c.Entropy != nil {
			check("entropy", nil, d.Entropy(), *c.Entropy)
		}
		for i, v := range d.MeanTo(nil) {
			check("mean", nil, v, c.Mean[i])
		}
		cov := d.CovarianceTo(nil)
		for i, v := range c.Cov {
			check("covariance", nil, cov.At(i/d.Dim(), i%d.Dim()), v)
		}
		for _, p := range c.Points {
			check("LogProb", p.X, d.LogProb(p.X), p.LogProb)
			check("LogProbTo", p.X, d.(dist.VectorBatcher).LogProbTo(nil, p.X)[0], p.LogProb)
			for i, v := range d.(dist.VectorScorer).ScoreTo(nil, p.X) {
				check("score", p.X, v, p.Score[i])
			}
			if g, ok := d.(dist.VectorGrader); ok && len(p.Grad) > 0 {
				for i, v := range g.GradLogProbTo(nil, p.X) {
					check("gradient", p.X, v, p.Grad[i])
				}
			}
		}
	}
	count["multinomial gradient"], count["dirichletmultinomial gradient"] = 20, 20 // they have none
	for _, name := range []string{"dirichlet", "multinomial", "dirichletmultinomial"} {
		for _, what := range []string{"entropy", "mean", "covariance", "LogProb", "score", "gradient"} {
			if count[name+" "+what] < 20 {
				t.Errorf("%s has %d reference values of %s, want 20", name, count[name+" "+what], what)
			}
		}
	}
}
