package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc/diagnostics"
	"github.com/belief-go/belief/mcmc/draws"
)

// Predictive compares the Quantities of a model on data that it predicts with those
// on the data at hand. The names of the model's parameters and its Target are not
// looked at, and its Prior only by the prior check.
type Predictive[D any] struct {
	Model Model[D]
	Data  D // the data at hand
	// Draws is the number of replicated data sets; 0: 1000 from the prior, one for
	// each draw of the posterior. Fewer than those are spread evenly over them.
	Draws int
	// Tail is the tail probability at which a quantity is called surprising, on
	// either side; 0: 0.01.
	Tail    float64
	Seed    uint64
	Workers int // 0: all cores; the report is the same
}

// A Prediction tells how well a model predicts data.
type Prediction struct {
	Quantities []Predicted
	Replicated int  // data sets
	OK         bool // nothing is surprising
}

// Predicted is one quantity of predicted data and of the data at hand. A quantity
// that depends on parameters has many values on the latter, of which Observed is
// the mean.
type Predicted struct {
	Name     string
	Observed float64
	Mean     float64 // on predicted data
	SD       float64
	Quantile [3]float64 // 5 %, 50 % and 95 %, on predicted data
	// P estimates the probability that predicted data have a larger quantity than
	// the data at hand; equal ones count half.
	P belief.Estimate
	// Surprising tells that P is below Tail or above 1 − Tail.
	Surprising bool
}

// Prior replicates data from the prior. Were the model right, each P would be
// uniform (Box 1980).
func (c Predictive[D]) Prior(ctx context.Context) (*Prediction, error) {
	if c.Model.Prior == nil {
		return nil, &belief.ConfigError{Field: "Model.Prior", Value: "nil", Want: "a function"}
	}
	if err := errors.Join(c.check(), setCount("Draws", &c.Draws, 1000, 2, 1<<22)); err != nil {
		return nil, err
	}
	return c.replicate(ctx, "check prior predictive", []int{c.Draws}, nil)
}

// Posterior replicates data from draws of the posterior. Data that were used to fit
// the model are predicted too well: P is nearer to ½ than a uniform number is, so
// that a surprise is one all the more (Meng 1994).
func (c Predictive[D]) Posterior(ctx context.Context, posterior *draws.Draws) (*Prediction, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	total, chains := 0, []int{}
	if posterior != nil {
		for i := range posterior.Chains {
			total += posterior.Len(i)
			chains = append(chains, posterior.Len(i))
		}
	}
	if total < 2 {
		return nil, &belief.ConfigError{Field: "posterior", Value: posterior, Want: "some draws"}
	}
	if err := setCount("Draws", &c.Draws, total, 2, total); err != nil {
		return nil, err
	}
	share := float64(c.Draws) / float64(total)
	for i, n := range chains {
		chains[i] = max(int(math.Round(share*float64(n))), min(n, 1))
	}
	return c.replicate(ctx, "check posterior predictive", chains, func(chain, i int) []float64 {
		n := posterior.Len(chain)
		return posterior.Row(chain, int((float64(i)+0.5)*float64(n)/float64(chains[chain])))
	})
}

func (c *Predictive[D]) check() error {
	if c.Model.Simulate == nil {
		return &belief.ConfigError{Field: "Model.Simulate", Value: "nil", Want: "a function"}
	}
	if len(c.Model.Quantities) == 0 {
		return &belief.ConfigError{Field: "Model.Quantities", Value: 0, Want: "at least one"}
	}
	for _, q := range c.Model.Quantities {
		if q.F == nil {
			return &belief.ConfigError{Field: "Model.Quantities " + q.Name, Value: "nil", Want: "a function"}
		}
	}
	if c.Tail == 0 {
		c.Tail = 0.01
	}
	if !(c.Tail > 0 && c.Tail < 0.5) {
		return &belief.ConfigError{Field: "Tail", Value: c.Tail, Want: "between 0 and ½"}
	}
	return nil
}

// replicate simulates data for parameters that stand in chains, nil being the prior.
func (c *Predictive[D]) replicate(ctx context.Context, purpose string, lengths []int, theta func(chain, i int) []float64) (*Prediction, error) {
	type place struct{ chain, i int }
	var places []place
	for chain, n := range lengths {
		for i := range n {
			places = append(places, place{chain, i})
		}
	}
	k, n := len(c.Model.Quantities), len(places)
	const width = 2 // on predicted data and on those at hand
	values := make([]float64, n*k*width)
	err := parallel.For(ctx, n, c.Workers, func(i int) (err error) {
		r := stream.New(c.Seed, purpose, uint64(i))
		var parameters []float64
		if theta != nil {
			parameters = theta(places[i].chain, places[i].i)
		} else if parameters, err = c.Model.prior(r); err != nil {
			return failed(i, nil, err)
		}
		data, err := c.Model.simulate(r, parameters)
		if err != nil {
			return failed(i, parameters, err)
		}
		for j := range c.Model.Quantities {
			q, at := &c.Model.Quantities[j], values[(i*k+j)*width:]
			for l, data := range [2]D{data, c.Data} {
				if at[l], err = q.of(parameters, data); err == nil && math.IsNaN(at[l]) {
					err = fmt.Errorf("quantity %q is NaN", q.Name)
				}
				if err != nil {
					return failed(i, parameters, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Prediction{Replicated: n, OK: true}
	for j, q := range c.Model.Quantities {
		predicted, larger := make([]float64, n), make([][]float64, len(lengths))
		p := Predicted{Name: q.Name}
		var observed careful.Accumulator
		for i, place := range places {
			at := values[(i*k+j)*width:]
			predicted[i] = at[0]
			observed.Add(at[1])
			share := 0.5
			switch {
			case at[0] > at[1]:
				share = 1
			case at[0] < at[1]:
				share = 0
			}
			larger[place.chain] = append(larger[place.chain], share)
		}
		p.Observed = observed.Sum() / float64(n)
		p.judge(predicted, larger, c.Tail)
		out.OK = out.OK && !p.Surprising
		out.Quantities = append(out.Quantities, p)
	}
	return out, nil
}

// judge works out the rest from the values on predicted data, and from whether they
// are larger than on those at hand.
func (p *Predicted) judge(predicted []float64, larger [][]float64, tail float64) {
	n := float64(len(predicted))
	for _, v := range predicted {
		p.Mean += v / n
	}
	for _, v := range predicted {
		p.SD += (v - p.Mean) * (v - p.Mean) / (n - 1)
	}
	p.SD = math.Sqrt(p.SD)
	for i, q := range []float64{0.05, 0.5, 0.95} {
		p.Quantile[i] = diagnostics.Quantile(predicted, q)
	}
	total := 0.0
	for _, chain := range larger {
		for _, v := range chain {
			total += v
		}
	}
	p.P = belief.Estimate{Value: total / n, Kind: belief.Sampled, StdErr: diagnostics.MCSEMean(larger)}
	if !(p.P.StdErr > 0) {
		// All are larger or none, or there are too few: as if half of one more
		// were.
		v := (total + 0.5) / (n + 1)
		p.P.StdErr = math.Sqrt(v * (1 - v) / n)
	}
	p.Surprising = p.P.Value < tail || p.P.Value > 1-tail
}

// String is a table of the quantities.
func (p *Prediction) String() string {
	var b strings.Builder
	width := len("quantity")
	for _, q := range p.Quantities {
		width = max(width, len([]rune(q.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %9s  %9s  %9s  %-16s\n", width, "quantity", "observed", "predicted", "sd", "P(larger)")
	for _, q := range p.Quantities {
		fmt.Fprintf(&b, "%-*s  %9.4g  %9.4g  %9.3g  %v", width, q.Name, q.Observed, q.Mean, q.SD, q.P)
		if q.Surprising {
			b.WriteString("  surprising")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
