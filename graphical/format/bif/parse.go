package bif

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// A parser reads one text. A table is read at once if its variables are known by
// then, else after the end of the text.
type parser struct {
	scanner
	opts       Options
	build      *graphical.BayesNetBuilder
	vars       []*variable
	index      map[string]*variable
	properties []string // of the network
	later      []int    // where the put-off probability blocks start
	entries    float64  // of all tables so far

	// The names of the last list, see names.
	words  []token
	groups int // how many runs of names there are between commas
	bar    int // how many names were before the first bar, −1 if there is none
	bars   int

	// Scratch for tables.
	seen    []uint64
	numbers []float64
}

// A variable is a declared variable and what the text says of it.
type variable struct {
	*graphical.Variable
	at         int // where its name is declared
	properties []string

	hasTable        bool
	table           int // where its probability block starts
	suspect         int // where the first row is that the builder may refuse, 0 if none
	tableProperties []string
}

// parse reads the whole text.
func parse(src string, opts Options) (*graphical.BayesNet, error) {
	p := &parser{
		scanner: scanner{src: src},
		opts:    opts,
		build:   graphical.NewBayesNet(),
		index:   map[string]*variable{},
	}
	if opts.Normalize {
		p.build.Normalize()
	}
	if err := p.text(); err != nil {
		return nil, err
	}
	for _, at := range p.later {
		p.pos = at
		p.bare()
		if err := p.probability(at, true); err != nil {
			return nil, err
		}
	}
	if err := p.complete(); err != nil {
		return nil, err
	}
	p.attach()
	net, err := p.build.Build()
	if err != nil {
		return nil, p.refused(err)
	}
	return net, nil
}

// text reads all blocks.
func (p *parser) text() error {
	p.skip()
	if p.src == "" {
		return &belief.ParseError{Format: formatName, File: p.opts.File, Msg: "it is empty"}
	}
	if p.pos >= len(p.src) && p.unclosed == 0 {
		return &belief.ParseError{Format: formatName, File: p.opts.File, Msg: "there is no network in it, only blanks and comments"}
	}
	at := p.pos
	if p.bare() != "network" {
		p.pos = at
		return p.fail(at, `expected "network" at the start of a BIF file, found %s`, p.found())
	}
	if err := p.network(); err != nil {
		return err
	}
	for {
		p.skip()
		at := p.pos
		if p.pos >= len(p.src) {
			if p.unclosed > 0 {
				return p.fail(at, "")
			}
			return nil
		}
		if p.take(';') {
			continue
		}
		var err error
		switch word := p.bare(); word {
		case "variable":
			err = p.variable()
		case "probability":
			err = p.probability(at, false)
		case "network":
			err = p.fail(at, "there is a second network block; a file holds one network")
		default:
			p.pos = at
			err = p.fail(at, `expected "variable" or "probability", found %s`, p.found())
		}
		if err != nil {
			return err
		}
	}
}

// complete refuses a text in which variables have no table. The builder would, too,
// but with an error for each.
func (p *parser) complete() error {
	var first *variable
	missing := 0
	for _, v := range p.vars {
		if v.hasTable {
			continue
		}
		if missing++; missing == 1 {
			first = v
		}
	}
	problem := "it has no table"
	switch missing {
	case 0:
		return nil
	case 1:
	case 2:
		problem += ", and one other variable has none"
	default:
		problem += fmt.Sprintf(", and %d other variables have none", missing-1)
	}
	return p.wrap(first.at, &graphical.TableError{Variable: first.Name(), Problem: problem})
}

// network reads the network block from its name.
func (p *parser) network() error {
	at := p.pos
	if err := p.names('{', "the network's name"); err != nil {
		return err
	}
	switch {
	case len(p.words) > 1 && !p.fit(1):
		return p.fail(p.words[1].at, `expected "{" after the network's name; put names with commas or bars in quotes`)
	case len(p.words) > 0:
		p.build.Name(strings.Clone(p.words[0].text))
	}
	for {
		p.skip()
		switch {
		case p.take('}'):
			return nil
		case p.take(';'):
		default:
			word := p.pos
			if p.bare() != "property" {
				p.pos = word
				return p.fail(word, `expected "property" or "}" in the network block of line %d, found %s`, p.line(at), p.found())
			}
			text, err := p.property(word)
			if err != nil {
				return err
			}
			p.properties = append(p.properties, text)
		}
	}
}

// variable reads a variable block from its name.
func (p *parser) variable() error {
	at := p.pos
	if err := p.names('{', "a variable's name"); err != nil {
		return err
	}
	switch {
	case len(p.words) == 0:
		return p.fail(at, "the variable has no name")
	case len(p.words) > 1:
		return p.fail(p.words[1].at, `expected "{" after the variable's name %q; put names with blanks, commas or bars in quotes`, p.words[0].text)
	}
	name := strings.Clone(p.words[0].text)
	v := &variable{at: p.words[0].at}
	if before := p.index[name]; before != nil {
		return p.wrap(v.at, &graphical.NameError{Kind: "variable", Name: name, Problem: fmt.Sprintf("declared twice, first on line %d", p.line(before.at))})
	}
	for {
		p.skip()
		word := p.pos
		if p.take('}') {
			break
		}
		if p.take(';') {
			continue
		}
		switch p.bare() {
		case "type":
			if v.Variable != nil {
				return p.fail(word, "variable %q has a second type", name)
			}
			states, err := p.states(name)
			if err != nil {
				return err
			}
			if v.Variable, err = graphical.NewVariable(name, states...); err != nil {
				return p.wrap(p.badState(v.at, err), err)
			}
		case "property":
			text, err := p.property(word)
			if err != nil {
				return err
			}
			v.properties = append(v.properties, text)
		default:
			p.pos = word
			return p.fail(word, `expected "type", "property" or "}" in the block of variable %q, found %s`, name, p.found())
		}
	}
	if v.Variable == nil {
		hint := ""
		if len(v.properties) > 0 {
			hint = "; if it seems to have one, a property before it lacks its semicolon"
		}
		return p.fail(v.at, "variable %q has no type%s", name, hint)
	}
	p.index[name] = v
	p.vars = append(p.vars, v)
	p.build.Add(v.Variable)
	return nil
}

// states reads "discrete [ n ] { names }".
func (p *parser) states(name string) ([]string, error) {
	p.skip()
	at := p.pos
	kind := p.bare()
	if i := strings.IndexByte(kind, '['); i >= 0 {
		kind = kind[:i]
	}
	p.pos = at + len(kind)
	if kind != "discrete" {
		p.pos = at
		return nil, p.fail(at, `expected "discrete", the only type of variable that BIF has, found %s`, p.found())
	}
	p.skip()
	at = p.pos
	if !p.take('[') {
		return nil, p.fail(at, `expected "[" and the number of states, found %s`, p.found())
	}
	p.skip()
	at = p.pos
	first := p.pos
	for p.pos < len(p.src) && p.src[p.pos]-'0' < 10 {
		p.pos++
	}
	digits := p.src[first:p.pos]
	p.skip()
	if digits == "" || !p.take(']') {
		p.pos = at
		return nil, p.fail(at, `expected the number of states and "]", found %s`, p.found())
	}
	p.skip()
	open := p.pos
	if !p.take('{') {
		return nil, p.fail(open, `expected "{" and the states of %q, found %s`, name, p.found())
	}
	if err := p.names('}', "a state"); err != nil {
		return nil, err
	}
	// A declared number of many digits is no number of names: it stays text.
	digits = strings.TrimLeft(digits, "0")
	if strconv.Itoa(len(p.words)) != digits && (strconv.Itoa(p.groups) != digits || !p.fit(p.groups)) {
		hint := ""
		if p.groups < len(p.words) && p.groups > 1 {
			hint = "; put names with blanks in quotes"
		}
		if digits == "" {
			digits = "0"
		}
		return nil, p.fail(at, "variable %q declares %s states and lists %d%s", name, digits, len(p.words), hint)
	}
	return p.keepWords(), nil
}

// attach hands the properties to the builder: those of the network, of the
// variables, and of the tables.
func (p *parser) attach() {
	for _, text := range p.properties {
		p.build.Property(graphical.Property{Text: text})
	}
	for _, v := range p.vars {
		for _, text := range v.properties {
			p.build.Property(graphical.Property{Variable: v.Name(), Text: text})
		}
	}
	for _, v := range p.vars {
		for _, text := range v.tableProperties {
			p.build.Property(graphical.Property{Variable: v.Name(), OnTable: true, Text: text})
		}
	}
}
