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
