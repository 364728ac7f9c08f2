package process

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Random walks: on the integers, with the closed forms of the gambler's ruin, and
// with normal steps.

// SimpleWalk is the random walk on the integers that goes up by one with
// probability p and down by one otherwise.
type SimpleWalk struct {
	Up float64 // p
}

// NewSimpleWalk returns the walk, or a [*dist.ParameterError].
func NewSimpleWalk(up float64) (SimpleWalk, error) {
	w := SimpleWalk{up}
	return w, w.Validate()
}

// Validate returns a [*dist.ParameterError] if Up is no probability.
func (w SimpleWalk) Validate() error {
	if !(w.Up >= 0 && w.Up <= 1) {
		return &dist.ParameterError{Distribution: "simple walk", Parameter: "Up", Value: w.Up, Want: "between 0 and 1"}
	}
	return nil
}

// Mean returns the expected displacement after n steps, n (2p − 1).
func (w SimpleWalk) Mean(n int) float64 { return float64(n) * (2*w.Up - 1) }

// Variance returns the variance of the displacement after n steps, 4 n p (1 − p).
func (w SimpleWalk) Variance(n int) float64 { return 4 * float64(n) * w.Up * (1 - w.Up) }

// LogProb returns the log probability of being displaced by x after n ≥ 0 steps: (n +
// x)/2 of them are up, which is binomial.
func (w SimpleWalk) LogProb(n, x int) float64 {
	if n < 0 {
		panic("process: a negative number of steps")
	}
	if x > n || x < -n || (n+x)%2 != 0 {
		return math.Inf(-1)
	}
	return dist.Binomial{N: float64(n), P: w.Up}.LogProb(float64((n + x) / 2))
}

// RandTo draws a path that begins at start, writes it to dst, start first, and
// returns dst.
func (w SimpleWalk) RandTo(dst []int, start int, r *rand.Rand) []int {
	for t := range dst {
		dst[t] = start
		if r.Float64() < w.Up {
			start++
		} else {
			start--
		}
	}
	return dst
}

// Ruin is what comes of a walk between two absorbing barriers.
type Ruin struct {
	Ruin  float64 // the probability of getting to 0 first
	Win   float64 // the probability of getting to the goal first
	Steps float64 // the expected number of steps until either
}

// Ruin answers the gambler's ruin: a walk that starts at start, 0 ≤ start ≤ goal,
// and ends at 0 or at the goal (Feller 1968, An introduction to probability theory
// and its applications, XIV.2–3). With ρ = (1 − p)/p and i the start, the
// probability of winning is (1 − ρ^i)/(1 − ρ^goal), i/goal if p = ½.
func (w SimpleWalk) Ruin(start, goal int) Ruin {
	if start < 0 || goal < start || goal < 1 {
		panic(fmt.Sprintf("process: start %d and goal %d", start, goal))
	}
	i, n := float64(start), float64(goal)
	theta := w.logRatio()
	r := Ruin{Ruin: partOfWay(-theta, n-i, n), Win: partOfWay(theta, i, n)}
	switch {
	case start == 0 || start == goal:
	case math.Abs(theta)*n < 1:
		r.Steps = slowRuin(theta, i, n)
	case 2*start < goal: // the way gone, over the drift
		r.Steps = (n*r.Win - i) / (2*w.Up - 1)
	default:
		r.Steps = (n - i - n*r.Ruin) / (2*w.Up - 1)
	}
	return r
}

// logRatio returns θ = log ρ, accurate also where p is next to one half.
func (w SimpleWalk) logRatio() float64 {
	if w.Up > 0.25 && w.Up < 0.75 {
		return -2 * math.Atanh(2*w.Up-1)
	}
	return math.Log1p(-w.Up) - careful.Log(w.Up)
}

// partOfWay returns (1 − e^(iθ))/(1 − e^(nθ)).
func partOfWay(theta, i, n float64) float64 {
	switch {
	case i == 0 || i == n:
		return i / n
	case theta == 0:
		return i / n
	case theta > 0:
		return math.Exp(-(n-i)*theta) * math.Expm1(-i*theta) / math.Expm1(-n*theta)
	}
	return math.Expm1(i*theta) / math.Expm1(n*theta)
}

// slowRuin is the expected number of steps where the drift is so small that the way
// gone is the difference of nearly equal numbers. With u = nθ > 0 and s = i/n it is
//
//	i Σ_{k≥2} u^k/k! (1 − s^(k−1)) / ((e^u − 1) tanh(θ/2)),
//
// and for θ < 0 the same with i and n − i exchanged.
func slowRuin(theta, i, n float64) float64 {
	if theta < 0 {
		theta, i = -theta, n-i
	}
	if theta == 0 {
		return i * (n - i)
	}
	u, s := n*theta, i/n
	sum, powers, term := 0.0, 0.0, u // powers is (1 − s^(k−1))/(1 − s)
	for k := 2.0; k < 24; k++ {
		powers = 1 + s*powers
		term *= u / k
		sum += term * powers
	}
	return i * sum * ((n - i) / n) / (math.Expm1(u) * math.Tanh(theta/2))
}

// EverRuined returns the probability that a walk from start ≥ 0 without a goal ever
// gets to 0: min(1, ρ^start).
func (w SimpleWalk) EverRuined(start int) float64 {
	if start < 0 {
		panic(fmt.Sprintf("process: start %d", start))
	}
	if start == 0 {
		return 1
	}
	return math.Exp(min(0, float64(start)*w.logRatio()))
}

// GaussianWalk is the random walk with normal steps of mean μ and standard deviation
// σ.
type GaussianWalk struct {
	Drift float64 // μ
	Sigma float64 // σ
}

// NewGaussianWalk returns the walk, or a [*dist.ParameterError].
func NewGaussianWalk(drift, sigma float64) (GaussianWalk, error) {
	w := GaussianWalk{drift, sigma}
	return w, w.Validate()
}

// Validate returns a [*dist.ParameterError] unless the drift is finite and σ > 0.
func (w GaussianWalk) Validate() error {
	if math.IsNaN(w.Drift) || math.IsInf(w.Drift, 0) {
		return &dist.ParameterError{Distribution: "gaussian walk", Parameter: "Drift", Value: w.Drift, Want: "finite"}
	}
	if !(w.Sigma > 0) || math.IsInf(w.Sigma, 1) {
		return &dist.ParameterError{Distribution: "gaussian walk", Parameter: "Sigma", Value: w.Sigma, Want: "positive and finite"}
	}
	return nil
}

// Displacement returns the distribution of the displacement after n ≥ 1 steps.
func (w GaussianWalk) Displacement(n int) dist.Normal {
	return dist.Normal{Mu: float64(n) * w.Drift, Sigma: math.Sqrt(float64(n)) * w.Sigma}
}

// LogLikelihood returns the log density of a path given where it begins.
func (w GaussianWalk) LogLikelihood(path []float64) float64 {
	step, sum := dist.Normal{Mu: w.Drift, Sigma: w.Sigma}, 0.0
	for t := 1; t < len(path); t++ {
		sum += step.LogProb(path[t] - path[t-1])
	}
	return sum
}

// RandTo draws a path that begins at start, writes it to dst, start first, and
// returns dst.
func (w GaussianWalk) RandTo(dst []float64, start float64, r *rand.Rand) []float64 {
	for t := range dst {
		dst[t] = start
		start += w.Drift + w.Sigma*r.NormFloat64()
	}
	return dst
}

// FitGaussianWalk returns the walk of greatest likelihood for the steps of a path.
// The error is a [*dist.FitError], of fewer than three points or of steps that do
// not vary.
func FitGaussianWalk(path []float64) (GaussianWalk, error) {
	var steps []float64
	for t := 1; t < len(path); t++ {
		steps = append(steps, path[t]-path[t-1])
	}
	d, err := dist.FitNormal(steps, nil)
	if fit, ok := err.(*dist.FitError); ok {
		fit.Distribution = "gaussian walk"
		if fit.Row >= 0 {
			fit.Row++ // the point that the step leads to
		}
	}
	return GaussianWalk{d.Mu, d.Sigma}, err
}
