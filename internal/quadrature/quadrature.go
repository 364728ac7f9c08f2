package quadrature

import (
	"container/heap"
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// Adaptive integrates f over the panels between cuts, which increase, and halves the
// panel of the largest error until the errors sum to at most aim times the integral of
// |f|, or most panels have been halved. The second value estimates the error: three
// times the difference of the Kronrod rule of 15 points and the Gauss rule of 7. It is
// far too large where f is smooth, and about right where f has a corner.
func Adaptive(f func(x float64) float64, cuts []float64, aim float64, most int) (integral, wrong float64) {
	var q panels
	for k := 1; k < len(cuts); k++ {
		q = append(q, newPanel(f, cuts[k-1], cuts[k]))
	}
	if len(q) == 0 {
		return 0, 0
	}
	heap.Init(&q)
	sum := func() (integral, wrong, size float64) {
		var a careful.Accumulator
		for _, p := range q {
			a.Add(p.integral)
			wrong += p.wrong
			size += p.size
		}
		return a.Sum(), wrong, size
	}
	_, wrong, size := sum()
	for k := 0; k < most && wrong > aim*size && q[0].wrong > 0; k++ {
		worst := q[0]
		middle := 0.5 * (worst.from + worst.to)
		if middle <= worst.from || middle >= worst.to {
			q[0].wrong = 0 // as narrow as float64 has it
			heap.Fix(&q, 0)
			continue
		}
		left, right := newPanel(f, worst.from, middle), newPanel(f, middle, worst.to)
		q[0] = left
		heap.Fix(&q, 0)
		heap.Push(&q, right)
		wrong += left.wrong + right.wrong - worst.wrong
		size += left.size + right.size - worst.size
		if k%64 == 63 { // without what rounding has left behind
			_, wrong, size = sum()
		}
	}
	integral, wrong, _ = sum()
	return integral, wrong
}

// A panel is a part of an integral.
type panel struct{ from, to, integral, size, wrong float64 }

// newPanel applies both rules.
func newPanel(f func(x float64) float64, from, to float64) panel {
	center, width := 0.5*(from+to), 0.5*(to-from)
	value := f(center)
	p := panel{from: from, to: to, integral: rule[0].kronrod * value, size: rule[0].kronrod * math.Abs(value)}
	gauss := rule[0].gauss * value
	for _, node := range rule[1:] {
		below, above := f(center-width*node.x), f(center+width*node.x)
		p.integral += node.kronrod * (below + above)
		p.size += node.kronrod * (math.Abs(below) + math.Abs(above))
		gauss += node.gauss * (below + above)
	}
	p.integral, p.size, gauss = width*p.integral, width*p.size, width*gauss
	p.wrong = 3 * math.Abs(p.integral-gauss)
	return p
}

// panels is a heap with the most wrong one first.
type panels []panel

func (q panels) Len() int           { return len(q) }
func (q panels) Less(i, j int) bool { return q[i].wrong > q[j].wrong }
func (q panels) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *panels) Push(x any)        { *q = append(*q, x.(panel)) }
func (q *panels) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

// rule has the nodes and weights of Gauss and Kronrod with 7 and 15 points (Piessens
// et al. 1983, QUADPACK); the nodes other than the first stand for two.
var rule = [8]struct{ x, kronrod, gauss float64 }{
	{0, 0.209482141084727828012999174891714, 0.417959183673469387755102040816327},
	{0.207784955007898467600689403773245, 0.204432940075298892414161999234649, 0},
	{0.405845151377397166906606412076961, 0.190350578064785409913256402421014, 0.381830050505118944950369775488975},
	{0.586087235467691130294144691672770, 0.169004726639267902826583426598550, 0},
	{0.741531185599394439863864773280788, 0.140653259715525918745189590510238, 0.279705391489276667901467771423780},
	{0.864864423359769072789712788640926, 0.104790010322250183839876322541518, 0},
	{0.949107912342758524526189684047851, 0.063092092629978553290700663189204, 0.129484966168869693270611432679082},
	{0.991455371120812639206854697526329, 0.022935322010529224963732008058970, 0},
}
