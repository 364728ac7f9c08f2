package process

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
)

// near says whether got is want up to a relative tolerance, infinities included.
func near(got, want, tol float64) bool {
	return got == want || math.Abs(got-want) <= tol*math.Abs(want)
}

// mustChain makes a chain with numbered states.
func mustChain(t testing.TB, p ...[]float64) *MarkovChain {
	t.Helper()
	c, err := NewMarkovChain(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// randomChain has a zero at each place with probability zeros, and probabilities
// that are multiples of 2^−20, which sum to one exactly.
func randomChain(t testing.TB, r *rand.Rand, n int, zeros float64) *MarkovChain {
	p := make([][]float64, n)
	for i := range p {
		p[i] = make([]float64, n)
		rest, last := 1<<20, r.IntN(n)
		for j := range p[i] {
			if j != last && r.Float64() >= zeros && rest > 0 {
				k := r.IntN(rest)
				p[i][j] = float64(k) / (1 << 20)
				rest -= k
			}
		}
		p[i][last] += float64(rest) / (1 << 20)
	}
	return mustChain(t, p...)
}

// exactly solves a·x = b in rational numbers; a and b are changed.
func exactly(a [][]*big.Rat, b []*big.Rat) []float64 {
	n := len(b)
	for e := range n {
		pivot := e
		for a[pivot][e].Sign() == 0 {
			pivot++
		}
		a[e], a[pivot], b[e], b[pivot] = a[pivot], a[e], b[pivot], b[e]
		for i := range n {
			if i == e || a[i][e].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(a[i][e], a[e][e])
			for j := e; j < n; j++ {
				a[i][j].Sub(a[i][j], new(big.Rat).Mul(f, a[e][j]))
			}
			b[i].Sub(b[i], new(big.Rat).Mul(f, b[e]))
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i], _ = new(big.Rat).Quo(b[i], a[i][i]).Float64()
	}
	return x
}

// exactStationary solves π(P − 1) = 0 with the last equation replaced by Σπ = 1.
// Diagonals are taken as one minus the rest of the row.
func exactStationary(c *MarkovChain) []float64 {
	n := c.Len()
	a, b := make([][]*big.Rat, n), make([]*big.Rat, n)
	for i := range n {
		a[i], b[i] = make([]*big.Rat, n), new(big.Rat)
		for j := range n {
			a[i][j] = new(big.Rat)
		}
	}
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			p := new(big.Rat).SetFloat64(c.Prob(i, j))
			a[j][i].Add(a[j][i], p)
			a[i][i].Sub(a[i][i], p)
		}
	}
	for i := range n {
		a[n-1][i].SetInt64(1)
	}
	b[n-1].SetInt64(1)
	return exactly(a, b)
}

func TestNewMarkovChainErrors(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		states   []string
		p        [][]float64
		row, col int
		text     string
	}{
		{nil, [][]float64{{0.5, 0.5}, {1, -0.1}}, 1, 1, "entry 1 of row 1 (1) is -0.1"},
		{nil, [][]float64{{0.5, nan}, {1, 0}}, 0, 1, "is NaN"},
		{nil, [][]float64{{0.5, 0.5}, {math.Inf(1), 0}}, 1, 0, "is +Inf"},
		{[]string{"a", "b"}, [][]float64{{0.5, 0.5}, {0.5, 0.4}}, 1, -1, "row 1 (b) has 0.9; it must have the sum 1"},
		{nil, [][]float64{{0.5, 0.5}, {1}}, 1, -1, "2 entries"},
	} {
		_, err := NewMarkovChain(c.states, c.p)
		var te *TransitionError
		if !errors.As(err, &te) || te.Row != c.row || te.Col != c.col || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%v: %v, want row %d, col %d, %q", c.p, err, c.row, c.col, c.text)
		}
	}
	var ce *belief.ConfigError
	for _, states := range [][]string{{"a"}, {"a", "a"}, {}} {
		if _, err := NewMarkovChain(states, [][]float64{{1, 0}, {0, 1}}); !errors.As(err, &ce) {
			t.Errorf("states %v: %v", states, err)
		}
	}
	if _, err := NewMarkovChain(nil, nil); !errors.As(err, &ce) {
		t.Errorf("no states: %v", err)
	}
	var tl *belief.TooLargeError
	if _, err := NewMarkovChain(nil, make([][]float64, 5000)); !errors.As(err, &tl) {
		t.Errorf("5000 states: %v", err)
	}
	c := mustChain(t, []float64{1})
	var ue *belief.UnknownNameError
	if _, err := c.Index("1"); !errors.As(err, &ue) {
		t.Errorf("unknown name: %v", err)
	}
	if i, err := c.Index("0"); i != 0 || err != nil {
		t.Errorf("Index(0) = %d, %v", i, err)
	}
}

// Two states with rates a and b have P^n = π + (1 − a − b)^n (I − π) (Kemeny & Snell
// 1960), also after more steps than float64 tells apart.
func TestPowerOfTwoStates(t *testing.T) {
	for _, rates := range [][2]float64{{0.25, 0.5}, {1e-3, 2e-3}, {1, 1}, {0.9, 0.7}} {
		a, b := rates[0], rates[1]
		c := mustChain(t, []float64{1 - a, a}, []float64{b, 1 - b})
		for _, n := range []int{0, 1, 2, 3, 17, 1000, 1 << 40} {
			decay := math.Pow(1-a-b, float64(n))
			want := [2]float64{(b + a*decay) / (a + b), (b - b*decay) / (a + b)}
			m := c.Power(n)
			for i := range 2 {
				start := []float64{0, 0}
				start[i] = 1
				if got := c.EvolveTo(nil, start, n); math.Abs(got[0]-want[i]) > 1e-13 || math.Abs(m.At(i, 0)-want[i]) > 1e-13 {
					t.Errorf("a %v, b %v, %d steps from %d: %v and %v, want %v", a, b, n, i, got[0], m.At(i, 0), want[i])
				}
			}
		}
	}
}

// One step at a time and the power of the matrix agree where the choice between
// them changes.
func TestEvolveByEitherWay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	c := randomChain(t, r, 4, 0.3)
	dst := []float64{0.1, 0.2, 0.3, 0.4}
	for steps := range 120 {
		got := c.EvolveTo(nil, []float64{0.1, 0.2, 0.3, 0.4}, steps)
		for j := range got {
			if math.Abs(got[j]-dst[j]) > 1e-14 {
				t.Fatalf("%d steps: %v, want %v", steps, got, dst)
			}
		}
		c.EvolveTo(dst, dst, 1)
	}
}

func TestLogLikelihood(t *testing.T) {
	c := mustChain(t, []float64{0.5, 0.5}, []float64{1, 0})
	for _, k := range []struct {
		path []int
		want float64
	}{{nil, 0}, {[]int{1}, 0}, {[]int{0, 0, 1, 0}, math.Log(0.25)}, {[]int{1, 1}, math.Inf(-1)}} {
		if got := c.LogLikelihood(k.path); !near(got, k.want, 1e-15) {
			t.Errorf("path %v: %v, want %v", k.path, got, k.want)
		}
	}
}

// What the book says about Markov chains (appendix D.3.1), with its slips put right.
func TestBookMarkovChain(t *testing.T) {
	c := mustChain(t, []float64{0.9, 0.1, 0}, []float64{0.2, 0.5, 0.3}, []float64{0, 0.4, 0.6})
	pi := c.Stationary()[0]
	t.Run("D.46 stationary", func(t *testing.T) { // π = Tπ with T transposed: rows are where one comes from
		next := c.EvolveTo(nil, pi, 1)
		for i := range pi {
			if !near(next[i], pi[i], 1e-15) {
				t.Errorf("π_%d = %v becomes %v", i, pi[i], next[i])
			}
		}
	})
	t.Run("D.47 limit", func(t *testing.T) {
		for i := range 3 {
			start := make([]float64, 3)
			start[i] = 1
			for j, v := range c.EvolveTo(nil, start, 500) {
				if !near(v, pi[j], 1e-13) {
					t.Errorf("from %d: π_%d becomes %v, want %v", i, j, v, pi[j])
				}
			}
		}
	})
	t.Run("D.48 detailed balance", func(t *testing.T) {
		if v, _, _ := c.DetailedBalance(pi); v > 1e-17 {
			t.Errorf("violated by %v", v)
		}
	})
	t.Run("theorem D.1", func(t *testing.T) { // detailed balance does not make a chain converge
		swap := mustChain(t, []float64{0, 1}, []float64{1, 0})
		pi := swap.Stationary()[0]
		if v, _, _ := swap.DetailedBalance(pi); v != 0 || pi[0] != 0.5 {
			t.Errorf("π = %v, violated by %v", pi, v)
		}
		if got := swap.EvolveTo(nil, []float64{1, 0}, 1001); got[0] != 0 || swap.Ergodic() {
			t.Errorf("the chain that swaps converges: %v", got)
		}
	})
}

func TestClassesByHand(t *testing.T) {
	for name, k := range map[string]struct {
		c    *MarkovChain
		want []Class
	}{
		"one":  {mustChain(t, []float64{1}), []Class{{[]int{0}, true, 1}}},
		"swap": {mustChain(t, []float64{0, 1}, []float64{1, 0}), []Class{{[]int{0, 1}, true, 2}}},
		"leaves": {mustChain(t, []float64{0, 1, 0, 0}, []float64{0, 0.5, 0.5, 0}, []float64{0, 1, 0, 0}, []float64{0.5, 0, 0, 0.5}),
			[]Class{{[]int{0}, false, 0}, {[]int{1, 2}, true, 1}, {[]int{3}, false, 1}}},
		"period 3": {mustChain(t, []float64{0, 0.5, 0.5, 0}, []float64{0, 0, 0, 1}, []float64{0, 0, 0, 1}, []float64{1, 0, 0, 0}),
			[]Class{{[]int{0, 1, 2, 3}, true, 3}}},
	} {
		if diff := cmp.Diff(k.want, k.c.Classes()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The oracle is reachability by matrices of booleans, and return times counted.
func TestClassesAgainstPowers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	for range 300 {
		n := 1 + r.IntN(6)
		c := randomChain(t, r, n, 0.75)
		at := make([][]bool, n) // at[i][j]: in exactly k steps
		reach := make([][]bool, n)
		period := make([]int, n)
		for i := range n {
			at[i], reach[i] = make([]bool, n), make([]bool, n)
			at[i][i], reach[i][i] = true, true
		}
		for k := 1; k <= 3*n*n; k++ {
			for i := range n {
				next := make([]bool, n)
				for j := range n {
					for l := range n {
						next[l] = next[l] || at[i][j] && c.Prob(j, l) > 0
					}
				}
				at[i] = next
				for j, ok := range next {
					reach[i][j] = reach[i][j] || ok
				}
				if next[i] {
					period[i] = int(new(big.Int).GCD(nil, nil, big.NewInt(int64(period[i])), big.NewInt(int64(k))).Int64())
				}
			}
		}
		class := make([]int, n)
		for k, cl := range c.Classes() {
			for _, i := range cl.States {
				class[i] = k
				if cl.Period != period[i] {
					t.Fatalf("%v: state %d has period %d, want %d", c.p, i, cl.Period, period[i])
				}
				for j := range n {
					if cl.Recurrent && reach[i][j] && !reach[j][i] {
						t.Fatalf("%v: state %d is recurrent and does not come back from %d", c.p, i, j)
					}
				}
			}
		}
		for i := range n {
			for j := range n {
				if (class[i] == class[j]) != (reach[i][j] && reach[j][i]) {
					t.Fatalf("%v: states %d and %d in classes %d and %d", c.p, i, j, class[i], class[j])
				}
			}
		}
	}
}
