package careful

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The oracle is arithmetic with 500 bits.
func TestPair(t *testing.T) {
	exact := func(p Pair) *big.Float {
		v := new(big.Float).SetPrec(500).SetFloat64(p.High)
		return v.Add(v, big.NewFloat(p.Low))
	}
	number := func() *big.Float { return new(big.Float).SetPrec(500) }
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() Pair {
		high := math.Ldexp(r.Float64()-0.5, r.IntN(40)-20)
		return fastTwoSum(high, high*math.Ldexp(r.Float64()-0.5, -53))
	}
	near := func(what string, got Pair, want *big.Float, scale float64) {
		t.Helper()
		if got.High+got.Low != got.High {
			t.Fatalf("%s: %v is not rounded to its first number", what, got)
		}
		off, _ := number().Sub(exact(got), want).Float64()
		if !(math.Abs(off) <= 0x1p-100*scale) {
			t.Fatalf("%s is off by %g of %g", what, off, scale)
		}
	}
	for range 20000 {
		p, q, s := draw(), draw(), draw()
		if r.IntN(2) == 0 { // cancel
			q = Pair{-p.High, p.Low / 3}
		}
		x, y, z := exact(p), exact(q), exact(s)
		sum, diff, product, ratio := number().Add(x, y), number().Sub(x, y), number().Mul(x, y), number().Quo(x, y)
		size := func(v *big.Float) float64 { f, _ := v.Float64(); return math.Abs(f) }
		near("a sum", p.Plus(q), sum, size(sum))
		near("a difference", p.Minus(q), diff, size(diff))
		near("a product", p.Times(q), product, size(product))
		near("a ratio", p.Over(q), ratio, size(ratio))
		product.Mul(y, z)
		near("a product less", p.MinusProduct(q, s), number().Sub(x, product), max(size(x), size(product)))
		if p.High < 0 {
			p = Pair{-p.High, -p.Low}
		}
		root := number().Sqrt(exact(p))
		near("a root", p.Root(), root, size(root))
	}
	if got := (Pair{}).Root(); got != (Pair{}) {
		t.Errorf("the root of 0 is %v", got)
	}
}
