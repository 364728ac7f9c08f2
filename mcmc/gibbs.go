package mcmc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
)

// A Block is a set of coordinates that [Gibbs] updates together, given all
// others, in exactly one of three ways.
type Block struct {
	// Of are the coordinates, counted from 0.
	Of []int
	// Draw draws the coordinates from their full conditional, given the others in
	// x, and writes them to dst in the order of Of. It must leave x alone and be
	// safe for concurrent use. Whether the conditional is that of the target
	// nobody checks, but a draw where the target has density zero is an error.
	// Where the first values may lie is not known: if not everywhere in (−2, 2),
	// as of discrete coordinates, give Config.Start.
	Draw func(dst []float64, r *rand.Rand, x []float64) error
	// Values are the values that each of the coordinates can take, such as 0 and
	// 1. The block is drawn from its full conditional, which is found by
	// evaluating the target at all combinations of them. A chain that finds its
	// own start begins at some of them.
	Values []float64
	// Sampler updates the block by a step of its kernel with the conditional
	// density as target, which is Metropolis-within-Gibbs if that is Metropolis
	// (Tierney 1994, section 2.4). The block has a gradient if the target has.
	Sampler Sampler
}

// A Scan is the order in which [Gibbs] visits its blocks.
type Scan int

// The scans.
const (
	// SystematicScan visits the blocks in their order, as the book has it (Qiu
	// Xipeng 2019, equations 11.65 to 11.70). Each update has detailed balance;
	// their product leaves the target invariant but is not reversible.
	SystematicScan Scan = iota
	// RandomScan visits as many blocks as there are, each time one of them
	// picked with equal probability. The chain is reversible if all updates are.
	RandomScan
)

var scanNames = []string{"systematic", "random"}

// String gives the name.
func (s Scan) String() string {
	if s < 0 || int(s) >= len(scanNames) {
		return fmt.Sprintf("Scan(%d)", int(s))
	}
	return scanNames[s]
}

// MarshalText writes the name.
func (s Scan) MarshalText() ([]byte, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	return []byte(scanNames[s]), nil
}

// UnmarshalText reads the name.
func (s *Scan) UnmarshalText(text []byte) error {
	i := slices.Index(scanNames, string(text))
	if i < 0 {
		return &belief.UnknownNameError{Kind: "scan", Name: string(text), Suggestions: scanNames}
	}
	*s = Scan(i)
	return nil
}

func (s Scan) validate() error {
	if s < 0 || int(s) >= len(scanNames) {
		return &belief.ConfigError{Field: "Scan", Value: int(s), Want: "SystematicScan or RandomScan"}
	}
	return nil
}

// Gibbs updates blocks of coordinates in turn, each given all the others (Geman &
// Geman 1984; Gelfand & Smith 1990): by draws from full conditionals, by
// enumeration, or by steps of other samplers, so that discrete coordinates, which
// are whole numbers, and continuous ones can be mixed. A full conditional is a
// Metropolis–Hastings proposal that is always accepted. A step visits as many
// blocks as there are; warm-up tunes the samplers of the blocks.
//
// Blocks that depend on each other strongly make the chain slow, and impossible
// combinations may cut the space into parts between which it never moves.
//
// A step evaluates the target once at the end, for the state, beside what the
// blocks ask for: K^m times for a block of m coordinates with K values each, and
// as often as its kernel does for a sampler.
type Gibbs struct {
	Blocks []Block // must cover all coordinates; blocks may overlap
	Scan   Scan
}

// WarmUp is the longest that a block's sampler asks for, at least 500 steps.
func (g Gibbs) WarmUp() int {
	n := 500
	for _, b := range g.Blocks {
		if b.Sampler != nil {
			n = max(n, b.Sampler.WarmUp())
		}
	}
	return n
}

// mostCombinations is how many combinations of values of a block are enumerated.
const mostCombinations = 1 << 20

// Kernel implements [Sampler]. Samplers whose kernels carry more than the point
// from step to step, as [Ensemble] and [Tempering] do, cannot update a block,
// because what they carry would not be conditional on the others any more; that
// is a [*belief.ConfigError] too, mostly of Init.
func (g Gibbs) Kernel(t *Guard) (Kernel, error) {
	n := t.Dim()
	if err := g.Scan.validate(); err != nil {
		return nil, err
	}
	k := &gibbs{target: t, random: g.Scan == RandomScan, x: make([]float64, n), start: make([]float64, n)}
	covered := make([]bool, n)
	for i, b := range g.Blocks {
		bad := func(field string, value any, want string) error {
			return &belief.ConfigError{Field: fmt.Sprintf("Blocks[%d]%s", i, field), Value: value, Want: want}
		}
		if len(b.Of) == 0 {
			return nil, bad(".Of", b.Of, "one coordinate or more")
		}
		in := make([]bool, n)
		for _, c := range b.Of {
			if c < 0 || c >= n || in[c] {
				return nil, bad(".Of", c, fmt.Sprintf("between 0 and %d, and there once", n-1))
			}
			in[c], covered[c] = true, true
		}
		ways := flag(b.Draw != nil) + flag(b.Values != nil) + flag(b.Sampler != nil)
		if ways != 1 {
			return nil, bad("", fmt.Sprintf("given %v ways of updating", ways), "given exactly one of Draw, Values and Sampler")
		}
		u, err := newUpdate(k, b)
		if e := (*belief.ConfigError)(nil); errors.As(err, &e) {
			return nil, bad("."+e.Field, e.Value, e.Want)
		}
		if err != nil {
			return nil, err
		}
		k.blocks = append(k.blocks, u)
	}
	for c, ok := range covered {
		if !ok {
			return nil, &belief.ConfigError{Field: "Blocks", Value: fmt.Sprintf("without coordinate %d", c), Want: "such that every coordinate is in one"}
		}
	}
	return k, nil
}

// gibbs is the kernel of Gibbs.
type gibbs struct {
	target   *Guard
	random   bool
	blocks   []update
	x        []float64 // the point that views of the target look at
	start    []float64 // of the step
	density  float64   // at x, if it is known
	known    bool
	learning bool
}

// An update is a block at work on k.x. It either finds the density of the new
// point or says that it is not known.
type update interface {
	step(r *rand.Rand, k *gibbs) (Info, error)
	kernel() Kernel // nil if it has none
}

// A placer is a kernel that knows of coordinates which values they can have.
type placer interface {
	// place moves such coordinates of the random point x, which may lie where the
	// target cannot be evaluated, to random values of theirs.
	place(r *rand.Rand, x []float64)
}

func (k *gibbs) place(r *rand.Rand, x []float64) {
	for _, b := range k.blocks {
		switch b := b.(type) {
		case *enumerated:
			for _, c := range b.of {
				x[c] = b.values[int(r.Float64()*float64(len(b.values)))]
			}
		case *within:
			if p, ok := b.inner.(placer); ok {
				part := make([]float64, len(b.of))
				for i, c := range b.of {
					part[i] = x[c]
				}
				p.place(r, part)
				for i, c := range b.of {
					x[c] = part[i]
				}
			}
		}
	}
}

// Init implements [Kernel].
func (k *gibbs) Init(s *State) error {
	if err := evaluate(k.target, s); err != nil {
		return err
	}
	copy(k.x, s.X)
	k.density, k.known = s.LogDensity, true
	for _, b := range k.blocks {
		if b, ok := b.(*within); ok {
			if err := b.begin(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// Step implements [Kernel]. Accept is the mean of the blocks'; the Leapfrogs are
// those of all.
func (k *gibbs) Step(r *rand.Rand, s *State) (Info, error) {
	copy(k.x, s.X)
	copy(k.start, s.X)
	k.density, k.known = s.LogDensity, true
	var all Info
	for i := range k.blocks {
		if k.random {
			i = int(r.Float64() * float64(len(k.blocks)))
		}
		info, err := k.blocks[i].step(r, k)
		if err != nil {
			return Info{}, err
		}
		all.Accept += info.Accept / float64(len(k.blocks))
		all.Leapfrogs += info.Leapfrogs
		all.Divergent = all.Divergent || info.Divergent
		all.Depth = max(all.Depth, info.Depth)
	}
	if err := k.find(); err != nil {
		return Info{}, err
	}
	if math.IsInf(k.density, -1) {
		return Info{}, proposalError(k.start, k.x, errImpossible)
	}
	copy(s.X, k.x)
	s.LogDensity = k.density
	return all, nil
}

// errImpossible is the cause of a ProposalError.
var errImpossible = errors.New("a full conditional drew a point at which the target has density zero")

// find sees to it that the density at x is known.
func (k *gibbs) find() (err error) {
	if !k.known {
		k.density, err = k.target.LogDensity(k.x)
		k.known = err == nil
	}
	return err
}

// BeginWarmUp implements [Tuner].
func (k *gibbs) BeginWarmUp(steps int) {
	k.learning = true
	for _, b := range k.blocks {
		if t, ok := b.kernel().(Tuner); ok {
			t.BeginWarmUp(steps)
		}
	}
}

// Tune implements [Tuner]. Blocks learn within the step, where their states are.
func (k *gibbs) Tune(*State, Info) error { return nil }

// EndWarmUp implements [Tuner].
func (k *gibbs) EndWarmUp(s *State) error {
	k.learning = false
	copy(k.x, s.X)
	k.density, k.known = s.LogDensity, true
	for _, b := range k.blocks {
		b, ok := b.(*within)
		if !ok {
			continue
		}
		if t, ok := b.inner.(Tuner); ok {
			if err := b.begin(k); err != nil {
				return err
			}
			if err := t.EndWarmUp(&b.state); err != nil {
				return err
			}
		}
	}
	return nil
}

// MarshalBinary implements [Tuner].
func (k *gibbs) MarshalBinary() ([]byte, error) {
	data := appendNumbers(nil, []float64{flag(k.learning)})
	var err error
	for _, b := range k.blocks {
		if data, err = appendPart(data, b.kernel()); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// UnmarshalBinary implements [Tuner].
func (k *gibbs) UnmarshalBinary(data []byte) error {
	learning := []float64{0}
	data, err := readNumbers(data, learning)
	for _, b := range k.blocks {
		if err != nil {
			return err
		}
		data, err = readPart(data, b.kernel())
	}
	k.learning = learning[0] != 0
	if err == nil {
		err = readAllNumbers(data)
	}
	return err
}

// Describe implements [Describer].
func (k *gibbs) Describe() (lines []string) {
	for i, b := range k.blocks {
		if d, ok := b.kernel().(Describer); ok {
			for _, line := range d.Describe() {
				lines = append(lines, fmt.Sprintf("Block %d: %s", i, line))
			}
		}
	}
	return lines
}
