package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
)

// Tuning is what Hamiltonian samplers adapt during warm-up, and how.
//
// Step size and metric are what the fields say. Beside them a warm-up of 200
// steps or more learns two things from how trajectories go, which the Tuning of a
// [Report] tells:
//
// Where the density is far from normal, the U-turn of [NUTS] comes too early for
// the slowest coordinate. If successive draws of the warm-up are much alike, with
// an autocorrelation above 0.6, trees get a least depth, at most 6, below which
// turns are passed over. It is taken back if it does not help.
//
// Where 1 % of trajectories or more diverge, 15 % of them from then on take steps
// that are shorter by a random factor, 8 at most, which get into places too narrow
// for the others. The step size is tuned by those that are not shortened.
type Tuning struct {
	// TargetAccept is the mean acceptance that the step size aims at, between 0
	// and 1. More is slower and gets closer to narrow places. 0 means 0.8, raised
	// to 0.9 if the energy of 2 % of the warm-up's later trajectories goes wrong by
	// 20 nats or more, and to 0.97 if 1 % of them diverge. A value that is given is
	// never raised.
	TargetAccept float64
	// DualAveraging tunes the step size as Hoffman & Gelman (2014) and Stan do, for
	// comparison. It ends at shorter steps than the default, an average of
	// Robbins–Monro steps, and accepts more than is aimed at.
	DualAveraging bool
	// Metric is the kind of mass matrix. The zero value chooses.
	Metric Metric
}

const (
	defaultAccept   = 0.8
	roughAccept     = 0.9
	divergingAccept = 0.97
	defaultWarmUp   = 450
)

// A Metric is the kind of mass matrix that a Hamiltonian sampler adapts.
type Metric int

// The metrics, from the cheapest to the dearest.
const (
	AutoMetric     Metric = iota // chosen during warm-up, from draws and gradients
	DiagonalMetric               // a scale for each coordinate
	LowRankMetric                // scales, and the few directions that need more
	DenseMetric                  // a full matrix
)

var metricNames = []string{"auto", "diagonal", "low-rank", "dense"}

// String names the kind.
func (m Metric) String() string {
	if m < 0 || int(m) >= len(metricNames) {
		return fmt.Sprintf("Metric(%d)", int(m))
	}
	return metricNames[m]
}

// validate returns a [*belief.ConfigError] unless the kind is one of the constants.
func (m Metric) validate() error {
	if m < 0 || int(m) >= len(metricNames) {
		return &belief.ConfigError{Field: "Metric", Value: int(m), Want: "one of AutoMetric, DiagonalMetric, LowRankMetric, DenseMetric"}
	}
	return nil
}

// MarshalText writes the name.
func (m Metric) MarshalText() ([]byte, error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	return []byte(metricNames[m]), nil
}

// UnmarshalText reads the name.
func (m *Metric) UnmarshalText(text []byte) error {
	i := slices.Index(metricNames, string(text))
	if i < 0 {
		return &belief.UnknownNameError{Kind: "metric", Name: string(text), Suggestions: metricNames}
	}
	*m = Metric(i)
	return nil
}

// hamiltonian is what the kernels of HMC and NUTS have in common.
type hamiltonian struct {
	*dynamics
	*adaptation
}

func newHamiltonian(t *Guard, set Tuning, depth int) (*hamiltonian, error) {
	if !t.HasGrad() {
		return nil, &belief.ConfigError{Field: "target", Value: fmt.Sprintf("a %T", t.Target()),
			Want: "a GradTarget, that has LogDensityGrad, for a Hamiltonian sampler; slice and random-walk samplers do without a gradient"}
	}
	if a := set.TargetAccept; a != 0 && !(a > 0 && a < 1) {
		return nil, &belief.ConfigError{Field: "TargetAccept", Value: set.TargetAccept, Want: "between 0 and 1, or 0 for 0.8 and more where it is needed"}
	}
	if err := set.Metric.validate(); err != nil {
		return nil, err
	}
	return &hamiltonian{newDynamics(t, depth), &adaptation{Tuning: set}}, nil
}

// Init implements [Kernel].
func (k *hamiltonian) Init(s *State) error {
	n := k.metric.n
	if len(s.X) != n {
		panic("mcmc: the state has not the target's dimension")
	}
	if len(s.Grad) != n {
		s.Grad = make([]float64, n)
	}
	var err error
	s.LogDensity, err = k.target.LogDensityGrad(s.X, s.Grad)
	return err
}

// begin starts a trajectory. Under a new metric it first looks for the order of
// magnitude of the step size, from where the present one is or else from 1.
func (k *hamiltonian) begin(r *rand.Rand, s *State) (int, error) {
	if !k.scaled {
		before := k.eps
		if !(k.eps > 0) {
			k.eps = 1
		}
		k.findStep(k.dynamics.begin(r, s))
		if k.err != nil {
			k.eps = before
			return 0, k.err
		}
		k.average.restart(k.eps)
		k.scaled = true
	}
	k.part = 1
	if k.careful == diverging && r.Float64() < shorterOften {
		k.part = math.Exp2(-shortest * r.Float64())
	}
	return k.dynamics.begin(r, s), nil
}

// end moves the chain to a point of the trajectory.
func (k *hamiltonian) end(s *State, point, depth int) Info {
	z := &k.points[point]
	copy(s.X, z.x)
	copy(s.Grad, z.g)
	s.LogDensity = z.l
	return Info{
		Accept: k.accept / float64(max(k.steps, 1)), StepSize: k.eps * k.part, Energy: z.energy(),
		Depth: depth, Leapfrogs: k.steps, Divergent: k.diverge,
	}
}

// describe tells step size and metric in the words of Stan.
func (k *hamiltonian) describe(sampler string) []string {
	if k.careful == diverging {
		sampler += ", 15 % of trajectories with shorter steps"
	}
	lines := []string{sampler, fmt.Sprintf("Step size = %g", k.eps)}
	m := k.metric
	if m.diagonal() {
		return append(lines, "Diagonal elements of inverse mass matrix:", join(m.square))
	}
	if len(m.full) == 0 {
		lines = append(lines, "Scales of inverse mass matrix:", join(m.scale), "Its eigenvalues other than 1 and their vectors:")
		for k, l := range m.values {
			lines = append(lines, fmt.Sprintf("%g: %s", l, join(m.vectors[k*m.n:(k+1)*m.n])))
		}
		return lines
	}
	lines = append(lines, "Elements of inverse mass matrix:")
	for i := range m.n {
		lines = append(lines, join(m.full[i*m.n:(i+1)*m.n]))
	}
	return lines
}

func join(x []float64) string {
	parts := make([]string, len(x))
	for i, v := range x {
		parts[i] = strconv.FormatFloat(v, 'g', 6, 64)
	}
	return strings.Join(parts, ", ")
}
