package nn_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

func gradients[T nn.Float](values ...[]T) []*autodiff.Param[T] {
	var params []*autodiff.Param[T]
	for _, v := range values {
		p := autodiff.NewParam[T]("p", len(v))
		copy(p.Grad, v)
		params = append(params, p)
	}
	return params
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		clip nn.Clip
		want []float64
	}{
		{nn.Clip{}, []float64{3, -4, 12, 0.5}},
		{nn.Clip{Value: 3.5}, []float64{3, -3.5, 3.5, 0.5}},
		{nn.Clip{Value: 20}, []float64{3, -4, 12, 0.5}},
		{nn.Clip{Norm: 169.25}, []float64{3, -4, 12, 0.5}},
		{nn.Clip{Norm: math.Sqrt(169.25) / 2}, []float64{1.5, -2, 6, 0.25}},
		{nn.Clip{Value: 4, Norm: math.Sqrt(41.25) / 2}, []float64{1.5, -2, 2, 0.25}},
	} {
		params := gradients([]float64{3, -4}, []float64{12}, []float64{}, []float64{0.5})
		norm := nn.ClipGradients(params, c.clip)
		if math.Abs(norm-math.Sqrt(169.25)) > 1e-14 {
			t.Errorf("the norm is %v, want √169.25", norm)
		}
		got := slices.Concat(params[0].Grad, params[1].Grad, params[3].Grad)
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15*20 {
				t.Errorf("%+v makes it %v, want %v", c.clip, got, c.want)
				break
			}
		}
	}
}

// Norms whose squares leave the range of numbers are right, and clipped.
func TestNormOfExtremeGradients(t *testing.T) {
	for _, c := range []struct{ scale, norm float64 }{{1e30, 5e30}, {1e-30, 5e-30}} {
		params := gradients([]float32{float32(3 * c.scale)}, []float32{float32(4 * c.scale)})
		if got := nn.ClipGradients(params, nn.Clip{Norm: c.norm / 2}); math.Abs(got/c.norm-1) > 1e-6 {
			t.Errorf("the norm is %v, want %v", got, c.norm)
		}
		if got := float64(params[1].Grad[0]); math.Abs(got/(2*c.scale)-1) > 1e-6 {
			t.Errorf("clipped to %v, want %v", got, 2*c.scale)
		}
	}
	if got := nn.GradientNorm(gradients([]float64{3e200, 4e200})); math.Abs(got/5e200-1) > 1e-12 {
		t.Errorf("the norm is %v, want 5e200", got)
	}
	params := gradients([]float32{math.MaxFloat32, -1})
	nn.ClipGradients(params, nn.Clip{Value: 1e300})
	if params[0].Grad[0] != math.MaxFloat32 {
		t.Errorf("a bound beyond single precision makes it %v", params[0].Grad)
	}
}

func TestClipLeavesWhatIsNotFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	for _, g := range [][]float32{{1, inf}, {-inf}, {nan, 2}, {inf, nan}} {
		params := gradients(slices.Clone(g), []float32{7})
		norm := nn.ClipGradients(params, nn.Clip{Value: 1, Norm: 1})
		if norm-norm == 0 || params[1].Grad[0] != 7 {
			t.Errorf("gradient %v: norm %v, the other gradient %v", g, norm, params[1].Grad)
		}
		if slices.ContainsFunc(g, func(v float32) bool { return v != v }) && norm == norm {
			t.Errorf("the norm of %v is %v, want NaN", g, norm)
		}
	}
}

func TestClipSettings(t *testing.T) {
	for _, c := range []nn.Clip{{Value: -1}, {Norm: -1}, {Norm: math.NaN()}, {Value: math.Inf(1)}} {
		var bad *belief.ConfigError
		if err := c.Validate(); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
