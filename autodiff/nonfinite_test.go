package autodiff_test

import (
	"testing"

	"github.com/belief-go/belief/autodiff"
)

func TestNonFiniteGrad(t *testing.T) {
	var tape tape64
	p := autodiff.NewParam[float64]("p", 2)
	p.Value[0], p.Value[1] = 1, 1
	step := func() var64 {
		tape.Reset()
		x := tape.Param(p)
		tape.SetLabel("root")
		y := x.Sqrt()
		tape.SetLabel("rest")
		z := y.Mul(y).Add(y).Add(x).Scale(2).Sum()
		tape.Backward(z)
		return z
	}
	if op, label, found := tape.NonFiniteGrad(step()); found {
		t.Errorf("%s of %s", op, label)
	}
	p.Value[0] = 0
	if op, label, found := tape.NonFiniteGrad(step()); !found || op != "Sqrt" || label != "root" {
		t.Errorf("the gradient of √0 comes from %q of %q, %t", op, label, found)
	}
}
