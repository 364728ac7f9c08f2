package ladder

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/mcmc"
)

var background = context.Background()

// A tiny is a path on a few states whose every run can be enumerated: chain c of a
// batch follows course c, whatever the random numbers.
type tiny struct {
	base, target []float64 // unnormalized, not zero
	ratio        func(dst *tiny, x int, from, to float64) float64
	kernelAt     func(b float64) float64 // the temperature of the kernel for f_b
}

func (p *tiny) density(x int, b float64) float64 {
	return math.Pow(p.base[x], 1-b) * math.Pow(p.target[x], b)
}

func (p *tiny) logRatio(x int, from, to float64) float64 {
	return math.Log(p.density(x, to)) - math.Log(p.density(x, from))
}

func (p *tiny) sum(b float64) float64 {
	z := 0.0
	for x := range p.base {
		z += p.density(x, b)
	}
	return z
}

// kernel is the probability of Metropolis' step from x to y, proposals being uniform.
func (p *tiny) kernel(x, y int, b float64) float64 {
	b = p.kernelAt(b)
	n := len(p.base)
	move := func(y int) float64 { return min(1, p.density(y, b)/p.density(x, b)) / float64(n) }
	if x != y {
		return move(y)
	}
	stay := 1.0
	for z := range n {
		if z != x {
			stay -= move(z)
		}
	}
	return stay
}

// A course is the states of all chains, one row of states for each, and where in the
// rows they stand.
type course struct {
	rows [][]int
	at   int
}

// enumerated is a tiny whose chains take every course there is.
type enumerated struct {
	*tiny
	moves int // in all
}

func (p enumerated) Draw(*rand.Rand, int) (*course, error) {
	c := &course{rows: [][]int{nil}}
	for range p.moves + 1 {
		var longer [][]int
		for _, row := range c.rows {
			for x := range p.base {
				longer = append(longer, append(append([]int(nil), row...), x))
			}
		}
		c.rows = longer
	}
	return c, nil
}

func (p enumerated) LogRatioTo(dst []float64, c *course, from, to float64) error {
	for i, row := range c.rows {
		dst[i] = p.ratio(p.tiny, row[c.at], from, to)
	}
	return nil
}

func (p enumerated) Move(_ *rand.Rand, c *course, _ float64) error {
	c.at++
	return nil
}

// meanWeight sums weight times probability over all courses of the engine's run.
func meanWeight(t *testing.T, p *tiny, s mcmc.Schedule, moves int, reverse bool) float64 {
	t.Helper()
	e := enumerated{p, moves * (len(s) - 2)}
	c, _ := e.Draw(nil, 0)
	n := len(c.rows)
	cfg := AISConfig{Schedule: s, Chains: n, Batch: n, Moves: moves}
	run, start, betas := AIS[*course], 0.0, []float64(s)
	if reverse {
		run = func(ctx context.Context, p Path[*course], cfg AISConfig) (*AISResult[*course], error) {
			return ReverseAIS(ctx, p, p.Draw, cfg)
		}
		start, betas = 1, reversed(s)
	}
	got, err := run(background, e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for i, row := range c.rows {
		prob := p.density(row[0], start) / p.sum(start)
		for k := 1; k < len(row); k++ {
			prob *= p.kernel(row[k-1], row[k], betas[1+(k-1)/moves])
		}
		mean += prob * math.Exp(got.LogWeights[i])
	}
	return mean
}

func newTiny() *tiny {
	same := func(b float64) float64 { return b }
	return &tiny{base: []float64{1, 2, 0.5}, target: []float64{3, 0.2, 7}, ratio: (*tiny).logRatio, kernelAt: same}
}

// The mean of the weights over all runs there are is the ratio of normalizers, to
// rounding; so it is downwards. Paths with a mistake in them are refused.
func TestWeightsUnbiasedByEnumeration(t *testing.T) {
	off := func(err float64) bool { return !(math.Abs(err) < 1e-12) }
	for _, s := range []mcmc.Schedule{{0, 1}, {0, 0.3, 1}, {0, 0.1, 0.4, 0.8, 1}} {
		for _, moves := range []int{1, 2} {
			for _, reverse := range []bool{false, true} {
				relative := func(p *tiny) float64 {
					want := p.sum(1) / p.sum(0)
					if reverse {
						want = 1 / want
					}
					return meanWeight(t, p, s, moves, reverse)/want - 1
				}
				if err := relative(newTiny()); off(err) {
					t.Errorf("schedule %v, %d moves, reverse %v: mean weight off by %g", s, moves, reverse, err)
				}

				swapped := newTiny()
				swapped.ratio = func(p *tiny, x int, from, to float64) float64 { return p.logRatio(x, to, from) }
				if err := relative(swapped); !off(err) {
					t.Errorf("schedule %v, %d moves, reverse %v: a swapped ratio passes", s, moves, reverse)
				}
				wrong := newTiny()
				wrong.kernelAt = func(b float64) float64 { return 1 - b }
				if err := relative(wrong); len(s) > 2 && !off(err) {
					t.Errorf("schedule %v, %d moves, reverse %v: a kernel of another density passes", s, moves, reverse)
				}
			}
		}
	}
}

// pointwise is the same path, run at random.
func (p *tiny) pointwise() Pointwise[int] {
	categorical := func(r *rand.Rand, prob func(x int) float64) int {
		u := r.Float64()
		for x := range p.base {
			if u -= prob(x); u < 0 {
				return x
			}
		}
		return len(p.base) - 1
	}
	return Pointwise[int]{
		Base:       func(r *rand.Rand) int { return categorical(r, func(x int) float64 { return p.base[x] / p.sum(0) }) },
		LogDensity: func(x int, b float64) float64 { return math.Log(p.density(x, b)) },
		Step: func(r *rand.Rand, x int, b float64) int {
			return categorical(r, func(y int) float64 { return p.kernel(x, y, b) })
		},
	}
}

// With a fixed schedule and transitions, sequential Monte Carlo is without bias as
// well under every scheme, for particles as few as two: the mean of Ẑ/Z of 4,000
// runs is within 4.9 standard errors of one, which fails once in 10⁶. Its variance
// under the multinomial scheme is that of the genealogical estimate, and not much
// below it under the others.
func TestSMCUnbiased(t *testing.T) {
	const runs = 4000
	p := newTiny()
	truth := math.Log(p.sum(1))
	for _, scheme := range []Resampling{Systematic, Stratified, Residual, Multinomial} {
		for _, size := range [][2]int{{2, 1}, {20, 1}, {20, 2}} {
			particles, populations := size[0], size[1]
			var sum, squares, estimate float64
			cfg := SMCConfig{Particles: particles, Populations: populations, Batch: particles / populations, Schedule: mcmc.Schedule{0, 0.3, 0.7, 1},
				Moves: 1, Resampling: scheme, ResampleBelow: 1, BaseLogZ: math.Log(p.sum(0))}
			n := runs / (particles / 2)
			for cfg.Seed = range uint64(n) {
				got, err := SMC(background, p.pointwise(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				z := math.Exp(got.LogZ.Value - truth)
				sum += z
				squares += z * z
				estimate += z * z * got.LogZ.StdErr * got.LogZ.StdErr
			}
			mean := sum / float64(n)
			variance := squares/float64(n) - mean*mean
			if d := (mean - 1) / math.Sqrt(variance/float64(n)); math.Abs(d) > 4.9 {
				t.Errorf("%v, %d particles in %d: mean of Ẑ/Z is %.4f, %.1f standard errors from one", scheme, particles, populations, mean, d)
			}
			if populations > 1 {
				continue // their spread has a part in the standard error
			}
			estimate /= float64(n)
			t.Logf("%v, %d particles: mean %.4f, variance %.4g, estimated %.4g", scheme, particles, mean, variance, estimate)
			low, high := 0.8, 1.2
			if scheme != Multinomial {
				high = 2.5
			}
			if ratio := estimate / variance; particles > 2 && (ratio < low || ratio > high) {
				t.Errorf("%v, %d particles: variance %.4g, estimated %.4g", scheme, particles, variance, estimate)
			}
		}
	}
}
