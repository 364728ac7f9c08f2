package inference

import (
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// A table is a factor at work: numbered variables, entries in linear or log space,
// and a common scale. Entry i stands for exp(scale)·values[i], or for
// exp(scale+values[i]) in log space.
type table struct {
	vars   []int
	values []float64
	log    bool
	scale  float64
	bound  span // of the entries in linear space
}

// factorTable takes factor i of a problem, with what the evidence fixed left out.
// It may share the model's memory.
func (p *problem) factorTable(i int) (*table, error) {
	f, err := p.model.Factor(p.factors[i])
	if err != nil {
		return nil, err
	}
	base, vars, strides := p.strides(i)
	t := &table{vars: vars, scale: f.LogScale()}
	if n := int(p.entries(vars)); n == len(f.Values()) {
		t.values = f.Values()
	} else {
		t.values = make([]float64, n)
		dims, all := p.dims(vars)
		plan := tensor.New(dims, [][]int{strides}, [][]int{tensor.Strides(dims, all)})
		var scratch tensor.Scratch
		_ = plan.SumProduct(context.Background(), &scratch, [][]float64{f.Values()[base:]}, [][]float64{t.values})
	}
	t.bound.low, t.bound.high = careful.Exponents(t.values)
	return t, nil
}

// findingTable is evidence that leaves its variable in the model.
func findingTable(f graphical.Finding) *table {
	t := &table{vars: []int{f.Index}, values: f.Weights, scale: f.LogScale}
	t.bound.low, t.bound.high = careful.Exponents(t.values)
	return t
}

// dims returns the numbers of states of variables, and the axes 0, 1, ….
func (p *problem) dims(vars []int) (dims, all []int) {
	dims, all = make([]int, len(vars)), make([]int, len(vars))
	for a, v := range vars {
		dims[a], all[a] = p.card[v], a
	}
	return dims, all
}

// logs returns the entries' logarithms, less the scale.
func (t *table) logs() []float64 {
	if t.log {
		return t.values
	}
	l := make([]float64, len(t.values))
	for i, x := range t.values {
		l[i] = careful.Log(x)
	}
	return l
}

// contract multiplies tables and sums the product over the variables not in keep,
// which must be among the tables'. It stays in linear space if the bounds promise
// that nothing is lost, and returns to it as soon as the result fits.
func (p *problem) contract(ctx context.Context, scratch *tensor.Scratch, tables []*table, keep []int) (*table, error) {
	vars := slices.Clone(keep)
	out := &table{vars: keep}
	linear := true
	bound := span{}
	var scale careful.Accumulator // a thousand scales would add a thousand roundings
	for _, t := range tables {
		for _, v := range t.vars {
			if !slices.Contains(vars, v) {
				vars = append(vars, v)
			}
		}
		scale.Add(t.scale)
		linear = linear && !t.log
		bound = bound.plus(t.bound)
	}
	out.scale = scale.Sum()
	linear = linear && bound.low > -safeExponent && bound.high < safeExponent && bound.high-bound.low < safeExponent
	dims, _ := p.dims(vars)
	strides := func(of []int) []int {
		axes := make([]int, len(of))
		for i, v := range of {
			axes[i] = slices.Index(vars, v)
		}
		return tensor.Strides(dims, axes)
	}
	var in [][]float64
	var steps [][]int
	for _, t := range tables {
		values := t.values
		if !linear {
			values = t.logs()
		}
		in, steps = append(in, values), append(steps, strides(t.vars))
	}
	out.values = make([]float64, int(p.entries(keep)))
	plan := tensor.New(dims, steps, [][]int{strides(keep)})
	run := plan.SumProduct
	if !linear {
		run = plan.LogSumProduct
		out.log = true
	}
	if err := run(ctx, scratch, in, [][]float64{out.values}); err != nil {
		return nil, err
	}
	out.rescale()
	return out, nil
}

// rescale moves the largest entry to the scale and leaves log space if the rest
// fits linear space.
func (t *table) rescale() {
	if t.log {
		peak, least := math.Inf(-1), math.Inf(1)
		for _, x := range t.values {
			peak = max(peak, x)
			if !math.IsInf(x, -1) {
				least = min(least, x)
			}
		}
		if math.IsInf(peak, -1) {
			peak, least = 0, 0
		}
		t.scale += peak
		fits := (least-peak)/math.Ln2 > -safeExponent/2
		for i := range t.values {
			t.values[i] -= peak
			if fits {
				t.values[i] = math.Exp(t.values[i])
			}
		}
		if !fits {
			return
		}
		t.log = false
	} else if peak := slices.Max(t.values); peak > 0 {
		_, e := math.Frexp(peak)
		if e < -8 || e > 8 {
			for i, x := range t.values {
				t.values[i] = math.Ldexp(x, -e)
			}
			t.scale += float64(e) * math.Ln2
		}
	}
	t.bound.low, t.bound.high = careful.Exponents(t.values)
}

// logSum returns the logarithm of the sum of all entries.
func (t *table) logSum() float64 { return careful.LogSumExp(t.logs()) + t.scale }

// probabilities returns the entries divided by their sum.
func (t *table) probabilities() []float64 {
	out := make([]float64, len(t.values))
	if t.log {
		total := careful.LogSumExp(t.values)
		for i, x := range t.values {
			out[i] = math.Exp(x - total)
		}
		return out
	}
	total := careful.Sum(t.values)
	for i, x := range t.values {
		out[i] = x / total
	}
	return out
}
