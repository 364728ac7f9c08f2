package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
	"github.com/belief-go/belief/mcmc/draws"
)

// SBC is simulation-based calibration (Talts et al. 2018): it fits simulated data
// and looks where the parameters that made them lie among the posterior draws.
type SBC[D any] struct {
	Model   Model[D]
	Sampler mcmc.Sampler
	// Config is that of each run. Its Chains are 1 by default, and its Seed,
	// Workers, Start and checkpoints are set by the check.
	Config mcmc.Config
	// Simulations is how many data sets are fitted; 0: 200.
	Simulations int
	// Ranks is the number of possible ranks: one more than the draws of each run
	// that are compared; 0: 100. A run whose draws are worth less than twice as
	// many independent ones is repeated with more thinning, up to 16 times as
	// long, for ranks of correlated draws are not uniform.
	Ranks   int
	Alarm   float64 // the rate of false alarms of the whole report; 0: 0.01
	Seed    uint64
	Workers int // 0: all cores; the report is the same
}

// A Calibration tells how ranks are spread.
type Calibration struct {
	Quantities  []Ranks
	Simulations int // that were done
	Size        int // possible ranks
	Alarm       float64
	// OK is false if a test of a quantity refuses: with right model and sampler,
	// that has at most the probability Alarm.
	OK       bool
	Warnings []belief.Warning
}

// Ranks are those of one quantity.
type Ranks struct {
	Name       string
	Ranks      []int   // of each simulation
	ChiSquare  float64 // the statistic
	ChiSquareP float64 // its p-value, by the asymptotic distribution
	ECDFP      float64 // exact p-value of the largest departure of the ECDF
	OK         bool    // neither p-value is below the quantity's share of Alarm
	Shape      string  // what the ranks look like, in words, if not OK
}

// Run does the simulations. Errors are a [*belief.ConfigError], or a
// [*SimulationError] with the cause. When ctx ends, the report of the simulations
// that were done comes with its error.
func (c SBC[D]) Run(ctx context.Context) (*Calibration, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	ranks := make([][]int, c.Simulations)
	notes := make([]note, c.Simulations)
	err := parallel.For(ctx, c.Simulations, c.Workers, func(i int) (err error) {
		ranks[i], notes[i], err = c.simulate(ctx, i)
		return err
	})
	if err != nil && !errors.Is(err, ctx.Err()) {
		return nil, err
	}
	out := &Calibration{Size: c.Ranks, Alarm: c.Alarm, OK: true}
	total := note{}
	for i, r := range ranks {
		if r != nil {
			out.Simulations++
			total.add(notes[i])
		}
	}
	for j, name := range c.Model.names() {
		q := Ranks{Name: name}
		for _, r := range ranks {
			if r != nil {
				q.Ranks = append(q.Ranks, r[j])
			}
		}
		q.judge(c.Ranks, c.Alarm/float64(2*len(c.Model.names())))
		out.OK = out.OK && q.OK
		out.Quantities = append(out.Quantities, q)
	}
	out.Warnings = total.warnings(out.Simulations)
	if out.Simulations < 100 {
		out.Warnings = append(out.Warnings, belief.Warning{Code: "few-simulations", Text: fmt.Sprintf("%d simulations see only gross mistakes; take 200 or more", out.Simulations)})
	}
	return out, err
}

func (c *SBC[D]) check() error {
	if err := c.Model.validate(true); err != nil {
		return err
	}
	if c.Sampler == nil {
		return &belief.ConfigError{Field: "Sampler", Value: "nil", Want: "a sampler, such as mcmc.NUTS{}"}
	}
	if c.Config.Chains == 0 {
		c.Config.Chains = 1
	}
	if c.Config.Sink != nil || c.Config.Discard {
		return &belief.ConfigError{Field: "Config.Sink", Value: "set", Want: "none: the draws are needed in memory"}
	}
	c.Config.Workers, c.Config.Checkpoint, c.Config.Progress, c.Config.Start = 1, "", nil, nil
	if err := errors.Join(checkAlarm(&c.Alarm), setCount("Simulations", &c.Simulations, 200, 1, 1<<16), setCount("Ranks", &c.Ranks, 100, 2, 1<<12)); err != nil {
		return err
	}
	if d := c.Config.Draws; d > 0 && d < c.Ranks-1 {
		return &belief.ConfigError{Field: "Config.Draws", Value: d, Want: fmt.Sprintf("at least %d, for %d ranks", c.Ranks-1, c.Ranks)}
	}
	return nil
}

// A note is what is worth a warning about runs.
type note struct{ divergent, correlated, unwell int }

func (n *note) add(m note) {
	n.divergent += m.divergent
	n.correlated += m.correlated
	n.unwell += m.unwell
}

func (n *note) warnings(simulations int) (out []belief.Warning) {
	warn := func(code string, count int, text string) {
		if count > 0 {
			out = append(out, belief.Warning{Code: code, Text: fmt.Sprintf("%d of %d runs %s", count, simulations, text)})
		}
	}
	warn("divergences", n.divergent, "have divergent steps: their draws may be biased, and so may be the ranks")
	warn("correlated", n.correlated, "have draws that are worth fewer independent ones than their ranks need, even after 16 times as many steps: extreme ranks are then too frequent; take more Draws or a better sampler")
	warn("target", n.unwell, "have warnings about their target, such as values that are not a number")
	return out
}

// simulate draws parameters and data, fits them and returns the ranks.
func (c *SBC[D]) simulate(ctx context.Context, i int) (ranks []int, n note, err error) {
	r := stream.New(c.Seed, "check sbc", uint64(i))
	theta, data, err := c.Model.draw(r)
	fail := func(err error) ([]int, note, error) {
		if err == ctx.Err() {
			return nil, note{}, err
		}
		return nil, note{}, failed(i, theta, err)
	}
	if err != nil {
		return fail(err)
	}
	truth := make([]float64, len(c.Model.names()))
	if err := c.Model.valuesTo(truth, theta, data); err != nil {
		return fail(err)
	}
	target, err := c.Model.target(data)
	if err != nil {
		return fail(err)
	}
	config := c.Config
	config.Seed = r.Uint64()
	thin := max(config.Thin, 1)
	for longer := 1; ; longer *= 4 {
		config.Thin = thin * longer
		run, err := mcmc.Sample(ctx, c.Sampler, target, config)
		if err != nil {
			if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
				err = ctx.Err()
			}
			return fail(err)
		}
		values, worth, err := c.values(run.Draws, data)
		if err != nil {
			return fail(err)
		}
		if worth < 2*float64(c.Ranks-1) && longer < 16 {
			continue
		}
		if worth < float64(c.Ranks-1) {
			n.correlated = 1
		}
		if len(run.Warnings) > 0 {
			n.unwell = 1
		}
		for _, report := range run.Reports {
			if report.Divergences > 0 {
				n.divergent = 1
			}
		}
		for j, v := range values {
			ranks = append(ranks, rank(r, thinned(v, c.Ranks-1), truth[j]))
		}
		return ranks, n, nil
	}
}

// values returns the draws of every quantity by chains, and the smallest number of
// independent draws that one of them is worth.
func (c *SBC[D]) values(d *draws.Draws, data D) (out [][][]float64, worth float64, err error) {
	if len(d.Names) != len(c.Model.Names) {
		return nil, 0, &belief.ConfigError{Field: "Model.Target", Value: fmt.Sprintf("with %d quantities", len(d.Names)), Want: fmt.Sprintf("one with the %d of Model.Names", len(c.Model.Names))}
	}
	row := make([]float64, len(c.Model.names()))
	out = make([][][]float64, len(row))
	for chain := range d.Chains {
		for j := range out {
			out[j] = append(out[j], make([]float64, 0, d.Len(chain)))
		}
		for i := range d.Len(chain) {
			if err := c.Model.valuesTo(row, d.Row(chain, i), data); err != nil {
				return nil, 0, err
			}
			for j, v := range row {
				out[j][chain] = append(out[j][chain], v)
			}
		}
	}
	worth = math.Inf(1)
	for _, chains := range out {
		// NaN stands for a quantity that does not vary, or moves between
		// infinities: there is no telling, and nothing to thin.
		if ess := diagnostics.ESSBulk(chains); ess < worth {
			worth = ess
		}
	}
	return out, worth, nil
}

// thinned takes n draws of all chains at even distances.
func thinned(chains [][]float64, n int) []float64 {
	all := slices.Concat(chains...)
	out := make([]float64, n)
	for i := range out {
		out[i] = all[int((float64(i)+0.5)*float64(len(all))/float64(n))]
	}
	return out
}

// rank is the number of draws below the value; draws that are equal to it count as
// below with a uniform share, as they do if the value is one of them.
func rank(r *rand.Rand, draws []float64, value float64) int {
	below, equal := 0, 0
	for _, v := range draws {
		switch {
		case v < value:
			below++
		case v == value:
			equal++
		}
	}
	return below + r.IntN(equal+1)
}

// judge tests ranks for uniformity.
func (q *Ranks) judge(size int, alarm float64) {
	q.ChiSquareP, q.ECDFP, q.OK = 1, 1, true
	n := len(q.Ranks)
	if n == 0 {
		return
	}
	counts := make([]int, size)
	mean := 0.0
	for _, r := range q.Ranks {
		counts[r]++
		mean += (float64(r) + 0.5) / float64(size) / float64(n)
	}
	q.ChiSquare, q.ChiSquareP, _ = chiSquare(counts, n)
	q.ECDFP = ecdfP(counts, n)
	if q.OK = q.ChiSquareP >= alarm && q.ECDFP >= alarm; q.OK {
		return
	}
	spread := 0.0 // about their mean; of uniform numbers, 1/12
	for _, r := range q.Ranks {
		u := (float64(r)+0.5)/float64(size) - mean
		spread += u * u / float64(n)
	}
	// In standard errors of uniform ranks.
	location := (mean - 0.5) * math.Sqrt(12*float64(n))
	width := (spread - 1.0/12) * math.Sqrt(180*float64(n))
	switch {
	case location > 4 && location > math.Abs(width):
		q.Shape = "ranks are too high: posterior draws are too low"
	case location < -4 && -location > math.Abs(width):
		q.Shape = "ranks are too low: posterior draws are too high"
	case width > 4:
		q.Shape = "extreme ranks are too many: the posterior draws are too narrow, or correlated"
	case width < -4:
		q.Shape = "extreme ranks are too few: the posterior draws are too wide"
	default:
		q.Shape = "ranks are not uniform"
	}
}

// String is a table of the quantities.
func (c *Calibration) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d simulations, %d ranks, rate of false alarms %g\n", c.Simulations, c.Size, c.Alarm)
	width := len("quantity")
	for _, q := range c.Quantities {
		width = max(width, len([]rune(q.Name)))
	}
	fmt.Fprintf(&b, "%-*s  chi² p   ECDF p   verdict\n", width, "quantity")
	for _, q := range c.Quantities {
		verdict := "ok"
		if !q.OK {
			verdict = q.Shape
		}
		fmt.Fprintf(&b, "%-*s  %-7.2g  %-7.2g  %s\n", width, q.Name, q.ChiSquareP, q.ECDFP, verdict)
	}
	return b.String()
}
