package main

// belief dot: the graph of a network for Graphviz.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/graphical"
)

func (t *tool) dot() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dot NET",
		Short: "The graph of a network for Graphviz",
		Long: `dot prints the graph of a network in the language of Graphviz. With --format json
it prints the variables with their states, and the edges.`,
		Example: `  belief dot asia | dot -Tsvg -o asia.svg
  belief dot alarm.bif -o alarm.dot
  belief dot asia --format json`,
		Args:              oneNetwork,
		ValidArgsFunction: completeNetwork,
		RunE: t.work(func(ctx context.Context, args []string) error {
			return t.draw(ctx, args[0])
		}),
	}
	t.flags.forNetworks(cmd)
	return cmd
}

// A drawing is a graph with names.
type drawing struct {
	Schema   int         `json:"schema"`
	Network  string      `json:"network"`
	Directed bool        `json:"directed"`
	Nodes    []vertex    `json:"nodes"`
	Edges    [][2]string `json:"edges"` // from, to
}

type vertex struct {
	Name   string   `json:"name"`
	States []string `json:"states"`
}

// draw prints the graph.
func (t *tool) draw(ctx context.Context, arg string) error {
	if t.flags.format.value == "csv" {
		return usage(errors.New("dot prints Graphviz or, with --format json, JSON; there is no csv of a graph"))
	}
	net, err := t.load(ctx, arg)
	if err != nil {
		return err
	}
	d := newDrawing(net)
	data := d.graphviz()
	if t.flags.format.value == "json" {
		if data, err = toJSON(d); err != nil {
			return err
		}
	}
	t.warn(net.warnings())
	return t.emit(data)
}

func newDrawing(net *network) *drawing {
	d := &drawing{Schema: schema, Network: net.name, Edges: [][2]string{}, Nodes: []vertex{}}
	vars := net.model.Variables()
	for _, v := range vars {
		d.Nodes = append(d.Nodes, vertex{v.Name(), v.States()})
	}
	switch m := net.model.(type) {
	case *graphical.BayesNet:
		d.Directed = true
		for _, v := range vars {
			for _, p := range m.Parents(v) {
				d.Edges = append(d.Edges, [2]string{p.Name(), v.Name()})
			}
		}
	case interface{ Graph() *graphical.Graph }:
		for _, e := range m.Graph().Edges() {
			d.Edges = append(d.Edges, [2]string{vars[e[0]].Name(), vars[e[1]].Name()})
		}
	}
	return d
}

// graphviz writes the graph in the DOT language.
func (d *drawing) graphviz() []byte {
	var b bytes.Buffer
	kind, arrow := "graph", "--"
	if d.Directed {
		kind, arrow = "digraph", "->"
	}
	fmt.Fprintf(&b, "%s %s {\n", kind, quoteDOT(d.Network))
	for _, n := range d.Nodes {
		fmt.Fprintf(&b, "  %s;\n", quoteDOT(n.Name))
	}
	for _, e := range d.Edges {
		fmt.Fprintf(&b, "  %s %s %s;\n", quoteDOT(e[0]), arrow, quoteDOT(e[1]))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// dotEscapes are for quoted strings that also serve as labels, in which a
// backslash starts an escape.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`)

// dotEntity is what Graphviz takes for a character in a label.
var dotEntity = regexp.MustCompile(`&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);`)

// quoteDOT writes a name as a quoted string, whatever is in it. What is not meant to
// be seen becomes an entity, so that it does nothing to a terminal, and what looks
// like an entity stays what it is.
func quoteDOT(name string) string {
	name = dotEntity.ReplaceAllString(name, "&amp;$1;")
	var b strings.Builder
	for _, r := range name {
		if r == '\n' || r == '\r' || unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return `"` + dotEscapes.Replace(b.String()) + `"`
}
