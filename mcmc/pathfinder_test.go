package mcmc

import (
	"math"
	"testing"
	"time"

	"github.com/belief-go/belief/internal/stream"
)

// hamKernel returns a kernel of NUTS.
func hamKernel(t *testing.T, target Target) *nuts {
	t.Helper()
	k, err := NUTS{}.Kernel(NewGuard(target))
	if err != nil {
		t.Fatal(err)
	}
	return k.(*nuts)
}

// On a normal target the way ends in its mean, the metric is its covariance, and
// the ELBO is the constant that the density lacks.
func TestPathfinderNormal(t *testing.T) {
	const n = 6
	mean := []float64{10, -3, 0.5, 100, 0, -20}
	covariance := hamCovariance(n, 3, 2)
	target := hamNormal(mean, covariance)
	fit, err := findPath(stream.New(1, "test"), NewGuard(target), make([]float64, n))
	if err != nil || fit == nil {
		t.Fatal(fit, err)
	}
	elbo := 0.0
	x, got := make([]float64, n), make([]float64, n)
	for j := range n {
		if sd := math.Sqrt(covariance.At(j, j)); math.Abs(fit.mean[j]-mean[j]) > 0.3*sd { // an ELBO is a mean of few draws: the last point is not always the best
			t.Errorf("mean %d is %v, want %v", j, fit.mean[j], mean[j])
		}
		clear(x)
		x[j] = 1
		fit.mulTo(got, x)
		for i := range n {
			if allowed := 0.4 * math.Sqrt(covariance.At(i, i)*covariance.At(j, j)); math.Abs(got[i]-covariance.At(i, j)) > allowed {
				t.Errorf("covariance %d, %d is %v, want %v", i, j, got[i], covariance.At(i, j))
			}
		}
		elbo += 0.5 * (math.Log(2*math.Pi) + 3*math.Ln10*float64(j)/(n-1))
	}
	if math.Abs(fit.elbo-elbo) > 1 {
		t.Errorf("ELBO %v, want %v", fit.elbo, elbo)
	}
}

// Ways that end in a mode of next to no mass are not taken; both of two equal
// modes are.
func TestPathfinderModes(t *testing.T) {
	for _, c := range []struct {
		weight    float64 // of the mode at −1.5, logarithm
		low, high int     // how many of 40 starts may be there
	}{{-30, 0, 0}, {0, 8, 32}} {
		target := hamTarget{1, func(x, grad []float64) (float64, error) {
			const sd = 0.2
			a, b := (x[0]+1.5)/sd, (x[0]-1.5)/sd
			la, lb := c.weight-a*a/2, -b*b/2
			m := max(la, lb)
			l := m + math.Log(math.Exp(la-m)+math.Exp(lb-m))
			grad[0] = -(a*math.Exp(la-l) + b*math.Exp(lb-l)) / sd
			return l, nil
		}}
		left := 0
		for seed := range uint64(40) {
			r := stream.New(seed, "test")
			x := []float64{4*r.Float64() - 2}
			if err := hamKernel(t, target).Start(r, x); err != nil {
				t.Fatal(err)
			}
			if x[0] < 0 {
				left++
			}
		}
		if left < c.low || left > c.high {
			t.Errorf("log weight %g: %d of 40 start in the left mode", c.weight, left)
		}
	}
}

// Where nothing can be climbed, the point stays or at least remains usable.
func TestPathfinderHopeless(t *testing.T) {
	for name, target := range map[string]hamTarget{
		"flat": {2, func(x, grad []float64) (float64, error) { clear(grad); return 0, nil }},
		"zero": {2, func(x, grad []float64) (float64, error) { return math.Inf(-1), nil }},
		"cliff": {2, func(x, grad []float64) (float64, error) {
			if x[0] > 0.5 {
				return math.Inf(-1), nil
			}
			grad[0], grad[1] = 1, -x[1]
			return x[0] - 0.5*x[1]*x[1], nil
		}},
		"unbounded": {2, func(x, grad []float64) (float64, error) {
			grad[0], grad[1] = math.Exp(x[0]), -x[1]
			return math.Exp(x[0]) - 0.5*x[1]*x[1], nil
		}},
	} {
		k, x := hamKernel(t, target), []float64{0.1, 0.2}
		err := k.Start(stream.New(1, "test"), x)
		if err != nil && name != "unbounded" {
			t.Errorf("%s: %v", name, err)
		}
		for _, v := range x {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: the start is %v", name, x)
			}
		}
		if k.target.Evaluations > 8000 {
			t.Errorf("%s: %d evaluations", name, k.target.Evaluations)
		}
	}
}

// Many dimensions, of which a few are strongly correlated, cost neither a full
// matrix nor much time, and are sampled well.
func TestNUTSManyDimensions(t *testing.T) {
	const n = 300 // beyond what a metric could be fitted to without a basis
	target := hamTarget{n, func(x, grad []float64) (float64, error) {
		l, sum := 0.0, 0.0
		for i, v := range x {
			s := 1 + float64(i%10) // sd
			l -= 0.5 * v * v / (s * s)
			grad[i] = -v / (s * s)
			if i < 20 {
				sum += v / s
			}
		}
		// One direction is 30 times shorter than the others.
		l -= 0.5 * 900 * sum * sum / 20
		for i := range 20 {
			grad[i] -= 900 * sum / 20 / (1 + float64(i%10))
		}
		return l, nil
	}}
	before := time.Now()
	rows, infos, k := hamRun(t, NUTS{}, target, 300, 300, 1)
	leapfrogs := 0.0
	for _, i := range infos {
		leapfrogs += float64(i.Leapfrogs) / float64(len(infos))
	}
	m := k.(*nuts).metric
	if len(m.full) > 0 || len(m.values) == 0 || len(m.values) > 2*fitRank {
		t.Errorf("the metric has rank %d, full is %v", len(m.values), len(m.full) > 0)
	}
	if leapfrogs > 40 {
		t.Errorf("%.0f leapfrogs a draw", leapfrogs)
	}
	variance := 0.0
	for _, row := range rows {
		variance += row[n-1] * row[n-1] / float64(len(rows))
	}
	if variance < 50 || variance > 200 {
		t.Errorf("variance %v, want 100", variance)
	}
	t.Logf("%.1f leapfrogs, rank %d, %v", leapfrogs, len(m.values), time.Since(before))
}

// A direction in which the density does not fall has no end, and is no trouble.
func TestNUTSFlat(t *testing.T) {
	constant := hamTarget{1, func(x, grad []float64) (float64, error) { grad[0] = 0; return 0, nil }}
	ridge := hamTarget{2, func(x, grad []float64) (float64, error) {
		grad[0], grad[1] = -x[0], 0
		return -0.5 * x[0] * x[0], nil
	}}
	for name, target := range map[string]hamTarget{"constant": constant, "ridge": ridge} {
		s := NUTS{MaxDepth: 5}
		rows, infos, _ := hamRun(t, s, target, 60, 50, 1)
		for i, row := range rows {
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) || infos[i].Divergent {
					t.Fatalf("%s: step %d leads to %v, divergent %v", name, i, row, infos[i].Divergent)
				}
			}
		}
	}
	empty := hamTarget{0, func(x, grad []float64) (float64, error) { return 0, nil }}
	hamRun(t, NUTS{}, empty, 20, 5, 1)
	hamRun(t, HMC{}, empty, 20, 5, 1)
}
