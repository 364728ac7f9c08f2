package main

// belief dist: a distribution by name: its moments, density and quantiles, or
// draws from it.

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A wish is what the flags of dist ask.
type wish struct {
	draws        whole
	points       string
	probs        string
	given        func(flag string) bool
	lower, upper bound
}

// A bound is a flag with a number that may be left out.
type bound struct {
	given bool
	value float64
}

// String, Set and Type make a flag of it.
func (b *bound) Type() string { return "number" }

func (b *bound) String() string {
	if !b.given {
		return ""
	}
	return exactly(b.value)
}

func (b *bound) Set(s string) error {
	v, err := numbers(s)
	if err != nil {
		return err
	}
	if len(v) != 1 || math.IsNaN(v[0]) {
		return errors.New("want one number")
	}
	*b = bound{true, v[0]}
	return nil
}

// defaultProbs are the quantiles that are printed unless -p asks for others.
const defaultProbs = "0.01,0.05,0.25,0.5,0.75,0.95,0.99"

func (t *tool) dist() *cobra.Command {
	w := wish{draws: whole{most: math.MaxInt64}}
	cmd := &cobra.Command{
		Use:   "dist NAME [PARAM=VALUE]...",
		Short: "Density, quantiles and moments of a distribution, or draws from it",
		Long: `dist prints the moments, the entropy (in nats) and quantiles of a distribution with
the density there; with -x the density and the distribution function at those
values; with -n draws from it, one per line, the same for the same --seed. --lower
and --upper cut off what lies outside them. Parameters in brackets have the default
shown; lists have commas between their numbers, and the rows of a matrix follow one
another. The distributions are:

` + catalogueText(),
		Example: `  belief dist normal -p 0.025,0.975
  belief dist gamma shape=2 rate=0.5 -x 1,4,10
  belief dist poisson lambda=3 -n 1000 --seed 7 > draws.txt
  belief dist normal --lower 5 --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("no distribution given: %s", alternatives(distributionNames()))
			}
			return nil
		},
		ValidArgsFunction: completeDistribution,
		RunE: t.work(func(ctx context.Context, args []string) error {
			return t.distribution(ctx, args, w)
		}),
	}
	set := cmd.Flags()
	w.given = set.Changed
	set.SortFlags = false
	set.VarP(&w.draws, "number", "n", "print `N` draws instead")
	set.StringVarP(&w.points, "at", "x", "", "density and distribution function at `VALUES`, separated by commas")
	set.StringVarP(&w.probs, "probabilities", "p", defaultProbs, "quantiles at `PROBS`, separated by commas")
	set.Var(&w.lower, "lower", "cut off below `NUMBER`")
	set.Var(&w.upper, "upper", "cut off above `NUMBER`")
	t.flags.toFile(cmd)
	for _, name := range []string{"number", "at", "probabilities", "lower", "upper"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// catalogueText lists what may be asked for.
func catalogueText() string {
	var b strings.Builder
	for _, e := range catalogue {
		b.WriteString("  " + e.usage() + "\n")
	}
	return b.String()
}

// distribution does what was asked.
func (t *tool) distribution(ctx context.Context, args []string, w wish) error {
	e, err := lookUp(args[0])
	if err != nil {
		return usage(err)
	}
	settings, err := e.settings(args[1:])
	if err != nil {
		return usage(err)
	}
	values := make([][]float64, len(settings))
	for i, s := range settings {
		values[i] = s.values
	}
	d, err := e.make(values)
	if err != nil {
		return usage(err)
	}
	p, err := numbers(w.probs)
	if err != nil {
		return usage(fmt.Errorf("-p: %w", err))
	}
	for _, v := range p {
		if !(v >= 0 && v <= 1) {
			return usage(fmt.Errorf("-p: %v is no probability", v))
		}
	}
	var x []float64
	if w.given("at") {
		if x, err = numbers(w.points); err != nil {
			return usage(fmt.Errorf("-x: %w", err))
		}
	}
	d, err = w.truncate(d)
	if err != nil {
		return usage(err)
	}
	if w.given("number") {
		if w.given("at") {
			return usage(errors.New("-n and -x exclude each other"))
		}
		return t.sample(ctx, d, w.draws.n)
	}
	r := &portrait{Schema: schema, Name: e.name, Parameters: map[string]any{}}
	for _, s := range settings {
		r.Parameters[s.name] = jsonValue(s)
	}
	switch d := d.(type) {
	case dist.Univariate:
		r.univariate(d, x, p, !w.given("at"))
	case dist.Multivariate:
		if w.given("probabilities") {
			return usage(fmt.Errorf("-p: vectors have no quantiles, and %s is a distribution of vectors", d))
		}
		if err := r.multivariate(d, x); err != nil {
			return usage(err)
		}
	}
	data, err := r.render(t.flags.format.value)
	if err != nil {
		return err
	}
	return t.emit(data)
}

// A portrait is what dist prints, in the order of printing.
type portrait struct {
	Schema       int               `json:"schema"`
	Name         string            `json:"name"`
	Parameters   map[string]any    `json:"parameters"`
	Distribution string            `json:"distribution"`
	Support      *interval         `json:"support,omitempty"`
	Mean         any               `json:"mean"`
	Variance     *belief.Number    `json:"variance,omitempty"`
	SD           *belief.Number    `json:"sd,omitempty"`
	Covariance   [][]belief.Number `json:"covariance,omitempty"`
	Entropy      belief.Number     `json:"entropy"`
	Quantiles    []point           `json:"quantiles,omitempty"`
	Points       []point           `json:"points,omitempty"`
	LogDensity   *belief.Number    `json:"log_density,omitempty"` // of a vector
}

type interval struct {
	Lower    belief.Number `json:"lower"`
	Upper    belief.Number `json:"upper"`
	Discrete bool          `json:"discrete"`
}

// A point is a value with what the distribution says of it.
type point struct {
	P          *belief.Number `json:"p,omitempty"` // the probability, if the value is its quantile
	X          belief.Number  `json:"x"`
	LogDensity belief.Number  `json:"log_density"`
	Density    belief.Number  `json:"density"`
	CDF        belief.Number  `json:"cdf"`
	Survival   belief.Number  `json:"survival"`
}

func pointAt(d dist.Univariate, x float64) point {
	l := d.LogProb(x)
	return point{nil, belief.Number(x), belief.Number(l), belief.Number(math.Exp(l)), belief.Number(d.CDF(x)), belief.Number(d.Survival(x))}
}

// univariate describes a distribution of one number, at points or by quantiles.
func (r *portrait) univariate(d dist.Univariate, x, p []float64, quantiles bool) {
	r.Distribution = d.String()
	s := d.Support()
	r.Support = &interval{belief.Number(s.Lower), belief.Number(s.Upper), s.Discrete}
	variance := belief.Number(d.Variance())
	sd := belief.Number(math.Sqrt(d.Variance()))
	r.Mean, r.Variance, r.SD, r.Entropy = belief.Number(d.Mean()), &variance, &sd, belief.Number(d.Entropy())
	for _, v := range x {
		r.Points = append(r.Points, pointAt(d, v))
	}
	if !quantiles {
		return
	}
	for _, v := range p {
		q, prob := pointAt(d, d.Quantile(v)), belief.Number(v)
		q.P = &prob
		r.Quantiles = append(r.Quantiles, q)
	}
}

// mostCovariance is the length of vectors above which a covariance matrix would be
// more than anybody reads.
const mostCovariance = 100

// multivariate describes a distribution of vectors, at one point if there is one.
func (r *portrait) multivariate(d dist.Multivariate, x []float64) error {
	r.Distribution = d.String()
	mean := []belief.Number{}
	for _, m := range d.MeanTo(nil) {
		mean = append(mean, belief.Number(m))
	}
	r.Mean, r.Entropy = mean, belief.Number(d.Entropy())
	if len(mean) <= mostCovariance {
		cov := d.CovarianceTo(nil)
		for i := range mean {
			row := make([]belief.Number, len(mean))
			for j := range row {
				row[j] = belief.Number(cov.At(i, j))
			}
			r.Covariance = append(r.Covariance, row)
		}
	}
	if x == nil {
		return nil
	}
	if len(x) != d.Dim() {
		return fmt.Errorf("-x: want one value of %d numbers, got %d", d.Dim(), len(x))
	}
	l := belief.Number(d.LogProb(x))
	r.LogDensity = &l
	return nil
}

// jsonValue is a parameter as JSON has it.
func jsonValue(s setting) any {
	if !s.isList {
		return belief.Number(s.values[0])
	}
	out := make([]belief.Number, len(s.values))
	for i, v := range s.values {
		out[i] = belief.Number(v)
	}
	return out
}

// short writes a number for people, six digits of it.
func short(x belief.Number) string { return fmt.Sprintf("%.6g", float64(x)) }

// allDigits writes a number for programs.
func allDigits(x belief.Number) string { return exactly(float64(x)) }

func (r *portrait) render(format string) ([]byte, error) {
	switch format {
	case "json":
		return toJSON(r)
	case "csv":
		return r.csv()
	}
	var b bytes.Buffer
	columns(&b, r.facts(short))
	if points := r.points(short); points != nil {
		b.WriteByte('\n')
		columns(&b, points)
	}
	return b.Bytes(), nil
}

// csv writes the points if some were asked for, else the properties with the
// quantiles.
func (r *portrait) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if r.Points != nil {
		w.WriteAll(r.points(allDigits)) // Error has what goes wrong
		return b.Bytes(), w.Error()
	}
	w.Write([]string{"property", "value"})
	w.Write([]string{"schema", fmt.Sprint(r.Schema)})
	for _, row := range r.facts(allDigits) {
		w.Write(row)
	}
	for _, q := range r.Quantiles {
		w.Write([]string{"quantile " + allDigits(*q.P), allDigits(q.X)})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// facts are the properties, one per row.
func (r *portrait) facts(show func(belief.Number) string) [][]string {
	rows := [][]string{{"distribution", r.Distribution}}
	if s := r.Support; s != nil {
		what := "reals"
		if s.Discrete {
			what = "integers"
		}
		rows = append(rows, []string{"support", fmt.Sprintf("%s from %s to %s", what, show(s.Lower), show(s.Upper))})
	}
	vector := func(v []belief.Number) string {
		out := make([]string, len(v))
		for i, x := range v {
			out[i] = show(x)
		}
		return strings.Join(out, ", ")
	}
	switch m := r.Mean.(type) {
	case belief.Number:
		rows = append(rows, []string{"mean", show(m)}, []string{"variance", show(*r.Variance)}, []string{"standard deviation", show(*r.SD)})
	case []belief.Number:
		rows = append(rows, []string{"mean", vector(m)})
	}
	for i, row := range r.Covariance {
		rows = append(rows, []string{fmt.Sprintf("covariance %d", i+1), vector(row)})
	}
	rows = append(rows, []string{"entropy", show(r.Entropy)})
	if r.LogDensity != nil {
		rows = append(rows, []string{"log density", show(*r.LogDensity)})
	}
	return rows
}

// points is the table of points or quantiles, with a header; nil if there are none.
func (r *portrait) points(show func(belief.Number) string) [][]string {
	density := "density"
	if r.Support != nil && r.Support.Discrete {
		density = "mass"
	}
	if r.Quantiles != nil {
		rows := [][]string{{"p", "quantile", density}}
		for _, q := range r.Quantiles {
			rows = append(rows, []string{show(*q.P), show(q.X), show(q.Density)})
		}
		return rows
	}
	if r.Points == nil {
		return nil
	}
	rows := [][]string{{"x", density, "log " + density, "P(X<=x)", "P(X>x)"}}
	for _, q := range r.Points {
		rows = append(rows, []string{show(q.X), show(q.Density), show(q.LogDensity), show(q.CDF), show(q.Survival)})
	}
	return rows
}

// truncate cuts off what lies outside the bounds given.
func (w *wish) truncate(d fmt.Stringer) (fmt.Stringer, error) {
	if !w.lower.given && !w.upper.given {
		return d, nil
	}
	u, ok := d.(dist.Univariate)
	if !ok {
		return nil, fmt.Errorf("--lower and --upper cut off numbers, and %s is a distribution of vectors", d)
	}
	lower, upper := u.Support().Lower, u.Support().Upper
	if w.lower.given {
		lower = w.lower.value
	}
	if w.upper.given {
		upper = w.upper.value
	}
	return dist.NewTruncated(u, lower, upper)
}
