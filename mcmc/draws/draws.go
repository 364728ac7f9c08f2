package draws

import (
	"fmt"
	"slices"
)

// Names of the sampler statistics, as Stan writes them.
const (
	LogDensity = "lp__"          // log density, in nats, up to a constant
	AcceptStat = "accept_stat__" // mean acceptance probability of the step
	StepSize   = "stepsize__"    // of the integrator
	TreeDepth  = "treedepth__"   // doublings of the trajectory
	Leapfrogs  = "n_leapfrog__"  // steps of the integrator
	Divergent  = "divergent__"   // 1 if the trajectory diverged, else 0
	Energy     = "energy__"      // Hamiltonian of the accepted point
)

// Draws are the draws of several chains. A Draws belongs to one goroutine while
// it is written.
type Draws struct {
	Names  []string // of the quantities
	Stats  []string // of the sampler statistics
	Chains []*Chain
}

// A Chain is one chain's draws. Tables are in row-major order: a row for each
// iteration, with a column for each of Names (Values, WarmUp) or Stats.
type Chain struct {
	Values      []float64
	Stats       []float64
	WarmUp      []float64 // values of the warm-up, empty unless kept
	WarmUpStats []float64
	// Comments are lines about the chain that its file carries, without the
	// leading mark: adapted step size, metric, times.
	Comments []string
}

// New returns empty draws with room for the given number of iterations.
func New(names, stats []string, chains, iterations int) *Draws {
	d := &Draws{Names: slices.Clone(names), Stats: slices.Clone(stats)}
	for range chains {
		d.Chains = append(d.Chains, &Chain{
			Values: make([]float64, 0, iterations*len(names)),
			Stats:  make([]float64, 0, iterations*len(stats)),
		})
	}
	return d
}

// Len returns the number of iterations of a chain, without warm-up.
func (d *Draws) Len(chain int) int {
	c := d.Chains[chain]
	if len(d.Names) > 0 {
		return len(c.Values) / len(d.Names)
	}
	if len(d.Stats) > 0 {
		return len(c.Stats) / len(d.Stats)
	}
	return 0
}

// Row returns one draw of a chain; it shares the memory of d.
func (d *Draws) Row(chain, iteration int) []float64 {
	n := len(d.Names)
	return d.Chains[chain].Values[iteration*n : (iteration+1)*n : (iteration+1)*n]
}

// Column returns the draws of the quantity or statistic of that name, one slice
// for each chain, in new memory; ok is false if there is none.
func (d *Draws) Column(name string) (chains [][]float64, ok bool) {
	if j := slices.Index(d.Names, name); j >= 0 {
		return d.column(j, len(d.Names), func(c *Chain) []float64 { return c.Values }), true
	}
	if j := slices.Index(d.Stats, name); j >= 0 {
		return d.column(j, len(d.Stats), func(c *Chain) []float64 { return c.Stats }), true
	}
	return nil, false
}

func (d *Draws) column(j, width int, table func(*Chain) []float64) [][]float64 {
	out := make([][]float64, len(d.Chains))
	for i, c := range d.Chains {
		t := table(c)
		out[i] = make([]float64, 0, len(t)/width)
		for k := j; k < len(t); k += width {
			out[i] = append(out[i], t[k])
		}
	}
	return out
}

// String tells the shape.
func (d *Draws) String() string {
	n := 0
	if len(d.Chains) > 0 {
		n = d.Len(0)
	}
	return fmt.Sprintf("draws: %d chains × %d iterations × %d quantities", len(d.Chains), n, len(d.Names))
}
