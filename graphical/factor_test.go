package graphical_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/graphical"
)

// A world is the variables of one test, and a point of it gives a state to each.
type world []*graphical.Variable

func newWorld(t interface{ Fatal(...any) }, sizes ...int) world {
	w := make(world, len(sizes))
	for i, k := range sizes {
		states := make([]string, k)
		for s := range states {
			states[s] = strconv.Itoa(s)
		}
		v, err := graphical.NewVariable(string(rune('A'+i)), states...)
		if err != nil {
			t.Fatal(err)
		}
		w[i] = v
	}
	return w
}

// drawWorld draws up to four variables of up to four states.
func drawWorld(t *rapid.T) world {
	return newWorld(t, rapid.SliceOfN(rapid.IntRange(1, 4), 1, 4).Draw(t, "states")...)
}

// points calls f with every point; it reuses the slice.
func (w world) points(f func(x []int)) {
	x := make([]int, len(w))
	var walk func(i int)
	walk = func(i int) {
		if i == len(w) {
			f(x)
			return
		}
		for x[i] = range w[i].States() {
			walk(i + 1)
		}
	}
	walk(0)
}

// at returns the states that a point gives to a scope.
func (w world) at(scope []*graphical.Variable, x []int) []int {
	out := make([]int, len(scope))
	for i, v := range scope {
		out[i] = x[slices.Index(w, v)]
	}
	return out
}

// drawScope draws a part of the world, in any order.
func (w world) drawScope(t *rapid.T, label string) []*graphical.Variable {
	perm := rapid.Permutation(slices.Clone(w)).Draw(t, label+" order")
	return perm[:rapid.IntRange(0, len(perm)).Draw(t, label+" length")]
}

// drawFactor draws a factor on a part of the world; about one entry in five is
// zero.
func (w world) drawFactor(t *rapid.T, label string) *graphical.Factor {
	scope := w.drawScope(t, label)
	n := 1
	for _, v := range scope {
		n *= v.NumStates()
	}
	entry := rapid.Custom(func(t *rapid.T) float64 {
		if rapid.IntRange(0, 4).Draw(t, "zero") == 0 {
			return 0
		}
		return rapid.Float64Range(1e-3, 10).Draw(t, "entry")
	})
	f, err := graphical.NewFactor(scope, rapid.SliceOfN(entry, n, n).Draw(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A naive factor is a map from points, with * for the variables that it does not
// have, to values.
type naive struct {
	scope  []*graphical.Variable // in no particular order
	values map[string]float64
}

func (w world) key(scope []*graphical.Variable, x []int) string {
	k := ""
	for i, v := range w {
		if slices.Contains(scope, v) {
			k += strconv.Itoa(x[i]) + " "
		} else {
			k += "* "
		}
	}
	return k
}

func (w world) naive(f *graphical.Factor) naive {
	out := naive{f.Scope(), map[string]float64{}}
	w.points(func(x []int) { out.values[w.key(out.scope, x)] = f.At(w.at(f.Scope(), x)...) })
	return out
}

func (w world) product(factors ...naive) naive {
	out := naive{values: map[string]float64{}}
	for _, f := range factors {
		for _, v := range f.scope {
			if !slices.Contains(out.scope, v) {
				out.scope = append(out.scope, v)
			}
		}
	}
	w.points(func(x []int) {
		p := 1.0
		for _, f := range factors {
			p *= f.values[w.key(f.scope, x)]
		}
		out.values[w.key(out.scope, x)] = p
	})
	return out
}

// collapse sums or maximizes over what is not in keep.
func (w world) collapse(f naive, keep []*graphical.Variable, combine func(a, b float64) float64) naive {
	out := naive{values: map[string]float64{}}
	for _, v := range f.scope {
		if slices.Contains(keep, v) {
			out.scope = append(out.scope, v)
		}
	}
	seen := map[string]bool{}
	w.points(func(x []int) {
		if from := w.key(f.scope, x); !seen[from] {
			seen[from] = true
			to := w.key(out.scope, x)
			out.values[to] = combine(out.values[to], f.values[from])
		}
	})
	return out
}

func add(a, b float64) float64 { return a + b }

// same verifies a factor against a naive one. The relative error of a product of
// three and a sum of at most 256 terms is below 260 half ulps.
func (w world) same(t *rapid.T, what string, want naive, got *graphical.Factor) {
	t.Helper()
	if len(got.Scope()) != len(want.scope) || slices.ContainsFunc(want.scope, func(v *graphical.Variable) bool { return !slices.Contains(got.Scope(), v) }) {
		t.Fatalf("%s has the scope %v, want %v", what, got.Scope(), want.scope)
	}
	w.points(func(x []int) {
		g, v := got.At(w.at(got.Scope(), x)...), want.values[w.key(want.scope, x)]
		if math.Abs(g-v) > 3e-14*v {
			t.Fatalf("%s at %v is %v, want %v", what, x, g, v)
		}
		if l := got.Log(w.at(got.Scope(), x)...); v == 0 && !math.IsInf(l, -1) || v > 0 && math.Abs(l-math.Log(v)) > 1e-13 {
			t.Fatalf("%s at %v has the logarithm %v, want that of %v", what, x, l, v)
		}
	})
}

func TestFactorAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		f, g, h := w.drawFactor(t, "f"), w.drawFactor(t, "g"), w.drawFactor(t, "h")
		nf, ng, nh := w.naive(f), w.naive(g), w.naive(h)
		keep := w.drawScope(t, "keep")

		all := w.product(nf, ng, nh)
		w.same(t, "f·g·h", all, graphical.Product(f, g, h))
		w.same(t, "h·f·g", all, graphical.Product(h, f, g))
		w.same(t, "(f·g)·h", all, graphical.Product(graphical.Product(f, g), h))
		w.same(t, "f·(g·h)", all, graphical.Product(f, graphical.Product(g, h)))
		w.same(t, "Σ f·g·h", w.collapse(all, keep, add), graphical.SumProduct(keep, f, g, h))
		w.same(t, "Σ f", w.collapse(nf, keep, add), f.Marginal(keep...))
		w.same(t, "max f", w.collapse(nf, keep, math.Max), f.MaxMarginal(keep...))
		w.same(t, "f·f/f", nf, graphical.Product(f, f).Divide(f))

		var rest []*graphical.Variable
		for _, v := range w {
			if !slices.Contains(keep, v) {
				rest = append(rest, v)
			}
		}
		w.same(t, "Σ out", w.collapse(nf, keep, add), f.SumOut(rest...))
		w.same(t, "max out", w.collapse(nf, keep, math.Max), f.MaxOut(rest...))
		w.same(t, "f reordered", nf, f.Permute(rapid.Permutation(slices.Clone(f.Scope())).Draw(t, "axes")...))

		// What f does not have can be summed out of the others alone.
		others := graphical.SumProduct(f.Scope(), g, h)
		w.same(t, "f·Σ(g·h)", w.collapse(all, f.Scope(), add), graphical.Product(f, others))

		if sum := w.collapse(nf, nil, add).values[w.key(nil, make([]int, len(w)))]; math.Abs(math.Exp(f.LogSum())-sum) > 1e-13*sum {
			t.Errorf("the sum of f is %v, want %v", math.Exp(f.LogSum()), sum)
		}
	})
}

// Scopes come out in the order that the doc comments promise.
func TestFactorScopes(t *testing.T) {
	w := newWorld(t, 2, 3, 4)
	a, b, c := w[0], w[1], w[2]
	f, g := ones(t, b, a), ones(t, c, b)
	for _, x := range []struct {
		what string
		got  *graphical.Factor
		want []*graphical.Variable
	}{
		{"product", graphical.Product(f, g), []*graphical.Variable{b, a, c}},
		{"empty product", graphical.Product(), nil},
		{"sum-product", graphical.SumProduct([]*graphical.Variable{c, a}, f, g), []*graphical.Variable{c, a}},
		{"sum-product of less", graphical.SumProduct([]*graphical.Variable{c, a, a}, f), []*graphical.Variable{a}},
		{"marginal", graphical.Product(f, g).Marginal(c, b), []*graphical.Variable{c, b}},
		{"sum out", graphical.Product(f, g).SumOut(a), []*graphical.Variable{b, c}},
		{"max out", graphical.Product(f, g).MaxOut(b, a), []*graphical.Variable{c}},
		{"permuted", f.Permute(a, b), []*graphical.Variable{a, b}},
		{"reduced", graphical.Product(f, g).Reduce(map[*graphical.Variable]int{a: 1}), []*graphical.Variable{b, c}},
	} {
		if !slices.Equal(x.got.Scope(), x.want) {
			t.Errorf("%s has the scope %v, want %v", x.what, x.got.Scope(), x.want)
		}
	}
	if one := graphical.Product(); one.At() != 1 || one.LogSum() != 0 {
		t.Errorf("the empty product is %v", one.At())
	}
	if s := f.String(); s != "φ(B, A)" {
		t.Errorf("String gives %s", s)
	}
}

func ones(t *testing.T, vars ...*graphical.Variable) *graphical.Factor {
	t.Helper()
	n := 1
	for _, v := range vars {
		n *= v.NumStates()
	}
	f, err := graphical.NewFactor(vars, slices.Repeat([]float64{1}, n))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Renaming the states of a variable commutes with everything: the product and
// marginal of relabelled factors are the relabelled product and marginal.
func TestFactorRelabelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		f, g := w.drawFactor(t, "f"), w.drawFactor(t, "g")
		keep := w.drawScope(t, "keep")
		perms := make([][]int, len(w))
		for i, v := range w {
			identity := make([]int, v.NumStates())
			for s := range identity {
				identity[s] = s
			}
			perms[i] = rapid.Permutation(identity).Draw(t, "new order of "+v.Name())
		}
		relabel := func(f *graphical.Factor) *graphical.Factor {
			values := make([]float64, len(f.Values()))
			w.points(func(x []int) {
				at, to := w.at(f.Scope(), x), 0
				for i, v := range f.Scope() {
					to = to*v.NumStates() + perms[slices.Index(w, v)][at[i]]
				}
				values[to] = f.At(at...)
			})
			out, err := graphical.NewFactor(f.Scope(), values)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		w.same(t, "relabelled marginal", w.naive(relabel(graphical.SumProduct(keep, f, g))), graphical.SumProduct(keep, relabel(f), relabel(g)))
		w.same(t, "relabelled maximum", w.naive(relabel(f.MaxMarginal(keep...))), relabel(f).MaxMarginal(keep...))
	})
}

func TestFactorReduce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		f := w.drawFactor(t, "f")
		fixed := map[*graphical.Variable]int{}
		for _, v := range w.drawScope(t, "fixed") {
			fixed[v] = rapid.IntRange(0, v.NumStates()-1).Draw(t, v.Name())
		}
		got := f.Reduce(fixed)
		var scope []*graphical.Variable
		for _, v := range f.Scope() {
			if _, ok := fixed[v]; !ok {
				scope = append(scope, v)
			}
		}
		if !slices.Equal(scope, got.Scope()) {
			t.Fatalf("%v reduced by %v has the scope %v", f.Scope(), fixed, got.Scope())
		}
		w.points(func(x []int) {
			for v, s := range fixed {
				x[slices.Index(w, v)] = s // the walk sets it again
			}
			if g, want := got.At(w.at(scope, x)...), f.At(w.at(f.Scope(), x)...); g != want {
				t.Fatalf("%v reduced by %v is %v at %v, want %v", f.Scope(), fixed, g, x, want)
			}
		})
	})
}

func TestFactorNormalize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		f := w.drawFactor(t, "f")
		got, logZ := f.Normalize()
		if math.IsInf(f.LogSum(), -1) {
			if !math.IsInf(logZ, -1) || got != f {
				t.Errorf("a factor of zeros gives %v with %v", got.Values(), logZ)
			}
			return
		}
		if math.Abs(logZ-f.LogSum()) > 1e-14 || math.Abs(got.LogSum()) > 1e-13 {
			t.Errorf("normalizing takes %v off and leaves %v; the sum was %v", logZ, got.LogSum(), f.LogSum())
		}
		w.points(func(x []int) {
			if g, want := got.Log(w.at(f.Scope(), x)...)+logZ, f.Log(w.at(f.Scope(), x)...); math.Abs(g-want) > 1e-13 {
				t.Errorf("at %v the logarithm is %v, want %v", x, g, want)
			}
		})
	})
}

// Dividing a marginal out leaves the conditional, and a zero by a zero is zero.
func TestFactorDivide(t *testing.T) {
	w := newWorld(t, 2, 3)
	f, err := graphical.NewFactor(w, []float64{0, 0, 0, 0.1, 0.3, 0.6})
	if err != nil {
		t.Fatal(err)
	}
	got := f.Divide(f.Marginal(w[0]))
	for i, want := range []float64{0, 0, 0, 0.1, 0.3, 0.6} {
		if math.Abs(got.Values()[i]*math.Exp(got.LogScale())-want) > 1e-16 {
			t.Errorf("entry %d of the quotient is %v, want %v", i, got.Values()[i], want)
		}
	}
	mustPanic(t, "dividing by a larger scope", func() { f.Marginal(w[0]).Divide(f) })
}

// A long product of small or large entries neither vanishes nor overflows: every
// intermediate result is brought back to a safe size.
func TestFactorLogScale(t *testing.T) {
	w := newWorld(t, 2, 2)
	for _, size := range []float64{1e-60, 1e-99, 1e60, 1e99} {
		f, err := graphical.NewFactor(w, []float64{size, 2 * size, 3 * size, 4 * size})
		if err != nil {
			t.Fatal(err)
		}
		const times = 50
		p := graphical.Product()
		for range times {
			p = graphical.Product(p, f)
		}
		for i, k := range []float64{1, 2, 3, 4} {
			want := times * (math.Log(size) + math.Log(k))
			if got := p.Log(i/2, i%2); math.Abs(got-want) > 1e-14*math.Abs(want) {
				t.Errorf("the logarithm of (%g)^%d is %v, want %v", k*size, times, got, want)
			}
		}
		top := times * (math.Log(size) + math.Log(4))
		if got := p.MaxMarginal().Log(); math.Abs(got-top) > 1e-14*math.Abs(top) {
			t.Errorf("the largest entry has the logarithm %v, want %v", got, top)
		}
		rest := 0.0
		for _, k := range []float64{1, 2, 3} {
			rest += math.Pow(k/4, times)
		}
		if got, want := p.LogSum(), top+math.Log1p(rest); math.Abs(got-want) > 1e-14*math.Abs(want) {
			t.Errorf("the sum has the logarithm %v, want %v", got, want)
		}
		unit, logZ := p.Normalize()
		if unit.LogScale() != 0 || math.Abs(logZ-top-math.Log1p(rest)) > 1e-14*math.Abs(top) || math.Abs(unit.At(1, 1)-1/(1+rest)) > 1e-15 {
			t.Errorf("normalized, the largest entry is %v·exp(%v), with %v taken off", unit.At(1, 1), unit.LogScale(), logZ)
		}
		back := p
		for range times - 1 {
			back = back.Divide(f)
		}
		for i, k := range []float64{1, 2, 3, 4} {
			if got, want := back.Log(i/2, i%2), math.Log(size)+math.Log(k); math.Abs(got-want) > 1e-14*math.Abs(top) {
				t.Errorf("after %d divisions the logarithm is %v, want %v", times-1, got, want)
			}
		}
	}
}

func TestNewFactorMistakes(t *testing.T) {
	w := newWorld(t, 2, 2)
	for _, c := range []struct {
		scope  []*graphical.Variable
		values []float64
		want   string
		kind   any
	}{
		{[]*graphical.Variable{w[0], w[0]}, make([]float64, 4), `variable "A": it is listed twice in the scope of a factor`, new(*graphical.TableError)},
		{w, make([]float64, 3), `table of "A, B" has 3 entries, wants 4`, new(*graphical.SizeError)},
		{nil, nil, `table of "" has 0 entries, wants 1`, new(*graphical.SizeError)},
		{w, []float64{0, 1, -1, 0}, `table of "A, B": the entry of "A=1, B=0" is -1; entries must be finite and not negative`, new(*graphical.EntryError)},
		{w, []float64{0, 1, 0, math.NaN()}, `table of "A, B": the entry of "A=1, B=1" is NaN; entries must be finite and not negative`, new(*graphical.EntryError)},
		{w, []float64{0, math.Inf(1), 0, 0}, `table of "A, B": the entry of "A=0, B=1" is +Inf; entries must be finite and not negative`, new(*graphical.EntryError)},
	} {
		f, err := graphical.NewFactor(c.scope, c.values)
		if f != nil || err == nil || err.Error() != c.want || !errors.As(err, c.kind) {
			t.Errorf("got %v, want %s of kind %T", err, c.want, c.kind)
		}
	}
}

func TestFactorPanics(t *testing.T) {
	w := newWorld(t, 2, 3)
	f := ones(t, w...)
	for name, call := range map[string]func(){
		"At with a state missing":      func() { f.At(1) },
		"At with a state out of range": func() { f.At(1, 3) },
		"Log with a negative state":    func() { f.Log(-1, 0) },
		"Reduce to no state":           func() { f.Reduce(map[*graphical.Variable]int{w[1]: 3}) },
		"Permute with one missing":     func() { f.Permute(w[0]) },
		"Permute with one twice":       func() { f.Permute(w[0], w[0]) },
	} {
		mustPanic(t, name, call)
	}
}

// Factors are immutable: no operation changes its operands, even where results
// share memory.
func TestFactorOperandsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		f, g := w.drawFactor(t, "f"), w.drawFactor(t, "g")
		before := fmt.Sprint(f.Scope(), f.Values(), f.LogScale(), g.Scope(), g.Values(), g.LogScale())
		p := graphical.Product(f, g)
		_ = p.Divide(g)
		_, _ = f.Normalize()
		_ = f.Marginal()
		_ = f.Permute(f.Scope()...)
		_ = f.Reduce(map[*graphical.Variable]int{w[0]: 0})
		if diff := cmp.Diff(before, fmt.Sprint(f.Scope(), f.Values(), f.LogScale(), g.Scope(), g.Values(), g.LogScale())); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// Entries whose product is beyond the range of float64 multiply, sum and divide
// all the same.
func TestFactorExtremeEntries(t *testing.T) {
	w := newWorld(t, 2)
	factor := func(values ...float64) *graphical.Factor {
		f, err := graphical.NewFactor(w, values)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, size := range []float64{1e-200, 1e-99, 1e-30, 1e30, 1e99, 1e200, 1e307} {
		for _, k := range []int{1, 2, 3, 9} {
			var factors []*graphical.Factor
			for range k {
				factors = append(factors, factor(size, 2*size))
			}
			want := []float64{float64(k) * math.Log(size), float64(k) * (math.Log(size) + math.Ln2)}
			p := graphical.Product(factors...)
			top := p.MaxMarginal()
			for i := range want {
				if got := p.Log(i); math.Abs(got-want[i]) > 1e-14*math.Abs(want[i]) {
					t.Errorf("%d factors of %g: entry %d has the logarithm %v, want %v", k, size, i, got, want[i])
				}
			}
			sum := want[1] + math.Log1p(math.Pow(0.5, float64(k)))
			if got := graphical.SumProduct(nil, factors...).Log(); math.Abs(got-sum) > 1e-14*math.Abs(sum) {
				t.Errorf("%d factors of %g: the sum has the logarithm %v, want %v", k, size, got, sum)
			}
			if math.Abs(top.Log()-want[1]) > 1e-14*math.Abs(want[1]) {
				t.Errorf("%d factors of %g: the maximum has the logarithm %v, want %v", k, size, top.Log(), want[1])
			}
			if q := p.Divide(p); q.At(0) != 1 || q.At(1) != 1 {
				t.Errorf("%d factors of %g: divided by itself the product is %v", k, size, q.Values())
			}
		}
	}
	f := factor(1e308, 1e308)
	if want := math.Log(2) + 308*math.Ln10; math.Abs(f.LogSum()-want) > 1e-12 {
		t.Errorf("the sum of 1e308 and 1e308 has the logarithm %v, want %v", f.LogSum(), want)
	}
	if unit, logZ := f.Normalize(); unit.At(0) != 0.5 || math.Abs(logZ-f.LogSum()) > 1e-12 {
		t.Errorf("normalized, 1e308 and 1e308 are %v, with %v taken off", unit.Values(), logZ)
	}
	q := factor(0, 1).Divide(factor(1e-310, 1e-310))
	if q.At(0) != 0 || math.Abs(q.Log(1)-310*math.Ln10) > 1e-12 {
		t.Errorf("0 and 1 by 1e-310 are %v and exp(%v)", q.At(0), q.Log(1))
	}
}
