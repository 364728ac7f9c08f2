package em

// Rows in memory, seeded and grouped: what k-means begins with, and the starts of other
// models.

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
)

// clusterRounds are those of k-means that a start takes.
const clusterRounds = 10

// cluster groups rows of d numbers by k-means++ and a few rounds of k-means. It returns
// the group of every row, and the means of groups, one after the other; a group without
// weight has some row for its mean. mass are the weights of rows, nil for ones.
func cluster(ctx context.Context, x []float64, d, k int, mass []float64, rng *rand.Rand) (owner []int, centers []float64, err error) {
	n := len(x) / d
	if mass == nil {
		mass = slices.Repeat([]float64{1}, n)
	}
	chosen, err := plusPlus(ctx, x, d, k, mass, kernel.SquaredDistance, 1, rng)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range chosen {
		centers = append(centers, x[i*d:(i+1)*d]...)
	}
	owner = make([]int, n)
	weight := make([]float64, k)
	for round := range clusterRounds {
		changed, err := nearestCenters(ctx, owner, x, centers, d)
		if err != nil {
			return nil, nil, err
		}
		if !changed && round > 0 {
			break
		}
		clear(weight)
		for i, c := range owner {
			weight[c] += mass[i]
		}
		for c, w := range weight {
			if w > 0 {
				clear(centers[c*d : (c+1)*d])
			}
		}
		for i, c := range owner {
			if w := mass[i]; w > 0 {
				kernel.Axpy(w/weight[c], x[i*d:(i+1)*d], centers[c*d:(c+1)*d])
			}
		}
	}
	return owner, centers, nil
}

// nearestCenters sets the number of the nearest center for every row, and says whether
// one has changed.
func nearestCenters(ctx context.Context, owner []int, x, centers []float64, d int) (changed bool, err error) {
	for i := range owner {
		if i%64 == 0 && ctx.Err() != nil {
			return changed, ctx.Err()
		}
		best, least := 0, math.Inf(1)
		for c := 0; c*d < len(centers); c++ {
			if v := kernel.SquaredDistance(x[i*d:(i+1)*d], centers[c*d:(c+1)*d]); v < least {
				best, least = c, v
			}
		}
		changed = changed || owner[i] != best
		owner[i] = best
	}
	return changed, nil
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

// plusPlus chooses k of the rows of x, of d numbers each and as heavy as mass says, as
// seeds of groups: it draws them in proportion to what their distances from those that
// there are add to the inertia, each the best of several draws (Arthur & Vassilvitskii
// 2007; greedy, with 2 + ⌊log k⌋ draws).
func plusPlus(ctx context.Context, x []float64, d, k int, mass []float64, distance func(x, y []float64) float64, workers int, rng *rand.Rand) ([]int, error) {
	n := len(mass)
	chosen := []int{drawOne(mass, rng)}
	near := make([]float64, n) // the cost of each row, times its mass
	for i, w := range mass {
		if w > 0 {
			near[i] = math.Inf(1)
		}
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
				least = min(least, mass[r]*distance(x[r*d:(r+1)*d], center))
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
		err := parallel.For(ctx, trials, workers, func(t int) error {
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
