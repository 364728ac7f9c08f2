package check

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// alarm is the rate of false alarms of every statistical test here.
const alarm = 1e-6

// each calls f with the counts of every sequence of n ranks below size.
func each(n, size int, f func(counts []int)) (total int) {
	counts := make([]int, size)
	var next func(left int)
	next = func(left int) {
		if left == 0 {
			f(counts)
			total++
			return
		}
		for k := range counts {
			counts[k]++
			next(left - 1)
			counts[k]--
		}
	}
	next(n)
	return total
}

// The p-value of the largest departure is the share of all sequences of ranks that
// are as extreme.
func TestECDFPEnumerated(t *testing.T) {
	for _, c := range []struct{ n, size int }{{1, 2}, {4, 3}, {6, 4}, {3, 9}, {9, 2}, {5, 5}} {
		got := map[float64]float64{} // p-values by extremeness
		var gammas []float64
		each(c.n, c.size, func(counts []int) {
			g := extremeness(counts, c.n)
			gammas = append(gammas, g)
			got[g] = ecdfP(counts, c.n)
		})
		for g, p := range got {
			as := 0
			for _, h := range gammas {
				if h <= g*(1+1e-12) {
					as++
				}
			}
			if want := float64(as) / float64(len(gammas)); math.Abs(p-want) > 1e-12 {
				t.Errorf("n = %d, %d ranks: p of extremeness %v is %v, want %v", c.n, c.size, g, p, want)
			}
		}
	}
}

// Of all sequences, at most a share alarm leaves the band, and a narrower band is
// left by more.
func TestBandEnumerated(t *testing.T) {
	for _, c := range []struct {
		n, size int
		alarm   float64
	}{{8, 4, 0.1}, {6, 5, 0.05}, {10, 3, 0.01}} {
		low, high, err := Band(c.n, c.size, c.alarm)
		if err != nil {
			t.Fatal(err)
		}
		left, narrow := 0, 0
		total := each(c.n, c.size, func(counts []int) {
			below, out, tight := 0, false, false
			for k := range low {
				below += counts[k]
				out = out || below < low[k] || below > high[k]
				tight = tight || below <= low[k] || below >= high[k]
			}
			if out {
				left++
			}
			if tight {
				narrow++
			}
		})
		if share := float64(left) / float64(total); share > c.alarm || float64(narrow)/float64(total) < c.alarm {
			t.Errorf("n = %d, %d ranks: the band of %v is left by %v", c.n, c.size, c.alarm, share)
		}
	}
}

// Uniform ranks give p-values that are uniform, as far as they can be; others give
// tiny ones.
func TestPValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const runs, n, size = 300, 200, 40
	var chi, ecdf int
	for range runs {
		counts := make([]int, size)
		for range n {
			counts[r.IntN(size)]++
		}
		if _, p, bins := chiSquare(counts, n); p < 0.05 {
			chi++
		} else if bins != 10 {
			t.Fatalf("%d bins", bins)
		}
		if ecdfP(counts, n) < 0.05 {
			ecdf++
		}
	}
	// The number below 0.05 is binomial; the chi-square distribution is a limit,
	// and allowed 0.06.
	if d := (dist.Binomial{N: runs, P: 0.06}); float64(chi) > d.Quantile(1-alarm) || chi < 3 {
		t.Errorf("%d of %d chi-square p-values are below 0.05", chi, runs)
	}
	if d := (dist.Binomial{N: runs, P: 0.05}); float64(ecdf) > d.Quantile(1-alarm) || ecdf < 3 {
		t.Errorf("%d of %d ECDF p-values are below 0.05", ecdf, runs)
	}
	for name, shape := range map[string]func(u float64) float64{
		"low":    func(u float64) float64 { return u * u },
		"narrow": func(u float64) float64 { return 0.5 - 0.5*math.Cos(math.Pi*u) },
		"wide":   func(u float64) float64 { return 0.25 + 0.5*u },
	} {
		counts, n := make([]int, size), 2*n
		for range n {
			counts[int(shape(r.Float64())*size)]++
		}
		if _, p, _ := chiSquare(counts, n); p > 1e-6 {
			t.Errorf("%s: chi-square p %v", name, p)
		}
		if p := ecdfP(counts, n); p > 1e-6 {
			t.Errorf("%s: ECDF p %v", name, p)
		}
	}
}

func TestBandErrors(t *testing.T) {
	for _, c := range []struct {
		n, size int
		alarm   float64
	}{{-1, 10, 0.1}, {10, 1, 0.1}, {10, 10, 0}, {10, 10, math.NaN()}, {1 << 40, 10, 0.1}, {10, 1 << 40, 0.1}} {
		var config *belief.ConfigError
		if _, _, err := Band(c.n, c.size, c.alarm); !errors.As(err, &config) {
			t.Errorf("%v: %v", c, err)
		}
	}
}
