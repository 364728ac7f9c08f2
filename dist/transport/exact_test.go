package transport

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// checkPlan holds a plan to its marginals, its prices and their complementary
// slackness: this alone proves it optimal.
func checkPlan(t *testing.T, p Plan, a, b, cost []float64) {
	t.Helper()
	if !p.Converged {
		t.Errorf("not converged after %d pivots", p.Pivots)
	}
	rows, cols, total, size, prices := make([]float64, len(a)), make([]float64, len(b)), 0.0, 1e-300, 1e-300
	for _, c := range cost {
		if !math.IsInf(c, 1) {
			size = max(size, math.Abs(c))
		}
	}
	for _, u := range append(append([]float64{}, p.SourcePrice...), p.SinkPrice...) {
		prices = max(prices, math.Abs(u))
	}
	mass := 0.0
	for _, v := range a {
		mass += v
	}
	tol := 1e-13 * max(size, prices)
	for _, m := range p.Moves {
		if !(m.Mass > 0) {
			t.Errorf("a move of mass %v", m.Mass)
		}
		rows[m.From] += m.Mass
		cols[m.To] += m.Mass
		c := cost[m.From*len(b)+m.To]
		total += m.Mass * c
		if slack := c - p.SourcePrice[m.From] - p.SinkPrice[m.To]; !(math.Abs(slack) <= tol) {
			t.Errorf("from %d to %d something moves at slack %g", m.From, m.To, slack)
		}
	}
	if len(p.Moves) > max(0, len(a)+len(b)-1) {
		t.Errorf("%d moves are not a basis", len(p.Moves))
	}
	for i, v := range rows {
		if math.Abs(v-a[i]) > 1e-14*mass {
			t.Errorf("source %d sends %v of %v", i, v, a[i])
		}
	}
	for j, v := range cols {
		if math.Abs(v-b[j]) > 1e-14*mass {
			t.Errorf("sink %d gets %v of %v", j, v, b[j])
		}
	}
	for k, c := range cost {
		if s := c - p.SourcePrice[k/len(b)] - p.SinkPrice[k%len(b)]; !(s >= -1e-15*max(size, prices)) {
			t.Errorf("prices of pair %d are above its cost by %g", k, -s)
		}
	}
	if math.Abs(total-p.Cost) > 1e-13*size*mass || !(math.Abs(p.Gap) <= tol*mass) {
		t.Errorf("cost %v, but the moves cost %v; gap %g", p.Cost, total, p.Gap)
	}
}

// permutations calls f with every order of 0, …, n−1.
func permutations(n int, f func(order []int)) {
	order := make([]int, n)
	used := make([]bool, n)
	var place func(k int)
	place = func(k int) {
		if k == n {
			f(order)
			return
		}
		for i := range n {
			if !used[i] {
				used[i], order[k] = true, i
				place(k + 1)
				used[i] = false
			}
		}
	}
	place(0)
}

// The oracle of assignments is every permutation, forbidden pairs and ties included.
func TestExactAssignment(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	infeasible := 0
	for trial := range 300 {
		n := 1 + trial%7
		cost, ones := make([]float64, n*n), make([]float64, n)
		for i := range ones {
			ones[i] = 1
		}
		for k := range cost {
			switch trial % 3 {
			case 0:
				cost[k] = r.NormFloat64()
			case 1:
				cost[k] = float64(r.IntN(3)) // ties
			default:
				if cost[k] = float64(r.IntN(10)); r.IntN(2) == 0 {
					cost[k] = math.Inf(1)
				}
			}
		}
		best := math.Inf(1)
		permutations(n, func(order []int) {
			sum := 0.0
			for i, j := range order {
				sum += cost[i*n+j]
			}
			best = min(best, sum)
		})
		p, err := Exact(context.Background(), ones, ones, cost)
		if math.IsInf(best, 1) {
			infeasible++
			checkInfeasible(t, err, ones, ones, cost)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, p, ones, ones, cost)
		if math.Abs(p.Cost-best) > 1e-13 {
			t.Errorf("trial %d: cost %v, the best permutation has %v", trial, p.Cost, best)
		}
	}
	if infeasible < 10 {
		t.Errorf("only %d cases were infeasible", infeasible)
	}
}

// checkInfeasible holds the error to its certificate.
func checkInfeasible(t *testing.T, err error, a, b, cost []float64) {
	t.Helper()
	var e *InfeasibleError
	if !errors.As(err, &e) {
		t.Errorf("no plan, but the error is %v", err)
		return
	}
	open, over := make([]bool, len(b)), 0.0
	for _, j := range e.Sinks {
		open[j] = true
		over -= b[j]
	}
	for _, i := range e.Sources {
		over += a[i]
		for j := range b {
			if b[j] > 0 && !open[j] && !math.IsInf(cost[i*len(b)+j], 1) {
				t.Errorf("source %d may also use sink %d", i, j)
			}
		}
	}
	if !(over > 0) || math.Abs(over-e.Mass) > 1e-12 {
		t.Errorf("mass without a place is %v, not %v", over, e.Mass)
	}
}

// The oracle of general problems is the simplex of gonum on the linear program, one
// equation of which follows from the others.
func TestExactLinearProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for trial := range 60 {
		n, m := 1+r.IntN(5), 1+r.IntN(5)
		a, b, cost := make([]float64, n), make([]float64, m), make([]float64, n*m)
		left := 0.0
		for i := range a {
			a[i] = float64(1 + r.IntN(4))
			left += a[i]
		}
		for j := range b {
			b[j] = left / float64(m)
			if j < m-1 && trial%2 == 0 {
				b[j] *= r.Float64()
			}
		}
		sum := 0.0
		for _, v := range b[:m-1] {
			sum += v
		}
		b[m-1] = left - sum
		for k := range cost {
			cost[k] = float64(r.IntN(20)) - 5
		}
		equations, right := mat.NewDense(n+m-1, n*m, nil), append(append([]float64{}, a...), b[:m-1]...)
		for i := range n {
			for j := range m {
				equations.Set(i, i*m+j, 1)
				if j < m-1 {
					equations.Set(n+j, i*m+j, 1)
				}
			}
		}
		want, _, err := lp.Simplex(cost, equations, right, 1e-12, nil)
		if err != nil {
			continue // the general simplex does not like every degenerate problem
		}
		p, err := Exact(context.Background(), a, b, cost)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, p, a, b, cost)
		if math.Abs(p.Cost-want) > 1e-10*(1+math.Abs(want)) {
			t.Errorf("trial %d: cost %v, the linear program has %v", trial, p.Cost, want)
		}
	}
}

// On the line the plan costs what the coupling of quantiles costs.
func TestExactOnTheLine(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for trial := range 40 {
		n, m := 1+r.IntN(30), 1+r.IntN(30)
		x, y, a, b := make([]float64, n), make([]float64, m), make([]float64, n), make([]float64, m)
		sumA, sumB := 0.0, 0.0
		for i := range x {
			x[i], a[i] = r.NormFloat64(), math.Exp(20*r.Float64()) // masses of all sizes
			sumA += a[i]
		}
		for j := range y {
			y[j], b[j] = r.NormFloat64(), r.Float64()
			if trial%2 == 0 && j > 0 && r.IntN(3) == 0 {
				b[j] = 0
			}
			sumB += b[j]
		}
		for i := range a {
			a[i] /= sumA
		}
		for j := range b {
			b[j] /= sumB
		}
		cost, err := Costs(1, x, y, 2)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Exact(context.Background(), a, b, cost)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, p, a, b, cost)
		want, err := Samples(2, x, a, y, b)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(math.Sqrt(p.Cost)-want) > 1e-12*want {
			t.Errorf("trial %d: W₂ is %v by the plan and %v by quantiles", trial, math.Sqrt(p.Cost), want)
		}
	}
}

// Masses and costs of extreme size, and of tiny parts, lose nothing but rounding.
func TestExactScales(t *testing.T) {
	for _, scale := range []float64{1e-140, 1e-12, 1, 1e140} {
		a, b := []float64{1e-20 * scale, scale}, []float64{scale, 1e-20 * scale}
		cost := []float64{3e100, 1e100, 1, 2}
		p, err := Exact(context.Background(), a, b, cost)
		if err != nil {
			t.Fatal(err)
		}
		// The tiny source goes to the tiny sink.
		if want := scale * (1e80 + 1); math.Abs(p.Cost-want) > 1e-12*want {
			t.Errorf("scale %g: cost %v, want %v", scale, p.Cost, want)
		}
	}
	p, err := Exact(context.Background(), []float64{0, 0}, []float64{0}, []float64{1, math.Inf(1)})
	if err != nil || p.Cost != 0 || len(p.Moves) != 0 || !p.Converged {
		t.Errorf("nothing to move: %+v, %v", p, err)
	}
	if p, err = Exact(context.Background(), nil, nil, nil); err != nil || p.Cost != 0 {
		t.Errorf("no sources: %+v, %v", p, err)
	}
}

// What is forbidden may leave a single plan, whose masses all have to fit.
func TestExactTight(t *testing.T) {
	inf := math.Inf(1)
	a, b := []float64{0.3, 0.7}, []float64{0.1, 0.2, 0.7}
	cost := []float64{1, 2, inf, inf, inf, 5}
	p, err := Exact(context.Background(), a, b, cost)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, p, a, b, cost)
	if len(p.Moves) != 3 || math.Abs(p.Cost-(0.1+0.4+3.5)) > 1e-14 {
		t.Errorf("%+v", p)
	}
	_, err = Exact(context.Background(), []float64{0.3, 0.7}, []float64{0.1, 0.1, 0.8}, cost)
	checkInfeasible(t, err, []float64{0.3, 0.7}, []float64{0.1, 0.1, 0.8}, cost)
}

// Random masses and forbidden pairs: the certificates decide by themselves.
func TestExactForbidden(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	solved, refused := 0, 0
	for range 200 {
		n, m := 2+r.IntN(12), 2+r.IntN(12)
		a, b, cost := make([]float64, n), make([]float64, m), make([]float64, n*m)
		for k := 0; k < 60; k++ {
			a[r.IntN(n)] += 1. / 64
			b[r.IntN(m)] += 1. / 64
		}
		for k := range cost {
			if cost[k] = 100 * r.NormFloat64(); r.IntN(2) == 0 {
				cost[k] = math.Inf(1)
			}
		}
		p, err := Exact(context.Background(), a, b, cost)
		if err != nil {
			refused++
			checkInfeasible(t, err, a, b, cost)
			continue
		}
		solved++
		checkPlan(t, p, a, b, cost)
	}
	if solved < 20 || refused < 20 {
		t.Errorf("%d solved and %d refused", solved, refused)
	}
}
