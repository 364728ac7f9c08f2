package data

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
	"github.com/google/go-cmp/cmp"
)

func TestGrammarReader(t *testing.T) {
	g := English()
	text := make([]byte, 20000)
	if _, err := io.ReadFull(g.Reader(5), text); err != nil {
		t.Fatal(err)
	}
	again := make([]byte, len(text))
	if _, err := io.ReadFull(iotest.OneByteReader(g.Reader(5)), again); err != nil || !bytes.Equal(text, again) {
		t.Error("the text depends on the pieces in which it is read")
	}
	if _, err := io.ReadFull(g.Reader(6), again); err != nil || bytes.Equal(text, again) {
		t.Error("another seed writes the same text")
	}
	lines := strings.Split(string(text), "\n")
	for _, i := range []uint64{0, 1, 100} { // a sentence depends on the seed and its number
		words, logP := g.Sentence(stream.New(5, "grammar", i))
		if got := strings.Join(words, " "); got != lines[i] {
			t.Errorf("sentence %d is %q in the text, %q by itself", i, lines[i], got)
		}
		if p, err := g.LogProb(strings.Fields(lines[i])); err != nil || !agree(p, logP) {
			t.Errorf("sentence %d: %v, %v; want %v", i, p, err, logP)
		}
	}
	seqs, err := g.Sequences(50, 5)
	if err != nil || seqs.Len() != 50 {
		t.Fatalf("%d sequences, %v", seqs.Len(), err)
	}
	symbols, err := seqs.Symbols("word")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range symbols {
		var words []string
		for _, k := range s {
			words = append(words, g.Words()[k])
		}
		if got := strings.Join(words, " "); got != lines[i] {
			t.Errorf("sequence %d is %q, sentence %q", i, got, lines[i])
		}
	}
	if seqs, err := grammar(t, "S -> 'a' | ").Sequences(0, 1); err != nil || seqs.Len() != 0 {
		t.Errorf("no sequences: %v", err)
	}
	var config *belief.ConfigError
	if _, err := grammar(t, "S -> ").Sequences(3, 1); !errors.As(err, &config) {
		t.Errorf("a grammar without words: %v", err)
	}
	r := g.Reader(1)
	if _, err := io.ReadFull(r, make([]byte, 200000)); err != nil {
		t.Fatal(err)
	}
	if n := patience.Allocations(100, func() { _, _ = io.ReadFull(r, text[:1000]) }); n > 0 {
		t.Errorf("a warm reader allocates %v times", n)
	}
	if n, err := g.Reader(1).Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing: %d, %v", n, err)
	}
}

func TestUnambiguous(t *testing.T) {
	for text, want := range map[string]bool{
		"S -> 'a' S | 'b' [2]":                                     true,
		"S -> 'a' S | [2]":                                         true,
		"S -> A B\nA -> 'a' | \nB -> 'b' | ":                       true,
		"S -> A 'a'\nA -> 'a' | ":                                  false, // FIRST and FOLLOW meet
		"S -> A A\nA -> 'a' | ":                                    false,
		"S -> 'a' | 'a'":                                           false,
		"S -> A | B\nA -> 'a'\nB -> 'a'":                           false,
		"S -> A | B\nA -> | 'a'\nB -> | 'b'":                       false, // both empty
		"S -> S 'a' | 'b' [2]":                                     false, // unambiguous, and not LL(1)
		"S -> 'if' S E | 'x' [2]\nE -> 'else' S | [2]":             false, // the dangling else
		"S -> 'if' S E 'end' | 'x' [2]\nE -> 'else' S | [2]":       true,
		"E -> T R\nR -> '+' T R | [9]\nT -> 'x' [9] | '(' E ')'":   true,
		"E -> T R\nR -> '+' T R | [9]\nT -> 'x' [9] | '(' E R ')'": false,
	} {
		if g := grammar(t, text); g.Unambiguous() != want {
			t.Errorf("%s: %v, want %v", text, g.Unambiguous(), want)
		}
	}
}

func TestParseGrammar(t *testing.T) {
	g := grammar(t, `
# a comment
S-> NP   VP[0.5]|"it's" # another
NP -> 'the' [ 2 ]
    | [1e-3]
    | 'a # b' NP [.5]
VP->'flies'|'x' | 'y'
VP -> 'z' [3]
`)
	want := "S -> NP VP [0.3333333333333333] | \"it's\" [0.6666666666666666]\n" +
		"NP -> 'the' [0.7996801279488205] | [0.00039984006397441024] | 'a # b' NP [0.19992003198720512]\n" +
		"VP -> 'flies' [0.16666666666666666] | 'x' [0.16666666666666666] | 'y' [0.16666666666666666] | 'z' [0.5]\n"
	if d := cmp.Diff(want, g.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"it's", "the", "a # b", "flies", "x", "y", "z"}, g.Words()); d != "" {
		t.Errorf("words (-want +got)\n%s", d)
	}
	huge := grammar(t, "S -> 'a' [1e308] | 'b' [1e308] | 'c' [1e308]")
	if h := huge.Entropy().Sentence.Value; !agree(h, math.Log(3)) {
		t.Errorf("large weights: %v nats", h)
	}
}

func TestParseGrammarErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "grammar: there are no rules"},
		{"# only this", "grammar: there are no rules"},
		{"'a' -> S", "1:1: grammar: a symbol must stand here"},
		{"| 'a'", "1:2: grammar: no rule before it that it could continue"},
		{"S 'a'", `1:3: grammar: an arrow, ->, must follow "S"`},
		{"\nS", `2:2: grammar: an arrow, ->, must follow "S"`},
		{"S -> 'a", "1:6: grammar: the quote is not closed"},
		{"S -> ''", "1:6: grammar: a word must not be empty; for no words at all, leave the right side empty"},
		{"S -> 'ä' ]", `1:10: grammar: "]" has no place on the right of a rule`},
		{"S -> -> 'a'", `1:6: grammar: "-" has no place on the right of a rule`},
		{"S -> 'a' [0]", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [-1]", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [NaN]", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [Inf]", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [1e999]", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [1", "1:10: grammar: a weight must be a positive number in brackets"},
		{"S -> 'a' [1] 'b'", `1:14: grammar: "'" can only stand between rules after a bar`},
		{"S -> 'a\xff'", "1:1: grammar: the text is not UTF-8"},
		{"S -> 'a' [1e-200] | 'b' [1e200]", `grammar: the weight 1e-200 of a rule of "S" is nothing beside 1e+200`},
		{"S -> Noun Verb\nNouns -> 'a'", "1:6: grammar: unknown symbol \"Noun\"; did you mean \"Nouns\"?\n1:11: grammar: unknown symbol \"Verb\""},
		{"S -> 'a'\nA -> 'b' B\nB -> 'c'", "2: grammar: no sentence has symbol \"A\": nothing leads to it from \"S\"\n3: grammar: no sentence has symbol \"B\": nothing leads to it from \"S\""},
		{"S ->" + strings.Repeat(" 'a'", 257), "1:1033: grammar: a right side of 257 symbols and words; 256 are the most"},
	} {
		_, err := ParseGrammar(c.text)
		var parse *belief.ParseError
		if !errors.As(err, &parse) || err.Error() != c.want {
			t.Errorf("%.40q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
	var unknown *belief.UnknownNameError
	if _, err := ParseGrammar("S -> A"); !errors.As(err, &unknown) || unknown.Name != "A" {
		t.Error(err)
	}
	var large *belief.TooLargeError
	if _, err := ParseGrammar(strings.Repeat("S -> "+strings.Repeat("S ", maxRight-1)+"\n", maxRules/maxRight+1)); !errors.As(err, &large) {
		t.Errorf("many rules: %v", err)
	}
	var many strings.Builder
	many.WriteString("S -> ")
	for i := range maxSymbols {
		many.WriteString("| A" + strings.Repeat("x", i) + " ")
	}
	if _, err := ParseGrammar(many.String()); !errors.As(err, &large) {
		t.Errorf("many symbols: %v", err)
	}
}

// FuzzParseGrammar: whatever is accepted writes sentences that it gives a probability,
// at least that of their derivation, and reads what it prints.
func FuzzParseGrammar(f *testing.F) {
	f.Add(english)
	f.Add("S -> S S [.3] | [.5] | 'a' [.2]")
	f.Add("A -> B [.5] | \"x\" [.5]\nB -> A A B [.1] | 'y' [.6] | # c\n | 'z'")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 3000 {
			return
		}
		g, err := ParseGrammar(text)
		if err != nil {
			return
		}
		e := g.Entropy()
		for _, v := range []float64{e.Sentence.Value, e.Word.Value, e.Character.Value, e.Words, e.Characters} {
			if !(v >= 0 && v < math.MaxFloat64) {
				t.Fatalf("%+v", e)
			}
		}
		if _, err := ParseGrammar(g.String()); err != nil {
			t.Fatalf("its own text: %v", err)
		}
		r := rand.New(rand.NewPCG(1, 1))
		for range 3 {
			words, logP := g.Sentence(r)
			if len(words) > 20 {
				continue
			}
			p, err := g.LogProb(words)
			if err == nil && !(p >= logP-1e-6*(1-logP) && p <= 0) {
				t.Fatalf("%q has log probability %v, one derivation %v", words, p, logP)
			}
		}
	})
}
