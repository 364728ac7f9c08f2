package em

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// Groups far from each other are found, whatever is drawn, and rows without weight have
// no part in them.
func TestClusterPlanted(t *testing.T) {
	const k, each, d = 5, 20, 3
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		x, mass := []float64{math.NaN(), 1e9, math.Inf(1)}, []float64{0}
		sums, weight := make([]float64, k*d), make([]float64, k)
		for i := range k * each {
			w := 1 + float64(i%3)
			mass, weight[i%k] = append(mass, w), weight[i%k]+w
			for j := range d {
				v := r.NormFloat64()
				if j == 0 {
					v += 1000 * float64(i%k)
				}
				x = append(x, v)
				sums[i%k*d+j] += w * v
			}
		}
		owner, centers, err := cluster(context.Background(), x, d, k, mass, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range owner[1:] {
			if c != owner[1+i%k] {
				t.Fatalf("seed %d: row %d is in group %d, its like in %d", seed, i, c, owner[1+i%k])
			}
			for j := range d {
				if mean := sums[i%k*d+j] / weight[i%k]; !(math.Abs(centers[c*d+j]-mean) <= 1e-9) {
					t.Fatalf("seed %d: number %d of mean %d is %v, want %v", seed, j, i%k, centers[c*d+j], mean)
				}
			}
		}
	}
	if owner, centers, err := cluster(context.Background(), []float64{7, 7}, 1, 4, nil, rand.New(rand.NewPCG(1, 1))); err != nil || len(owner) != 2 || len(centers) != 4 || centers[3] != 7 {
		t.Errorf("fewer rows than groups: %v, %v, %v", owner, centers, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := cluster(ctx, []float64{1, 2}, 1, 2, nil, rand.New(rand.NewPCG(1, 1))); err == nil {
		t.Error("cancelled, and no error")
	}
}
