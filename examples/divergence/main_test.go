package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/information"
)

// divergence is E_p log(p/q) by a sum over a fine grid.
func divergence(p, q dist.LogProber) float64 {
	const step = 2e-3
	sum := 0.0
	for k := -12_500; k <= 12_500; k++ {
		x := step * float64(k)
		if l := p.LogProb(x); l > -700 {
			sum += step * math.Exp(l) * (l - q.LogProb(x))
		}
	}
	return sum
}

// Each fit is the best one in its neighbourhood, and the forward one the best of all
// in its sense.
func TestFits(t *testing.T) {
	p, err := mixture()
	if err != nil {
		t.Fatal(err)
	}
	cover, err := forward(p)
	if err != nil {
		t.Fatal(err)
	}
	left, err := reverse(p, dist.Normal{Mu: -2, Sigma: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	right, err := reverse(p, dist.Normal{Mu: 2, Sigma: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if mean := 0.4*-3 + 0.6*3; math.Abs(cover.Mu-mean) > 1e-14 {
		t.Errorf("forward mean %v, want %v", cover.Mu, mean)
	}
	if variance := 0.4*0.36 + 0.6*0.81 + 0.24*36; math.Abs(cover.Variance()-variance) > 1e-13 {
		t.Errorf("forward variance %v, want %v", cover.Variance(), variance)
	}
	if math.Abs(left.Mu+3) > 0.1 || math.Abs(right.Mu-3) > 0.1 {
		t.Errorf("reverse fits %v and %v are on no mode", left, right)
	}
	for _, c := range []struct {
		name string
		q    dist.Normal
		of   func(q dist.Normal) float64
	}{
		{"forward", cover, func(q dist.Normal) float64 { return divergence(p, q) }},
		{"left", left, func(q dist.Normal) float64 { return divergence(q, p) }},
		{"right", right, func(q dist.Normal) float64 { return divergence(q, p) }},
	} {
		best := c.of(c.q)
		for _, d := range [][2]float64{{0.02, 0}, {-0.02, 0}, {0, 0.02}, {0, -0.02}} {
			if other := c.of(dist.Normal{Mu: c.q.Mu + d[0], Sigma: c.q.Sigma + d[1]}); other <= best {
				t.Errorf("%s: %v has %v, its neighbour %v", c.name, c.q, best, other)
			}
		}
	}
	if divergence(p, cover) > divergence(p, left)/10 || divergence(cover, p) < divergence(right, p) {
		t.Error("each direction should prefer its own fit")
	}
}

func TestPrinted(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	p, err := mixture()
	if err != nil {
		t.Fatal(err)
	}
	q, err := forward(p)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("forward                   %7.4f  %6.4f  %8.4f  %8.4f  ", q.Mu, q.Sigma, divergence(p, q), divergence(q, p))
	if !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
	// Quadrature and grid are two ways to one number.
	if v, err := information.KL(p, q); err != nil || math.Abs(v.Value-divergence(p, q)) > 1e-9 {
		t.Errorf("KL(p, q) = %v (%v), the grid says %v", v, err, divergence(p, q))
	}
}
