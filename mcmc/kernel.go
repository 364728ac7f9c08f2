package mcmc

import (
	"encoding"
	"math/rand/v2"
)

// A State is where a chain stands: what its next step needs, and nothing else.
// It is plain numbers, so that any run can be saved and resumed.
type State struct {
	X          []float64 // the position; valid until the next step
	LogDensity float64   // at X
	Grad       []float64 // of the log density at X, nil unless the kernel uses it
	// Aux is what else the kernel carries from step to step, such as the other
	// walkers of an ensemble; nil for most.
	Aux []float64
}

// Info tells how one step went. Fields that a kernel has no use for stay zero.
type Info struct {
	// Accept is the probability of acceptance, averaged over what was proposed.
	Accept float64
	// Of Hamiltonian kernels:
	StepSize  float64
	Energy    float64 // Hamiltonian at the new position, in nats
	Depth     int     // doublings of the trajectory
	Leapfrogs int     // steps of the integrator
	Divergent bool    // the integrator left the level set of the energy
}

// A Kernel is a transition of a Markov chain that leaves its target invariant.
// It holds the target and scratch memory, and so belongs to one goroutine; what
// the chain is and where it stands is all in the [State], what was tuned is in
// the kernel and does not change unless it is a [Tuner].
type Kernel interface {
	// Init makes s the state of a chain at s.X, which has the target's
	// dimension: it evaluates what the first step needs. LogDensity −Inf says
	// that no chain can start there. It is called again by those who have
	// changed s.X or the target by other means, and before a saved state takes
	// the place of s: the memory of the kernel must not be part of the state.
	Init(s *State) error
	// Step moves the chain once. An error ends the run; the state is then that
	// before the step.
	Step(r *rand.Rand, s *State) (Info, error)
}

// A Tuner is a kernel that learns during warm-up. A run calls BeginWarmUp once,
// Tune after every step of the warm-up, and EndWarmUp before the first draw that
// counts; from there on the kernel is fixed, as the theory of Markov chains
// demands. Its binary form is all that was tuned and all that learning needs.
type Tuner interface {
	Kernel
	BeginWarmUp(steps int)
	// Tune learns from the step that led to s. It may change s where a change of
	// tuning asks for it, such as Aux, but not s.X.
	Tune(s *State, info Info) error
	EndWarmUp(s *State) error
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// A Starter is a kernel that can find an initial point better than a random one.
type Starter interface {
	// Start moves the finite point x of a chain that has not begun towards where
	// the mass is. It reports evaluations through the guard of the kernel.
	Start(r *rand.Rand, x []float64) error
}

// Hamiltonian marks kernels whose Info has the fields of Hamiltonian ones; their
// draws carry Stan's statistics of them.
type Hamiltonian interface {
	// MaxTreeDepth is the most doublings of a trajectory, 0 if it does not double.
	MaxTreeDepth() int
}

// A Describer is a kernel that tells in a few lines what it has been tuned to;
// the lines become comments of the chain's file. Those that have a form in
// CmdStan's files have it here: "Step size = 0.8", "Diagonal elements of inverse
// mass matrix:", "1, 0.5".
type Describer interface{ Describe() []string }

// An Assembly is a kernel whose state holds several walkers, each of which samples
// the target. Each makes a chain of the draws, so that a run of c chains of such a
// kernel gives c times as many, each of which must mix by itself to be found to
// have converged. A sampler whose walkers move slowly is a [Thinner], so that the
// draws of the many chains do not fill the memory.
type Assembly interface {
	Walkers() int
	// Walker returns where walker i stands, and its log density; they are valid
	// until the next step. Walker 0 is at s.X.
	Walker(s *State, i int) (x []float64, logDensity float64)
}

// A Sampler makes kernels. Its fields are the settings that a user may choose;
// the zero value is a good choice.
type Sampler interface {
	// Kernel returns a kernel for the target with memory of its own. The target
	// is one chain's: the run has cloned it. Settings that make no sense are a
	// [*belief.ConfigError].
	Kernel(t *Guard) (Kernel, error)
	// WarmUp is the number of steps of warm-up that a run has unless the user
	// says otherwise.
	WarmUp() int
}

// A Thinner is a sampler whose steps are so small a part of a draw that a run had
// better keep only some of them.
type Thinner interface {
	Sampler
	// Thin is the number of steps that make a draw unless the user says otherwise,
	// at least 1.
	Thin() int
}
