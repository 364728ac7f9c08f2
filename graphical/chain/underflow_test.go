package chain

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// answers are what all forward and backward passes say.
type answers struct {
	x      Expected
	gamma  []float64
	alpha  []float64
	logZ   [3]float64
	errors [4]error
}

func ask(w *Workspace, m Markov, e Evidence) (a answers) {
	s := m.States()
	n := e.Len(s)
	a.gamma, a.alpha = make([]float64, n*s), make([]float64, n*s)
	a.x.Pairs = nil
	a.errors[0] = w.Expect(&a.x, m, []Evidence{e}, nil)
	a.logZ[0], a.errors[1] = w.Smooth(a.gamma, m, e)
	a.logZ[1], a.errors[2] = w.Filter(a.alpha, m, e)
	a.errors[3] = w.LogProb(a.logZ[2:], m, []Evidence{e})
	return a
}

func sameAnswers(t *testing.T, got, want answers, tolerance float64) {
	t.Helper()
	for i, err := range got.errors {
		var one, two *ImpossibleError
		if errors.As(err, &one) != errors.As(want.errors[i], &two) || one != nil && one.Time != two.Time {
			t.Fatalf("question %d: the error is %v, want %v", i, err, want.errors[i])
		}
	}
	if got.errors[0] != nil {
		return
	}
	size := 1 + math.Abs(want.logZ[0])
	near(t, "log Z", append(got.logZ[:], got.x.LogZ[0]), append(want.logZ[:], want.x.LogZ[0]), tolerance*size)
	near(t, "Σξ", got.x.Transition, want.x.Transition, tolerance*size)
	near(t, "γ₀", got.x.Initial, want.x.Initial, tolerance*size)
	for i := range got.gamma { // where linear space has no room left for a zero that logarithms have
		if math.Abs(got.gamma[i]-want.gamma[i]) > tolerance*size || math.Abs(got.alpha[i]-want.alpha[i]) > tolerance*size {
			t.Fatalf("γ or α of number %d: %v and %v, want %v and %v", i, got.gamma[i], got.alpha[i], want.gamma[i], want.alpha[i])
		}
	}
}

// A state that is lost in linear space and is the only one in the end, by steps large and
// small: a filter that does not notice says −2000 or −1800 in place of −800.
func TestLostState(t *testing.T) {
	m := Markov{Initial: []float64{1, 1}, Transition: []float64{1, 0, 0, 1}}
	var e Evidence
	for _, step := range []float64{-60, -100} {
		e = Evidence{Log: []float64{0, -800}}
		table := Evidence{Log: []float64{0, -800, step, 0}, Index: []int{0}}
		for range 30 {
			e.Log = append(e.Log, step, 0)
			table.Index = append(table.Index, 1)
		}
		for _, e := range []Evidence{e, table} {
			got, want := ask(&Workspace{}, m, e), ask(&Workspace{LogSpace: true}, m, e)
			near(t, "log Z", got.logZ[:], []float64{-800, -800, -800}, 1e-10)
			sameAnswers(t, got, want, 1e-13)
		}
		// What was counted before it was seen is taken back.
		other := Evidence{Log: table.Log, Index: []int{1, 1, 0}}
		got, want := Expected{Rows: make([]float64, 4)}, Expected{Rows: make([]float64, 4)}
		if err := (&Workspace{}).Expect(&got, m, []Evidence{other, table}, []float64{1, 2}); err != nil {
			t.Fatal(err)
		}
		if err := (&Workspace{LogSpace: true}).Expect(&want, m, []Evidence{other, table}, []float64{1, 2}); err != nil {
			t.Fatal(err)
		}
		near(t, "rows", got.Rows, want.Rows, 1e-11)
		near(t, "Σξ", got.Transition, want.Transition, 1e-11)
	}
	var w Workspace
	path, err := w.Decode(nil, m, e)
	if err != nil || path[0] != 1 {
		t.Errorf("path %v, %v", path, err)
	}
	paths := make([][]int, 10)
	if err := w.Sample(paths, m, e, rand.New(rand.NewPCG(1, 1))); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if p[0] != 1 {
			t.Errorf("a path of probability e⁻¹²⁰⁰ is drawn: %v", p)
		}
	}
}

// A state that decays to nothing is no reason to go slow, as the first of a chain that
// only goes on.
func TestDecay(t *testing.T) {
	m := Markov{Initial: []float64{1, 0, 0}, Transition: []float64{0.5, 0.5, 0, 0, 0.999, 0.001, 0, 0, 1}}
	e := Evidence{Log: make([]float64, 3*3000)}
	for i := range e.Log {
		e.Log[i] = -float64(i % 7)
	}
	var w Workspace
	got, want := ask(&w, m, e), ask(&Workspace{LogSpace: true}, m, e)
	sameAnswers(t, got, want, 1e-12)
	x := Expected{}
	if err := w.Expect(&x, m, []Evidence{e}, nil); err != nil || w.groups.dead[0] {
		t.Errorf("%v; the E step needs logarithms: %v", err, w.groups.dead)
	}
}

// Wild numbers: log-likelihoods over hundreds of nats, −Inf, transitions from zero to
// 1e±200. Linear space gives the answers of logarithms, or leaves them to those.
func TestWild(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	dead, alive := 0, 0
	for trial := range 400 {
		s, n := 1+r.IntN(5), 1+r.IntN(60)
		m, e := randomChain(r, s, n, r.IntN(3) == 0, r.IntN(3) == 0, 0)
		scale := []float64{1, 30, 300, 3000}[r.IntN(4)]
		for i := range e.Log {
			if e.Log[i] = scale * r.NormFloat64(); r.IntN(8) == 0 {
				e.Log[i] = math.Inf(-1)
			}
		}
		tame := r.IntN(2) == 0
		for _, x := range [][]float64{m.Initial, m.Transition} {
			for i := range x {
				switch r.IntN(4) {
				case 0:
					x[i] = 0
				case 1:
					if !tame {
						x[i] = math.Exp(150 * r.NormFloat64())
					}
				}
			}
		}
		w := Workspace{Memory: int64(trial % 2)}
		got, want := ask(&w, m, e), ask(&Workspace{LogSpace: true}, m, e)
		sameAnswers(t, got, want, 1e-11)
		if got.errors[0] == nil {
			if w.groups.dead[0] {
				dead++
			} else {
				alive++
			}
		}
	}
	if dead < 20 || alive < 20 {
		t.Errorf("%d sequences needed logarithms and %d did not: both have to be seen", dead, alive)
	}
}

// NaN and +Inf are refused by name, wherever they stand; in rows that no time has they are
// not looked at.
func TestBadEvidence(t *testing.T) {
	m := Markov{Initial: []float64{1, 1}, Transition: []float64{1, 1, 1, 1}}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		for _, logs := range []bool{false, true} {
			w := Workspace{LogSpace: logs}
			good := Evidence{Log: []float64{0, 0}}
			e := Evidence{Log: []float64{0, 0, 0, bad, 0, 0}}
			check := func(what string, sequence int, err error) {
				var evidence *EvidenceError
				if !errors.As(err, &evidence) || evidence.Sequence != sequence || evidence.Time != 1 || evidence.State != 1 {
					t.Errorf("%s of %v: %v", what, bad, err)
				}
			}
			check("Expect", 1, w.Expect(&Expected{}, m, []Evidence{good, e}, nil))
			check("LogProb", 1, w.LogProb(make([]float64, 2), m, []Evidence{good, e}))
			a := ask(&w, m, e)
			for _, err := range a.errors {
				check("all", 0, err)
			}
			_, _, err := w.Viterbi(nil, m, e)
			check("Viterbi", 0, err)
			_, err = w.KBest(2, m, e)
			check("KBest", 0, err)
			_, err = w.Decode(nil, m, e)
			check("Decode", 0, err)
			check("Sample", 0, w.Sample(make([][]int, 1), m, e, rand.New(rand.NewPCG(1, 1))))
			e.Index = []int{0, 2, 0}
			for _, err := range ask(&w, m, e).errors {
				if err != nil {
					t.Errorf("a row that no time has: %v", err)
				}
			}
		}
	}
}

// A chain that only goes on, of states far from each other, begins with what its last
// state explains best. That needs no logarithms.
func TestRescue(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 12))
	for trial := range 30 {
		const s, n = 5, 60
		m := Markov{Initial: []float64{1, 0, 0, 0, 0}, Transition: make([]float64, s*s)}
		for i := range s {
			m.Transition[i*s+i] = 1
			if i < s-1 {
				m.Transition[i*s+i], m.Transition[i*s+i+1] = 0.8, 0.2
			}
		}
		e := Evidence{Log: make([]float64, n*s)}
		z := 0
		for t := range n {
			if z < s-1 && r.IntN(10) == 0 {
				z++
			}
			x := 30*float64(z) + r.NormFloat64()
			if t == 0 { // what the last state would show
				x = 30 * (s - 1)
			}
			for k := range s {
				e.Log[t*s+k] = -0.5 * (x - 30*float64(k)) * (x - 30*float64(k))
			}
		}
		w := Workspace{Memory: int64(trial % 2)}
		got, want := ask(&w, m, e), ask(&Workspace{LogSpace: true}, m, e)
		sameAnswers(t, got, want, 1e-13)
		if err := w.Expect(&Expected{}, m, []Evidence{e, e}, nil); err != nil || w.groups.dead[0] {
			t.Errorf("trial %d: %v; logarithms %v", trial, err, w.groups.dead)
		}
		// A rescued row is not another's, where the same numbers are a table.
		table := Evidence{Log: e.Log, Index: []int{1, 2, 3}}
		logp, alone := make([]float64, 2), make([]float64, 1)
		if err := w.LogProb(logp, m, []Evidence{e, table}); err != nil {
			t.Fatal(err)
		}
		if err := (&Workspace{LogSpace: true}).LogProb(alone, m, []Evidence{table}); err != nil {
			t.Fatal(err)
		}
		near(t, "log p of a table", logp[1:], alone, 1e-12*(1+math.Abs(alone[0])))
	}
}
