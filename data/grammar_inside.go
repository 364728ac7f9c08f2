package data

// The probability of a sentence, summed over all its derivations.

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"gonum.org/v1/gonum/mat"
)

// insideRules are the rules in the form that the inside algorithm wants: at most two on
// the right, and none that become nothing. Nodes are the symbols, and what is left of
// longer right sides; a word number w stands as −1−w.
type insideRules struct {
	nodes  int
	binary []binaryRule
	words  [][]wordRule // that become the word, by its number
	work   int          // for the chains of one cell of the table
	chains []chain      // of nodes that become each other, in an order that closes them
}

type binaryRule struct {
	from, left, right int
	logP              float64
}

type wordRule struct {
	from int
	logP float64
}

// A chain is a node, or several that become each other in a circle.
type chain struct {
	nodes  []int
	outer  []binaryRule // to other nodes: right is not used
	circle [][]float64  // (I−U)⁻¹ of the circle, logarithms; nil for a node alone
}

// newInside splits long right sides, and moves the probability of empty parts into
// rules with one on the right, as do Stolcke (1995) and others.
func (g *Grammar) newInside() *insideRules {
	in := &insideRules{nodes: len(g.symbols), words: make([][]wordRule, len(g.words))}
	empty := append([]float64(nil), g.empty...)
	vanishing := func(x int) float64 {
		if x < 0 {
			return 0
		}
		return empty[x]
	}
	unit := map[[2]int]float64{}
	for _, r := range g.rules {
		p, from, right := r.p, r.left, r.right
		for ; len(right) > 1; right = right[1:] {
			rest := right[1]
			if len(right) > 2 { // a node of its own
				rest = in.nodes
				in.nodes++
				none := 1.0
				for _, x := range right[1:] {
					none *= vanishing(x)
				}
				empty = append(empty, none)
			}
			in.binary = append(in.binary, binaryRule{from, right[0], rest, math.Log(p)})
			if e := vanishing(rest); e > 0 {
				unit[[2]int{from, right[0]}] += p * e
			}
			if e := vanishing(right[0]); e > 0 {
				unit[[2]int{from, rest}] += p * e
			}
			from, p = rest, 1
		}
		if len(right) == 1 && len(r.right) == 1 {
			unit[[2]int{from, right[0]}] += p
		}
	}
	next := make([][]int, in.nodes)
	edges := slices.SortedFunc(maps.Keys(unit), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	for _, edge := range edges {
		if from, to := edge[0], edge[1]; to < 0 {
			in.words[-1-to] = append(in.words[-1-to], wordRule{from, math.Log(unit[edge])})
		} else {
			next[from] = append(next[from], to)
		}
	}
	for _, part := range components(in.nodes, func(i int) []int { return next[i] }) {
		if len(part) > maxCircle {
			return nil
		}
		c := chain{nodes: part}
		place := map[int]int{}
		for k, i := range part {
			place[i] = k
		}
		inner := mat.NewDense(len(part), len(part), nil)
		closed := false
		for k, i := range part {
			inner.Set(k, k, 1)
			for _, j := range next[i] {
				p := unit[[2]int{i, j}]
				if l, inside := place[j]; inside {
					closed = true
					inner.Set(k, l, inner.At(k, l)-p)
				} else {
					c.outer = append(c.outer, binaryRule{from: i, left: j, logP: math.Log(p)})
				}
			}
		}
		if closed {
			var inverse mat.Dense
			_ = inverse.Inverse(inner) // the radius is below that of the means, below 1
			for k := range part {
				row := make([]float64, len(part))
				for l := range row {
					row[l] = math.Log(max(0, inverse.At(k, l)))
				}
				c.circle = append(c.circle, row)
			}
		}
		in.work += len(c.outer) + len(c.circle)*len(c.circle)
		if c.outer != nil || closed {
			in.chains = append(in.chains, c)
		}
	}
	return in
}

const (
	maxCircle      = 1000    // nodes that become each other
	maxInsideWork  = 1e9     // additions of logarithms
	maxInsideTable = 1 << 27 // entries: a gibibyte
)

// LogProb returns the logarithm of the probability that the grammar writes the
// sentence, in nats, over all derivations, by the inside algorithm (Baker 1979): −Inf
// if it cannot. The cost is cubic in the number of words; sentences that would take
// more than some seconds, or a gibibyte, are a [*belief.ConfigError].
func (g *Grammar) LogProb(sentence []string) (float64, error) {
	n := len(sentence)
	if n == 0 {
		return math.Log(g.empty[0]), nil
	}
	in := g.inside()
	size := float64(n)
	if in == nil || size*size/2*(size/3*float64(len(in.binary))+float64(in.work)) > maxInsideWork ||
		size*(size+1)*float64(in.nodes) > maxInsideTable {
		return 0, &belief.ConfigError{Field: "sentence", Value: fmt.Sprintf("one of %d words", n), Want: "shorter, for a grammar of this size"}
	}
	words := make([]int, n)
	for i, w := range sentence {
		k, known := g.wordIndex[w]
		if !known {
			return math.Inf(-1), nil
		}
		words[i] = -1 - k
	}
	table := make([]float64, n*(n+1)*in.nodes)
	cell := func(i, j int) []float64 { // of the words from i up to but not including j
		return table[(i*(n+1)+j)*in.nodes:][:in.nodes]
	}
	scratch := make([]float64, in.nodes)
	for span := 1; span <= n; span++ {
		for i := 0; i+span <= n; i++ {
			j := i + span
			to := cell(i, j)
			for k := range to {
				to[k] = math.Inf(-1)
			}
			if span == 1 {
				for _, r := range in.words[-1-words[i]] {
					to[r.from] = careful.LogAdd(to[r.from], r.logP)
				}
			} else {
				for _, r := range in.binary {
					switch {
					case r.left < 0 && r.right < 0:
						if span == 2 && words[i] == r.left && words[i+1] == r.right {
							to[r.from] = careful.LogAdd(to[r.from], r.logP)
						}
					case r.left < 0:
						if words[i] == r.left {
							to[r.from] = careful.LogAdd(to[r.from], r.logP+cell(i+1, j)[r.right])
						}
					case r.right < 0:
						if words[j-1] == r.right {
							to[r.from] = careful.LogAdd(to[r.from], r.logP+cell(i, j-1)[r.left])
						}
					default:
						for k := i + 1; k < j; k++ {
							if left := cell(i, k)[r.left]; left > math.Inf(-1) {
								to[r.from] = careful.LogAdd(to[r.from], r.logP+left+cell(k, j)[r.right])
							}
						}
					}
				}
			}
			for _, c := range in.chains {
				for _, r := range c.outer {
					to[r.from] = careful.LogAdd(to[r.from], r.logP+to[r.left])
				}
				if c.circle == nil {
					continue
				}
				for k, row := range c.circle {
					sum := math.Inf(-1)
					for l, v := range row {
						sum = careful.LogAdd(sum, v+to[c.nodes[l]])
					}
					scratch[k] = sum
				}
				for k, i := range c.nodes {
					to[i] = scratch[k]
				}
			}
		}
	}
	return min(0, cell(0, n)[0]), nil
}
