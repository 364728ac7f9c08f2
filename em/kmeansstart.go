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
	"github.com/belief-go/belief/internal/kernel"
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
	} else {
		distance := kernel.SquaredDistance[float64]
		if w.set.Metric == Manhattan {
			distance = manhattanDistance
		}
		if chosen, err = plusPlus(ctx, x, d, w.set.K, mass, distance, w.workers, rng); err != nil {
			return nil, err
		}
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
