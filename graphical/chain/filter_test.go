package chain

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// What is filtered at a time is what is smoothed at the end of the observations up to it.
func TestFilterIsEnumeration(t *testing.T) {
	for _, logs := range []bool{false, true} {
		w := Workspace{LogSpace: logs}
		randomChains(t, func(t *testing.T, r *rand.Rand, m Markov, e Evidence) {
			s := m.States()
			n := e.Len(s)
			got := make([]float64, n*s)
			logZ, err := w.Filter(got, m, e)
			total := []float64{0}
			lerr := w.LogProb(total, m, []Evidence{e})
			want := enumerate(m, e)
			if want.z == 0 {
				var one, two *ImpossibleError
				if !errors.As(err, &one) || !errors.As(lerr, &two) || one.Time != two.Time {
					t.Fatalf("impossible, and the errors are %v and %v", err, lerr)
				}
				return
			}
			if err != nil || lerr != nil {
				t.Fatal(err, lerr)
			}
			near(t, "log Z", []float64{logZ, total[0]}, []float64{math.Log(want.z), math.Log(want.z)}, 1e-12)
			for i := range n {
				part := enumerate(prefix(m, e, i+1))
				near(t, "α", got[i*s:(i+1)*s], part.gamma[i*s:], 1e-12)
			}
			gamma := make([]float64, n*s)
			if logZ, err = w.Smooth(gamma, m, e); err != nil {
				t.Fatal(err)
			}
			near(t, "log Z", []float64{logZ}, []float64{math.Log(want.z)}, 1e-12)
			near(t, "γ", gamma, want.gamma, 1e-12)
			if m.Varying {
				return
			}
			o, err := NewOnline(m)
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				row, err := o.Step(e.row(i, s))
				if err != nil {
					t.Fatal(err)
				}
				near(t, "α of the stream", row, got[i*s:(i+1)*s], 1e-12)
			}
			if o.Times() != n {
				t.Errorf("%d times, want %d", o.Times(), n)
			}
			near(t, "log Z of the stream", []float64{o.LogProb()}, []float64{math.Log(want.z)}, 1e-12)
		})
	}
}

// A long filter is the same in both numerics, over the ends of its segments.
func TestLongFilter(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 5))
	for _, n := range []int{filterTimes - 1, filterTimes, filterTimes + 1, 500} {
		m, e := randomChain(r, 5, n, false, false, 0)
		fast, slow := make([]float64, n*5), make([]float64, n*5)
		a, err := (&Workspace{}).Filter(fast, m, e)
		if err != nil {
			t.Fatal(err)
		}
		b, err := (&Workspace{LogSpace: true}).Filter(slow, m, e)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "α", fast, slow, 1e-12)
		near(t, "log Z", []float64{a}, []float64{b}, 1e-12*float64(n))
	}
}

// An observation that cannot be is refused, and the stream goes on without it.
func TestOnlineRefuses(t *testing.T) {
	m := Markov{Initial: []float64{1, 0}, Transition: []float64{0.5, 0.5, 0, 1}}
	o, err := NewOnline(m)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the beginning", o.Probabilities(), []float64{1, 0}, 0)
	inf := math.Inf(-1)
	var impossible *ImpossibleError
	if _, err = o.Step([]float64{inf, 0}); !errors.As(err, &impossible) || impossible.Time != 0 {
		t.Errorf("a state that cannot be the first: %v", err)
	}
	if _, err = o.Step([]float64{0, 0}); err != nil {
		t.Fatal(err)
	}
	var bad *EvidenceError
	if _, err = o.Step([]float64{0, math.NaN()}); !errors.As(err, &bad) || bad.Time != 1 || bad.State != 1 {
		t.Errorf("NaN: %v", err)
	}
	row, err := o.Step([]float64{0, math.Log(3)})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "after a bad one", row, []float64{0.25, 0.75}, 1e-15)
	var config *belief.ConfigError
	if _, err := NewOnline(Markov{Initial: []float64{1}, Transition: nil, Varying: true}); !errors.As(err, &config) {
		t.Errorf("a chain that varies: %v", err)
	}
}

// A prediction is a power of the matrix, by steps as by squares.
func TestPredict(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 50 {
		s := 1 + r.IntN(6)
		m, _ := randomChain(r, s, 1, false, false, 0)
		for i := range s {
			row := m.Transition[i*s : (i+1)*s]
			kernel.Scale(1/kernel.Sum(row), row, row)
		}
		now := make([]float64, s)
		now[r.IntN(s)] = 1
		want := append([]float64(nil), now...)
		for steps := range 200 {
			near(t, "prediction", m.PredictTo(nil, now, steps), want, 1e-12)
			next := make([]float64, s)
			for i, p := range want {
				for j := range s {
					next[j] += p * m.Transition[i*s+j]
				}
			}
			want = next
		}
		far := m.PredictTo(nil, now, 1<<30)
		near(t, "the far future", far, m.PredictTo(nil, far, 1), 1e-9)
	}
}
