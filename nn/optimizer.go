package nn

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/parallel"
)

// An Optimizer is a rule by which gradients change weights: [SGD], [AdaGrad],
// [AdaDelta], [RMSProp], [Adam], [AdamW], or one of another package. It is a value
// that holds settings and nothing else; a [Descent] remembers what it needs.
type Optimizer interface {
	// Validate returns a *belief.ConfigError for settings that make no sense.
	Validate() error
	// Memory is the number of numbers to remember of each weight.
	Memory() int
	// LearningRate is the rate before a schedule changes it.
	LearningRate() float64
	// Update32 and Update64 take a step. Every weight must be changed by its own
	// gradient and memory alone, since large arrays come in parts.
	Update32(u *Update[float32])
	Update64(u *Update[float64])
}

// An Update is a part of an array of weights, and what an [Optimizer] needs to take a
// step in it.
type Update[T Float] struct {
	Step    int     // the number of the step, from 1
	Rate    float64 // the optimizer's LearningRate times what the schedule says
	Decayed bool    // whether weight decay applies here
	Weights []T
	Grad    []T   // may be changed
	Memory  [][]T // zeros before the first step
}

// None is the value of a setting that is to be zero where 0 stands for a default.
const None = -1

// partSize is the number of weights that are changed together. It is fixed, so that
// results do not depend on the number of workers.
const partSize = 1 << 14

// A Descent is an [Optimizer] at work on parameters.
type Descent[T Float] struct {
	// Workers bounds the goroutines of a step; 0 means all cores. The results do not
	// depend on it.
	Workers int
	// Decay tells whether weight decay applies to a parameter, by its name or shape; nil
	// means to all. [MatricesOnly] leaves out what is not a matrix.
	Decay func(p *autodiff.Param[T]) bool

	optimizer Optimizer
	params    []*autodiff.Param[T]
	memory    [][][]T // of each parameter
	parts     []part
	step      int

	rate float64
	next atomic.Int64
	done sync.WaitGroup
	work func()
}

// part is a range of weights of a parameter.
type part struct {
	param, from, to int
}

// NewDescent puts an optimizer to work on those of the parameters that are not Fixed.
// Settings that make no sense are a [*belief.ConfigError].
func NewDescent[T Float](params []*autodiff.Param[T], o Optimizer) (*Descent[T], error) {
	if o == nil {
		return nil, &belief.ConfigError{Field: "Optimizer", Value: o, Want: "one"}
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	d := &Descent[T]{optimizer: o}
	for _, p := range params {
		if p.Fixed {
			continue
		}
		if len(p.Grad) != len(p.Value) {
			panic(fmt.Sprintf("nn: parameter %q has %d values and %d gradients", p.Name, len(p.Value), len(p.Grad)))
		}
		memory := make([][]T, o.Memory())
		for k := range memory {
			memory[k] = make([]T, len(p.Value))
		}
		for from := 0; from < len(p.Value); from += partSize {
			d.parts = append(d.parts, part{len(d.params), from, min(from+partSize, len(p.Value))})
		}
		d.params, d.memory = append(d.params, p), append(d.memory, memory)
	}
	d.work = d.drain
	return d, nil
}

// MatricesOnly is a Decay of a [Descent] that leaves out biases, the scales of
// normalizations and other arrays of fewer than two dimensions.
func MatricesOnly[T Float](p *autodiff.Param[T]) bool { return len(p.Shape) > 1 }

// Optimizer returns the settings.
func (d *Descent[T]) Optimizer() Optimizer { return d.optimizer }

// Params returns the parameters that are changed.
func (d *Descent[T]) Params() []*autodiff.Param[T] { return slices.Clone(d.params) }

// Steps returns the number of steps that have been taken.
func (d *Descent[T]) Steps() int { return d.step }

// Step changes the weights by their gradients and sets the gradients to zero, ready
// for the next Backward. The learning rate is that of the optimizer times scale; what
// a [Schedule] says of Steps is meant for it. A step allocates nothing.
func (d *Descent[T]) Step(scale float64) {
	d.step++
	d.rate = scale * d.optimizer.LearningRate()
	d.next.Store(0)
	for range min(parallel.Workers(d.Workers), len(d.parts)) - 1 {
		d.done.Add(1)
		go d.work()
	}
	d.done.Add(1)
	d.drain()
	d.done.Wait()
}

// drain works on parts until there are none left.
func (d *Descent[T]) drain() {
	defer d.done.Done()
	u := updates[T]().Get().(*Update[T])
	for {
		i := int(d.next.Add(1)) - 1
		if i >= len(d.parts) {
			break
		}
		d.update(u, d.parts[i])
	}
	updates[T]().Put(u)
}

func (d *Descent[T]) update(u *Update[T], c part) {
	p := d.params[c.param]
	u.Step, u.Rate = d.step, d.rate
	u.Decayed = d.Decay == nil || d.Decay(p)
	u.Weights, u.Grad, u.Memory = p.Value[c.from:c.to], p.Grad[c.from:c.to], u.Memory[:0]
	for _, m := range d.memory[c.param] {
		u.Memory = append(u.Memory, m[c.from:c.to])
	}
	switch u := any(u).(type) {
	case *Update[float32]:
		d.optimizer.Update32(u)
	case *Update[float64]:
		d.optimizer.Update64(u)
	}
	clear(u.Grad)
}

// Updates that are in nobody's use.
var (
	updates32 = sync.Pool{New: func() any { return new(Update[float32]) }}
	updates64 = sync.Pool{New: func() any { return new(Update[float64]) }}
)

func updates[T Float]() *sync.Pool {
	if _, ok := any(T(0)).(float32); ok {
		return &updates32
	}
	return &updates64
}

// setting is a number of an optimizer, with what it must be.
type setting struct {
	name  string
	value float64
	want  string
}

// What settings must be. Single precision has to hold them.
const (
	wantSize     = "at least 0, which means the default, and at most 1e30"
	wantFraction = "at least 0 and at most 0.9999999"
)

// check validates the settings of an optimizer, after defaults.
func check(optimizer string, settings ...setting) error {
	for _, s := range settings {
		most := 1e30
		if s.want == wantFraction {
			most = 0.9999999
		}
		if !(s.value >= 0 && s.value <= most) {
			return &belief.ConfigError{Field: optimizer + "." + s.name, Value: s.value, Want: s.want}
		}
	}
	return nil
}

// or returns a setting, its default where it is 0, and 0 where it is None.
func or(v, whenZero float64) float64 {
	switch v {
	case 0:
		return whenZero
	case None:
		return 0
	}
	return v
}

// epsilon returns what keeps from dividing by zero, or its default.
func epsilon[T Float](v, whenZero float64) T {
	if v == 0 {
		v = whenZero
	}
	return max(T(v), T(math.SmallestNonzeroFloat32))
}
