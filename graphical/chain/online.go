package chain

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// Online is the filter for observations that come one by one, without an end. It works
// with logarithms, O(S²) exponentials a step, so that nothing underflows. It is for one
// goroutine.
type Online struct {
	log     logSpace
	now     []float64 // log p(z_t | x_0 … x_t)
	next    []float64
	prob    []float64
	logProb float64
	times   int
}

// NewOnline starts a filter before the first observation. The chain is as [Markov] says
// and does not vary; the error is that of its Validate.
func NewOnline(m Markov) (*Online, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if m.Varying {
		return nil, &belief.ConfigError{Field: "Varying", Value: true, Want: "false for a stream, which has no end"}
	}
	s := m.States()
	m.Initial, m.Transition = append([]float64(nil), m.Initial...), append([]float64(nil), m.Transition...)
	o := &Online{now: make([]float64, s), next: make([]float64, s), prob: make([]float64, s)}
	o.log.begin(m)
	copy(o.prob, m.Initial)
	kernel.Scale(1/kernel.Sum(o.prob), o.prob, o.prob)
	return o, nil
}

// Step takes in log p(x_t | s) of the next observation, S numbers, and returns
// p(z_t | x_0 … x_t), which is valid until the next step. After an error, an
// [*ImpossibleError] or [*EvidenceError], the filter is as it was.
func (o *Online) Step(logLikelihood []float64) ([]float64, error) {
	s := len(o.now)
	wantNumbers(len(logLikelihood), s)
	if err := checkEvidence(Evidence{Log: logLikelihood}, s, 0); err != nil {
		err.(*EvidenceError).Time = o.times
		return nil, err
	}
	past := o.now
	if o.times == 0 {
		past = nil
	}
	if !o.log.advance(o.next, past, logLikelihood, min(o.times, 1)) {
		return nil, &ImpossibleError{Time: o.times}
	}
	sum := kernel.LogSumExp(o.next)
	kernel.AddConst(-sum, o.next, o.next)
	kernel.Exp(o.prob, o.next)
	o.now, o.next = o.next, o.now
	o.logProb += sum
	o.times++
	return o.prob, nil
}

// Times is the number of observations so far.
func (o *Online) Times() int { return o.times }

// LogProb is log p(x) of the observations so far.
func (o *Online) LogProb() float64 { return o.logProb }

// Probabilities returns p(z_t | x_0 … x_t) of the last step, before the first one the
// initial distribution: valid until the next step.
func (o *Online) Probabilities() []float64 { return o.prob }

// PredictTo writes p(z_{t+steps}) to dst, where p(z_t) is now: the distribution of the
// state after so many steps without observations, scaled to the sum one, or zeros where the
// chain leads nowhere. It costs O(steps·S²), or O(S³ log steps) if that is less. Negative
// steps panic, as do chains that vary.
func (m Markov) PredictTo(dst, now []float64, steps int) []float64 {
	s := m.States()
	if steps < 0 || m.Varying {
		panic("chain: a prediction wants a chain that does not vary and steps that are not negative")
	}
	wantNumbers(len(now), s)
	wantNumbers(len(m.Transition), s*s)
	dst = grow(dst, s)
	row := append([]float64(nil), now...)
	next := make([]float64, s)
	advance := func(a []float64) {
		kernel.Gemv(true, s, s, 1, a, s, row, 0, next)
		unit(next)
		row, next = next, row
	}
	// Of numbers of which the largest is one no product overflows.
	power, square := append([]float64(nil), m.Transition...), make([]float64, s*s)
	unit(power)
	if steps > 0 {
		unit(row)
	}
	if float64(steps) <= 4*float64(s)*math.Log2(float64(steps)+1) {
		for range steps {
			advance(power)
		}
	} else {
		for n := steps; n > 0; n >>= 1 {
			if n&1 == 1 {
				advance(power)
			}
			kernel.Gemm(false, false, s, s, s, 1, power, s, power, s, 0, square, s, 1)
			unit(square)
			power, square = square, power
		}
	}
	if sum := kernel.Sum(row); steps > 0 && sum > 0 {
		kernel.Scale(1/sum, row, row)
	}
	return append(dst[:0], row...)
}

// unit divides by the largest number.
func unit(x []float64) {
	most := kernel.Max(x)
	if most < 0x1p-1000 { // whose inverse may overflow
		kernel.Scale(0x1p+500, x, x)
		most = kernel.Max(x)
	}
	if most > 0 {
		kernel.Scale(1/most, x, x)
	}
}
