package information

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// This file finds where distributions have their mass: at their own quantiles, and at
// those of the components that a mixture or what is made of one has, which may be so
// narrow that no quantile of the whole comes near.

// ladder has minus the logarithms of the tail probabilities at whose quantiles the
// line is cut.
var ladder = []float64{math.Ln2, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 180, 256, 360, 512, 700}

// short is that of the components where there are many.
var short = []float64{math.Ln2, 2, 5.6, 16, 45}

const (
	manyPieces = 32
	mostPieces = 128 // of which each density costs so much that draws are the better way
)

// drawsOf is how many draws replace an integral or a sum: fewer if densities cost more.
func drawsOf(ds ...dist.Univariate) int {
	n := 0
	for _, d := range ds {
		n += len(pieces(d))
	}
	return max(4096, min(100000, 1<<22/n))
}

// eachCut calls add with quantiles of d and of its pieces, of which some may be
// infinite or NaN.
func eachCut(d dist.Univariate, add func(x float64)) {
	cutsOf(d, ladder, add)
	all := pieces(d)
	if len(all) == 1 {
		return
	}
	steps := ladder
	if len(all) > manyPieces {
		steps = short
	}
	for _, c := range all {
		cutsOf(c, steps, add)
	}
}

func cutsOf(d dist.Univariate, steps []float64, add func(x float64)) {
	for _, depth := range steps {
		add(d.Quantile(math.Exp(-depth)))
		if u, ok := d.(dist.UpperQuantiler); ok {
			add(u.UpperQuantile(math.Exp(-depth)))
		} else if depth < 36 {
			add(d.Quantile(-math.Expm1(-depth)))
		}
	}
}

// pieces returns the components of mixtures, of affine images of mixtures and of what
// truncates them, else the distribution itself.
func pieces(d dist.Univariate) []dist.Univariate {
	switch d := d.(type) {
	case dist.Mixture:
		var all []dist.Univariate
		weights := d.Weights()
		for k, c := range d.Components() {
			if weights[k] > 0 {
				all = append(all, pieces(c)...)
			}
		}
		return all
	case dist.Truncated: // of which only the part inside will be used
		if all := pieces(d.Base()); len(all) > 1 {
			return all
		}
	case dist.Affine:
		all := pieces(d.Base)
		for k, c := range all {
			all[k] = dist.Affine{Base: c, Shift: d.Shift, Scale: d.Scale}
		}
		return all
	}
	return []dist.Univariate{d}
}
