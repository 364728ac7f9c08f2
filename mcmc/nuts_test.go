package mcmc

import (
	"context"
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// A hamTarget is a density from functions.
type hamTarget struct {
	n    int
	grad func(x, grad []float64) (float64, error)
}

func (t hamTarget) Dim() int { return t.n }

func (t hamTarget) LogDensity(x []float64) (float64, error) {
	return t.grad(x, make([]float64, t.n))
}

func (t hamTarget) LogDensityGrad(x, grad []float64) (float64, error) { return t.grad(x, grad) }

// hamNormal is N(mean, covariance).
func hamNormal(mean []float64, covariance *mat.SymDense) hamTarget {
	var chol mat.Cholesky
	if !chol.Factorize(covariance) {
		panic("not positive definite")
	}
	n := len(mean)
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		panic(err)
	}
	precision := inverse.RawSymmetric()
	return hamTarget{n, func(x, grad []float64) (float64, error) {
		l := 0.0
		for i := range n {
			g := 0.0
			for j := range n {
				a := precision.Data[min(i, j)*n+max(i, j)]
				g -= a * (x[j] - mean[j])
			}
			grad[i] = g
			l += 0.5 * g * (x[i] - mean[i])
		}
		return l, nil
	}}
}

// hamStandard is N(0, I).
func hamStandard(n int) hamTarget {
	return hamTarget{n, func(x, grad []float64) (float64, error) {
		l := 0.0
		for i, x := range x {
			l -= 0.5 * x * x
			grad[i] = -x
		}
		return l, nil
	}}
}

// hamRun drives a kernel by hand: warm-up, then draws, as a table of rows.
func hamRun(t testing.TB, s Sampler, target Target, warmUp, draws int, seed uint64) (rows [][]float64, infos []Info, k Kernel) {
	t.Helper()
	k, err := s.Kernel(NewGuard(target))
	if err != nil {
		t.Fatal(err)
	}
	r := stream.New(seed, "test")
	state := &State{X: make([]float64, target.Dim())}
	for i := range state.X {
		state.X[i] = 4*r.Float64() - 2
	}
	if k, ok := k.(Starter); ok {
		if err := k.Start(r, state.X); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Init(state); err != nil {
		t.Fatal(err)
	}
	tuner := k.(Tuner)
	tuner.BeginWarmUp(warmUp)
	for i := range warmUp + draws {
		if i == warmUp {
			if err := tuner.EndWarmUp(state); err != nil {
				t.Fatal(err)
			}
		}
		info, err := k.Step(r, state)
		if err != nil {
			t.Fatal(err)
		}
		if i < warmUp {
			if err := tuner.Tune(state, info); err != nil {
				t.Fatal(err)
			}
			continue
		}
		rows, infos = append(rows, slices.Clone(state.X)), append(infos, info)
	}
	return rows, infos, k
}

func ExampleNUTS() {
	// Two strongly correlated normal variables, with sd 1 and 100.
	target := hamNormal([]float64{1, 2}, mat.NewSymDense(2, []float64{1, 99, 99, 1e4}))
	sampler := NUTS{}
	k, err := sampler.Kernel(NewGuard(target))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, s := stream.New(1, "example"), &State{X: []float64{0, 0}}
	if err := k.Init(s); err != nil {
		fmt.Println(err)
		return
	}
	tuner := k.(Tuner)
	tuner.BeginWarmUp(sampler.WarmUp())
	mean, leapfrogs := 0.0, 0
	for i := -sampler.WarmUp(); i < 2000; i++ {
		if i == 0 {
			err = tuner.EndWarmUp(s)
		}
		info, stepErr := k.Step(r, s)
		if err = errors.Join(err, stepErr); err == nil && i < 0 {
			err = tuner.Tune(s, info)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		if i >= 0 {
			mean += s.X[0] / 2000
			leapfrogs += info.Leapfrogs
		}
	}
	fmt.Println(math.Abs(mean-1) < 0.1, leapfrogs < 20*2000)
	// Output: true true
}

func ExampleTuning() {
	s := NUTS{Tuning: Tuning{TargetAccept: 0.95, Metric: DiagonalMetric}}
	_, err := s.Kernel(NewGuard(hamStandard(3)))
	fmt.Println(err)
	// Output: <nil>
}

// hamCheckMoments compares means and variances with batch means as error bars:
// 5 standard errors, of 30 batches, are false alarms of 1e-6 or so each.
func hamCheckMoments(t *testing.T, rows [][]float64, mean, variance []float64) {
	t.Helper()
	const batches = 30
	check := func(what string, i int, f func(x float64) float64, want float64) {
		var m, v float64
		size := len(rows) / batches
		for b := range batches {
			sum := 0.0
			for _, row := range rows[b*size : (b+1)*size] {
				sum += f(row[i])
			}
			delta := sum/float64(size) - m
			m += delta / float64(b+1)
			v += delta * (sum/float64(size) - m)
		}
		if se := math.Sqrt(v / (batches - 1) / batches); !(math.Abs(m-want) < 6*se) {
			t.Errorf("%s of x[%d] is %v ± %v, want %v", what, i, m, se, want)
		}
	}
	for i := range mean {
		check("mean", i, func(x float64) float64 { return x }, mean[i])
		check("variance", i, func(x float64) float64 { return (x - mean[i]) * (x - mean[i]) }, variance[i])
	}
}

// hamCovariance is a random covariance with a condition number of about 10^c.
func hamCovariance(n int, c float64, seed uint64) *mat.SymDense {
	r := stream.New(seed, "covariance")
	out := mat.NewSymDense(n, nil)
	a := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			a.Set(i, j, r.NormFloat64())
		}
	}
	var qr mat.QR
	var q mat.Dense
	qr.Factorize(a)
	qr.QTo(&q)
	for k := range n {
		v := mat.NewVecDense(n, mat.Col(nil, k, &q))
		out.SymRankOne(out, math.Pow(10, c*float64(k)/float64(max(n-1, 1))), v)
	}
	return out
}

func TestNUTSMoments(t *testing.T) {
	for _, n := range []int{1, 2, 10} {
		mean, variance := make([]float64, n), make([]float64, n)
		covariance := hamCovariance(n, 2, 3)
		for i := range n {
			mean[i], variance[i] = float64(i), covariance.At(i, i)
		}
		rows, infos, _ := hamRun(t, NUTS{}, hamNormal(mean, covariance), 500, 6000, 1)
		hamCheckMoments(t, rows, mean, variance)
		accept := 0.0
		for _, i := range infos {
			accept += i.Accept / float64(len(infos))
		}
		if math.Abs(accept-0.8) > 0.1 {
			t.Errorf("dimension %d: acceptance %.3f", n, accept)
		}
	}
}

func TestNUTSStepDoesNotAllocate(t *testing.T) {
	for _, metric := range []Metric{DiagonalMetric, LowRankMetric, DenseMetric} {
		s := NUTS{Tuning: Tuning{Metric: metric}}
		k, err := s.Kernel(NewGuard(hamStandard(10)))
		if err != nil {
			t.Fatal(err)
		}
		r, state := stream.New(1, "test"), &State{X: make([]float64, 10)}
		if err := k.Init(state); err != nil {
			t.Fatal(err)
		}
		step := func() {
			if _, err := k.Step(r, state); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if n := patience.Allocations(100, step); n > 0 {
			t.Errorf("metric %d: %v allocations a step", metric, n)
		}
	}
}

func TestNUTSConfig(t *testing.T) {
	var bad *belief.ConfigError
	for _, s := range []NUTS{{MaxDepth: -1}, {MaxDepth: 31}, {Tuning: Tuning{TargetAccept: 1}},
		{Tuning: Tuning{TargetAccept: math.NaN()}}, {Tuning: Tuning{Metric: 4}}} {
		if _, err := s.Kernel(NewGuard(hamStandard(1))); !errors.As(err, &bad) {
			t.Errorf("%+v: error %v", s, err)
		}
	}
	if _, err := (NUTS{}).Kernel(NewGuard(hamNoGradient{})); !errors.As(err, &bad) || bad.Field != "target" {
		t.Errorf("no gradient: error %v", err)
	}
}

type hamNoGradient struct{}

func (hamNoGradient) Dim() int                              { return 1 }
func (hamNoGradient) LogDensity([]float64) (float64, error) { return 0, nil }

func BenchmarkNUTS10(b *testing.B) {
	k, err := NUTS{}.Kernel(NewGuard(hamStandard(10)))
	if err != nil {
		b.Fatal(err)
	}
	r, state := rand.New(rand.NewPCG(1, 1)), &State{X: make([]float64, 10)}
	if err := k.Init(state); err != nil {
		b.Fatal(err)
	}
	k.(*nuts).eps = 0.3
	steps := 0
	for b.Loop() {
		info, err := k.Step(r, state)
		if err != nil {
			b.Fatal(err)
		}
		steps += info.Leapfrogs
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/leapfrog")
}

func ExampleMetric() {
	// Two coordinates of correlation 0.99: a diagonal metric needs short steps.
	target := hamNormal([]float64{0, 0}, mat.NewSymDense(2, []float64{1, 0.99, 0.99, 1}))
	for _, m := range []Metric{AutoMetric, DiagonalMetric} {
		run, err := NUTS{Tuning: Tuning{Metric: m}}.Run(context.Background(), target, Config{Chains: 1, Draws: 1, Seed: 1})
		if err != nil {
			fmt.Println(err)
			return
		}
		eps, _ := run.Column("stepsize__")
		fmt.Println(eps[0][0] > 0.5)
	}
	// Output:
	// true
	// false
}

func ExampleStarter() {
	target := hamNormal([]float64{100, -50}, mat.NewSymDense(2, []float64{1, 0, 0, 1}))
	k, err := NUTS{}.Kernel(NewGuard(target))
	if err != nil {
		fmt.Println(err)
		return
	}
	x := []float64{0, 0}
	if s, ok := k.(Starter); ok {
		err = s.Start(stream.New(1, "example"), x)
	}
	fmt.Println(math.Hypot(x[0]-100, x[1]+50) < 6, err)
	// Output: true <nil>
}
