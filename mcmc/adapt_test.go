package mcmc

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/stream"
)

// hamResume takes a chain of NUTS through its warm-up and on; at one step the
// kernel and the state are replaced by what was saved of them.
func hamResume(t *testing.T, at int) (rows [][]float64) {
	t.Helper()
	const warmUp, draws = 150, 30
	newKernel := func() Tuner {
		k, err := NUTS{}.Kernel(NewGuard(hamFunnel))
		if err != nil {
			t.Fatal(err)
		}
		return k.(Tuner)
	}
	source := rand.NewPCG(1, 2)
	r, k, s := rand.New(source), newKernel(), &State{X: make([]float64, 10)}
	if err := k.(Starter).Start(r, s.X); err != nil {
		t.Fatal(err)
	}
	if err := k.Init(s); err != nil {
		t.Fatal(err)
	}
	k.BeginWarmUp(warmUp)
	for i := range warmUp + draws {
		if i == warmUp {
			if err := k.EndWarmUp(s); err != nil {
				t.Fatal(err)
			}
		}
		if i == at {
			saved, err := k.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			k = newKernel()
			if err := k.UnmarshalBinary(saved); err != nil {
				t.Fatal(err)
			}
			again, err := k.MarshalBinary()
			if err != nil || !slices.Equal(again, saved) {
				t.Errorf("what was loaded at step %d is saved differently; error %v", at, err)
			}
			s = &State{X: slices.Clone(s.X), LogDensity: s.LogDensity, Grad: slices.Clone(s.Grad)}
		}
		info, err := k.Step(r, s)
		if err != nil {
			t.Fatal(err)
		}
		if i < warmUp {
			if err := k.Tune(s, info); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, slices.Clone(s.X))
	}
	return rows
}

// Saved and loaded anywhere, the chain goes on with the same bits.
func TestHamiltonianResume(t *testing.T) {
	want := hamResume(t, -1)
	for _, at := range []int{0, 1, 9, 10, 11, 49, 100, 131, 132, 149, 150, 151, 170} {
		if got := hamResume(t, at); !cmp.Equal(got, want) {
			t.Errorf("resumed at step %d the draws differ", at)
		}
	}
}

// What is no saved tuning is an error, and changes nothing.
func TestHamiltonianHostileBinary(t *testing.T) {
	k, err := NUTS{}.Kernel(NewGuard(hamFunnel))
	if err != nil {
		t.Fatal(err)
	}
	tuner := k.(Tuner)
	s, r := &State{X: make([]float64, 10)}, stream.New(1, "test")
	if err := k.Init(s); err != nil {
		t.Fatal(err)
	}
	tuner.BeginWarmUp(100)
	for range 30 {
		info, err := k.Step(r, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := tuner.Tune(s, info); err != nil {
			t.Fatal(err)
		}
	}
	good, err := tuner.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	try := func(data []byte) {
		other, err := NUTS{}.Kernel(NewGuard(hamFunnel))
		if err != nil {
			t.Fatal(err)
		}
		before, _ := other.(Tuner).MarshalBinary()
		if other.(Tuner).UnmarshalBinary(data) != nil {
			if after, _ := other.(Tuner).MarshalBinary(); !slices.Equal(before, after) {
				t.Error("a form that is refused changes the kernel")
			}
			return
		}
		// What is accepted must at least not break a step.
		if err := other.Init(s); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Step(r, s); err != nil {
			t.Fatal(err)
		}
		if err := other.(Tuner).Tune(s, Info{}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range len(good) {
		short := good[:n]
		if tuner.UnmarshalBinary(short) == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(good))
		}
	}
	if tuner.UnmarshalBinary(append(slices.Clone(good), 0)) == nil {
		t.Error("a byte too many is accepted")
	}
	values := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 0.5, 1, 2, 1e9, 1e300, -1e300, 1e-300}
	for i := 0; i+8 <= len(good); i += 8 {
		for _, v := range values {
			bad := slices.Clone(good)
			binary.LittleEndian.PutUint64(bad[i:], math.Float64bits(v))
			try(bad)
		}
	}
	other, err := NUTS{}.Kernel(NewGuard(hamStandard(3)))
	if err != nil {
		t.Fatal(err)
	}
	if other.(Tuner).UnmarshalBinary(good) == nil {
		t.Error("the tuning of another dimension is accepted")
	}
}

// All forms of a metric are the matrix that they stand for.
func TestMetric(t *testing.T) {
	const n = 9
	r := stream.New(1, "test")
	vectors := make([]float64, 2*n)
	for i := range vectors {
		vectors[i] = r.NormFloat64()
	}
	vectors = orthonormal(vectors, n)
	scale, values := make([]float64, n), []float64{7, 0.1}
	for i := range scale {
		scale[i] = math.Exp(r.NormFloat64())
	}
	want := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			w := 0.0
			if i == j {
				w = 1
			}
			for k, l := range values {
				w += (l - 1) * vectors[k*n+i] * vectors[k*n+j]
			}
			want.Set(i, j, scale[i]*w*scale[j])
		}
	}
	low := newMetric(n)
	low.set(scale, values, vectors)
	full := newMetric(n)
	full.set(scale, append(values, 1, 1), append(slices.Clone(vectors), make([]float64, 2*n)...))
	if len(low.full) > 0 || len(full.full) == 0 {
		t.Fatal("the forms are not what the test is for")
	}
	for name, m := range map[string]*metric{"low rank": low, "full": full} {
		x, got := make([]float64, n), make([]float64, n)
		for j := range n {
			clear(x)
			x[j] = 1
			m.mulTo(got, x)
			for i := range n {
				if math.Abs(got[i]-want.At(i, j)) > 1e-12*(1+math.Abs(want.At(i, j))) {
					t.Errorf("%s: element %d, %d is %v, want %v", name, i, j, got[i], want.At(i, j))
				}
			}
		}
		// v = Σp, and vᵀΣ⁻¹v = pᵀv sums n squares of standard normals.
		p, v, sum := make([]float64, n), make([]float64, n), 0.0
		for range 20000 {
			m.draw(r, p, v)
			m.mulTo(got, p)
			for i := range v {
				if math.Abs(got[i]-v[i]) > 1e-9*(1+math.Abs(v[i])) {
					t.Fatalf("%s: the velocity is %v, want %v", name, v, got)
				}
			}
			sum += dot(p, v) / 20000
		}
		if math.Abs(sum-n) > 5*math.Sqrt(2.0*n/20000) {
			t.Errorf("%s: the mean of twice the kinetic energy is %v, want %d", name, sum, n)
		}
	}
}

// Of normal draws and their gradients the metric is the covariance, as soon as
// there are more draws than dimensions.
func TestFitMetricExactForNormal(t *testing.T) {
	const n, rows = 6, 20
	covariance := hamCovariance(n, 3, 1)
	target := hamNormal(make([]float64, n), covariance)
	var chol mat.Cholesky
	chol.Factorize(covariance)
	var l mat.TriDense
	chol.LTo(&l)
	r := stream.New(1, "test")
	draws, grads := make([]float64, 0, rows*n), make([]float64, 0, rows*n)
	for range rows {
		z, x, g := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil), make([]float64, n)
		for i := range n {
			z.SetVec(i, r.NormFloat64())
		}
		x.MulVec(&l, z)
		if _, err := target.grad(x.RawVector().Data, g); err != nil {
			t.Fatal(err)
		}
		draws, grads = append(draws, x.RawVector().Data...), append(grads, g...)
	}
	m := newMetric(n)
	fitMetric(m, AutoMetric, draws, grads)
	x, got := make([]float64, n), make([]float64, n)
	for j := range n {
		clear(x)
		x[j] = 1
		m.mulTo(got, x)
		for i := range n {
			allowed := 0.02 * math.Sqrt(covariance.At(i, i)*covariance.At(j, j)) // the ridge
			if math.Abs(got[i]-covariance.At(i, j)) > allowed {
				t.Errorf("element %d, %d is %v, want %v", i, j, got[i], covariance.At(i, j))
			}
		}
	}
}

// Every number that was learnt survives, those too that few runs need.
func TestHamiltonianBinaryIsComplete(t *testing.T) {
	k, other := hamKernel(t, hamStandard(2)), hamKernel(t, hamStandard(2))
	k.eps, k.average, k.scaled, k.warming = 0.3, stepTuner{1, 2, 3, 4, 5}, true, true
	k.time, k.total, k.next = 4, 5, 6
	k.turns = turns{minDepth: 3, hopeless: 1, careful: 2, steps: 7, leapfrogs: 8, divergent: 9, rough: 10}
	k.draws, k.grads = []float64{1, 2}, []float64{3, 4}
	k.metric.set([]float64{2, 3}, []float64{5}, []float64{0.6, 0.8})
	data, err := k.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(k.adaptation, other.adaptation) || k.eps != other.eps || !reflect.DeepEqual(k.metric, other.metric) {
		t.Errorf("saved %+v, loaded %+v", k.adaptation, other.adaptation)
	}
}

// Where draws are alike trajectories grow; where that does not help, or was not
// called for, they are as before.
func TestTurns(t *testing.T) {
	table := func(r float64) (draws []float64) {
		g, x := stream.New(1, "test"), 0.0
		for range 200 {
			x = r*x + math.Sqrt(1-r*r)*g.NormFloat64()
			draws = append(draws, x)
		}
		return draws
	}
	for _, c := range []struct {
		before, after int
		r             float64
		hopeless      int
	}{{0, 0, 0.2, 0}, {0, 6, 0.85, 0}, {5, 0, 0.9, 1}, {5, 5, 0.4, 0}, {5, 0, -0.1, 0}} {
		u := turns{minDepth: c.before, steps: 200, leapfrogs: 200 * 10}
		u.learn(table(c.r), 1)
		if u.minDepth != c.after || u.hopeless != c.hopeless || u.steps != 0 || u.careful != 0 {
			t.Errorf("least depth %d, autocorrelation %g: %+v", c.before, c.r, u)
		}
	}
}

// What goes wrong raises the acceptance aimed at, once and for all, unless that
// was given.
func TestCareful(t *testing.T) {
	row := make([]float64, 200)
	for i := range row {
		row[i] = float64(i % 7)
	}
	for _, c := range []struct {
		before, rough, divergent, after int
		accept                          float64
	}{
		{smooth, 7, 0, smooth, 0.8},
		{smooth, 8, 0, rough, 0.9},
		{smooth, 8, 3, rough, 0.9},
		{rough, 0, 0, rough, 0.9},
		{smooth, 4, 4, diverging, 0.97},
		{rough, 4, 4, diverging, 0.97},
		{diverging, 100, 0, diverging, 0.97},
	} {
		for _, given := range []float64{0, 0.7} {
			k := &hamiltonian{adaptation: &adaptation{Tuning: Tuning{TargetAccept: given}}}
			k.careful = c.before
			for i := range 200 {
				worst := 20.0
				if i < c.rough {
					worst = 20.01
				}
				k.turns.count(Info{Divergent: i < c.divergent}, worst, true)
				k.turns.count(Info{Divergent: true}, 1e9, false)
			}
			k.learn(row, 1)
			want := c.accept
			if given > 0 {
				want = given
			}
			if k.careful != c.after || k.wantedAccept() != want || k.rough != 0 || k.divergent != 0 {
				t.Errorf("%+v, given %g: %+v, acceptance %g", c, given, k.turns, k.wantedAccept())
			}
		}
	}
}

// Either way of tuning finds the step size at which acceptance is what is wanted,
// of a made-up sampler that accepts exp(−ε) with noise; dual averaging comes out
// short of it, as its gains are large.
func TestStepTuners(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	want := -math.Log(0.8)
	for _, dual := range []bool{false, true} {
		var a stepTuner
		a.restart(1)
		eps := 1.0
		for range 2000 {
			accept := min(1, max(0, math.Exp(-eps)+0.1*r.NormFloat64()))
			if dual {
				eps = a.updateDual(accept, 0.8)
			} else {
				eps = a.update(accept, 0.8)
			}
		}
		got := math.Exp(a.mean)
		if tol := map[bool]float64{false: 0.05, true: 0.2}[dual]; math.Abs(got/want-1) > tol {
			t.Errorf("dual averaging %t: step size %.4f, want %.4f", dual, got, want)
		}
	}
}
