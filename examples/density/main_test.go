package main

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
)

// The measure itself: nothing for the truth, and for another normal distribution the
// closed form, ∫ (p − q)² = 1/(2√π) (1/σ + 1/τ) − 2 N(0; μ − ν, σ² + τ²).
func TestSquaredError(t *testing.T) {
	p, q := dist.Normal{Mu: 0, Sigma: 0.7}, dist.Normal{Mu: 1, Sigma: 1.2}
	if e := squaredError(p, p); e != 0 {
		t.Errorf("error of the truth %v", e)
	}
	cross := dist.Normal{Mu: 1, Sigma: math.Hypot(0.7, 1.2)}
	want := (1/0.7+1/1.2)/(2*math.Sqrt(math.Pi)) - 2*math.Exp(cross.LogProb(0))
	if e := squaredError(q, p); math.Abs(e-want) > 1e-6 {
		t.Errorf("error %v, want %v", e, want)
	}
}

// A kernel beats a histogram, the best of each gains from more draws as theory says
// within a factor of two, and thirty bins of a hundred draws are worse than ten.
func TestErrors(t *testing.T) {
	p, err := truth()
	if err != nil {
		t.Fatal(err)
	}
	e := map[string][2]float64{}
	for _, m := range methods {
		small, err := meanError(m, p, 100, 10)
		if err != nil {
			t.Fatal(err)
		}
		large, err := meanError(m, p, 1000, 10)
		if err != nil {
			t.Fatal(err)
		}
		e[m.name] = [2]float64{small, large}
	}
	if bars, smooth := e["histogram, Scott"], e["kernel, cross-validated"]; smooth[0] > 0.8*bars[0] || smooth[1] > 0.6*bars[1] {
		t.Errorf("histogram %v, kernel %v", bars, smooth)
	}
	for name, power := range map[string]float64{"histogram, Scott": 2. / 3, "kernel, cross-validated": 4. / 5} {
		if gain, want := e[name][0]/e[name][1], math.Pow(10, power); gain < want/2 || gain > want*2 {
			t.Errorf("%s: ten times the draws gain a factor of %.2f, want about %.2f", name, gain, want)
		}
	}
	if e["histogram, 30 bins"][0] < 1.5*e["histogram, 10 bins"][0] {
		t.Errorf("10 bins %v, 30 bins %v", e["histogram, 10 bins"], e["histogram, 30 bins"])
	}
}

func TestPrinted(t *testing.T) {
	if testing.Short() {
		t.Skip("draws ten times 10,000 values for each method")
	}
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^(.{29})( +0\.\d{6}){3}$`).FindAllString(out.String(), -1)
	if len(rows) != len(methods) {
		t.Errorf("%d rows of errors:\n%s", len(rows), out.String())
	}
	if n := strings.Count(out.String(), "*"); n != 29+1 {
		t.Errorf("the truth is drawn %d times:\n%s", n-1, out.String())
	}
}
