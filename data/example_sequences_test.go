package data_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/belief-go/belief/data"
)

// Sequences from a table in which a column says what belongs together.
func ExampleSequences() {
	text := "patient,state\nann,well\nbob,ill\nann,ill\nann,ill\nbob,well\n"
	table, err := data.ReadCSV(strings.NewReader(text), data.CSVOptions{})
	if err != nil {
		log.Fatal(err)
	}
	seqs, err := data.GroupBy(table, "patient", data.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	symbols, err := seqs.Symbols("state")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(seqs.Columns()[0].Categories)
	for i := range seqs.Len() {
		fmt.Println(seqs.Name(i), symbols[i])
	}
	// Output:
	// [ill well]
	// ann [1 0 0]
	// bob [0 1]
}

// Sentences as sequences of words.
func ExampleVocabulary() {
	sentences := []string{"The dog barks.", "The cat sleeps."}
	v, err := data.NewVocabulary(data.Words(strings.Join(sentences, " ")), data.VocabularyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range sentences {
		numbers, err := v.Encode(data.Words(s))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(numbers, v.Decode(numbers, " "))
	}
	// Output:
	// [1 4 2 0] The dog barks .
	// [1 3 5 0] The cat sleeps .
}

// Rare words become one.
func ExampleVocabularyOptions() {
	v, err := data.NewVocabulary(data.Words("a rose is a rose is a flower"), data.VocabularyOptions{Unknown: "<other>", MinCount: 2})
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := v.Encode(data.Words("is a flower a rose"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(numbers, v.Decode(numbers, " "))
	// Output: [2 1 0 1 3] is a <other> a rose
}

// A text is read from its start to its end in two strips, four characters at a time.
func ExampleTokenBatch() {
	text := "to be or not to be"
	v, err := data.NewVocabulary(data.Characters(text), data.VocabularyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	tokens, err := v.Encode(data.Characters(text))
	if err != nil {
		log.Fatal(err)
	}
	b := data.TokenBatch{Sequences: 2, Length: 4}
	for step := 0; b.Sequential(tokens, step); step++ {
		for r := range b.Sequences {
			from, to := r*b.Steps, (r+1)*b.Steps
			fmt.Printf("step %d, strip %d: %q → %q\n", step, r, v.Decode(b.Inputs[from:to], ""), v.Decode(b.Targets[from:to], ""))
		}
	}
	// Output:
	// step 0, strip 0: "to b" → "o be"
	// step 0, strip 1: " not" → "not "
	// step 1, strip 0: "e or" → " or "
	// step 1, strip 1: " to " → "to b"
}
