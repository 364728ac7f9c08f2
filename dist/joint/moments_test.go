package joint

import (
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
)

// Moments against sums over all outcomes, and Jensen's inequality (Qiu 2019,
// equation D.41).
func TestMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		n := len(table.vars)
		mean, square := make([]float64, n), make([]float64, n*n)
		enumerate(table, func(_ Event, x []float64, p float64) {
			for i, v := range x {
				mean[i] += p * v
			}
		})
		enumerate(table, func(_ Event, x []float64, p float64) {
			for i := range x {
				for j := range x {
					square[i*n+j] += p * (x[i] - mean[i]) * (x[j] - mean[j])
				}
			}
		})
		matrix, err := table.CovarianceMatrix(names(table.vars)...)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range table.vars {
			if got, err := table.Mean(v.Name); err != nil || !near(got, mean[i]) {
				t.Fatalf("the mean of %s is %v, want %v (%v)", v.Name, got, mean[i], err)
			}
			if got, err := table.Variance(v.Name); err != nil || !near(got, square[i*n+i]) {
				t.Fatalf("the variance of %s is %v, want %v (%v)", v.Name, got, square[i*n+i], err)
			}
			cubed := table.Expectation(func(x []float64) float64 { return math.Pow(x[i]-mean[i], 4) })
			if want := square[i*n+i] * square[i*n+i]; cubed < want*(1-1e-12) {
				t.Fatalf("E (X − m)⁴ = %v is below (E (X − m)²)² = %v", cubed, want)
			}
			for j, u := range table.vars {
				want := square[i*n+j]
				if got, err := table.Covariance(v.Name, u.Name); err != nil || !near(got, want) || !near(matrix.At(i, j), want) {
					t.Fatalf("the covariance of %s and %s is %v, want %v (%v)", v.Name, u.Name, got, want, err)
				}
				got, err := table.Correlation(v.Name, u.Name)
				scale := math.Sqrt(square[i*n+i] * square[j*n+j])
				if err != nil || scale > 1e-9 && !(math.Abs(got-want/scale) <= 1e-9) || scale < 1e-9 && !math.IsNaN(got) {
					t.Fatalf("the correlation of %s and %s is %v, want %v/%v (%v)", v.Name, u.Name, got, want, scale, err)
				}
			}
		}
	})
}

func TestMomentsErrors(t *testing.T) {
	table := sprinkler(t)
	var variable *VariableError
	var unknown *belief.UnknownNameError
	for _, err := range []error{
		errOf(table.Mean("rain")), errOf(table.Variance("rain")), errOf(table.Covariance("rain", "grass")),
		errOf(table.Correlation("rain", "rain")), errOf(table.CovarianceMatrix("rain")), errOf(table.CovarianceMatrix()),
		errOf(table.Functions()), errOf(table.Functions(Function{"f", func(x []float64) float64 { return math.Log(x[0]) }})),
	} {
		if !errors.As(err, &variable) {
			t.Error(err)
		}
	}
	for _, err := range []error{errOf(table.Mean("x")), errOf(table.Variance("x")), errOf(table.Covariance("x", "y")), errOf(table.Correlation("x", "x"))} {
		if !errors.As(err, &unknown) {
			t.Error(err)
		}
	}
}

// dice is two fair dice.
func dice(t testing.TB) *Table {
	t.Helper()
	p := make([]float64, 36)
	for i := range p {
		p[i] = 1. / 36
	}
	table, err := New([]Variable{NewNumber("i", 1, 2, 3, 4, 5, 6), NewNumber("j", 1, 2, 3, 4, 5, 6)}, p)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The sum of two dice takes eleven values and their difference six (Qiu 2019,
// equations D.2 and D.3); these two are uncorrelated and not independent.
func TestDice(t *testing.T) {
	xy, err := dice(t).Functions(
		Function{"x", func(x []float64) float64 { return x[0] + x[1] }},
		Function{"y", func(x []float64) float64 { return math.Abs(x[0] - x[1]) }},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []Variable{NewNumber("x", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NewNumber("y", 0, 1, 2, 3, 4, 5)}
	if diff := cmp.Diff(want, xy.Variables()); diff != "" {
		t.Error(diff)
	}
	for k, n := range []float64{1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1} {
		if got := xy.MarginalTo(nil, 0)[k]; !near(got, n/36) {
			t.Errorf("P(x = %d) is %v, want %v/36", k+2, got, n)
		}
	}
	for k, n := range []float64{6, 10, 8, 6, 4, 2} {
		if got := xy.MarginalTo(nil, 1)[k]; !near(got, n/36) {
			t.Errorf("P(y = %d) is %v, want %v/36", k, got, n)
		}
	}
	mean, err1 := xy.Mean("x")
	variance, err2 := xy.Variance("x")
	cov, err3 := xy.Covariance("x", "y")
	if err1 != nil || err2 != nil || err3 != nil || !near(mean, 7) || !near(variance, 35./6) || !(math.Abs(cov) <= 1e-12) {
		t.Errorf("mean %v, variance %v, covariance %v", mean, variance, cov)
	}
	if gap, err := xy.Independence([]string{"x"}, []string{"y"}); err != nil || gap.Holds(0.01) {
		t.Error(gap, err)
	}
	if gap, err := dice(t).Independence([]string{"i"}, []string{"j"}); err != nil || !gap.Holds(1e-15) {
		t.Error(gap, err)
	}
	if got := dice(t).ProbWhere(func(x []float64) bool { return x[0] > x[1] }); !near(got, 15./36) {
		t.Errorf("P(i > j) is %v", got)
	}
}

// Draws against the probabilities: no cell may be off by more than Hoeffding's
// bound for all of them together at 1e-6, and none of probability zero is drawn.
func TestSampler(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		s := table.Sampler()
		const n = 20000
		r := rand.New(rand.NewPCG(1, 2))
		counts := make([]float64, len(table.p))
		dst := make([]int, len(table.vars))
		for range n {
			at := 0
			for k, state := range s.RandTo(dst, r) {
				at = at*table.dims[k] + state
			}
			counts[at]++
		}
		bound := math.Sqrt(math.Log(2*256*100/1e-6) / (2 * n)) // 256 cells at most, 100 tables
		for i, p := range table.p {
			if gap := math.Abs(counts[i]/n - p); gap > bound || p == 0 && counts[i] > 0 {
				t.Fatalf("%s has %v of %d draws, want a share %v", table.cell(i), counts[i], n, p)
			}
		}
		if a := patience.Allocations(100, func() { s.RandTo(dst, r) }); a > 0 {
			t.Fatalf("a draw allocates %v times", a)
		}
	})
}
