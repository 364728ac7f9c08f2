package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestSlopeGoldens holds gradients and scores to the numerical derivatives of
// testdata/slopes.py, to relative 1e-10. Scores are sums of terms, one of which is often
// one over the parameter, that may cancel: near zero they are held to 1e-13 of the
// largest of those and of the other scores.
func TestSlopeGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/slopes.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Dist   string
		Params []float64
		Points []struct {
			X     float64
			Grad  *float64
			Score []float64
		}
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	gradients, scores := map[string]int{}, map[string]int{}
	for _, row := range rows {
		var d dist.Univariate
		if make, ok := continuousByName[row.Dist]; ok {
			d = make(row.Params)
		} else {
			d = must(discreteByName[row.Dist](row.Params))
		}
		for _, p := range row.Points {
			if p.Grad != nil {
				gradients[row.Dist]++
				if got := d.(dist.Grader).GradLogProb(p.X); !(math.Abs(got-*p.Grad) <= 1e-10*math.Abs(*p.Grad)) {
					t.Errorf("%v: GradLogProb(%v) is %v, want %v (off by %.2g)", d, p.X, got, *p.Grad, math.Abs(got / *p.Grad - 1))
				}
			}
			scores[row.Dist]++
			got := d.(dist.Scorer).ScoreTo(nil, p.X)
			if len(got) != len(p.Score) {
				t.Fatalf("%v: %d scores, want %d", d, len(got), len(p.Score))
			}
			largest := 0.0
			for k, v := range row.Params {
				if largest = max(largest, math.Abs(p.Score[k])); v != 0 {
					largest = max(largest, 1/math.Abs(v))
				}
			}
			for k, want := range p.Score {
				if !(math.Abs(got[k]-want) <= max(1e-10*math.Abs(want), 1e-13*largest)) {
					t.Errorf("%v: score %d at %v is %v, want %v (off by %.2g)", d, k, p.X, got[k], want, math.Abs(got[k]/want-1))
				}
			}
		}
	}
	for name := range continuousByName {
		if gradients[name] < 20 || scores[name] < 20 {
			t.Errorf("%s has %d goldens of its gradient and %d of its score", name, gradients[name], scores[name])
		}
	}
	for name := range discreteByName {
		if scores[name] < 20 {
			t.Errorf("%s has %d goldens of its score", name, scores[name])
		}
	}
}
