package main

// belief info: how large a network is, and what exact inference in it costs.

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

func (t *tool) info() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info NET",
		Short: "Size of a network, and what exact inference in it costs",
		Long: `info prints the nodes, edges and free parameters of a network, and the width, the
largest clique and the memory of its junction tree. A network that is too large for
one is described all the same, with what would be too large.`,
		Example: `  belief info asia
  belief info munin.bif.gz --format json
  belief info link.bif --memory 64GiB`,
		Args:              oneNetwork,
		ValidArgsFunction: completeNetwork,
		RunE: t.work(func(ctx context.Context, args []string) error {
			return t.describe(ctx, args[0])
		}),
	}
	t.flags.forNetworks(cmd)
	return cmd
}

// A description is what info prints, in the order of printing. Pointers are nil
// where something does not apply.
type description struct {
	Schema        int              `json:"schema"`
	Network       string           `json:"network"`
	Source        string           `json:"source"`
	Citation      string           `json:"citation,omitempty"`
	Kind          string           `json:"kind"`
	Nodes         int              `json:"nodes"`
	Edges         int              `json:"edges"`
	Parameters    *float64         `json:"parameters,omitempty"`
	InDegree      *int             `json:"largest_in_degree,omitempty"`
	AverageDegree float64          `json:"average_degree"`
	MostStates    int              `json:"most_states"`
	Width         *int             `json:"width,omitempty"`
	Cliques       *int             `json:"cliques,omitempty"`
	Largest       *float64         `json:"largest_clique_entries,omitempty"`
	Clique        []string         `json:"largest_clique,omitempty"`
	Total         *float64         `json:"total_table_entries,omitempty"`
	Bytes         *float64         `json:"bytes,omitempty"`
	Order         string           `json:"order_heuristic,omitempty"`
	TooLarge      string           `json:"too_large,omitempty"`
	Warnings      []belief.Warning `json:"warnings"`
}

// describe measures and prints.
func (t *tool) describe(ctx context.Context, arg string) error {
	net, err := t.load(ctx, arg)
	if err != nil {
		return err
	}
	d := measure(net)
	tree, err := within(ctx, func() (*inference.JunctionTree, error) {
		return t.flags.tree().Compile(ctx, net.model)
	})
	if err != nil {
		tooLarge, ok := errors.AsType[*belief.TooLargeError](err)
		if !ok {
			return err
		}
		d.TooLarge = tooLarge.Error()
		if !tooLarge.AtLeast {
			d.Width, d.Largest, d.Bytes = &tooLarge.Width, &tooLarge.Entries, &tooLarge.Bytes
		}
	} else {
		s := tree.Stats()
		d.Width, d.Cliques, d.Largest, d.Clique, d.Total, d.Bytes, d.Order = &s.Width, &s.Cliques, &s.Largest, s.Clique, &s.Total, &s.Bytes, s.Heuristic
	}
	data, err := t.renderDescription(d)
	if err != nil {
		return err
	}
	t.warn(d.Warnings)
	if t.flags.stats {
		columns(t.stderr, [][]string{{"time to read", rounded(net.took).String()}})
	}
	return t.emit(data)
}

// renderDescription puts the description into the format asked for.
func (t *tool) renderDescription(d *description) ([]byte, error) {
	switch t.flags.format.value {
	case "json":
		return toJSON(d)
	case "csv":
		return d.csv()
	}
	return d.table(), nil
}

// measure counts what can be counted without a junction tree.
func measure(net *network) *description {
	d := &description{
		Schema: schema, Network: net.name, Source: net.source, Citation: net.citation,
		Nodes: len(net.model.Variables()), Warnings: append([]belief.Warning{}, net.warnings()...),
	}
	for _, v := range net.model.Variables() {
		d.MostStates = max(d.MostStates, v.NumStates())
	}
	switch m := net.model.(type) {
	case *graphical.BayesNet:
		d.Kind, d.Edges = "Bayesian network", m.NumEdges()
		parameters, most := m.NumParameters(), 0
		for _, v := range m.Variables() {
			most = max(most, len(m.Parents(v)))
		}
		d.Parameters, d.InDegree = &parameters, &most
	case interface{ Graph() *graphical.Graph }:
		d.Kind, d.Edges = "undirected model", m.Graph().NumEdges()
	}
	if d.Nodes > 0 {
		d.AverageDegree = 2 * float64(d.Edges) / float64(d.Nodes)
	}
	return d
}

// A fact is one line of a description: its key in JSON and csv, its name for people,
// and its value.
type fact struct{ key, name, value string }

// facts lists what is known; exact numbers are for programs.
func (d *description) facts(exact bool) []fact {
	number, bytes := count, belief.FormatBytes
	average := fmt.Sprintf("%.4g", d.AverageDegree)
	if exact {
		number, bytes = exactly, exactly
		average = exactly(d.AverageDegree)
	}
	var all []fact
	text := func(key, name, value string) {
		if value != "" {
			all = append(all, fact{key, name, value})
		}
	}
	whole := func(key, name string, n *int) {
		if n != nil {
			text(key, name, fmt.Sprint(*n))
		}
	}
	real := func(key, name string, x *float64, show func(float64) string) {
		if x != nil {
			text(key, name, show(*x))
		}
	}
	warnings := len(d.Warnings)
	text("network", "network", d.Network)
	text("source", "source", d.Source)
	text("citation", "citation", d.Citation)
	text("kind", "kind", d.Kind)
	whole("nodes", "nodes", &d.Nodes)
	whole("edges", "edges", &d.Edges)
	real("parameters", "parameters", d.Parameters, number)
	whole("largest_in_degree", "largest in-degree", d.InDegree)
	text("average_degree", "average degree", average)
	whole("most_states", "most states", &d.MostStates)
	whole("width", "width", d.Width)
	whole("cliques", "cliques", d.Cliques)
	real("largest_clique_entries", "largest clique entries", d.Largest, number)
	text("largest_clique", "largest clique", strings.Join(d.Clique, ", "))
	real("total_table_entries", "total table entries", d.Total, number)
	real("bytes", "memory", d.Bytes, bytes)
	text("order_heuristic", "elimination order", d.Order)
	text("too_large", "exact inference", d.TooLarge)
	whole("warnings", "warnings", &warnings)
	return all
}

func (d *description) table() []byte {
	var b bytes.Buffer
	var rows [][]string
	for _, f := range d.facts(false) {
		rows = append(rows, []string{f.name, f.value})
	}
	columns(&b, rows)
	return b.Bytes()
}

func (d *description) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"property", "value"}) // Error has what goes wrong
	w.Write([]string{"schema", fmt.Sprint(d.Schema)})
	for _, f := range d.facts(true) {
		w.Write([]string{f.key, f.value})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
