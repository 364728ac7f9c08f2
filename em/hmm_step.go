package em

// The E step and the M step of hidden Markov models.

import (
	"errors"
	"fmt"

	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/kernel"
)

// hmmScratch is memory of one slot.
type hmmScratch struct {
	work     chain.Workspace
	expected chain.Expected
	evidence []chain.Evidence
	members  []int // with data and weight
	weights  []float64
	normals  hmmNormalScratch
	path     []int     // of hard EM
	gamma    []float64 // of hard EM
}

// emissionSums is how many statistics the emission has.
func (m *HiddenMarkovModel) emissionSums() int {
	if c, ok := m.HMM.Emission.(*chain.Categorical); ok {
		return (c.Len() + 1) * len(m.HMM.Initial) // the last row is of what is missing
	}
	return m.normals.sums()
}

// view cuts sums into those of the first states, of transitions and of the emission.
func (m *HiddenMarkovModel) view(sums []float64) (initial, transition, emission []float64) {
	s := len(m.HMM.Initial)
	return sums[:s:s], sums[s : s+s*s : s+s*s], sums[s+s*s:]
}

// NewStatistics implements [Model]: expected numbers of first states, of transitions,
// row by row, and of the emission, for symbols their numbers, symbols × states.
func (m *HiddenMarkovModel) NewStatistics() *Statistics { return NewStatistics(m.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (m *HiddenMarkovModel) layout() (kind string, sums int) {
	s, n := len(m.HMM.Initial), m.emissionSums()
	form := "symbols"
	if m.normals != nil {
		form = m.normals.form()
	}
	return fmt.Sprintf("hidden markov, %d states, %d of %s", s, n, form), s + s*s + n
}

// Expect implements [Model].
func (m *HiddenMarkovModel) Expect(b *SequenceBlock, s *Statistics) error {
	w, err := m.gather(b, s)
	if err != nil || len(w.members) == 0 {
		return err
	}
	x := &w.expected
	var emission []float64
	x.Initial, x.Transition, emission = m.view(s.Sums)
	if m.normals == nil {
		x.Rows = emission
	} else if x.Gamma == nil {
		x.Gamma = [][]float64{}
	}
	if err := w.work.Expect(x, m.HMM.Markov(), w.evidence, w.weights); err != nil {
		return m.named(err, w, b, 0)
	}
	for i, l := range x.LogZ {
		s.LogLikelihood += w.weights[i] * l
	}
	if m.normals != nil {
		for i, member := range w.members {
			m.normals.expect(&w.normals, emission, b.From.Rows(member), x.Gamma[i])
		}
	}
	return nil
}

// gather makes the evidence of the sequences that count.
func (m *HiddenMarkovModel) gather(b *SequenceBlock, s *Statistics) (*hmmScratch, error) {
	w, ok := s.Scratch.(*hmmScratch)
	if !ok {
		w = new(hmmScratch)
		s.Scratch = w
	}
	w.work.Context = b.ctx
	w.members, w.weights = w.members[:0], w.weights[:0]
	for _, i := range b.Members {
		weight := b.Weight(i)
		s.Weight += weight
		if weight > 0 && b.From.Length(i) > 0 {
			w.members, w.weights = append(w.members, i), append(w.weights, weight)
		}
	}
	var err error
	w.evidence, err = m.HMM.EvidenceTo(w.evidence, b.From, w.members)
	if err != nil {
		return w, fmt.Errorf("em: %w", err)
	}
	return w, nil
}

// named makes an error of package chain name the sequence of the data. It is about the
// evidence from the one numbered first on.
func (m *HiddenMarkovModel) named(err error, w *hmmScratch, b *SequenceBlock, first int) error {
	var impossible *chain.ImpossibleError
	var evidence *chain.EvidenceError
	switch {
	case errors.As(err, &impossible):
		told := *impossible
		told.Sequence = w.members[first+told.Sequence]
		return fmt.Errorf("em: sequence %s: %w", b.From.Name(told.Sequence), &told)
	case errors.As(err, &evidence):
		told := *evidence
		told.Sequence = w.members[first+told.Sequence]
		return fmt.Errorf("em: sequence %s: %w", b.From.Name(told.Sequence), &told)
	}
	return fmt.Errorf("em: %w", err)
}

// Maximize implements [Model].
func (m *HiddenMarkovModel) Maximize(s *Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	initial, transition, emission := m.view(s.Sums)
	states, set := len(m.HMM.Initial), &m.settings
	next := *m.HMM
	var idle []string
	normals := m.normals
	if !set.Fix.Initial {
		next.Initial = append([]float64(nil), m.HMM.Initial...)
		if !hmmMaximizeRow(next.Initial, initial, m.free.initial, set.Prior.Initial, -1, 0) {
			idle = append(idle, "the first state")
		}
	}
	if !set.Fix.Transition {
		next.Transition = append([]float64(nil), m.HMM.Transition...)
		classes := hmmClasses(set.Ties.Transition, states)
		for i := range states {
			row := transition[i*states : (i+1)*states]
			if first := classes[i]; first != i {
				pooled := transition[first*states : (first+1)*states]
				kernel.Add(pooled, pooled, row)
			}
		}
		for i, first := range classes {
			at := next.Transition[i*states : (i+1)*states]
			if first != i {
				copy(at, next.Transition[first*states:(first+1)*states])
			} else if !hmmMaximizeRow(at, transition[i*states:(i+1)*states], m.free.transition[i*states:(i+1)*states], set.Prior.Transition, i, set.Prior.Sticky) {
				idle = append(idle, "transitions from state "+m.stateName(i))
			}
		}
	}
	if !set.Fix.Emission {
		classes := hmmClasses(set.Ties.Emission, states)
		if c, ok := m.HMM.Emission.(*chain.Categorical); ok {
			next.Emission, idle = m.maximizeSymbols(c, emission, classes, idle)
		} else {
			n, e, more, err := m.maximizeNormals(emission, classes)
			if err != nil {
				return err
			}
			next.Emission, normals, idle = e, n, append(idle, more...)
		}
	}
	if err := next.Validate(); err != nil {
		return fmt.Errorf("em: the M step of a hidden Markov model: %w", err)
	}
	m.HMM, m.normals, m.idle = &next, normals, idle
	return nil
}

// hmmMaximizeRow sets probabilities to the mode of the Dirichlet distribution that counts
// and prior make. It says whether there is one; if not, they stay.
func hmmMaximizeRow(p, counts []float64, free []bool, alpha float64, own int, sticky float64) bool {
	sum := 0.0
	weight := func(j int) float64 {
		if !free[j] {
			return 0
		}
		n := counts[j] + hmmAlpha(alpha) - 1
		if j == own {
			n += sticky
		}
		return n
	}
	for j := range p {
		sum += weight(j)
	}
	if !(sum > 0) {
		return false
	}
	for j := range p {
		p[j] = weight(j) / sum
	}
	return true
}

// maximizeSymbols is the M step of the symbols.
func (m *HiddenMarkovModel) maximizeSymbols(c *chain.Categorical, sums []float64, classes []int, idle []string) (chain.Emission, []string) {
	states, k := len(classes), c.Len()
	next := &chain.Categorical{Symbols: c.Symbols, P: append([]float64(nil), c.P...)}
	counts := make([]float64, states*k)
	for y := range k {
		for i, first := range classes {
			counts[first*k+y] += sums[y*states+i]
		}
	}
	for i, first := range classes {
		at := next.P[i*k : (i+1)*k]
		if first != i {
			copy(at, next.P[first*k:(first+1)*k])
		} else if !hmmMaximizeRow(at, counts[i*k:(i+1)*k], m.free.symbols[i*k:(i+1)*k], m.settings.Prior.Symbols, -1, 0) {
			idle = append(idle, "symbols of state "+m.stateName(i))
		}
	}
	return next, idle
}
