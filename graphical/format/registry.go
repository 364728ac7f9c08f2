package format

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/internal/suggest"
)

// A format is one entry of the registry.
type format struct {
	name       string
	extensions []string               // in lower case, with the dot
	sniff      func(head []byte) bool // whether a text starts as this format does
	read       func(r io.Reader, o Options) (graphical.Model, error)
	write      func(w io.Writer, m graphical.Model) error
	writeFile  func(path string, m graphical.Model) error
}

// formats is the registry. A new format is a package beside this one and an entry
// here.
var formats = []format{{
	name:       "bif",
	extensions: []string{".bif"},
	sniff:      bif.Sniff,
	read: func(r io.Reader, o Options) (graphical.Model, error) {
		net, err := bif.Read(r, bif.Options(o))
		if err != nil {
			return nil, err // and no nil network in a non-nil Model
		}
		return net, nil
	},
	write: func(w io.Writer, m graphical.Model) error {
		return writeNet("bif", m, func(net *graphical.BayesNet) error { return bif.Write(w, net) })
	},
	writeFile: func(path string, m graphical.Model) error {
		return writeNet("bif", m, func(net *graphical.BayesNet) error { return bif.WriteFile(path, net) })
	},
}}

// named finds a format by name.
func named(name string) (*format, error) {
	for i := range formats {
		if formats[i].name == name {
			return &formats[i], nil
		}
	}
	const most = 3
	near := suggest.Nearest(name, slices.Values(Names()), most)
	unknown := &belief.UnknownNameError{Kind: "format", Name: name, Suggestions: near}
	if near == nil {
		return nil, fmt.Errorf("%w; known are %s", unknown, strings.Join(Names(), ", "))
	}
	return nil, unknown
}

// writeNet writes a model that has to be a Bayesian network.
func writeNet(format string, m graphical.Model, write func(*graphical.BayesNet) error) error {
	net, ok := m.(*graphical.BayesNet)
	if !ok {
		return &ModelError{Format: format, Model: m, Holds: "Bayesian network"}
	}
	return write(net)
}
