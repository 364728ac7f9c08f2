package data

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// ParseGrammar reads a grammar in the notation of textbooks and of NLTK:
//
//	# A rule is a symbol, an arrow, and what replaces the symbol.
//	S  -> NP VP
//	NP -> 'the' N [0.9] | 'time' [0.1]
//	N  -> 'fly' | "arrow" [2]
//	   |  'fruit' N
//	VP -> 'flies' | [3]
//
// Words stand in quotes, symbols do not; the first symbol is the start; an empty right
// side is no words at all. Numbers in brackets are weights, 1 if they are missing; those
// of a symbol are divided by their sum. A line that starts with a bar continues the one
// before.
//
// Mistakes come as [*belief.ParseError] with line and column, all symbols without a rule
// together, as a [*belief.UnknownNameError] within; a grammar whose sentences need not
// end is an [*InconsistentGrammarError], and one whose sentences take more than 10,000
// rules on average, or that has more than 500 symbols, a [*belief.TooLargeError].
func ParseGrammar(text string) (*Grammar, error) {
	p := &grammarParser{symbols: map[string]int{}, g: &Grammar{wordIndex: map[string]int{}}, left: -1}
	for line := range strings.Lines(text) {
		p.line++
		p.text, p.rest = line, line
		if err := p.parseLine(); err != nil {
			return nil, err
		}
	}
	if len(p.rules) == 0 {
		return nil, &belief.ParseError{Format: "grammar", Msg: "there are no rules"}
	}
	g := p.g
	if n := len(g.symbols); n > maxSymbols {
		return nil, &belief.TooLargeError{What: fmt.Sprintf("grammar of %d symbols", n), Bytes: 8 * float64(n) * float64(n), Budget: 8 * maxSymbols * maxSymbols}
	}
	g.first = make([]int, len(g.symbols)+1) // rules by symbol, in their order
	for _, r := range p.rules {
		g.first[r.left+1]++
	}
	for a := range g.symbols {
		g.first[a+1] += g.first[a]
	}
	at := append([]int(nil), g.first...)
	g.rules = make([]grammarRule, len(p.rules))
	for _, r := range p.rules {
		g.rules[at[r.left]] = r
		at[r.left]++
	}
	if err := g.check(p.uses, p.defined); err != nil {
		return nil, err
	}
	if err := g.finish(); err != nil {
		return nil, err
	}
	return g, nil
}

// A symbolUse is a place where a symbol stands on a right side: a line, and the text
// of it before the symbol.
type symbolUse struct {
	symbol, line int
	before       string
}

// column counts from 1 in characters.
func column(before string) int { return utf8.RuneCountInString(before) + 1 }

type grammarParser struct {
	g       *Grammar
	symbols map[string]int
	rules   []grammarRule
	uses    []symbolUse
	size    int   // rules, and what stands on their right
	defined []int // the line of a symbol's first rule
	left    int   // the symbol whose rules are being read; −1 before the first
	line    int
	text    string // the line
	rest    string // what is left of it
}

func (p *grammarParser) fail(format string, args ...any) error {
	return &belief.ParseError{Format: "grammar", Line: p.line, Col: column(p.before()), Msg: fmt.Sprintf(format, args...)}
}

// before is the text of the line before what comes next.
func (p *grammarParser) before() string { return p.text[:len(p.text)-len(p.rest)] }

// skip passes over blanks and a comment, and says whether something is left.
func (p *grammarParser) skip() bool {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	return p.rest != "" && p.rest[0] != '#'
}

func (p *grammarParser) take(token string) bool {
	rest, found := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return found
}

// symbol reads the name of a symbol, "" if there is none.
func (p *grammarParser) symbol() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`|[]#'"`, r) })
	if end < 0 {
		end = len(p.rest)
	}
	if arrow := strings.Index(p.rest[:end], "->"); arrow >= 0 {
		end = arrow
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	return name
}

// number returns the symbol of that name.
func (p *grammarParser) number(name string) int {
	a, known := p.symbols[name]
	if !known {
		a = len(p.g.symbols)
		p.symbols[name] = a
		p.g.symbols = append(p.g.symbols, name)
		p.defined = append(p.defined, 0)
	}
	return a
}

func (p *grammarParser) parseLine() error {
	if !utf8.ValidString(p.text) {
		return p.fail("the text is not UTF-8")
	}
	if !p.skip() {
		return nil
	}
	if p.take("|") {
		if p.left < 0 {
			return p.fail("no rule before it that it could continue")
		}
	} else {
		name := p.symbol()
		if name == "" {
			return p.fail("a symbol must stand here")
		}
		p.left = p.number(name)
		if p.defined[p.left] == 0 {
			p.defined[p.left] = p.line
		}
		if p.skip(); !p.take("->") {
			return p.fail("an arrow, ->, must follow %q", name)
		}
	}
	for {
		if err := p.parseRight(); err != nil {
			return err
		}
		if !p.skip() {
			return nil
		}
		if !p.take("|") {
			return p.fail("%q can only stand between rules after a bar", firstRune(p.rest))
		}
	}
}

// parseRight reads a right side up to a bar or the end of the line.
func (p *grammarParser) parseRight() error {
	r := grammarRule{left: p.left, p: 1}
	for p.skip() && p.rest[0] != '|' {
		switch c := p.rest[0]; c {
		case '[':
			inside, rest, closed := strings.Cut(p.rest[1:], "]")
			weight, err := strconv.ParseFloat(strings.TrimSpace(inside), 64)
			if !closed || err != nil || !(weight > 0 && weight <= math.MaxFloat64) {
				return p.fail("a weight must be a positive number in brackets")
			}
			r.p, p.rest = weight, rest
			return p.add(r)
		case '\'', '"':
			word, rest, closed := strings.Cut(p.rest[1:], string(c))
			switch {
			case !closed:
				return p.fail("the quote is not closed")
			case word == "":
				return p.fail("a word must not be empty; for no words at all, leave the right side empty")
			}
			p.rest = rest
			i, known := p.g.wordIndex[word]
			if !known {
				i = len(p.g.words)
				p.g.wordIndex[word] = i
				p.g.words = append(p.g.words, word)
			}
			r.right = append(r.right, -1-i)
		default:
			before := p.before()
			name := p.symbol()
			if name == "" {
				return p.fail("%q has no place on the right of a rule", firstRune(p.rest))
			}
			a := p.number(name)
			p.uses = append(p.uses, symbolUse{a, p.line, before})
			r.right = append(r.right, a)
		}
	}
	return p.add(r)
}

func (p *grammarParser) add(r grammarRule) error {
	if len(r.right) > maxRight {
		return p.fail("a right side of %d symbols and words; %d are the most", len(r.right), maxRight)
	}
	p.rules = append(p.rules, r)
	if p.size += 1 + len(r.right); p.size > maxRules {
		return &belief.TooLargeError{What: "grammar", Bytes: 64 * float64(p.size), Budget: 64 * maxRules, AtLeast: true}
	}
	return nil
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
