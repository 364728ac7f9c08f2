package data_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/belief-go/belief/data"
)

// A grammar with a word that may be repeated: the number of repetitions is geometric.
func ExampleGrammar() {
	g, err := data.ParseGrammar(`
S    -> 'a' More 'story'
More -> 'very' More [1] | 'short' [3]
`)
	if err != nil {
		panic(err)
	}
	words, logProb := g.Sentence(rand.New(rand.NewPCG(1, 6)))
	fmt.Println(strings.Join(words, " "), math.Exp(logProb))

	p, err := g.LogProb(strings.Fields("a very very short story"))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.6f\n", math.Exp(p)) // ¼ · ¼ · ¾
	// Output:
	// a very short story 0.1875
	// 0.046875
}

// Text for a language model, and what the best of all models would need for it.
func ExampleTextEntropy() {
	g := data.English()
	text := make([]byte, 89)
	if _, err := io.ReadFull(g.Reader(1), text); err != nil {
		panic(err)
	}
	fmt.Printf("%s\n", text)
	e := g.Entropy()
	fmt.Printf("%.2f nats in %.2f words; %.4f bits per character, %v\n",
		e.Sentence.Value, e.Words, e.Character.Value/math.Ln2, e.Character.Kind)
	// Output:
	// alice slept again .
	// the man carried the small dog with the young small house at night and
	// 28.53 nats in 12.13 words; 0.6849 bits per character, exact
}

// Every S becomes more than one S on average.
func ExampleInconsistentGrammarError() {
	_, err := data.ParseGrammar("S -> S 'and' S [3] | 'word' [2]")
	var e *data.InconsistentGrammarError
	fmt.Println(errors.As(err, &e), e.Symbols)
	fmt.Println(err)
	// Output:
	// true [S]
	// grammar: sentences need not end: of S come on average 1.2 of the same; it must be less than 1
}
