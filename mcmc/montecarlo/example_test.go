package montecarlo_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
)

var ctx = context.Background()

func ExampleExpectation() {
	// The mean of the larger of two numbers, to a standard error of 0.001.
	d := dist.Product{dist.Exponential{Rate: 1}, dist.Exponential{Rate: 1}}
	m, err := montecarlo.Expectation{StdErr: 0.001, Seed: 1}.Of(ctx, d, func(x []float64) float64 { return max(x[0], x[1]) })
	fmt.Println(m.Converged, math.Abs(m.Estimate.Value-1.5) < 0.005, err)
	// Output: true true <nil>
}

func ExampleMean() {
	m, _ := montecarlo.Expectation{Draws: 1000}.Of(ctx, dist.Product{dist.Cauchy{Scale: 1}}, func(x []float64) float64 { return x[0] })
	fmt.Println(m.Draws, m.Warnings[0].Code)
	// Output: 1000 heavy-tail
}

func ExampleControl() {
	// exp is nearly a line, and the mean of a line is known.
	e := montecarlo.Expectation{Controls: []montecarlo.Control{{F: func(x []float64) float64 { return x[0] }, Mean: 0.5}}}
	m, _ := e.Of(ctx, dist.Product{dist.Uniform{Lower: 0, Upper: 1}}, func(x []float64) float64 { return math.Exp(x[0]) })
	fmt.Printf("variance %.4f instead of 0.2420\n", m.Variance)
	// Output: variance 0.0039 instead of 0.2420
}

func ExampleSource() {
	var s montecarlo.Source = dist.Product{dist.Uniform{Lower: 0, Upper: 1}}
	fmt.Println(s.Dim())
	// Output: 1
}

func ExampleProposal() {
	var q montecarlo.Proposal = dist.Product{dist.Uniform{Lower: 0, Upper: 2}}
	fmt.Printf("%.4f\n", q.LogProb([]float64{1}))
	// Output: -0.6931
}

func ExampleFunc() {
	// A point of the unit disc.
	disc := montecarlo.Func{N: 2, Draw: func(dst []float64, r *rand.Rand) {
		dst[1], dst[0] = math.Sincos(2 * math.Pi * r.Float64())
		radius := math.Sqrt(r.Float64())
		dst[0], dst[1] = radius*dst[0], radius*dst[1]
	}}
	m, _ := montecarlo.Expectation{}.Of(ctx, disc, func(x []float64) float64 { return math.Hypot(x[0], x[1]) })
	fmt.Println(math.Abs(m.Estimate.Value-2./3) < 5*m.Estimate.StdErr)
	// Output: true
}

func ExamplePointError() {
	_, err := montecarlo.Expectation{}.Of(ctx, dist.Product{dist.Uniform{Lower: -1, Upper: 0}}, func(x []float64) float64 { return math.Log(-1) })
	var point *montecarlo.PointError
	fmt.Println(errors.As(err, &point), point.Function, point.Value)
	// Output: true function NaN
}

func ExampleInverse() {
	q := montecarlo.Inverse(func(p float64) float64 { return -math.Log1p(-p) }) // exponential
	fmt.Printf("%.4f\n", q.Quantile(0.5))
	r := rand.New(rand.NewPCG(1, 2))
	fmt.Println(q.Rand(r) > 0)
	// Output:
	// 0.6931
	// true
}

func ExampleTabulated() {
	// A density with no name, whose integral is 2 K₁(1) with the Bessel function K₁.
	d, err := montecarlo.Tabulate(func(x float64) float64 { return -math.Cosh(x) - x }, math.Inf(-1), math.Inf(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("median %.6f, normalizer %.6f\n", d.Quantile(0.5), math.Exp(d.LogNormalizer().Value))
	// Output: median -0.750188, normalizer 1.203814
}

func ExampleRejection() {
	// Half a normal density under an exponential one: the best k q touches it at 1.
	s := montecarlo.Rejection{
		LogDensity: func(x []float64) float64 { return -0.5 * x[0] * x[0] },
		Proposal:   dist.Product{dist.Exponential{Rate: 1}},
		LogK:       0.5,
		Seed:       1,
	}
	a, err := s.Sample(ctx, 10_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	rate := math.Sqrt(math.Pi/2) / math.Exp(0.5)
	fmt.Println(a.Len(), math.Abs(a.Acceptance.Value-rate) < 5*a.Acceptance.StdErr)
	// Output: 10000 true
}

func ExampleAccepted() {
	a, _ := montecarlo.Rejection{LogDensity: dist.Product{dist.Normal{Sigma: 1}}.LogProb, Proposal: dist.Product{dist.Normal{Sigma: 1}}}.Sample(ctx, 100)
	fmt.Println(a)
	// Output: 100 draws from 100 tries, acceptance 1 ± 0
}

func ExampleEnvelopeError() {
	_, err := montecarlo.Rejection{
		LogDensity: dist.Product{dist.Normal{Sigma: 2}}.LogProb,
		Proposal:   dist.Product{dist.Normal{Sigma: 1}}, // its tails are lighter for any k
		LogK:       1,
	}.Sample(ctx, 10_000)
	var envelope *montecarlo.EnvelopeError
	fmt.Println(errors.As(err, &envelope), envelope.LogDensity > envelope.LogEnvelope)
	// Output: true true
}

func ExampleLogConcave() {
	// A full conditional as Gibbs sampling meets them: Poisson regression.
	s := montecarlo.LogConcave{LogDensity: func(b float64) float64 { return 7*b - 3*math.Exp(b) - 0.5*b*b }}
	x, err := s.Sample(ctx, 1000)
	fmt.Println(len(x), err)
	// Output: 1000 <nil>
}

func ExampleHull() {
	h, err := montecarlo.LogConcave{LogDensity: dist.Normal{Mu: 3, Sigma: 1}.LogProb}.Hull()
	if err != nil {
		fmt.Println(err)
		return
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		if _, err := h.Draw(r); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("fewer than 100 evaluations for 10,000 draws:", h.Evaluations() < 100)
	// Output: fewer than 100 evaluations for 10,000 draws: true
}

func ExampleConcavityError() {
	_, err := montecarlo.LogConcave{LogDensity: dist.Cauchy{Scale: 1}.LogProb}.Sample(ctx, 1000)
	var concavity *montecarlo.ConcavityError
	fmt.Println(errors.As(err, &concavity))
	// Output: true
}

func ExampleImportance() {
	// How likely is it that a normal number exceeds 6? Draw beyond 6.
	tail := func(x []float64) float64 {
		if x[0] <= 6 {
			return math.Inf(-1)
		}
		return dist.Normal{Sigma: 1}.LogProb(x[0])
	}
	q := dist.Product{dist.Affine{Base: dist.Exponential{Rate: 6}, Shift: 6, Scale: 1}}
	w, err := montecarlo.Importance{LogDensity: tail, Proposal: q, Seed: 1}.Sample(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2g, relative error %.1g\n", math.Exp(w.LogZ.Value), w.LogZ.StdErr)
	// Output: 9.9e-10, relative error 0.0005
}

func ExampleWeighted() {
	p, q := dist.Product{dist.Normal{Sigma: 1}}, dist.Product{dist.Normal{Sigma: 0.2}}
	w, _ := montecarlo.Importance{LogDensity: p.LogProb, Proposal: q}.Sample(ctx)
	fmt.Println(w.K > 0.7, w.Warnings[0].Code)
	// Output: true pareto-k
}

func ExampleSlopeError() {
	_, err := montecarlo.LogConcave{
		LogDensity: func(x float64) float64 { return -x * x / 2 },
		Slope:      func(x float64) float64 { return -x / 2 },
	}.Hull()
	fmt.Println(err)
	// Output: montecarlo: Slope is not the derivative of LogDensity: at x = -1 it is 0.5, and a difference quotient gives 1
}
