package inference

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/suggest"
)

// Marginals returns the posteriors of the named variables, of all of them if none
// are named, given the evidence. It chooses the method, and the answer says which
// and why; [Auto] is the same with settings.
func Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	return Auto{}.Marginals(ctx, m, ev, targets...)
}

// Joint returns the joint posterior p(vars | e) as a factor over vars, in their
// order, together with log p(e).
func Joint(ctx context.Context, m graphical.Model, ev graphical.Evidence, vars ...string) (*graphical.Factor, belief.Estimate, error) {
	return VariableElimination{}.Joint(ctx, m, ev, vars...)
}

// Auto chooses an engine for every question: variable elimination for a single
// target, if it stays within the memory budget, and a junction tree otherwise. Its
// fields are those of [TreeConfig].
type Auto TreeConfig

// Name implements [Engine].
func (Auto) Name() string { return "auto" }

// Marginals implements [Engine]; the answer's Method and Reason say what was
// chosen. It chooses exact methods only: what they refuse for its size is for
// [Gibbs] or [Weighting], and the error says so.
func (a Auto) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	if err := checkWorkers(a.Workers); err != nil {
		return nil, err
	}
	reason := "all marginals in one propagation"
	if len(targets) > 0 {
		reason = "several targets share one propagation"
	}
	if len(targets) == 1 {
		post, err := VariableElimination{Order: a.Order, MemoryBudget: a.MemoryBudget}.Marginals(ctx, m, ev, targets...)
		if _, tooLarge := errors.AsType[*belief.TooLargeError](err); !tooLarge {
			if err == nil {
				post.Reason = "a single target takes a single elimination"
			}
			return post, err
		}
		reason = "elimination would be over the memory budget, and a tree holds only its messages"
	}
	post, err := TreeConfig(a).Marginals(ctx, m, ev, targets...)
	if e, tooLarge := errors.AsType[*belief.TooLargeError](err); tooLarge {
		sampled := *e
		sampled.Advice = strings.TrimPrefix(e.Advice+"; ", "; ") + "sampling needs no large tables: gibbs, or in a Bayesian network weighting"
		return nil, &sampled
	}
	if err != nil {
		return nil, err
	}
	post.Reason = reason
	return post, nil
}

// engines makes every engine by name from the settings that they share.
var engines = map[string]func(TreeConfig) Engine{
	Auto{}.Name():       func(c TreeConfig) Engine { return Auto(c) },
	TreeConfig{}.Name(): func(c TreeConfig) Engine { return c },
	VariableElimination{}.Name(): func(c TreeConfig) Engine {
		return VariableElimination{Order: c.Order, MemoryBudget: c.MemoryBudget}
	},
	SumProduct{}.Name():  func(c TreeConfig) Engine { return SumProduct{MemoryBudget: c.MemoryBudget} },
	Enumeration{}.Name(): func(TreeConfig) Engine { return Enumeration{} },
	"exact":              func(c TreeConfig) Engine { return Auto(c) },
	Gibbs{}.Name(): func(c TreeConfig) Engine {
		return Gibbs{Seed: c.Order.Seed, Workers: c.Workers, MemoryBudget: c.MemoryBudget, Progress: c.Progress}
	},
	Weighting{}.Name(): func(c TreeConfig) Engine {
		return Weighting{Seed: c.Order.Seed, Workers: c.Workers, Progress: c.Progress}
	},
	Rejection{}.Name(): func(c TreeConfig) Engine {
		return Rejection{Seed: c.Order.Seed, Workers: c.Workers, Progress: c.Progress}
	},
}

// Methods returns the names of all engines, in alphabetical order.
func Methods() []string { return slices.Sorted(maps.Keys(engines)) }

// NewEngine returns an engine by name, with those of the settings that apply to
// it; a sampler's seed is that of the order. "exact" is another name for "auto". The error is a [*belief.UnknownNameError].
func NewEngine(method string, cfg TreeConfig) (Engine, error) {
	if make, ok := engines[method]; ok {
		return make(cfg), nil
	}
	near := suggest.Nearest(method, maps.Keys(engines), 3)
	if near == nil {
		near = Methods()
	}
	return nil, &belief.UnknownNameError{Kind: "method", Name: method, Suggestions: near}
}
