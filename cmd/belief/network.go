package main

// From the word NET on the command line to a model.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/internal/suggest"
)

// forcesName comes before the name of a textbook network that a file hides.
const forcesName = "textbook:"

// stdinName is what "-" is called in errors.
const stdinName = "standard input"

// A network is a model with what people call it and where it came from.
type network struct {
	model    graphical.Model
	name     string
	source   string
	citation string        // where it is published, if that is known
	took     time.Duration // to read
}

// load finds the network that an argument means.
func (t *tool) load(ctx context.Context, arg string) (*network, error) {
	start := time.Now()
	net, err := within(ctx, func() (*network, error) { return t.open(arg) })
	if err != nil {
		return nil, err
	}
	net.took = time.Since(start)
	t.note("%s: %d variables, read in %v", net.source, len(net.model.Variables()), rounded(net.took))
	return net, nil
}

func (t *tool) open(arg string) (*network, error) {
	if arg == "-" {
		o := t.flags.reading()
		o.File = stdinName
		m, err := format.Read(t.stdin, "", o)
		if err != nil {
			return nil, inToolTerms(err)
		}
		return &network{model: m, name: ownName(m), source: o.File}, nil
	}
	if name, forced := strings.CutPrefix(arg, forcesName); forced {
		return fromTextbook(name)
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && !info.IsDir():
		m, err := format.ReadFile(arg, t.flags.reading())
		if err != nil {
			return nil, inToolTerms(err)
		}
		name := ownName(m)
		if name == "" || name == "unknown" { // which files say that have no name for their network
			name = stem(arg)
		}
		return &network{model: m, name: name, source: arg}, nil
	case slices.Contains(textbook.Names(), arg):
		return fromTextbook(arg)
	case err == nil:
		return nil, fmt.Errorf("%q is a directory; name a file in it", arg)
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(arg)
	}
	return nil, err
}

func fromTextbook(name string) (*network, error) {
	m, err := textbook.Network(name)
	if err != nil {
		if _, ok := errors.AsType[*belief.UnknownNameError](err); ok {
			return nil, unknown("textbook network", name, textbook.Names())
		}
		return nil, err
	}
	citation, err := textbook.Source(name)
	return &network{model: m, name: name, source: forcesName + name, citation: citation}, err
}

// inToolTerms replaces what a reader of files advises by the flag that does it.
func inToolTerms(err error) error {
	if e, ok := errors.AsType[*belief.TooLargeError](err); ok {
		switch {
		case strings.Contains(e.Advice, "MaxEntries"):
			e.Advice = fmt.Sprintf("--memory must be %d times what the tables of a file take", tableShare)
		case strings.Contains(e.Advice, "MaxBytes"):
			e.Advice = fmt.Sprintf("--memory must be %d times what the text of a file takes", textShare)
		}
	}
	return err
}

// warnings returns what is odd about a network.
func (n *network) warnings() []belief.Warning {
	var out []belief.Warning
	if m, ok := n.model.(*graphical.BayesNet); ok {
		out = append(out, m.Warnings()...)
	}
	if len(n.model.Variables()) == 0 {
		out = append(out, belief.Warning{Code: "empty", Where: n.source, Text: "the network has no variables"})
	}
	return out
}

// missing says that a word is neither a file nor the name of a network.
func missing(arg string) error {
	names := textbook.Names()
	near := suggest.Nearest(stem(arg), slices.Values(names), 3)
	switch {
	case near != nil:
		for i := range near {
			near[i] = fmt.Sprintf("%q", near[i])
		}
		return fmt.Errorf("no such file: %q; did you mean the textbook network %s?", arg, alternatives(near))
	case filepath.Base(arg) != arg || filepath.Ext(arg) != "":
		return fmt.Errorf("no such file: %q", arg) // and no name either
	}
	return fmt.Errorf("no such file: %q; known textbook networks are %s", arg, strings.Join(names, ", "))
}

// ownName is the name that a model brings along.
func ownName(m graphical.Model) string {
	if named, ok := m.(interface{ Name() string }); ok {
		return named.Name()
	}
	return ""
}

// stem is the name of a file without its folder and extensions.
func stem(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), ".gz")
	if s := strings.TrimSuffix(base, filepath.Ext(base)); s != "" {
		return s
	}
	return base
}
