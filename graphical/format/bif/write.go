package bif

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/internal/textio"
)

// Write writes net so that [Read] gives it back: names, order of variables,
// states and parents, properties, and every bit of every number. A conditional
// distribution that is no table is written as the table it stands for, if that
// has at most [DefaultMaxEntries] entries.
//
// Every valid UTF-8 name can be written; see the package comment for how. A
// network that cannot be written is refused before the first byte, with a
// [*graphical.NameError] for a name or text that is not UTF-8, a
// [*belief.UnknownNameError] for a property of a variable that is not there, or a
// [*belief.TooLargeError].
func Write(w io.Writer, net *graphical.BayesNet) error {
	e, err := newEncoder(net)
	if err != nil {
		return err
	}
	return e.write(w)
}

// Marshal returns what [Write] writes.
func Marshal(net *graphical.BayesNet) ([]byte, error) {
	var b bytes.Buffer
	err := Write(&b, net)
	return b.Bytes(), err
}

// WriteFile writes net to a file as [Write] does, and compresses it if the name
// ends in .gz. A network that is refused leaves the file as it was.
func WriteFile(path string, net *graphical.BayesNet) error {
	e, err := newEncoder(net)
	if err != nil {
		return err
	}
	return textio.WriteFile(path, e.write)
}

// An encoder writes one network that has passed all checks.
type encoder struct {
	net        *graphical.BayesNet
	names      []string   // of the variables, quoted where need be
	states     [][]string // of the variables, quoted where need be
	properties map[graphical.Property][]string
	buf        []byte
	w          io.Writer
}

// newEncoder checks that net can be written.
func newEncoder(net *graphical.BayesNet) (*encoder, error) {
	e := &encoder{net: net, properties: map[graphical.Property][]string{}}
	if err := writable("network", net.Name()); err != nil {
		return nil, err
	}
	for i, v := range net.Variables() {
		states := make([]string, v.NumStates())
		for j, s := range v.States() {
			states[j] = nameText(s)
		}
		e.names = append(e.names, nameText(v.Name()))
		e.states = append(e.states, states)
		if err := checkSize(net, i); err != nil {
			return nil, err
		}
	}
	for _, p := range net.Properties() {
		if p.Variable != "" {
			if _, err := net.Variable(p.Variable); err != nil {
				return nil, fmt.Errorf("property %q: %w", p.Text, err)
			}
		} else if p.OnTable {
			return nil, &graphical.NameError{Kind: "variable", Problem: fmt.Sprintf("the property %q is of a table and names no variable", p.Text)}
		}
		if err := writable("property", p.Text); err != nil {
			return nil, err
		}
		owner := graphical.Property{Variable: p.Variable, OnTable: p.OnTable}
		e.properties[owner] = append(e.properties[owner], propertyText(p.Text))
	}
	return e, nil
}

// checkSize refuses to lower a conditional distribution to a table beyond memory.
func checkSize(net *graphical.BayesNet, i int) error {
	v := net.Variables()[i]
	if _, isTable := net.Conditional(v).(*graphical.Table); isTable {
		return nil
	}
	entries := 1.0
	for _, u := range net.Scope(i) {
		entries *= float64(u.NumStates())
	}
	const entryBytes = 8
	if entries > DefaultMaxEntries {
		return &belief.TooLargeError{
			What:  fmt.Sprintf("table of %q with %d parents", v.Name(), len(net.Parents(v))),
			Bytes: entries * entryBytes, Budget: DefaultMaxEntries * entryBytes,
			Advice: "BIF has only tables",
		}
	}
	return nil
}

func writable(kind, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return &graphical.NameError{Kind: kind, Name: text, Problem: "it is not valid UTF-8, as BIF text has to be"}
}

// nameText returns a name as it stands in a file: in quotes only if it has to be.
func nameText(name string) string {
	if name != "" && wordEnd(name, 0) == len(name) {
		return name
	}
	return quote(name)
}

// propertyText returns a property's text as it stands between the keyword and the
// semicolon.
func propertyText(text string) string {
	depth := 0
	for _, c := range text {
		switch c {
		case ';', '\n', '\r':
			return quote(text)
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return quote(text)
			}
		}
	}
	if text == "" || text[0] == '"' || strings.Trim(text, blanks) != text {
		return quote(text)
	}
	return text
}

// quote is the inverse of scanner.quoted.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		if j := strings.IndexByte(escapeChars, text[i]); j >= 0 {
			b.WriteByte('\\')
			b.WriteByte(escapeLetters[j])
		} else {
			b.WriteByte(text[i])
		}
	}
	b.WriteByte('"')
	return b.String()
}

// text adds to the buffer.
func (e *encoder) text(parts ...string) {
	for _, s := range parts {
		e.buf = append(e.buf, s...)
	}
}

// flush writes the buffer if it is large or this is the end.
func (e *encoder) flush(end bool) error {
	const large = 1 << 16
	if len(e.buf) < large && !end {
		return nil
	}
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

func (e *encoder) write(w io.Writer) error {
	e.w = w
	e.text("network ", nameText(e.net.Name()), " {\n")
	e.property("", false)
	e.text("}\n")
	for i, v := range e.net.Variables() {
		e.text("variable ", e.names[i], " {\n  type discrete [ ", strconv.Itoa(v.NumStates()), " ] { ")
		e.list(e.states[i])
		e.text(" };\n")
		e.property(v.Name(), false)
		e.text("}\n")
		if err := e.flush(false); err != nil {
			return err
		}
	}
	for i := range e.net.Variables() {
		if err := e.table(i); err != nil {
			return err
		}
	}
	return e.flush(true)
}

func (e *encoder) list(names []string) {
	for i, s := range names {
		if i > 0 {
			e.text(", ")
		}
		e.text(s)
	}
}

func (e *encoder) property(variable string, onTable bool) {
	for _, text := range e.properties[graphical.Property{Variable: variable, OnTable: onTable}] {
		e.text("  property ", text, ";\n")
	}
}

// table writes the probability block of variable i. Rows come in the order of
// the bnlearn repository, the first parent changing fastest.
func (e *encoder) table(i int) error {
	v := e.net.Variables()[i]
	values, err := tableValues(e.net.Conditional(v))
	if err != nil {
		return fmt.Errorf("table of %q: %w", v.Name(), err)
	}
	parents := e.net.Parents(v)
	indices := make([]int, len(parents))
	e.text("probability ( ", e.names[i])
	for j, p := range parents {
		indices[j] = e.net.Index(p)
		e.text([]string{" | ", ", "}[min(j, 1)], e.names[indices[j]])
	}
	e.text(" ) {\n")
	e.property(v.Name(), true)
	states := v.NumStates()
	if len(parents) == 0 {
		e.text("  table ")
		e.numbers(values)
	}
	names := make([]string, len(parents))
	digits := make([]int, len(parents)) // the states of the parents
	for n := 0; len(parents) > 0 && n < len(values)/states; n++ {
		r := 0
		for j, d := range digits {
			names[j] = e.states[indices[j]][d]
			r = r*parents[j].NumStates() + d
		}
		e.text("  (")
		e.list(names)
		e.text(") ")
		e.numbers(values[r*states : (r+1)*states])
		for j := range digits {
			if digits[j]++; digits[j] < parents[j].NumStates() {
				break
			}
			digits[j] = 0
		}
		if err := e.flush(false); err != nil {
			return err
		}
	}
	e.text("}\n")
	return e.flush(false)
}

// tableValues returns the entries of c, shape (rows, states of the child).
func tableValues(c graphical.Conditional) ([]float64, error) {
	if t, ok := c.(*graphical.Table); ok {
		return t.Values(), nil
	}
	f, err := c.Factor()
	if err != nil {
		return nil, err
	}
	values := f.Values()
	if scale := math.Exp(f.LogScale()); scale != 1 {
		values = slices.Clone(values)
		for i := range values {
			values[i] *= scale
		}
	}
	return values, nil
}

// numbers writes the fewest digits that read back as the same bits, whole numbers
// with one decimal as R does.
func (e *encoder) numbers(row []float64) {
	for i, x := range row {
		if i > 0 {
			e.text(", ")
		}
		start := len(e.buf)
		e.buf = strconv.AppendFloat(e.buf, x, 'g', -1, 64)
		if !bytes.ContainsAny(e.buf[start:], ".e") {
			e.text(".0")
		}
	}
	e.text(";\n")
}
