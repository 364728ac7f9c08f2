package nn

import (
	"fmt"

	"github.com/belief-go/belief/autodiff"
)

// An Activation is a function applied to every number. The zero value does nothing.
type Activation struct {
	Name  string
	Slope float64 // of what has one
}

// The activations without a number.
var (
	Tanh = Activation{Name: "tanh"}
)

// init returns the starting weights that suit the activation, unless given.
func (a Activation) init(given Init) Init {
	switch {
	case given != nil:
		return given
	case a.Name == "relu":
		return He{Slope: a.Slope}
	}
	return Xavier{}
}

// Activate applies a to each number of x.
func Activate[T Float](a Activation, x autodiff.Var[T]) autodiff.Var[T] {
	switch a.Name {
	case "":
		return x
	case "tanh":
		return x.Tanh()
	}
	panic(fmt.Sprintf("nn: there is no activation %q", a.Name))
}
