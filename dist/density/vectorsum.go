package density

import (
	"fmt"
	"math"
)

// Sums of kernels over vectors: of the nearest leaf first, and then of those that are
// near enough to matter. Terms are relative to the nearest observation seen, so that
// nothing underflows in the tails.

// LogProb implements [dist.VectorLogProber]. It does not allocate up to dimension 32.
func (k *VectorKernel) LogProb(x []float64) float64 {
	if len(x) != k.dim {
		panic(fmt.Sprintf("density: vector of length %d, want %d", len(x), k.dim))
	}
	var room [32]float64
	y := room[:]
	if k.dim > len(room) {
		y = make([]float64, k.dim)
	}
	y = y[:k.dim]
	k.whiten(y, x)
	for _, v := range y {
		if math.IsNaN(v) {
			return v
		}
	}
	if k.shape == Gaussian {
		sum, least := k.gaussSum(y)
		return math.Log(sum) - least - k.logH - float64(k.dim)*halfLog2Pi
	}
	return math.Log(k.compactSum(0, y)) - k.logH
}

// gaussSum returns Σ w exp(least − |u|²/2) and least, the smallest |u|²/2 that
// matters.
func (k *VectorKernel) gaussSum(y []float64) (sum, least float64) {
	g := gaussians.Get().(*gaussian)
	defer gaussians.Put(g)
	g.sum, g.least, g.cut, g.counted = 0, math.Inf(1), math.Inf(1), 0
	k.cloud.gauss(0, 0, y, g)
	return g.sum, g.least
}

// compactSum returns Σ w Π K(u) over node i.
func (k *VectorKernel) compactSum(i int, y []float64) float64 {
	c := k.cloud
	nd, box := c.tree.nodes[i], c.tree.boxes[2*k.dim*i:]
	for j, v := range y {
		if !(v >= box[2*j]-1 && v <= box[2*j+1]+1) {
			return 0
		}
	}
	if nd.left > 0 {
		return k.compactSum(nd.left, y) + k.compactSum(nd.left+1, y)
	}
	sum := 0.0
	for n := nd.first; n < nd.end; n++ {
		term := c.w[n]
		for j, v := range y {
			if term *= k.shape.value(v - c.z[j][n]); term == 0 {
				break
			}
		}
		sum += term
	}
	return sum
}
