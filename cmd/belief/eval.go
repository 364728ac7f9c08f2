package main

// belief eval: what a fitted model says of the rows of a table.

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
	"github.com/belief-go/belief/graphical/chain"
)

func (t *tool) eval() *cobra.Command {
	var l lesson
	var sequence string
	cmd := &cobra.Command{
		Use:   "eval MODEL DATA",
		Short: "What a fitted model says of each row: label, probabilities, log-likelihood",
		Long: `eval reads a model that fit has written and prints, for each row of a table, what the
model says of it: the number of its most probable component or cluster, counted from 0,
its log-likelihood in nats, and the probability of every component. Of a model with
coordinates, such as that of pca, these are printed; of a hidden Markov model the most
probable states.

The columns of the table are found by their names; others do not matter.`,
		Example: `  belief fit gmm iris.csv -k 3 -o iris.json
  belief eval iris.json iris.csv
  belief eval iris.json new.csv --format csv -o labels.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("give a model and a table, not %d names", len(args))
			}
			if args[0] == "-" && args[1] == "-" {
				return errors.New("standard input cannot be both the model and the table")
			}
			return nil
		},
		RunE: t.work(func(ctx context.Context, args []string) error {
			return t.evaluate(ctx, args[0], args[1], &l, sequence)
		}),
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&l.weights, "weights", "", "the column `NAME` has the weights of the rows, for the log-likelihood of all")
	set.StringVar(&sequence, "sequence", "", "rows that agree in the column `NAME` are a sequence; without it all rows are one")
	t.flags.toFile(cmd)
	return cmd
}

// An evaluation is what a model says of the rows, column by column.
type evaluation struct {
	Schema        int            `json:"schema"`
	Kind          string         `json:"kind"`
	Rows          int            `json:"rows"`
	LogLikelihood *belief.Number `json:"log_likelihood,omitempty"` // of all
	Columns       []field        `json:"-"`
}

// A field is one column of an evaluation.
type field struct {
	name   string // in tables and CSV
	group  string // in JSON, where fields of one group make rows of a matrix; empty: name
	number func(i int) float64
	text   func(i int) string // in place of number
	whole  bool               // the numbers are whole
}

func (f field) cell(i int, digits func(float64) string) string {
	switch {
	case f.text != nil:
		return f.text(i)
	case f.whole:
		return strconv.Itoa(int(f.number(i)))
	}
	return digits(f.number(i))
}

// MarshalJSON writes an array for each column.
func (e *evaluation) MarshalJSON() ([]byte, error) {
	type plain evaluation
	head, err := json.Marshal((*plain)(e))
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(head[:len(head)-1])
	add := func(name string, v any) {
		text, e := json.Marshal(v)
		if e != nil {
			err = e
		}
		fmt.Fprintf(b, ",%q:%s", name, text)
	}
	for k := 0; k < len(e.Columns); k++ {
		f := e.Columns[k]
		end := k + 1
		for f.group != "" && end < len(e.Columns) && e.Columns[end].group == f.group {
			end++
		}
		switch {
		case f.group != "":
			rows := make([][]belief.Number, e.Rows)
			for i := range rows {
				for _, c := range e.Columns[k:end] {
					rows[i] = append(rows[i], belief.Number(c.number(i)))
				}
			}
			add(f.group, rows)
		case f.text != nil:
			texts := make([]string, e.Rows)
			for i := range texts {
				texts[i] = f.text(i)
			}
			add(f.name, texts)
		default:
			values := make([]belief.Number, e.Rows)
			for i := range values {
				values[i] = belief.Number(f.number(i))
			}
			add(f.name, values)
		}
		k = end - 1
	}
	b.WriteByte('}')
	return b.Bytes(), err
}

// as prints an evaluation in a format.
func (e *evaluation) as(format string) ([]byte, error) {
	var b bytes.Buffer
	record := make([]string, len(e.Columns))
	for k, f := range e.Columns {
		record[k] = f.name
	}
	switch format {
	case "json":
		return toJSON(e)
	case "csv":
		w := csv.NewWriter(&b)
		w.Write(record)
		for i := range e.Rows {
			for k, f := range e.Columns {
				record[k] = f.cell(i, exactly)
			}
			w.Write(record)
		}
		w.Flush()
		return b.Bytes(), w.Error()
	}
	if e.LogLikelihood != nil {
		columns(&b, [][]string{{"log-likelihood", exactly10(float64(*e.LogLikelihood))}, {"rows", strconv.Itoa(e.Rows)}})
		b.WriteByte('\n')
	}
	rows := [][]string{append([]string{"row"}, record...)}
	for i := range e.Rows {
		row := []string{strconv.Itoa(i)}
		for _, f := range e.Columns {
			row = append(row, f.cell(i, func(x float64) string { return short(belief.Number(x)) }))
		}
		rows = append(rows, row)
	}
	columns(&b, rows)
	return b.Bytes(), nil
}

// evaluate does what was asked.
func (t *tool) evaluate(ctx context.Context, modelPath, dataPath string, l *lesson, sequence string) error {
	m, err := t.loadModel(ctx, modelPath)
	if err != nil {
		return err
	}
	l.text = textColumns(m.model)
	src, err := l.table(ctx, t, dataPath, true)
	if err != nil {
		return err
	}
	e := &evaluation{Schema: schema, Kind: m.kind, Rows: src.Rows()}
	if d, ok := m.model.(em.Clustering); ok {
		if err := e.clusters(ctx, d, src); err != nil {
			return err
		}
	}
	p, noDensity := m.model.(*linear.PCAModel)
	if noDensity = noDensity && p.NoiseVariance == 0; noDensity {
		t.note("there is no log-likelihood: the components leave no noise")
	}
	if d, ok := m.model.(em.Density); ok && !noDensity {
		if err := e.density(ctx, d, src); err != nil {
			return err
		}
	}
	if tr, ok := m.model.(linear.Transformer); ok {
		if err := e.coordinates(ctx, tr, src); err != nil {
			return err
		}
	}
	if h, ok := m.model.(*chain.HMM); ok {
		if err := e.states(ctx, h, src, sequence, int64(t.flags.memory)); err != nil {
			return err
		}
	}
	text, err := e.as(t.flags.format.value)
	if err != nil {
		return err
	}
	return t.emit(text)
}

// textColumns are the columns in which a model knows categories: they are read as such,
// also where they look like numbers.
func textColumns(model any) []string {
	var names []string
	switch m := model.(type) {
	case *chain.HMM:
		if _, ok := m.Emission.(*chain.Categorical); ok {
			return m.Columns
		}
	case categorized:
		for j, name := range m.Columns() {
			if m.Categories(j) != nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// clusters adds labels and responsibilities.
func (e *evaluation) clusters(ctx context.Context, m em.Clustering, src data.Source) error {
	labels, err := em.Labels(ctx, m, src)
	if err != nil {
		return err
	}
	shares, err := em.Responsibilities(ctx, m, src)
	if err != nil {
		return err
	}
	k := m.Components()
	e.Columns = append(e.Columns, field{name: "label", number: func(i int) float64 { return float64(labels[i]) }, whole: true})
	for j := range k {
		e.Columns = append(e.Columns, field{name: fmt.Sprintf("p%d", j), group: "responsibilities", number: func(i int) float64 { return shares[i*k+j] }})
	}
	return nil
}

// density adds log-likelihoods.
func (e *evaluation) density(ctx context.Context, m em.Density, src data.Source) error {
	values, err := em.LogProb(ctx, m, src)
	if err != nil {
		return err
	}
	total, err := weightedSum(src, values)
	if err != nil {
		return err
	}
	e.LogLikelihood = number(total)
	e.Columns = append(e.Columns, field{name: "row_log_likelihood", number: func(i int) float64 { return values[i] }})
	return nil
}

// coordinates adds those of a linear model.
func (e *evaluation) coordinates(ctx context.Context, m linear.Transformer, src data.Source) error {
	z, err := linear.Transform(ctx, m, src)
	if err != nil {
		return err
	}
	d := m.Dim()
	for j := range d {
		e.Columns = append(e.Columns, field{name: fmt.Sprintf("z%d", j), group: "coordinates", number: func(i int) float64 { return z[i*d+j] }})
	}
	return nil
}
