package chain

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
)

// The most probable path and the k most probable are those of the enumeration, in their
// order. Evidence of whole numbers and transitions of zero and one make exact ties.
func TestBestPathsAreEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 3))
	for trial := range 400 {
		s, n := 1+r.IntN(4), 1+r.IntN(5)
		m, e := randomChain(r, s, n, trial%3 == 0, trial%2 == 0, []float64{0, 0.3}[r.IntN(2)])
		ties := trial%4 == 0
		if ties {
			for i := range m.Initial {
				m.Initial[i] = 1
			}
			for i := range m.Transition {
				m.Transition[i] = float64(min(r.IntN(5), 1))
			}
			for i := range e.Log {
				e.Log[i] = float64(-r.IntN(3))
			}
		}
		want := enumerate(m, e)
		if ties { // exactly
			judge := logScores(m, e)
			for i, p := range want.paths {
				want.probability[i] = judge(p)
			}
			want.sort()
		}
		w := Workspace{Memory: int64(trial % 2)}
		path, logProb, err := w.Viterbi(nil, m, e)
		k := 1 + r.IntN(40)
		best, kerr := w.KBest(k, m, e)
		if want.z == 0 {
			var one, two *ImpossibleError
			if !errors.As(err, &one) || !errors.As(kerr, &two) || one.Time != two.Time {
				t.Fatalf("impossible, and the errors are %v and %v", err, kerr)
			}
			continue
		}
		if err != nil || kerr != nil {
			t.Fatal(err, kerr)
		}
		possible := 0
		for _, p := range want.probability {
			if ties && !math.IsInf(p, -1) || !ties && p > 0 {
				possible++
			}
		}
		if len(best) != min(k, possible) {
			t.Fatalf("trial %d: %d paths, want %d of %d", trial, len(best), k, possible)
		}
		if d := cmp.Diff(want.paths[0], path); d != "" && ties || !cmp.Equal(best[0].States, path) || math.Abs(best[0].LogProb-logProb) > 1e-12 {
			t.Fatalf("trial %d: the best path (-want +got):\n%s\nand of KBest %v", trial, d, best[0])
		}
		for i, p := range best {
			score := want.probability[i]
			if !ties {
				score = math.Log(score)
			}
			// Paths with the same transitions in another order tie up to rounding.
			same := cmp.Equal(p.States, want.paths[i]) || !ties && math.Abs(logScores(m, e)(p.States)-score) < 1e-12
			if !same || math.Abs(p.LogProb-score) > 1e-12 {
				t.Fatalf("trial %d: path %d is %v, want %v with %v", trial, i, p, want.paths[i], score)
			}
		}
	}
}

// logScores adds logarithms up, from left to right.
func logScores(m Markov, e Evidence) func(path []int) float64 {
	s := m.States()
	return func(path []int) float64 {
		sum := 0.0
		for t, j := range path {
			if t == 0 {
				sum += math.Log(m.Initial[j])
			} else {
				sum += math.Log(at(m, t, path[t-1], j))
			}
			sum += e.row(t, s)[j]
		}
		return sum
	}
}

func TestKBestRefuses(t *testing.T) {
	var w Workspace
	m := Markov{Initial: []float64{1, 1}, Transition: []float64{1, 1, 1, 1}}
	e := Evidence{Log: make([]float64, 2*100)}
	var config *belief.ConfigError
	if _, err := w.KBest(0, m, e); !errors.As(err, &config) {
		t.Errorf("no path: %v", err)
	}
	var large *belief.TooLargeError
	if _, err := w.KBest(math.MaxInt, m, e); !errors.As(err, &large) {
		t.Errorf("all paths: %v", err)
	}
	paths, err := w.KBest(3, m, Evidence{Index: []int{}})
	if err != nil || len(paths) != 1 || paths[0].LogProb != 0 {
		t.Errorf("no time: %v, %v", paths, err)
	}
}

// Posterior decoding takes the largest of γ.
func TestDecode(t *testing.T) {
	var w Workspace
	randomChains(t, func(t *testing.T, r *rand.Rand, m Markov, e Evidence) {
		want := enumerate(m, e)
		path, err := w.Decode(nil, m, e)
		if want.z == 0 {
			if err == nil {
				t.Error("impossible, and no error")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		s := m.States()
		for i, j := range path {
			for k := range s {
				if want.gamma[i*s+k] > want.gamma[i*s+j]+1e-13 {
					t.Fatalf("time %d: state %d, and %d is more probable", i, j, k)
				}
			}
		}
	})
}

// Paths are drawn from p(z | x): χ² over all paths, in linear space, with checkpoints and
// with logarithms. The bound is exceeded by one seed in a million per test.
func TestSampleIsPosterior(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 4))
	for trial := range 12 {
		m, e := randomChain(r, 3, 4, trial%2 == 0, false, 0.1)
		want := enumerate(m, e)
		if want.z == 0 {
			continue
		}
		w := Workspace{LogSpace: trial%3 == 0, Memory: int64(trial % 2)}
		const draws = 20_000
		paths := make([][]int, draws)
		if err := w.Sample(paths, m, e, r); err != nil {
			t.Fatal(err)
		}
		number := func(path []int) int {
			at := 0
			for _, j := range path {
				at = 3*at + j
			}
			return at
		}
		seen := map[int]float64{}
		for _, p := range paths {
			seen[number(p)]++
		}
		chi, cells, rest, restSeen := 0.0, 0, 0.0, 0.0
		for i, p := range want.paths {
			expect := draws * want.probability[i] / want.z
			got := seen[number(p)]
			if expect == 0 && got > 0 {
				t.Fatalf("trial %d: the impossible path %v", trial, p)
			}
			if expect < 10 {
				rest, restSeen = rest+expect, restSeen+got
				continue
			}
			chi += (got - expect) * (got - expect) / expect
			cells++
		}
		if rest > 0 {
			chi += (restSeen - rest) * (restSeen - rest) / max(rest, 10)
		}
		// Wilson & Hilferty's approximation of the quantile at 1 − 1e-6.
		f := float64(cells)
		bound := f * math.Pow(1-2/(9*f)+4.7534*math.Sqrt(2/(9*f)), 3)
		if chi > bound {
			t.Errorf("trial %d: χ² is %.1f with %d cells, bound %.1f", trial, chi, cells, bound)
		}
	}
}

// What is computed a second time, by segments, is what it was: the draws are the same with
// little memory, though the last symbol makes a state so improbable that it is followed
// whether it was lost.
func TestSampleInLittleMemory(t *testing.T) {
	m := Markov{Initial: []float64{0.5, 0.5}, Transition: []float64{0.9, 0.1, 0.1, 0.9}}
	const n = 5000
	e := Evidence{Log: make([]float64, 2*n)}
	for i := range n {
		e.Log[2*i+i%3%2] = -1
	}
	e.Log[2*(n-1)] = -690
	var paths [2][][]int
	for i, memory := range []int64{1, 0} {
		paths[i] = make([][]int, 3)
		w := Workspace{Memory: memory}
		if err := w.Sample(paths[i], m, e, rand.New(rand.NewPCG(1, 2))); err != nil {
			t.Fatal(err)
		}
	}
	if !cmp.Equal(paths[0], paths[1]) {
		t.Error("the draws are not the same")
	}
}

// Only the proportions of a chain count for what comes.
func TestPredictOfAnyScale(t *testing.T) {
	for _, c := range []struct {
		scale float64
		steps int
		want  []float64
	}{{1e-200, 1000, []float64{0.5, 0.5}}, {1e200, 1000, []float64{0.5, 0.5}}, {1e-200, 3, []float64{0.5, 0.5}}, {1e-310, 1000, []float64{0.5, 0.5}}} {
		m := Markov{Initial: []float64{1, 0}, Transition: []float64{c.scale, c.scale, c.scale, c.scale}}
		near(t, "prediction", m.PredictTo(nil, []float64{0.3, 0.7}, c.steps), c.want, 1e-12)
	}
	for steps, want := range map[int][]float64{1000001: {0.25, 0.75}, 1000000: {0.75, 0.25}, 3: {0.25, 0.75}, 0: {0.75, 0.25}} {
		m := Markov{Initial: []float64{1, 0}, Transition: []float64{0, 1e300, 1e300, 0}}
		near(t, "prediction", m.PredictTo(nil, []float64{0.75, 0.25}, steps), want, 1e-12)
	}
}
