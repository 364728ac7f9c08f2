package em

// Where k-means begins.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

var errMedians = errors.New("em: medians need the rows, which only KMeans.Fit and KMeans.Steps have")

// begin is the [Starter] of a fit.
func (w *kmeansWork) begin(ctx context.Context, start int) (*KMeansModel, error) {
	m := &KMeansModel{Names: w.names, Metric: w.set.Metric, work: w}
	var err error
	if w.set.Centers != nil {
		m.Centers, err = w.given()
	} else {
		m.Centers, err = w.draw(ctx, stream.New(w.seed, "em kmeans start", uint64(start)))
	}
	return m, err
}

// given checks the centres that the user has set.
func (w *kmeansWork) given() ([][]float64, error) {
	var out [][]float64
	for j, c := range w.set.Centers {
		field := fmt.Sprintf("Centers[%d]", j)
		if len(c) != len(w.names) {
			return nil, &belief.ConfigError{Field: field, Value: len(c), Want: fmt.Sprintf("%d numbers, one per column", len(w.names))}
		}
		squares := 0.0
		for _, v := range c {
			if v-v != 0 {
				return nil, &belief.ConfigError{Field: field, Value: v, Want: "finite"}
			}
			squares += v * v
		}
		c = slices.Clone(c)
		if w.set.Metric == Cosine {
			if !normalizeTo(c, slices.Clone(c)) {
				return nil, &belief.ConfigError{Field: field, Value: c, Want: "not all zero with the cosine metric"}
			}
		} else if !(squares*16*max(1, w.rows.Weight()) <= math.MaxFloat64) {
			return nil, &belief.ConfigError{Field: field, Value: c, Want: "small enough that squares can be added"}
		}
		out = append(out, c)
	}
	return out, nil
}

// candidates returns the rows that first centres are drawn from: all, or a sample.
func (w *kmeansWork) candidates() (*data.Table, error) {
	if w.seeds == nil {
		t, err := w.rows.Sample(max(kmeansSeeds, 32*w.set.K), w.seed)
		if err != nil {
			return nil, err
		}
		w.seeds = t
	}
	return w.seeds, nil
}

// draw makes first centres of rows.
func (w *kmeansWork) draw(ctx context.Context, rng *rand.Rand) ([][]float64, error) {
	t, err := w.candidates()
	if err != nil {
		return nil, err
	}
	var s kmeansScratch
	n, d := t.Rows(), len(w.names)
	x, err := w.prepare(&s, &Block{Rows: n, Columns: d, X: t.Matrix()})
	if err != nil {
		return nil, err
	}
	mass := slices.Clone(t.Weights())
	if mass == nil {
		mass = slices.Repeat([]float64{1}, n)
	}
	var chosen []int
	if w.set.Init == KMeansRandom {
		chosen = drawDifferent(mass, w.set.K, rng)
	} else if chosen, err = w.plusPlus(ctx, x, mass, rng); err != nil {
		return nil, err
	}
	var out [][]float64
	for _, i := range chosen {
		if w.set.Metric == Cosine {
			out = append(out, slices.Clone(x[i*d:(i+1)*d]))
		} else {
			out = append(out, slices.Clone(t.Row(i)))
		}
	}
	return out, nil
}

// drawDifferent draws different rows by their weight. It changes mass.
func drawDifferent(mass []float64, k int, rng *rand.Rand) []int {
	var out []int
	for len(out) < k {
		i := drawOne(mass, rng)
		mass[i] = 0
		out = append(out, i)
	}
	return out
}

// drawOne draws an index in proportion to mass, and any if there is none.
func drawOne(mass []float64, rng *rand.Rand) int {
	total := 0.0
	for _, v := range mass {
		total += v
	}
	if !(total > 0 && total <= math.MaxFloat64) {
		return rng.IntN(len(mass))
	}
	u := rng.Float64() * total
	last := 0
	for i, v := range mass {
		if v > 0 {
			last = i
			if u -= v; u < 0 {
				break
			}
		}
	}
	return last
}

// plusPlus draws centres in proportion to what the rows' distances from those that there
// are add to the inertia, each the best of several draws.
func (w *kmeansWork) plusPlus(ctx context.Context, x, mass []float64, rng *rand.Rand) ([]int, error) {
	n, d, k := len(mass), len(w.names), w.set.K
	c := kmeansCenters{manhattan: w.set.Metric == Manhattan}
	chosen := []int{drawOne(mass, rng)}
	near := make([]float64, n) // the cost of each row, times its mass
	for i := range near {
		near[i] = math.Inf(1)
	}
	trials := 2 + int(math.Log(float64(k)))
	tried := make([][]float64, trials)
	for i := range tried {
		tried[i] = make([]float64, n)
	}
	totals := make([]float64, trials)
	// try writes what is left with another centre, and returns its sum.
	try := func(to []float64, i int) float64 {
		total := 0.0
		center := x[i*d : (i+1)*d]
		for r, least := range near {
			if least > 0 {
				least = min(least, mass[r]*c.apartness(x[r*d:(r+1)*d], center))
				total += least
			}
			to[r] = least
		}
		return total
	}
	try(tried[0], chosen[0])
	near, tried[0] = tried[0], near
	draws := make([]int, trials)
	for len(chosen) < k {
		for t := range draws {
			draws[t] = drawOne(near, rng)
		}
		err := parallel.For(ctx, trials, w.workers, func(t int) error {
			totals[t] = try(tried[t], draws[t])
			return nil
		})
		if err != nil {
			return nil, err
		}
		best := 0
		for t := range totals {
			if totals[t] < totals[best] {
				best = t
			}
		}
		chosen = append(chosen, draws[best])
		near, tried[best] = tried[best], near
	}
	return chosen, nil
}
