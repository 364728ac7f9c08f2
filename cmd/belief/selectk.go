package main

// How many components: -k says it, --select-k finds it out.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// A numberOf is what the flags ask about the number of components.
type numberOf struct {
	one       whole
	several   wholeRange
	criterion choice
	criteria  []string // that can be asked for; nil: bic, aic and icl
	set       func(flag string) bool
}

// register adds the flags to a command.
func (n *numberOf) register(cmd *cobra.Command, what string) {
	n.one.most = math.MaxInt32
	if n.criteria == nil {
		n.criteria = []string{"bic", "aic", "icl"}
	}
	n.criterion = choice{n.criteria[0], n.criteria}
	set := cmd.Flags()
	n.set = set.Changed
	set.VarP(&n.one, "components", "k", "`K` "+what)
	set.Var(&n.several, "select-k", "fit every number in `FROM:TO` and keep the best")
	set.Var(&n.criterion, "criterion", "what is best: "+n.meaning())
	complete(cmd, "criterion", choices(n.criterion.known...))
	complete(cmd, "components", cobra.NoFileCompletions)
	complete(cmd, "select-k", cobra.NoFileCompletions)
}

// meaning explains --criterion.
func (n *numberOf) meaning() string {
	if n.criteria[0] == "silhouette" {
		return "the largest mean silhouette"
	}
	return "the least " + alternatives(n.criteria)
}

// check refuses both and neither.
func (n *numberOf) check() error {
	switch {
	case n.several.to > 0 && n.set("components"):
		return errors.New("-k and --select-k exclude each other")
	case n.several.to == 0 && n.one.n == 0:
		return fmt.Errorf("%w; --select-k finds it out", errNoK)
	}
	return nil
}

// fitOneOf fits the number of components that the flags ask for, or the best of several.
func fitOneOf[M interface{ MarshalJSON() ([]byte, error) }](ctx context.Context, n *numberOf, src data.Source, c em.Config,
	fit func(ctx context.Context, k int, c em.Config) (*em.Run[M], error), table func(m M) [][]string) (*outcome, error) {
	var run *em.Run[M]
	var failed error
	var candidates []candidate
	switch {
	case n.several.to > 0:
		var by em.Criterion
		if err := by.UnmarshalText([]byte(n.criterion.value)); err != nil {
			return nil, err
		}
		var ks []int
		for k := n.several.from; k <= n.several.to; k++ {
			ks = append(ks, k)
		}
		var s *em.Selection[M]
		if s, failed = em.Select(ctx, src, ks, by, func(ctx context.Context, k int) (*em.Run[M], error) { return fit(ctx, k, ofNumber(c, k)) }); s == nil {
			return nil, failed
		}
		run = s.Best
		for _, c := range s.Candidates {
			candidates = append(candidates, candidate{K: c.K, LogLikelihood: number(c.LogLikelihood), BIC: number(c.BIC), AIC: number(c.AIC), ICL: number(c.ICL), Problem: c.Problem})
		}
	default:
		run, failed = fit(ctx, int(n.one.n), c)
	}
	o, failed := outcomeOrNone(run, src, failed)
	if o == nil {
		return nil, failed
	}
	o.Selection = candidates
	if c, ok := any(run.Model).(em.Clustering); ok && o.BIC != nil {
		h, err := em.Entropy(context.WithoutCancel(ctx), c, src)
		if err != nil {
			return nil, errors.Join(failed, err)
		}
		o.ICL = number(run.BIC() + 2*h)
	}
	o.table = table(run.Model)
	return o, failed
}

// ofNumber gives the fit of each number of components a checkpoint of its own.
func ofNumber(c em.Config, k int) em.Config {
	if c.Checkpoint != "" {
		c.Checkpoint += fmt.Sprintf(".k%d", k)
	}
	return c
}

var errNoK = errors.New("-k is missing: the number of components")

// outcomeOrNone makes an outcome of a run, if there is something to show of it.
func outcomeOrNone[M interface{ MarshalJSON() ([]byte, error) }](run *em.Run[M], src data.Source, failed error) (*outcome, error) {
	if run == nil || len(run.History) == 0 {
		return nil, failed
	}
	o, err := outcomeOf(run, src)
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	return o, failed
}

// A wholeRange is a flag with numbers from one to another, as 1:10.
type wholeRange struct{ from, to int }

// mostCandidates bounds what a range may ask for.
const mostCandidates = 1000

// String, Set and Type make a flag of it.
func (r *wholeRange) Type() string { return "range" }

func (r *wholeRange) String() string {
	if r.to == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%d", r.from, r.to)
}

func (r *wholeRange) Set(s string) error {
	low, high, ok := strings.Cut(s, ":")
	from, err := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if !ok || err != nil || err2 != nil || from < 1 || to < from || to-from >= mostCandidates {
		return fmt.Errorf("want two numbers such as 1:10, at most %d apart", mostCandidates)
	}
	*r = wholeRange{from, to}
	return nil
}
