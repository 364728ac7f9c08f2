package format_test

import (
	"errors"
	"fmt"
	"io"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
)

// Before a model is lost, a program can say which format would not take it.
func ExampleModelError_asType() {
	b := graphical.NewFactors()
	b.Factor([]float64{2, 1, 1, 2}, b.Variable("left", "up", "down"), b.Variable("right", "up", "down"))
	pair, err := b.FactorGraph()
	if err != nil {
		panic(err)
	}
	err = format.Write(io.Discard, "bif", pair)
	if e, ok := errors.AsType[*format.ModelError](err); ok {
		fmt.Printf("%s holds no %T, only a %s\n", e.Format, e.Model, e.Holds)
	}
	// Output: bif holds no *graphical.FactorGraph, only a Bayesian network
}
