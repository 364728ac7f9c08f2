package stream

import (
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	//lint:ignore SA1019 shows that deprecated sources still plug into math/rand/v2
	exprand "golang.org/x/exp/rand"
)

// The streams are part of what users reproduce: their first words are fixed.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		seed    uint64
		purpose string
		index   []uint64
	}{{0, "", nil}, {0, "chain", []uint64{0}}, {1, "chain", []uint64{0}}, {1, "chain", []uint64{1}}} {
		a, b := New(c.seed, c.purpose, c.index...), New(c.seed, c.purpose, c.index...)
		for i := 0; i < 100; i++ {
			if x, y := a.Uint64(), b.Uint64(); x != y {
				t.Fatalf("stream %v gives %d, then %d", c, x, y)
			}
		}
	}
	const want uint64 = 0x8690b9e6e7f0d419
	if got := New(1, "golden", 7).Uint64(); got != want {
		t.Errorf("first word of stream (1, golden, 7) is %#x, want %#x", got, want)
	}
}

func TestReset(t *testing.T) {
	src := rand.NewPCG(3, 4)
	Reset(src, 1, "golden", 7)
	if got, want := rand.New(src).Uint64(), New(1, "golden", 7).Uint64(); got != want {
		t.Errorf("reset to %#x, want %#x", got, want)
	}
	if n := patience.Allocations(100, func() { Reset(src, 1, "golden", 7, 8) }); n > 0 {
		t.Errorf("Reset allocates %v times", n)
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	add := func(name string, r *rand.Rand) {
		w := r.Uint64()
		if other, ok := seen[w]; ok {
			t.Errorf("streams %s and %s start alike", name, other)
		}
		seen[w] = name
	}
	for i := uint64(0); i < 1000; i++ {
		add("seed", New(i, "a"))
		add("index", New(0, "b", i))
		add("pair", New(0, "b", i, 1))
		add("reverse", New(0, "b", 1000+1, i))
	}
	add("ab", New(0, "ab"))
	add("ba", New(0, "ba"))
}

// Neighbouring streams are uncorrelated: with 10,000 pairs a correlation of
// five standard errors has probability below 1e-6.
func TestNeighboursUncorrelated(t *testing.T) {
	const n = 10000
	for seed := uint64(0); seed < 10; seed++ {
		a, b := New(seed, "chain", 0), New(seed, "chain", 1)
		var s float64
		for i := 0; i < n; i++ {
			s += (a.Float64() - 0.5) * (b.Float64() - 0.5) * 12
		}
		if z := s / math.Sqrt(n); math.Abs(z) > 5 {
			t.Errorf("seed %d: correlation of neighbours is %.1f standard errors", seed, z)
		}
	}
}

// Sources of golang.org/x/exp/rand satisfy math/rand/v2.Source.
func TestExpRandSource(t *testing.T) {
	src := exprand.NewSource(1)
	r := rand.New(src)
	want := exprand.NewSource(1).Uint64()
	if got := r.Uint64(); got != want {
		t.Errorf("through math/rand/v2 the source gives %d, want %d", got, want)
	}
}
