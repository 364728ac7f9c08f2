package data

// Sentences that a grammar writes.

import (
	"io"
	"math/rand/v2"
	"sort"

	"github.com/belief-go/belief/internal/stream"
)

// Sentence draws a sentence. It returns the words, and the logarithm of the probability
// of their derivation, in nats, which is that of the sentence if the grammar is
// unambiguous.
func (g *Grammar) Sentence(r *rand.Rand) (words []string, logProb float64) {
	var w writer
	w.write(g, r)
	words = make([]string, len(w.words))
	for i, k := range w.words {
		words[i] = g.words[k]
	}
	return words, w.logProb
}

// A writer draws sentences in memory that it keeps.
type writer struct {
	words   []int
	stack   []int // symbols and words that are still to come, the next one last
	logProb float64
}

func (w *writer) write(g *Grammar, r *rand.Rand) {
	w.words, w.stack, w.logProb = w.words[:0], append(w.stack[:0], 0), 0
	for len(w.stack) > 0 {
		top := len(w.stack) - 1
		a := w.stack[top]
		w.stack = w.stack[:top]
		if a < 0 {
			w.words = append(w.words, -1-a)
			continue
		}
		from, to := g.first[a], g.first[a+1]
		k := from
		if to-from > 1 {
			u := r.Float64()
			k = min(to-1, from+sort.Search(to-from, func(i int) bool { return g.cumulative[from+i] > u }))
		}
		rule := &g.rules[k]
		w.logProb += rule.logP
		for i := len(rule.right) - 1; i >= 0; i-- {
			w.stack = append(w.stack, rule.right[i])
		}
	}
}

// Reader returns a text without end: sentences one per line, with a space between words.
// Sentence number i depends on the seed and i alone. For n bytes of text, read n:
//
//	text := make([]byte, n)
//	io.ReadFull(g.Reader(seed), text)
func (g *Grammar) Reader(seed uint64) io.Reader {
	t := &grammarText{g: g, seed: seed}
	t.rng = rand.New(&t.src)
	return t
}

type grammarText struct {
	g    *Grammar
	seed uint64
	next uint64 // the sentence to be drawn
	src  rand.PCG
	rng  *rand.Rand
	w    writer
	line []byte // the sentence being read
	left []byte // what is left of it
}

// Read gives the next bytes. It never fails.
func (t *grammarText) Read(p []byte) (int, error) {
	for n := 0; ; {
		c := copy(p[n:], t.left)
		n += c
		t.left = t.left[c:]
		if n == len(p) {
			return n, nil
		}
		stream.Reset(&t.src, t.seed, "grammar", t.next)
		t.next++
		t.w.write(t.g, t.rng)
		t.line = t.line[:0]
		for i, k := range t.w.words {
			if i > 0 {
				t.line = append(t.line, ' ')
			}
			t.line = append(t.line, t.g.words[k]...)
		}
		t.line = append(t.line, '\n')
		t.left = t.line
	}
}

// Sequences draws n sentences, those of [Grammar.Reader] under the same seed, as
// sequences of a column "word" whose categories are the words of the grammar, of which it
// needs at least one. A negative n panics.
func (g *Grammar) Sequences(n int, seed uint64) (*Sequences, error) {
	if n < 0 {
		panic("data: a negative number of sentences")
	}
	var (
		src       rand.PCG
		rng       = rand.New(&src)
		w         writer
		sentences = make([][]int, n)
	)
	for i := range sentences {
		stream.Reset(&src, seed, "grammar", uint64(i))
		w.write(g, rng)
		sentences[i] = append([]int(nil), w.words...)
	}
	return FromSymbols(Column{Name: "word", Categories: g.Words()}, sentences)
}
