package em

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
)

// hmmSymbols draws sequences of symbols, -1 where one is missing.
func hmmSymbols(t testing.TB, r *rand.Rand, k int, missing float64, lengths ...int) *data.Sequences {
	t.Helper()
	var all [][]int
	for _, n := range lengths {
		seq := make([]int, n)
		for i := range seq {
			if seq[i] = r.IntN(k); i > 0 && r.Float64() < 0.5 {
				seq[i] = seq[i-1]
			}
			if r.Float64() < missing {
				seq[i] = -1
			}
		}
		all = append(all, seq)
	}
	names := []string{"a", "b", "c", "d", "e", "f"}[:k]
	seqs, err := data.FromSymbols(data.Column{Name: "symbol", Categories: names}, all)
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// The E step against all paths.
func TestHMMEnumerated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const s, k = 3, 2
	weights := []float64{1, 0.5, 2, 3}
	seqs := hmmSymbols(t, r, k, 0.2, 5, 1, 4, 0)
	set := HiddenMarkov{States: s, Weights: weights}
	d, start, err := set.prepare(seqs, &Config{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	m, err := start(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	got := m.NewStatistics()
	if err := d.Each(context.Background(), Pass{}, func(_ int, b *SequenceBlock) error { return m.Expect(b, got) }); err != nil {
		t.Fatal(err)
	}
	want := m.NewStatistics()
	initial, transition, emission := m.view(want.Sums)
	h, p := m.HMM, m.HMM.Emission.(*chain.Categorical).P
	for i, w := range weights {
		want.Weight += w
		x := seqs.Rows(i)
		if len(x) == 0 {
			continue
		}
		total := 0.0
		for pass := range 2 { // first the sum, then the shares
			var walk func(path []int, q float64)
			walk = func(path []int, q float64) {
				n := len(path)
				if n == len(x) {
					if pass == 0 {
						total += q
						return
					}
					share := w * q / total
					initial[path[0]] += share
					for t, z := range path {
						if t > 0 {
							transition[path[t-1]*s+z] += share
						}
						y := k
						if x[t] == x[t] {
							y = int(x[t])
						}
						emission[y*s+z] += share
					}
					return
				}
				for z := range s {
					f := h.Initial[z]
					if n > 0 {
						f = h.Transition[path[n-1]*s+z]
					}
					if x[n] == x[n] {
						f *= p[z*k+int(x[n])]
					}
					walk(append(slices.Clone(path), z), q*f)
				}
			}
			walk(nil, 1)
		}
		want.LogLikelihood += w * math.Log(total)
	}
	if math.Abs(got.LogLikelihood-want.LogLikelihood) > 1e-12*math.Abs(want.LogLikelihood) || got.Weight != want.Weight {
		t.Errorf("log-likelihood %v of weight %v, want %v of %v", got.LogLikelihood, got.Weight, want.LogLikelihood, want.Weight)
	}
	for i, v := range want.Sums {
		if math.Abs(got.Sums[i]-v) > 1e-12 {
			t.Errorf("sum %d is %v, want %v", i, got.Sums[i], v)
		}
	}
}

// hmmDraw draws settings and data at random.
func hmmDraw(t *rapid.T) (HiddenMarkov, *data.Sequences, *rand.Rand) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
	set := HiddenMarkov{States: rapid.IntRange(1, 4).Draw(t, "states"), Init: HMMInit(rapid.IntRange(0, 1).Draw(t, "init"))}
	lengths := make([]int, rapid.IntRange(1, 5).Draw(t, "sequences"))
	for i := range lengths {
		lengths[i] = rapid.IntRange(0, 30).Draw(t, "length")
		set.Weights = append(set.Weights, 0.25+r.Float64())
	}
	lengths[0]++
	if rapid.Bool().Draw(t, "left to right") {
		set.Topology, set.Skip = LeftToRight, rapid.IntRange(0, 2).Draw(t, "skip")
	} else if rapid.Bool().Draw(t, "ties") {
		set.Ties = HMMTies{Transition: make([]int, set.States), Emission: make([]int, set.States)}
		for i := range set.States {
			set.Ties.Transition[i], set.Ties.Emission[i] = r.IntN(2), r.IntN(3)
		}
	}
	if rapid.Bool().Draw(t, "prior") {
		set.Prior = HMMPrior{Initial: 1.5, Transition: 2, Sticky: 3, Symbols: 1.2, Mixture: 2, Normal: &HMMNormalPrior{Shrinkage: 0.5}}
	}
	if rapid.Bool().Draw(t, "symbols") {
		var n testing.T
		return set, hmmSymbols(&n, r, 3, 0.1, lengths...), r
	}
	set.Emission = EmissionForm(rapid.IntRange(2, 3).Draw(t, "form"))
	set.Mixture = rapid.IntRange(0, 2).Draw(t, "mixture")
	const d = 2
	var rows [][]float64
	for _, n := range lengths {
		x := []float64{}
		z := 0.0
		for range n {
			if r.Float64() < 0.3 {
				z = 5 * r.NormFloat64()
			}
			for range d {
				v := 1e3 + z + r.NormFloat64()
				if r.Float64() < 0.15 {
					v = math.NaN()
				}
				x = append(x, v)
			}
		}
		rows = append(rows, x)
	}
	rows[0][0], rows[0][1] = 1e3, 1e3
	return set, hmmSequences(new(testing.T), d, rows...), r
}

// The objective never falls, with floors, ties, priors and missing cells.
func TestHMMRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, seqs, _ := hmmDraw(t)
		c := Config{Iterations: 12, Starts: 1, Seed: 7, Hard: rapid.IntRange(0, 3).Draw(t, "hard") == 0}
		if c.Hard && set.Mixture > 1 {
			c.Hard = false
		}
		run, err := set.Fit(context.Background(), seqs, c)
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(run.History); i++ {
			if run.History[i] < run.History[i-1]-1e-9*(1+math.Abs(run.History[i])) {
				t.Fatalf("iteration %d: from %v to %v", i, run.History[i-1], run.History[i])
			}
		}
		h := run.Model.HMM
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		for i := range set.States {
			for j := range set.States {
				if !set.allowed(i, j) && h.Transition[i*set.States+j] != 0 {
					t.Fatalf("transition from %d to %d is %v", i, j, h.Transition[i*set.States+j])
				}
			}
		}
		text, err := json.Marshal(run.Model)
		if err != nil {
			t.Fatal(err)
		}
		var read HiddenMarkovModel
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		a, errA := run.Model.LogProb(context.Background(), seqs)
		b, errB := read.LogProb(context.Background(), seqs)
		if errA != nil || errB != nil || !cmp.Equal(a, b) {
			t.Fatalf("read back: %v %v, %v %v", a, errA, b, errB)
		}
	})
}

// A prior's M step is where the gradient of the objective vanishes: no change of one
// parameter makes it better.
func TestHMMPriorMode(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var x []float64
	for i := range 60 {
		x = append(x, 4*float64(i/20%2)+r.NormFloat64(), r.NormFloat64())
	}
	seqs := hmmSequences(t, 2, x)
	for _, form := range []EmissionForm{DiagonalEmission, FullEmission} {
		set := HiddenMarkov{States: 2, Emission: form, Mixture: 2, Prior: HMMPrior{Transition: 3, Sticky: 2, Initial: 2, Mixture: 4, Normal: &HMMNormalPrior{Shrinkage: 2, Degrees: 6, Scale: 0.5}}}
		run, err := set.Fit(context.Background(), seqs, Config{Tolerance: 1e-14, Iterations: 3000, Starts: 1})
		if err != nil {
			t.Fatal(err)
		}
		m := run.Model
		objective := func() float64 {
			if err := m.normals.derive(); err != nil {
				t.Fatal(err)
			}
			e, err := m.normals.emission()
			if err != nil {
				t.Fatal(err)
			}
			m.HMM.Emission = e
			l, err := m.LogProb(context.Background(), seqs)
			if err != nil {
				t.Fatal(err)
			}
			return l[0] + m.LogPrior()
		}
		best := objective()
		for _, p := range [][]float64{m.normals.means, m.normals.covs} {
			for i := range p {
				if m.normals.full && len(p) == len(m.normals.covs) && i%4 != 0 && i%4 != 3 {
					continue // off the diagonal
				}
				kept := p[i]
				for _, step := range []float64{-1e-2, 1e-2} {
					p[i] = kept + step
					if got := objective(); got > best+1e-9 {
						t.Errorf("%v: a step of %v of parameter %d of %d raises the objective by %v", form, step, i, len(p), got-best)
					}
				}
				p[i] = kept
			}
		}
		for i, delta := range []float64{1e-3, -1e-3} { // with the other of its row
			m.HMM.Transition[i] += delta
			m.HMM.Transition[1-i] -= delta
			m.normals.weights[i] += delta
			m.normals.weights[1-i] -= delta
			if got := objective(); got > best+1e-9 {
				t.Errorf("%v: a step raises the objective by %v", form, got-best)
			}
			m.HMM.Transition[i] -= delta
			m.HMM.Transition[1-i] += delta
			m.normals.weights[i] -= delta
			m.normals.weights[1-i] += delta
		}
	}
}

func TestHMMFixedAndTied(t *testing.T) {
	seqs := hmmSymbols(t, rand.New(rand.NewPCG(2, 2)), 3, 0, 60, 40)
	begin := &chain.HMM{Initial: []float64{0.5, 0.5, 0}, Transition: []float64{0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0.3, 0.7},
		Emission: &chain.Categorical{Symbols: []string{"a", "b", "c"}, P: []float64{0.6, 0.2, 0.2, 0.1, 0.5, 0.4, 0.1, 0.5, 0.4}}}
	set := HiddenMarkov{States: 3, Begin: begin, Fix: HMMParts{Initial: true}, Ties: HMMTies{Transition: []int{7, 7, 1}, Emission: []int{0, 5, 5}}}
	run, err := set.Fit(context.Background(), seqs, Config{})
	if err != nil {
		t.Fatal(err)
	}
	h := run.Model.HMM
	p := h.Emission.(*chain.Categorical).P
	if !cmp.Equal(h.Initial, begin.Initial) || !cmp.Equal(h.Transition[:3], h.Transition[3:6]) || !cmp.Equal(p[3:6], p[6:]) || cmp.Equal(p[:3], begin.Emission.(*chain.Categorical).P[:3]) {
		t.Errorf("%v %v %v", h.Initial, h.Transition, p)
	}
	// Transitions: one free of rows 0 and 1, one of row 2; symbols: 2 × 2.
	if n := run.Parameters(); n != 6 {
		t.Errorf("%d parameters", n)
	}
	// State 2 cannot be reached: its transitions stay, and it is said so.
	if !cmp.Equal(h.Transition[6:], begin.Transition[6:]) || !slices.ContainsFunc(run.Warnings, func(w belief.Warning) bool { return w.Code == "no-data" }) {
		t.Errorf("%v, %v", h.Transition[6:], run.Warnings)
	}
}

// Planted parameters come back, up to the states' order.
func TestHMMRecovery(t *testing.T) {
	g, err := chain.NewGaussian([][]float64{{0, 0}, {3, 1}, {-2, 4}}, [][]float64{{1, 0.5, 0.5, 1}, {1, 0, 0, 1}, {0.5, 0, 0, 2}})
	if err != nil {
		t.Fatal(err)
	}
	h := &chain.HMM{Initial: []float64{0.4, 0.3, 0.3}, Transition: []float64{0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0.2, 0.1, 0.7}, Emission: g}
	seqs, _, err := h.Sample([]int{700, 700, 600}, rand.New(rand.NewPCG(8, 8)))
	if err != nil {
		t.Fatal(err)
	}
	run, err := HiddenMarkov{States: 3, Emission: FullEmission}.Fit(context.Background(), seqs, Config{Starts: 2})
	if err != nil || !run.Converged {
		t.Fatal(err, run)
	}
	for s, mean := range g.Mean() {
		found := false
		for i := range 3 {
			got := run.Model.normals.mean(i)
			found = found || math.Hypot(got[0]-mean[0], got[1]-mean[1]) < 0.25 && math.Abs(run.Model.HMM.Transition[4*i]-h.Transition[4*s]) < 0.06
		}
		if !found {
			t.Errorf("state %d with mean %v is not found among %v", s, mean, run.Model.normals.means)
		}
	}
}

// Batches get near to what all data at once get.
func TestHMMStepwise(t *testing.T) {
	g, err := chain.NewDiagonalGaussian([][]float64{{0}, {4}}, [][]float64{{1}, {2}})
	if err != nil {
		t.Fatal(err)
	}
	h := &chain.HMM{Initial: []float64{0.5, 0.5}, Transition: []float64{0.9, 0.1, 0.2, 0.8}, Emission: g}
	lengths := make([]int, 40)
	for i := range lengths {
		lengths[i] = 25
	}
	seqs, _, err := h.Sample(lengths, rand.New(rand.NewPCG(9, 9)))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := HiddenMarkov{States: 2}.Fit(context.Background(), seqs, Config{Starts: 1})
	if err != nil {
		t.Fatal(err)
	}
	run, err := HiddenMarkov{States: 2}.Fit(context.Background(), seqs, Config{Starts: 1, Batch: 250, Iterations: 20})
	if err != nil {
		t.Fatal(err)
	}
	if gap := whole.LogLikelihood - run.LogLikelihood; gap > 1 {
		t.Errorf("%v, %v with all data", run.LogLikelihood, whole.LogLikelihood)
	}
}
