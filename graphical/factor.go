package graphical

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// A Factor is a non-negative function of a few discrete variables, held as a
// dense table times a scale: entry i stands for exp(LogScale()) · Values()[i].
// The scale keeps long products from underflow; only entries of less than about
// 1e-300 of the largest become zero. The table is row-major over Scope(), the last
// variable changing fastest. A factor is immutable.
type Factor struct {
	vars     []*Variable
	values   []float64
	logScale float64
}

// NewFactor makes a factor over vars from its entries, row-major, the last
// variable changing fastest. It takes the slice over. The error is a
// [*SizeError], [*EntryError] or [*TableError].
func NewFactor(vars []*Variable, values []float64) (*Factor, error) {
	if slices.Contains(vars, nil) {
		return nil, &NameError{Kind: "variable", Problem: "a factor has a nil variable"}
	}
	scope := strings.Join(names(vars), ", ")
	for i, v := range vars {
		if slices.Contains(vars[:i], v) {
			return nil, &TableError{Variable: v.name, Problem: "it is listed twice in the scope of a factor"}
		}
	}
	if want := tableSize(vars); float64(len(values)) != want {
		return nil, &SizeError{Variable: scope, What: "entries", Got: len(values), Want: want}
	}
	for i, x := range values {
		if !(x >= 0) || math.IsInf(x, 1) {
			return nil, &EntryError{Variable: scope, State: rowName(vars, i), Value: x}
		}
	}
	return &Factor{vars: slices.Clone(vars), values: values}, nil
}

// Scope returns the factor's variables in the order of its axes.
func (f *Factor) Scope() []*Variable { return f.vars }

// Values returns the table, to be multiplied by exp(LogScale()).
func (f *Factor) Values() []float64 { return f.values }

// LogScale returns the logarithm of the common scale of the entries.
func (f *Factor) LogScale() float64 { return f.logScale }

// Log returns the logarithm of the entry at the given states, one per variable of
// the scope; −Inf for a zero.
func (f *Factor) Log(states ...int) float64 {
	return careful.Log(f.values[f.offset(states)]) + f.logScale
}

// At returns the entry at the given states, one per variable of the scope.
func (f *Factor) At(states ...int) float64 {
	x := f.values[f.offset(states)]
	if x == 0 || f.logScale == 0 {
		return x
	}
	half := math.Exp(f.logScale / 2) // the whole may overflow where the entry does not
	return x * half * half
}

func (f *Factor) offset(states []int) int {
	if len(states) != len(f.vars) {
		panic(fmt.Sprintf("graphical: a factor over %d variables has no entry at %d states", len(f.vars), len(states)))
	}
	o := 0
	for i, s := range states {
		if s < 0 || s >= len(f.vars[i].states) {
			panic(fmt.Sprintf("graphical: variable %q has no state %d", f.vars[i].name, s))
		}
		o = o*len(f.vars[i].states) + s
	}
	return o
}

// Scale returns the factor times exp(log), by its scale alone. It panics if log is
// not finite.
func (f *Factor) Scale(log float64) *Factor {
	if math.IsNaN(log) || math.IsInf(log, 0) {
		panic(fmt.Sprintf("graphical: a factor cannot be scaled by exp(%v)", log))
	}
	return &Factor{vars: f.vars, values: f.values, logScale: f.logScale + log}
}

// LogSum returns the logarithm of the sum of all entries.
func (f *Factor) LogSum() float64 {
	values, logScale := tamed(f.values, safeExponent)
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return careful.Log(sum) + logScale + f.logScale
}

// Product multiplies factors. The scope of the result lists the variables in the
// order of their first appearance; no factors give the constant one. It costs one
// pass over the result per factor.
func Product(factors ...*Factor) *Factor {
	vars := union(factors)
	return contract(vars, factors, vars, true)
}

// SumProduct multiplies factors and sums over every variable not in keep, in one
// pass, without holding the product. Variables of keep that no factor has are
// left out.
func SumProduct(keep []*Variable, factors ...*Factor) *Factor {
	vars := union(factors)
	return contract(vars, factors, kept(vars, keep), true)
}

// Marginal sums the factor over every variable not in keep. The result has the
// variables of keep, in that order.
func (f *Factor) Marginal(keep ...*Variable) *Factor {
	return contract(f.vars, []*Factor{f}, kept(f.vars, keep), true)
}

// SumOut sums the factor over the given variables.
func (f *Factor) SumOut(vars ...*Variable) *Factor { return f.Marginal(without(f.vars, vars)...) }

// MaxMarginal maximizes the factor over every variable not in keep.
func (f *Factor) MaxMarginal(keep ...*Variable) *Factor {
	return contract(f.vars, []*Factor{f}, kept(f.vars, keep), false)
}

// MaxOut maximizes the factor over the given variables.
func (f *Factor) MaxOut(vars ...*Variable) *Factor { return f.MaxMarginal(without(f.vars, vars)...) }

// Divide divides f by g, whose scope must be within f's; x/0 is 0, as the
// division of potentials in a junction tree wants it. It panics if g has a
// variable that f lacks.
func (f *Factor) Divide(g *Factor) *Factor {
	for _, v := range g.vars {
		if !slices.Contains(f.vars, v) {
			panic(fmt.Sprintf("graphical: divide: %q is not in the dividend's scope", v.name))
		}
	}
	out := contract(f.vars, []*Factor{g}, f.vars, true) // g on the axes of f
	out.logScale = f.logScale - out.logScale
	// Exponents apart, so that no quotient overflows before the largest is known.
	exponents, top := make([]int, len(out.values)), math.MinInt
	for i, y := range out.values {
		if x := f.values[i]; x == 0 || y == 0 {
			out.values[i] = 0
			continue
		}
		x, ex := math.Frexp(f.values[i])
		y, ey := math.Frexp(y)
		out.values[i], exponents[i] = x/y, ex-ey
		top = max(top, ex-ey)
	}
	shift := 0
	if top > safeExponent || top < -safeExponent && top != math.MinInt {
		shift = top
	}
	for i, x := range out.values {
		out.values[i] = math.Ldexp(x, exponents[i]-shift)
	}
	out.logScale += float64(shift) * math.Ln2
	return out
}

// Reduce fixes variables at states and drops them from the scope. States of
// variables that the factor does not have are ignored.
func (f *Factor) Reduce(states map[*Variable]int) *Factor {
	var vars []*Variable
	base, stride := 0, 1
	strides := make([]int, len(f.vars))
	for i := len(f.vars) - 1; i >= 0; i-- {
		v := f.vars[i]
		if s, fixed := states[v]; fixed {
			if s < 0 || s >= len(v.states) {
				panic(fmt.Sprintf("graphical: variable %q has no state %d", v.name, s))
			}
			base += s * stride
		} else {
			strides[i] = stride
		}
		stride *= len(v.states)
	}
	var dims, kept []int
	for i, v := range f.vars {
		if strides[i] != 0 {
			vars, dims, kept = append(vars, v), append(dims, len(v.states)), append(kept, strides[i])
		}
	}
	if len(vars) == len(f.vars) {
		return f
	}
	all := make([]int, len(dims))
	for i := range all {
		all[i] = i
	}
	out := make([]float64, int(tableSize(vars)))
	plan := tensor.New(dims, [][]int{kept}, [][]int{tensor.Strides(dims, all)})
	var s tensor.Scratch
	_ = plan.SumProduct(context.Background(), &s, [][]float64{f.values[base:]}, [][]float64{out})
	return &Factor{vars: vars, values: out, logScale: f.logScale}
}

// Normalize divides by the sum of all entries and returns the result with the
// logarithm of that sum. A factor that is zero everywhere is returned as it is,
// with −Inf.
func (f *Factor) Normalize() (*Factor, float64) {
	values, logScale := tamed(f.values, safeExponent)
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	if sum == 0 {
		return f, math.Inf(-1)
	}
	out := make([]float64, len(values))
	for i, x := range values {
		out[i] = x / sum
	}
	return &Factor{vars: f.vars, values: out}, careful.Log(sum) + logScale + f.logScale
}

// Permute returns the same function with its axes in the given order, which must
// list the scope's variables.
func (f *Factor) Permute(vars ...*Variable) *Factor {
	if len(vars) != len(f.vars) || len(without(f.vars, vars)) > 0 {
		panic("graphical: permute wants the variables of the scope")
	}
	return f.Marginal(vars...)
}

// String shows the scope and the size, not the numbers.
func (f *Factor) String() string {
	return fmt.Sprintf("φ(%s)", strings.Join(names(f.vars), ", "))
}

// rescaled keeps the largest entry of a table within a safe range by moving a
// power of two to the scale, which costs no accuracy.
func (f *Factor) rescaled() *Factor {
	peak := 0.0
	for _, x := range f.values {
		peak = max(peak, x)
	}
	if peak == 0 || (peak > 1e-100 && peak < 1e100) {
		return f
	}
	_, e := math.Frexp(peak)
	for i, x := range f.values {
		f.values[i] = math.Ldexp(x, -e)
	}
	f.logScale += float64(e) * math.Ln2
	return f
}

// safeExponent bounds the binary exponents of entries within which products and
// sums neither overflow nor lose a positive entry.
const safeExponent = 900

// tamed returns the table itself if the exponent of its largest entry is at most
// limit, either way, and otherwise a copy that is brought below one, with the
// logarithm of what was taken out.
func tamed(values []float64, limit int) ([]float64, float64) {
	peak := 0.0
	for _, x := range values {
		peak = max(peak, x)
	}
	_, e := math.Frexp(peak)
	if peak == 0 || e <= limit && e >= -limit {
		return values, 0
	}
	out := make([]float64, len(values))
	for i, x := range values {
		out[i] = math.Ldexp(x, -e)
	}
	return out, float64(e) * math.Ln2
}

// contract runs one plan: the product of the factors over vars, summed or, for a
// single factor, maximized to keep. If the product could leave the range of float64
// it is summed with logarithms.
func contract(vars []*Variable, factors []*Factor, keep []*Variable, summing bool) *Factor {
	dims := make([]int, len(vars))
	for i, v := range vars {
		dims[i] = len(v.states)
	}
	axes := func(scope []*Variable) []int {
		a := make([]int, len(scope))
		for i, v := range scope {
			a[i] = slices.Index(vars, v)
		}
		return a
	}
	out := &Factor{vars: slices.Clone(keep), values: make([]float64, int(tableSize(keep)))}
	var strides [][]int
	var in [][]float64
	low, high := 0, 0
	for _, f := range factors {
		strides = append(strides, tensor.Strides(dims, axes(f.vars)))
		in = append(in, f.values)
		out.logScale += f.logScale
		least, peak := careful.Exponents(f.values)
		low, high = low+min(least, 0), high+max(peak, 0) // of every partial product
	}
	plan := tensor.New(dims, strides, [][]int{tensor.Strides(dims, axes(keep))})
	var s tensor.Scratch
	ctx := context.Background() // cannot end, and so no run can fail
	if low > -safeExponent && high < safeExponent || !summing {
		run := plan.SumProduct
		if !summing {
			run = plan.MaxProduct
		}
		_ = run(ctx, &s, in, [][]float64{out.values})
		return out.rescaled()
	}
	for i, values := range in {
		in[i] = make([]float64, len(values))
		for j, x := range values {
			in[i][j] = careful.Log(x)
		}
	}
	_ = plan.LogSumProduct(ctx, &s, in, [][]float64{out.values})
	top := slices.Max(out.values)
	if math.IsInf(top, -1) {
		top = 0
	}
	for i, l := range out.values {
		out.values[i] = math.Exp(l - top)
	}
	out.logScale += top
	return out
}

// union lists the variables of factors in the order of their first appearance.
func union(factors []*Factor) []*Variable {
	var vars []*Variable
	seen := map[*Variable]bool{}
	for _, f := range factors {
		for _, v := range f.vars {
			if !seen[v] {
				seen[v] = true
				vars = append(vars, v)
			}
		}
	}
	return vars
}

// kept returns the variables of keep that are in vars, in keep's order.
func kept(vars, keep []*Variable) []*Variable {
	var out []*Variable
	for _, v := range keep {
		if slices.Contains(vars, v) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// without returns vars less drop.
func without(vars, drop []*Variable) []*Variable {
	var out []*Variable
	for _, v := range vars {
		if !slices.Contains(drop, v) {
			out = append(out, v)
		}
	}
	return out
}
