package transform_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transform"
)

// Transforms that are wrong in one thing each, which the suite must reject.

// recorder notes that something was reported.
type recorder struct{ failed bool }

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// The broken ones differ from a simplex or an order in one method each.
type (
	badJacobian struct{ transform.Simplex }
	badGradient struct{ transform.Simplex }
	badInverse  struct{ transform.Simplex }
	badOverlap  struct{ transform.Ordered }
	badExtreme  struct{ transform.Simplex }
	badCheck    struct{ transform.Positive }
	badNaN      struct{ transform.Positive }
	badSize     struct{ transform.Positive }
)

func (b badJacobian) LogJacobian(y []float64) float64 { return b.Simplex.LogJacobian(y) + 1e-6 }
func (b badGradient) GradTo(dst, y, x, g []float64) []float64 {
	dst = b.Simplex.GradTo(dst, y, x, g)
	dst[0]++
	return dst
}
func (b badInverse) InverseTo(dst, x []float64) ([]float64, error) {
	dst, err := b.Simplex.InverseTo(dst, x)
	if err == nil {
		dst[0] *= 1 + 1e-9
	}
	return dst, err
}
func (b badOverlap) InverseTo(dst, x []float64) ([]float64, error) {
	if dst == nil {
		return b.Ordered.InverseTo(dst, x)
	}
	dst[0] = x[0]
	for i := 1; i < len(x); i++ {
		dst[i] = math.Log(x[i] - x[i-1])
	}
	return dst, nil
}
func (b badExtreme) ForwardTo(dst, y []float64) []float64 {
	dst = b.Simplex.ForwardTo(dst, y)
	for i, v := range dst {
		if v < 1e-300 {
			dst[i] = 0
		}
	}
	return dst
}
func (b badCheck) InverseTo(dst, x []float64) ([]float64, error) {
	dst = append(dst[:0], x...)
	for i, v := range dst {
		dst[i] = math.Log(v)
	}
	return dst, nil
}
func (b badNaN) ForwardTo(dst, y []float64) []float64 {
	dst = b.Positive.ForwardTo(dst, y)
	if math.IsNaN(dst[0]) {
		dst[0] = 1
	}
	return dst
}
func (b badSize) Validate() error { return &dist.ParameterError{} }

func TestConformanceRejects(t *testing.T) {
	first := func(x, _ []float64) []float64 { return x[:2] }
	whole := func(x, _ []float64) []float64 { return x }
	s, one := transform.Simplex{K: 3}, transform.Positive{}
	for _, c := range []conformance{
		{name: "Jacobian", t: badJacobian{s}, chart: first},
		{name: "gradient", t: badGradient{s}, chart: first},
		{name: "inverse", t: badInverse{s}, chart: first},
		{name: "overlap", t: badOverlap{transform.Ordered{K: 3}}, chart: whole},
		{name: "extreme", t: badExtreme{s}, chart: first},
		{name: "check", t: badCheck{one}, chart: whole},
		{name: "NaN", t: badNaN{one}, chart: whole},
		{name: "size", t: badSize{one}, chart: whole},
	} {
		var r recorder
		c.run(&r)
		if !r.failed {
			t.Errorf("a broken %s passes", c.name)
		}
	}
}
