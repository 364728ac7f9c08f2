package main

// belief fit hmm, and what eval and sample do with what it writes.

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/stream"
)

func (t *tool) fitHMM() *cobra.Command {
	k := numberOf{criteria: []string{"bic", "aic"}}
	var mixture whole
	var sequence string
	emission := choice{"auto", []string{"auto", "categorical", "diagonal", "full"}}
	topology := choice{"ergodic", []string{"ergodic", "left-to-right"}}
	return t.command(learner{
		name: "hmm", short: "Learn a hidden Markov model of sequences (Baum–Welch)", texts: func() bool { return true }, keep: &sequence,
		long: `fit hmm learns a hidden Markov model. Rows follow one another in time; rows that agree in
the column of --sequence are a sequence, and without it all rows are one. A single column
of texts is one of symbols, and other columns are numbers, which states emit by normal
distributions. Missing cells are summed over.`,
		example: `  belief fit hmm weather.csv -k 2 --columns activity -o weather.json
  belief eval weather.json weather.csv
  belief fit hmm walks.csv --sequence walk --select-k 1:6 --emission full`,
		flags: func(cmd *cobra.Command) {
			k.register(cmd, "states")
			set := cmd.Flags()
			set.StringVar(&sequence, "sequence", "", "rows that agree in the column `NAME` are a sequence")
			set.Var(&emission, "emission", "what states emit: "+alternatives(emission.known))
			mixture.most = 1 << 20
			set.Var(&mixture, "mixture", "`N` normal distributions per state; 1 unless given")
			set.Var(&topology, "topology", "which transitions there are: "+alternatives(topology.known))
			complete(cmd, "emission", choices(emission.known...))
			complete(cmd, "topology", choices(topology.known...))
			complete(cmd, "mixture", cobra.NoFileCompletions)
			complete(cmd, "sequence", cobra.NoFileCompletions)
		},
		check: k.check,
		fit: func(ctx context.Context, src data.Source, c em.Config) (*outcome, error) {
			seqs, err := sequences(src, sequence, int64(t.flags.memory))
			if err != nil {
				return nil, err
			}
			h := em.HiddenMarkov{Mixture: int(mixture.n)}
			if err := errors.Join(h.Emission.UnmarshalText([]byte(emission.value)), h.Topology.UnmarshalText([]byte(topology.value))); err != nil {
				return nil, err
			}
			return fitOneOf(ctx, &k, seqs.Table(), c, func(ctx context.Context, k int, c em.Config) (*em.Run[*em.HiddenMarkovModel], error) {
				h := h
				h.States = k
				return h.Fit(ctx, seqs, c)
			}, func(m *em.HiddenMarkovModel) [][]string { return hmmTable(m.HMM) })
		},
	})
}

// hmmTable lists the probabilities of states.
func hmmTable(h *chain.HMM) [][]string {
	s := len(h.Initial)
	if s > mostStates {
		return nil
	}
	states := make([]int, s)
	for i := range states {
		states[i] = i
	}
	names := h.Names(states)
	table := [][]string{{"state", "initial"}}
	for _, name := range names {
		table[0] = append(table[0], "to "+name)
	}
	for i, name := range names {
		row := []string{name, readable(h.Initial[i])}
		for _, p := range h.Transition[i*s : (i+1)*s] {
			row = append(row, readable(p))
		}
		table = append(table, row)
	}
	return table
}

// sequences cuts rows into sequences by the column of that name; all rows are one if it
// is empty.
func sequences(src data.Source, name string, memory int64) (*data.Sequences, error) {
	lim := data.Limits{Memory: memory}
	if name != "" {
		return data.GroupBy(src, name, lim)
	}
	table, err := data.ReadAll(src, lim)
	if err != nil {
		return nil, err
	}
	return data.NewSequences(table, []int{table.Rows()})
}

// mostStates bounds the table of transitions that people are shown.
const mostStates = 20

// inOrder returns, for every row of a source, its place among the rows of the sequences
// that [data.GroupBy] makes of the column of that name.
func inOrder(src data.Source, name string, seqs *data.Sequences) ([]int, error) {
	at, err := data.Index(src, name)
	if err != nil {
		return nil, err
	}
	next := make([]int, seqs.Len()) // the place of the next row of each sequence
	for i := 1; i < len(next); i++ {
		next[i] = next[i-1] + seqs.Length(i-1)
	}
	sequence := map[float64]int{}
	var places []int
	for b, err := range data.Batches(src, data.Order{}, 0) {
		if err != nil {
			return nil, err
		}
		for i := range b.Rows {
			v := b.Row(i)[at]
			k, known := sequence[v]
			if !known {
				k = len(sequence)
				sequence[v] = k
			}
			places = append(places, next[k])
			next[k]++
		}
	}
	return places, nil
}

// states adds what a hidden Markov model says of every row: its state on the most
// probable path of its sequence, and the probabilities of all states.
func (e *evaluation) states(ctx context.Context, h *chain.HMM, src data.Source, sequence string, memory int64) error {
	var err error
	if h.Columns != nil {
		names := h.Columns
		if sequence != "" {
			names = append(slices.Clone(names), sequence)
		}
		if src, err = data.Select(src, names...); err != nil {
			return err
		}
	}
	seqs, err := sequences(src, sequence, memory)
	if err != nil {
		return err
	}
	place := func(i int) int { return i }
	if sequence != "" {
		places, err := inOrder(src, sequence, seqs)
		if err != nil {
			return err
		}
		place = func(i int) int { return places[i] }
	}
	logProb, err := h.LogProb(ctx, seqs)
	if err != nil {
		return err
	}
	paths, err := h.Viterbi(ctx, seqs)
	if err != nil {
		return err
	}
	posterior, err := h.Smooth(ctx, seqs)
	if err != nil {
		return err
	}
	total := 0.0
	var states []string
	var shares []float64
	var of []int // the sequence of a row
	for i, p := range paths {
		total += logProb[i]
		states = append(states, h.Names(p.States)...)
		shares = append(shares, posterior[i]...)
		for range p.States {
			of = append(of, i)
		}
	}
	e.Rows, e.LogLikelihood = len(states), number(total)
	k := len(h.Initial)
	if sequence != "" {
		e.Columns = append(e.Columns, field{name: "sequence", text: func(i int) string { return seqs.Name(of[place(i)]) }})
	}
	e.Columns = append(e.Columns, field{name: "state", text: func(i int) string { return states[place(i)] }})
	for j := range k {
		e.Columns = append(e.Columns, field{name: fmt.Sprintf("p%d", j), group: "responsibilities", number: func(i int) float64 { return shares[place(i)*k+j] }})
	}
	e.Columns = append(e.Columns, field{name: "sequence_log_likelihood", number: func(i int) float64 { return logProb[of[place(i)]] }})
	return nil
}

// sequenceRows bounds the rows that are drawn of a hidden Markov model, all at once.
const sequenceRows = 1 << 26

// drawSequence draws one sequence of n rows and writes it with its states.
func (t *tool) drawSequence(ctx context.Context, h *chain.HMM, n uint64) error {
	if n > sequenceRows {
		return &belief.TooLargeError{What: "sequence", Bytes: 8 * float64(n) * float64(h.Emission.Dim()+1), Budget: 8 * sequenceRows * int64(h.Emission.Dim()+1), Advice: "draw fewer rows"}
	}
	seqs, states, err := h.Sample([]int{int(n)}, stream.New(t.flags.seed.n, "sample"))
	if err != nil {
		return err
	}
	names := h.Names(states[0])
	return t.pour(func(w *bufio.Writer) error {
		c := csv.NewWriter(w)
		var record []string
		for _, column := range seqs.Columns() {
			record = append(record, column.Name)
		}
		c.Write(append(record, "state"))
		for i := range names {
			if i%drawsPerLook == 0 && ctx.Err() != nil {
				break
			}
			record = record[:0]
			for j, v := range seqs.Table().Row(i) {
				if texts := seqs.Columns()[j].Categories; texts != nil {
					record = append(record, texts[int(v)])
				} else {
					record = append(record, exactly(v))
				}
			}
			c.Write(append(record, names[i]))
		}
		c.Flush()
		return errors.Join(c.Error(), ctx.Err())
	})
}
