package nn

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// A block is its layers, put together as the equations say.
func TestTransformerByHand(t *testing.T) {
	const batch, time, size, keys, memorySize = 2, 3, 4, 2, 5
	r := rand.New(rand.NewPCG(1, 1))
	for _, pre := range []bool{false, true} {
		var tape autodiff.Tape[float64]
		x := tape.Constant(normals(r, batch*time*size), batch, time, size)
		memory := tape.Constant(normals(r, batch*keys*memorySize), batch, keys, memorySize)
		mask := Mask[float64]{Causal: true}
		other := Mask[float64]{Keys: tape.Constant([]float64{1, 1, 1, 0}, batch, keys)}

		net := New[float64](1)
		encoder := net.Transformer("e", Transformer{Size: size, Heads: 2, PreNorm: pre})
		decoder := net.Transformer("d", Transformer{Size: size, Heads: 2, PreNorm: pre, Memory: memorySize, Activation: GELU})
		for _, p := range net.Params() { // so that norms are not all alike
			for i := range p.Value {
				p.Value[i] += 0.1 * r.NormFloat64()
			}
		}
		part := func(norm *LayerNormLayer[float64], x v64, f func(v64) v64) v64 {
			if pre {
				return x.Add(f(norm.Forward(x)))
			}
			return norm.Forward(x.Add(f(x)))
		}
		for _, l := range []*TransformerLayer[float64]{encoder, decoder} {
			var got v64
			want := part(l.SelfNorm, x, func(x v64) v64 { y, _ := l.Self.Self(x, mask); return y })
			if l == decoder {
				got = l.Read(x, mask, memory, other)
				want = part(l.CrossNorm, want, func(x v64) v64 {
					k, v := l.Cross.Prepare(memory)
					y, _ := l.Cross.Attend(x, k, v, other)
					return y
				})
			} else {
				got = l.Run(x, mask)
			}
			f := ReLU
			if l == decoder {
				f = GELU
			}
			want = part(l.OutNorm, want, func(x v64) v64 {
				hidden := Activate(f, x.MatMul(tape.Param(l.In.Weight)).Add(tape.Param(l.In.Bias)))
				return hidden.MatMul(tape.Param(l.Out.Weight)).Add(tape.Param(l.Out.Bias))
			})
			compare(t, l.Name, map[string][]float64{"y": got.Value()}, map[string][]float64{"y": want.Value()}, 1e-13)
		}
		if len(encoder.In.Weight.Value) != 4*size*size {
			t.Errorf("the first dense layer has %d weights", len(encoder.In.Weight.Value))
		}
	}
}

func TestTransformerGradients(t *testing.T) {
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
		return net.Transformer("t", Transformer{Size: 2, Hidden: 3, Activation: GELU, Dropout: 0.3}).Forward
	}, 1, 3, 2)
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
		l := net.Transformer("t", Transformer{Size: 2, Hidden: 3, Activation: GELU, PreNorm: true, Memory: 3, Dropout: 0.3})
		memory := net.Param("memory", Normal(1), 1, 1, 1, 2, 3)
		return func(x v64) v64 {
			return l.Read(x, Mask[float64]{Causal: true}, x.Tape().Param(memory), Mask[float64]{})
		}
	}, 1, 3, 2)
}

// Two causal blocks do not look ahead.
func TestTransformerCausal(t *testing.T) {
	const time, size = 4, 4
	r := rand.New(rand.NewPCG(1, 1))
	net := New[float64](1)
	a, b := net.Transformer("a", Transformer{Size: size, Heads: 2}), net.Transformer("b", Transformer{Size: size, Heads: 2})
	var tape autodiff.Tape[float64]
	run := func(x []float64) []float64 {
		mask := Mask[float64]{Causal: true}
		return b.Run(a.Run(tape.Constant(x, 1, time, size), mask), mask).Value()
	}
	x := normals(r, time*size)
	other := append(slices.Clone(x[:2*size]), normals(r, 2*size)...)
	if y, z := run(x), run(other); !slices.Equal(y[:2*size], z[:2*size]) || slices.Equal(y[2*size:], z[2*size:]) {
		t.Error("later inputs change earlier outputs, or nothing")
	}
}

func TestTransformerMistakes(t *testing.T) {
	for want, s := range map[string]Transformer{
		"Transformer.Size":    {},
		"Transformer.Hidden":  {Size: 1, Hidden: -1},
		"Transformer.Dropout": {Size: 1, Dropout: 1},
		"MultiHead.Head":      {Size: 4, Heads: 3},
		"MultiHead.Memory":    {Size: 4, Memory: -1},
		"Activation":          {Size: 1, Activation: "none"},
	} {
		var e *belief.ConfigError
		if err := s.Validate(); !errors.As(err, &e) || e.Field != want {
			t.Errorf("%#v: %v, want an error of %s", s, err, want)
		}
	}
	net := New[float64](1)
	alone, reader := net.Transformer("a", Transformer{Size: 1}), net.Transformer("b", Transformer{Size: 1, Memory: 1})
	var tape autodiff.Tape[float64]
	x := tape.Constant([]float64{1}, 1, 1, 1)
	for want, f := range map[string]func(){
		"use Read":      func() { reader.Forward(x) },
		"can read none": func() { alone.Read(x, Mask[float64]{}, x, Mask[float64]{}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
