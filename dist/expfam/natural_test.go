package expfam_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// TestNaturalAnything solves for any numbers, which must end in an η of the domain or
// in an error, and not hang.
func TestNaturalAnything(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(12, uint64(len(m.family))))
		f, eta, err := expfam.Of(m.make(r))
		if err != nil {
			t.Fatal(err)
		}
		near := f.MeanTo(nil, eta)
		t.Run(m.family, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				mean := make([]float64, f.Dim())
				for i := range mean {
					switch rapid.IntRange(0, 3).Draw(t, "kind") {
					case 0:
						mean[i] = rapid.Float64().Draw(t, "any")
					case 1:
						mean[i] = rapid.Float64Range(-3, 3).Draw(t, "small")
					case 2:
						mean[i] = near[i] * math.Pow(2, rapid.Float64Range(-600, 600).Draw(t, "factor"))
					default:
						mean[i] = near[i]
					}
				}
				var fit *dist.FitError
				switch eta, err := f.NaturalTo(nil, mean); {
				case err != nil && !errors.As(err, &fit):
					t.Fatalf("%v of %v: %v", f, mean, err)
				case err == nil && !f.Contains(eta):
					t.Fatalf("%v of %v: η %v is outside", f, mean, eta)
				}
			})
		})
	}
}

// TestDirichletNewton solves for many shapes over sixteen orders of magnitude. The mean
// must come back to 1e-11 of itself or of its standard deviation, whichever is larger.
func TestDirichletNewton(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	for trial := range 300 {
		f := expfam.Dirichlet{K: 2 + r.IntN(40)}
		eta, width := make([]float64, f.K), 8*r.Float64()
		for i := range eta {
			eta[i] = math.Pow(10, width*(2*r.Float64()-1))
		}
		mean := f.MeanTo(nil, eta)
		got, err := f.NaturalTo(nil, mean)
		if err != nil {
			t.Errorf("trial %d: %v at %v", trial, err, eta)
			continue
		}
		hessian := f.HessianTo(nil, eta)
		for i, v := range f.MeanTo(nil, got) {
			if math.Abs(v-mean[i]) > 1e-11*max(math.Abs(mean[i]), math.Sqrt(hessian.At(i, i))) {
				t.Errorf("trial %d: mean %d of %v is %v, want %v", trial, i, eta, v, mean[i])
			}
		}
	}
}
