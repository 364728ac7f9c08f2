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
		Schema: schema, Network: net.name, Source: net.source,
		Nodes: len(net.model.Variables()), Warnings: []belief.Warning{},
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
		d.Warnings = append(d.Warnings, m.Warnings()...)
	case interface{ Graph() *graphical.Graph }:
		d.Kind, d.Edges = "undirected model", m.Graph().NumEdges()
	}
	if d.Nodes > 0 {
		d.AverageDegree = 2 * float64(d.Edges) / float64(d.Nodes)
	}
	return d
}

// rows lists names and values; exact numbers are for programs.
func (d *description) rows(exact bool) [][]string {
	number, bytes := count, belief.FormatBytes
	if exact {
		number, bytes = exactly, exactly
	}
	var rows [][]string
	add := func(name, value string) { rows = append(rows, []string{name, value}) }
	whole := func(name string, n *int) {
		if n != nil {
			add(name, fmt.Sprint(*n))
		}
	}
	real := func(name string, x *float64, show func(float64) string) {
		if x != nil {
			add(name, show(*x))
		}
	}
	add("network", d.Network)
	add("source", d.Source)
	add("kind", d.Kind)
	whole("nodes", &d.Nodes)
	whole("edges", &d.Edges)
	real("parameters", d.Parameters, number)
	whole("largest in-degree", d.InDegree)
	if exact {
		add("average degree", exactly(d.AverageDegree))
	} else {
		add("average degree", fmt.Sprintf("%.4g", d.AverageDegree))
	}
	whole("most states", &d.MostStates)
	whole("width", d.Width)
	whole("cliques", d.Cliques)
	real("largest clique entries", d.Largest, number)
	if d.Clique != nil {
		add("largest clique", strings.Join(d.Clique, ", "))
	}
	real("total table entries", d.Total, number)
	real("memory", d.Bytes, bytes)
	if d.Order != "" {
		add("elimination order", d.Order)
	}
	if d.TooLarge != "" {
		add("exact inference", d.TooLarge)
	}
	add("warnings", fmt.Sprint(len(d.Warnings)))
	return rows
}

func (d *description) table() []byte {
	var b bytes.Buffer
	columns(&b, d.rows(false))
	return b.Bytes()
}

func (d *description) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"property", "value"}) // Error has what goes wrong
	for _, row := range d.rows(true) {
		w.Write([]string{strings.ReplaceAll(row[0], " ", "_"), row[1]})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
