// Package format is the skeleton of a file format for networks: a tiny text
// format with a reader that trusts nothing and a writer that loses nothing. Copy
// it, rename it, and put in your own grammar.
package format

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// maxLine bounds the memory that one line can ask for.
const maxLine = 1 << 20

// Read reads a Bayesian network from lines of words:
//
//	variable rain yes no
//	variable wet yes no
//	table rain : 0.2 0.8
//	table wet rain : 0.9 0.1 0.1 0.9
//
// A variable has its states and stands before its table; a table has the child,
// the parents, a colon, and rows as in package graphical. Empty lines and lines
// that start with # do not count. Names cannot hold blanks. Errors are
// [*belief.ParseError]; mistakes of the network as a whole are wrapped in one as
// a [*graphical.BuildError].
func Read(r io.Reader) (*graphical.BayesNet, error) {
	p := parser{net: graphical.NewBayesNet(), vars: map[string]*graphical.Variable{}}
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		p.line++
		p.text = in.Text()
		words := strings.Fields(p.text)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if err := p.statement(words); err != nil {
			return nil, err
		}
	}
	p.line++
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, p.fail(-1, "the line is longer than "+belief.FormatBytes(maxLine))
	} else if err != nil {
		return nil, err
	}
	net, err := p.net.Build()
	if err != nil {
		return nil, &belief.ParseError{Format: "skeleton", Err: err}
	}
	return net, nil
}

// A parser holds what has been read, and where.
type parser struct {
	net  *graphical.BayesNetBuilder
	vars map[string]*graphical.Variable
	line int
	text string
}

// statement takes one line in.
func (p *parser) statement(words []string) error {
	switch words[0] {
	case "variable":
		if len(words) < 3 {
			return p.fail(0, "a variable wants a name and its states")
		}
		if p.vars[words[1]] != nil {
			return p.fail(1, fmt.Sprintf("variable %q is declared twice", words[1]))
		}
		p.vars[words[1]] = p.net.Variable(words[1], words[2:]...)
		return nil
	case "table":
		return p.table(words)
	}
	return p.fail(0, fmt.Sprintf("want variable or table, got %.40q", words[0]))
}

// table takes one table in.
func (p *parser) table(words []string) error {
	colon := slices.Index(words, ":")
	if colon < 2 {
		return p.fail(0, "a table wants its variable, its parents and a colon")
	}
	scope := make([]*graphical.Variable, colon-1)
	for i := range scope {
		if scope[i] = p.vars[words[1+i]]; scope[i] == nil {
			return p.fail(1+i, fmt.Sprintf("variable %.40q is not declared above", words[1+i]))
		}
	}
	values := make([]float64, 0, len(words)-colon-1) // as many as there are, not as many as there should be
	for i, w := range words[colon+1:] {
		x, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return p.fail(colon+1+i, fmt.Sprintf("want a number, got %.40q", w))
		}
		values = append(values, x)
	}
	p.net.Table(scope[0], scope[1:]...).Values(values)
	return nil
}

// fail makes the error of word k of the current line, or of the line as a whole.
func (p *parser) fail(k int, msg string) error {
	e := &belief.ParseError{Format: "skeleton", Line: p.line, Msg: msg}
	at := 0
	for i, w := range strings.Fields(p.text) {
		at += strings.Index(p.text[at:], w)
		if i == k {
			e.Col = 1 + utf8.RuneCountInString(p.text[:at])
			break
		}
		at += len(w)
	}
	return e
}

// Write writes what Read reads, with as many digits as it takes to get the same
// bits back. A name that the format cannot hold is a [*graphical.NameError].
func Write(w io.Writer, net *graphical.BayesNet) error {
	out := bufio.NewWriter(w)
	for _, v := range net.Variables() {
		if words := strings.Fields(v.Name()); len(words) != 1 || words[0] != v.Name() || v.Name() == ":" {
			return &graphical.NameError{Kind: "variable", Name: v.Name(), Problem: "the format cannot hold it"}
		}
		for _, s := range v.States() {
			if words := strings.Fields(s); len(words) != 1 || words[0] != s {
				return &graphical.NameError{Kind: "state", Name: s, Problem: "the format cannot hold it"}
			}
		}
		fmt.Fprintln(out, "variable", v.Name(), strings.Join(v.States(), " "))
	}
	for _, v := range net.Variables() {
		f, err := net.Conditional(v).Factor()
		if err != nil {
			return err
		}
		fmt.Fprint(out, "table ", v.Name())
		for _, p := range net.Parents(v) {
			fmt.Fprint(out, " ", p.Name())
		}
		fmt.Fprint(out, " :")
		for _, x := range f.Values() {
			fmt.Fprint(out, " ", strconv.FormatFloat(x*math.Exp(f.LogScale()), 'g', -1, 64))
		}
		fmt.Fprintln(out)
	}
	return out.Flush() // keeps the first error of all that was written
}
