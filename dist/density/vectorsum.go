package density

import (
	"fmt"
	"math"
)

// Sums of kernels over vectors. Observations are in the order of their first
// coordinate and are taken in blocks, outwards from x on both sides, until the
// weight that is left on a side times the kernel at the distance in that coordinate
// is below 1e-17 of the sum. Squared distances of a block are gathered coordinate by
// coordinate, and terms are relative to the nearest observation seen, so that nothing
// underflows in the tails.

const vectorBlock = 64

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
	return math.Log(k.compactSum(y)) - k.logH
}

// compactSum returns Σ w Π K(u).
func (k *VectorKernel) compactSum(y []float64) float64 {
	i, j := firstFrom(k.z[0], y[0]-1), firstAbove(k.z[0], y[0]+1)
	sum := 0.0
	for ; i < j; i++ {
		term := k.w[i]
		for c, v := range y {
			if term *= k.shape.value(v - k.z[c][i]); term == 0 {
				break
			}
		}
		sum += term
	}
	return sum
}

// gaussSum returns Σ w exp(least − |u|²/2) and least, the smallest |u|²/2 that
// matters.
func (k *VectorKernel) gaussSum(y []float64) (sum, least float64) {
	n := len(k.w)
	right := firstFrom(k.z[0], y[0])
	left := right // the observations before are to the left
	least = math.Inf(1)
	// first seen may be far away in other coordinates; the sum is brought to the
	// scale of the nearest as it turns up.
	for left > 0 || right < n {
		if right < n {
			u := max(0, k.z[0][right]-y[0])
			if math.Exp(min(0, least-0.5*u*u))*k.from[right] <= negligible*sum && least-0.5*u*u <= 0 {
				right = n
			} else {
				end := min(n, right+vectorBlock)
				sum, least = k.block(y, right, end, sum, least)
				right = end
			}
		}
		if left > 0 {
			u := max(0, y[0]-k.z[0][left-1])
			if math.Exp(min(0, least-0.5*u*u))*k.before[left] <= negligible*sum && least-0.5*u*u <= 0 {
				left = 0
			} else {
				first := max(0, left-vectorBlock)
				sum, least = k.block(y, first, left, sum, least)
				left = first
			}
		}
	}
	return sum, least
}

// block adds the terms of the observations from first to end.
func (k *VectorKernel) block(y []float64, first, end int, sum, least float64) (float64, float64) {
	var room [vectorBlock]float64
	q := room[:end-first]
	for c, v := range y {
		z := k.z[c][first:end]
		for i := range q {
			u := v - z[i]
			q[i] += u * u
		}
	}
	nearest := math.Inf(1)
	for _, v := range q {
		nearest = min(nearest, v)
	}
	if nearest *= 0.5; nearest > 1e300 {
		return sum, least // an infinite distance adds nothing
	}
	if nearest < least {
		sum *= math.Exp(nearest - least)
		least = nearest
	}
	for i, v := range q {
		q[i] = least - 0.5*v
	}
	return sum + dotExp(k.w[first:end], q), least
}
