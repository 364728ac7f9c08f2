package mcmc

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
)

// Chains of discrete coordinates start at their values, so that a target need not
// know of any other points: it may look up a table, or be zero off it.
func TestGibbsStart(t *testing.T) {
	table := []float64{0.2, 0.3, 0.5}
	lookup := Func(2, func(x []float64) float64 { return math.Log(table[int(x[0])]) - x[1]*x[1]/2 })
	zero := Func(2, func(x []float64) float64 {
		if x[0] != 0 && x[0] != 1 && x[0] != 2 {
			return math.Inf(-1)
		}
		return math.Log(table[int(x[0])]) - x[1]*x[1]/2
	})
	blocks := Gibbs{Blocks: []Block{{Of: []int{1}, Sampler: Slice{}}, {Of: []int{0}, Values: []float64{0, 1, 2}}}}
	both := Gibbs{Blocks: []Block{{Of: []int{1, 0}, Sampler: Gibbs{Blocks: []Block{
		{Of: []int{0}, Sampler: Slice{}}, {Of: []int{1}, Values: []float64{0, 1, 2}}}}}}}
	for name, s := range map[string]Sampler{
		"blocks":               blocks,
		"Gibbs within":         both,
		"tempering of a Gibbs": Tempering{Sampler: blocks, Levels: 2},
	} {
		for _, target := range []Target{lookup, zero} {
			for _, warmUp := range []int{0, NoWarmUp} {
				run, err := Sample(context.Background(), s, target, Config{Chains: 10, Draws: 200, WarmUp: warmUp})
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				seen, mean := [3]int{}, 0.0
				for i, report := range run.Reports {
					seen[int(report.Start[0])]++
					if x := report.Start[1]; x == math.Trunc(x) {
						t.Errorf("%s: the other coordinate starts at %v", name, x)
					}
					for j := range run.Len(i) {
						mean += run.Row(i, j)[0] / 2000
					}
				}
				if seen[0] == 0 || seen[1] == 0 || seen[2] == 0 {
					t.Errorf("%s: starts %v", name, seen)
				}
				// Of mean 1.3 and variance 0.61, five standard errors of 400 draws.
				if math.Abs(mean-1.3) > 0.2 {
					t.Errorf("%s: mean %v", name, mean)
				}
			}
		}
	}
	// The user's own start is left as it is.
	var target *TargetError
	if _, err := Sample(context.Background(), blocks, lookup, Config{Start: [][]float64{{-1, 0}}}); !errors.As(err, &target) || target.X[0] != -1 {
		t.Errorf("a start off the values: %v", err)
	}
}

func TestScanText(t *testing.T) {
	for _, s := range []Scan{SystematicScan, RandomScan} {
		var back struct{ Scan Scan }
		text, err := json.Marshal(struct{ Scan Scan }{s})
		if err != nil || json.Unmarshal(text, &back) != nil || back.Scan != s {
			t.Errorf("%v: %s, %v, %v", s, text, err, back.Scan)
		}
	}
	for _, s := range []Scan{-1, 2} {
		if _, err := s.MarshalText(); err == nil {
			t.Errorf("%v has a text", s)
		}
	}
	if a, b, c := SystematicScan.String(), RandomScan.String(), Scan(7).String(); a != "systematic" || b != "random" || c != "Scan(7)" {
		t.Error(a, b, c)
	}
	var s Scan
	var name *belief.UnknownNameError
	if err := s.UnmarshalText([]byte("randon")); !errors.As(err, &name) {
		t.Error(err)
	}
}
