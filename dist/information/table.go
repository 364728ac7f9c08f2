package information

import (
	"math"

	"github.com/belief-go/belief/dist/joint"
	"github.com/belief-go/belief/internal/careful"
)

// This file measures joint tables. Variables go by name; an unknown one is a
// [*belief.UnknownNameError], one that is named twice a [*joint.VariableError]. All are
// finite sums, exact up to rounding; mutual information is summed as a divergence, not
// as a difference of entropies, so that near independence keeps its digits.

// JointEntropy returns H(X, Y, …) of some variables, of all if none is named (Qiu 2019,
// equation E.5).
func JointEntropy(t *joint.Table, names ...string) (float64, error) {
	if len(names) == 0 {
		return entropy(t.Probs()), nil
	}
	g, err := gather(t, names)
	if err != nil {
		return 0, err
	}
	return entropy(g.p), nil
}

// ConditionalEntropy returns H(of | given), the mean entropy of what is left when the
// given variables are known (Qiu 2019, equation E.6).
func ConditionalEntropy(t *joint.Table, of, given []string) (float64, error) {
	g, err := gather(t, given, of)
	if err != nil {
		return 0, err
	}
	var sum careful.Accumulator
	for i := range g.size[0] {
		row := g.p[i*g.size[1] : (i+1)*g.size[1]]
		total := careful.Sum(row)
		for _, v := range row {
			if v > 0 {
				sum.Add(-v * logRatio(v, total))
			}
		}
	}
	return max(0, sum.Sum()), nil
}

// MutualInformation returns I(a; b), the divergence of the joint distribution of two
// sets of variables from the product of their marginals (Qiu 2019, equation E.9).
func MutualInformation(t *joint.Table, a, b []string) (float64, error) {
	return ConditionalMutualInformation(t, a, b, nil)
}

// ConditionalMutualInformation returns I(a; b | given), the mean over the given
// variables of the mutual information under each of their states.
func ConditionalMutualInformation(t *joint.Table, a, b, given []string) (float64, error) {
	g, err := gather(t, given, a, b)
	if err != nil {
		return 0, err
	}
	rows, cols := g.size[1], g.size[2]
	left, right := make([]careful.Accumulator, rows), make([]careful.Accumulator, cols)
	var sum careful.Accumulator
	for at := 0; at < len(g.p); at += rows * cols {
		part := g.p[at : at+rows*cols]
		clear(left)
		clear(right)
		for k, v := range part {
			left[k/cols].Add(v)
			right[k%cols].Add(v)
		}
		total := careful.Sum(part)
		if total == 0 {
			continue
		}
		for k, v := range part {
			l, r := left[k/cols].Sum(), right[k%cols].Sum()
			if l == 0 || r == 0 {
				continue
			}
			q := l / total * r
			switch {
			case v > 0 && (q < 1e-290 || math.Abs(v-q) > 0.5*q):
				sum.Add(v*(logRatio(v, l)-logRatio(r, total)) + (q - v))
			default:
				sum.Add(kullback.at(v, q, logRatio(v, q)))
			}
		}
	}
	return max(0, sum.Sum()), nil
}

// A gathering is a marginal table of groups of variables, each as one index.
type gathering struct {
	p    []float64
	size []int
}

func gather(t *joint.Table, groups ...[]string) (gathering, error) {
	g, axes := gathering{}, []int{}
	seen := make(map[string]bool)
	dims := t.Dims()
	for _, names := range groups {
		size := 1
		for _, name := range names {
			k, err := t.Index(name)
			if err != nil {
				return g, err
			}
			if seen[name] {
				return g, &joint.VariableError{Variable: name, Problem: "occurs twice"}
			}
			seen[name] = true
			axes = append(axes, k)
			size *= dims[k]
		}
		g.size = append(g.size, size)
	}
	g.p = t.MarginalTo(nil, axes...)
	return g, nil
}
