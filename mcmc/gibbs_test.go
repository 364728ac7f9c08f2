package mcmc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
)

// conditionalOf draws coordinate i of a table from its full conditional. It uses
// one random number.
func conditionalOf(t *tableTarget, i int) func(dst []float64, r *rand.Rand, x []float64) error {
	return func(dst []float64, r *rand.Rand, x []float64) error {
		var y [2]float64
		var p [8]float64
		copy(y[:], x)
		sum := 0.0
		for y[i] = 0; ; y[i]++ {
			w, ok := t.weight[code(y[:]...)]
			if !ok {
				break
			}
			p[int(y[i])] = w
			sum += w
		}
		u := r.Float64() * sum
		for v, w := range p {
			if u -= w; u < 0 {
				dst[0] = float64(v)
				return nil
			}
		}
		return errors.New("nothing was drawn")
	}
}

// The exact transition matrices of Gibbs samplers leave their targets as they
// are; those of a random scan are reversible, those of a systematic one are not.
func TestGibbsMatrix(t *testing.T) {
	t.Parallel()
	grid, zero, cube, square := newTable(false, 3, 2), newTable(true, 3, 2), newTable(false, 2, 2, 2), newTable(false, 2, 2)
	column := newTable(false, 3, 1)
	values := func(i, n int) Block { return Block{Of: []int{i}, Values: []float64{0, 1, 2}[:n]} }
	draw := func(t *tableTarget, i int) Block { return Block{Of: []int{i}, Draw: conditionalOf(t, i)} }
	walk := func(i, n int) Block {
		return Block{Of: []int{i}, Sampler: Metropolis{Propose: around(n)}}
	}
	hastings := Block{Of: []int{0}, Sampler: MetropolisHastings{lopsided{n: 3}}}
	wrong := Block{Of: []int{0}, Sampler: MetropolisHastings{lopsided{n: 3, flat: true}}}
	for _, c := range []struct {
		name       string
		target     *tableTarget
		scan       Scan
		blocks     []Block
		reversible bool
		wrong      bool
	}{
		{"enumerated", grid, SystematicScan, []Block{values(0, 3), values(1, 2)}, false, false},
		{"enumerated, random scan", square, RandomScan, []Block{values(0, 2), values(1, 2)}, true, false},
		{"with a zero", zero, SystematicScan, []Block{values(0, 3), values(1, 2)}, false, false},
		{"drawn", zero, SystematicScan, []Block{draw(zero, 0), draw(zero, 1)}, false, false},
		{"drawn, random scan", square, RandomScan, []Block{draw(square, 0), draw(square, 1)}, true, false},
		{"Metropolis within", square, SystematicScan, []Block{walk(0, 2), values(1, 2)}, false, false},
		{"Metropolis–Hastings within", grid, SystematicScan, []Block{values(1, 2), hastings}, false, false},
		{"forgotten Hastings ratio", column, SystematicScan, []Block{values(1, 1), wrong}, false, true},
		{"another's conditional", grid, SystematicScan, []Block{draw(newTable(true, 3, 2), 0), values(1, 2)}, false, true},
		{"all in one block", cube, SystematicScan, []Block{{Of: []int{2, 0, 1}, Values: []float64{1, 0}}}, true, false},
		{"blocks that overlap", cube, SystematicScan, []Block{{Of: []int{2, 0}, Values: []float64{0, 1}}, {Of: []int{1, 2}, Values: []float64{0, 1}}}, false, false},
		{"palindrome", square, SystematicScan, []Block{values(0, 2), values(1, 2), values(0, 2)}, true, false},
	} {
		s := Gibbs{Blocks: c.blocks, Scan: c.scan}
		checkMatrix(t, c.name, matrixOf(t, s, c.target), c.target.weight, c.reversible, c.wrong)
	}
	// One block of everything forgets where it was.
	matrix := matrixOf(t, Gibbs{Blocks: []Block{{Of: []int{0, 1}, Values: []float64{0, 1, 2}}}}, grid)
	for from, row := range matrix {
		if !same(row, grid.weight) {
			t.Errorf("from %d the next is %v, want %v", from, row, grid.weight)
		}
	}
}

// What conditionals do wrong ends the run with the point.
func TestGibbsErrors(t *testing.T) {
	half := Func(1, func(x []float64) float64 {
		if x[0] < 0 {
			return math.Inf(-1)
		}
		return -x[0]
	})
	cause := errors.New("the cause")
	for text, draw := range map[string]func([]float64, *rand.Rand, []float64) error{
		"density zero":           func(dst []float64, _ *rand.Rand, _ []float64) error { dst[0] = -1; return nil },
		"coordinate 0 drew NaN":  func(dst []float64, _ *rand.Rand, _ []float64) error { dst[0] = math.NaN(); return nil },
		"coordinate 0 drew +Inf": func(dst []float64, _ *rand.Rand, _ []float64) error { dst[0] = math.Inf(1); return nil },
		"the cause":              func([]float64, *rand.Rand, []float64) error { return cause },
		"panic: oh":              func([]float64, *rand.Rand, []float64) error { panic("oh") },
	} {
		k, err := Gibbs{Blocks: []Block{{Of: []int{0}, Draw: draw}}}.Kernel(NewGuard(half))
		if err != nil {
			t.Fatal(err)
		}
		s := State{X: []float64{2}}
		if err := k.Init(&s); err != nil {
			t.Fatal(err)
		}
		_, err = k.Step(rand.New(rand.NewPCG(1, 1)), &s)
		if p := (*ProposalError)(nil); !errors.As(err, &p) || !strings.Contains(err.Error(), text) || p.X[0] != 2 || s.X[0] != 2 {
			t.Errorf("%s: %v at %v", text, err, s.X)
		}
		if text == "the cause" && !errors.Is(err, cause) {
			t.Errorf("the cause is lost in %v", err)
		}
	}
	k, err := Gibbs{Blocks: []Block{{Of: []int{0}, Values: []float64{-1, -2}}}}.Kernel(NewGuard(half))
	if err != nil {
		t.Fatal(err)
	}
	s := State{X: []float64{2}, LogDensity: -2}
	if _, err := k.Step(rand.New(rand.NewPCG(1, 1)), &s); !errors.As(err, new(*ProposalError)) || !strings.Contains(err.Error(), "all 2 combinations") {
		t.Errorf("no value is possible: %v", err)
	}
	// A failing target is reported once, with the joint point.
	bad := Func(2, func(x []float64) float64 { panic(fmt.Sprint("at ", x)) })
	k, err = Gibbs{Blocks: []Block{{Of: []int{0, 1}, Sampler: Slice{}}}}.Kernel(NewGuard(bad))
	if err != nil {
		t.Fatal(err)
	}
	s = State{X: []float64{2, 3}}
	_, err = k.Step(rand.New(rand.NewPCG(1, 1)), &s)
	if e := (*TargetError)(nil); !errors.As(err, &e) || len(e.X) != 2 || strings.Count(err.Error(), "fails at") != 1 || e.Stack == "" {
		t.Errorf("a target that panics: %v", err)
	}
	// Kernels with a memory cannot update blocks.
	k, err = Gibbs{Blocks: []Block{{Of: []int{0, 1}, Sampler: withMemory{}}}}.Kernel(NewGuard(Func(2, func([]float64) float64 { return 0 })))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Init(&s); !errors.As(err, new(*belief.ConfigError)) {
		t.Errorf("a kernel with a memory: %v", err)
	}
}

// withMemory is a sampler whose kernel carries something along.
type withMemory struct{ Metropolis }

func (w withMemory) Kernel(t *Guard) (Kernel, error) {
	k, err := w.Metropolis.Kernel(t)
	return memory{k}, err
}

type memory struct{ Kernel }

func (m memory) Init(s *State) error {
	s.Aux = []float64{1}
	return m.Kernel.Init(s)
}
