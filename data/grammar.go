package data

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/suggest"
)

// A Grammar is a probabilistic context-free grammar: it writes sentences by replacing
// its start symbol, and the symbols that come of it, by the right side of a rule, drawn
// with the probability of the rule, until only words are left. A regular grammar is one
// whose rules end in a symbol at most. What makes a grammar useful as data is that the
// entropy of its text is known, see [Grammar.Entropy]: a model of the text cannot need
// fewer nats per character, and a good one needs hardly more.
//
// A grammar is made by [ParseGrammar], does not change, and may be used concurrently.
type Grammar struct {
	symbols []string // those that are replaced; the first is the start
	words   []string
	rules   []grammarRule // by symbol
	first   []int         // rules of symbol a are first[a] to first[a+1]

	wordIndex   map[string]int
	cumulative  []float64 // of the probabilities of a symbol's rules
	empty       []float64 // the probability that a symbol becomes no words at all
	unambiguous bool
	entropy     TextEntropy
	inside      func() *insideRules // nil if they would be too many
}

// A grammarRule replaces a symbol. On the right, a ≥ 0 is symbol a and a < 0 the word
// number −1−a.
type grammarRule struct {
	left    int
	right   []int
	p, logP float64
}

const (
	maxSymbols = 500     // of a grammar; bounds the matrices
	maxRules   = 1 << 20 // of a grammar, and symbols and words on their right sides
	maxRight   = 256     // symbols and words on the right of a rule
	maxSteps   = 1e4     // rules that a sentence may take on average
)

// An InconsistentGrammarError says that sentences of a grammar need not end. The
// symbols produce on average so many of themselves as Radius says, the spectral radius
// of their matrix of means, which must be less than 1 (Booth & Thompson 1973).
type InconsistentGrammarError struct {
	Symbols []string
	Radius  float64
}

// Error names the symbols.
func (e *InconsistentGrammarError) Error() string {
	const most = 8
	names, more := e.Symbols, ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(", … (%d more)", len(e.Symbols)-most)
	}
	return fmt.Sprintf("grammar: sentences need not end: of %s come on average %.6g of the same; it must be less than 1",
		strings.Join(names, ", ")+more, e.Radius)
}

// finish works out all that is asked of a grammar later.
func (g *Grammar) finish() error {
	if err := g.normalize(); err != nil {
		return err
	}
	steps, err := g.solve()
	if err != nil {
		return err
	}
	g.emptiness()
	g.unambiguous = g.isLL1()
	g.inside = sync.OnceValue(g.newInside)
	g.measure(steps)
	return nil
}

// normalize makes probabilities of weights, or says which weight is lost.
func (g *Grammar) normalize() error {
	g.cumulative = make([]float64, len(g.rules))
	for a := range g.symbols {
		rules := g.rules[g.first[a]:g.first[a+1]]
		most := 0.0
		for _, r := range rules {
			most = max(most, r.p)
		}
		weights := make([]float64, len(rules))
		for i := range rules { // scaled, since a sum of large weights may overflow
			if weights[i] = rules[i].p / most; weights[i] == 0 {
				return &belief.ParseError{Format: "grammar", Msg: fmt.Sprintf("the weight %v of a rule of %q is nothing beside %v", rules[i].p, g.symbols[a], most)}
			}
		}
		total, sum := careful.Sum(weights), 0.0
		for i := range rules {
			rules[i].p = weights[i] / total
			rules[i].logP = math.Log(rules[i].p)
			sum += rules[i].p
			g.cumulative[g.first[a]+i] = sum
		}
	}
	return nil
}

// check finds symbols without rules, and those that no sentence has.
func (g *Grammar) check(uses []symbolUse, defined []int) error {
	var errs []error
	known := func(yield func(string) bool) {
		for a, name := range g.symbols {
			if g.first[a] < g.first[a+1] && !yield(name) {
				return
			}
		}
	}
	told := make([]bool, len(g.symbols))
	for _, u := range uses {
		if a := u.symbol; g.first[a] == g.first[a+1] && !told[a] {
			told[a] = true
			errs = append(errs, &belief.ParseError{Format: "grammar", Line: u.line, Col: column(u.before), Err: &belief.UnknownNameError{
				Kind: "symbol", Name: g.symbols[a], Suggestions: suggest.Nearest(g.symbols[a], known, 3)}})
		}
	}
	if errs != nil {
		return errors.Join(errs...)
	}
	reached := make([]bool, len(g.symbols))
	reached[0] = true
	for todo := []int{0}; len(todo) > 0; {
		a := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, r := range g.rules[g.first[a]:g.first[a+1]] {
			for _, b := range r.right {
				if b >= 0 && !reached[b] {
					reached[b] = true
					todo = append(todo, b)
				}
			}
		}
	}
	for a, yes := range reached {
		if !yes {
			errs = append(errs, &belief.ParseError{Format: "grammar", Line: defined[a],
				Msg: fmt.Sprintf("no sentence has symbol %q: nothing leads to it from %q", g.symbols[a], g.symbols[0])})
		}
	}
	return errors.Join(errs...)
}

// Unambiguous says whether the grammar is proven to derive every sentence in one way
// only: it is LL(1), which is to say that the next word decides on the rule (Lewis &
// Stearns 1968). Of other grammars nobody can tell in general.
func (g *Grammar) Unambiguous() bool { return g.unambiguous }

// Words returns the words of the grammar in the order of their first use.
func (g *Grammar) Words() []string { return append([]string(nil), g.words...) }

// String writes the grammar with its probabilities, in a form that [ParseGrammar] reads.
func (g *Grammar) String() string {
	var b strings.Builder
	for a, name := range g.symbols {
		b.WriteString(name + " ->")
		for i, r := range g.rules[g.first[a]:g.first[a+1]] {
			if i > 0 {
				b.WriteString(" |")
			}
			for _, x := range r.right {
				b.WriteByte(' ')
				if x >= 0 {
					b.WriteString(g.symbols[x])
				} else if w := g.words[-1-x]; strings.Contains(w, "'") {
					b.WriteString(`"` + w + `"`)
				} else {
					b.WriteString("'" + w + "'")
				}
			}
			fmt.Fprintf(&b, " [%v]", r.p)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
