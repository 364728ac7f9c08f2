package main

// belief diagnose: what draws say, and whether to believe it.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
	"github.com/belief-go/belief/mcmc/diagnostics"
	"github.com/belief-go/belief/mcmc/draws"
)

// An examination is what the flags of diagnose ask.
type examination struct {
	columns  string
	targets  []string
	probs    string
	maxDepth whole
}

// defaultSummaryProbs are the quantiles that are printed unless -p asks for others.
const defaultSummaryProbs = "0.05,0.5,0.95"

func (t *tool) diagnose() *cobra.Command {
	x := examination{maxDepth: whole{n: 10, most: 1000}}
	cmd := &cobra.Command{
		Use:   "diagnose DRAWS...",
		Short: "What the draws of Markov chains say, and whether to believe it",
		Long: `diagnose prints a table with a row for each quantity that was drawn: mean and
standard deviation, quantiles, the Monte Carlo standard error of the mean (mcse), the
effective sample sizes of the bulk and the tails, and R-hat, which is near 1 when
chains agree. Divergences, E-BFMI and depths of trees are looked at if the sampler has
written them. Warnings on standard error say what is wrong and what to do about it.

DRAWS are files of belief, files of Stan, one for each chain, or any other tables with
a row for each draw and a column for each quantity, separated by commas, semicolons,
tabs or blanks. A column named chain, .chain or chain__ tells chains apart; without one
a file is a chain. "-" is standard input. What a file holds is seen from its content.

--chains-in-columns reads a file with one quantity and a column for each chain.

-t names a quantity, a whole array of them, as theta for theta[1], theta[2], or a
pattern, in which * stands for anything and ? for one character. Quote patterns.

JSON and CSV have more of the same: ess_mean, ess_q05, mcse_sd, rhat_basic_split, mad.`,
		Example: `  belief diagnose schools_1.csv schools_2.csv schools_3.csv schools_4.csv
  belief diagnose run.jsonl.gz -t mu -t 'theta[1]' --strict
  belief diagnose schools_*.csv -t 'theta*' --format csv -o theta.csv
  belief diagnose --chains-in-columns mu.csv --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case x.columns != "" && len(args) > 0:
				return fmt.Errorf("--chains-in-columns names all draws there are; do not give %q too", args[0])
			case x.columns == "" && len(args) == 0:
				return errors.New(`no draws given: name files, or "-" for standard input`)
			case len(args) > 1 && slices.Contains(args, "-"):
				return errors.New("standard input is all the draws there are, and goes with no other file")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault // the shell knows files best
		},
		RunE: t.work(func(ctx context.Context, args []string) error {
			return t.examine(ctx, args, x)
		}),
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&x.columns, "chains-in-columns", "", "read one quantity from `FILE`, with a column for each chain")
	set.StringArrayVarP(&x.targets, "target", "t", nil, "only `QUANTITY`, an array or a pattern; repeat for more")
	set.StringVarP(&x.probs, "probabilities", "p", defaultSummaryProbs, "quantiles at `PROBS`, separated by commas")
	set.Var(&x.maxDepth, "max-treedepth", "warn about trees of depth `N`, the most that the sampler was allowed")
	t.flags.toFile(cmd)
	for _, name := range []string{"probabilities", "max-treedepth"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	complete(cmd, "target", func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return t.completeQuantity(args, x.columns, word), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// examine does what was asked.
func (t *tool) examine(ctx context.Context, files []string, x examination) error {
	probs, err := probabilities(x.probs)
	if err != nil {
		return usage(err)
	}
	start := time.Now()
	type read struct {
		d        *draws.Draws
		warnings []belief.Warning
	}
	in, err := within(ctx, func() (read, error) {
		d, w, err := t.readDraws(files, x.columns)
		return read{d, w}, err
	})
	if err != nil {
		return err
	}
	took := time.Since(start)
	d, err := choose(in.d, x.targets)
	if err != nil {
		return err
	}
	start = time.Now()
	s, err := diagnostics.Config{
		Quantiles: probs, MaxTreeDepth: int(x.maxDepth.n), Workers: int(t.flags.workers.n),
	}.Summarize(ctx, d)
	if err != nil {
		return err
	}
	s.Warnings = slices.Concat(in.warnings, looksLikeChains(in.d), s.Warnings)
	data, err := summaryAs(t.flags.format.value, s)
	if err != nil {
		return err
	}
	t.warn(s.Warnings)
	t.note("%v", in.d)
	if t.flags.stats {
		columns(t.stderr, [][]string{
			{"time to read", rounded(took).String()},
			{"time to diagnose", rounded(time.Since(start)).String()},
			{"chains", fmt.Sprint(s.Chains)},
			{"draws of each", fmt.Sprint(s.Iterations)},
			{"quantities", fmt.Sprint(len(s.Quantities))},
		})
	}
	if err := t.emit(data); err != nil {
		return err
	}
	if !s.Converged && t.flags.strict {
		return &doubtError{s}
	}
	return nil
}

// A doubtError says that a summary was printed that --strict does not accept.
type doubtError struct{ s *diagnostics.Summary }

func (e *doubtError) Error() string {
	var codes []string
	for _, w := range e.s.Warnings {
		if !slices.Contains(codes, w.Code) {
			codes = append(codes, w.Code)
		}
	}
	return fmt.Sprintf("the draws are not to be relied on (%s)", strings.Join(codes, ", "))
}

// probabilities reads those of -p, in increasing order.
func probabilities(s string) ([]float64, error) {
	p, err := numbers(s)
	if err != nil {
		return nil, fmt.Errorf("-p: %w", err)
	}
	for _, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("-p: %v is no probability", v)
		}
	}
	slices.Sort(p)
	return slices.Compact(p), nil
}

// readDraws reads the files of one run, or one with chains in columns.
func (t *tool) readDraws(files []string, columns string) (d *draws.Draws, w []belief.Warning, err error) {
	o := draws.Options{MaxBytes: int64(t.flags.memory)}
	switch {
	case columns == "-":
		o.File = stdinName
		d, w, err = draws.ReadColumns(t.stdin, o)
	case columns != "":
		d, w, err = readColumnsFile(columns, o)
	case slices.Equal(files, []string{"-"}):
		o.File = stdinName
		d, w, err = draws.Read(t.stdin, o)
	default:
		d, w, err = draws.ReadFiles(files, o)
	}
	if e, ok := errors.AsType[*belief.TooLargeError](err); ok && e.Budget != int64(t.flags.memory) { // of which advice knows
		e.Advice = "--memory sets the budget"
	}
	return d, w, err
}

func readColumnsFile(path string, o draws.Options) (*draws.Draws, []belief.Warning, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	o.File = path
	return draws.ReadColumns(f, o)
}

// chainName is how columns are called that are chains.
var chainName = regexp.MustCompile(`^(?i)chain[ ._:]?[0-9]+$`)

// looksLikeChains warns of columns that are chains rather than quantities.
func looksLikeChains(d *draws.Draws) []belief.Warning {
	if len(d.Names) == 0 || slices.ContainsFunc(d.Names, func(name string) bool { return !chainName.MatchString(name) }) {
		return nil
	}
	return []belief.Warning{{Code: "chains-in-columns", Text: "the columns are named as chains are, and are taken for quantities; if they are chains of one quantity, read the file with --chains-in-columns"}}
}

// choose leaves the quantities that were asked for, all if none were, with the
// statistics of the sampler. The log density counts as a quantity.
func choose(d *draws.Draws, targets []string) (*draws.Draws, error) {
	if len(targets) == 0 {
		return d, nil
	}
	names := d.Names
	if slices.Contains(d.Stats, draws.LogDensity) {
		names = append(slices.Clone(names), draws.LogDensity)
	}
	chosen := map[string]bool{}
	for _, target := range targets {
		found := false
		for _, name := range names {
			base, _, _ := strings.Cut(name, "[")
			if name == target || base == target || strings.ContainsAny(target, "*?") && matches(target, name) {
				chosen[name], found = true, true
			}
		}
		if !found {
			return nil, &belief.UnknownNameError{Kind: "quantity", Name: target, Suggestions: suggest.Nearest(target, slices.Values(withArrays(names)), 3)}
		}
	}
	return d.Select(func(name string) bool {
		return chosen[name] || name != draws.LogDensity && slices.Contains(d.Stats, name)
	}), nil
}

// withArrays adds the names of arrays to those of their elements.
func withArrays(names []string) []string {
	out := slices.Clone(names)
	last := ""
	for _, name := range names {
		if base, _, ok := strings.Cut(name, "["); ok && base != last {
			out, last = append(out, base), base
		}
	}
	return out
}

// matches tells whether a name fits a pattern with * and ?; brackets stand for
// themselves, since names have them. O(len(pattern)·len(name)).
func matches(pattern, name string) bool {
	p, s := []rune(pattern), []rune(name)
	star, resume := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, resume = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0: // let the last star take one more
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// summaryAs puts a summary into a format.
func summaryAs(format string, s *diagnostics.Summary) ([]byte, error) {
	switch format {
	case "json":
		body, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		head := fmt.Appendf(nil, `{"schema":%d,`, schema)
		return toJSON(json.RawMessage(append(head, body[1:]...)))
	case "csv":
		var b bytes.Buffer
		err := s.WriteCSV(&b)
		return b.Bytes(), err
	}
	table := *s
	table.Warnings = nil // they go to standard error
	table.Quantities = slices.Clone(s.Quantities)
	for i := range table.Quantities {
		table.Quantities[i].Name = printable(table.Quantities[i].Name)
	}
	return []byte(table.String()), nil
}

// completeQuantity offers quantities of files that can be read at once.
func (t *tool) completeQuantity(files []string, columns, word string) []string {
	if columns == "-" || columns == "" && (len(files) == 0 || files[0] == "-") {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	names, err := within(ctx, func() ([]string, error) {
		d, _, err := t.readDraws(files[:min(len(files), 1)], columns)
		if err != nil {
			return nil, err
		}
		return d.Names, nil
	})
	if err != nil {
		return nil
	}
	return offer(starting(word, withArrays(names)))
}
