package nn_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// A loop of one's own needs no more than this.
func ExampleDescent() {
	net := nn.New[float64](1)
	w := net.Param("w", nn.Constant(3), 1, 1)
	d, err := nn.NewDescent(net.Params(), nn.SGD{Rate: 0.1, Momentum: 0.5})
	if err != nil {
		panic(err)
	}
	schedule := nn.LinearDecay{Steps: 100}
	var t autodiff.Tape[float64]
	for d.Steps() < 100 {
		t.Reset()
		x := t.Param(w)
		t.Backward(x.Mul(x))
		nn.ClipGradients(net.Params(), nn.Clip{Norm: 5})
		d.Step(schedule.Scale(d.Steps()))
	}
	fmt.Println(math.Abs(w.Value[0]) < 1e-6)
	// Output: true
}

// The first three steps of each for a gradient that is 1 and then vanishes.
func ExampleOptimizer() {
	for _, o := range []nn.Optimizer{nn.SGD{Rate: 0.1}, nn.SGD{Rate: 0.1, Momentum: 0.9}, nn.SGD{Rate: 0.1, Momentum: 0.9, Nesterov: true},
		nn.AdaGrad{Rate: 0.1}, nn.AdaDelta{}, nn.RMSProp{Rate: 0.1}, nn.Adam{Rate: 0.1}, nn.AdamW{Rate: 0.1}} {
		p := autodiff.NewParam[float64]("w")
		d, err := nn.NewDescent([]*autodiff.Param[float64]{p}, o)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-12T", o)
		p.Grad[0] = 1
		for range 3 {
			d.Step(1)
			fmt.Printf(" %7.4f", p.Value[0])
		}
		fmt.Println()
	}
	// Output:
	// nn.SGD       -0.1000 -0.1000 -0.1000
	// nn.SGD       -0.1000 -0.1900 -0.2710
	// nn.SGD       -0.1900 -0.2710 -0.3439
	// nn.AdaGrad   -0.1000 -0.1000 -0.1000
	// nn.AdaDelta  -0.0032 -0.0032 -0.0032
	// nn.RMSProp   -0.3162 -0.3162 -0.3162
	// nn.Adam      -0.1000 -0.1670 -0.2188
	// nn.AdamW     -0.1000 -0.1669 -0.2185
}

func ExampleSGD() {
	fmt.Println(nn.SGD{Nesterov: true}.Validate())
	// Output: setting SGD.Momentum is 0; it must be positive for Nesterov's
}

func ExampleAdaGrad() { fmt.Println(nn.AdaGrad{}.LearningRate()) /* Output: 0.01 */ }

func ExampleAdaDelta() { fmt.Println(nn.AdaDelta{}.LearningRate()) /* Output: 1 */ }

func ExampleRMSProp() { fmt.Println(nn.RMSProp{}.LearningRate()) /* Output: 0.001 */ }

func ExampleAdam() {
	critic := nn.Adam{Rate: 2e-4, Beta1: nn.None} // no momentum
	fmt.Println(critic.LearningRate(), critic.Memory(), critic.Validate())
	// Output: 0.0002 2 <nil>
}

func ExampleAdamW() { fmt.Println(nn.AdamW{}.LearningRate()) /* Output: 0.001 */ }

// signDescent is an optimizer of another package: it goes by the sign of the gradient.
type signDescent struct{ Rate float64 }

func (s signDescent) Validate() error                { return nil }
func (s signDescent) Memory() int                    { return 0 }
func (s signDescent) LearningRate() float64          { return s.Rate }
func (s signDescent) Update32(u *nn.Update[float32]) { signUpdate(u) }
func (s signDescent) Update64(u *nn.Update[float64]) { signUpdate(u) }

func signUpdate[T nn.Float](u *nn.Update[T]) {
	for i, g := range u.Grad {
		if g != 0 {
			u.Weights[i] -= T(math.Copysign(u.Rate, float64(g)))
		}
	}
}

func ExampleUpdate() {
	p := autodiff.NewParam[float32]("w", 3)
	copy(p.Grad, []float32{-7, 0, 0.1})
	d, err := nn.NewDescent([]*autodiff.Param[float32]{p}, signDescent{Rate: 0.5})
	if err != nil {
		panic(err)
	}
	d.Step(1)
	fmt.Println(p.Value)
	// Output: [0.5 0 -0.5]
}

func ExampleClip() {
	p := autodiff.NewParam[float64]("w", 2)
	copy(p.Grad, []float64{30, -40})
	norm := nn.ClipGradients([]*autodiff.Param[float64]{p}, nn.Clip{Norm: 5})
	fmt.Println(norm, p.Grad)
	// Output: 50 [3 -4]
}

// scales shows what a schedule says of the first five steps.
func scales(s nn.Schedule) {
	var of [5]string
	for t := range of {
		of[t] = fmt.Sprintf("%.3f", s.Scale(t))
	}
	fmt.Println(strings.Join(of[:], " "))
}

func ExampleSchedule() {
	var s nn.Schedule = nn.WarmUp{Steps: 2, Then: nn.CosineDecay{}}
	fmt.Println(s.Validate())
	// Output: setting CosineDecay.Steps is 0; it must be 1 or more
}

func ExampleStepDecay() {
	scales(nn.StepDecay{Every: 2, Factor: 0.5})
	// Output: 1.000 1.000 0.500 0.500 0.250
}

func ExampleExponentialDecay() {
	scales(nn.ExponentialDecay{Factor: 0.5})
	scales(nn.ExponentialDecay{Factor: 0.5, Every: 2})
	// Output:
	// 1.000 0.500 0.250 0.125 0.062
	// 1.000 0.707 0.500 0.354 0.250
}

func ExampleNaturalDecay() {
	scales(nn.NaturalDecay{Rate: 1})
	// Output: 1.000 0.368 0.135 0.050 0.018
}

func ExampleInverseTimeDecay() {
	scales(nn.InverseTimeDecay{Rate: 1})
	// Output: 1.000 0.500 0.333 0.250 0.200
}

func ExampleRootDecay() {
	scales(nn.RootDecay{})
	// Output: 1.000 0.707 0.577 0.500 0.447
}

func ExampleLinearDecay() {
	scales(nn.LinearDecay{Steps: 4})
	// Output: 1.000 0.750 0.500 0.250 0.000
}

func ExampleCosineDecay() {
	scales(nn.CosineDecay{Steps: 4, End: 0.1})
	// Output: 1.000 0.868 0.550 0.232 0.100
}

func ExampleWarmUp() {
	scales(nn.WarmUp{Steps: 2, Then: nn.LinearDecay{Steps: 2}})
	// Output: 0.500 1.000 1.000 0.500 0.000
}

func ExampleScheduleFunc() {
	s := nn.ScheduleFunc(func(steps int) float64 { return 1 / float64(1+steps/100) })
	fmt.Println(s.Scale(99), s.Scale(100))
	// Output: 1 0.5
}
