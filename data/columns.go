package data

// Sources whose columns come from those of another: chosen, weighted, spread out.

import (
	"fmt"

	"github.com/belief-go/belief"
)

// Select returns the columns of the given names, in that order. A name that is not
// there is a [*belief.UnknownNameError].
func Select(src Source, names ...string) (Source, error) {
	at, err := indicesOf(src.Columns(), names)
	if err != nil {
		return nil, err
	}
	return choose(src, at, -1), nil
}

// Without returns all columns but those of the given names.
func Without(src Source, names ...string) (Source, error) {
	drop, err := indicesOf(src.Columns(), names)
	if err != nil {
		return nil, err
	}
	return choose(src, others(src, drop), -1), nil
}

// Weighted makes a column of numbers the weights of the rows, where it is no longer
// a column. It reads the source once, so that a weight that is negative, infinite or
// missing is a [*ValueError] now and not in the middle of some later pass.
func Weighted(src Source, name string) (Source, error) {
	at, err := Index(src, name)
	if err != nil {
		return nil, err
	}
	row := 0
	for b, err := range Batches(src, Order{}, 0) {
		if err != nil {
			return nil, err
		}
		if b.Weights != nil {
			return nil, &belief.ConfigError{Field: "src", Value: "a source with weights", Want: "one without"}
		}
		for i := range b.Rows {
			if err := checkWeight(name, row, b.Row(i)[at]); err != nil {
				return nil, err
			}
			row++
		}
	}
	return choose(src, others(src, []int{at}), at), nil
}

// others lists the columns that are not in the list.
func others(src Source, drop []int) []int {
	dropped := make([]bool, len(src.Columns()))
	for _, i := range drop {
		dropped[i] = true
	}
	var keep []int
	for i, out := range dropped {
		if !out {
			keep = append(keep, i)
		}
	}
	return keep
}

// choose makes the source of some columns, and of one as weights unless it is −1.
func choose(src Source, at []int, weights int) Source {
	all, columns := src.Columns(), make([]Column, len(at))
	for k, i := range at {
		columns[k] = all[i]
	}
	return newMapped(mapped{src: src, columns: columns, weights: weights, row: func(dst, row []float64) {
		for k, i := range at {
			dst[k] = row[i]
		}
	}})
}

// maxOneHot bounds the columns that categories are spread out to.
const maxOneHot = 1 << 20

// OneHot replaces columns with categories, those of the given names or all, by one
// column per category that is 1 in the rows of that category and 0 in others, with a
// name such as "species=setosa". Where the category is missing, all of them are.
func OneHot(src Source, names ...string) (Source, error) {
	at, err := indicesOf(src.Columns(), names)
	if err != nil {
		return nil, err
	}
	total := 0
	spread := make([]bool, len(src.Columns()))
	for _, i := range at {
		spread[i] = true
	}
	for i, c := range src.Columns() {
		if spread[i] && c.Categories == nil {
			return nil, &belief.ConfigError{Field: "names", Value: c.Name, Want: "a column with categories"}
		}
		spread[i] = spread[i] || len(names) == 0 && c.Categories != nil
		if total++; spread[i] {
			total += len(c.Categories) - 1
		}
	}
	if total > maxOneHot {
		return nil, &belief.TooLargeError{What: fmt.Sprintf("row of %d columns", total), Bytes: 8 * float64(total), Budget: 8 * maxOneHot}
	}
	var columns []Column
	for i, c := range src.Columns() {
		if !spread[i] {
			columns = append(columns, c)
			continue
		}
		for _, text := range c.Categories {
			columns = append(columns, Column{Name: c.Name + "=" + text})
		}
	}
	if err := checkColumns(columns); err != nil {
		return nil, err
	}
	in := src.Columns()
	var check []int
	for _, i := range categorical(in) {
		if spread[i] {
			check = append(check, i)
		}
	}
	return newMapped(mapped{src: src, columns: columns, weights: -1, check: check, row: func(dst, row []float64) {
		k := 0
		for i, v := range row {
			if !spread[i] {
				dst[k] = v
				k++
				continue
			}
			n := len(in[i].Categories)
			for c := range n {
				dst[k+c] = 0 * v // NaN if v is
			}
			if v == v {
				dst[k:][:n][int(v)] = 1
			}
			k += n
		}
	}}), nil
}

// mapped is a source each of whose rows comes from one row of another.
type mapped struct {
	src     Source
	columns []Column
	row     func(dst, row []float64)
	weights int   // the column of src that has the weights; −1: src's own weights
	check   []int // the columns of src whose categories row relies on
}

// newMapped keeps what can be had in any order so.
func newMapped(m mapped) Source {
	if r, ok := m.src.(random); ok {
		return &mappedRandom{m, r}
	}
	return &m
}

func (m *mapped) Columns() []Column  { return m.columns }
func (m *mapped) Rows() int          { return m.src.Rows() }
func (m *mapped) shuffleWindow() int { return windowOf(m.src) }

func (m *mapped) Pass(o Order) (Pass, error) {
	p, err := m.src.Pass(o)
	if err != nil {
		return nil, err
	}
	return &mappedPass{Pass: p, m: m}, nil
}

// to maps a batch.
func (m *mapped) to(b, in *Batch) {
	b.Reshape(in.Rows, len(m.columns), m.weights >= 0 || in.Weights != nil)
	for i := range in.Rows {
		row := in.Row(i)
		m.row(b.Row(i), row)
		if m.weights >= 0 {
			b.Weights[i] = row[m.weights]
		} else if in.Weights != nil {
			b.Weights[i] = in.Weights[i]
		}
	}
}

type mappedPass struct {
	Pass
	m    *mapped
	in   Batch
	done int // rows read or skipped
}

func (p *mappedPass) Next(b *Batch) error {
	p.in.Size = b.Room()
	if err := p.Pass.Next(&p.in); err != nil {
		b.empty()
		return err
	}
	if p.m.check != nil { // what is no random source may be anybody's
		columns := p.m.src.Columns()
		for i := range p.in.Rows {
			if err := checkRow(columns, p.m.check, p.done+i, p.in.Row(i)); err != nil {
				b.empty()
				return err
			}
		}
	}
	p.done += p.in.Rows
	p.m.to(b, &p.in)
	return nil
}

func (p *mappedPass) Skip(rows int) error {
	p.done += rows
	return p.Pass.Skip(rows)
}

type mappedRandom struct {
	mapped
	from random
}

func (m *mappedRandom) Pass(o Order) (Pass, error) { return newRandomPass(m, o) }

func (m *mappedRandom) reader(epoch uint64) rowReader {
	read := m.from.reader(epoch)
	var in Batch
	return func(b *Batch, rows []int) error {
		if err := read(&in, rows); err != nil {
			return err
		}
		m.to(b, &in)
		return nil
	}
}
