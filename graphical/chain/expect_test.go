package chain

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
)

func TestExpectIsEnumeration(t *testing.T) {
	for _, logs := range []bool{false, true} {
		w := Workspace{LogSpace: logs}
		randomChains(t, func(t *testing.T, r *rand.Rand, m Markov, e Evidence) {
			want := enumerate(m, e)
			x := Expected{Gamma: [][]float64{}, Pairs: [][]float64{}}
			err := w.Expect(&x, m, []Evidence{e}, nil)
			if want.z == 0 {
				var impossible *ImpossibleError
				var general *belief.ImpossibleEvidenceError
				if !errors.As(err, &impossible) || !errors.As(err, &general) {
					t.Fatalf("impossible, and the error is %v", err)
				}
				if before := enumerate(prefix(m, e, impossible.Time)); before.z == 0 {
					t.Errorf("impossible already before time %d", impossible.Time)
				}
				if until := enumerate(prefix(m, e, impossible.Time+1)); until.z != 0 {
					t.Errorf("still possible at time %d", impossible.Time)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := m.States()
			near(t, "log Z", x.LogZ, []float64{math.Log(want.z)}, 1e-12)
			near(t, "γ", x.Gamma[0], want.gamma, 1e-12)
			near(t, "ξ", x.Pairs[0], want.pairs, 1e-12)
			near(t, "Σξ", x.Transition, want.transition, 1e-12)
			near(t, "γ₀", x.Initial, want.gamma[:s], 1e-12)
		})
	}
}

// prefix is the chain up to n times.
func prefix(m Markov, e Evidence, n int) (Markov, Evidence) {
	s := m.States()
	if m.Varying {
		m.Transition = m.Transition[:max(n-1, 0)*s*s]
	}
	if e.Index != nil {
		e.Index = e.Index[:n]
	} else {
		e.Log = e.Log[:n*s]
	}
	return m, e
}

// randomBatch makes sequences of different lengths, many or few, under one chain.
func randomBatch(r *rand.Rand, s, most int, index bool, zeros float64) (Markov, []Evidence, []float64) {
	m, _ := randomChain(r, s, 1, false, false, zeros)
	for i := range m.Initial {
		m.Initial[i] += 0.1
	}
	batch := make([]Evidence, 1+r.IntN(30))
	weights := make([]float64, len(batch))
	_, first := randomChain(r, s, r.IntN(most+1), false, index, 0)
	for i := range batch {
		_, batch[i] = randomChain(r, s, r.IntN(most+1), false, index, 0)
		if index {
			batch[i].Log = first.Log
		}
		if weights[i] = 2 * r.Float64(); r.IntN(5) == 0 {
			weights[i] = 0
		}
	}
	for i := range s {
		m.Transition[i*s+i] += 0.1
	}
	return m, batch, weights
}

// A batch is the sum of its sequences, whatever their lengths, wherever rows are
// checkpointed, and in linear space as with logarithms.
func TestBatches(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	for trial := range 150 {
		s, most := 1+r.IntN(9), []int{3, 12, 90}[r.IntN(3)]
		index := r.IntN(2) == 0
		m, batch, weights := randomBatch(r, s, most, index, []float64{0, 0.4}[r.IntN(2)])
		if trial%4 == 0 {
			weights = nil
		}
		var got, want Expected
		if index {
			got.Rows, want.Rows = make([]float64, 3*s), make([]float64, 3*s)
		}
		if trial%2 == 0 {
			got.Gamma, want.Gamma = [][]float64{}, [][]float64{}
		}
		if trial%5 == 0 {
			got.Pairs, want.Pairs = [][]float64{}, [][]float64{}
		}
		fast, slow := Workspace{}, Workspace{LogSpace: true}
		if r.IntN(2) == 0 {
			fast.Memory = 1
		}
		for round := range 2 { // the second one with memory that is not new
			if err := fast.Expect(&got, m, batch, weights); err != nil {
				t.Fatal(err)
			}
			if err := slow.Expect(&want, m, batch, weights); err != nil {
				t.Fatal(err)
			}
			for _, d := range fast.groups.dead {
				if d {
					t.Fatal("an ordinary sequence is dead")
				}
			}
			tolerance := 1e-12 * float64(1+most*len(batch)*(round+1))
			near(t, "log Z", got.LogZ, want.LogZ, tolerance)
			near(t, "initial", got.Initial, want.Initial, tolerance)
			near(t, "transition", got.Transition, want.Transition, tolerance)
			near(t, "rows", got.Rows, want.Rows, tolerance)
			for i := range want.Gamma {
				near(t, "γ", got.Gamma[i], want.Gamma[i], 1e-11)
			}
			for i := range want.Pairs {
				near(t, "ξ", got.Pairs[i], want.Pairs[i], 1e-11)
			}
		}
	}
}
