package diagnostics

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyChains draws chains of equal length with ties, and infinities now and then.
func anyChains(t *rapid.T) [][]float64 {
	m, n := rapid.IntRange(1, 4).Draw(t, "chains"), rapid.IntRange(0, 40).Draw(t, "draws")
	values := rapid.OneOf(
		rapid.Float64Range(-5, 5),
		rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-2, 2).Draw(t, "n")) / 2 }),
		rapid.SampledFrom([]float64{math.Copysign(0, -1), 1e300, -1e-300, math.Inf(1), math.Inf(-1)}),
	)
	return rapid.SliceOfN(rapid.SliceOfN(values, n, n), m, m).Draw(t, "draws of chains")
}

// TestSort compares the radix sort and the normal scores with plain definitions.
func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chains := anyChains(t)
		s := newSample(chains)
		s.sort()
		want := slices.Clone(s.x)
		slices.Sort(want)
		if !slices.Equal(s.sorted, want) {
			t.Fatalf("sorted %v, want %v", s.sorted, want)
		}
		seen := make([]bool, len(s.x))
		for i, j := range s.order {
			if seen[j] || s.x[j] != s.sorted[i] {
				t.Fatalf("order %v of %v", s.order, s.x)
			}
			seen[j] = true
		}
		z := slices.Concat(ZScale(chains)...)
		for i, v := range s.x {
			below, equal := 0, 0
			for _, w := range s.x {
				if w < v {
					below++
				} else if w == v {
					equal++
				}
			}
			rank := float64(below) + float64(equal+1)/2
			p := 0.5 * math.Erfc(-z[i]/math.Sqrt2)
			if got := p*(float64(len(s.x))+0.25) + 0.375; math.Abs(got-rank) > 1e-9*float64(len(s.x)) {
				t.Fatalf("score %g of draw %d is that of rank %g, want %g", z[i], i, got, rank)
			}
		}
	})
}

// TestLags compares summed and transformed autocovariances with the definition.
func TestLags(t *testing.T) {
	for n := 1; n <= 70; n++ {
		chains := autoregressive(uint64(n), 3, n, 0.7)
		var summed, transformed lags
		summed.reset(chains)
		transformed.reset(chains)
		transformed.transform()
		for lag := 0; lag < n; lag++ {
			want := 0.0
			for _, c := range chains {
				m := mean(c)
				for i := range n - lag {
					want += (c[i] - m) * (c[i+lag] - m) / float64(3*n)
				}
			}
			if got := transformed.c[lag]; math.Abs(got-want) > 1e-14 {
				t.Errorf("n = %d: transformed lag %d is %g, want %g", n, lag, got, want)
			}
			if lag%2 == 0 && lag+1 < n {
				even, odd := summed.sums(lag)
				if math.Abs(even-want) > 1e-14 || math.Abs(odd-transformed.c[lag+1]) > 1e-14 {
					t.Errorf("n = %d: summed lags %d are %g and %g, want %g and %g", n, lag, even, odd, want, transformed.c[lag+1])
				}
			}
		}
	}
}

// TestInvariance holds what must not change the diagnostics: the order of chains, a
// change of sign, and a change of units, here by powers of two.
func TestInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chains := anyChains(t)
		changed := slices.Clone(chains)
		slices.Reverse(changed)
		scale := math.Ldexp(1, rapid.IntRange(-20, 20).Draw(t, "exponent"))
		negative := rapid.Bool().Draw(t, "negative")
		for i, c := range changed {
			changed[i] = slices.Clone(c)
			for j := range c {
				changed[i][j] *= scale
				if negative {
					changed[i][j] = -changed[i][j]
				}
			}
		}
		for _, name := range []string{"rhat", "rhat_basic_split", "ess_bulk", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd", "mad", "sd"} {
			want, got := diagnosed[name](chains), diagnosed[name](changed)
			switch name {
			case "mcse_mean", "mcse_sd", "mad", "sd":
				want *= scale
			}
			if !near(got, want, 1e-9) {
				t.Errorf("%s is %g, was %g", name, got, want)
			}
		}
	})
}

// TestBounds holds limits of the results.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chains := anyChains(t)
		s := float64(len(chains) * len(chains[0]))
		for name, f := range diagnosed {
			v := f(chains)
			switch name {
			case "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "ess_median":
				if v <= 0 || v > s*math.Log10(s)*(1+1e-12) {
					t.Errorf("%s is %g of %g draws", name, v, s)
				}
			case "rhat":
				if v < math.Sqrt(1-2/float64(len(chains[0])-1))*(1-1e-12) {
					t.Errorf("R-hat is %g", v)
				}
			case "mcse_mean", "mcse_sd", "mcse_median", "sd", "mad":
				if v < 0 {
					t.Errorf("%s is %g", name, v)
				}
			}
		}
	})
}

// TestCut shows that chains are cut to the shortest, and not changed.
func TestCut(t *testing.T) {
	chains := autoregressive(3, 3, 100, 0.5)
	cut := [][]float64{chains[0][:77], chains[1][:77], chains[2][:77]}
	long := [][]float64{chains[0], slices.Clone(cut[1]), chains[2]}
	before := slices.Concat(long...)
	for name, f := range diagnosed {
		if got, want := f(long), f(cut); got != want {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
	if !slices.Equal(slices.Concat(long...), before) {
		t.Error("the draws have changed")
	}
}

// TestUndefined lists what has no diagnostics.
func TestUndefined(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name    string
		chains  [][]float64
		defined []string
	}{
		{"no chain", nil, nil},
		{"no draws", [][]float64{{}, {}}, nil},
		{"one draw", [][]float64{{1}, {2}}, []string{"mean", "sd", "median", "mad", "q05", "q95"}},
		{"NaN", [][]float64{{1, 2, 3, nan, 5, 6, 7, 8}}, nil},
		{"constant", [][]float64{{3, 3, 3, 3, 3, 3, 3, 3}}, []string{"mean", "sd", "median", "mad", "q05", "q95"}},
		{"both infinities", [][]float64{{1, inf, 3, -inf, 5, 6, 7, 8}},
			[]string{"rhat", "ess_bulk", "median", "mad", "q05", "q95"}},
	} {
		for name, f := range diagnosed {
			if got, want := !math.IsNaN(f(c.chains)), slices.Contains(c.defined, name); got != want {
				t.Errorf("%s: %s is %g, which should be a number: %t", c.name, name, f(c.chains), want)
			}
		}
	}
	if v := ESSQuantile([][]float64{{1, 2, 3, 4, 5, 6}}, 1.5); !math.IsNaN(v) {
		t.Errorf("ESS of the 150%% quantile is %g", v)
	}
	for _, e := range [][]float64{nil, {1, 2}, {1, 1, 1, 1}, {1, nan, 2, 3}, {1, inf, 2, 3}} {
		if v := EBFMI(e); !math.IsNaN(v) {
			t.Errorf("E-BFMI of %v is %g", e, v)
		}
	}
	if v := Quantile([]float64{1, nan}, 0.5); !math.IsNaN(v) {
		t.Errorf("the median with a NaN is %g", v)
	}
	if c := Autocovariance(nil); len(c) != 0 {
		t.Errorf("autocovariances %v of nothing", c)
	}
	if c := Autocorrelation([]float64{2, 2, 2}); !math.IsNaN(c[0]) {
		t.Errorf("autocorrelations %v of a constant", c)
	}
	if z := ZScale([][]float64{{1, nan}}); !math.IsNaN(z[0][0]) || !math.IsNaN(z[0][1]) {
		t.Errorf("scores %v of NaN", z)
	}
}

// TestTiny shows that draws in tiny units are not taken for constant.
func TestTiny(t *testing.T) {
	chains := autoregressive(5, 4, 200, 0.3)
	want := ESSMean(chains)
	for _, c := range chains {
		for i := range c {
			c[i] *= 0x1p-100
		}
	}
	if got := ESSMean(chains); got != want {
		t.Errorf("ESS %g in tiny units, want %g", got, want)
	}
}

// TestAutoregression compares with what is true of the process: an ESS of
// (1 − φ)/(1 + φ) per draw. The tolerance is five of the standard deviations over 100
// seeds, 4%; at a rate of false alarms below 1e-6.
func TestAutoregression(t *testing.T) {
	const n = 20000
	for _, phi := range []float64{-0.5, 0, 0.5, 0.9} {
		chains := autoregressive(7, 4, n, phi)
		want := 4 * n * (1 - phi) / (1 + phi)
		if got := ESSMean(chains); !near(got, want, 0.2) {
			t.Errorf("φ = %g: ESS %g, want %g", phi, got, want)
		}
		if r := RHat(chains); r > 1.01 {
			t.Errorf("φ = %g: R-hat %g", phi, r)
		}
	}
}

// TestExtremeQuantiles shows that the ends of the range are as good as quantiles half
// a draw inside, as in posterior.
func TestExtremeQuantiles(t *testing.T) {
	chains := autoregressive(9, 4, 100, 0.3)
	for p, inside := range map[float64]float64{0: 0.5 / 400, 1: 1 - 0.5/400} {
		got, want := ESSQuantile(chains, p), ESSQuantile(chains, inside)
		if math.IsNaN(got) || got != want {
			t.Errorf("ESS of quantile %g is %g, want %g", p, got, want)
		}
	}
}

// TestHugeDeviation shows standard deviations whose squares overflow or vanish.
func TestHugeDeviation(t *testing.T) {
	for _, scale := range []float64{1e-200, 1, 1e200} {
		s := newSample([][]float64{{scale, -scale, scale, -scale}})
		if want := scale * math.Sqrt(4.0/3); !near(s.sd(), want, 1e-14) {
			t.Errorf("the standard deviation is %g, want %g", s.sd(), want)
		}
	}
}
