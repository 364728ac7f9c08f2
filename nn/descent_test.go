package nn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/nn"
)

var everyOptimizer = []nn.Optimizer{nn.SGD{}, nn.SGD{Momentum: 0.9, WeightDecay: 0.01}, nn.SGD{Momentum: 0.9, Nesterov: true},
	nn.AdaGrad{}, nn.AdaDelta{}, nn.RMSProp{}, nn.Adam{}, nn.Adam{AMSGrad: true, WeightDecay: 0.01}, nn.AdamW{}}

// descend takes steps in parameters of several sizes, and returns all weights.
func descend(t *testing.T, o nn.Optimizer, workers int) []float32 {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var params []*autodiff.Param[float32]
	for _, n := range []int{1, 0, 7, 100_003, 16384, 40_000} {
		p := autodiff.NewParam[float32]("p", n)
		for i := range p.Value {
			p.Value[i] = float32(r.NormFloat64())
		}
		params = append(params, p)
	}
	d, err := nn.NewDescent(params, o)
	if err != nil {
		t.Fatal(err)
	}
	d.Workers = workers
	for range 3 {
		for _, p := range params {
			for i := range p.Grad {
				p.Grad[i] = float32(r.NormFloat64())
			}
		}
		d.Step(1)
	}
	var all []float32
	for _, p := range params {
		all = append(all, p.Value...)
	}
	return all
}

func TestSameBitsForAnyNumberOfWorkers(t *testing.T) {
	for _, o := range everyOptimizer {
		one := descend(t, o, 1)
		for _, workers := range []int{2, 5} {
			if !slices.Equal(descend(t, o, workers), one) {
				t.Errorf("%T%+v: other bits with %d workers", o, o, workers)
			}
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	for _, o := range everyOptimizer {
		for _, workers := range []int{1, 3} {
			d, err := nn.NewDescent([]*autodiff.Param[float32]{autodiff.NewParam[float32]("p", 100_000), autodiff.NewParam[float32]("q", 3)}, o)
			if err != nil {
				t.Fatal(err)
			}
			d.Workers = workers
			d.Step(1)
			if n := patience.Allocations(20, func() { d.Step(0.5) }); n >= 1 {
				t.Errorf("%T%+v: a step of %d workers allocates %v times", o, o, workers, n)
			}
		}
	}
}

func TestDescentLeavesFixedParametersAlone(t *testing.T) {
	net := nn.New[float64](1)
	w := net.Param("w", nn.Constant(1), 1, 1, 2)
	mean := net.Fixed("mean", 2)
	mean.Value[0] = 5
	d, err := nn.NewDescent(net.Params(), nn.SGD{Rate: 1})
	if err != nil {
		t.Fatal(err)
	}
	w.Grad[0] = 3
	d.Step(1)
	if w.Value[0] != -2 || w.Value[1] != 1 || mean.Value[0] != 5 || len(d.Params()) != 1 || d.Steps() != 1 {
		t.Errorf("weights %v, fixed %v, %d parameters, %d steps", w.Value, mean.Value, len(d.Params()), d.Steps())
	}
}

func TestDecayOfSome(t *testing.T) {
	for _, o := range []nn.Optimizer{nn.SGD{Rate: 0.1, WeightDecay: 0.5}, nn.AdamW{Rate: 0.1, WeightDecay: 0.5}, nn.AdamW{Rate: 0.1, WeightDecay: 0.5, AMSGrad: true}} {
		w, b := autodiff.NewParam[float64]("l.weight", 1, 1), autodiff.NewParam[float64]("l.bias", 1)
		w.Value[0], b.Value[0] = 1, 1
		d, err := nn.NewDescent([]*autodiff.Param[float64]{w, b}, o)
		if err != nil {
			t.Fatal(err)
		}
		d.Decay = nn.MatricesOnly[float64]
		d.Step(1)
		if math.Abs(w.Value[0]-0.95) > 1e-15 || b.Value[0] != 1 {
			t.Errorf("%T: the weight is %v, the bias %v; want 0.95 and 1", o, w.Value[0], b.Value[0])
		}
	}
}

func TestMissingGradientsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a parameter without gradients is taken")
		}
	}()
	nn.NewDescent([]*autodiff.Param[float64]{{Name: "w", Shape: []int{1}, Value: make([]float64, 1)}}, nn.Adam{})
}
