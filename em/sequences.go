package em

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A SequenceBlock is some of the sequences of the data.
type SequenceBlock struct {
	From    *data.Sequences
	Members []int     // the numbers of the sequences in From
	Weights []float64 // by the number in From; nil if every sequence counts once

	ctx context.Context // of the pass; nil means none
}

// Weight returns the weight of sequence i of From.
func (b *SequenceBlock) Weight(i int) float64 {
	if b.Weights == nil {
		return 1
	}
	return b.Weights[i]
}

// Sequences are sequences as the engine reads them, each with its weight.
type Sequences struct {
	from    *data.Sequences
	weights []float64
	weight  float64
}

// NewSequences checks that sequences can be learnt from: that one of them has a row,
// that the weights, one per sequence or nil for all one, are finite and not negative, and
// that no cell is infinite.
func NewSequences(from *data.Sequences, weights []float64) (*Sequences, error) {
	if from == nil || from.Table().Rows() == 0 || len(from.Columns()) == 0 {
		return nil, &belief.ConfigError{Field: "sequences", Value: "without rows or columns", Want: "at least one row of one column"}
	}
	if weights != nil && len(weights) != from.Len() {
		return nil, &belief.ConfigError{Field: "weights", Value: len(weights), Want: fmt.Sprintf("one for each of the %d sequences", from.Len())}
	}
	s := &Sequences{from: from, weights: weights, weight: float64(from.Len())}
	if weights != nil {
		s.weight = 0
		for i, w := range weights {
			if !(w >= 0 && w <= math.MaxFloat64) {
				return nil, &belief.ConfigError{Field: fmt.Sprintf("weights[%d]", i), Value: w, Want: "finite and not negative"}
			}
			s.weight += w
		}
	}
	if !(s.weight > 0 && s.weight <= math.MaxFloat64) {
		return nil, &belief.ConfigError{Field: "weights", Value: s.weight, Want: "ones with a positive, finite sum"}
	}
	d := len(from.Columns())
	for i, v := range from.Table().Matrix() {
		if math.IsInf(v, 0) {
			return nil, &data.ValueError{Column: from.Columns()[i%d].Name, Row: i / d, Value: v, Want: "finite or missing"}
		}
	}
	return s, nil
}

// Data returns the sequences.
func (s *Sequences) Data() *data.Sequences { return s.from }

// Weight is the sum of the weights.
func (s *Sequences) Weight() float64 { return s.weight }

// sequenceRows is the usual number of rows in a block of sequences: enough for several of
// a thousand rows, which models of sequences work on side by side.
const sequenceRows = 8192

// Observations is the weight of all rows.
func (s *Sequences) Observations() float64 {
	if s.weights == nil {
		return float64(s.from.Table().Rows())
	}
	sum := 0.0
	for i, w := range s.weights {
		sum += w * float64(s.from.Length(i))
	}
	return sum
}

// Each implements [Data]. A block is as many sequences as it takes to have p.Rows rows, at
// least one; 0 means 8192.
func (s *Sequences) Each(ctx context.Context, p Pass, body func(slot int, block *SequenceBlock) error) error {
	if p.Rows == 0 {
		p.Rows = sequenceRows
	}
	p = p.withDefaults()
	order := make([]int, s.from.Len())
	for i := range order {
		order[i] = i
	}
	if p.Order.Shuffle {
		order = stream.New(p.Order.Seed, "em sequences", p.Order.Epoch).Perm(s.from.Len())
	}
	ends := []int{0}
	for rows, i := 0, 0; i < len(order); i++ {
		if rows += s.from.Length(order[i]); rows >= p.Rows || i == len(order)-1 {
			ends, rows = append(ends, i+1), 0
		}
	}
	blocks := len(ends) - 1
	return parallel.For(ctx, min(p.Slots, blocks), p.Workers, func(slot int) error {
		for j := slot; j < blocks; j += p.Slots {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := body(slot, &SequenceBlock{From: s.from, Members: order[ends[j]:ends[j+1]], Weights: s.weights, ctx: ctx}); err != nil {
				return err
			}
		}
		return nil
	})
}
