package bif

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

const (
	// maxParents bounds the parents of one table. Far fewer fill any memory,
	// unless they have one state each.
	maxParents = 1000
	// looseRow is how far the builder lets a row's sum be from one.
	looseRow = 1e-3
)

// A table is a probability block being read.
type table struct {
	child   *variable
	parents []*graphical.Variable
	at      int // where the block starts
	states  int // of the child
	rows    int // combinations of parent states

	values   []float64 // shape (rows, states); nil until the first numbers
	filled   int       // rows given so far
	defaults []float64 // nil until given
	fallback int       // where the default row is
}

// probability reads a probability block from its variables; at is where its
// keyword stands. A block with unknown variables is put off, unless this is the
// last chance.
func (p *parser) probability(at int, last bool) error {
	p.skip()
	if open := p.pos; !p.take('(') {
		return p.fail(open, `expected "(" and the variables of the table, found %s`, p.found())
	}
	if err := p.names(')', "a variable's name"); err != nil {
		return err
	}
	switch {
	case len(p.words) == 0:
		return p.fail(at, "the probability block names no variable")
	case p.bars > 1:
		return p.fail(at, `the variables of the table have %d bars; at most one may stand after the child`, p.bars)
	case p.bars == 1 && p.bar != 1:
		return p.fail(at, `a table has one child before the bar, this one %d`, p.bar)
	case len(p.words) > maxParents+1:
		return p.fail(at, "the table of %q has %d parents; at most %d are read", p.words[0].text, len(p.words)-1, maxParents)
	}
	t := &table{at: at}
	known, err := p.scope(t, last)
	if err != nil {
		return err
	}
	p.skip()
	if open := p.pos; !p.take('{') {
		return p.fail(open, `expected "{" and the numbers of the table, found %s`, p.found())
	}
	if !known {
		p.later = append(p.later, at)
		_, err := p.passBlock(at)
		return err
	}
	if before := t.child; before.hasTable {
		return p.wrap(at, &graphical.TableError{Variable: before.Name(), Problem: fmt.Sprintf("it has two tables, the first on line %d", p.line(before.table))})
	}
	t.child.hasTable, t.child.table = true, at
	if err := p.body(t); err != nil {
		return err
	}
	p.build.Table(t.child.Variable, t.parents...).Values(t.values)
	return nil
}

// scope finds the variables of the list just read. It is not known if one is
// missing that may still be declared.
func (p *parser) scope(t *table, last bool) (known bool, err error) {
	for i, w := range p.words {
		v := p.index[w.text]
		switch {
		case v == nil && !last:
			return false, nil
		case v == nil && i == 0:
			return false, p.unknownVariable(w, "")
		case v == nil:
			return false, p.unknownVariable(w, fmt.Sprintf("the parents of %q", p.words[0].text))
		case i == 0:
			t.child = v
			t.states = v.NumStates()
		case v == t.child:
			return false, p.wrap(w.at, &graphical.CycleError{Path: []string{v.Name(), v.Name()}})
		case slices.Contains(t.parents, v.Variable):
			return false, p.wrap(w.at, &graphical.TableError{Variable: t.child.Name(), Problem: fmt.Sprintf("parent %q is listed twice", v.Name())})
		default:
			t.parents = append(t.parents, v.Variable)
		}
	}
	return true, nil
}

// body reads the statements of a block whose variables are known.
func (p *parser) body(t *table) error {
	for {
		p.skip()
		at := p.pos
		var err error
		switch c := p.peek(); {
		case p.pos >= len(p.src):
			return p.fail(t.at, "the table of %q is not closed before the end of the file", t.child.Name())
		case c == '}':
			p.pos++
			return p.finish(t)
		case c == ';':
			p.pos++
		case c == '(':
			err = p.row(t)
		default:
			switch p.bare() {
			case "table":
				err = p.table(t, at)
			case "default":
				err = p.defaultRow(t, at)
			case "property":
				var text string
				text, err = p.property(at)
				t.child.tableProperties = append(t.child.tableProperties, text)
			default:
				p.pos = at
				return p.fail(at, `expected "(", "table", "default", "property" or "}" in the table of %q, found %s`, t.child.Name(), p.found())
			}
		}
		if err != nil {
			return err
		}
	}
}

// room takes memory for the entries, if the rest of the text can fill them.
func (p *parser) room(t *table) error {
	if t.values != nil {
		return nil
	}
	entries := float64(t.states)
	for _, v := range t.parents {
		entries *= float64(v.NumStates())
	}
	if most := float64(p.opts.MaxEntries); p.entries+entries > most {
		what := fmt.Sprintf("table of %q with %d parents", t.child.Name(), len(t.parents))
		if p.entries > 0 {
			what = "sum of all tables up to the " + what
		}
		const entryBytes = 8
		return p.wrap(t.at, &belief.TooLargeError{
			What: what, Bytes: (p.entries + entries) * entryBytes, Budget: int64(min(most*entryBytes, math.MaxInt64/2)),
			Advice: "raise MaxEntries if it is meant",
		})
	}
	// A number takes a digit and a separator.
	if fit := (len(p.src)-p.pos)/2 + 1; t.defaults == nil && entries > float64(fit) {
		here := p.pos
		filled, err := p.passBlock(t.at)
		if err != nil {
			return err
		}
		p.pos = here
		if !filled {
			return p.fail(t.at, "the table of %q wants %.0f numbers, and the rest of the file has room for %d at most", t.child.Name(), entries, fit)
		}
	}
	p.entries += entries
	t.rows = int(entries) / t.states
	t.values = make([]float64, int(entries))
	words := (t.rows + 63) / 64
	p.seen = slices.Grow(p.seen[:0], words)[:words]
	clear(p.seen)
	return nil
}

// defaultRow reads "default numbers ;" from after the keyword.
func (p *parser) defaultRow(t *table, at int) error {
	if t.defaults != nil {
		return p.wrap(at, &graphical.TableError{Variable: t.child.Name(), Problem: fmt.Sprintf("its default row is given twice, first on line %d", p.line(t.fallback))})
	}
	row := make([]float64, t.states)
	if n, end, err := p.list(row); err != nil {
		return err
	} else if n != t.states {
		return p.wrap(end, &graphical.SizeError{Variable: t.child.Name(), Row: "default", What: "numbers", Got: n, Want: float64(t.states)})
	}
	t.defaults, t.fallback = row, at
	return nil
}

// table reads "table numbers ;" from after the keyword. The child changes slowest.
func (p *parser) table(t *table, at int) error {
	if err := p.room(t); err != nil {
		return err
	}
	if t.filled > 0 {
		return p.wrap(at, &graphical.TableError{Variable: t.child.Name(), Problem: "its numbers are given twice: a table after rows or another table"})
	}
	entries := len(t.values)
	in := t.values
	if t.rows > 1 {
		p.numbers = slices.Grow(p.numbers[:0], entries)[:entries]
		in = p.numbers
	}
	if n, end, err := p.list(in); err != nil {
		return err
	} else if n != entries {
		return p.wrap(end, &graphical.SizeError{Variable: t.child.Name(), What: "numbers", Got: n, Want: float64(entries)})
	}
	if t.rows > 1 {
		for s := range t.states {
			for r, x := range in[s*t.rows : (s+1)*t.rows] {
				t.values[r*t.states+s] = x
			}
		}
		if !sumToOne(t.values, t.states) && sumToOne(in, t.states) {
			return p.fail(at, "the table of %q sums to one only if the child changes fastest; in BIF it changes slowest and the last parent fastest: reorder the numbers or give them in rows", t.child.Name())
		}
	}
	t.filled = t.rows
	for i := range p.seen {
		p.seen[i] = math.MaxUint64
	}
	for r := range t.rows {
		p.inspect(t, t.values[r*t.states:(r+1)*t.states], at)
	}
	return nil
}

// sumToOne says whether every run of n values sums to one.
func sumToOne(values []float64, n int) bool {
	for row := range slices.Chunk(values, n) {
		sum := 0.0
		for _, x := range row {
			sum += x
		}
		if !(math.Abs(sum-1) <= looseRow) {
			return false
		}
	}
	return true
}

// finish fills the rows that were not given, at the end of the block.
func (p *parser) finish(t *table) error {
	if t.values == nil && t.defaults == nil {
		return p.wrap(t.at, &graphical.TableError{Variable: t.child.Name(), Problem: "its table has no numbers"})
	}
	if err := p.room(t); err != nil {
		return err
	}
	if t.filled == t.rows {
		return nil
	}
	for r := range t.rows {
		if p.seen[r/64]&(1<<(r%64)) != 0 {
			continue
		}
		if t.defaults == nil {
			return p.wrap(t.at, &graphical.TableError{
				Variable: t.child.Name(),
				Problem:  fmt.Sprintf("%s is missing (%d of %d rows are)", t.rowTitle(r), t.rows-t.filled, t.rows),
			})
		}
		copy(t.values[r*t.states:], t.defaults)
	}
	p.inspect(t, t.defaults, t.fallback)
	return nil
}

// list reads numbers into dst, up to and with the semicolon, which may lack
// before a parenthesis, a brace or a keyword. It returns how many there are and
// where the first stands that dst has no place for, or else the end of the list.
func (p *parser) list(dst []float64) (n, end int, err error) {
	end = -1
	for {
		p.skip()
		if p.pos >= len(p.src) || classes[p.src[p.pos]] > slashChar {
			break
		}
		x, after, ok := number(p.src, p.pos)
		if !ok {
			switch word := p.src[p.pos:after]; {
			case math.IsInf(x, 0):
				return 0, 0, p.fail(p.pos, "the number %s is too large", p.found())
			case word == "table" || word == "default" || word == "property":
			default:
				return 0, 0, p.fail(p.pos, "%s is not a number", p.found())
			}
			break
		}
		if n < len(dst) {
			dst[n] = x
		} else if end < 0 {
			end = p.pos
		}
		n++
		p.pos = after
	}
	if end < 0 {
		end = p.pos
	}
	switch p.peek() {
	case '"', ')', '{':
		return 0, 0, p.fail(p.pos, `expected a number or ";", found %s`, p.found())
	case ';':
		p.pos++
	}
	return n, end, nil
}

// passBlock passes the rest of a probability block, from within it, and says
// whether it has a default row; at is where it starts.
func (p *parser) passBlock(at int) (hasDefault bool, err error) {
	for {
		p.skip()
		switch c := p.peek(); {
		case p.pos >= len(p.src):
			return false, p.fail(at, "the probability block is not closed before the end of the file")
		case c == '}':
			p.pos++
			return hasDefault, nil
		case c == '(':
			p.pos++
			if err := p.names(')', "a state"); err != nil {
				return false, err
			}
		case classes[c] <= slashChar:
			word := p.pos
			switch p.bare() {
			case "property":
				if _, err := p.property(word); err != nil {
					return false, err
				}
			case "default":
				hasDefault = true
			}
		default:
			p.pos++
		}
	}
}
