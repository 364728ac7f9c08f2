package textbook

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/suggest"
)

// A network is one entry of the collection.
type network struct {
	name   string
	source string
	build  func(b *graphical.BayesNetBuilder)
}

// networks is the collection, by name.
var networks = []network{
	{"asia", "Lauritzen & Spiegelhalter (1988), J. R. Statist. Soc. B 50, 157–224", asia},
	{"burglary", "Russell & Norvig (2010), Artificial Intelligence: A Modern Approach, 3rd ed., figure 14.2, after Pearl (1988)", burglary},
	{"cancer", "Korb & Nicholson (2010), Bayesian Artificial Intelligence, 2nd ed., section 2.2", cancer},
	{"diamond", "structure: Qiu Xipeng (2019), Neural Networks and Deep Learning, draft of 6 April 2019, figure 11.1; the numbers are our own", diamond},
	{"sprinkler", "Russell & Norvig (2010), Artificial Intelligence: A Modern Approach, 3rd ed., figure 14.12; Murphy (1998), A Brief Introduction to Graphical Models and Bayesian Networks", sprinkler},
	{"student", "Koller & Friedman (2009), Probabilistic Graphical Models, figure 3.4", student},
}

// Names returns the names of the networks in alphabetical order.
func Names() []string { return slices.Collect(names()) }

func names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, n := range networks {
			if !yield(n.name) {
				return
			}
		}
	}
}

// Network returns the network of that name, or a [*belief.UnknownNameError].
func Network(name string) (*graphical.BayesNet, error) {
	n, err := find(name)
	if err != nil {
		return nil, err
	}
	b := graphical.NewBayesNet().Name(n.name)
	n.build(b)
	return b.Build()
}

// Source says where the structure and the numbers of a network are published. An
// unknown name is a [*belief.UnknownNameError].
func Source(name string) (string, error) {
	n, err := find(name)
	return n.source, err
}

func find(name string) (network, error) {
	for _, n := range networks {
		if n.name == name {
			return n, nil
		}
	}
	near := suggest.Nearest(name, names(), 3)
	unknown := &belief.UnknownNameError{Kind: "network", Name: name, Suggestions: near}
	if near == nil {
		return network{}, fmt.Errorf("%w; known are %s", unknown, strings.Join(Names(), ", "))
	}
	return network{}, unknown
}
