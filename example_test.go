package belief_test

import (
	"context"
	"fmt"
	"log"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// The first program of the README; a test keeps the two alike.
func Example() {
	// Describe: it rains one day in five, and rain wets the grass.
	b := graphical.NewBayesNet()
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1).Row(0.1, 0.9)
	net, err := b.Build() // every mistake at once, with names
	if err != nil {
		log.Fatal(err)
	}

	// Ask: the grass is wet; did it rain?
	post, err := inference.Marginals(context.Background(), net, graphical.Observe("wet", "yes"))
	if err != nil {
		log.Fatal(err)
	}
	p, err := post.Marginal("rain")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p)

	// Trust: what the number is worth.
	fmt.Println("log p(wet=yes):", post.LogEvidence, "is", post.LogEvidence.Kind)
	// Output:
	// rain: yes 0.692308, no 0.307692
	// log p(wet=yes): -1.34707 is exact
}
