package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

func normals(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// The weights and means of every score are those of its formula, one by one.
func TestAttentionFormula(t *testing.T) {
	const batch, queries, keys, size, hidden, width = 2, 3, 4, 5, 6, 2
	r := rand.New(rand.NewPCG(2, 3))
	q, k, v := normals(r, batch*queries*size), normals(r, batch*keys*size), normals(r, batch*keys*width)
	seen := []float64{1, 0, 1, 1, 0, 0, 0, 0} // nothing in the second sequence
	for _, score := range []Score{"", ScaledDot, Dot, Bilinear, Additive} {
		for _, causal := range []bool{false, true} {
			l := New[float64](1).Attention("a", Attention{Score: score, Query: size, Key: size, Hidden: hidden})
			var tape autodiff.Tape[float64]
			mask := Mask[float64]{tape.Constant(seen, batch, keys), causal}
			prepared := l.Prepare(tape.Constant(k, batch, keys, size))
			y, w := l.Attend(tape.Constant(q, batch, queries, size), prepared, tape.Constant(v, batch, keys, width), mask)
			for b := range batch {
				for i := range queries {
					query := q[(b*queries+i)*size:][:size]
					weights, sum := make([]float64, keys), 0.0
					for j := range keys {
						if seen[b*keys+j] == 0 || causal && j > i+keys-queries {
							continue
						}
						key, s := k[(b*keys+j)*size:][:size], 0.0
						switch score {
						case Additive:
							for m := range hidden {
								net := 0.0
								for c := range size {
									net += key[c]*l.KeyW.Value[c*hidden+m] + query[c]*l.QueryW.Value[c*hidden+m]
								}
								s += l.Combine.Value[m] * math.Tanh(net)
							}
						case Bilinear:
							for c := range size {
								for d := range size {
									s += key[c] * l.KeyW.Value[c*size+d] * query[d]
								}
							}
						default:
							for c := range size {
								s += key[c] * query[c]
							}
							if score != Dot {
								s /= math.Sqrt(size)
							}
						}
						weights[j] = math.Exp(s)
						sum += weights[j]
					}
					mean := make([]float64, width)
					for j := range keys {
						if sum > 0 {
							weights[j] /= sum
						}
						for c := range width {
							mean[c] += weights[j] * v[(b*keys+j)*width+c]
						}
					}
					at := b*queries + i
					compare(t, fmt.Sprintf("%q, causal %v, query %d", score, causal, at),
						map[string][]float64{"weights": w.Value()[at*keys : (at+1)*keys], "mean": y.Value()[at*width : (at+1)*width]},
						map[string][]float64{"weights": weights, "mean": mean}, 1e-13)
				}
			}
		}
	}
}

func TestAttentionGradients(t *testing.T) {
	for _, score := range []Score{ScaledDot, Dot, Bilinear, Additive} {
		for _, causal := range []bool{false, true} {
			checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
				l := net.Attention("a", Attention{Score: score, Query: 3, Key: 3})
				keys, values := net.Param("keys", Normal(1), 1, 1, 2, 4, 3), net.Param("values", Normal(1), 1, 1, 2, 4, 2)
				seen := []float64{1, 1, 0, 1, 0, 0, 0, 0}
				return func(x v64) v64 {
					t := x.Tape()
					y, w := l.Attend(x, l.Prepare(t.Param(keys)), t.Param(values), Mask[float64]{t.Constant(seen, 2, 4), causal})
					return autodiff.Concat(0, y.Reshape(-1), w.Reshape(-1))
				}
			}, 2, 3, 3)
		}
	}
}

// headsByHand is multi-head attention composed of the tape's operations.
func headsByHand(l *MultiHeadLayer[float64], x, memory v64, seen []float64, causal bool) (y, w v64) {
	t := x.Tape()
	split := func(v v64) v64 {
		return v.Reshape(v.Dim(0), v.Dim(1), l.Heads, l.Head).Transpose(0, 2, 1, 3)
	}
	q, k, v := split(l.Query.Forward(x)), split(l.Key.Forward(memory)), split(l.Value.Forward(memory))
	scores := q.MatMulT(k).Scale(1 / math.Sqrt(float64(l.Head)))
	batch, queries, keys := x.Dim(0), x.Dim(1), memory.Dim(1)
	hide := make([]float64, batch*queries*keys)
	for i := range hide {
		b, i0, j := i/(queries*keys), i/keys%queries, i%keys
		if seen != nil && seen[b*keys+j] == 0 || causal && j > i0+keys-queries {
			hide[i] = 1
		}
	}
	w = scores.MaskedFill(t.Constant(hide, batch, 1, queries, keys), math.Inf(-1)).Softmax()
	used := w
	if t.Training && l.Dropout > 0 {
		used = w.Mul(DropoutMask(t, l.Dropout, w.Shape()...))
	}
	y = used.MatMul(v).Transpose(0, 2, 1, 3).Reshape(batch, queries, l.Heads*l.Head)
	return l.Out.Forward(y), w
}

// Values, weights and gradients are those of the composition.
func TestMultiHead(t *testing.T) {
	const batch, queries, keys = 2, 3, 4
	seen := []float64{1, 1, 0, 1, 1, 0, 0, 1}
	for _, m := range []MultiHead{{Size: 6}, {Size: 6, Heads: 3}, {Size: 6, Heads: 2, Memory: 5, Head: 4, NoBias: true}, {Size: 4, Heads: 2, Dropout: 0.4}} {
		for _, causal := range []bool{false, true} {
			for _, padded := range []bool{false, true} {
				var all [2]map[string][]float64
				for i := range all {
					net := New[float64](1)
					l := net.MultiHead("m", m)
					r := rand.New(rand.NewPCG(2, 3))
					tape := autodiff.Tape[float64]{Training: true, Rand: rand.New(rand.NewPCG(4, 5))}
					x := tape.Variable(normals(r, batch*queries*l.Size), batch, queries, l.Size)
					memory := tape.Variable(normals(r, batch*keys*l.Memory), batch, keys, l.Memory)
					var mask Mask[float64]
					hidden := []float64(nil)
					if padded {
						mask.Keys, hidden = tape.Constant(seen, batch, keys), seen
					}
					mask.Causal = causal
					var y v64
					var w []float64
					if i == 0 {
						k, v := l.Prepare(memory)
						y, w = l.Attend(x, k, v, mask)
					} else {
						var v v64
						y, v = headsByHand(l, x, memory, hidden, causal)
						w = v.Value()
					}
					tape.Backward(y.Mul(tape.Constant(normals(r, len(y.Value())), y.Shape()...)).Sum())
					all[i] = map[string][]float64{"y": y.Value(), "weights": w, "x": x.Grad(), "memory": memory.Grad()}
					for _, p := range net.Params() {
						all[i][p.Name] = p.Grad
					}
				}
				compare(t, fmt.Sprintf("%+v, causal %v, padded %v", m, causal, padded), all[0], all[1], 1e-12)
			}
		}
	}
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
		return net.MultiHead("m", MultiHead{Size: 4, Heads: 2, Dropout: 0.3}).Forward
	}, 2, 3, 4)
}

// Later inputs do not change earlier outputs behind a causal mask, and do without.
func TestCausal(t *testing.T) {
	const time, size = 5, 4
	r := rand.New(rand.NewPCG(1, 1))
	l := New[float64](1).MultiHead("m", MultiHead{Size: size, Heads: 2})
	var tape autodiff.Tape[float64]
	x := normals(r, time*size)
	run := func(x []float64, causal bool) []float64 {
		y, _ := l.Self(tape.Constant(x, 1, time, size), Mask[float64]{Causal: causal})
		return y.Value()
	}
	for s := 1; s < time; s++ {
		other := append(slices.Clone(x[:s*size]), normals(r, (time-s)*size)...)
		if a, b := run(x, true), run(other, true); !slices.Equal(a[:s*size], b[:s*size]) || slices.Equal(a[s*size:], b[s*size:]) {
			t.Errorf("inputs from step %d on change what is before, or nothing", s)
		}
		if a, b := run(x, false), run(other, false); slices.Equal(a[:size], b[:size]) {
			t.Errorf("without a mask, inputs from step %d on change nothing before", s)
		}
	}
	// The last query alone, with the keys kept from before, is the end of the whole.
	keys, values := l.Prepare(tape.Constant(x, 1, time, size))
	y, _ := l.Attend(tape.Constant(x[(time-1)*size:], 1, 1, size), keys, values, Mask[float64]{Causal: true})
	compare(t, "the last query", map[string][]float64{"y": y.Value()}, map[string][]float64{"y": run(x, true)[(time-1)*size:]}, 1e-14)
}

// Padding does not count, whatever is in it.
func TestPadding(t *testing.T) {
	const time, size, length = 5, 4, 3
	r := rand.New(rand.NewPCG(1, 1))
	l := New[float64](1).MultiHead("m", MultiHead{Size: size, Heads: 2})
	var tape autodiff.Tape[float64]
	x := normals(r, time*size)
	y, w := l.Self(tape.Constant(x, 1, time, size), Mask[float64]{Keys: tape.Constant([]float64{1, 1, 1, 0, 0}, 1, time)})
	short := l.Forward(tape.Constant(x[:length*size], 1, length, size))
	compare(t, "padded", map[string][]float64{"y": y.Value()[:length*size]}, map[string][]float64{"y": short.Value()}, 1e-14)
	for i := range 2 * time {
		if w[i*time+3] != 0 || w[i*time+4] != 0 {
			t.Fatalf("padding has weights %v", w[i*time:(i+1)*time])
		}
	}
}

// Self-attention does not see the order: what is permuted before it is permuted after
// it. With positions it is not so.
func TestPermutation(t *testing.T) {
	const time, size = 6, 4
	r := rand.New(rand.NewPCG(1, 1))
	net := New[float64](1)
	l, p := net.MultiHead("m", MultiHead{Size: size, Heads: 2}), net.Positions("p", Positions{Size: size})
	var tape autodiff.Tape[float64]
	x := tape.Constant(normals(r, time*size), time, size)
	order := r.Perm(time)
	run := func(x v64, placed bool) v64 {
		x = x.Reshape(1, time, size)
		if placed {
			x = p.Forward(x)
		}
		return l.Forward(x).Reshape(time, size)
	}
	far := func(placed bool) float64 {
		a, b := run(x, placed).Gather(order).Value(), run(x.Gather(order), placed).Value()
		d := 0.0
		for i := range a {
			d = max(d, math.Abs(a[i]-b[i]))
		}
		return d
	}
	if d := far(false); d > 1e-14 {
		t.Errorf("order shows by %v", d)
	}
	if d := far(true); d < 1e-3 {
		t.Errorf("order with positions shows by %v only", d)
	}
}

// The bits do not depend on the number of workers.
func TestAttentionWorkers(t *testing.T) {
	const batch, time, size = 4, 40, 48
	l := New[float32](1).MultiHead("m", MultiHead{Size: size, Heads: 4})
	x := make([]float32, batch*time*size)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	var first [2][]float32
	for _, workers := range []int{1, 2, 3} {
		tape := autodiff.Tape[float32]{Workers: workers}
		v := tape.Variable(x, batch, time, size)
		y, _ := l.Self(v, Mask[float32]{Causal: true})
		tape.Backward(y.Mul(y).Sum())
		if workers == 1 {
			first = [2][]float32{y.Value(), v.Grad()}
		}
		if !slices.Equal(y.Value(), first[0]) || !slices.Equal(v.Grad(), first[1]) {
			t.Errorf("%d workers give other bits", workers)
		}
	}
}

func TestPositions(t *testing.T) {
	var tape autodiff.Tape[float64]
	for _, size := range []int{4, 5} {
		for _, ahead := range []int{0, 3, 10} {
			l := New[float64](1).Positions("p", Positions{Size: size, Max: ahead})
			y := l.From(tape.Constant(make([]float64, 2*4*size), 2, 4, size), 2).Value()
			for i, v := range y {
				pos, j := float64(2+i/size%4), i%size
				angle := pos / math.Pow(10000, float64(2*(j/2))/float64(size))
				want := math.Sin(angle)
				if j%2 == 1 {
					want = math.Cos(angle)
				}
				if math.Abs(v-want) > 1e-15 {
					t.Errorf("size %d: entry %d is %v, want %v", size, i, v, want)
				}
			}
		}
	}
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
		l := net.Positions("p", Positions{Size: 2, Max: 5, Learnt: true})
		return func(x v64) v64 { return l.From(x, 1).Square() }
	}, 2, 3, 2)
	checkLayer(t, func(net *Net[float64]) func(x v64) v64 { return net.Positions("p", Positions{Size: 2}).Forward }, 2, 3, 2)
}

func TestAttentionMistakes(t *testing.T) {
	for want, v := range map[string]interface{ Validate() error }{
		"Attention.Query":   Attention{Key: 1},
		"Attention.Key":     Attention{Query: 2, Key: 3},
		"Attention.Score":   Attention{Query: 2, Key: 2, Score: "near"},
		"Attention.Hidden":  Attention{Query: 2, Key: 2, Hidden: -1},
		"MultiHead.Size":    MultiHead{},
		"MultiHead.Heads":   MultiHead{Size: 1, Heads: -1},
		"MultiHead.Memory":  MultiHead{Size: 1, Memory: -1},
		"MultiHead.Head":    MultiHead{Size: 4, Heads: 3},
		"MultiHead.Dropout": MultiHead{Size: 1, Dropout: 1},
		"Positions.Size":    Positions{},
		"Positions.Max":     Positions{Size: 1, Learnt: true},
	} {
		var e *belief.ConfigError
		if err := v.Validate(); !errors.As(err, &e) || e.Field != want {
			t.Errorf("%#v: %v, want an error of %s", v, err, want)
		}
	}
	net := New[float64](1)
	a, m := net.Attention("a", Attention{Query: 2, Key: 2}), net.MultiHead("m", MultiHead{Size: 2})
	p := net.Positions("p", Positions{Size: 2, Max: 3, Learnt: true})
	var tape autodiff.Tape[float64]
	zeros := func(shape ...int) v64 { return tape.Constant(make([]float64, autodiff.Size(shape)), shape...) }
	x := zeros(1, 3, 2)
	for want, f := range map[string]func(){
		"of 3×2: keys are batch×keys×2":                            func() { a.Prepare(zeros(3, 2)) },
		"of 1×3×3 and 1×3×2: queries are batch×queries×2":          func() { a.Scores(zeros(1, 3, 3), x) },
		"of 1×3×3 and 1×4: the mask of the keys is batch×keys":     func() { a.Attend(x, x, x, Mask[float64]{Keys: zeros(1, 4)}) },
		"of 1×3×2 and 3×1: the mask of the keys is batch×keys":     func() { m.Self(x, Mask[float64]{Keys: zeros(3, 1)}) },
		"of 1×3×3: the memory is batch×keys×2":                     func() { m.Prepare(zeros(1, 3, 3)) },
		"of 1×3×2 and 2×3×2: queries are batch×queries×2":          func() { m.Attend(x, zeros(2, 3, 2), zeros(2, 3, 2), Mask[float64]{}) },
		"of 1×3×2 and 1×2×2: prepared keys and values are":         func() { m.Attend(x, x, zeros(1, 2, 2), Mask[float64]{}) },
		"of 1×3×2: only 3 positions are learnt, position 3 is not": func() { p.From(x, 1) },
		"of 1×3×1: sequences are batch×time×2":                     func() { p.Forward(zeros(1, 3, 1)) },
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
