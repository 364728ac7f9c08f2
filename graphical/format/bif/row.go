package bif

// Rows of a table, the form that the numbers of nearly all files have.

import (
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief/graphical"
)

// row reads "(states) numbers ;".
func (p *parser) row(t *table) error {
	at := p.pos
	if err := p.room(t); err != nil {
		return err
	}
	r, plain := p.plainRow(t)
	if !plain {
		var err error
		if r, err = p.namedRow(t); err != nil {
			return err
		}
	}
	if p.seen[r/64]&(1<<(r%64)) != 0 {
		return p.wrap(at, &graphical.TableError{Variable: t.child.Name(), Problem: t.rowTitle(r) + " is given twice"})
	}
	p.seen[r/64] |= 1 << (r % 64)
	t.filled++
	row := t.values[r*t.states : (r+1)*t.states]
	if n, end, err := p.list(row); err != nil {
		return err
	} else if n != t.states {
		return p.wrap(end, &graphical.SizeError{Variable: t.child.Name(), Row: t.rowName(r), What: "numbers", Got: n, Want: float64(t.states)})
	}
	p.inspect(t, row, at)
	return nil
}

// plainRow reads "(states)" as nearly all rows have it, one unquoted name per
// parent; it leaves anything else, mistakes too, to namedRow.
func (p *parser) plainRow(t *table) (r int, ok bool) {
	start := p.pos
	p.pos++
	for _, v := range t.parents {
		p.skip()
		s, known := v.StateIndex(p.bare())
		if !known {
			p.pos = start
			return 0, false
		}
		r = r*v.NumStates() + s
	}
	p.skip()
	if !p.take(')') {
		p.pos = start
		return 0, false
	}
	return r, true
}

// namedRow reads "(states)" in full generality.
func (p *parser) namedRow(t *table) (r int, err error) {
	at := p.pos
	p.pos++
	if err := p.names(')', "a state"); err != nil {
		return 0, err
	}
	if len(p.words) != len(t.parents) && !p.fit(len(t.parents)) {
		return 0, p.fail(at, "the row names %d states, but %q has %d parents", len(p.words), t.child.Name(), len(t.parents))
	}
	for i, v := range t.parents {
		w := p.words[i]
		s, known := v.StateIndex(w.text)
		if !known {
			_, err := v.FindState(strings.Clone(w.text))
			return 0, p.wrap(w.at, err)
		}
		r = r*v.NumStates() + s
	}
	return r, nil
}

// inspect remembers where the first row stands that the builder may refuse.
func (p *parser) inspect(t *table, row []float64, at int) {
	if t.child.suspect > 0 {
		return
	}
	sum, negative := 0.0, false
	for _, x := range row {
		sum += x
		negative = negative || x < 0
	}
	off := !(math.Abs(sum-1) <= looseRow)
	if p.opts.Normalize {
		off = !(sum > 0) || math.IsInf(sum, 1)
	}
	if negative || off {
		t.child.suspect = at
	}
}

// rowName shows the parent states of row r as "A=a, B=b".
func (t *table) rowName(r int) string {
	parts := make([]string, len(t.parents))
	for i, v := range slices.Backward(t.parents) {
		parts[i] = v.Name() + "=" + v.States()[r%v.NumStates()]
		r /= v.NumStates()
	}
	return strings.Join(parts, ", ")
}

// rowTitle is rowName for the start of a sentence.
func (t *table) rowTitle(r int) string {
	if len(t.parents) == 0 {
		return "its only row"
	}
	return "row " + t.rowName(r)
}
