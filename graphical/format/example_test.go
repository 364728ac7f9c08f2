package format_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
)

func Example() {
	text := `network coin { }
variable c { type discrete [ 2 ] { heads, tails }; }
probability ( c ) { table 0.5 0.5; }
`
	model, err := format.Read(strings.NewReader(text), "") // by content
	if err != nil {
		panic(err)
	}
	switch m := model.(type) {
	case *graphical.BayesNet:
		fmt.Println("Bayesian network", m.Name(), "of", m.NumVariables(), "variable")
	case *graphical.MarkovNet:
		fmt.Println("Markov network", m.Name())
	}
	// Output: Bayesian network coin of 1 variable
}

func ExampleRead_error() {
	_, err := format.Read(strings.NewReader(""), "bfi")
	var unknown *belief.UnknownNameError
	if errors.As(err, &unknown) {
		fmt.Println(err)
	}
	// Output: unknown format "bfi"; did you mean "bif"?
}

func ExampleModelError() {
	b := graphical.NewFactors()
	b.Factor([]float64{3, 1}, b.Variable("spin", "up", "down"))
	net, err := b.MarkovNet()
	if err != nil {
		panic(err)
	}
	fmt.Println(format.Write(os.Stdout, "bif", net))
	// Output: format bif holds a Bayesian network, not a *graphical.MarkovNet
}

func ExampleOptions() {
	text := `network coin { }
variable c { type discrete [ 2 ] { heads, tails }; }
probability ( c ) { table 30 10; }
`
	model, err := format.Read(strings.NewReader(text), "bif", format.Options{Normalize: true})
	if err != nil {
		panic(err)
	}
	p, err := model.Factor(0)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Values())
	// Output: [0.75 0.25]
}
