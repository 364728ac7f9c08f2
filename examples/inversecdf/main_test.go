package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Draws by the inverse pass, each with a false alarm of 1e-6 (Dvoretzky, Kiefer &
// Wolfowitz 1956, Massart 1990); draws of another distribution do not.
func TestGap(t *testing.T) {
	const n = 20_000
	bound := math.Sqrt(math.Log(2/1e-6) / (2 * n))
	all, err := targets()
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range all {
		if g := gap(d, sample(d, n, rand.New(rand.NewPCG(7, uint64(i))))); g > bound {
			t.Errorf("%v: gap %v, bound %v", d, g, bound)
		}
		other := all[(i+1)%len(all)]
		if g := gap(d, sample(other, n, rand.New(rand.NewPCG(7, uint64(i))))); g < 4*bound {
			t.Errorf("draws of %v pass as %v with a gap of %v", other, d, g)
		}
	}
}

// The far tail of the normal distribution begins like an exponential one of rate 6.
func TestTail(t *testing.T) {
	all, err := targets()
	if err != nil {
		t.Fatal(err)
	}
	x := sample(all[len(all)-1], 10_000, rand.New(rand.NewPCG(1, 2)))
	if x[0] < 6 || x[0] > 6.001 || math.Abs(x[5000]-6.11) > 0.01 {
		t.Errorf("least draw %v, median %v", x[0], x[5000])
	}
}

func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	all, _ := targets()
	for _, d := range all {
		if !strings.Contains(out.String(), d.String()+"\n  largest gap 0.00") {
			t.Errorf("no small gap of %v in\n%s", d, out.String())
		}
	}
}
