package density

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
)

// A NeighborConfig says how neighbours vote. The zero value takes five of equal
// votes.
type NeighborConfig struct {
	K          int       // how many neighbours; 0: 5, or all if there are fewer
	ByDistance bool      // votes are the inverse of distances; those at distance zero count alone
	Weights    []float64 // of the observations, which votes are multiplied by; nil: equal
}

// NeighborClassifier gives x the classes of its nearest neighbours (Cover & Hart
// 1967), as probabilities the shares of their votes. With equal votes that is Bayes'
// rule on the estimates of [NeighborDensity] with a common ball (exercise 9-6 of the
// book): with N_c of N observations, and K_c of the K nearest, in class c,
//
//	p(c | x) = p(x | c) p(c) / p(x) = K_c/(N_c V) · N_c/N / (K/(N V)) = K_c / K.
type NeighborClassifier struct {
	tree    *Neighbors
	config  NeighborConfig
	class   []int
	classes int
	weights []float64
}

// FitNeighborClassifier takes vectors of dim numbers, which stand one after the other
// in x, and their classes, from 0 on. Observations of weight zero do not count. The
// error is a [*dist.FitError] or a [*belief.ConfigError].
func FitNeighborClassifier(dim int, x []float64, class []int, c NeighborConfig) (*NeighborClassifier, error) {
	const name = "nearest neighbours"
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	share, err := shares(name, x, c.Weights, dim)
	if err != nil {
		return nil, err
	}
	if len(class) != len(share) {
		panic(fmt.Sprintf("density: %d classes for %d observations", len(class), len(share)))
	}
	f := &NeighborClassifier{config: c}
	var kept []float64
	for i, w := range share {
		if class[i] < 0 || class[i] > 1<<20 {
			return nil, &dist.FitError{Distribution: name, Row: i, Problem: fmt.Sprintf("has class %d; classes are from 0 to %d", class[i], 1<<20)}
		}
		f.classes = max(f.classes, class[i]+1)
		if w > 0 {
			kept = append(kept, x[i*dim:(i+1)*dim]...)
			f.class, f.weights = append(f.class, class[i]), append(f.weights, w)
		}
	}
	if f.tree, err = NewNeighbors(dim, kept); err != nil {
		return nil, err
	}
	if c.K == 0 {
		f.config.K = min(5, f.tree.Len())
	}
	if err := checkK(f.config.K, f.tree.Len()); err != nil {
		return nil, err
	}
	return f, nil
}

// Classes returns how many classes there are: one more than the highest.
func (f *NeighborClassifier) Classes() int { return f.classes }

// String returns K, dimension, number of observations and classes.
func (f *NeighborClassifier) String() string {
	return fmt.Sprintf("NeighborClassifier(K %d, dimension %d, %d observations, %d classes)", f.config.K, f.tree.dim, f.tree.Len(), f.classes)
}

// ProbabilitiesTo writes the probability of each class at x to dst and returns it:
// NaN if x has a NaN. It does not allocate up to a K of 64.
func (f *NeighborClassifier) ProbabilitiesTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.classes)
	clear(dst)
	var room [64]Neighbor
	near := nearest(room[:], f.tree, f.config.K, x)
	first := near[0].Distance
	total := 0.0
	for _, n := range near {
		vote := 1.0
		switch {
		case n.Index < 0:
			for c := range dst {
				dst[c] = math.NaN()
			}
			return dst
		case f.config.ByDistance && n.Distance > first:
			vote = first / n.Distance // zero if the first is at distance zero
		}
		vote *= f.weights[n.Index]
		dst[f.class[n.Index]] += vote
		total += vote
	}
	for c := range dst {
		dst[c] /= total
	}
	return dst
}

// Classify returns the most probable class at x, the lowest of several, and −1 if x
// has a NaN.
func (f *NeighborClassifier) Classify(x []float64) int {
	var room [64]float64
	dst := room[:]
	if f.classes > len(room) {
		dst = make([]float64, f.classes)
	}
	dst = f.ProbabilitiesTo(dst[:f.classes], x)
	if math.IsNaN(dst[0]) {
		return -1
	}
	return slices.Index(dst, slices.Max(dst))
}
