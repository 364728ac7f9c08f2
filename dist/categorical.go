package dist

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"sort"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Categorical is the distribution of one of the classes 0, …, k−1 with given
// probabilities,
//
//	P(x) = p_x.
//
// It is made by [NewCategorical] alone, which prepares it once in time and memory
// O(k) for draws and log probabilities in O(1); copies share what was prepared.
type Categorical struct {
	t *categoricalTable
}

// A categoricalTable is what NewCategorical prepares.
type categoricalTable struct {
	prob, logProb []float64
	below, above  []float64 // P(X ≤ x) and P(X > x)
	alias         []categoricalCell
	low           []uint32 // the lower halves of the thresholds
	support       Support
}

// A categoricalCell is one column of the alias table: its own class below a
// threshold of 64 bits, the other class from there on. The lower half of the
// threshold, which one draw in 2^32 needs, is kept elsewhere: a draw from many
// classes takes as long as the memory takes to deliver its cell.
type categoricalCell struct {
	high, other uint32
}

// NewCategorical returns the distribution, or a [*ParameterError]. The probabilities
// must sum to one up to 1e-8, and are then divided by their sum; they are copied.
func NewCategorical(probabilities []float64) (Categorical, error) {
	if n := len(probabilities); n == 0 || uint64(n) > math.MaxUint32 {
		return Categorical{}, &ParameterError{"categorical", "number of classes", float64(n), "between 1 and 2^32 − 1"}
	}
	sum, rest := 0.0, 0.0 // with Neumaier's correction
	for i, p := range probabilities {
		if err := probability("categorical", fmt.Sprintf("probability of class %d", i), p); err != nil {
			return Categorical{}, err
		}
		next := sum + p
		rest += max(sum, p) - next + min(sum, p)
		sum = next
	}
	sum += rest
	if !(math.Abs(sum-1) <= 1e-8) {
		return Categorical{}, &ParameterError{"categorical", "sum of the probabilities", sum, "one"}
	}
	n := len(probabilities)
	t := &categoricalTable{
		prob: make([]float64, n), logProb: make([]float64, n), below: make([]float64, n), above: make([]float64, n),
		support: Support{Lower: math.Inf(1), Discrete: true},
	}
	for i, p := range probabilities {
		t.prob[i] = p / sum
		t.logProb[i] = careful.Log(t.prob[i])
		if p > 0 {
			t.support.Lower, t.support.Upper = min(t.support.Lower, float64(i)), float64(i)
		}
	}
	accumulate(t.prob, t.below, t.above)
	for i, p := range t.prob { // next to one, a logarithm takes its digits from the rest
		if p > 0.5 {
			rest := t.above[i]
			if i > 0 {
				rest += t.below[i-1]
			}
			t.logProb[i] = math.Log1p(-rest)
		}
	}
	t.alias, t.low = aliasTable(t.prob)
	return Categorical{t}, nil
}

// accumulate writes the sums of prob up to and beyond each class, with corrected
// rounding.
func accumulate(prob, below, above []float64) {
	last := len(prob) - 1
	sum, rest := 0.0, 0.0
	add := func(p float64) {
		next := sum + p
		rest += max(sum, p) - next + min(sum, p)
		sum = next
	}
	for i, p := range prob {
		add(p)
		below[i] = min(1, sum+rest)
	}
	sum, rest = 0, 0
	for i := last; i >= 0; i-- {
		above[i] = min(1, sum+rest)
		add(prob[i])
		if above[i] == 0 {
			below[i] = 1
		}
	}
}

// aliasTable pairs classes that have less than the mean probability with those
// that have more (Vose 1991, A linear algorithm for generating random numbers with
// a given distribution).
func aliasTable(prob []float64) (cells []categoricalCell, low []uint32) {
	n := len(prob)
	cells, low = make([]categoricalCell, n), make([]uint32, n)
	height := make([]float64, n) // in units of the mean
	order := make([]int, n)      // small ones from the left, large ones from the right
	small, large := 0, n
	for i, p := range prob {
		if height[i] = p * float64(n); height[i] < 1 {
			order[small] = i
			small++
		} else {
			large--
			order[large] = i
		}
	}
	for small > 0 && large < n {
		small--
		s, l := order[small], order[large]
		threshold := uint64(height[s] * (1 << 63) * 2)
		cells[s], low[s] = categoricalCell{uint32(threshold >> 32), uint32(l)}, uint32(threshold)
		if height[l] -= 1 - height[s]; height[l] < 1 {
			large++
			order[small] = l
			small++
		}
	}
	for _, i := range order[:small] { // left over by rounding
		cells[i] = categoricalCell{math.MaxUint32, uint32(i)}
	}
	for _, i := range order[large:] {
		cells[i] = categoricalCell{math.MaxUint32, uint32(i)}
	}
	return cells, low
}

// Validate implements [Univariate]; only the zero value is invalid.
func (d Categorical) Validate() error {
	if d.t == nil {
		return &ParameterError{"categorical", "number of classes", 0, "positive"}
	}
	return nil
}

// String returns "Categorical(P: [… …])", shortened to eight classes.
func (d Categorical) String() string {
	if d.t == nil {
		return "Categorical(P: [])"
	}
	if n := d.Len(); n > 8 {
		s := fmt.Sprintf("%.4g", d.t.prob[:8])
		return fmt.Sprintf("Categorical(P: %s …] of %d classes)", s[:len(s)-1], n)
	}
	return fmt.Sprintf("Categorical(P: %.4g)", d.t.prob)
}

// Len returns the number of classes.
func (d Categorical) Len() int { return len(d.t.prob) }

// Support is from the first to the last class of positive probability.
func (d Categorical) Support() Support { return d.t.support }

// Statistics.

// Mean returns Σ i p_i.
func (d Categorical) Mean() float64 {
	mean := 0.0
	for i, p := range d.t.prob {
		mean += float64(i) * p
	}
	return mean
}

// Variance returns Σ (i − mean)² p_i.
func (d Categorical) Variance() float64 {
	mean, square := d.Mean(), 0.0
	for i, p := range d.t.prob {
		square += (float64(i) - mean) * (float64(i) - mean) * p
	}
	return square
}

// Entropy returns −Σ p_i log p_i.
func (d Categorical) Entropy() float64 {
	sum := 0.0
	for i, p := range d.t.prob {
		if p > 0 {
			sum -= p * d.t.logProb[i]
		}
	}
	return sum
}

// Evaluation.

// class returns x as a class, and whether it is one.
func (d Categorical) class(x float64) (int, bool) {
	if !(x >= 0 && x < float64(len(d.t.prob))) || x != math.Floor(x) {
		return 0, false
	}
	return int(x), true
}

// LogProb implements [LogProber] by a look into a table.
func (d Categorical) LogProb(x float64) float64 {
	if i, ok := d.class(x); ok {
		return d.t.logProb[i]
	}
	if math.IsNaN(x) {
		return x
	}
	return math.Inf(-1)
}

// LogProbTo implements [Batcher].
func (d Categorical) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	for i, v := range x {
		dst[i] = d.LogProb(v)
	}
	return dst
}

// CDF implements [CDFer].
func (d Categorical) CDF(x float64) float64 {
	if c, _, beyond := discBeyond(x, d.t.support); beyond {
		return math.Exp(c)
	}
	return d.t.below[int(x)]
}

// LogCDF implements [CDFer].
func (d Categorical) LogCDF(x float64) float64 {
	if c := d.CDF(x); c <= 0.5 {
		return math.Log(c)
	}
	return math.Log1p(-d.Survival(x))
}

// Survival implements [CDFer].
func (d Categorical) Survival(x float64) float64 {
	if _, s, beyond := discBeyond(x, d.t.support); beyond {
		return math.Exp(s)
	}
	return d.t.above[int(x)]
}

// LogSurvival implements [LogSurvivaler].
func (d Categorical) LogSurvival(x float64) float64 {
	if s := d.Survival(x); s <= 0.5 {
		return careful.Log(s)
	}
	return math.Log1p(-d.CDF(x))
}

// Quantile implements [Quantiler] by bisection.
func (d Categorical) Quantile(p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return d.t.support.Lower
	case p == 1:
		return d.t.support.Upper
	}
	return float64(sort.SearchFloat64s(d.t.below, p))
}

// UpperQuantile implements [UpperQuantiler].
func (d Categorical) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.Survival)
}

// Gradients.

// Params returns the probabilities.
func (d Categorical) Params() []float64 { return append([]float64(nil), d.t.prob...) }

// ScoreTo implements [Scorer], the derivatives of log(p_x/Σ p_i): 1/p_x − 1 for
// class x and −1 for the others.
func (d Categorical) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, len(d.t.prob))
	for i := range dst {
		dst[i] = -1
	}
	if i, ok := d.class(x); ok {
		dst[i] += 1 / d.t.prob[i]
	}
	return dst
}

// Sampling.

// Rand draws by the alias method (Walker 1977): one random word whose product with
// the number of classes has the column in its upper half and the height in its lower.
func (d Categorical) Rand(r *rand.Rand) float64 {
	column, height := bits.Mul64(r.Uint64(), uint64(len(d.t.alias)))
	return d.t.class(column, height)
}

// class returns the class at a height of a column.
func (t *categoricalTable) class(column, height uint64) float64 {
	c, high, x := t.alias[column], uint32(height>>32), uint32(column)
	if high > c.high { // a conditional move, so that nobody waits for the cell to guess a branch
		x = c.other
	}
	if high == c.high && uint32(height) >= t.low[column] {
		x = c.other
	}
	return float64(x)
}

// RandBatchTo fills dst with the draws that as many calls of Rand would give, and returns
// it. From many classes that takes less time than the calls: it asks for the cells of
// 64 draws before it looks at the first.
func (d Categorical) RandBatchTo(dst []float64, r *rand.Rand) []float64 {
	var columns, heights [64]uint64
	classes := uint64(len(d.t.alias))
	for start := 0; start < len(dst); start += len(columns) {
		block := dst[start:min(start+len(columns), len(dst))]
		for i := range block {
			columns[i], heights[i] = bits.Mul64(r.Uint64(), classes)
		}
		for i := range block {
			block[i] = d.t.class(columns[i], heights[i])
		}
	}
	return dst
}

// Fitting.

// FitCategorical returns the distribution of greatest likelihood for a known number
// of classes: their shares of the weight (Bishop 2006, equation 2.33). Weights may
// be nil. The error is a [*FitError], or a [*ParameterError] if there are no classes.
func FitCategorical(classes int, x, w []float64) (Categorical, error) {
	if classes < 1 || uint64(classes) > math.MaxUint32 {
		return Categorical{}, &ParameterError{"categorical", "number of classes", float64(classes), "between 1 and 2^32 − 1"}
	}
	total, err := checkSample("categorical", Support{0, float64(classes - 1), true}, x, w)
	if err != nil {
		return Categorical{}, err
	}
	p := make([]float64, classes)
	for i, v := range x {
		p[int(v)] += weightAt(w, i) / total
	}
	return NewCategorical(p)
}
