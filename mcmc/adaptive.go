package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// AdaptiveMetropolis is random-walk Metropolis whose normal proposal learns scale
// and shape in warm-up, so that a given share of candidates is accepted (robust
// adaptive Metropolis: Vihola 2012, algorithm 1). Candidates are y = x + L z with
// z standard normal, and after every step of warm-up
//
//	L Lᵀ ← L (I + η_t (α_t − α*) z zᵀ/|z|²) Lᵀ,  η_t = min(1, n t^(−γ)),
//
// with α_t the acceptance probability and α* what is wanted of it. For a normal
// target L Lᵀ tends to a multiple of its covariance, which is what the adaptive
// Metropolis of Haario, Saksman & Tamminen (2001) estimates; unlike there, targets
// without a covariance do no harm. Learning ends with the warm-up: from then on
// this is [Metropolis].
//
// A step costs one evaluation of the density and n² operations.
type AdaptiveMetropolis struct {
	// Accept is the acceptance probability α*; 0 means 0.234, or 0.44 for n = 1
	// (Roberts, Gelman & Gilks 1997).
	Accept float64
	// Scale is the standard deviation of the proposal at first; 0 means 2.38/√n.
	Scale float64
	// Decay is the exponent γ, above ½ and at most 1; 0 means 2/3.
	Decay float64
}

// mostShape is the largest dimension whose square is kept, at 1 GiB.
const mostShape = 16384

// WarmUp is 5000 steps: a ridge a hundred times as long as it is wide is not
// learnt in 2000.
func (AdaptiveMetropolis) WarmUp() int { return 5000 }

// Kernel implements [Sampler]. A dimension above 16384 is a
// [*belief.TooLargeError].
func (m AdaptiveMetropolis) Kernel(t *Guard) (Kernel, error) {
	n := t.Dim()
	scale, err := walkScale(m.Scale, n)
	if err != nil {
		return nil, err
	}
	if n > mostShape {
		return nil, &belief.TooLargeError{
			What: "shape of the proposal", Bytes: 4 * float64(n) * float64(n), Budget: 4 * mostShape * mostShape,
			Advice: "Gibbs updates blocks of coordinates, each with a shape of its own",
		}
	}
	k := &adaptive{target: t, accept: m.Accept, decay: m.Decay, y: make([]float64, n), z: make([]float64, n), v: make([]float64, n), shape: make([]float64, n*(n+1)/2)}
	switch {
	case m.Accept == 0 && n == 1:
		k.accept = 0.44
	case m.Accept == 0:
		k.accept = 0.234
	case !(m.Accept > 0 && m.Accept < 1):
		return nil, &belief.ConfigError{Field: "Accept", Value: m.Accept, Want: "between 0 and 1, or 0 for the default"}
	}
	switch {
	case m.Decay == 0:
		k.decay = 2. / 3
	case !(m.Decay > 0.5 && m.Decay <= 1):
		return nil, &belief.ConfigError{Field: "Decay", Value: m.Decay, Want: "above 1/2 and at most 1, or 0 for 2/3"}
	}
	for i := range n {
		k.shape[i*(i+1)/2+i] = scale
	}
	return k, nil
}

// adaptive is the kernel of AdaptiveMetropolis.
type adaptive struct {
	target        *Guard
	accept, decay float64
	shape         []float64 // L, packed by rows
	y, z, v       []float64 // z is the last that was drawn
	steps         float64   // of learning
}

func (*adaptive) densityOnly() {}

// Init implements [Kernel].
func (k *adaptive) Init(s *State) error { return evaluate(k.target, s) }

// Step implements [Kernel].
func (k *adaptive) Step(r *rand.Rand, s *State) (Info, error) {
	for i := range k.z {
		k.z[i] = r.NormFloat64()
	}
	for i, x := range s.X {
		row := k.shape[i*(i+1)/2:][:i+1]
		sum := 0.0
		for j, l := range row {
			sum += l * k.z[j]
		}
		k.y[i] = x + sum
	}
	return accept(r, k.target, s, k.y, 0)
}

// BeginWarmUp implements [Tuner].
func (k *adaptive) BeginWarmUp(int) { k.steps = 0 }

// Tune implements [Tuner]: an update of the Cholesky factor by one rank.
func (k *adaptive) Tune(_ *State, info Info) error {
	k.steps++
	square := 0.0
	for _, v := range k.z {
		square += v * v
	}
	rate := min(1, float64(len(k.z))*math.Pow(k.steps, -k.decay))
	c := rate * (info.Accept - k.accept) / square
	if c == 0 || c-c != 0 {
		return nil
	}
	for i := range k.v {
		row := k.shape[i*(i+1)/2:][:i+1]
		sum := 0.0
		for j, l := range row {
			sum += l * k.z[j]
		}
		k.v[i] = math.Sqrt(math.Abs(c)) * sum
	}
	updateCholesky(k.shape, k.v, math.Copysign(1, c))
	return nil
}

// EndWarmUp implements [Tuner].
func (k *adaptive) EndWarmUp(*State) error { return nil }

// MarshalBinary implements [Tuner].
func (k *adaptive) MarshalBinary() ([]byte, error) {
	return appendNumbers(nil, k.shape, k.z, []float64{k.steps}), nil
}

// UnmarshalBinary implements [Tuner].
func (k *adaptive) UnmarshalBinary(data []byte) error {
	steps := []float64{0}
	err := readAllNumbers(data, k.shape, k.z, steps)
	k.steps = steps[0]
	return err
}

// Describe implements [Describer].
func (k *adaptive) Describe() []string {
	line := "Standard deviations of the proposal:"
	for i := range k.y {
		if i == 20 {
			line += " …"
			break
		}
		square := 0.0
		for _, l := range k.shape[i*(i+1)/2:][:i+1] {
			square += l * l
		}
		line += fmt.Sprintf(" %.4g", math.Sqrt(square))
	}
	return []string{line}
}

// updateCholesky makes the packed factor l of A that of A + sign v vᵀ, and spoils
// v (Golub & Van Loan 2013, section 6.5.4). A pivot that a subtraction would make
// vanish is kept at a millionth of what it was.
func updateCholesky(l, v []float64, sign float64) {
	for j, x := range v {
		p := &l[j*(j+1)/2+j]
		square := *p**p + sign*x*x
		pivot := math.Sqrt(max(square, *p**p*1e-12))
		c, s := pivot / *p, x / *p
		*p = pivot
		for i := j + 1; i < len(v); i++ {
			e := &l[i*(i+1)/2+j]
			*e = (*e + sign*s*v[i]) / c
			v[i] = c*v[i] - s**e
		}
	}
}
