package process

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// kolmogorov returns the greatest distance of sorted numbers from the distribution
// function times √n: above 2.69 with probability 1e-6.
func kolmogorov(sorted []float64, cdf func(float64) float64) float64 {
	n, worst := float64(len(sorted)), 0.0
	for i, x := range sorted {
		worst = max(worst, cdf(x)-float64(i)/n, float64(i+1)/n-cdf(x))
	}
	return worst * math.Sqrt(n)
}

func TestPoissonProcess(t *testing.T) {
	p, err := NewPoissonProcess(5)
	if err != nil {
		t.Fatal(err)
	}
	const until = 4000.0
	events, err := p.Sample(until, rand.New(rand.NewPCG(10, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(events) || events[0] <= 0 || events[len(events)-1] > until {
		t.Error("the events are not in order or outside")
	}
	count := p.Count(until)
	z := (float64(len(events)) - count.Mean()) / math.Sqrt(count.Variance())
	if math.Abs(z) > 5 {
		t.Errorf("%d events, %v standard errors off", len(events), z)
	}
	if d := kolmogorov(events, func(x float64) float64 { return x / until }); d > 2.69 {
		t.Errorf("events are not uniform: %v", d)
	}
	gaps := []float64{events[0]}
	for i := 1; i < len(events); i++ {
		gaps = append(gaps, events[i]-events[i-1])
	}
	slices.Sort(gaps)
	if d := kolmogorov(gaps, p.Gap().CDF); d > 2.69 {
		t.Errorf("gaps are not exponential: %v", d)
	}
	if d := kolmogorov(gaps, dist.Exponential{Rate: 5.5}.CDF); d < 2.69 {
		t.Errorf("gaps at a rate that is 10%% too large are accepted: %v", d)
	}
	var third []float64 // times between every third event
	for i := 3; i < len(events); i += 3 {
		third = append(third, events[i]-events[i-3])
	}
	slices.Sort(third)
	if d := kolmogorov(third, p.Arrival(3).CDF); d > 2.69 {
		t.Errorf("the third events are not gamma: %v", d)
	}
	fit, err := FitPoissonProcess(events, until)
	if err != nil || fit.Rate != float64(len(events))/until {
		t.Errorf("fitted %v, %v", fit, err)
	}
	for _, rate := range []float64{fit.Rate * 0.99, fit.Rate * 1.01} {
		if (PoissonProcess{rate}).LogLikelihood(events, until) >= fit.LogLikelihood(events, until) {
			t.Errorf("rate %v is as likely as %v", rate, fit.Rate)
		}
	}
	thin, err := p.Thin(0.25)
	if err != nil || thin.Rate != 1.25 {
		t.Errorf("thinned to %v, %v", thin, err)
	}
	if s := Superpose(p, thin, PoissonProcess{}); s.Rate != 6.25 {
		t.Errorf("superposed to %v", s)
	}
	n := 0
	for x := range p.Events(math.Inf(1), rand.New(rand.NewPCG(10, 1))) { // without end, the same events
		if x != events[n] {
			t.Fatalf("event %d is %v, was %v", n, x, events[n])
		}
		if n++; n == 100 {
			break
		}
	}
}

// The density of n events is that of their number times n! over the volume of their
// places: P(n) n!/until^n.
func TestPoissonLogLikelihood(t *testing.T) {
	events, until := []float64{0.5, 1, 2.5}, 3.0
	p := PoissonProcess{1.7}
	want := p.Count(until).LogProb(3) + math.Log(6) - 3*math.Log(until)
	if got := p.LogLikelihood(events, until); !near(got, want, 1e-14) {
		t.Errorf("%v, want %v", got, want)
	}
	i := InhomogeneousPoisson{Rate: func(float64) float64 { return 1.7 }, Bound: 1.7}
	if got := i.LogLikelihood(events, until); !near(got.Value, want, 1e-13) || got.Kind != belief.Approximation {
		t.Errorf("%v, want %v", got, want)
	}
	for _, bad := range [][]float64{{0}, {1, 3.5}, {-1}} {
		if a, b := p.LogLikelihood(bad, until), i.LogLikelihood(bad, until); !math.IsInf(a, -1) || !math.IsInf(b.Value, -1) {
			t.Errorf("events %v: %v, %v", bad, a, b)
		}
	}
	if a, b := p.LogLikelihood([]float64{math.NaN()}, until), i.LogLikelihood([]float64{math.NaN()}, until); !math.IsNaN(a) || !math.IsNaN(b.Value) {
		t.Errorf("NaN: %v, %v", a, b)
	}
	none := PoissonProcess{}
	if a, b := none.LogLikelihood(nil, until), none.LogLikelihood(events, until); a != 0 || !math.IsInf(b, -1) {
		t.Errorf("rate 0: %v, %v", a, b)
	}
}

// A rate of 3 + 2 sin t, whose integral is known, by thinning and by quadrature.
func TestInhomogeneous(t *testing.T) {
	p := InhomogeneousPoisson{Rate: func(t float64) float64 { return 3 + 2*math.Sin(t) }, Bound: 5}
	total := func(t float64) float64 { return 3*t + 2 - 2*math.Cos(t) }
	const until = 3000.0
	for _, b := range []float64{0, 1, 100} {
		if got := p.Mean(b); math.Abs(got.Value-total(b)) > 1e-10*(1+total(b)) || got.Kind != belief.Approximation {
			t.Errorf("mean up to %v: %v, want %v", b, got, total(b))
		}
	}
	events, err := p.Sample(until, rand.New(rand.NewPCG(10, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if z := (float64(len(events)) - total(until)) / math.Sqrt(total(until)); math.Abs(z) > 5 {
		t.Errorf("%d events, %v standard errors off", len(events), z)
	}
	phase := make([]float64, len(events)) // within a turn; 3000 is 477.46 turns
	for i, x := range events {
		phase[i] = math.Mod(x, 2*math.Pi)
	}
	phase = phase[:slices.IndexFunc(events, func(x float64) bool { return x > 477*2*math.Pi })]
	slices.Sort(phase)
	if d := kolmogorov(phase, func(x float64) float64 { return total(x) / total(2*math.Pi) }); d > 2.69 {
		t.Errorf("the events do not follow the rate: %v", d)
	}
	if d := kolmogorov(phase, func(x float64) float64 { return x / (2 * math.Pi) }); d < 2.69 {
		t.Errorf("a constant rate is accepted: %v", d)
	}
	p.Cumulative = total
	ll := p.LogLikelihood([]float64{1, 2}, 3)
	if want := math.Log(p.Rate(1)) + math.Log(p.Rate(2)) - total(3); !near(ll.Value, want, 1e-15) || ll.Kind != belief.Exact {
		t.Errorf("log likelihood %v, want %v", ll, want)
	}
}

func TestPoissonErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	r := rand.New(rand.NewPCG(1, 1))
	var pe *dist.ParameterError
	var ce *belief.ConfigError
	var tl *belief.TooLargeError
	var fe *dist.FitError
	var re *RateError
	for _, v := range []float64{-1, nan, inf} {
		if _, err := NewPoissonProcess(v); !errors.As(err, &pe) {
			t.Errorf("rate %v: %v", v, err)
		}
		if _, err := (InhomogeneousPoisson{Rate: math.Abs, Bound: v}).Sample(1, r); !errors.As(err, &pe) {
			t.Errorf("bound %v: %v", v, err)
		}
		if _, err := (PoissonProcess{1}).Thin(v); !errors.As(err, &pe) {
			t.Errorf("keep %v: %v", v, err)
		}
		if _, err := FitPoissonProcess(nil, v); !errors.As(err, &fe) {
			t.Errorf("time %v: %v", v, err)
		}
		if _, err := FitPoissonProcess([]float64{1, v}, 2); !errors.As(err, &fe) || fe.Row != 1 {
			t.Errorf("event at %v: %v", v, err)
		}
	}
	for _, until := range []float64{nan, inf} {
		if _, err := (PoissonProcess{1}).Sample(until, r); !errors.As(err, &ce) {
			t.Errorf("until %v: %v", until, err)
		}
	}
	if _, err := (PoissonProcess{1e9}).Sample(1, r); !errors.As(err, &tl) {
		t.Errorf("1e9 events: %v", err)
	}
	if events, err := (PoissonProcess{1}).Sample(-1, r); len(events) != 0 || err != nil {
		t.Errorf("until −1: %v, %v", events, err)
	}
	if _, err := FitPoissonProcess([]float64{5e-324}, 5e-324); !errors.As(err, &fe) {
		t.Errorf("the least time: %v", err)
	}
	if _, err := (InhomogeneousPoisson{Bound: 1}).Sample(1, r); !errors.As(err, &ce) {
		t.Errorf("no rate: %v", err)
	}
	for _, rate := range []float64{1.1, -0.1, nan} {
		p := InhomogeneousPoisson{Rate: func(float64) float64 { return rate }, Bound: 1}
		if events, err := p.Sample(50, r); !errors.As(err, &re) || events != nil {
			t.Errorf("rate %v beyond the bound: %v, %v", rate, events, err)
		}
	}
}

// Quadrature copes with a jump, and gives up on what has no integral to speak of.
func TestSimpson(t *testing.T) {
	jump := func(x float64) float64 {
		if x < 1/math.Pi {
			return 1
		}
		return 5
	}
	if got, want := simpson(jump, 1), 5-4/math.Pi; !near(got, want, 1e-8) {
		t.Errorf("jump: %v, want %v", got, want)
	}
	r, points := rand.New(rand.NewPCG(1, 1)), 0
	got := simpson(func(float64) float64 { points++; return r.Float64() }, 1)
	if math.Abs(got-0.5) > 0.1 || points > 2e6 {
		t.Errorf("noise: %v after %d points", got, points)
	}
	if got := simpson(func(float64) float64 { return math.NaN() }, 1); !math.IsNaN(got) {
		t.Errorf("NaN: %v", got)
	}
}
