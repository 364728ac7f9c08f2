package mcmc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// around steps to a neighbour on a ring of n whole numbers, or stays.
func around(n int) func(dst []float64, r *rand.Rand, x []float64) {
	return func(dst []float64, r *rand.Rand, x []float64) {
		copy(dst, x)
		i := 0
		if len(x) > 1 {
			i = int(r.Float64() * float64(len(x)))
		}
		dst[i] = float64((int(x[i]) + n - 1 + int(3*r.Float64())) % n)
	}
}

// lopsided steps up by one with probability 0.7 and down else, on a ring of n.
type lopsided struct {
	n    int
	flat bool // forgets that it is lopsided
}

func (l lopsided) ProposeTo(dst []float64, r *rand.Rand, x []float64) {
	step := l.n - 1
	if r.Float64() < 0.7 {
		step = 1
	}
	dst[0] = float64((int(x[0]) + step) % l.n)
}

func (l lopsided) LogProb(y, x []float64) float64 {
	switch d := (int(y[0]) - int(x[0]) + l.n) % l.n; {
	case l.flat:
		return 0
	case d == 1:
		return math.Log(0.7)
	case d == l.n-1:
		return math.Log(0.3)
	}
	return math.Inf(-1)
}

// The exact transition matrices of discrete kernels have detailed balance, and a
// Hastings ratio that is forgotten shows.
func TestMetropolisMatrix(t *testing.T) {
	t.Parallel()
	ring, grid := newTable(false, 5), newTable(true, 3, 2)
	uniform, err := dist.NewProduct(dist.DiscreteUniform{Lower: 0, Upper: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		sampler Sampler
		target  *tableTarget
		wrong   bool
	}{
		{"Metropolis on a ring", Metropolis{Propose: around(5)}, ring, false},
		{"Metropolis that falls off", Metropolis{Propose: around(7)}, ring, false},
		{"Metropolis on a grid", Metropolis{Propose: around(3)}, grid, false},
		{"Metropolis–Hastings", MetropolisHastings{lopsided{n: 5}}, ring, false},
		{"without the Hastings ratio", MetropolisHastings{lopsided{n: 5, flat: true}}, ring, true},
		{"independence", MetropolisHastings{independent{Independence{alone{uniform, []float64{.1, .2, .3, .25, .15}}}}}, ring, false},
	} {
		checkMatrix(t, c.name, matrixOf(t, c.sampler, c.target), c.target.weight, !c.wrong, c.wrong)
	}
}

// alone draws whole numbers by inversion, one random number each.
type alone struct {
	dist.Product
	p []float64
}

func (a alone) RandTo(dst []float64, r *rand.Rand) []float64 {
	u := r.Float64()
	for i, p := range a.p {
		dst[0] = float64(i)
		if u -= p; u < 0 {
			break
		}
	}
	return dst
}

func (a alone) LogProb(x []float64) float64 { return math.Log(a.p[int(x[0])]) }

// badProposal fails in the way that it is told.
type badProposal struct {
	candidate, forward, backward float64
	panics                       any
}

func (b badProposal) ProposeTo(dst []float64, _ *rand.Rand, _ []float64) {
	if b.panics != nil {
		panic(b.panics)
	}
	dst[0] = b.candidate
}

func (b badProposal) LogProb(y, _ []float64) float64 {
	if y[0] == 0 {
		return b.backward
	}
	return b.forward
}

func TestProposalErrors(t *testing.T) {
	flat := Func(1, func([]float64) float64 { return 0 })
	nan, inf, cause := math.NaN(), math.Inf(1), errors.New("the cause")
	for _, c := range []struct {
		b    badProposal
		text string // empty: no error
	}{
		{badProposal{1, 0, 0, nil}, ""},
		{badProposal{1, 0, -inf, nil}, ""}, // there is no way back
		{badProposal{nan, 0, 0, nil}, "NaN"},
		{badProposal{inf, 0, 0, nil}, ""}, // the density is zero there
		{badProposal{1, nan, 0, nil}, "NaN there and 0 back"},
		{badProposal{1, 0, nan, nil}, "0 there and NaN back"},
		{badProposal{1, inf, 0, nil}, "+Inf there"},
		{badProposal{1, 0, inf, nil}, "+Inf back"},
		{badProposal{1, -inf, 0, nil}, "never drawn"},
		{badProposal{1, 0, 0, "oh"}, "panic: oh"},
		{badProposal{1, 0, 0, cause}, "panic: the cause"},
	} {
		k, err := MetropolisHastings{c.b}.Kernel(NewGuard(flat))
		if err != nil {
			t.Fatal(err)
		}
		s := State{X: []float64{0}}
		if err := k.Init(&s); err != nil {
			t.Fatal(err)
		}
		_, err = k.Step(rand.New(rand.NewPCG(1, 1)), &s)
		moved := c.text == "" && c.b.backward == 0 && !math.IsInf(c.b.candidate, 1)
		if (s.X[0] != 0) != moved {
			t.Errorf("%+v: the chain is at %v", c.b, s.X)
		}
		if c.text == "" {
			if err != nil {
				t.Errorf("%+v: %v", c.b, err)
			}
			continue
		}
		var p *ProposalError
		if !errors.As(err, &p) || !strings.Contains(err.Error(), c.text) || len(p.X) != 1 || p.X[0] != 0 {
			t.Errorf("%+v: %v", c.b, err)
		}
		if c.b.panics == cause && !errors.Is(err, cause) {
			t.Errorf("%+v: the cause is lost in %v", c.b, err)
		}
	}
}

// Settings that make no sense are refused by name.
func TestSamplerSettings(t *testing.T) {
	two := NewGuard(Func(2, func([]float64) float64 { return 0 }))
	nan, inf := math.NaN(), math.Inf(1)
	one, err := dist.NewIsotropicNormal([]float64{0}, 1)
	if err != nil {
		t.Fatal(err)
	}
	draw := func([]float64, *rand.Rand, []float64) error { return nil }
	both := Block{Of: []int{0, 1}, Draw: draw}
	gibbs := func(b ...Block) Gibbs { return Gibbs{Blocks: b} }
	for _, c := range []struct {
		field string
		s     Sampler
	}{
		{"Scale", Metropolis{Scale: -1}},
		{"Scale", Metropolis{Scale: nan}},
		{"Scale", AdaptiveMetropolis{Scale: inf}},
		{"Accept", AdaptiveMetropolis{Accept: 1}},
		{"Accept", AdaptiveMetropolis{Accept: nan}},
		{"Decay", AdaptiveMetropolis{Decay: 0.5}},
		{"Decay", AdaptiveMetropolis{Decay: nan}},
		{"Proposal", MetropolisHastings{}},
		{"From", Independence{}},
		{"From", Independence{one}},
		{"Width", Slice{Width: -1}},
		{"Width", Slice{Width: nan}},
		{"Width", Slice{Width: inf}},
		{"MaxSteps", Slice{MaxSteps: -1}},
		{"Prior", EllipticalSlice{}},
		{"Prior", EllipticalSlice{one}},
		{"Scan", Gibbs{Blocks: []Block{both}, Scan: 2}},
		{"Blocks", gibbs()},
		{"Blocks", gibbs(Block{Of: []int{1}, Draw: draw})},
		{"Blocks[0].Of", gibbs(Block{Draw: draw})},
		{"Blocks[1].Of", gibbs(both, Block{Of: []int{2}, Draw: draw})},
		{"Blocks[1].Of", gibbs(both, Block{Of: []int{-1}, Draw: draw})},
		{"Blocks[0].Of", gibbs(Block{Of: []int{0, 1, 0}, Draw: draw})},
		{"Blocks[0]", gibbs(Block{Of: []int{0, 1}})},
		{"Blocks[0]", gibbs(Block{Of: []int{0, 1}, Draw: draw, Sampler: Slice{}})},
		{"Blocks[0].Values", gibbs(Block{Of: []int{0, 1}, Values: []float64{}})},
		{"Blocks[0].Values", gibbs(Block{Of: []int{0, 1}, Values: []float64{1, nan}})},
		{"Blocks[0].Values", gibbs(Block{Of: []int{0, 1}, Values: []float64{1, 2, 1}})},
		{"Blocks[0].Scale", gibbs(Block{Of: []int{0, 1}, Sampler: Metropolis{Scale: -1}})},
	} {
		k, err := c.s.Kernel(two)
		if e := (*belief.ConfigError)(nil); !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("%+v: %v, want a complaint of %s", c.s, err, c.field)
		}
		if k != nil {
			t.Errorf("%+v gives a kernel", c.s)
		}
	}
	var large *belief.TooLargeError
	if _, err := (AdaptiveMetropolis{}).Kernel(NewGuard(Func(1<<20, nil))); !errors.As(err, &large) {
		t.Errorf("a shape for a million dimensions: %v", err)
	}
	wide := make([]int, 64)
	for i := range wide {
		wide[i] = i
	}
	if _, err := gibbs(Block{Of: wide, Values: []float64{0, 1}}).Kernel(NewGuard(Func(64, nil))); !errors.As(err, &large) {
		t.Errorf("a block of 2^64 combinations: %v", err)
	}
}

// The update of the Cholesky factor is that of the matrix.
func TestUpdateCholesky(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n := 1 + r.IntN(5)
		l := make([]float64, n*(n+1)/2)
		for i := range n {
			for j := range i {
				l[i*(i+1)/2+j] = r.NormFloat64()
			}
			l[i*(i+1)/2+i] = 0.5 + r.Float64()
		}
		matrix := func() []float64 {
			a := make([]float64, n*n)
			for i := range n {
				for j := range n {
					for m := range min(i, j) + 1 {
						a[i*n+j] += l[i*(i+1)/2+m] * l[j*(j+1)/2+m]
					}
				}
			}
			return a
		}
		// v = L w with |w| < 1, so that subtracting leaves a positive matrix.
		w, v, square := make([]float64, n), make([]float64, n), 0.0
		for i := range w {
			w[i] = r.NormFloat64()
			square += w[i] * w[i]
		}
		for i := range v {
			for j := range i + 1 {
				v[i] += l[i*(i+1)/2+j] * w[j] * math.Sqrt(0.4/square)
			}
		}
		sign := float64(2*r.IntN(2) - 1)
		want := matrix()
		for i := range n {
			for j := range n {
				want[i*n+j] += sign * v[i] * v[j]
			}
		}
		updateCholesky(l, v, sign)
		for i, a := range matrix() {
			if math.Abs(a-want[i]) > 1e-12 {
				t.Fatalf("entry %d is %v, want %v", i, a, want[i])
			}
		}
	}
}

func ExampleMetropolis() {
	// The wheel has five places with weights 1 to 5; steps lead to a neighbour.
	wheel := Func(1, func(x []float64) float64 { return math.Log(1 + x[0]) })
	k, err := Metropolis{Propose: func(dst []float64, r *rand.Rand, x []float64) {
		dst[0] = math.Mod(x[0]+1+3*float64(r.IntN(2)), 5)
	}}.Kernel(NewGuard(wheel))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := State{X: []float64{0}}
	if err := k.Init(&s); err != nil {
		fmt.Println(err)
		return
	}
	r, counts := rand.New(rand.NewPCG(1, 1)), make([]int, 5)
	for range 150_000 {
		if _, err := k.Step(r, &s); err != nil {
			fmt.Println(err)
			return
		}
		counts[int(s.X[0])]++
	}
	for _, n := range counts {
		fmt.Printf("%.1f ", float64(n)/10_000)
	}
	// Output: 1.0 2.0 3.0 4.0 5.0
}
