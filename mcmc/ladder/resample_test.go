package ladder

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
)

// A script is a source whose uniforms are given.
type script struct {
	u  []float64
	at int
}

func (s *script) Uint64() uint64 {
	s.at++
	return uint64(s.u[s.at-1] * (1 << 53))
}

// Every particle has n W_i children in expectation: all random numbers on a grid
// that is fine enough for these weights are enumerated, so that the mean is exact.
func TestResamplingUnbiasedByEnumeration(t *testing.T) {
	for _, c := range []struct {
		scheme     Resampling
		w          []float64
		grid, uses int
	}{
		{Systematic, []float64{7. / 16, 5. / 16, 3. / 16, 1. / 16}, 4, 1},
		{Systematic, []float64{0, 1, 0, 0}, 4, 1},
		{Stratified, []float64{7. / 16, 5. / 16, 3. / 16, 1. / 16}, 4, 4},
		{Stratified, []float64{1. / 16, 0, 15. / 16, 0}, 4, 4},
		{Residual, []float64{7. / 16, 5. / 16, 3. / 16, 1. / 16}, 8, 2},
		{Residual, []float64{0.5, 0.5}, 2, 0},
		{Residual, []float64{0, 0.375, 0.5, 0.125}, 2, 1},
		{Multinomial, []float64{0.5, 0.375, 0, 0.125}, 8, 4},
		{Multinomial, []float64{7. / 16, 5. / 16, 3. / 16, 1. / 16}, 16, 4},
	} {
		n := len(c.w)
		mean := make([]float64, n)
		u, digits := make([]float64, c.uses), make([]int, c.uses)
		cases := 0
		for done := false; !done; {
			for j, d := range digits {
				u[j] = (float64(d) + 0.5) / float64(c.grid)
			}
			src := &script{u: u}
			total := 0
			for i, k := range c.scheme.Counts(c.w, rand.New(src)) {
				mean[i] += float64(k)
				total += k
			}
			if total != n || src.at != c.uses {
				t.Fatalf("%v: %d children of %d, %d random numbers", c.scheme, total, n, src.at)
			}
			cases++
			done = true
			for j := range digits {
				if digits[j]++; digits[j] < c.grid {
					done = false
					break
				}
				digits[j] = 0
			}
		}
		for i, w := range c.w {
			if got := mean[i] / float64(cases); math.Abs(got-float64(n)*w) > 1e-12 {
				t.Errorf("%v of %v: particle %d has %g children in expectation, want %g", c.scheme, c.w, i, got, float64(n)*w)
			}
		}
	}
}

// Nothing without weight has children, children add up, and those of the systematic
// and residual schemes are as near to their expectation as they promise.
func TestResamplingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logw := rapid.SliceOfN(rapid.Float64Range(-800, 0), 1, 40).Draw(t, "logw")
		for i := range logw {
			if rapid.IntRange(0, 3).Draw(t, "zero") == 0 {
				logw[i] = math.Inf(-1)
			}
		}
		logw[rapid.IntRange(0, len(logw)-1).Draw(t, "one")] = 0
		w, n := normalized(logw), float64(len(logw))
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		for s := range Resampling(len(resamplingNames)) {
			total := 0
			for i, k := range s.Counts(w, r) {
				total += k
				d := float64(k) - n*w[i]
				switch {
				case w[i] == 0 && k > 0:
					t.Fatalf("%v: particle %d of weight zero has %d children", s, i, k)
				case s == Systematic && math.Abs(d) > 1+1e-9, s == Stratified && math.Abs(d) > 2+1e-9, s == Residual && d < -1-1e-9:
					t.Fatalf("%v: %d children where %g are expected", s, k, n*w[i])
				}
			}
			if total != len(w) {
				t.Fatalf("%v: %d children of %d", s, total, len(w))
			}
		}
	})
}

// The least and the largest uniform there are pick particles that have weight.
func TestResamplingAtTheEnds(t *testing.T) {
	w := []float64{0, 0.1, 0.2, 0.3, 0.4, 0}
	for s := range Resampling(len(resamplingNames)) {
		for _, u := range []float64{0, 1 - 0x1p-53} {
			counts := s.Counts(w, rand.New(&script{u: []float64{u, u, u, u, u, u}}))
			if counts[0] != 0 || counts[5] != 0 {
				t.Errorf("%v: children without weight: %v", s, counts)
			}
		}
	}
}

func TestResamplingNames(t *testing.T) {
	for s := range Resampling(len(resamplingNames)) {
		text, err := s.MarshalText()
		var back Resampling
		if err != nil || back.UnmarshalText(text) != nil || back != s || string(text) != s.String() {
			t.Errorf("%v: %q, %v, %v", s, text, err, back)
		}
	}
	var s Resampling
	var name *belief.UnknownNameError
	if err := s.UnmarshalText([]byte("sistematic")); !errors.As(err, &name) {
		t.Errorf("error %v", err)
	}
	var config *belief.ConfigError
	if _, err := Resampling(9).MarshalText(); !errors.As(err, &config) || Resampling(9).String() != "Resampling(9)" {
		t.Errorf("error %v of %v", err, Resampling(9))
	}
}
