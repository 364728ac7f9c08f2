package density

import (
	"fmt"
	"math"
)

// NeighborDensity is the estimate by the K nearest neighbours (Qiu 2019, equation
// 9.43; Loftsgaarden & Quesenberry 1965): with r the distance of x to the K-th nearest
// of N observations, and V_d the volume of the unit ball,
//
//	p(x) = K / (N V_d r^d).
//
// It adapts to where observations are dense, but it is no density: its tails fall as
// |x|^(−d), whose integral is infinite (exercise 9-5 of the book), so that it has
// neither moments nor draws. Where K observations are equal it is infinite.
type NeighborDensity struct {
	tree   *Neighbors
	k      int
	logTop float64 // log K/(N V_d)
}

// FitNeighborDensity takes vectors of dim numbers, which stand one after the other
// in x, and K. The error is a [*dist.FitError] or a [*belief.ConfigError].
func FitNeighborDensity(dim int, x []float64, k int) (*NeighborDensity, error) {
	tree, err := NewNeighbors(dim, x)
	if err != nil {
		return nil, err
	}
	if err := checkK(k, tree.Len()); err != nil {
		return nil, err
	}
	d := float64(dim)
	logGamma, _ := math.Lgamma(d/2 + 1)
	logBall := d/2*math.Log(math.Pi) - logGamma
	return &NeighborDensity{tree, k, math.Log(float64(k)/float64(tree.Len())) - logBall}, nil
}

// Dim implements [dist.VectorLogProber].
func (e *NeighborDensity) Dim() int { return e.tree.dim }

// String returns K, dimension and number of observations.
func (e *NeighborDensity) String() string {
	return fmt.Sprintf("NeighborDensity(K %d, dimension %d, %d observations)", e.k, e.tree.dim, e.tree.Len())
}

// LogProb returns the logarithm of the estimate; see the type for what it is not. It
// does not allocate up to a K of 64.
func (e *NeighborDensity) LogProb(x []float64) float64 {
	var room [64]Neighbor
	near := nearest(room[:], e.tree, e.k, x)
	return e.logTop - float64(e.tree.dim)*math.Log(near[e.k-1].Distance)
}

// nearest returns the k nearest, in room if it is large enough.
func nearest(room []Neighbor, t *Neighbors, k int, x []float64) []Neighbor {
	if k > len(room) {
		room = make([]Neighbor, k)
	}
	return t.NearestTo(room[:k], x)
}

// LogProbTo implements [dist.VectorBatcher].
func (e *NeighborDensity) LogProbTo(dst, x []float64) []float64 {
	d := e.tree.dim
	if len(x)%d != 0 {
		panic(fmt.Sprintf("density: %d numbers for vectors of %d", len(x), d))
	}
	dst = dstFor(dst, len(x)/d)
	for i := range dst {
		dst[i] = e.LogProb(x[i*d : (i+1)*d])
	}
	return dst
}
