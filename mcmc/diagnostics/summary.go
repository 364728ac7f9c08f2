package diagnostics

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/mcmc/draws"
)

// Config are the settings of a [Summary]. The zero value is a good choice.
type Config struct {
	// Quantiles are probabilities in increasing order; none stands for 0.05, 0.5
	// and 0.95.
	Quantiles []float64
	// MaxTreeDepth is the greatest number of doublings that the sampler was
	// allowed; 0 stands for 10, the default here and of Stan.
	MaxTreeDepth int
	Workers      int // goroutines, 0 for all cores; the result does not depend on it
}

// A Summary tells what draws say about each quantity, and how far they are to be
// believed.
type Summary struct {
	Chains        int       // chains with draws
	Iterations    int       // draws of the shortest chain, which all numbers are of
	Probabilities []float64 // of the quantiles
	// Quantities are those of the draws in their order, after the log density if
	// the sampler kept it.
	Quantities []Quantity
	// Converged tells that no warning casts doubt on the numbers; those on the
	// efficiency of the sampler do not count.
	Converged bool
	Warnings  []belief.Warning

	// Of Hamiltonian samplers, as far as they keep statistics:
	Divergences int       // draws whose trajectory diverged
	Saturated   int       // draws whose trajectory was as long as allowed
	EBFMI       []float64 // of each chain, nil if energies were not kept

	trajectories bool // divergences were kept
}

// A Quantity is a row of a [Summary]. What cannot be computed is NaN.
type Quantity struct {
	Name      string
	Mean      float64
	SD        float64 // standard deviation
	Median    float64
	MAD       float64   // 1.4826 × median distance from the median: the SD of a normal
	Quantiles []float64 // of type 7, for Probabilities

	MCSEMean      float64
	MCSESD        float64
	MCSEMedian    float64
	MCSEQuantiles []float64

	ESSBulk         float64
	ESSTail         float64
	ESSMean         float64 // that of split chains as they are
	ESSBasicNoSplit float64
	ESSSD           float64
	ESSMedian       float64
	ESSQuantiles    []float64

	RHat             float64 // rank-normalized, split, of place and of spread
	RHatBasicSplit   float64
	RHatBasicNoSplit float64

	// Constant tells that all draws are the same, which is right for an entry
	// that the model fixes.
	Constant bool

	notFinite int // draws that are NaN or infinite
	stuck     int // a chain that never moves while others do, or −1
}

// Summarize returns the summary with default settings. Statistics of the sampler
// are looked for under the names that package draws gives them.
func Summarize(d *draws.Draws) *Summary {
	s, err := Config{}.Summarize(context.Background(), d)
	if err != nil {
		panic("diagnostics: " + err.Error()) // no setting is wrong, nothing is cancelled
	}
	return s
}

// Summarize returns the summary of draws. The error is a [*belief.ConfigError] or
// that of ctx. O(S log S) for each quantity of S draws, on all cores.
func (c Config) Summarize(ctx context.Context, d *draws.Draws) (*Summary, error) {
	if len(c.Quantiles) == 0 {
		c.Quantiles = []float64{0.05, 0.5, 0.95}
	}
	for i, p := range c.Quantiles {
		if !(p >= 0 && p <= 1) || i > 0 && p <= c.Quantiles[i-1] {
			return nil, &belief.ConfigError{Field: "Quantiles", Value: c.Quantiles, Want: "probabilities in increasing order"}
		}
	}
	if c.MaxTreeDepth < 0 {
		return nil, &belief.ConfigError{Field: "MaxTreeDepth", Value: c.MaxTreeDepth, Want: "positive, or 0 for 10"}
	}
	if c.MaxTreeDepth == 0 {
		c.MaxTreeDepth = 10
	}
	s := &Summary{Probabilities: slices.Clone(c.Quantiles), Warnings: []belief.Warning{}}
	lengths, kept := make([]int, len(d.Chains)), []int{}
	for i := range d.Chains {
		if lengths[i] = d.Len(i); lengths[i] > 0 {
			kept = append(kept, i)
		}
	}
	s.Chains = len(kept)
	for i, j := range kept {
		if i == 0 || lengths[j] < s.Iterations {
			s.Iterations = lengths[j]
		}
	}
	columns := make([]column, 0, len(d.Names)+1)
	if j := slices.Index(d.Stats, draws.LogDensity); j >= 0 && !slices.Contains(d.Names, draws.LogDensity) {
		columns = append(columns, column{draws.LogDensity, j, true})
	}
	for j, name := range d.Names {
		columns = append(columns, column{name, j, false})
	}
	s.Quantities = make([]Quantity, len(columns))
	memory := sync.Pool{New: func() any { return new(sample) }}
	err := parallel.For(ctx, len(columns), c.Workers, func(i int) error {
		m := memory.Get().(*sample)
		m.load(columns[i].read(d, kept, s.Iterations))
		s.Quantities[i] = m.quantity(columns[i].name, c.Quantiles)
		memory.Put(m)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.sampler(d, c.MaxTreeDepth)
	s.warn(lengths, c.MaxTreeDepth)
	return s, nil
}

// column is a column of draws.
type column struct {
	name  string
	index int
	stat  bool
}

// read returns the column in the chains kept.
func (c column) read(d *draws.Draws, kept []int, iterations int) [][]float64 {
	out := make([][]float64, len(kept))
	for i, k := range kept {
		table, width := d.Chains[k].Values, len(d.Names)
		if c.stat {
			table, width = d.Chains[k].Stats, len(d.Stats)
		}
		rows := min(iterations, len(table)/width)
		out[i] = make([]float64, rows)
		for t := range out[i] {
			out[i][t] = table[t*width+c.index]
		}
	}
	return out
}

func newQuantity(name string, quantiles int) Quantity {
	return Quantity{
		Name:          name,
		Quantiles:     make([]float64, quantiles),
		MCSEQuantiles: make([]float64, quantiles),
		ESSQuantiles:  make([]float64, quantiles),
	}
}

// quantity computes a row.
func (s *sample) quantity(name string, probabilities []float64) Quantity {
	nan := math.NaN()
	q := newQuantity(name, len(probabilities))
	q.Mean, q.SD, q.Median, q.MAD = nan, nan, nan, nan
	q.stuck = s.stuck()
	for _, v := range s.x {
		if v-v != 0 {
			q.notFinite++
		}
	}
	q.Constant = s.undefined && q.notFinite == 0 && len(s.x) > 0
	var sorted []float64 // empty, whose quantiles are NaN, if there are none
	if !s.nan && len(s.x) > 0 {
		s.sort()
		sorted = s.sorted
		q.Mean, q.SD = mean(s.x), s.sd()
		q.Median, q.MAD = sortedMedian(sorted), medianDeviation(sorted)
	}
	q.ESSMedian = s.essQuantile(0.5)
	q.MCSEMedian = s.mcseQuantile(0.5, q.ESSMedian)
	for i, p := range probabilities {
		q.Quantiles[i] = sortedQuantile(sorted, p)
		q.ESSQuantiles[i] = s.essQuantile(p)
		q.MCSEQuantiles[i] = s.mcseQuantile(p, q.ESSQuantiles[i])
	}
	tail := func(p float64) float64 {
		if i := slices.Index(probabilities, p); i >= 0 {
			return q.ESSQuantiles[i]
		}
		return s.essQuantile(p)
	}
	q.ESSTail = min(tail(0.05), tail(0.95))
	q.ESSBulk = s.essBulk()
	q.ESSMean, q.ESSBasicNoSplit = s.essBasic(true), s.essBasic(false)
	q.ESSSD = s.essSD()
	q.MCSEMean, q.MCSESD = q.SD/math.Sqrt(q.ESSMean), s.mcseSD()
	q.RHat = s.rHat()
	q.RHatBasicSplit, q.RHatBasicNoSplit = s.rHatBasic(true), s.rHatBasic(false)
	return q
}

// fewestMoves is the number of draws from which on a chain that stays where it is
// is stuck, and not only unlucky.
const fewestMoves = 20

// stuck returns a chain that has one value while the quantity has several, or −1.
// Whole numbers do not count: a rare state may well be absent from a chain.
func (s *sample) stuck() int {
	if s.undefined || s.iterations < fewestMoves || !slices.ContainsFunc(s.x, func(v float64) bool { return v != math.Trunc(v) }) {
		return -1
	}
	return slices.IndexFunc(s.whole(s.x), func(c []float64) bool {
		return !slices.ContainsFunc(c, func(v float64) bool { return v != c[0] })
	})
}

// sampler counts what the sampler tells of its trajectories.
func (s *Summary) sampler(d *draws.Draws, maxDepth int) {
	count := func(name string, bad func(v float64) bool) (n int) {
		chains, _ := d.Column(name)
		for _, c := range chains {
			for _, v := range c {
				if bad(v) {
					n++
				}
			}
		}
		return n
	}
	s.trajectories = slices.Contains(d.Stats, draws.Divergent)
	s.Divergences = count(draws.Divergent, func(v float64) bool { return v != 0 })
	s.Saturated = count(draws.TreeDepth, func(v float64) bool { return v >= float64(maxDepth) })
	if energies, ok := d.Column(draws.Energy); ok {
		for _, e := range energies {
			s.EBFMI = append(s.EBFMI, EBFMI(e))
		}
	}
}
