package nn_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// optimizerOf reads the settings of an optimizer.
func optimizerOf(t *testing.T, name string, settings json.RawMessage) nn.Optimizer {
	t.Helper()
	read := func(o any) {
		d := json.NewDecoder(bytes.NewReader(settings))
		d.DisallowUnknownFields()
		if err := d.Decode(o); err != nil {
			t.Fatal(err)
		}
	}
	switch name {
	case "SGD":
		var o nn.SGD
		read(&o)
		return o
	case "AdaGrad":
		var o nn.AdaGrad
		read(&o)
		return o
	case "AdaDelta":
		var o nn.AdaDelta
		read(&o)
		return o
	case "RMSProp":
		var o nn.RMSProp
		read(&o)
		return o
	case "Adam":
		var o nn.Adam
		read(&o)
		return o
	case "AdamW":
		var o nn.AdamW
		read(&o)
		return o
	}
	t.Fatalf("there is no optimizer %q", name)
	return nil
}

// trajectory minimizes the function of testdata/optimizers.py.
func trajectory[T nn.Float](t *testing.T, o nn.Optimizer, s nn.Schedule, at []int) (weights [][]float64) {
	t.Helper()
	p := autodiff.NewParam[T]("w", 3)
	copy(p.Value, []T{1, -0.7, 2})
	d, err := nn.NewDescent([]*autodiff.Param[T]{p}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range at {
		for d.Steps() < last {
			w := [3]float64{float64(p.Value[0]), float64(p.Value[1]), float64(p.Value[2])}
			cos := math.Cos(w[0] * w[1])
			p.Grad[0] = T(w[0] + w[1]*cos)
			p.Grad[1] = T(20*w[1] + w[0]*cos)
			p.Grad[2] = T(0.1*w[2] + 0.4*w[2]*w[2]*w[2])
			d.Step(s.Scale(d.Steps()))
		}
		weights = append(weights, []float64{float64(p.Value[0]), float64(p.Value[1]), float64(p.Value[2])})
	}
	return weights
}

func TestOptimizersGoWherePyTorchGoes(t *testing.T) {
	var golden struct {
		At    []int
		Cases []struct {
			Optimizer string
			Settings  json.RawMessage
			Scale     float64
			Weights   [][]float64
		}
	}
	text, err := os.ReadFile("testdata/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) < 20 {
		t.Errorf("only %d cases", len(golden.Cases))
	}
	for _, c := range golden.Cases {
		t.Run(fmt.Sprintf("%s%s", c.Optimizer, c.Settings), func(t *testing.T) {
			o := optimizerOf(t, c.Optimizer, c.Settings)
			s := nn.ExponentialDecay{Factor: c.Scale}
			double, single := trajectory[float64](t, o, s, golden.At), trajectory[float32](t, o, s, golden.At)
			for k, want := range c.Weights {
				for i := range want {
					if got := double[k][i]; !(math.Abs(got-want[i]) <= 1e-10*(1e-3+math.Abs(want[i]))) {
						t.Errorf("weight %d after %d steps is %v, want %v", i, golden.At[k], got, want[i])
					}
					if got := single[k][i]; !(math.Abs(got-want[i]) <= 2e-5) {
						t.Errorf("in single precision weight %d after %d steps is %v, want %v", i, golden.At[k], got, want[i])
					}
				}
			}
		})
	}
}

// The first step of each in closed form, for a gradient of 0.5 at a weight of 2.
func TestFirstSteps(t *testing.T) {
	const g, w = 0.5, 2.0
	for _, c := range []struct {
		o    nn.Optimizer
		want float64
	}{
		{nn.SGD{}, w - 0.01*g},
		{nn.SGD{Rate: nn.None}, w},
		{nn.SGD{WeightDecay: 0.3}, w - 0.01*(g+0.3*w)},
		{nn.SGD{Rate: 0.1, Momentum: 0.7}, w - 0.1*g},
		{nn.SGD{Rate: 0.1, Momentum: 0.7, Nesterov: true}, w - 0.1*1.7*g},
		{nn.AdaGrad{}, w - 0.01*g/(g+1e-10)},
		{nn.AdaDelta{}, w - math.Sqrt(1e-6/(0.1*g*g+1e-6))*g},
		{nn.AdaDelta{Rho: nn.None}, w - math.Sqrt(1e-6/(g*g+1e-6))*g},
		{nn.RMSProp{}, w - 0.001/math.Sqrt(0.1)/(1+1e-8/math.Sqrt(0.1)/g)},
		{nn.Adam{}, w - 0.001*g/(g+1e-8)},
		{nn.Adam{Epsilon: 0.5}, w - 0.001/2},
		{nn.Adam{AMSGrad: true, Epsilon: 0.5}, w - 0.001/2},
		{nn.AdamW{Epsilon: 0.5}, w - 0.001*(0.5+0.01*w)},
		{nn.AdamW{Epsilon: 0.5, WeightDecay: nn.None}, w - 0.001/2},
	} {
		p := autodiff.NewParam[float64]("w", 1)
		p.Value[0], p.Grad[0] = w, g
		d, err := nn.NewDescent([]*autodiff.Param[float64]{p}, c.o)
		if err != nil {
			t.Fatal(err)
		}
		d.Step(1)
		if math.Abs(p.Value[0]-c.want) > 1e-15*w {
			t.Errorf("%T%+v goes to %v, want %v", c.o, c.o, p.Value[0], c.want)
		}
		if p.Grad[0] != 0 {
			t.Errorf("%T leaves the gradient %v", c.o, p.Grad[0])
		}
	}
}

func TestOptimizerSettings(t *testing.T) {
	for _, c := range []struct {
		o     nn.Optimizer
		field string
	}{
		{nn.SGD{Rate: -0.1}, "SGD.Rate"},
		{nn.SGD{Rate: math.NaN()}, "SGD.Rate"},
		{nn.SGD{Rate: math.Inf(1)}, "SGD.Rate"},
		{nn.SGD{Rate: 1e31}, "SGD.Rate"}, // infinite in single precision, nearly
		{nn.SGD{Momentum: 1}, "SGD.Momentum"},
		{nn.SGD{Momentum: -0.5}, "SGD.Momentum"},
		{nn.SGD{Nesterov: true}, "SGD.Momentum"},
		{nn.SGD{WeightDecay: -1}, "SGD.WeightDecay"},
		{nn.AdaGrad{Epsilon: -1}, "AdaGrad.Epsilon"},
		{nn.AdaDelta{Rho: 1}, "AdaDelta.Rho"},
		{nn.RMSProp{Rho: 2}, "RMSProp.Rho"},
		{nn.Adam{Beta1: 1}, "Adam.Beta1"},
		{nn.Adam{Beta2: 0.99999999}, "Adam.Beta2"}, // 1 in single precision
		{nn.Adam{WeightDecay: math.NaN()}, "Adam.WeightDecay"},
		{nn.AdamW{Beta2: -0.1}, "AdamW.Beta2"},
		{nn.AdamW{WeightDecay: -2}, "AdamW.WeightDecay"},
		{nil, "Optimizer"},
	} {
		_, err := nn.NewDescent([]*autodiff.Param[float64]{}, c.o)
		var bad *belief.ConfigError
		if !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%T%+v: %v, want an error of %s", c.o, c.o, err, c.field)
		}
	}
}

// A weight that gets no gradient does not move, whatever the smallest ε.
func TestNoGradientNoStep(t *testing.T) {
	for _, o := range []nn.Optimizer{nn.SGD{Momentum: 0.9}, nn.AdaGrad{Epsilon: 1e-60}, nn.AdaDelta{Epsilon: 1e-60},
		nn.RMSProp{Epsilon: 1e-60}, nn.Adam{Epsilon: 1e-60}, nn.Adam{Epsilon: 1e-60, AMSGrad: true}, nn.AdamW{WeightDecay: nn.None}} {
		p := autodiff.NewParam[float32]("w", 20)
		for i := range p.Value {
			p.Value[i] = 2
		}
		d, err := nn.NewDescent([]*autodiff.Param[float32]{p}, o)
		if err != nil {
			t.Fatal(err)
		}
		d.Step(1)
		d.Step(1)
		for _, w := range p.Value {
			if w != 2 {
				t.Errorf("%T%+v moves to %v", o, o, w)
				break
			}
		}
	}
}
