package density

import (
	"math"
	"sync"

	"github.com/belief-go/belief/internal/kernel"
)

// Exact scores in several dimensions: for each observation the leaves of the others
// that are within reach of its kernel, O(n²d) in the worst case.

// pairSums are Σ w K and Σ w (K∗K) over other observations, in units of their peaks
// for Gaussian kernels.
type pairSums struct {
	others, overlap float64
	room            leafRoom
}

// allPairSums keeps them between observations.
var allPairSums = sync.Pool{New: func() any { return new(pairSums) }}

// vectorPart returns the contribution of observation i.
func (v *validator) vectorPart(i int, h float64) float64 {
	var room [32]float64
	y := room[:0]
	for _, z := range v.z {
		y = append(y, z[i])
	}
	near, reach := v.shape.reach()
	if v.rule == Likelihood {
		reach = near
	}
	s := allPairSums.Get().(*pairSums)
	defer allPairSums.Put(s)
	s.others, s.overlap = 0, 0
	v.gather(0, i, y, h, reach*h, s)
	d, w := float64(len(v.z)), v.w[i]
	others := s.others / (1 - w)
	volume := math.Pow(h, d)
	if v.shape == Gaussian {
		if v.rule == LeastSquares {
			overlap := (s.overlap + w) * math.Exp(-d*(halfLog2Pi+0.5*math.Ln2))
			return w * (overlap - 2*others*math.Exp(-d*halfLog2Pi)) / volume
		}
		if others < 1e-290 {
			// Too far from all others for float64: about the kernel of the nearest
			// one, enough to tell that wider is better.
			return w * (0.5*v.nearest(i)/(h*h) + d*(halfLog2Pi+math.Log(h)) + math.Log(float64(len(v.w)-1)))
		}
		return w * (d*(halfLog2Pi+math.Log(h)) - math.Log(others))
	}
	if v.rule == LeastSquares {
		return w * (s.overlap + w*math.Pow(v.shape.overlap(0), d) - 2*others) / volume
	}
	return w * (d*math.Log(h) - math.Log(others))
}

// gather adds the observations of a node other than the own one, at y.
func (v *validator) gather(at, own int, y []float64, h, reach float64, s *pairSums) {
	c := v.cloud
	nd, box := c.tree.nodes[at], c.tree.boxes[2*len(y)*at:]
	far := 0.0
	for j, t := range y {
		u := max(0, box[2*j]-t, t-box[2*j+1])
		if far += u * u; u > reach {
			return
		}
	}
	if v.shape == Gaussian && far > reach*reach {
		return
	}
	if nd.left > 0 {
		v.gather(nd.left, own, y, h, reach, s)
		v.gather(nd.left+1, own, y, h, reach, s)
		return
	}
	for first := nd.first; first < nd.end; {
		end := min(nd.end, first+cloudLeaf)
		if own >= first && own < end {
			v.run(first, own, y, h, s)
			v.run(own+1, end, y, h, s)
		} else {
			v.run(first, end, y, h, s)
		}
		first = end
	}
}

// run adds up to cloudLeaf observations.
func (v *validator) run(first, end int, y []float64, h float64, s *pairSums) {
	c := v.cloud
	if v.shape == Gaussian {
		q := s.room[:end-first]
		c.squaresTo(q, y, first)
		scale := 0.5 / (h * h)
		s.others += kernel.DotExp(0, -scale, c.w[first:end], q)
		if v.rule == LeastSquares {
			s.overlap += kernel.DotExp(0, -0.5*scale, c.w[first:end], q)
		}
		return
	}
	for n := first; n < end; n++ {
		overlap, value := c.w[n], c.w[n]
		for j, t := range y {
			u := (t - c.z[j][n]) / h
			value *= v.shape.value(u)
			if v.rule == LeastSquares {
				overlap *= v.shape.overlap(u)
			} else {
				overlap = value
			}
			if overlap == 0 {
				break
			}
		}
		s.others += value
		s.overlap += overlap
	}
}

// nearest returns the least squared distance to another observation.
func (v *validator) nearest(i int) float64 {
	least := math.Inf(1)
	for j := range v.w {
		square := 0.0
		for _, z := range v.z {
			square += (z[i] - z[j]) * (z[i] - z[j])
		}
		if j != i {
			least = min(least, square)
		}
	}
	return least
}
