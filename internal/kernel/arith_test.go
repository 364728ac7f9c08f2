package kernel

import (
	"math"
	"testing"
)

// Small cases by hand, to be joined by those of every path.
func TestVectorOperationsByHand(t *testing.T) {
	a, b := []float64{1, -2, 3}, []float64{4, 5, -6}
	d := make([]float64, 3)
	for _, c := range []struct {
		name string
		do   func()
		want [3]float64
	}{
		{"Add", func() { Add(d, a, b) }, [3]float64{5, 3, -3}},
		{"Sub", func() { Sub(d, a, b) }, [3]float64{-3, -7, 9}},
		{"Mul", func() { Mul(d, a, b) }, [3]float64{4, -10, -18}},
		{"Div", func() { Div(d, a, b) }, [3]float64{0.25, -0.4, -0.5}},
		{"MulAdd", func() { copy(d, b); MulAdd(d, a, b) }, [3]float64{8, -5, -24}},
		{"Scale", func() { Scale(2, d, a) }, [3]float64{2, -4, 6}},
		{"AddConst", func() { AddConst(2, d, a) }, [3]float64{3, 0, 5}},
		{"Sqrt", func() { Sqrt(d, []float64{4, 9, 0.25}) }, [3]float64{2, 3, 0.5}},
		{"ReLU", func() { ReLU(0, d, a) }, [3]float64{1, 0, 3}},
		{"leaky ReLU", func() { ReLU(0.5, d, a) }, [3]float64{1, -1, 3}},
		{"ReLUGrad", func() { copy(d, a); ReLUGrad(0, d, a, b) }, [3]float64{5, -2, -3}},
		{"leaky ReLUGrad", func() { copy(d, a); ReLUGrad(0.5, d, a, b) }, [3]float64{5, 0.5, -3}},
		{"SigmoidGrad", func() { copy(d, a); SigmoidGrad(d, a, b) }, [3]float64{1, -32, 39}},
		{"TanhGrad", func() { copy(d, a); TanhGrad(d, a, b) }, [3]float64{1, -17, 51}},
		{"AddRow", func() { copy(d, a); AddRow(3, 1, d, []float64{2}) }, [3]float64{3, 0, 5}},
		{"SumRows", func() { copy(d, a); SumRows(2, 3, d, []float64{1, 2, 3, 4, 5, 6}) }, [3]float64{6, 5, 12}},
		{"Max …", func() { d[0], d[1], d[2] = Max(a), SumSquares(a), SquaredDistance(a, b) }, [3]float64{3, 14, 139}},
		{"LogSumExp", func() {
			d[0], d[1], d[2] = LogSumExp([]float64{0, 0}), LogSumExp([]float64{}), LogSumExp([]float64{1, math.Inf(1)})
		}, [3]float64{math.Ln2, math.Inf(-1), math.Inf(1)}},
		{"SoftmaxRows", func() { SoftmaxRows(1, 3, d, []float64{-5000, 0, 0}, make([]float64, 1)) }, [3]float64{0, 0.5, 0.5}},
		{"Adam", func() {
			d[0], d[1], d[2] = 1, 2, 4
			Adam(d[:1], d[1:2], d[2:], []float64{4}, 0.5, 0.5, 0.25, 1, 0.25, 2, 4.0/13)
		}, [3]float64{1 - 0.5*(2*3/3.0+0.25), 3, 13}},
		{"Momentum", func() { d[0], d[1], d[2] = 1, 2, 0; Momentum(d[:1], d[1:2], []float64{4}, 0.5, 0.25, false) }, [3]float64{-0.5, -1.5, 0}},
		{"Nesterov", func() { d[0], d[1], d[2] = 1, 2, 0; Momentum(d[:1], d[1:2], []float64{4}, 0.5, 0.25, true) }, [3]float64{-1.375, -1.5, 0}},
		{"RMSProp", func() { d[0], d[1], d[2] = 1, 4, 0; RMSProp(d[:1], d[1:2], []float64{4}, 0.5, 7.0/12, 1) }, [3]float64{0.5, 9, 0}},
	} {
		c.do()
		for i := range d {
			if !near(d[i], c.want[i]) {
				t.Errorf("%s: %v, want %v", c.name, d, c.want)
				break
			}
		}
	}
}
