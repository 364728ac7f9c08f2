package mcmc

import (
	"encoding/binary"
	"errors"
	"math"
)

// The binary form of what was tuned: eight bytes for every number, in the order
// of [hamiltonian.code].

// A coder reads or writes numbers, so that one list of fields serves both ways.
type coder struct {
	data    []byte
	reading bool
	err     error
}

var errTuning = errors.New("mcmc: the saved tuning is damaged, or that of another kernel")

func (c *coder) float(x *float64) {
	switch {
	case !c.reading:
		c.data = binary.LittleEndian.AppendUint64(c.data, math.Float64bits(*x))
	case len(c.data) < 8:
		c.err = errTuning
	default:
		*x = math.Float64frombits(binary.LittleEndian.Uint64(c.data))
		c.data = c.data[8:]
	}
}

// whole codes a number from 0 to most.
func (c *coder) whole(x *int, most int) {
	f := float64(*x)
	if c.float(&f); c.reading {
		if !(f >= 0 && f <= float64(most) && f == math.Trunc(f)) {
			c.err = errTuning
			f = 0
		}
		*x = int(f)
	}
}

// floats codes a slice whose length is a multiple of unit.
func (c *coder) floats(x *[]float64, unit int) {
	n := len(*x)
	c.whole(&n, math.MaxInt32)
	if c.reading {
		if c.err != nil || n > len(c.data)/8 || unit == 0 && n > 0 || unit > 0 && n%unit != 0 {
			c.err = errTuning
			return
		}
		*x = make([]float64, n)
	}
	for i := range *x {
		c.float(&(*x)[i])
	}
}

// tuned is all that a Hamiltonian kernel has learnt and learns with.
type tuned struct {
	eps                    float64
	average                stepTuner
	warming, scaled        int
	time, total, next      int
	turns                  turns
	draws, grads           []float64
	scale, values, vectors []float64
}

func (t *tuned) code(c *coder, n int) {
	version, dim := 1, n
	c.whole(&version, 1)
	c.whole(&dim, math.MaxInt32)
	if version != 1 || dim != n {
		c.err = errTuning
		return
	}
	a := &t.average
	for _, x := range []*float64{&t.eps, &a.log, &a.mean, &a.count, &a.first, &a.short} {
		c.float(x)
	}
	c.whole(&t.warming, 1)
	c.whole(&t.scaled, 1)
	u := &t.turns
	for _, x := range []*int{&t.time, &t.total, &t.next, &u.minDepth, &u.steps, &u.leapfrogs, &u.divergent, &u.rough, &u.hopeless, &u.careful} {
		c.whole(x, math.MaxInt32)
	}
	for _, x := range []*[]float64{&t.draws, &t.grads, &t.scale, &t.vectors} {
		c.floats(x, n)
	}
	c.floats(&t.values, 1)
}

// MarshalBinary implements [encoding.BinaryMarshaler].
func (k *hamiltonian) MarshalBinary() ([]byte, error) {
	t := tuned{k.eps, k.average, toInt(k.warming), toInt(k.scaled), k.time, k.total, k.next, k.turns, k.draws, k.grads,
		k.metric.scale, k.metric.values, k.metric.vectors}
	var c coder
	t.code(&c, k.metric.n)
	return c.data, c.err
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]. What is not the form
// of a kernel of the same dimension changes nothing.
func (k *hamiltonian) UnmarshalBinary(data []byte) error {
	var t tuned
	c := coder{data: data, reading: true}
	n := k.metric.n
	if t.code(&c, n); c.err != nil {
		return c.err
	}
	if len(c.data) > 0 || len(t.grads) != len(t.draws) || len(t.scale) != n || len(t.values) > n ||
		len(t.vectors) != len(t.values)*n || !(t.eps >= 0 && t.eps <= math.MaxFloat64) {
		return errTuning
	}
	for _, x := range [][]float64{t.scale, t.values} {
		for _, x := range x {
			if !(x > 0 && x <= math.MaxFloat64) {
				return errTuning
			}
		}
	}
	for _, x := range t.vectors {
		if !(math.Abs(x) <= 2) { // they are of length 1
			return errTuning
		}
	}
	k.eps, k.average, k.warming, k.scaled = t.eps, t.average, t.warming == 1, t.scaled == 1
	k.time, k.total, k.next, k.turns, k.draws, k.grads = t.time, t.total, t.next, t.turns, t.draws, t.grads
	k.metric.set(t.scale, t.values, t.vectors)
	return nil
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
