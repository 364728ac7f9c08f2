package graphical

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// A Heuristic chooses the next vertex to eliminate. Whatever the heuristic, a
// vertex whose neighbours are all joined goes first, because that is never worse
// (Bodlaender, Koster & van den Eijkhof 2005).
type Heuristic uint8

// The heuristics. None is best on every network, so the default tries all three.
const (
	AnyHeuristic    Heuristic = iota // all of those below
	MinFill                          // fewest edges to add (Rose 1972)
	MinWeight                        // smallest table (Kjærulff 1990)
	WeightedMinFill                  // least sum over added edges of the product of both numbers of states
)

var heuristicNames = [...]string{"any", "min-fill", "min-weight", "weighted-min-fill"}

// String returns the heuristic's usual name.
func (h Heuristic) String() string {
	if int(h) < len(heuristicNames) {
		return heuristicNames[h]
	}
	return fmt.Sprintf("Heuristic(%d)", h)
}

// MarshalText writes the heuristic's name.
func (h Heuristic) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads the heuristic's name.
func (h *Heuristic) UnmarshalText(text []byte) error {
	for i, name := range heuristicNames {
		if name == string(text) {
			*h = Heuristic(i)
			return nil
		}
	}
	return &belief.UnknownNameError{Kind: "heuristic", Name: string(text), Suggestions: heuristicNames[:]}
}

// OrderConfig says how to look for an elimination order. The zero value tries
// every heuristic and then goes on as long as it is likely to pay.
type OrderConfig struct {
	Heuristic Heuristic `json:"heuristic"`
	// Restarts is how many further tries are made, with ties broken anew; 0
	// goes on until the search has taken a small part of the work that the best
	// order so far promises for inference, or about half a second; a negative
	// number makes none.
	Restarts int `json:"restarts"`
	// Seed of the random ties.
	Seed uint64 `json:"seed"`
	// MaxEntries ends a try whose largest clique has more table entries; 0 stands
	// for 1e12, which takes hours to sum.
	MaxEntries float64 `json:"max_entries"`
}

// Validate returns a [*belief.ConfigError] if a field has no meaning.
func (cfg OrderConfig) Validate() error {
	if int(cfg.Heuristic) >= len(heuristicNames) {
		return &belief.ConfigError{Field: "Heuristic", Value: cfg.Heuristic, Want: "a known heuristic"}
	}
	if !(cfg.MaxEntries >= 0) {
		return &belief.ConfigError{Field: "MaxEntries", Value: cfg.MaxEntries, Want: "a positive number, or 0 for the default"}
	}
	return nil
}

// An Order is an elimination order and what it costs.
type Order struct {
	Vertices  []int     // all vertices, first eliminated first
	Heuristic Heuristic // that found it
	Tries     int       // made in all
	Width     int       // vertices of the largest clique less one
	Total     float64   // table entries of all elimination cliques together
	Largest   []int     // the elimination clique with the most table entries
	Entries   float64   // its table entries
}

const maxOrderEntries = 1e12

// EliminationOrder looks for an order of small total cost, where vertex i stands
// for a variable of states[i] states. The same configuration gives the same order.
// If no try stays within MaxEntries the error is a [*belief.TooLargeError], and the
// order that comes with it is the best try up to where it was given up; other
// orders may do better. Counting the triangles of m edges costs O(m·√m), once, and
// a try about O(n·log n) plus the sum over the added edges of the degree.
func (g *Graph) EliminationOrder(ctx context.Context, states []int, cfg OrderConfig) (*Order, error) {
	if len(states) != g.Len() {
		panic(fmt.Sprintf("graphical: %d numbers of states for %d vertices", len(states), g.Len()))
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	limit := cfg.MaxEntries
	if limit == 0 {
		limit = maxOrderEntries
	}
	heuristics := []Heuristic{MinFill, MinWeight, WeightedMinFill}
	if cfg.Heuristic != AnyHeuristic {
		heuristics = []Heuristic{cfg.Heuristic}
	}
	e, err := newEliminator(ctx, g, states)
	if err != nil {
		return nil, err
	}
	best := &Order{Total: math.Inf(1), Entries: math.Inf(1)}
	reached := map[Heuristic]float64{}
	failed := &Order{Entries: math.Inf(1)}
	perfect := false
	try := func(i int, h Heuristic) error {
		var ties *rand.Rand
		if i >= len(heuristics) {
			ties = stream.New(cfg.Seed, "elimination order", uint64(i))
		}
		o, complete, err := e.run(ctx, h, ties, limit, best.Total)
		if err != nil {
			return err
		}
		best.Tries++
		perfect = perfect || complete && e.added == 0 // chordal: no order can do better
		switch {
		case complete && o.Total < best.Total:
			o.Tries = best.Tries
			best = o
		case !complete && o.Entries > limit && o.Entries < failed.Entries:
			failed = o
		}
		if have, ok := reached[h]; !ok || o.Total < have {
			reached[h] = o.Total
		}
		return nil
	}
	i := 0
	for _, h := range heuristics {
		if perfect {
			break
		}
		if err := try(i, h); err != nil {
			return nil, err
		}
		i++
	}
	for extra := 0; ; extra++ {
		if cfg.Restarts < 0 || cfg.Restarts > 0 && extra >= cfg.Restarts || perfect {
			break
		}
		if cfg.Restarts == 0 && e.work >= min(best.Total*workPerEntry, mostWork) {
			break
		}
		if math.IsInf(best.Total, 1) && extra >= 3*len(heuristics) {
			break
		}
		h := heuristics[extra%len(heuristics)]
		if reached[h] > hopeless*best.Total {
			for _, other := range heuristics {
				if reached[other] < reached[h] {
					h = other
				}
			}
		}
		if err := try(i, h); err != nil {
			return nil, err
		}
		i++
	}
	if math.IsInf(best.Total, 1) {
		failed.Tries = best.Tries
		return failed, &belief.TooLargeError{
			What: "every elimination order tried", AtLeast: true, Bytes: 8 * failed.Entries, Budget: int64(8 * min(limit, 1e18)),
			Width: failed.Width, Entries: failed.Entries,
		}
	}
	return best, nil
}

// Tuning of the search: steps of search that are worth one table entry of
// inference, and how much worse than the best a heuristic's own best may be for it
// to be tried again.
const (
	workPerEntry = 0.15
	mostWork     = 5e7 // about half a second
	hopeless     = 1.5
	stepWork     = 8 // of taking a vertex from the heap
)
