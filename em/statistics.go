package em

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// Statistics are what an E step makes of data: the expected sufficient statistics of a
// model, which are sums over the observations, and their log-likelihood. Those of shards
// are merged, and can be stored and sent.
type Statistics struct {
	// Kind says whose they are and of what shape; only those of one kind are merged.
	Kind string
	// Sums are the model's, in the order it likes.
	Sums []float64
	// LogLikelihood is the sum of the weighted log-likelihoods, in nats.
	LogLikelihood float64
	// Weight is the sum of the weights.
	Weight float64
	// Scratch is memory that the model keeps between calls. It is neither merged nor
	// stored, and stays with the model that made the statistics.
	Scratch any
}

// NewStatistics returns empty statistics with n sums.
func NewStatistics(kind string, n int) *Statistics {
	return &Statistics{Kind: kind, Sums: make([]float64, n)}
}

// Reset makes the statistics empty.
func (s *Statistics) Reset() {
	clear(s.Sums)
	s.LogLikelihood, s.Weight = 0, 0
}

// set makes the statistics a copy of others of the same model.
func (s *Statistics) set(other *Statistics) {
	copy(s.Sums, other.Sums)
	s.LogLikelihood, s.Weight = other.LogLikelihood, other.Weight
}

// Merge adds other statistics of the same kind; the error is a [*KindError].
func (s *Statistics) Merge(other *Statistics) error {
	if err := other.like(s.Kind, len(s.Sums)); err != nil {
		return err
	}
	kernel.Add(s.Sums, s.Sums, other.Sums)
	s.LogLikelihood += other.LogLikelihood
	s.Weight += other.Weight
	return nil
}

// like returns a [*KindError] unless the statistics are of this kind and so many sums.
func (s *Statistics) like(kind string, sums int) error {
	if s.Kind != kind || len(s.Sums) != sums {
		e := &KindError{s.Kind, kind}
		if s.Kind == kind {
			e.Kind, e.Want = fmt.Sprintf("%s, %d sums", s.Kind, len(s.Sums)), fmt.Sprintf("%s, %d sums", kind, sums)
		}
		return e
	}
	return nil
}

// Check says whether a model can maximize statistics: a [*KindError] if they are not of
// this kind and so many sums, a [*belief.ConfigError] if they are empty.
func (s *Statistics) Check(kind string, sums int) error {
	if err := s.like(kind, sums); err != nil {
		return err
	}
	if !(s.Weight > 0 && s.Weight <= math.MaxFloat64) {
		return &belief.ConfigError{Field: "Weight", Value: s.Weight, Want: "positive and finite, for something to be learnt"}
	}
	return nil
}

// Scale multiplies everything by c, as if every weight had been.
func (s *Statistics) Scale(c float64) {
	kernel.Scale(c, s.Sums, s.Sums)
	s.LogLikelihood *= c
	s.Weight *= c
}

// A KindError says that statistics, or a saved model, are of another kind.
type KindError struct {
	Kind, Want string
}

// Error names both.
func (e *KindError) Error() string {
	return fmt.Sprintf("em: %q where %q is wanted", e.Kind, e.Want)
}

const statisticsForm = "belief em statistics 1\n"

// MarshalBinary writes the statistics, exactly.
func (s *Statistics) MarshalBinary() ([]byte, error) {
	b := append([]byte(statisticsForm), binary.LittleEndian.AppendUint32(nil, uint32(len(s.Kind)))...)
	b = append(b, s.Kind...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(s.Sums)))
	for _, v := range append([]float64{s.LogLikelihood, s.Weight}, s.Sums...) {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary has written. The error is a
// [*belief.ParseError].
func (s *Statistics) UnmarshalBinary(b []byte) error {
	damaged := &belief.ParseError{Format: "statistics", Msg: "not what MarshalBinary writes"}
	rest := b
	take := func(n uint64) []byte {
		if uint64(len(rest)) < n {
			rest = nil
			return nil
		}
		part := rest[:n]
		rest = rest[n:]
		return part
	}
	if string(take(uint64(len(statisticsForm)))) != statisticsForm {
		return damaged
	}
	n := take(4)
	if n == nil {
		return damaged
	}
	length := uint64(binary.LittleEndian.Uint32(n))
	if uint64(len(rest)) < length+8 {
		return damaged
	}
	kind := string(take(length))
	if sums := binary.LittleEndian.Uint64(take(8)); sums > uint64(len(rest))/8 || uint64(len(rest)) != 8*(sums+2) {
		return damaged
	}
	next := func() float64 { return math.Float64frombits(binary.LittleEndian.Uint64(take(8))) }
	read := Statistics{Kind: kind, LogLikelihood: next(), Weight: next()}
	read.Sums = make([]float64, len(rest)/8)
	for i := range read.Sums {
		read.Sums[i] = next()
	}
	*s = read
	return nil
}
