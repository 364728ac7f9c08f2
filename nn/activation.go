package nn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// An Activation is the name of a function that is applied to every number, and its
// parameter if it has one: "relu", "leaky-relu:0.2". The empty one does nothing.
type Activation string

// The activations without a parameter.
const (
	Logistic     Activation = "logistic"      // 1/(1+e⁻ˣ)
	HardLogistic Activation = "hard-logistic" // max(min(x/4 + 1/2, 1), 0)
	Tanh         Activation = "tanh"
	HardTanh     Activation = "hard-tanh" // max(min(x, 1), −1)
	ReLU         Activation = "relu"      // max(0, x), Nair & Hinton 2010
	Softplus     Activation = "softplus"  // log(1+eˣ), Dugas et al. 2001
	GELU         Activation = "gelu"      // x·Φ(x), Hendrycks & Gimpel 2016
)

// LeakyReLU is max(0, x) + slope·min(0, x) (Maas, Hannun & Ng 2013).
func LeakyReLU(slope float64) Activation { return with("leaky-relu", slope) }

// ELU is max(0, x) + min(0, α(eˣ−1)) (Clevert, Unterthiner & Hochreiter 2015).
func ELU(alpha float64) Activation { return with("elu", alpha) }

// Swish is x/(1+exp(−βx)) (Ramachandran, Zoph & Le 2017).
func Swish(beta float64) Activation { return with("swish", beta) }

func with(name string, v float64) Activation {
	return Activation(name + ":" + strconv.FormatFloat(v, 'g', -1, 64))
}

// function is an Activation taken apart.
type function struct {
	name      string
	parameter float64
}

// defaults are the names of functions, and the parameters of those that have one.
var defaults = map[string]float64{
	"": 0, "logistic": 0, "hard-logistic": 0, "tanh": 0, "hard-tanh": 0, "relu": 0, "softplus": 0, "gelu": 0,
	"leaky-relu": 0.01, "elu": 1, "swish": 1,
}

func (a Activation) parse() (function, error) {
	name, parameter, has := strings.Cut(string(a), ":")
	v, known := defaults[name]
	bad := &belief.ConfigError{Field: "Activation", Value: fmt.Sprintf("%q", string(a)), Want: "the name of an activation, such as relu or elu:1"}
	if !known || has && v == 0 {
		return function{}, bad
	}
	if has {
		var err error
		if v, err = strconv.ParseFloat(parameter, 64); err != nil || v-v != 0 {
			return function{}, bad
		}
	}
	return function{name, v}, nil
}

// Validate checks that there is such an activation.
func (a Activation) Validate() error {
	_, err := a.parse()
	return err
}

// init returns the starting weights that suit the activation, unless given.
func (f function) init(given Init) Init {
	switch {
	case given != nil:
		return given
	case f.name == "relu" || f.name == "leaky-relu":
		return He{Slope: f.parameter}
	}
	return Xavier{}
}

// Activate applies an activation to each number of x. One that does not exist panics
// with a *belief.ConfigError.
func Activate[T Float](a Activation, x autodiff.Var[T]) autodiff.Var[T] {
	f, err := a.parse()
	must(err)
	return apply(f, x)
}

func apply[T Float](f function, x autodiff.Var[T]) autodiff.Var[T] {
	switch f.name {
	case "logistic":
		return x.Sigmoid()
	case "hard-logistic":
		return x.HardSigmoid()
	case "tanh":
		return x.Tanh()
	case "hard-tanh":
		return x.HardTanh()
	case "relu":
		return x.ReLU()
	case "leaky-relu":
		return x.LeakyReLU(T(f.parameter))
	case "elu":
		return x.ELU(T(f.parameter))
	case "softplus":
		return x.Softplus()
	case "swish":
		return x.Swish(T(f.parameter))
	case "gelu":
		return x.GELU()
	}
	return x
}
