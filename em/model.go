package em

import (
	"context"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A Model is one with latent variables that the engine fits: it holds parameters, which
// Maximize sets. D is what its observations come in: a [*Block] of rows or a
// [*SequenceBlock].
//
// A model that is to be checkpointed is also a json.Marshaler and a json.Unmarshaler,
// exact to the bit. The engine unmarshals into a model of the [Starter]'s making, and what
// the fit needs and JSON does not hold has to stay as it was made. What a model can do
// besides is in [HardModel], [Stepwise], [Bounded], [Prior], [Counted] and [Warner].
//
// Every start has a model and statistics of its own: what NewStatistics of one model made
// is never given to another, so that Scratch may hold what belongs to the model.
type Model[D any] interface {
	// NewStatistics returns empty statistics of the model's shape.
	NewStatistics() *Statistics
	// Expect is the E step of a block: it adds to s what its observations, each with its
	// weight, are expected to say under the parameters as they are, and their
	// log-likelihood. It is called concurrently, with different s.
	Expect(block D, s *Statistics) error
	// Maximize is the M step: it sets the parameters to those of which the statistics
	// are most probable. It may change s, which it is given alone. It fails, with the
	// parameters as they were, if there are none.
	Maximize(s *Statistics) error
}

// A HardModel can put all of an observation's weight on its most probable hidden state.
type HardModel[D any] interface {
	// ExpectHard is Expect with that state in place of the posterior, and with
	// log max_z p(x, z) in place of the log-likelihood.
	ExpectHard(block D, s *Statistics) error
}

// Stepwise is a model whose statistics of different parameters can be averaged, as
// stepwise EM does, when they are sums about one origin.
type Stepwise interface {
	// Origin returns what the sums are formed about under the parameters as they are, in
	// memory of its own; nil if that is the same for all parameters.
	Origin() []float64
	// Recentre makes sums about the present origin of sums about another one. It is not
	// called if that is nil.
	Recentre(s *Statistics, from []float64)
}

// Bounded is a model that knows its lower bound.
type Bounded interface {
	// Complete returns E_q log p(x, z | θ) of statistics, formed under these or the last
	// parameters, under the parameters as they are, up to a constant that does not depend
	// on them.
	Complete(s *Statistics) float64
}

// Prior is a model whose M step maximizes the posterior.
type Prior interface {
	// LogPrior returns log p(θ) of the parameters as they are, up to a constant.
	LogPrior() float64
}

// Counted is a model that knows the number of its free parameters.
type Counted interface {
	Parameters() int
}

// Warner is a model with something to say after the fit.
type Warner interface {
	Warnings() []belief.Warning
}

// Data are observations that a fit goes over again and again: [*Rows] or [*Sequences].
type Data[D any] interface {
	// Weight is the sum of the weights of all observations: rows or sequences. Data whose
	// observations are several rows each have a method Observations() float64 as well, the
	// weight of all rows, which is what BIC counts.
	Weight() float64
	// Each goes over all blocks. Block j belongs to slot j mod p.Slots; the blocks of a
	// slot come one after the other, those of different slots at the same time. An error
	// ends it.
	Each(ctx context.Context, p Pass, body func(slot int, block D) error) error
}

// A Pass says how data are gone over. The zero value is in their own order, one block of
// 512 rows after the other.
type Pass struct {
	Order   data.Order
	Slots   int // 0 means 1; results may depend on it
	Workers int // goroutines at most; 0 means all cores
	Rows    int // of a block, at most; 0 means 512, 8192 of sequences, which are whole, one at least
}

func (p Pass) withDefaults() Pass {
	if p.Slots == 0 {
		p.Slots = 1
	}
	if p.Rows == 0 {
		p.Rows = blockRows
	}
	return p
}

// blockRows is the usual number of rows in a block. It is part of what determines the
// bits of a result.
const blockRows = 512

// observations is the weight of all rows of data.
func observations[D any](d Data[D]) float64 {
	if o, ok := d.(interface{ Observations() float64 }); ok {
		return o.Observations()
	}
	return d.Weight()
}
