// Decode reads text with hidden Markov models, twice.
//
// First it is told nothing at all: a model with two states learns from the letters of a
// text, and finds vowels and consonants (Cave & Neuwirth 1980, after Markov 1913). Then it
// breaks a cipher that puts another letter for each: the states are the letters meant,
// which follow one another as in another text, and what each is written as is learnt.
//
//	decode [text file]
//
// The text is that of a small grammar of English (data.English) or, if one is named, a
// file, of which one part is enciphered and another one tells how letters follow.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/chain"
)

func main() {
	path := ""
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := run(context.Background(), os.Stdout, path); err != nil {
		log.Fatal(err)
	}
}

// symbols are the letters and the space between words.
const symbols = "abcdefghijklmnopqrstuvwxyz "

// numbers returns letters as numbers; whatever is between words becomes one space.
func numbers(text string) []int {
	out := []int{}
	for _, r := range strings.ToLower(text) {
		k := strings.IndexRune(symbols, r)
		if k < 0 {
			k = 26
		}
		if k < 26 || len(out) > 0 && out[len(out)-1] != 26 {
			out = append(out, k)
		}
	}
	return out
}

func letters(numbers []int) string {
	var b strings.Builder
	for _, k := range numbers {
		b.WriteByte(symbols[k])
	}
	return b.String()
}

func run(ctx context.Context, w io.Writer, path string) error {
	text := make([]byte, 60_000)
	if path == "" {
		if _, err := io.ReadFull(data.English().Reader(1), text); err != nil {
			return err
		}
	} else {
		whole, err := data.ReadText(path, data.Limits{})
		if err != nil {
			return err
		}
		text = []byte(whole)
	}
	all := numbers(string(text))
	const secret = 6000
	if len(all) < 3*secret {
		return fmt.Errorf("the text has %d letters; it takes %d", len(all), 3*secret)
	}
	plain, known := all[:secret], all[secret:min(len(all), 60*secret)]
	column := data.Column{Name: "letter", Categories: strings.Split(symbols, "")}
	if err := vowels(ctx, w, column, all[:min(len(all), 60_000)]); err != nil {
		return err
	}
	return decipher(ctx, w, column, plain, known)
}

// vowels fits two states to the letters of the words of a text, each word once.
func vowels(ctx context.Context, w io.Writer, column data.Column, text []int) error {
	words := strings.Fields(letters(text))
	slices.Sort(words)
	var list [][]int
	for _, word := range slices.Compact(words) {
		list = append(list, numbers(word))
	}
	seqs, err := data.FromSymbols(column, list)
	if err != nil {
		return err
	}
	fit, err := em.HiddenMarkov{States: 2}.Fit(ctx, seqs, em.Config{Seed: 1, Starts: 10, Tolerance: 1e-6})
	if err != nil {
		return err
	}
	p := fit.Model.HMM.Emission.(*chain.Categorical).P
	state := 0
	if p[27+4] > p[4] { // that of e
		state = 1
	}
	counts := make([]int, 27)
	var one, other strings.Builder
	smooth, err := fit.Model.HMM.Smooth(ctx, seqs)
	if err != nil {
		return err
	}
	share := make([]float64, 27)
	for i, word := range list {
		for t, k := range word {
			counts[k]++
			share[k] += smooth[i][2*t+state]
		}
	}
	for k, n := range counts {
		if n == 0 {
			continue
		}
		b := &other
		if share[k] > float64(n)/2 {
			b = &one
		}
		b.WriteByte(symbols[k])
	}
	fmt.Fprintf(w, "two states emit the letters %s and %s\n", one.String(), other.String())
	return nil
}

// decipher breaks a substitution.
func decipher(ctx context.Context, w io.Writer, column data.Column, plain, known []int) error {
	r := rand.New(rand.NewPCG(2, 2))
	key := r.Perm(27)
	written := make([]int, len(plain))
	for t, k := range plain {
		written[t] = key[k]
	}
	seqs, err := data.FromSymbols(column, [][]int{written})
	if err != nil {
		return err
	}
	// How letters follow in a text that is known; and nothing about the key.
	h := &chain.HMM{Initial: make([]float64, 27), Transition: make([]float64, 27*27)}
	c := &chain.Categorical{Symbols: column.Categories, P: make([]float64, 27*27)}
	h.Emission = c
	for i := range 27 {
		h.Initial[i] = 1.0 / 27
		row, sum := h.Transition[i*27:(i+1)*27], 0.0
		for j := range row {
			row[j] = 0.02
		}
		for t, k := range known[1:] {
			if known[t] == i {
				row[k]++
			}
		}
		for _, v := range row {
			sum += v
		}
		for j := range row {
			row[j] /= sum
			c.P[i*27+j] = 1.0 / 27
		}
	}
	set := em.HiddenMarkov{States: 27, Begin: h, Fix: em.HMMParts{Initial: true, Transition: true}}
	fit, err := set.Fit(ctx, seqs, em.Config{Seed: 1, Starts: 5, Iterations: 100, Tolerance: 1e-5})
	if err != nil {
		return err
	}
	paths, err := fit.Model.HMM.Viterbi(ctx, seqs)
	if err != nil {
		return err
	}
	right := 0
	for t, k := range paths[0].States {
		if k == plain[t] {
			right++
		}
	}
	fmt.Fprintf(w, "cipher: %s\nread:   %s\ntruth:  %s\n", letters(written[:60]), letters(paths[0].States[:60]), letters(plain[:60]))
	fmt.Fprintf(w, "%.1f %% of %d letters are right\n", 100*float64(right)/float64(len(plain)), len(plain))
	return nil
}
