package process

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
)

// Every entry is right to nearly all its digits, also where states are next to
// disconnected and plain elimination has lost them.
func TestStationaryAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	chains := []*MarkovChain{
		mustChain(t, []float64{1 - 1e-14, 1e-14, 0}, []float64{0.5, 0.5 - 1e-10, 1e-10}, []float64{0, 1e-3, 1 - 1e-3}),
		mustChain(t, []float64{0.4, 0.6 - 1e-13, 1e-13, 0}, []float64{0.7, 0.3 - 1e-9, 0, 1e-9}, []float64{2e-12, 0, 0.5, 0.5 - 2e-12}, []float64{0, 0, 1, 0}),
	}
	for range 50 {
		if c := randomChain(t, r, 2+r.IntN(6), 0.3); c.Irreducible() {
			chains = append(chains, c)
		}
	}
	if len(chains) < 20 {
		t.Fatal("too few chains")
	}
	for _, c := range chains {
		got, want := c.Stationary()[0], exactStationary(c)
		for i := range want {
			if !near(got[i], want[i], 1e-13) {
				t.Errorf("%v: π_%d = %v, want %v", c.p, i, got[i], want[i])
			}
		}
	}
}

// The Ehrenfests' urn of N balls has a binomial distribution, here to 2^−60.
func TestEhrenfest(t *testing.T) {
	const balls = 60
	p := make([][]float64, balls+1)
	for i := range p {
		p[i] = make([]float64, balls+1)
		if i > 0 {
			p[i][i-1] = float64(i) / balls
		}
		if i < balls {
			p[i][i+1] = float64(balls-i) / balls
		}
	}
	c := mustChain(t, p...)
	pi := c.Stationary()[0]
	for i, got := range pi {
		b, _ := new(big.Float).SetInt(new(big.Int).Binomial(balls, int64(i))).Float64()
		if want := math.Ldexp(b, -balls); !near(got, want, 1e-13) {
			t.Errorf("π_%d = %v, want %v", i, got, want)
		}
	}
	if v, _, _ := c.DetailedBalance(pi); v > 1e-16 {
		t.Errorf("detailed balance is violated by %v", v)
	}
	if classes := c.Classes(); classes[0].Period != 2 {
		t.Errorf("period %d, want 2", classes[0].Period)
	}
	if gap, ok := c.SpectralGap(); gap != 0 || !ok {
		t.Errorf("spectral gap %v, %v of a periodic chain", gap, ok)
	}
}

// A cycle that runs one way violates detailed balance by (p − q)/n, and its reverse
// runs the other way.
func TestReverse(t *testing.T) {
	c := mustChain(t, []float64{0, 0.75, 0.25}, []float64{0.25, 0, 0.75}, []float64{0.75, 0.25, 0})
	pi := c.Stationary()[0]
	if v, i, j := c.DetailedBalance(pi); !near(v, 0.5/3, 1e-14) || i == j {
		t.Errorf("violation %v between %d and %d, want 1/6", v, i, j)
	}
	back, err := c.Reverse(pi)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		for j := range 3 {
			if !near(back.Prob(i, j), c.Prob(j, i), 1e-14) {
				t.Errorf("p_%d%d = %v backwards, want %v", i, j, back.Prob(i, j), c.Prob(j, i))
			}
		}
	}
	// π_i p*_ij = π_j p_ji where π is not uniform, and twice reversed is the chain.
	d := mustChain(t, []float64{0.1, 0.9, 0}, []float64{0.2, 0.3, 0.5}, []float64{0.6, 0, 0.4})
	pi = d.Stationary()[0]
	if back, err = d.Reverse(pi); err != nil {
		t.Fatal(err)
	}
	again, err := back.Reverse(pi)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		for j := range 3 {
			if math.Abs(pi[i]*back.Prob(i, j)-pi[j]*d.Prob(j, i)) > 1e-15 || math.Abs(again.Prob(i, j)-d.Prob(i, j)) > 1e-14 {
				t.Errorf("p_%d%d is %v backwards, %v reversed twice", i, j, back.Prob(i, j), again.Prob(i, j))
			}
		}
	}
	var te *TransitionError
	for _, bad := range [][]float64{{0.5, 0.5, 0}, {0.5, 0.25, 0.25}, {math.NaN(), 0.5, 0.5}} {
		if _, err := c.Reverse(bad); !errors.As(err, &te) {
			t.Errorf("reversed under %v: %v", bad, err)
		}
	}
	if v, _, _ := c.DetailedBalance([]float64{1, math.NaN(), 0}); !math.IsNaN(v) {
		t.Errorf("NaN passes as %v", v)
	}
}

// ruinChain is the gambler's ruin on 0, …, goal.
func ruinChain(t testing.TB, goal int, up float64) *MarkovChain {
	p := make([][]float64, goal+1)
	for i := range p {
		p[i] = make([]float64, goal+1)
		if i == 0 || i == goal {
			p[i][i] = 1
		} else {
			p[i][i+1], p[i][i-1] = up, 1-up
		}
	}
	return mustChain(t, p...)
}

// The closed forms of the gambler's ruin (Feller 1968, XIV.2–3), which the chain and
// the walk must both have. With p = 0.1 the probability of winning is 1.5e-19 times
// smaller from the poorest start than from the richest, and no digit is lost.
func TestGamblersRuin(t *testing.T) {
	for _, up := range []float64{0.5, 0.25, 0.1, 0.9, 0.49999} {
		const goal = 20
		c := ruinChain(t, goal, up)
		win, steps := c.HittingProbabilities(goal), c.HittingTimes(0, goal)
		ab := c.Absorption()
		w := SimpleWalk{Up: up}
		for i := range goal + 1 {
			p, d := exactRuin(up, i, goal)
			ruin := w.Ruin(i, goal)
			if !near(win[i], p, 1e-12) || !near(ab.Prob[i][1], p, 1e-12) || !near(ruin.Win, p, 1e-12) {
				t.Errorf("up %v from %d: win %v, %v, %v, want %v", up, i, win[i], ab.Prob[i][1], ruin.Win, p)
			}
			if !near(steps[i], d, 1e-10) || !near(ab.Steps[i], d, 1e-10) || !near(ruin.Steps, d, 1e-10) {
				t.Errorf("up %v from %d: %v, %v, %v steps, want %v", up, i, steps[i], ab.Steps[i], ruin.Steps, d)
			}
			if q, _ := exactRuin(1-up, goal-i, goal); math.Abs(ruin.Ruin-q) > 1e-12*q || math.Abs(ruin.Ruin+ruin.Win-1) > 1e-14 {
				t.Errorf("up %v from %d: ruin %v, want %v", up, i, ruin.Ruin, q)
			}
		}
		times := c.HittingTimes(goal)
		if !math.IsInf(times[0], 1) || !math.IsInf(times[5], 1) || times[goal] != 0 {
			t.Errorf("times to the goal alone: %v", times)
		}
	}
}

// exactRuin evaluates the textbook's formulas in rational numbers.
func exactRuin(up float64, i, goal int) (win, steps float64) {
	p := new(big.Rat).SetFloat64(up)
	q := new(big.Rat).Sub(big.NewRat(1, 1), p)
	if p.Cmp(q) == 0 {
		return float64(i) / float64(goal), float64(i * (goal - i))
	}
	rho := new(big.Rat).Quo(q, p)
	pow := func(k int) *big.Rat {
		x := big.NewRat(1, 1)
		for range k {
			x.Mul(x, rho)
		}
		return x
	}
	one := big.NewRat(1, 1)
	w := new(big.Rat).Quo(new(big.Rat).Sub(one, pow(i)), new(big.Rat).Sub(one, pow(goal)))
	d := new(big.Rat).Sub(big.NewRat(int64(i), 1), new(big.Rat).Mul(big.NewRat(int64(goal), 1), w))
	d.Quo(d, new(big.Rat).Sub(q, p))
	win, _ = w.Float64()
	steps, _ = d.Float64()
	return win, steps
}

// The oracle is the exact solution of the same question's equations, where states
// that cannot reach the target are given by hand of Warshall's closure.
func TestHittingAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	infinite, partial := 0, 0
	for range 200 {
		n := 2 + r.IntN(5)
		c := randomChain(t, r, n, 0.7)
		target := r.IntN(n)
		h, times := c.HittingProbabilities(target), c.HittingTimes(target)
		reach := closure(c, target)
		a, b := make([][]*big.Rat, n), make([]*big.Rat, n)
		for i := range n {
			a[i], b[i] = make([]*big.Rat, n), new(big.Rat)
			for j := range n {
				a[i][j] = new(big.Rat)
				if i == j {
					a[i][j].SetInt64(1)
				}
				if i != target && reach[i][target] {
					a[i][j].Sub(a[i][j], new(big.Rat).SetFloat64(c.Prob(i, j)))
				}
			}
			if i == target {
				b[i].SetInt64(1)
			}
		}
		want := exactly(a, b)
		for i := range n {
			if !near(h[i], want[i], 1e-12) {
				t.Fatalf("%v to %d: h_%d = %v, want %v", c.p, target, i, h[i], want[i])
			}
			if want[i] == 1 && h[i] != 1 {
				t.Fatalf("%v to %d: h_%d = %v, and it is certain", c.p, target, i, h[i])
			}
			if want[i] < 1 {
				if !math.IsInf(times[i], 1) {
					t.Fatalf("%v to %d: time %v from %d, want +Inf", c.p, target, times[i], i)
				}
				infinite++
				if want[i] > 0 {
					partial++
				}
				continue
			}
			sum := 0.0 // t_i = 1 + Σ p_ij t_j
			for j := range n {
				if p := c.Prob(i, j); p > 0 {
					sum += p * times[j]
				}
			}
			if i != target && !near(times[i], 1+sum, 1e-11) || i == target && times[i] != 0 {
				t.Fatalf("%v to %d: time %v from %d, equation %v", c.p, target, times[i], i, 1+sum)
			}
		}
	}
	if infinite < 50 || partial < 10 {
		t.Errorf("only %d starts never arrive, %d by chance", infinite, partial)
	}
}

// closure is reachability; nothing leaves the target, which is absorbing here.
func closure(c *MarkovChain, target int) [][]bool {
	n := c.Len()
	reach := make([][]bool, n)
	for i := range n {
		reach[i] = make([]bool, n)
		for j := range n {
			reach[i][j] = i == j || i != target && c.Prob(i, j) > 0
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	return reach
}

// Two states with rates a and b are at distance max(π) |1 − a − b|^t.
func TestMixingTime(t *testing.T) {
	ctx := context.Background()
	for _, k := range [][3]float64{{0.25, 0.5, 0.25}, {1e-3, 2e-3, 0.25}, {1e-6, 1e-7, 1e-6}, {0.999, 0.999, 0.01}, {0.5, 0.5, 0.3}, {0.3, 0.3, 0.5}} {
		a, b, eps := k[0], k[1], k[2]
		c := mustChain(t, []float64{1 - a, a}, []float64{b, 1 - b})
		first := max(a, b) / (a + b)
		want := 0
		if first > eps {
			want = 1
			if slow := math.Abs(1 - a - b); slow > 1e-9 {
				want = int(math.Ceil(math.Log(eps/first) / math.Log(slow)))
			}
		}
		got, err := c.MixingTime(ctx, eps, 0)
		if err != nil || got.Steps != want || !got.Reached || got.Distance > eps {
			t.Errorf("a %v, b %v, ε %v: %+v, %v, want %d", a, b, eps, got, err, want)
		}
		if want > 2 {
			for most := want - 2; most < want; most++ {
				if got, err := c.MixingTime(ctx, eps, most); err != nil || got.Reached || got.Steps != most || got.Distance <= eps {
					t.Errorf("a %v, b %v, ε %v, at most %d: %+v, %v", a, b, eps, most, got, err)
				}
			}
		}
		if gap, ok := c.SpectralGap(); !ok || math.Abs(gap-(1-math.Abs(1-a-b))) > 1e-14 {
			t.Errorf("a %v, b %v: gap %v", a, b, gap)
		}
	}
	var nm *NotMixingError
	if _, err := mustChain(t, []float64{0, 1}, []float64{1, 0}).MixingTime(ctx, 0.25, 0); !errors.As(err, &nm) || nm.Period != 2 {
		t.Errorf("periodic: %v", err)
	}
	if _, err := ruinChain(t, 3, 0.5).MixingTime(ctx, 0.25, 0); !errors.As(err, &nm) || nm.Recurrent != 2 {
		t.Errorf("two ends: %v", err)
	}
	var ce *belief.ConfigError
	c := mustChain(t, []float64{0.999, 0.001}, []float64{0.001, 0.999})
	for _, eps := range []float64{0, 1, math.NaN()} {
		if _, err := c.MixingTime(ctx, eps, 0); !errors.As(err, &ce) {
			t.Errorf("ε %v: %v", eps, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.MixingTime(cancelled, 0.01, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got, err := c.MixingTime(ctx, 1e-300, math.MaxInt); err != nil || got.Reached {
		t.Errorf("ε 1e-300: %+v, %v", got, err)
	}
}

// The cycle of three with p forwards and q backwards has eigenvalues p ω + q ω̄.
func TestSpectralGapOfCycle(t *testing.T) {
	p, q := 0.75, 0.25
	c := mustChain(t, []float64{0, p, q}, []float64{q, 0, p}, []float64{p, q, 0})
	want := 1 - math.Hypot((p+q)/2, (p-q)*math.Sqrt(3)/2)
	if gap, ok := c.SpectralGap(); !ok || !near(gap, want, 1e-13) {
		t.Errorf("gap %v, want %v", gap, want)
	}
}

// Three states that are hardly ever visited go round one way: the chain is not
// reversible, though no flow is out of balance by more than 1e-17. The modulus of
// their eigenvalues is ½.
func TestSpectralGapOfRareCycle(t *testing.T) {
	c := mustChain(t, []float64{1, 1e-17, 0, 0}, []float64{0.5, 0, 0.5, 0}, []float64{0.5, 0, 0, 0.5}, []float64{0.5, 0.5, 0, 0})
	if gap, ok := c.SpectralGap(); !ok || math.Abs(gap-0.5) > 1e-12 {
		t.Errorf("gap %v, want 0.5", gap)
	}
}
