package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestComposedGoldens holds affine transforms and mixtures of six bases to the numbers
// of testdata/composed.py, to relative 1e-10, and 1e-12 near zero.
func TestComposedGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/composed.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Kinds                []string
		Params               [][]float64
		Shift, Scale, Weight float64
		Points               [][4]float64 // x, log p, log CDF, log survival
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	counts := map[bool]int{}
	for _, row := range rows {
		var parts []dist.Univariate
		for i, kind := range row.Kinds {
			parts = append(parts, continuousByName[kind](row.Params[i]))
		}
		var d interface {
			dist.Univariate
			dist.LogSurvivaler
		} = dist.Affine{Base: parts[0], Shift: row.Shift, Scale: row.Scale}
		if len(parts) == 2 {
			d = must(dist.NewMixture(parts, []float64{row.Weight, 1 - row.Weight}))
		}
		for _, p := range row.Points {
			counts[len(parts) == 2]++
			for what, v := range map[string][3]float64{
				"LogProb":     {d.LogProb(p[0]), p[1], 0.01},
				"LogCDF":      {d.LogCDF(p[0]), p[2], 0},
				"LogSurvival": {d.LogSurvival(p[0]), p[3], 0},
				"CDF":         {d.CDF(p[0]), math.Exp(p[2]), 1e-290},
				"Survival":    {d.Survival(p[0]), math.Exp(p[3]), 1e-290},
			} {
				if !(math.Abs(v[0]-v[1]) <= 1e-10*max(v[2], math.Abs(v[1]))) {
					t.Errorf("%v: %s(%v) is %v, want %v", d, what, p[0], v[0], v[1])
				}
			}
		}
	}
	if counts[false] < 20 || counts[true] < 20 {
		t.Errorf("%d goldens of affine transforms and %d of mixtures", counts[false], counts[true])
	}
}
