package quadrature

import (
	"container/heap"
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// Lattice sums f over the whole numbers from the first to the last of cuts, which are
// whole and increase. Stretches where f is smooth are summed by interpolation: of
// 16·2^k numbers, 17 are looked at. The stretch of the largest error is halved until the
// errors sum to at most aim times the sum of |f|, or most stretches have been halved;
// one of 16 numbers has no error. The second value estimates the error. It cannot see
// what repeats itself every few numbers, such as zeros at all odd ones.
//
// The interpolating polynomial of degree eight is summed exactly, by the formula of
// Euler and Maclaurin, and the error is the difference to that through every second
// point.
func Lattice(f func(x float64) float64, cuts []float64, aim float64, most int) (sum, wrong float64) {
	if len(cuts) == 0 {
		return 0, 0
	}
	var q panels
	var ends careful.Accumulator
	for k := 1; k < len(cuts); k++ {
		for x := cuts[k-1]; x < cuts[k]; {
			left := cuts[k] - x
			if left < 16 {
				ends.Add(f(x))
				x++
				continue
			}
			_, e := math.Frexp(left / 16)
			long := math.Ldexp(16, e-1)
			q = append(q, newStretch(f, x, long))
			x += long
		}
	}
	ends.Add(f(cuts[len(cuts)-1]))
	heap.Init(&q)
	total := func() (sum, wrong, size float64) {
		a := ends
		for _, p := range q {
			a.Add(p.integral)
			wrong += p.wrong
			size += p.size
		}
		return a.Sum(), wrong, size + math.Abs(ends.Sum())
	}
	_, wrong, size := total()
	for k := 0; k < most && len(q) > 0 && wrong > aim*size && q[0].wrong > 0; k++ {
		worst := q[0]
		long := 0.5 * (worst.to - worst.from)
		left, right := newStretch(f, worst.from, long), newStretch(f, worst.from+long, long)
		q[0] = left
		heap.Fix(&q, 0)
		heap.Push(&q, right)
		wrong += left.wrong + right.wrong - worst.wrong
		size += left.size + right.size - worst.size
		if k%64 == 63 || !(wrong > 0) { // without what rounding has left behind
			_, wrong, size = total()
		}
	}
	sum, wrong, _ = total()
	return sum, wrong
}

// newStretch sums over long = 16·2^k numbers from one on.
func newStretch(f func(x float64) float64, from, long float64) panel {
	p := panel{from: from, to: from + long}
	step := long / 16
	if step == 1 {
		var a careful.Accumulator
		for k := range 16 {
			v := f(from + float64(k))
			a.Add(v)
			p.size += math.Abs(v)
		}
		p.integral = a.Sum()
		return p
	}
	var v [17]float64
	for k := range v {
		v[k] = f(from + float64(k)*step)
		p.size += step * math.Abs(v[k])
	}
	p.integral = stride(&v, 0, 1, step) + stride(&v, 8, 1, step)
	p.wrong = math.Abs(p.integral - stride(&v, 0, 2, 2*step))
	return p
}

// stride sums over 8h numbers, of which v has every h-th from at on, every apart, and
// the one after.
func stride(v *[17]float64, at, every int, h float64) float64 {
	sum := 0.5 * (v[at] - v[at+8*every])
	for j := range 5 {
		both := v[at+j*every]
		if j < 4 {
			both += v[at+(8-j)*every]
		}
		w := &bernoulli[j]
		sum += both * (h*w[0] - (w[1]+(w[2]+(w[3]+w[4]/(h*h))/(h*h))/(h*h))/h)
	}
	return sum
}

// bernoulli has, for each of nine points and its mirror image, the weights of the
// integral, and of the difference of each odd derivative at both ends times B_2k/(2k)!,
// of the polynomial through them, with signs as in stride.
var bernoulli = [5][5]float64{
	{3956. / 14175, -199. / 840, 359. / 21600, -29. / 45360, 1. / 151200},
	{23552. / 14175, 16. / 21, -71. / 675, 11. / 2268, -1. / 18900},
	{-3712. / 14175, -14. / 9, 1673. / 5400, -37. / 2268, 1. / 5400},
	{41984. / 14175, 112. / 45, -377. / 675, 361. / 11340, -1. / 2700},
	{-3632. / 2835, -35. / 12, 1457. / 2160, -179. / 4536, 1. / 2160},
}
