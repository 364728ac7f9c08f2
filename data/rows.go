package data

// Parts of a source: ranges, shards, and random splits of exact size.

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// Range returns the rows from ≤ i < to of a source. Bounds that the source does not
// have panic, as those of a slice do.
func Range(src Source, from, to int) Source {
	if from < 0 || to < from || to > src.Rows() {
		panic(fmt.Sprintf("data: rows %d to %d of a source of %d", from, to, src.Rows()))
	}
	if r, ok := src.(random); ok {
		return &rowsView{src: r, from: from, rows: to - from}
	}
	return &sequential{columns: src.Columns(), rows: to - from, window: windowOf(src), open: func(epoch uint64) (Pass, error) {
		p, err := src.Pass(Order{Epoch: epoch})
		if err != nil {
			return nil, err
		}
		if err := p.Skip(from); err != nil {
			p.Close()
			return nil, err
		}
		return &rangePass{in: p, left: to - from}, nil
	}}
}

// Shard returns part i of n parts of a source, all of the same size but for one row,
// which together are the source in its order. An i that is not one of them panics.
func Shard(src Source, i, n int) Source {
	if n < 1 || i < 0 || i >= n {
		panic(fmt.Sprintf("data: shard %d of %d", i, n))
	}
	rows := src.Rows()
	bound := func(i int) int { return rows/n*i + min(rows%n, i) }
	return Range(src, bound(i), bound(i+1))
}

// Split deals the rows of a source at random into parts of the given fractions, and,
// if they add up to less than 1, a last part of the rest. The sizes are exact, up to
// rounding, all such splits are equally likely, and rows keep their order within a
// part. The split depends on the seed and the number of rows alone: a file and a table
// in memory with the same rows are split alike.
func Split(src Source, seed uint64, fractions ...float64) ([]Source, error) {
	sizes, err := splitSizes(src.Rows(), fractions)
	if err != nil {
		return nil, err
	}
	parts := make([]Source, len(sizes))
	if r, ok := src.(random); ok {
		for k, list := range deal(seed, sizes) {
			parts[k] = &rowsView{src: r, rows: len(list), list: list}
		}
		return parts, nil
	}
	for k := range parts {
		parts[k] = &sequential{columns: src.Columns(), rows: sizes[k], window: windowOf(src), open: func(epoch uint64) (Pass, error) {
			p, err := src.Pass(Order{Epoch: epoch})
			if err != nil {
				return nil, err
			}
			return &dealtPass{in: p, d: newDealer(seed, sizes), part: k}, nil
		}}
	}
	return parts, nil
}

// splitSizes turns fractions into numbers of rows.
func splitSizes(rows int, fractions []float64) ([]int, error) {
	var bounds []int
	sum := 0.0
	for i, f := range fractions {
		sum += f
		if !(f > 0) || sum > 1+1e-9 {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("fractions[%d]", i), Value: f, Want: "positive, and at most what those before it leave of 1"}
		}
		bounds = append(bounds, min(rows, int(math.Round(sum*float64(rows)))))
	}
	if sum < 1-1e-9 {
		bounds = append(bounds, rows)
	} else {
		bounds[len(bounds)-1] = rows
	}
	sizes := make([]int, len(bounds))
	for i, b := range bounds {
		sizes[i] = b
		if i > 0 {
			sizes[i] -= bounds[i-1]
		}
	}
	return sizes, nil
}

// deal lists the rows of every part.
func deal(seed uint64, sizes []int) [][]int {
	lists := make([][]int, len(sizes))
	for k, n := range sizes {
		lists[k] = make([]int, 0, n)
	}
	for i, d := 0, newDealer(seed, sizes); d.left > 0; i++ {
		k := d.next()
		lists[k] = append(lists[k], i)
	}
	return lists
}

// A dealer deals rows to parts, each with the probability that its share of what is
// still to be dealt has (Fan, Muller & Rezucha 1962; algorithm S of Knuth, volume 2,
// section 3.4.2, for two parts).
type dealer struct {
	rng   *rand.Rand
	sizes []int
	left  int
}

func newDealer(seed uint64, sizes []int) *dealer {
	d := &dealer{rng: stream.New(seed, "data split"), sizes: append([]int(nil), sizes...)}
	for _, n := range sizes {
		d.left += n
	}
	return d
}

// next returns the part of the next row.
func (d *dealer) next() int {
	u := d.rng.IntN(d.left)
	d.left--
	k := 0
	for u >= d.sizes[k] {
		u -= d.sizes[k]
		k++
	}
	d.sizes[k]--
	return k
}

// A rowsView is some rows of a random source.
type rowsView struct {
	src        random
	from, rows int
	list       []int // the rows; nil: those that follow from
}

func (v *rowsView) Columns() []Column          { return v.src.Columns() }
func (v *rowsView) Rows() int                  { return v.rows }
func (v *rowsView) Pass(o Order) (Pass, error) { return newRandomPass(v, o) }

func (v *rowsView) reader(epoch uint64) rowReader {
	read := v.src.reader(epoch)
	var idx []int
	return func(b *Batch, rows []int) error {
		idx = append(idx[:0], rows...)
		for k, i := range idx {
			if v.list != nil {
				idx[k] = v.list[i]
			} else {
				idx[k] = v.from + i
			}
		}
		return read(b, idx)
	}
}

// A rangePass ends before its inner pass does.
type rangePass struct {
	in   Pass
	left int
}

func (p *rangePass) Next(b *Batch) error {
	if p.left == 0 {
		b.empty()
		return io.EOF
	}
	if err := p.in.Next(b); err != nil {
		return err
	}
	b.Reshape(min(b.Rows, p.left), b.Columns, b.Weights != nil)
	p.left -= b.Rows
	return nil
}

func (p *rangePass) Skip(rows int) error {
	n := min(rows, p.left)
	if err := p.in.Skip(n); err != nil { // which panics if it is negative
		return err
	}
	p.left -= n
	return nil
}

func (p *rangePass) Close() error {
	p.left = 0
	return p.in.Close()
}

// A dealtPass gives the rows that are dealt to one part.
type dealtPass struct {
	in   Pass
	d    *dealer
	part int
	next Batch // from in
	at   int   // of next
	err  error
}

func (p *dealtPass) Next(b *Batch) error {
	n, k := min(b.Room(), p.d.sizes[p.part]), 0
	if n == 0 && p.err == nil {
		p.err = io.EOF
	}
	for k < n && p.more() {
		if k == 0 {
			b.Reshape(n, p.next.Columns, p.next.Weights != nil)
		}
		if p.d.next() == p.part {
			copy(b.Row(k), p.next.Row(p.at))
			if b.Weights != nil {
				b.Weights[k] = p.next.Weights[p.at]
			}
			k++
		}
		p.at++
	}
	if p.err != nil && (k == 0 || p.err != io.EOF) {
		b.empty()
		return p.err
	}
	b.Reshape(k, b.Columns, b.Weights != nil)
	return nil
}

// more makes sure that next has a row, if there is one.
func (p *dealtPass) more() bool {
	if p.err == nil && p.at == p.next.Rows {
		p.at, p.err = 0, p.in.Next(&p.next)
	}
	return p.err == nil
}

func (p *dealtPass) Skip(rows int) error {
	if rows < 0 {
		panic("data: skipping a negative number of rows")
	}
	for ; rows > 0 && p.at < p.next.Rows && p.d.left > 0; p.at++ {
		if p.d.next() == p.part {
			rows--
		}
	}
	over := 0
	for ; rows > 0 && p.d.sizes[p.part] > 0; over++ {
		if p.d.next() == p.part {
			rows--
		}
	}
	if p.err == nil && over > 0 {
		p.err = p.in.Skip(over)
	}
	if p.err == io.EOF {
		return nil
	}
	return p.err
}

func (p *dealtPass) Close() error {
	p.err = io.EOF
	return p.in.Close()
}
