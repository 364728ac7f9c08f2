package chain

// What hidden Markov models say of data.

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/parallel"
)

// askSequences is how many sequences a worker takes at a time.
const askSequences = 4 * groupSize

// each calls body with the evidence of some sequences at a time, from several goroutines.
func (h *HMM) each(ctx context.Context, seqs *data.Sequences, body func(w *Workspace, members []int, evidence []Evidence) error) error {
	if err := h.Validate(); err != nil {
		return err
	}
	if seqs == nil {
		return noSequences()
	}
	type memory struct {
		w        Workspace
		members  []int
		evidence []Evidence
	}
	pool := sync.Pool{New: func() any { return new(memory) }}
	blocks := (seqs.Len() + askSequences - 1) / askSequences
	return parallel.For(ctx, blocks, 0, func(b int) (err error) {
		m := pool.Get().(*memory)
		defer pool.Put(m)
		m.w.Context, m.members = ctx, m.members[:0]
		for i := b * askSequences; i < min((b+1)*askSequences, seqs.Len()); i++ {
			m.members = append(m.members, i)
		}
		if m.evidence, err = h.EvidenceTo(m.evidence, seqs, m.members); err != nil {
			return err
		}
		return inData(body(&m.w, m.members, m.evidence), m.members)
	})
}

// inData gives an error the number of the sequence in the data.
func inData(err error, members []int) error {
	var impossible *ImpossibleError
	var evidence *EvidenceError
	switch {
	case errors.As(err, &impossible):
		told := *impossible
		told.Sequence = members[told.Sequence]
		return &told
	case errors.As(err, &evidence):
		told := *evidence
		told.Sequence = members[told.Sequence]
		return &told
	}
	return err
}

// lenOf is the number of sequences, 0 if there are none.
func lenOf(seqs *data.Sequences) int {
	if seqs == nil {
		return 0
	}
	return seqs.Len()
}

// alone calls body with the evidence of one sequence at a time.
func (h *HMM) alone(ctx context.Context, seqs *data.Sequences, body func(w *Workspace, i int, e Evidence) error) error {
	return h.each(ctx, seqs, func(w *Workspace, members []int, evidence []Evidence) error {
		for k, i := range members {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := body(w, i, evidence[k])
			var impossible *ImpossibleError
			if errors.As(err, &impossible) {
				return &ImpossibleError{Sequence: k, Time: impossible.Time}
			}
			var bad *EvidenceError
			if errors.As(err, &bad) {
				told := *bad
				told.Sequence = k
				return &told
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LogProb returns log p(x) of every sequence, in nats. Its errors, and those of the other
// methods that take sequences, are an [*ImpossibleError] or [*EvidenceError] that names
// sequence and time, a [*data.ValueError] for what the emission cannot read, a
// [*belief.ConfigError], and ctx's.
func (h *HMM) LogProb(ctx context.Context, seqs *data.Sequences) ([]float64, error) {
	out := make([]float64, lenOf(seqs))
	err := h.each(ctx, seqs, func(w *Workspace, members []int, evidence []Evidence) error {
		if len(members) == 0 {
			return nil
		}
		return w.LogProb(out[members[0]:members[0]+len(members)], h.Markov(), evidence)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Smooth returns p(z_t = s | x), T×S for every sequence.
func (h *HMM) Smooth(ctx context.Context, seqs *data.Sequences) ([][]float64, error) {
	out := make([][]float64, lenOf(seqs))
	err := h.each(ctx, seqs, func(w *Workspace, members []int, evidence []Evidence) error {
		x := Expected{Gamma: make([][]float64, 0, len(members))}
		if err := w.Expect(&x, h.Markov(), evidence, nil); err != nil {
			return err
		}
		for k, i := range members {
			out[i] = x.Gamma[k]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Viterbi returns the most probable path of every sequence.
func (h *HMM) Viterbi(ctx context.Context, seqs *data.Sequences) ([]Path, error) {
	out := make([]Path, lenOf(seqs))
	err := h.alone(ctx, seqs, func(w *Workspace, i int, e Evidence) (err error) {
		out[i].States, out[i].LogProb, err = w.Viterbi(nil, h.Markov(), e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// KBest returns the k most probable paths of every sequence, or as many as are possible.
func (h *HMM) KBest(ctx context.Context, seqs *data.Sequences, k int) ([][]Path, error) {
	out := make([][]Path, lenOf(seqs))
	err := h.alone(ctx, seqs, func(w *Workspace, i int, e Evidence) (err error) {
		out[i], err = w.KBest(k, h.Markov(), e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Decode returns the most probable state of every time of every sequence, see
// [Workspace.Decode].
func (h *HMM) Decode(ctx context.Context, seqs *data.Sequences) ([][]int, error) {
	out := make([][]int, lenOf(seqs))
	err := h.alone(ctx, seqs, func(w *Workspace, i int, e Evidence) (err error) {
		out[i], err = w.Decode(nil, h.Markov(), e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Names returns the names of the states of a path.
func (h *HMM) Names(path []int) []string {
	out := make([]string, len(path))
	for t, s := range path {
		if h.States != nil {
			out[t] = h.States[s]
		} else {
			out[t] = fmt.Sprint(s)
		}
	}
	return out
}

// sampleMemory is what samples may take.
const sampleMemory = 1 << 30

// Sample draws sequences of the given lengths, and the states that emitted them.
func (h *HMM) Sample(lengths []int, r *rand.Rand) (*data.Sequences, [][]int, error) {
	if err := h.Validate(); err != nil {
		return nil, nil, err
	}
	s, d := len(h.Initial), h.Emission.Dim()
	total := 0.0
	for i, n := range lengths {
		if n < 0 {
			return nil, nil, &belief.ConfigError{Field: fmt.Sprintf("lengths[%d]", i), Value: n, Want: "not negative"}
		}
		total += float64(n) * float64(8*d+8)
	}
	if total > sampleMemory {
		return nil, nil, &belief.TooLargeError{What: "sample", Bytes: total, Budget: sampleMemory, Advice: "draw less at a time"}
	}
	columns := make([]data.Column, d)
	for j := range columns {
		columns[j].Name = fmt.Sprintf("x%d", j+1)
		if h.Columns != nil {
			columns[j].Name = h.Columns[j]
		}
	}
	if c, ok := h.Emission.(*Categorical); ok {
		columns[0].Categories = c.Symbols
	}
	var x []float64
	states := make([][]int, len(lengths))
	row := make([]float64, d)
	for i, n := range lengths {
		states[i] = make([]int, n)
		for t := range n {
			if t == 0 {
				states[i][t] = draw(h.Initial, r)
			} else {
				z := states[i][t-1]
				states[i][t] = draw(h.Transition[z*s:(z+1)*s], r)
			}
			x = append(x, h.Emission.RandTo(row, states[i][t], r)...)
		}
	}
	table, err := data.NewTable(columns, x, nil)
	if err != nil {
		return nil, nil, err
	}
	seqs, err := data.NewSequences(table, lengths)
	return seqs, states, err
}
