package data

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
	"pgregory.net/rapid"
)

func grammar(tb testing.TB, text string) *Grammar {
	tb.Helper()
	g, err := ParseGrammar(text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return g
}

// agree says whether numbers agree to so many digits as the linear systems keep.
func agree(a, b float64) bool { return math.Abs(a-b) <= 1e-10*max(1, math.Abs(b)) }

// Recursive grammars with closed forms. With h the entropy of a coin of probability p:
// a rule that is applied N times on average gives N·h.
func TestEntropyClosedForm(t *testing.T) {
	for _, p := range []float64{0.01, 0.3, 0.5, 0.9, 0.999} {
		h := -p*math.Log(p) - (1-p)*math.Log(1-p)
		for _, c := range []struct {
			name, text               string
			sentence, words, letters float64 // letters with spaces and newline
			kind                     belief.Kind
		}{
			{"geometric", "S -> 'a' S [%v] | [%v]", h / (1 - p), p / (1 - p), 2*p/(1-p) - 1 + (1 - p) + 1, belief.Exact},
			{"long words", "S -> 'äöü' S [%v] | 'x' [%v]", h / (1 - p), 1 / (1 - p), 3*p/(1-p) + 1 + 1/(1-p), belief.Exact},
			{"centre embedding", "S -> 'a' S 'b' [%v] | 'c' [%v]", h / (1 - p), 1 + 2*p/(1-p), 2 * (1 + 2*p/(1-p)), belief.Exact},
			{"two symbols", "S -> 'a' T [%[1]v] | 'b' [%[2]v]\nT -> 'a' S [%[1]v] | 'b' [%[2]v]", h / (1 - p), 1 / (1 - p), 2 / (1 - p), belief.Exact},
			{"one sentence", "S -> 'a' 'b' [%v]\n # %v", 0, 2, 4, belief.Exact},
			{"not proven", "S -> 'a' S [%v] | 'a' [%v]", h / (1 - p), 1 / (1 - p), 2 / (1 - p), belief.UpperBound},
		} {
			g := grammar(t, fmt.Sprintf(c.text, p, 1-p))
			e := g.Entropy()
			if !agree(e.Sentence.Value, c.sentence) || !agree(e.Words, c.words) || !agree(e.Characters, c.letters) ||
				!agree(e.Word.Value, c.sentence/(c.words+1)) || !agree(e.Character.Value, c.sentence/c.letters) {
				t.Errorf("%s, p = %v: %+v; want %v nats, %v words, %v letters", c.name, p, e, c.sentence, c.words, c.letters)
			}
			for _, v := range []belief.Estimate{e.Sentence, e.Word, e.Character} {
				if v.Kind != c.kind {
					t.Errorf("%s: %v, want %v", c.name, v, c.kind)
				}
			}
		}
	}
	// Words that hold the separator make characters, and only them, a bound.
	e := grammar(t, "S -> 'a b' | 'c'").Entropy()
	if e.Sentence.Kind != belief.Exact || e.Character.Kind != belief.UpperBound {
		t.Errorf("words with spaces: %+v", e)
	}
}

// The branching process S -> S S | 'a' is consistent below p = ½ (Booth & Thompson
// 1973), writes Catalan numbers of derivations, and has (1−p)/(1−2p) words.
func TestBranching(t *testing.T) {
	for _, p := range []float64{0.1, 0.4, 0.49, 0.4999} {
		g := grammar(t, fmt.Sprintf("S -> S S [%v] | 'a' [%v]", p, 1-p))
		e := g.Entropy()
		h := -p*math.Log(p) - (1-p)*math.Log(1-p)
		if want := (1 - p) / (1 - 2*p); math.Abs(e.Words/want-1) > 1e-10 {
			t.Errorf("p = %v: %v words, want %v", p, e.Words, want)
		}
		if want := h / (1 - 2*p); math.Abs(e.Sentence.Value/want-1) > 1e-10 || e.Sentence.Kind != belief.UpperBound {
			t.Errorf("p = %v: %v nats, want %v at most", p, e.Sentence, want)
		}
		catalan := 1.0
		for n := 1; n <= 30; n++ {
			got, err := g.LogProb(strings.Fields(strings.Repeat("a ", n)))
			want := math.Log(catalan) + float64(n-1)*math.Log(p) + float64(n)*math.Log(1-p)
			if err != nil || !agree(got, want) {
				t.Errorf("p = %v: %d words have log probability %v, %v; want %v", p, n, got, err, want)
			}
			catalan *= 2 * (2*float64(n) - 1) / (float64(n) + 1)
		}
	}
	for _, c := range []struct {
		text    string
		radius  float64
		symbols string
	}{
		{"S -> S S [0.5] | 'a' [0.5]", 1, "S"},
		{"S -> S S [0.6] | 'a' [0.4]", 1.2, "S"},
		{"S -> S", 1, "S"},
		{"S -> 'a' T\nT -> 'b' T", 1, "T"},
		{"S -> A [0.5] | 'x' [0.5]\nA -> B B B\nB -> 'b' A [0.5] | 'c' [0.5]", math.Sqrt(1.5), "AB"},
		{"S -> T T\nT -> T T T [1] | 'a' [2] ", 1, "T"},
	} {
		_, err := ParseGrammar(c.text)
		var e *InconsistentGrammarError
		if !errors.As(err, &e) || math.Abs(e.Radius-c.radius) > 1e-9 {
			t.Errorf("%s: %v; want radius %v", c.text, err, c.radius)
			continue
		}
		got := map[string]bool{}
		for _, s := range e.Symbols {
			got[s] = true
		}
		for _, s := range c.symbols {
			if !got[string(s)] || len(got) != len(c.symbols) {
				t.Errorf("%s: symbols %v, want %s", c.text, e.Symbols, c.symbols)
			}
		}
	}
	// Sentences that end, some day.
	var doubling strings.Builder
	for i := range 100 {
		fmt.Fprintf(&doubling, "S%d -> S%d S%d\n", i, i+1, i+1)
	}
	doubling.WriteString("S100 -> 'a'")
	for _, text := range []string{doubling.String(), "S -> 'a' S [99999] | [1]"} {
		var large *belief.TooLargeError
		if _, err := ParseGrammar(text); !errors.As(err, &large) {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
}

// Grammars with empty parts and circles, worked out by hand.
func TestInsideByHand(t *testing.T) {
	q := (1 - math.Sqrt(1-4*0.3*0.5)) / (2 * 0.3) // of S -> S S [.3] | [.5] | 'a' [.2]: q = .3q² + .5
	one := 0.2 / (1 - 0.6*q)
	two := 0.3 * one * one / (1 - 0.6*q)
	for _, c := range []struct {
		text, sentence string
		want           float64
	}{
		{"S -> S S [.3] | [.5] | 'a' [.2]", "", q},
		{"S -> S S [.3] | [.5] | 'a' [.2]", "a", one},
		{"S -> S S [.3] | [.5] | 'a' [.2]", "a a", two},
		{"S -> S S [.3] | [.5] | 'a' [.2]", "b", 0},
		{"A -> B [.5] | 'x' [.5]\nB -> A [.4] | 'y' [.6]", "x", 0.5 / (1 - 0.2)},
		{"A -> B [.5] | 'x' [.5]\nB -> A [.4] | 'y' [.6]", "y", 0.3 / (1 - 0.2)},
		{"A -> A [.9] | 'x' [.1]", "x", 1},
		{"S -> A B A\nA -> [.5] | 'a' [.5]\nB -> A [.5] | 'b' [.5]", "", 0.5 * 0.25 * 0.5},
		{"S -> A B A\nA -> [.5] | 'a' [.5]\nB -> A [.5] | 'b' [.5]", "a", 0.5*0.25*0.5*2 + 0.25*0.25},
		{"S -> A B A\nA -> [.5] | 'a' [.5]\nB -> A [.5] | 'b' [.5]", "a b a", 0.125},
		{"S -> A B A\nA -> [.5] | 'a' [.5]\nB -> A [.5] | 'b' [.5]", "b", 0.125},
		{"S -> 'a' 'b' [1] | 'a' S 'b' [1]", "a a b b", 0.25},
		{"S -> 'a' 'b' [1] | 'a' S 'b' [1]", "a b b", 0},
		{"S -> 'a'", "a a", 0},
		{"S -> 'a'", "", 0},
	} {
		got, err := grammar(t, c.text).LogProb(strings.Fields(c.sentence))
		if err != nil || math.Abs(math.Exp(got)-c.want) > 1e-14 {
			t.Errorf("%q of %s: %v, %v; want %v", c.sentence, c.text, math.Exp(got), err, c.want)
		}
	}
	var config *belief.ConfigError
	g := grammar(t, "S -> S S [.3] | 'a' [.7]")
	if _, err := g.LogProb(make([]string, 100000)); !errors.As(err, &config) {
		t.Errorf("a long sentence: %v", err)
	}
}

// drawGrammar draws a small grammar whose symbols lead to later ones only, so that all
// derivations can be listed.
func drawGrammar(t *rapid.T) *Grammar {
	var b strings.Builder
	n := rapid.IntRange(1, 4).Draw(t, "symbols")
	for a := range n {
		fmt.Fprintf(&b, "S%d -> ", a)
		rules := rapid.IntRange(1, 3).Draw(t, "rules")
		for k := range rules {
			if k > 0 {
				b.WriteString(" | ")
			}
			if k == 0 && a+1 < n {
				fmt.Fprintf(&b, "S%d ", a+1) // so that all are reached
			}
			for range rapid.IntRange(0, 3).Draw(t, "length") {
				if x := rapid.IntRange(0, n+1).Draw(t, "what"); x > a && x < n {
					fmt.Fprintf(&b, "S%d ", x)
				} else {
					b.WriteString([]string{"'x' ", "'yy' "}[x%2])
				}
			}
			fmt.Fprintf(&b, "[%d]", rapid.IntRange(1, 9).Draw(t, "weight"))
		}
		b.WriteByte('\n')
	}
	g, err := ParseGrammar(b.String())
	if err != nil {
		t.Fatalf("%s: %v", b.String(), err)
	}
	return g
}

// derive lists the derivations of what is on the stack: words, probability.
func (g *Grammar) derive(stack []int, words []string, p float64, budget *int, see func([]string, float64)) {
	if *budget--; *budget < 0 {
		return
	}
	if len(stack) == 0 {
		see(words, p)
		return
	}
	top, rest := stack[0], stack[1:]
	if top < 0 {
		g.derive(rest, append(words[:len(words):len(words)], g.words[-1-top]), p, budget, see)
		return
	}
	for _, r := range g.rules[g.first[top]:g.first[top+1]] {
		g.derive(append(append([]int(nil), r.right...), rest...), words, p*r.p, budget, see)
	}
}

// Everything that is asked of a grammar, by enumeration of all derivations.
func TestGrammarEnumerated(t *testing.T) {
	listed := 0
	rapid.Check(t, func(t *rapid.T) {
		g := drawGrammar(t)
		budget := 20000
		var total, entropy, words, letters float64
		text := map[string]float64{}
		ways := map[string]int{}
		g.derive([]int{0}, nil, 1, &budget, func(w []string, p float64) {
			total += p
			entropy -= p * math.Log(p)
			words += p * float64(len(w))
			s := strings.Join(w, " ")
			letters += p * float64(len(s)+1)
			text[s] += p
			ways[s]++
		})
		if budget < 0 {
			return
		}
		listed++
		e := g.Entropy()
		if !agree(total, 1) || !agree(e.Sentence.Value, entropy) || !agree(e.Words, words) || !agree(e.Characters, letters) {
			t.Fatalf("%v\nlisted: total %v, entropy %v, words %v, letters %v; got %+v", g, total, entropy, words, letters, e)
		}
		shown := 0
		for s, p := range text {
			if g.Unambiguous() && ways[s] > 1 {
				t.Fatalf("%v\n%q has %d derivations, and the grammar is proven to be unambiguous", g, s, ways[s])
			}
			if shown++; shown > 50 {
				continue
			}
			got, err := g.LogProb(strings.Fields(s))
			if err != nil || !agree(got, math.Log(p)) {
				t.Fatalf("%v\n%q has log probability %v, %v; want %v", g, s, got, err, math.Log(p))
			}
		}
		if got, _ := g.LogProb([]string{"x", "none"}); !math.IsInf(got, -1) {
			t.Fatalf("a sentence with an unknown word has log probability %v", got)
		}
	})
	if listed < 20 {
		t.Errorf("only %d grammars were small enough", listed)
	}
}

// The entropy of the built-in grammar is the average of −log p, and every sentence has
// one derivation. Tests: three means of 20,000 sentences; 5.1 standard errors are a
// rate of 1e-6 for all together.
func TestEnglish(t *testing.T) {
	g := English()
	if !g.Unambiguous() {
		t.Fatal("not proven to be unambiguous")
	}
	e := g.Entropy()
	const n = 20000
	var sum, square [3]float64
	r := stream.New(1, "test English")
	for i := range n {
		words, logP := g.Sentence(r)
		for k, v := range [3]float64{-logP, float64(len(words)), float64(len(strings.Join(words, " ")) + 1)} {
			sum[k] += v
			square[k] += v * v
		}
		if i < 200 && len(words) <= 25 {
			all, err := g.LogProb(words)
			if err != nil || !agree(all, logP) {
				t.Errorf("%q: all derivations have %v, %v; this one %v", words, all, err, logP)
			}
		}
	}
	for k, want := range [3]float64{e.Sentence.Value, e.Words, e.Characters} {
		mean := sum[k] / n
		sd := math.Sqrt(square[k]/n - mean*mean)
		if z := (mean - want) / (sd / math.Sqrt(n)); math.Abs(z) > 5.1 {
			t.Errorf("mean number %d is %v of sentences, %v computed: %.1f standard errors", k, mean, want, z)
		}
	}
	if bits := e.Character.Value / math.Ln2; e.Character.Kind != belief.Exact || math.Abs(bits-0.685) > 0.0005 {
		t.Errorf("%v bits per character; the comment says 0.685", bits)
	}
	if n := len(g.rules); n < 24 || len(g.symbols) > 30 {
		t.Errorf("%d rules of %d symbols", n, len(g.symbols))
	}
}

// Sentences come with the probabilities that the inside algorithm gives them: chi-square
// over the sentences of an ambiguous grammar, at 1e-6 with 7 degrees of freedom 40.5.
func TestSentenceFrequencies(t *testing.T) {
	g := grammar(t, "S -> A S [2] | A [3]\nA -> [1] | 'x' [2] | 'y' A [1]")
	const n = 20000
	counts := map[string]int{}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		words, _ := g.Sentence(r)
		counts[strings.Join(words, " ")]++
	}
	chi, rest, restCount := 0.0, 1.0, n
	for _, s := range []string{"", "x", "y", "x x", "y x", "x y", "y y"} {
		logP, err := g.LogProb(strings.Fields(s))
		if err != nil {
			t.Fatal(err)
		}
		p := math.Exp(logP)
		d := float64(counts[s]) - n*p
		chi += d * d / (n * p)
		rest -= p
		restCount -= counts[s]
	}
	d := float64(restCount) - n*rest
	if chi += d * d / (n * rest); chi > 40.5 {
		t.Errorf("chi-square %v", chi)
	}
}
