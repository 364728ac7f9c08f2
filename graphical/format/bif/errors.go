package bif

// Errors with their places in the text.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/suggest"
)

// fail makes an error at an offset. A comment without end goes before all else,
// because it hides what is missing.
func (p *parser) fail(at int, format string, args ...any) error {
	msg := fmt.Sprintf(format, args...)
	if p.unclosed > 0 {
		at, msg = p.unclosed-1, `the comment is not closed by "*/"`
	}
	line, col := position(p.src, at)
	return &belief.ParseError{Format: formatName, File: p.opts.File, Line: line, Col: col, Msg: msg}
}

// wrap makes an error at an offset out of one that has a type.
func (p *parser) wrap(at int, err error) error {
	line, col := position(p.src, at)
	return &belief.ParseError{Format: formatName, File: p.opts.File, Line: line, Col: col, Err: err}
}

// line returns the line of an offset.
func (p *parser) line(at int) int {
	line, _ := position(p.src, at)
	return line
}

// unknownVariable says that no variable has the name of w.
func (p *parser) unknownVariable(w token, in string) error {
	known := func(yield func(string) bool) {
		for _, v := range p.vars {
			if !yield(v.Name()) {
				return
			}
		}
	}
	const most = 3
	return p.wrap(w.at, &belief.UnknownNameError{
		Kind: "variable", Name: strings.Clone(w.text), In: in, Suggestions: suggest.Nearest(w.text, known, most),
	})
}

// refused places what the builder found wrong.
func (p *parser) refused(err error) error {
	failed := &belief.ParseError{Format: formatName, File: p.opts.File, Err: err}
	var built *graphical.BuildError
	if !errors.As(err, &built) || len(built.Mistakes) == 0 {
		return failed
	}
	name, inRow := "", false
	switch m := built.Mistakes[0].(type) {
	case *graphical.EntryError:
		name, inRow = m.Variable, true
	case *graphical.RowSumError:
		name, inRow = m.Variable, true
	case *graphical.TableError:
		name = m.Variable
	case *graphical.CycleError:
		name = m.Path[len(m.Path)-1] // the table of the last lists the one before it
	}
	if v := p.index[name]; v != nil {
		at := v.at
		switch {
		case inRow && v.suspect > 0:
			at = v.suspect
		case v.hasTable:
			at = v.table
		}
		failed.Line, failed.Col = position(p.src, at)
	}
	return failed
}

// badState finds the name that NewVariable refused in the list just read.
func (p *parser) badState(at int, err error) int {
	var bad *graphical.NameError
	if errors.As(err, &bad) {
		times := 0
		for _, w := range p.words {
			if w.text == "" && bad.Kind == "variable" {
				return w.at
			}
			if w.text == bad.Name && bad.Kind == "state" {
				if times++; times == 2 {
					return w.at
				}
			}
		}
	}
	return at
}
