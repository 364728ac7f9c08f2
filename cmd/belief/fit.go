package main

// belief fit: models learnt from tables. Here is what all kinds share.

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/inference"
)

func (t *tool) fit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fit KIND DATA -o MODEL",
		Short: "Learn a model from data",
		Long: `fit learns a model from a table, prints what became of it, and writes it to the file
of -o as JSON, which eval and sample read.

DATA is a file of comma-separated or otherwise delimited text, or "-" for standard
input; .gz is transparent. Columns of texts do not enter models of numbers, and empty
cells are missing. Log-likelihoods are in nats, of the whole data set.`,
		Example: `  belief fit gmm iris.csv -k 3 -o iris.json
  belief fit gmm faithful.csv --select-k 1:6
  belief fit kmeans digits.csv.gz -k 10 --starts 20 --format json
  belief fit net asia visits.csv -o learnt.bif`,
		DisableFlagsInUseLine: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("no kind of model given: %s", alternatives(commandNames(cmd)))
			}
			return unknown("kind of model", args[0], commandNames(cmd))
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // Args refuses everything
	}
	cmd.AddCommand(t.fitGMM(), t.fitBayes(), t.fitKMeans(), t.fitHMM(), t.fitMixture(), t.fitPCA(), t.fitPPCA(), t.fitFA(), t.fitNet())
	return cmd
}

// A lesson is what the flags of fit ask, whatever the kind.
type lesson struct {
	columns    []string
	ignore     []string
	weights    string
	text       []string
	iterations whole
	tolerance  bound
	starts     whole
	checkpoint string
}

// register adds the flags of all kinds of models of rows to a command.
func (l *lesson) register(t *tool, cmd *cobra.Command) {
	l.registerData(t, cmd)
	l.registerWeights(cmd)
	l.registerSteps(cmd)
}

// registerWeights adds the flag of models of independent rows.
func (l *lesson) registerWeights(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.weights, "weights", "", "the column `NAME` has the weights of the rows")
	complete(cmd, "weights", cobra.NoFileCompletions)
}

// registerData adds the flags of all kinds to a command.
func (l *lesson) registerData(t *tool, cmd *cobra.Command) {
	set := cmd.Flags()
	set.SortFlags = false
	set.StringSliceVar(&l.columns, "columns", nil, "learn from the columns `A,B,…` only")
	set.StringSliceVar(&l.ignore, "ignore", nil, "leave out the columns `A,B,…`")
	set.StringVarP(&t.flags.output, "output", "o", "", "write the model to `FILE`; - is standard output, in place of the report")
	complete(cmd, "columns", cobra.NoFileCompletions)
	complete(cmd, "ignore", cobra.NoFileCompletions)
}

// registerSteps adds the flags of what is learnt in steps.
func (l *lesson) registerSteps(cmd *cobra.Command) {
	l.iterations.most, l.starts.most = math.MaxInt32, math.MaxInt32
	set := cmd.Flags()
	set.Var(&l.iterations, "iterations", "`N` iterations of each start, at most; 0 is the kind's own")
	set.Var(&l.tolerance, "tolerance", "relative gain to stop at; the kind's own unless given, in most kinds 1e-7")
	set.Var(&l.starts, "starts", "`N` starts, of which the best is kept; 0 is the kind's own")
	set.StringVar(&l.checkpoint, "checkpoint", "", "keep in `FILE` what it takes to go on after an interruption")
	for _, name := range []string{"iterations", "tolerance", "starts"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// config is what the flags mean to the engine.
func (l *lesson) config(t *tool, b *bar) em.Config {
	c := em.Config{
		Iterations: int(l.iterations.n), Starts: int(l.starts.n), Seed: t.flags.seed.n, Workers: int(t.flags.workers.n),
		Checkpoint: l.checkpoint, Memory: int64(t.flags.memory),
	}
	if l.tolerance.given {
		c.Tolerance = l.tolerance.value
		if c.Tolerance == 0 {
			c.Tolerance = math.SmallestNonzeroFloat64
		}
	}
	if b.report != nil || t.flags.verbose {
		most := float64(c.Iterations)
		if most == 0 {
			most = 1000
		}
		c.Progress = func(s em.Step) {
			t.note("start %d, iteration %d: %v", s.Start+1, s.Iteration, s.Objective)
			if b.report != nil {
				b.report(inference.Progress{Done: float64(s.Start) + float64(s.Iteration)/most, Total: float64(max(c.Starts, 1))})
			}
		}
	}
	return c
}

// oneTable wants exactly one argument.
func oneTable(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errors.New(`no data given: name a file, or "-" for standard input`)
	case 1:
		return nil
	}
	return fmt.Errorf("one table at a time, got %q and %q", args[0], args[1])
}

// table reads the columns that are to be learnt from: numbers, or with categories all.
func (l *lesson) table(ctx context.Context, t *tool, path string, categories bool) (data.Source, error) {
	src, err := within(ctx, func() (data.Source, error) {
		o := data.CSVOptions{Weights: l.weights, Text: l.text, Limits: data.Limits{Memory: int64(t.flags.memory)}}
		if path == "-" {
			o.File = stdinName
			return data.ReadCSV(t.stdin, o)
		}
		return data.ReadCSVFile(path, o)
	})
	if err != nil {
		return nil, err
	}
	if len(l.columns) > 0 {
		src, err = data.Select(src, l.columns...)
	}
	if err == nil && len(l.ignore) > 0 {
		src, err = data.Without(src, l.ignore...)
	}
	if err != nil || categories {
		return src, err
	}
	var texts []string
	for _, c := range src.Columns() {
		if c.Categories != nil {
			texts = append(texts, c.Name)
		}
	}
	switch {
	case len(texts) == 0:
		return src, nil
	case len(l.columns) > 0:
		return nil, fmt.Errorf("%s: column %q holds texts, and this model is one of numbers", path, texts[0])
	case len(texts) == len(src.Columns()):
		return nil, fmt.Errorf("%s: no column holds numbers", path)
	}
	for _, name := range texts {
		t.warn([]belief.Warning{{Code: "text-column", Where: fmt.Sprintf("column %q", name), Text: "it holds texts, and is left out"}})
	}
	return data.Without(src, texts...)
}

// An outcome is what became of a fit, in the form that all kinds print.
type outcome struct {
	Schema        int              `json:"schema"`
	Kind          string           `json:"kind"`
	Rows          int              `json:"rows"`
	Columns       []string         `json:"columns"`
	LogLikelihood *belief.Number   `json:"log_likelihood,omitempty"`
	BIC           *belief.Number   `json:"bic,omitempty"`
	AIC           *belief.Number   `json:"aic,omitempty"`
	ICL           *belief.Number   `json:"icl,omitempty"`
	Inertia       *belief.Number   `json:"inertia,omitempty"`
	Bound         *belief.Number   `json:"lower_bound,omitempty"` // of the log evidence
	Free          int              `json:"free_parameters,omitempty"`
	Iterations    int              `json:"iterations"`
	Converged     bool             `json:"converged"`
	Starts        []em.Start       `json:"starts,omitempty"`
	Selection     []candidate      `json:"selection,omitempty"`
	Hidden        []string         `json:"hidden,omitempty"`      // variables of a network
	UnseenRows    []*learn.Unseen  `json:"unseen_rows,omitempty"` // of its tables
	Parameters    json.RawMessage  `json:"parameters"`
	Warnings      []belief.Warning `json:"warnings"`

	model []byte     // for the file
	table [][]string // of parameters, for people
}

// A candidate is one row of what was chosen from.
type candidate struct {
	K             int            `json:"k"`
	LogLikelihood *belief.Number `json:"log_likelihood,omitempty"`
	BIC           *belief.Number `json:"bic,omitempty"`
	AIC           *belief.Number `json:"aic,omitempty"`
	ICL           *belief.Number `json:"icl,omitempty"`
	Inertia       *belief.Number `json:"inertia,omitempty"`
	Silhouette    *belief.Number `json:"silhouette,omitempty"`
	Problem       string         `json:"problem,omitempty"`
}

// selectionTable lists candidates, without columns that are empty.
func selectionTable(all []candidate) [][]string {
	table := [][]string{{"k"}}
	for _, c := range all {
		table = append(table, []string{strconv.Itoa(c.K)})
	}
	for _, f := range []struct {
		name string
		of   func(c candidate) *belief.Number
	}{
		{"log-likelihood", func(c candidate) *belief.Number { return c.LogLikelihood }},
		{"BIC", func(c candidate) *belief.Number { return c.BIC }},
		{"AIC", func(c candidate) *belief.Number { return c.AIC }},
		{"ICL", func(c candidate) *belief.Number { return c.ICL }},
		{"inertia", func(c candidate) *belief.Number { return c.Inertia }},
		{"silhouette", func(c candidate) *belief.Number { return c.Silhouette }},
	} {
		if !slices.ContainsFunc(all, func(c candidate) bool { return f.of(c) != nil }) {
			continue
		}
		table[0] = append(table[0], f.name)
		for i, c := range all {
			cell := ""
			if v := f.of(c); v != nil {
				cell = exactly10(float64(*v))
			}
			table[i+1] = append(table[i+1], cell)
		}
	}
	for i, c := range all {
		if c.Problem != "" {
			table[i+1] = append(table[i+1], c.Problem)
		}
	}
	return table
}

// number makes a field that may be left out, of one that is not NaN.
func number(x float64) *belief.Number {
	if math.IsNaN(x) {
		return nil
	}
	n := belief.Number(x)
	return &n
}

// outcomeOf takes from a run what is the same for all models.
func outcomeOf[M json.Marshaler](run *em.Run[M], src data.Source) (*outcome, error) {
	o := &outcome{
		LogLikelihood: number(run.LogLikelihood), BIC: number(run.BIC()), AIC: number(run.AIC()),
		Iterations: run.Iterations, Converged: run.Converged, Warnings: run.Warnings,
		Free: max(run.Parameters(), 0),
	}
	if len(run.Starts) > 1 {
		o.Starts = run.Starts
	}
	return o, o.describe(run.Model, src)
}

// describe puts the model itself into the outcome.
func (o *outcome) describe(m json.Marshaler, src data.Source) error {
	text, err := m.MarshalJSON()
	if err != nil {
		return err
	}
	var saved struct {
		Kind  string          `json:"kind"`
		Model json.RawMessage `json:"model"`
	}
	if err := json.Unmarshal(text, &saved); err != nil {
		return err
	}
	o.Schema, o.Kind, o.Parameters, o.Rows = schema, saved.Kind, saved.Model, src.Rows()
	for _, c := range src.Columns() {
		o.Columns = append(o.Columns, c.Name)
	}
	if o.Warnings == nil {
		o.Warnings = []belief.Warning{}
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	o.model = indented.Bytes()
	return nil
}

// report writes the model and prints the outcome. failed is the error of a fit that was
// interrupted and has something to show.
func (t *tool) report(o *outcome, failed error) error {
	t.warn(o.Warnings)
	if t.flags.output == "-" {
		if _, err := t.stdout.Write(o.model); err != nil {
			return err
		}
	} else {
		if t.flags.output != "" {
			if err := t.emit(o.model); err != nil {
				return err
			}
		}
		text, err := o.as(t.flags.format.value)
		if err == nil {
			_, err = t.stdout.Write(text)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case failed != nil:
		return failed
	case !o.Converged && t.flags.strict:
		return &notFittedError{o.Iterations}
	}
	return nil
}

// A notFittedError says that a fit was printed that --strict does not accept.
type notFittedError struct{ iterations int }

func (e *notFittedError) Error() string {
	return fmt.Sprintf("the fit did not converge in %d iterations; --iterations allows more", e.iterations)
}

// lines are the figures of an outcome by name.
func (o *outcome) lines() [][]string {
	lines := [][]string{{"kind", o.Kind}, {"rows", strconv.Itoa(o.Rows)}, {"columns", strings.Join(o.Columns, " ")}}
	for _, f := range []struct {
		name  string
		value *belief.Number
	}{
		{"log-likelihood", o.LogLikelihood}, {"lower bound", o.Bound}, {"inertia", o.Inertia}, {"BIC", o.BIC}, {"AIC", o.AIC}, {"ICL", o.ICL},
	} {
		if f.value != nil {
			lines = append(lines, []string{f.name, exactly10(float64(*f.value))})
		}
	}
	if o.Free > 0 {
		lines = append(lines, []string{"free parameters", strconv.Itoa(o.Free)})
	}
	if o.Iterations > 0 {
		lines = append(lines, []string{"iterations", strconv.Itoa(o.Iterations)}, []string{"converged", strconv.FormatBool(o.Converged)})
	}
	return lines
}

// exactly10 writes a number with ten digits.
func exactly10(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }

// as prints an outcome in a format.
func (o *outcome) as(format string) ([]byte, error) {
	var b bytes.Buffer
	switch format {
	case "json":
		return toJSON(o)
	case "csv":
		w := csv.NewWriter(&b)
		w.Write([]string{"name", "value"})
		w.WriteAll(o.lines())
		return b.Bytes(), w.Error()
	}
	columns(&b, o.lines())
	if o.Selection != nil {
		b.WriteByte('\n')
		columns(&b, selectionTable(o.Selection))
	}
	if o.table != nil {
		b.WriteByte('\n')
		columns(&b, o.table)
	}
	return b.Bytes(), nil
}
