package main

// belief fit net: the tables of a network of known structure.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/suggest"
)

// A netLesson is what the flags of fit net ask.
type netLesson struct {
	lesson
	prior   priorFlag
	fix     []string
	indices bool
	random  bool
}

func (t *tool) fitNet() *cobra.Command {
	var l netLesson
	cmd := &cobra.Command{
		Use:   "net NET DATA -o FILE",
		Short: "Learn the tables of a Bayesian network of known structure",
		Long: `fit net takes the structure of a network from NET and learns its tables from a table
with a header that names variables, and below it names of states. It prints what
became of it, and writes the network in the format of the extension of -o; .json is the
form that eval reads.

Cells may be missing: empty ones are, and NA and the like unless they are states.
Variables without a column are hidden, which a note on standard error says. What is
missing is summed over, exactly (EM); without anything missing the answer is the one of
counting. A column that no variable is named after is an error; --ignore leaves it out.

The tables of NET are what the first start begins with, unless --random draws them. If
there are hidden variables there are five starts, the others from tables that are drawn.

Without a --prior tables are those of maximum likelihood. bdeu:S is the Dirichlet prior
that is worth S rows, laplace:A adds A to every count. Combinations of parents' states
that the data do not have get uniform rows, and are named in warnings.`,
		Example: `  belief fit net asia visits.csv -o learnt.bif
  belief fit net alarm.bif patients.csv.gz --prior bdeu:10 -o learnt.bif.gz --format json
  belief sample asia -n 1000 | belief fit net asia - --random`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return oneNetwork(nil, args)
			case len(args) != 2:
				return fmt.Errorf("give a network and a table, not %d names", len(args))
			case args[0] == "-" && args[1] == "-":
				return errors.New("standard input cannot be both the network and the table")
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return completeNetwork(cmd, args, word)
		},
		RunE: t.work(func(ctx context.Context, args []string) error { return t.learnNet(ctx, args[0], args[1], &l) }),
	}
	l.register(t, cmd)
	set := cmd.Flags()
	set.Var(&l.prior, "prior", "`PRIOR` of the tables: none, laplace:A or bdeu:S")
	set.StringSliceVar(&l.fix, "fix", nil, "leave the tables of the variables `A,B,…` as they are")
	set.BoolVar(&l.indices, "indices", false, "columns hold numbers of states, from 0, in place of their names")
	set.BoolVar(&l.random, "random", false, "draw the tables of the first start as well")
	set.BoolVar(&t.flags.normalize, "normalize", false, "divide every row of every table of NET by its sum")
	set.Lookup("output").Usage = "write the network to `FILE`, in the format of its extension; - is standard output, in place of the report"
	complete(cmd, "prior", choices("none", "laplace:1", "bdeu:10"))
	complete(cmd, "fix", t.completeTarget)
	return cmd
}

// A priorFlag is a flag with a prior of tables.
type priorFlag learn.Prior

// String, Set and Type make a flag of it.
func (p *priorFlag) Type() string { return "prior" }

func (p *priorFlag) String() string {
	switch {
	case p.BDeu > 0:
		return "bdeu:" + exactly(p.BDeu)
	case p.Pseudocount > 0:
		return "laplace:" + exactly(p.Pseudocount)
	}
	return "none"
}

func (p *priorFlag) Set(s string) error {
	name, number, given := strings.Cut(s, ":")
	x, err := 1.0, error(nil)
	if given {
		x, err = strconv.ParseFloat(number, 64)
	}
	ok := err == nil && x > 0 && x <= 1e100
	switch {
	case s == "none":
		*p = priorFlag{}
	case name == "laplace" && ok:
		*p = priorFlag{Pseudocount: x}
	case name == "bdeu" && ok && given:
		*p = priorFlag{BDeu: x}
	default:
		return errors.New("want none, laplace:A or bdeu:S with a positive number, such as laplace:1 or bdeu:10")
	}
	return nil
}

// learnNet reads, learns and reports.
func (t *tool) learnNet(ctx context.Context, arg, path string, l *netLesson) error {
	form, err := networkFormat(t.flags.output)
	if err != nil {
		return usage(err)
	}
	read, err := t.load(ctx, arg)
	if err != nil {
		return err
	}
	net, directed := read.model.(*graphical.BayesNet)
	if !directed {
		return fmt.Errorf("%s: it is undirected, and only the tables of Bayesian networks are learnt", read.source)
	}
	t.warn(read.warnings())
	src, err := within(ctx, func() (data.Source, error) { return l.states(t, net, path) })
	if err != nil {
		return err
	}
	b := t.progress()
	run, failed := em.Network{
		Net: net, Prior: learn.Prior(l.prior), Fix: l.fix, Random: l.random, Indices: l.indices, Memory: int64(t.flags.memory),
	}.Fit(ctx, src, l.config(t, b))
	b.end()
	if run == nil {
		return failed
	}
	o, err := outcomeOf(run, src)
	if err != nil {
		return err
	}
	if form != modelForm {
		var text bytes.Buffer
		if err := format.Write(&text, form, run.Model.Network()); err != nil {
			return err
		}
		o.model = text.Bytes()
	}
	o.Warnings = slices.Clone(run.Warnings)
	if hidden := hiddenVariables(net, src); hidden != nil {
		o.Hidden = hidden
		o.table = append(o.table, []string{"hidden variables", strings.Join(hidden, " ")})
		o.Warnings = append(o.Warnings, hiddenWarning(hidden))
	}
	if o.Warnings == nil {
		o.Warnings = []belief.Warning{}
	}
	o.UnseenRows = run.Model.Unseen()
	if unseen := 0; o.UnseenRows != nil {
		for _, u := range o.UnseenRows {
			unseen += len(u.Rows)
		}
		o.table = append(o.table, []string{"unseen rows", strconv.Itoa(unseen)})
	}
	return t.report(o, failed)
}

// modelForm is that of all saved models.
const modelForm = "json"

// networkFormat is the format of the file that -o names; of standard output it is BIF.
func networkFormat(path string) (string, error) {
	if path == "" || path == "-" {
		return "bif", nil
	}
	ext := strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(path, ".gz")), ".")
	if name := strings.ToLower(ext); name == modelForm || slices.Contains(format.Names(), name) {
		return name, nil
	}
	return "", fmt.Errorf("-o: %q does not end as a network's file does: .%s", path, strings.Join(append(format.Names(), modelForm), ", ."))
}

// hiddenVariables lists those without a column.
func hiddenVariables(net *graphical.BayesNet, src data.Source) []string {
	var out []string
	for _, v := range net.Variables() {
		if !slices.ContainsFunc(src.Columns(), func(c data.Column) bool { return c.Name == v.Name() }) {
			out = append(out, v.Name())
		}
	}
	return out
}

func hiddenWarning(names []string) belief.Warning {
	const most = 5
	text := strings.Join(names[:min(most, len(names))], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(", … (%d more)", more)
	}
	verb := "have no column and are hidden; their states are learnt up to their order"
	if len(names) == 1 {
		verb = "has no column and is hidden; its states are learnt up to their order"
	}
	return belief.Warning{Code: "hidden", Where: text, Text: verb}
}

// states reads the columns of variables, with their states for categories.
func (l *netLesson) states(t *tool, net *graphical.BayesNet, path string) (data.Source, error) {
	o := data.CSVOptions{Weights: l.weights, Header: data.HasHeader, Limits: data.Limits{Memory: int64(t.flags.memory)}}
	var text []byte
	var head io.Reader
	if path == "-" {
		o.File = stdinName
		lim := int64(t.flags.memory)
		r, err := data.Decompress(t.stdin, o.File, o.Limits)
		if err == nil {
			text, err = io.ReadAll(io.LimitReader(r, lim))
		}
		if err == nil && int64(len(text)) == lim {
			err = &belief.TooLargeError{What: "table on standard input", Bytes: float64(lim), Budget: lim, AtLeast: true}
		}
		if err != nil {
			return nil, err
		}
		head = bytes.NewReader(text)
	} else {
		r, err := data.Open(path, o.Limits)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		o.File, head = path, r
	}
	names, err := headerOf(head, o.File)
	if err != nil {
		return nil, err
	}
	if o.Columns, err = l.choose(net, names, o.File); err != nil {
		return nil, err
	}
	if path == "-" {
		return data.ReadCSV(bytes.NewReader(text), o)
	}
	return data.ReadCSVFile(path, o)
}

// headerOf returns the names in the first record of a table.
func headerOf(r io.Reader, file string) ([]string, error) {
	const most = 1 << 20
	head, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return nil, err
	}
	quoted, begun := false, false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
			begun = true
		case c == '\n' && !quoted && begun:
			head = head[:i+1]
		case c > ' ':
			begun = true
		}
		if len(head) <= i+1 {
			break
		}
	}
	table, err := data.ReadCSV(bytes.NewReader(head), data.CSVOptions{File: file, Header: data.HasHeader})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range table.Columns() {
		names = append(names, c.Name)
	}
	return names, nil
}

// choose says which columns are read, and refuses those that nobody accounts for.
func (l *netLesson) choose(net *graphical.BayesNet, names []string, file string) ([]data.Column, error) {
	for _, flag := range []struct {
		name   string
		values []string
	}{{"--ignore", l.ignore}, {"--columns", l.columns}} {
		for _, name := range flag.values {
			if !slices.Contains(names, name) {
				return nil, fmt.Errorf("%s: %w", flag.name, &belief.UnknownNameError{Kind: "column", Name: name, In: file, Suggestions: suggest.Nearest(name, slices.Values(names), 3)})
			}
		}
	}
	columns := []data.Column{}
	for _, name := range names {
		if name == l.weights || slices.Contains(l.ignore, name) || len(l.columns) > 0 && !slices.Contains(l.columns, name) {
			continue
		}
		v, err := net.Variable(name)
		if err != nil {
			return nil, fmt.Errorf("%s has a column for an %w; --ignore leaves it out", file, err)
		}
		c := data.Column{Name: name}
		if !l.indices {
			c.Categories = v.States()
		}
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("%s: no column is named after a variable of the network", file)
	}
	return columns, nil
}
