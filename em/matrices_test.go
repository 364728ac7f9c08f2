package em

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// With R the result and A what it was, in the units of scale, R − A raises only the
// directions in which R is at the floor: (R − A)(R − floor) = 0.
func TestRaiseFloor(t *testing.T) {
	const floor = 0.3
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		d := 1 + int(seed%5)
		scale := make([]float64, d)
		for j := range scale {
			scale[j] = 1
			if seed%2 == 1 {
				scale[j] = math.Pow(10, 4*r.NormFloat64())
			}
		}
		given := slices.Clone(scale)
		if seed%2 == 0 {
			given = nil
		}
		unit := mat.NewSymDense(d, nil)
		for range int(seed % 7) {
			x := make([]float64, d)
			for j := range x {
				x[j] = r.NormFloat64()
			}
			unit.SymRankOne(unit, 1, mat.NewVecDense(d, x))
		}
		a := make([]float64, d*d)
		for i := range d {
			for j := range d {
				a[i*d+j] = unit.At(i, j) * math.Sqrt(scale[i]) * math.Sqrt(scale[j])
			}
		}
		if d > 1 { // rounding
			a[1] *= 1 + 1e-15
		}
		before := slices.Clone(a)
		acts := raiseFloor(a, d, given, floor)
		var eigen mat.EigenSym
		eigen.Factorize(unit, false)
		if want := slices.Min(eigen.Values(nil)) < floor; acts != want {
			t.Fatalf("seed %d: acts is %v, want %v", seed, acts, want)
		}
		result, rise, above := mat.NewSymDense(d, nil), mat.NewDense(d, d, nil), mat.NewDense(d, d, nil)
		for i := range d {
			for j := range d {
				if a[i*d+j] != a[j*d+i] {
					t.Fatalf("seed %d: not symmetric", seed)
				}
				v := a[i*d+j] / math.Sqrt(scale[i]) / math.Sqrt(scale[j])
				result.SetSym(i, j, v)
				rise.Set(i, j, v-unit.At(i, j))
				above.Set(i, j, v)
				if !acts && math.Abs(a[i*d+j]-before[i*d+j]) > 1e-14*math.Abs(before[i*d+j]) {
					t.Fatalf("seed %d: changed without need", seed)
				}
			}
			above.Set(i, i, above.At(i, i)-floor)
		}
		eigen.Factorize(result, false)
		if least := slices.Min(eigen.Values(nil)); !(least >= floor-1e-12) {
			t.Errorf("seed %d: the least eigenvalue is %v", seed, least)
		}
		var product mat.Dense
		product.Mul(rise, above)
		if v := mat.Norm(&product, 1); !(v <= 1e-11) {
			t.Errorf("seed %d: raised by %v where the floor does not act", seed, v)
		}
	}
}
