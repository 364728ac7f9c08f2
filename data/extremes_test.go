package data

// Columns of extreme magnitude or number.

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Mean and standard deviation do not overflow or vanish where the values do not, and a
// column that is not constant is scaled, there and back.
func TestStandardizeExtremes(t *testing.T) {
	const (
		most  = math.MaxFloat64
		least = math.SmallestNonzeroFloat64
	)
	for _, c := range []struct {
		x        []float64
		mean, sd float64
	}{
		{[]float64{0, 1e-200}, 5e-201, 5e-201},
		{[]float64{0, 1e-165, 3e-165}, 4e-165 / 3, math.Sqrt(14) / 3 * 1e-165},
		{[]float64{1e200, -1e200}, 0, 1e200},
		{[]float64{1e200, 0, 1e-200}, 1e200 / 3, math.Sqrt2 / 3 * 1e200},
		{[]float64{1e-200, 2e-200, -1e200, 1e200}, 0, math.Sqrt2 / 2 * 1e200},
		{[]float64{0, least, 1e308}, 1e308 / 3, math.Sqrt2 / 3 * 1e308},
		{[]float64{most, -most}, 0, most},
		{[]float64{-most, most, most}, most / 3, most * (2 * math.Sqrt2 / 3)},
		{[]float64{most, -most, -most, -most, -most}, -0.6 * most, 0.8 * most},
		{[]float64{0, least}, 0, least}, // rounded: half of least, twice
		{[]float64{0, 8 * least}, 4 * least, 4 * least},
		{[]float64{1e-200, 1e-200}, 1e-200, 0},
	} {
		src := must(FromMatrix(c.x, 1))(t)
		sum := must(Summarize(src))(t).Columns[0]
		if math.Abs(sum.Mean-c.mean) > 2e-16*c.sd || math.Abs(sum.SD-c.sd) > 4e-16*c.sd {
			t.Errorf("%v: mean %v, sd %v; want %v, %v", c.x, sum.Mean, sum.SD, c.mean, c.sd)
		}
		s := must(Standardize(src))(t)
		scaled := must(s.Apply(src))(t)
		got := must(Summarize(scaled))(t).Columns[0]
		if want := 1.0; c.sd > 2*least && (math.Abs(got.Mean) > 1e-14 || math.Abs(got.SD-want) > 1e-14) {
			t.Errorf("%v scaled: mean %v, sd %v", c.x, got.Mean, got.SD)
		}
		back := must(ReadAll(must(s.Undo(scaled))(t), Limits{}))(t).Matrix()
		for i, v := range back {
			if math.Abs(v/4-c.x[i]/4) > 1e-15*c.sd/4 && !(math.IsInf(v, 0) && math.Abs(c.x[i]) == most) { // the last rounding may be up
				t.Errorf("%v comes back as %v", c.x, back)
			}
		}
	}
}

// A power of two changes nothing but the unit, to the last bit.
func TestSummaryUnit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 40).Draw(rt, "x")
		for i, v := range x { // so that no bits are lost below
			x[i] = math.Round(v*1024) / 1024
		}
		k := rapid.IntRange(-900, 900).Draw(rt, "k")
		plain := must(Summarize(must(FromMatrix(slices.Clone(x), 1))(t)))(t).Columns[0]
		for i := range x {
			x[i] = math.Ldexp(x[i], k)
		}
		got := must(Summarize(must(FromMatrix(x, 1))(t)))(t).Columns[0]
		if want := [2]float64{math.Ldexp(plain.Mean, k), math.Ldexp(plain.SD, k)}; want != [2]float64{got.Mean, got.SD} {
			rt.Fatalf("times 2^%d: mean, sd %v %v, want %v", k, got.Mean, got.SD, want)
		}
	})
}

// Looking up many columns takes time in proportion to their number: where every name
// is sought through all columns, these take minutes.
func TestManyColumns(t *testing.T) {
	const n = 1 << 17
	names := make([]string, n)
	x := make([]float64, 2*n)
	for i := range names {
		names[i] = fmt.Sprintf("a column of numbers %d", n-i)
		x[i] = float64(i)
	}
	src := must(FromMatrix(x, n, names...))(t)
	start := time.Now()
	s := must(Standardize(src))(t)
	must(s.Apply(src))(t)
	odd := slices.Clone(names[:n/2])
	slices.Reverse(odd)
	chosen := must(Select(src, odd...))(t)
	rest := must(Without(src, odd...))(t)
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("%d columns take %v", n, d)
	}
	if got := chosen.Columns()[0].Name; got != names[n/2-1] || len(chosen.Columns()) != n/2 {
		t.Errorf("first chosen is %s", got)
	}
	if d := cmp.Diff(rest.Columns(), src.Columns()[n/2:]); d != "" {
		t.Error(d)
	}
	if v := must(ReadAll(chosen, Limits{}))(t).Row(0)[0]; v != n/2-1 {
		t.Errorf("first value is %v", v)
	}
}
