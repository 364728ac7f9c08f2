package diagnostics

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief/mcmc/draws"
	"github.com/google/go-cmp/cmp"
)

// healthy makes draws without fault: two quantities of four independent chains, and
// an entry that is fixed.
func healthy() *draws.Draws {
	d := draws.New([]string{"x", "y", "fixed"}, []string{draws.Divergent, draws.TreeDepth, draws.Energy}, 4, 500)
	r := rand.New(rand.NewPCG(8, 8))
	for _, c := range d.Chains {
		for range 500 {
			c.Values = append(c.Values, r.NormFloat64(), r.ExpFloat64(), 7)
			c.Stats = append(c.Stats, 0, float64(3+r.IntN(3)), r.NormFloat64())
		}
	}
	return d
}

// TestWarnings breaks healthy draws in one way each, and wants that to be named and
// nothing else.
func TestWarnings(t *testing.T) {
	value := func(d *draws.Draws, chain, draw, quantity int) *float64 {
		return &d.Chains[chain].Values[draw*3+quantity]
	}
	stat := func(d *draws.Draws, chain, draw, quantity int) *float64 {
		return &d.Chains[chain].Stats[draw*3+quantity]
	}
	for _, c := range []struct {
		name      string
		change    func(d *draws.Draws)
		want      []string // codes and places
		text      string   // part of the first text
		converged bool
	}{
		{"healthy", func(d *draws.Draws) {}, nil, "", true},
		{"a chain elsewhere", func(d *draws.Draws) {
			for i := range 500 {
				*value(d, 2, i, 0) += 3
			}
		}, []string{"rhat x", "ess-bulk x", "ess-tail x"}, "above 1.01 for 1 of 3 quantities", false},
		{"a chain that spreads", func(d *draws.Draws) {
			for i := range 500 {
				*value(d, 2, i, 0) *= 5
			}
		}, []string{"rhat x", "ess-tail x"}, "do not agree", false},
		{"correlated", func(d *draws.Draws) {
			for j, c := range autoregressive(2, 4, 500, 0.9) {
				for i, v := range c {
					*value(d, j, i, 0) = v
				}
			}
		}, []string{"rhat x", "ess-bulk x", "ess-tail x"}, "", false},
		{"rarely moving", func(d *draws.Draws) {
			for j := range 4 {
				for i := range 500 {
					*value(d, j, i, 1) = *value(d, 0, i/8%31, 0)
				}
			}
		}, []string{"ess-bulk y", "ess-tail y"}, "below 400, 100 for each chain, for 1 of 3", false},
		{"divergences", func(d *draws.Draws) {
			for i := range 30 {
				*stat(d, 1, i, 0) = 1
			}
		}, []string{"divergences "}, "30 of 2000 draws (1.5%)", false},
		{"few divergences", func(d *draws.Draws) {
			*stat(d, 1, 7, 0), *stat(d, 2, 7, 0) = 1, 1
		}, []string{"few-divergences "}, "2 of 2000 draws (0.1%) ended in a divergence: so few", true},
		{"a divergence too many", func(d *draws.Draws) {
			for i := range 3 {
				*stat(d, i, 7, 0) = 1
			}
		}, []string{"divergences "}, "3 of 2000 draws (0.15%)", false},
		{"few divergences of a slow energy", func(d *draws.Draws) {
			*stat(d, 1, 7, 0) = 1
			for i := 1; i < 500; i++ {
				*stat(d, 3, i, 2) = *stat(d, 3, i-1, 2) + *stat(d, 3, i, 2)/4
			}
		}, []string{"divergences ", "ebfmi chain 4"}, "1 of 2000 draws (0.05%)", false},
		{"few divergences of chains apart", func(d *draws.Draws) {
			*stat(d, 1, 7, 0) = 1
			for i := range 500 {
				*value(d, 2, i, 0) += 3
			}
		}, []string{"rhat x", "ess-bulk x", "ess-tail x", "divergences "}, "", false},
		{"divergences everywhere", func(d *draws.Draws) {
			for j := range 4 {
				for i := range 500 {
					*stat(d, j, i, 0) = 1
				}
			}
		}, []string{"divergences "}, "2000 of 2000 draws (100%) ended in a divergence: most likely the gradient is not that of the density (mcmc.CheckGradient", false},
		{"long trajectories only", func(d *draws.Draws) {
			for j := range 4 {
				for i := range 400 {
					*stat(d, j, i, 1) = 10
				}
			}
		}, []string{"tree-depth "}, "1600 of 2000 draws (80%) reached the greatest depth of the tree, 10: trajectories do not turn in time", true},
		{"long trajectories", func(d *draws.Draws) {
			for i := range 5 {
				*stat(d, 1, i, 1) = 10
			}
		}, []string{"tree-depth "}, "5 of 2000 draws (0.25%) reached the greatest depth of the tree, 10", true},
		{"slow energy", func(d *draws.Draws) {
			for i := 1; i < 500; i++ {
				*stat(d, 3, i, 2) = *stat(d, 3, i-1, 2) + *stat(d, 3, i, 2)/4
			}
		}, []string{"ebfmi chain 4"}, "below 0.3", false},
		{"infinite energy", func(d *draws.Draws) { *stat(d, 3, 0, 2) = math.Inf(1) },
			[]string{"ebfmi chain 4"}, "", false},
		{"not a number", func(d *draws.Draws) { *value(d, 1, 7, 1) = math.NaN() },
			[]string{"not-finite y"}, "1 draw is NaN or infinite", false},
		{"infinite", func(d *draws.Draws) {
			*value(d, 1, 7, 1), *value(d, 2, 7, 1) = math.Inf(1), math.Inf(-1)
		}, []string{"not-finite y"}, "2 draws are NaN or infinite", false},
		{"stuck", func(d *draws.Draws) {
			for i := range 500 {
				*value(d, 1, i, 1) = 0.7
			}
		}, []string{"stuck y", "rhat y"}, "never moves", false},
		{"a rare state", func(d *draws.Draws) {
			for j := range 4 {
				for i := range 500 {
					*value(d, j, i, 1) = 0
				}
			}
			*value(d, 0, 100, 1), *value(d, 1, 50, 1) = 1, 1
		}, nil, "", true},
		{"nothing moves", func(d *draws.Draws) {
			for j := range 4 {
				for i := range 500 {
					*value(d, j, i, 0), *value(d, j, i, 1) = 0.5, 0.25
				}
			}
		}, []string{"constant "}, "did not move", false},
		{"one chain", func(d *draws.Draws) { d.Chains = d.Chains[:1] }, []string{"one-chain "}, "run four", true},
		{"unequal chains", func(d *draws.Draws) {
			c := d.Chains[1]
			c.Values, c.Stats = c.Values[:3*450], c.Stats[:3*450]
		}, []string{"unequal-chains "}, "only the first 450 draws", true},
		{"an empty chain", func(d *draws.Draws) { d.Chains[2] = new(draws.Chain) },
			[]string{"empty-chain chain 3"}, "no draws", true},
		{"no draws", func(d *draws.Draws) { d.Chains = nil }, []string{"no-draws "}, "", false},
		{"few draws", func(d *draws.Draws) {
			for _, c := range d.Chains {
				c.Values, c.Stats = c.Values[:3*4], nil
			}
		}, []string{"too-few-draws "}, "chains of 4 draws", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := healthy()
			c.change(d)
			s := Summarize(d)
			var got []string
			for _, w := range s.Warnings {
				where, _, _ := strings.Cut(w.Where, " (")
				got = append(got, w.Code+" "+where)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s\n%v", diff, s)
			}
			if s.Converged != c.converged {
				t.Errorf("converged: %t", s.Converged)
			}
			if len(s.Warnings) > 0 && !strings.Contains(s.Warnings[0].Text, c.text) {
				t.Errorf("%q does not contain %q", s.Warnings[0].Text, c.text)
			}
		})
	}
}

// TestWorstFirst shows that warnings name the worst quantity first.
func TestWorstFirst(t *testing.T) {
	d := healthy()
	for i := range 500 {
		d.Chains[2].Values[3*i]++
		d.Chains[2].Values[3*i+1] += 10
	}
	for _, w := range Summarize(d).Warnings {
		if (w.Code == "rhat" || w.Code == "ess-bulk") && (!strings.HasPrefix(w.Where, "y (") || !strings.Contains(w.Where, ", x (")) {
			t.Errorf("%s: %s", w.Code, w.Where)
		}
	}
}

// TestMaxTreeDepth shows that the greatest depth is a setting.
func TestMaxTreeDepth(t *testing.T) {
	for depth, want := range map[int]bool{5: true, 6: false} {
		s, err := Config{MaxTreeDepth: depth}.Summarize(context.Background(), healthy())
		if err != nil || (s.Saturated > 0) != want {
			t.Errorf("depth %d: %d draws, %v", depth, s.Saturated, err)
		}
	}
}

func TestListed(t *testing.T) {
	items := []string{"1", "2", "3", "4", "5", "6", "7"}
	for n, want := range map[int]string{0: "", 1: "1", 6: "1, 2, 3, 4, 5, 6", 7: "1, 2, 3, 4, 5, … (2 more)"} {
		if got := listed(items[:n]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFitted(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		v, stdErr float64
		want      string
	}{
		{0.00764902807739406, 0.0155814920199295, "0.008"},
		{0.0155814920199295, 0.0155814920199295, "0.016"},
		{1234.5678, 0.1, "1234.57"},
		{1234.5678, 0.0996, "1234.57"}, // the error is 0.10 once rounded
		{1234.5678, 12, "1235"},
		{1234.5678, 123, "1235"},
		{-2.5e-9, 1.23e-11, "-2.500e-09"},
		{1e9, 1e3, "1.0000000e+09"},
		{1e9, 1e8, "1.00e+09"},
		{123456789, 3, "1.234567890e+08"},
		{1, 1e-30, "1.000000000000000e+00"},
		{0, 0.5, "0.00"},
		{0, 1e-20, "0e+00"},
		{3, 0, "3"},
		{3.14159265, nan, "3.14159"},
		{3.14159265, inf, "3.14159"},
		{nan, 1, "NaN"},
		{inf, 1, "Inf"},
		{-inf, nan, "-Inf"},
	} {
		if got := fitted(c.v, c.stdErr); got != c.want {
			t.Errorf("%g ± %g is written %q, want %q", c.v, c.stdErr, got, c.want)
		}
	}
}

func TestPercentage(t *testing.T) {
	for _, c := range []struct {
		n, of int
		want  string
	}{{4000, 4000, "100%"}, {3999, 4000, "over 99%"}, {3979, 4000, "99%"}, {600, 4000, "15%"}, {63, 4000, "1.6%"}, {4, 4000, "0.1%"}, {1, 1000000, "0.0001%"}} {
		if got := percentage(c.n, c.of); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.n, c.of, got, c.want)
		}
	}
}
