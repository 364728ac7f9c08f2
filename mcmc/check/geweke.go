package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// Geweke is the joint distribution test of Geweke 2004. The marginal-conditional
// simulator draws parameters from the prior and data from them; the successive-
// conditional one begins so, and then alternates between steps of the sampler's
// kernel and new data. If kernel, target and model fit together, both have the same
// distribution of parameters and data, and the chains of the second are in it from
// their first draw.
//
// Quantities are compared by their ranks among the draws of the first simulator, so
// that heavy tails do no harm: location by the mean rank, spread by the mean square
// distance of ranks from the middle.
//
// The kernel must be one whose state is a point alone; ensembles and tempering are
// for [SBC].
type Geweke[D any] struct {
	Model   Model[D]
	Sampler mcmc.Sampler
	// Draws is the number of draws of either simulator; 0: 10,000.
	Draws int
	// Chains is the number of chains that the second simulator's are spread
	// over; 0: 8.
	Chains int
	// Steps is the number of steps of the kernel between new data; 0: 1.
	Steps int
	// WarmUp is the number of steps in which a kernel that can learn is tuned,
	// once, on data of their own; 0: 500.
	WarmUp  int
	Alarm   float64 // the rate of false alarms of the whole report; 0: 0.01
	Seed    uint64
	Workers int // 0: all cores; the report is the same
}

// A Comparison is the result of Geweke's test.
type Comparison struct {
	Scores []Score // two of each quantity: location and spread
	Alarm  float64
	// OK is false if a score is too far from zero: with right model and sampler,
	// that has at most about the probability Alarm.
	OK       bool
	Warnings []belief.Warning
}

// A Score compares the two simulators in one respect.
type Score struct {
	Name string
	// Respect is "location" or "spread".
	Respect string
	// Z is the difference of the successive-conditional simulator from the
	// marginal-conditional one, in standard errors; above zero, its draws are
	// higher, or wider.
	Z   float64
	P   float64 // two-sided p-value of a normal Z
	ESS float64 // effective draws of the successive-conditional simulator
	OK  bool
}

// Run does the test. Errors are a [*belief.ConfigError], a [*SimulationError] with
// the chain's number and the cause, or ctx's.
func (c Geweke[D]) Run(ctx context.Context) (*Comparison, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	names := c.Model.names()
	first := make([][]float64, len(names)) // the marginal-conditional draws
	r := stream.New(c.Seed, "check geweke marginal")
	row := make([]float64, len(names))
	for i := range c.Draws {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		theta, data, err := c.Model.draw(r)
		if err == nil {
			err = c.Model.valuesTo(row, theta, data)
		}
		if err != nil {
			return nil, failed(i, theta, err)
		}
		for j, v := range row {
			first[j] = append(first[j], v)
		}
	}
	tuned, err := c.tune()
	if err != nil {
		return nil, err
	}
	second := make([][][]float64, len(names)) // by quantity and chain
	for j := range second {
		second[j] = make([][]float64, c.Chains)
	}
	err = parallel.For(ctx, c.Chains, c.Workers, func(chain int) error {
		values, theta, err := c.chain(ctx, chain, tuned)
		if err != nil {
			if err == ctx.Err() {
				return err
			}
			return failed(chain, theta, err)
		}
		for j := range values {
			second[j][chain] = values[j]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Comparison{Alarm: c.Alarm, OK: true}
	least := math.Inf(1)
	for j, name := range names {
		for _, s := range compare(name, first[j], second[j]) {
			s.OK = s.P >= c.Alarm/float64(2*len(names))
			out.OK = out.OK && s.OK
			if s.ESS < least {
				least = s.ESS
			}
			out.Scores = append(out.Scores, s)
		}
	}
	if least < 200 {
		out.Warnings = append(out.Warnings, belief.Warning{Code: "short", Text: fmt.Sprintf("the successive-conditional simulator is worth only %.3g independent draws, too few to be sure of its standard errors; take more Draws or more Steps", least)})
	}
	return out, nil
}

func (c *Geweke[D]) check() error {
	if err := c.Model.validate(true); err != nil {
		return err
	}
	if c.Sampler == nil {
		return &belief.ConfigError{Field: "Sampler", Value: "nil", Want: "a sampler, such as mcmc.NUTS{}"}
	}
	err := errors.Join(checkAlarm(&c.Alarm), setCount("Draws", &c.Draws, 10_000, 100, 1<<22), setCount("Chains", &c.Chains, 8, 1, 1<<10),
		setCount("Steps", &c.Steps, 1, 1, 1<<20), setCount("WarmUp", &c.WarmUp, 500, 1, 1<<20))
	if err == nil && c.Draws/c.Chains < 20 {
		err = &belief.ConfigError{Field: "Chains", Value: c.Chains, Want: "so few that each has 20 draws or more"}
	}
	return err
}

// kernel returns a kernel for the posterior of data, tuned as it is told, and a
// state at the given parameters or the given point.
func (c *Geweke[D]) kernel(data D, x []float64, tuned []byte) (mcmc.Kernel, *mcmc.Guard, *mcmc.State, error) {
	target, err := c.Model.target(data)
	if err != nil {
		return nil, nil, nil, err
	}
	g := mcmc.NewGuard(target)
	if g.Dim() != len(x) {
		return nil, nil, nil, &belief.ConfigError{Field: "Model.Position", Value: fmt.Sprintf("of %d coordinates", len(x)), Want: fmt.Sprintf("the %d of the target", g.Dim())}
	}
	k, err := c.Sampler.Kernel(g)
	if err != nil {
		return nil, nil, nil, err
	}
	if t, ok := k.(mcmc.Tuner); ok && tuned != nil {
		if err := t.UnmarshalBinary(tuned); err != nil {
			return nil, nil, nil, err
		}
	}
	s := &mcmc.State{X: slices.Clone(x)}
	if err := k.Init(s); err != nil {
		return nil, nil, nil, err
	}
	if math.IsInf(s.LogDensity, -1) {
		return nil, nil, nil, fmt.Errorf("the target's density is zero at x = %v, where parameters and data were simulated", x)
	}
	if len(s.Aux) > 0 {
		return nil, nil, nil, &belief.ConfigError{Field: "Sampler", Value: fmt.Sprintf("%T", c.Sampler), Want: "one whose kernel has no state but a point"}
	}
	return k, g, s, nil
}

// tune lets a kernel learn on the posterior of some data, and returns what it has
// learnt, nil if it is none that learns.
func (c *Geweke[D]) tune() ([]byte, error) {
	r := stream.New(c.Seed, "check geweke tuning")
	theta, data, err := c.Model.draw(r)
	fail := func(err error) ([]byte, error) {
		return nil, failed(0, theta, err)
	}
	if err != nil {
		return fail(err)
	}
	x, err := c.Model.position(theta)
	if err != nil {
		return fail(err)
	}
	k, _, s, err := c.kernel(data, x, nil)
	if err != nil {
		return fail(err)
	}
	t, ok := k.(mcmc.Tuner)
	if !ok {
		return nil, nil
	}
	t.BeginWarmUp(c.WarmUp)
	for range c.WarmUp {
		info, err := t.Step(r, s)
		if err == nil {
			err = t.Tune(s, info)
		}
		if err != nil {
			return fail(err)
		}
	}
	if err := t.EndWarmUp(s); err != nil {
		return fail(err)
	}
	return t.MarshalBinary()
}

// chain is one of the successive-conditional simulator's.
func (c *Geweke[D]) chain(ctx context.Context, index int, tuned []byte) (values [][]float64, theta []float64, err error) {
	r := stream.New(c.Seed, "check geweke successive", uint64(index))
	theta, data, err := c.Model.draw(r)
	if err != nil {
		return nil, theta, err
	}
	x, err := c.Model.position(theta)
	if err != nil {
		return nil, theta, err
	}
	values = make([][]float64, len(c.Model.names()))
	row := make([]float64, len(values))
	for range c.Draws / c.Chains {
		if ctx.Err() != nil {
			return nil, theta, ctx.Err()
		}
		k, g, s, err := c.kernel(data, x, tuned)
		if err != nil {
			return nil, theta, err
		}
		for range c.Steps {
			if _, err := k.Step(r, s); err != nil {
				return nil, theta, err
			}
		}
		x = slices.Clone(s.X)
		if theta, err = c.parameters(g, x); err != nil {
			return nil, theta, err
		}
		if data, err = c.Model.simulate(r, theta); err != nil {
			return nil, theta, err
		}
		if err := c.Model.valuesTo(row, theta, data); err != nil {
			return nil, theta, err
		}
		for j, v := range row {
			values[j] = append(values[j], v)
		}
	}
	return values, theta, nil
}

// parameters are the quantities of a point.
func (c *Geweke[D]) parameters(g *mcmc.Guard, x []float64) (theta []float64, err error) {
	q, ok := g.Target().(mcmc.Quantifier)
	if !ok {
		if len(x) != len(c.Model.Names) {
			return nil, &belief.ConfigError{Field: "Model.Names", Value: c.Model.Names, Want: fmt.Sprintf("%d names, as the target has coordinates", len(x))}
		}
		return slices.Clone(x), nil
	}
	theta = make([]float64, len(q.Names()))
	if len(theta) != len(c.Model.Names) {
		return nil, &belief.ConfigError{Field: "Model.Names", Value: c.Model.Names, Want: fmt.Sprintf("%d names, as the target has quantities", len(theta))}
	}
	defer func() {
		if p, ok := err.(*panicError); ok {
			theta, p.function = nil, fmt.Sprintf("QuantitiesTo at x = %v", x)
		}
	}()
	defer recovered("QuantitiesTo", &err)
	q.QuantitiesTo(theta, x)
	return theta, nil
}

// compare scores the ranks of the second simulator's draws among the first's. By
// Hoeffding's projection of the U-statistic, the variance of a mean rank is that of
// the draws that are ranked and, as much again for as many, that of those they are
// ranked among.
func compare(name string, first []float64, second [][]float64) [2]Score {
	sorted := slices.Clone(first)
	slices.Sort(sorted)
	n := float64(len(sorted))
	position := func(v float64) float64 { // the middle of the ranks of equal ones
		low := sort.SearchFloat64s(sorted, v)
		high := low + sort.Search(len(sorted)-low, func(i int) bool { return sorted[low+i] > v })
		return 0.5 * float64(low+high) / n
	}
	score := func(respect string, f func(u float64) float64) Score {
		mean, square := 0.0, 0.0
		for _, v := range first {
			mean += f(position(v)) / n
		}
		for _, v := range first {
			off := f(position(v)) - mean
			square += off * off / n
		}
		chains := make([][]float64, len(second))
		total, count := 0.0, 0
		for i, chain := range second {
			for _, v := range chain {
				u := f(position(v))
				chains[i] = append(chains[i], u)
				total += u
				count++
			}
		}
		total /= float64(count)
		s := Score{Name: name, Respect: respect, ESS: diagnostics.ESSMean(chains)}
		mcse := diagnostics.MCSEMean(chains)
		switch stdErr := math.Sqrt(square/n + mcse*mcse); {
		case total == mean:
			s.P = 1
		case stdErr != stdErr || stdErr == 0: // the chains do not move at all
			s.Z, s.ESS = math.Copysign(math.Inf(1), total-mean), 0
		default:
			s.Z = (total - mean) / stdErr
			s.P = math.Erfc(math.Abs(s.Z) / math.Sqrt2)
		}
		return s
	}
	return [2]Score{
		score("location", func(u float64) float64 { return u }),
		score("spread", func(u float64) float64 { return (2*u - 1) * (2*u - 1) }),
	}
}

// String is a table of the scores.
func (c *Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rate of false alarms %g\n", c.Alarm)
	width := len("quantity")
	for _, s := range c.Scores {
		width = max(width, len([]rune(s.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %-8s  %6s  %-7s  %s\n", width, "quantity", "respect", "z", "p", "verdict")
	for _, s := range c.Scores {
		verdict := "ok"
		if !s.OK {
			verdict = "refused"
		}
		fmt.Fprintf(&b, "%-*s  %-8s  %6.2f  %-7.2g  %s\n", width, s.Name, s.Respect, s.Z, s.P, verdict)
	}
	return b.String()
}
