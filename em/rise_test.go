package em

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Objectives that rise to zero more or less slowly: what is left is known. The scale is
// 1000, the tolerance 1e-7, so 1e-4 may be left.
var engineRises = map[string]func(t float64) float64{
	"at once":                    func(t float64) float64 { return -math.Exp(-50 * (t - 1)) },
	"geometric 0.5":              func(t float64) float64 { return -100 * math.Pow(0.5, t) },
	"geometric 0.9":              func(t float64) float64 { return -100 * math.Pow(0.9, t) },
	"geometric 0.999":            func(t float64) float64 { return -100 * math.Pow(0.999, t) },
	"geometric 0.9999":           func(t float64) float64 { return -0.1 * math.Pow(0.9999, t) },
	"fast, then 0.99":            func(t float64) float64 { return -100*math.Pow(0.3, t) - 1e-3*math.Pow(0.99, t) },
	"fast, then 0.995":           func(t float64) float64 { return -100*math.Pow(0.5, t) - 1e-2*math.Pow(0.995, t) },
	"fast, then 0.9999":          func(t float64) float64 { return -100*math.Pow(0.5, t) - 1e-1*math.Pow(0.9999, t) },
	"many rates":                 func(t float64) float64 { return -50*math.Pow(0.7, t) - 5*math.Pow(0.95, t) - math.Pow(0.997, t) },
	"1/t":                        func(t float64) float64 { return -1 / t },
	"1/t, small":                 func(t float64) float64 { return -0.02 / t },
	"1/√t":                       func(t float64) float64 { return -1e-2 / math.Sqrt(t) },
	"1/t²":                       func(t float64) float64 { return -1 / (t * t) },
	"t^-¼":                       func(t float64) float64 { return -1e-3 * math.Pow(t, -0.25) },
	"1/log":                      func(t float64) float64 { return -1e-3 / math.Log(t+1) },
	"fast, then 1/t":             func(t float64) float64 { return -100*math.Pow(0.5, t) - 1/(t+100) },
	"in jumps":                   func(t float64) float64 { return -100 * math.Pow(0.999, 3*math.Floor(t/3)) },
	"every other one":            func(t float64) float64 { return -10 * math.Pow(0.99, 2*math.Floor(t/2)+1e-5*t) },
	"a plateau before the climb": func(t float64) float64 { return -100 / (1 + math.Exp((t-100)/10)) },
}

// Whenever a rise is said to have converged, no more is left than a little above the
// tolerance, at most twice as much, whatever the speed, and four times with coarse rounding. Where it is fast, the end is
// found, with rounding of every size that sums can have.
func TestEngineNeverConvergesFalsely(t *testing.T) {
	const scale, small = 1000, 1e-4
	soon := map[string]int{"at once": 10, "geometric 0.5": 35, "geometric 0.9": 180, "geometric 0.999": 18000, "geometric 0.9999": 80000, "many rates": 4200, "1/t²": 400, "1/t, small": 500, "a plateau before the climb": 400}
	for name, f := range engineRises {
		for _, noise := range []float64{0, 1e-13, 1e-12, 1e-11, 5e-10} {
			t.Run(fmt.Sprintf("%s, rounding %g", name, noise), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				var r rise
				for i := 1; i <= 100_000; i++ {
					x := float64(i)
					_, _, converged := r.add(-scale+f(x)+noise*(2*rng.Float64()-1), scale, small/scale, true, false)
					if !converged {
						continue
					}
					most := 2.0
					if noise > 1e-10 { // the differences of ratios drown in it
						most = 4
					}
					if left := -f(x); left > most*small {
						t.Errorf("converged after %d iterations, with %g left", i, left)
					}
					if most, ok := soon[name]; ok && i > most {
						t.Errorf("converged after %d iterations only, with %g left", i, -f(x))
					}
					return
				}
				if _, ok := soon[name]; ok {
					t.Errorf("not converged")
				}
			})
		}
	}
}

// The estimate is exact for geometric rises and within a seventh for powers of t.
func TestEngineGainLeft(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(t float64) float64
		off  float64
	}{
		{"0.9", func(t float64) float64 { return -math.Pow(0.9, t) }, 1e-9},
		{"1/t", func(t float64) float64 { return -1 / t }, 0.06},
		{"1/√t", func(t float64) float64 { return -1 / math.Sqrt(t) }, 0.06},
		{"1/t²", func(t float64) float64 { return -1 / (t * t) }, 0.14},
	} {
		for _, n := range []int{20, 50, 130} {
			var history []float64
			for i := 1; i <= n; i++ {
				history = append(history, c.f(float64(i)))
			}
			if left, want := gainLeft(history, 1e-300), -c.f(float64(n)); math.Abs(left-want) > c.off*want {
				t.Errorf("%s after %d: %g left, want %g", c.name, n, left, want)
			}
		}
	}
}

// Nothing is estimated of gains that do not shrink, or from too few of them.
func TestEngineGainLeftUnknown(t *testing.T) {
	for _, history := range [][]float64{{1}, {1, 2}, {1, 2, 2.5}, {1, 5, 8, 10, 13}, {0, 1, 4, 6}, {0, 3, 6, 8}, {0, 1, 4, 3}, {0, 8, 4, 6}} {
		if left := gainLeft(history, 1e-300); !math.IsInf(left, 1) {
			t.Errorf("%v: %g", history, left)
		}
	}
	if left := gainLeft([]float64{1, 1}, 1e-300); left != 0 {
		t.Errorf("nothing gained, %g left", left)
	}
}

func TestEngineFallsAreTold(t *testing.T) {
	var r rise
	for _, v := range []float64{-10, -9, -8, -8.5, -8, -7, -7.25, -7, -7, -7, -7, -7} {
		if _, _, converged := r.add(v, 1, 1e-7, true, false); converged && v != -7 {
			t.Errorf("converged at %v", v)
		}
	}
	w, fell := r.warning(3)
	if want := "start 3, iteration 4: the objective fell, and in 2 iterations in all, at most by 0.5,"; !fell || len(w.String()) < len(want) || w.String()[:len(want)] != want {
		t.Errorf("%v %v", fell, w)
	}
	// Falling all the time is not converging, however slowly.
	r = rise{}
	for i := range 1000 {
		if _, _, converged := r.add(-1-1e-9*float64(i), 1, 1e-7, true, false); converged {
			t.Fatal("falling taken for convergence")
		}
	}
	if r.Falls != 999 {
		t.Errorf("%d falls", r.Falls)
	}
	// A fall that rounding explains is none.
	r = rise{}
	r.add(-1, 1, 1e-7, true, false)
	r.add(-1-1e-12, 1, 1e-7, true, false)
	if _, fell := r.warning(0); fell {
		t.Error("rounding is told as a fall")
	}
}

func TestEngineToleranceIsNeverMet(t *testing.T) {
	for _, hard := range []bool{false, true} {
		var r rise
		for range 50 {
			if _, _, converged := r.add(-1, 1, -1, true, hard); converged {
				t.Fatal("a negative tolerance is met")
			}
		}
	}
}
