package density

import (
	"math"
	"sync"

	"github.com/belief-go/belief/internal/kernel"
)

// A cloud is a set of weighted vectors in the leaves of a k-d tree, coordinate by
// coordinate, so that squared distances of a leaf are computed in plain loops and
// leaves beyond the reach of a kernel are skipped.
type cloud struct {
	z    [][]float64 // coordinate by coordinate, leaf after leaf
	w    []float64
	tree *Neighbors
}

const cloudLeaf = 96

// newCloud arranges vectors of dim numbers.
func newCloud(x, w []float64, dim int) *cloud {
	c := &cloud{tree: newTree(x, dim, cloudLeaf), w: make([]float64, len(w)), z: make([][]float64, dim)}
	for j := range c.z {
		c.z[j] = make([]float64, len(w))
		for i := range w {
			c.z[j][i] = c.tree.x[i*dim+j]
		}
	}
	for i, at := range c.tree.index {
		c.w[i] = w[at]
	}
	c.tree.x = nil
	return c
}

// shrink divides all coordinates by h.
func (c *cloud) shrink(h float64) {
	for _, z := range append([][]float64{c.tree.boxes}, c.z...) {
		for i := range z {
			z[i] /= h
		}
	}
}

// squaresTo writes the squared distances of y to the vectors from first on to q.
func (c *cloud) squaresTo(q, y []float64, first int) {
	for j, v := range y {
		if z := c.z[j][first:][:len(q)]; j == 0 {
			kernel.SquareFrom(v, q, z)
		} else {
			kernel.AddSquareFrom(v, q, z)
		}
	}
}

// A gaussian is a sum Σ w exp(least − |u|²/2), in which least is the smallest |u|²/2
// seen.
type gaussian struct {
	sum, least float64
	cut        float64 // terms from there on, in units of |u|²/2, are negligible
	counted    float64 // the sum when that was found
	room       leafRoom
}

// leafRoom is room for the squared distances to a leaf.
type leafRoom [cloudLeaf]float64

// gaussians keeps them between calls, which must not allocate.
var gaussians = sync.Pool{New: func() any { return new(gaussian) }}

// gauss adds the observations of node i, which is at the squared distance far of y.
// What is left out is below negligible times the sum, as the weights sum to one.
func (c *cloud) gauss(i int, far float64, y []float64, g *gaussian) {
	if 0.5*far > g.cut {
		return
	}
	nd := c.tree.nodes[i]
	if nd.left > 0 {
		a, b := c.tree.boxDistance(nd.left, y), c.tree.boxDistance(nd.left+1, y)
		if a <= b {
			c.gauss(nd.left, a, y, g)
			c.gauss(nd.left+1, b, y, g)
		} else {
			c.gauss(nd.left+1, b, y, g)
			c.gauss(nd.left, a, y, g)
		}
		return
	}
	for first := nd.first; first < nd.end; first += cloudLeaf { // a leaf of equals may be longer
		end := min(nd.end, first+cloudLeaf)
		q := g.room[:end-first]
		c.squaresTo(q, y, first)
		if 0.5*far < g.least {
			if nearest := 0.5 * kernel.Min(q); nearest < g.least && nearest <= 1e300 {
				g.sum *= math.Exp(nearest - g.least)
				g.least, g.counted = nearest, 0
			}
		}
		if g.least > 1e300 {
			continue // an infinite distance adds nothing
		}
		// The difference first: it is zero at the nearest, however large both are.
		g.sum += kernel.DotExp(g.least, -0.5, c.w[first:end], q)
	}
	if g.sum > 2*g.counted {
		g.cut, g.counted = g.least-math.Log(negligible*g.sum), g.sum
	}
}
