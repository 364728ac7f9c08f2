package process

import (
	"context"
	"math"
	"testing"
)

// branin has three global minima of 0.397887 on [−5, 10] × [0, 15] (Dixon & Szegő
// 1978), and ranges to 308.
func branin(_ context.Context, x []float64) (float64, error) {
	a := x[1] - 5.1/(4*math.Pi*math.Pi)*x[0]*x[0] + 5/math.Pi*x[0] - 6
	return a*a + 10*(1-1/(8*math.Pi))*math.Cos(x[0]) + 10, nil
}

const braninMinimum = 0.39788735772973816

func braninSearch() BayesianOptimization {
	return BayesianOptimization{Lower: []float64{-5, 0}, Upper: []float64{10, 15}}
}

// Expected improvement comes within 0.05 of the minimum, of values that reach to 308,
// with nearly every seed. The others do not narrow down to a point as it does: with
// ten seeds, the bound came within 0.1 with all of them, the probability with nine.
func TestBranin(t *testing.T) {
	for name, k := range map[string]struct {
		a     Acquisition
		close float64
		seeds uint64
		need  int
	}{
		"EI":  {nil, 0.05, 10, 9},
		"PI":  {ProbabilityOfImprovement{Xi: 1}, 0.2, 4, 3},
		"UCB": {UpperConfidenceBound{}, 0.2, 4, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			near := 0
			for seed := range k.seeds {
				b := braninSearch()
				b.Seed, b.Acquisition = seed, k.a
				best, err := b.Run(context.Background(), branin)
				if err != nil {
					t.Fatal(err)
				}
				if v, _ := branin(context.Background(), best.X); v != best.Value || len(best.Evaluations) != 30 || v < braninMinimum-1e-12 {
					t.Fatalf("%v at %v, which is %v, after %d evaluations", best.Value, best.X, v, len(best.Evaluations))
				}
				if best.Value-braninMinimum <= k.close {
					near++
				}
				t.Logf("seed %d: %.3g above the minimum", seed, best.Value-braninMinimum)
			}
			if near < k.need {
				t.Errorf("%d of %d seeds come within %v", near, k.seeds, k.close)
			}
		})
	}
}

// Chance alone does not come near: the test above can fail.
func TestBraninAtRandom(t *testing.T) {
	t.Parallel()
	near := 0
	for seed := range uint64(10) {
		b := braninSearch()
		b.Seed, b.Initial = seed, 30
		best, err := b.Run(context.Background(), branin)
		if err != nil {
			t.Fatal(err)
		}
		if best.Value-braninMinimum <= 0.05 {
			near++
		}
	}
	if near >= 5 {
		t.Errorf("a design alone comes near with %d of 10 seeds", near)
	}
}

// More than three dimensions: the minimum of a quadratic in five is found with every
// seed, that of Hartmann's function in six, which has others besides, with most. Of
// eight seeds, 50 evaluations brought five to within 0.01, two to 0.12, where the
// second basin ends, and one to 1.1; with 60 that one was 0.4 away.
func TestHigherDimensions(t *testing.T) {
	quadratic := func(x []float64) float64 { // least at (0.5, 0.55, …, 0.7)
		sum := 0.0
		for i, u := range x {
			d := u - 0.5 - 0.05*float64(i)
			sum += 4 * float64(i+1) * d * d
		}
		return sum
	}
	for name, k := range map[string]struct {
		f                func(x []float64) float64
		dim, evaluations int
		least, close     float64
		seeds            uint64
		need             int
	}{
		"quadratic": {quadratic, 5, 35, 0, 0.01, 2, 2},
		"hartmann":  {hartmann6, 6, 50, -3.32237, 0.2, 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			near := 0
			for seed := range k.seeds {
				b := BayesianOptimization{Lower: make([]float64, k.dim), Evaluations: k.evaluations, Seed: seed}
				for range k.dim {
					b.Upper = append(b.Upper, 1)
				}
				best, err := b.Run(context.Background(), func(_ context.Context, x []float64) (float64, error) { return k.f(x), nil })
				if err != nil {
					t.Fatal(err)
				}
				if best.Value-k.least <= k.close {
					near++
				}
				t.Logf("seed %d: %.3g above the minimum", seed, best.Value-k.least)
			}
			if near < k.need {
				t.Errorf("%d of %d seeds come within %v", near, k.seeds, k.close)
			}
		})
	}
	at := []float64{0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573}
	if v := hartmann6(at); math.Abs(v+3.32237) > 1e-5 {
		t.Errorf("Hartmann's function is %v at its minimum", v)
	}
}

// hartmann6 has its minimum of -3.32237 on the unit cube (Hartman 1973).
func hartmann6(x []float64) float64 {
	a := [4][6]float64{{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}}
	p := [4][6]float64{{1312, 1696, 5569, 124, 8283, 5886}, {2329, 4135, 8307, 3736, 1004, 9991}, {2348, 1451, 3522, 2883, 3047, 6650}, {4047, 8828, 8732, 5743, 1091, 381}}
	sum := 0.0
	for i, c := range [4]float64{1, 1.2, 3, 3.2} {
		e := 0.0
		for j, v := range x {
			d := v - p[i][j]*1e-4
			e += a[i][j] * d * d
		}
		sum -= c * math.Exp(-e)
	}
	return sum
}
