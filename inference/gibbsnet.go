package inference

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// A gibbsNet is a space compiled for Gibbs sampling. A variable whose neighbours
// have few joint states has its full conditional in a table with a row for each of
// them; where the current row begins is kept up to date as neighbours change, so
// that an update is one look-up. Other variables multiply the columns of their
// factors, whose offsets are kept in the same way.
type gibbsNet struct {
	s      *space
	sites  []site
	blocks []block
	// pos has one entry for every site with a table, where its row begins, and
	// one for every factor that is looked at directly, its offset.
	numPos  int
	partPos []int    // of each part, −1 if none needs it
	moves   [][]move // by variable: what changes with it
	axes    [][]move // by position: variable and stride, to start with
	width   int      // recorded probabilities
	most    int      // states of a variable
	words   float64  // float64s in tables
	scratch int
}

// A move is a stride at a position, or of a variable.
type move struct{ at, stride int }

// A site is a free variable.
type site struct {
	v, k   int
	table  []float64 // rows of k−1 cumulated probabilities, then k probabilities
	pos    int       // of its row
	width  int       // of a row
	terms  []term
	asked  []int // parts without a table
	prior  []float64
	record int       // position of its first recorded probability, −1 if it is no target
	spread []float64 // by state: how far its probabilities in the table lie apart; nil for no table
}

// A term is a factor of a site: its column begins at pos less what the variable
// itself adds.
type term struct {
	values      []float64
	pos, stride int
}

// A block is a set of variables drawn together. Configuration c puts variable
// vars[j] into state states[c·len(vars)+j].
type block struct {
	vars   []int
	n      int
	states []int
	prior  []float64 // by configuration
	parts  []blockPart
	asked  []int
}

type blockPart struct {
	values  []float64
	pos     int
	strides []int // of the block's variables
	deltas  []int // by configuration
}

// Tables of full conditionals take at most this many float64s, each and together.
const (
	mostConditional  = 1 << 16
	mostConditionals = 1 << 22
)

func newGibbsNet(s *space, blocks [][]int) *gibbsNet {
	n := len(s.size)
	g := &gibbsNet{s: s, partPos: make([]int, len(s.parts)), moves: make([][]move, n), scratch: len(s.scratch())}
	for i := range g.partPos {
		g.partPos[i] = -1
	}
	target := make([]bool, n)
	for _, v := range s.p.targets {
		target[v] = true
	}
	for v := range n {
		if !s.free(v) {
			continue
		}
		k := len(s.domain[v])
		g.most = max(g.most, k)
		st := site{v: v, k: k, width: 2*k - 1, prior: s.prior[v], record: -1}
		if target[v] {
			st.record = g.width
			g.width += k
		}
		if !g.tabulate(&st) {
			g.multiply(&st)
		}
		g.sites = append(g.sites, st)
	}
	for _, vars := range blocks {
		g.addBlock(vars)
	}
	return g
}

// newPos makes a position that changes with the given variables.
func (g *gibbsNet) newPos(axes []move) int {
	at := g.numPos
	g.numPos++
	g.axes = append(g.axes, axes)
	for _, a := range axes {
		g.moves[a.at] = append(g.moves[a.at], move{at, a.stride})
	}
	return at
}

// offsetOf returns the position that holds the offset of a part.
func (g *gibbsNet) offsetOf(i int) int {
	if g.partPos[i] < 0 {
		var axes []move
		for k, v := range g.s.parts[i].vars {
			axes = append(axes, move{v, g.s.parts[i].strides[k]})
		}
		g.partPos[i] = g.newPos(axes)
	}
	return g.partPos[i]
}

// multiply lets a site compute its conditional when it is wanted.
func (g *gibbsNet) multiply(st *site) {
	for _, i := range g.s.of[st.v] {
		pt := &g.s.parts[i]
		if pt.values == nil {
			st.asked = append(st.asked, i)
			continue
		}
		st.terms = append(st.terms, term{pt.values, g.offsetOf(i), pt.strides[index(pt.vars, st.v)]})
	}
}

func index(list []int, v int) int {
	for i, x := range list {
		if x == v {
			return i
		}
	}
	return -1
}

// tabulate computes the table of a site, if it is small.
func (g *gibbsNet) tabulate(st *site) bool {
	s := g.s
	var around []int // free neighbours
	rows := 1.0
	for _, i := range s.of[st.v] {
		if s.parts[i].values == nil {
			return false
		}
		for _, u := range s.parts[i].vars {
			if u != st.v && s.free(u) && index(around, u) < 0 {
				around = append(around, u)
				if rows *= float64(len(s.domain[u])); rows*float64(st.width) > mostConditional {
					return false
				}
			}
		}
	}
	size := rows * float64(st.width)
	if g.words+size > mostConditionals {
		return false
	}
	g.words += size
	st.table = make([]float64, int(size))
	// Columns of the parts at the first row, and what each neighbour adds.
	of := s.of[st.v]
	at, own := make([]int, len(of)), make([]int, len(of))
	steps := make([][]int, len(around))
	for a := range steps {
		steps[a] = make([]int, len(of))
	}
	x := s.start()
	for j, i := range of {
		for k, u := range s.parts[i].vars {
			stride := s.parts[i].strides[k]
			if u == st.v {
				own[j] = stride
			} else if a := index(around, u); a >= 0 {
				steps[a][j] = stride
			} else {
				at[j] += x[u] * stride
			}
		}
	}
	axes := make([]move, len(around))
	stride := st.width
	for a := len(around) - 1; a >= 0; a-- {
		axes[a] = move{around[a], stride}
		stride *= len(s.domain[around[a]])
	}
	st.pos = g.newPos(axes)
	pick := make([]int, len(around))
	weights := make([]float64, st.k)
	for r := 0; ; r += st.width {
		for q := range weights {
			weights[q] = 1
			if st.prior != nil {
				weights[q] = st.prior[q]
			}
		}
		for j, i := range of {
			values := s.parts[i].values
			for q := range weights {
				weights[q] *= values[at[j]+q*own[j]]
			}
		}
		if sum := total(weights); !(sum > tiny) && sum < math.Inf(1) {
			logRow(weights, func(q int) float64 {
				l := 0.0
				if st.prior != nil {
					l = careful.Log(st.prior[q])
				}
				for j, i := range of {
					l += careful.Log(s.parts[i].values[at[j]+q*own[j]])
				}
				return l
			})
		}
		fillRow(st.table[r:r+st.width], weights)
		a := len(around) - 1
		for ; a >= 0; a-- {
			if pick[a]++; pick[a] < len(s.domain[around[a]]) {
				for j := range at {
					at[j] += steps[a][j]
				}
				break
			}
			for j := range at {
				at[j] -= (pick[a] - 1) * steps[a][j]
			}
			pick[a] = 0
		}
		if a < 0 {
			break
		}
	}
	st.spread = make([]float64, st.k)
	for q := range st.spread {
		low, high := 1.0, 0.0
		for r := 0; r < len(st.table); r += st.width {
			p := st.table[r+st.k-1+q]
			low, high = min(low, p), max(high, p)
		}
		st.spread[q] = high - low
	}
	return true
}

// tiny is a sum of products below which they are computed again by logarithms.
const tiny = 1e-200

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}

// logRow sets weights to the exponentials of logarithms less the largest.
func logRow(weights []float64, log func(q int) float64) {
	peak := math.Inf(-1)
	for q := range weights {
		weights[q] = log(q)
		peak = max(peak, weights[q])
	}
	for q := range weights {
		if weights[q] = math.Exp(weights[q] - peak); math.IsInf(peak, -1) {
			weights[q] = 0 // no state is possible here, and no chain ever is
		}
	}
}

// fillRow turns weights into a row: cumulated probabilities, one from the last
// possible state on, so that no other is ever drawn, and probabilities.
func fillRow(row, weights []float64) {
	k := len(weights)
	sum := total(weights)
	cum, probs := row[:k-1], row[k-1:]
	if sum == 0 {
		clear(row)
		return
	}
	last := 0
	for q, w := range weights {
		probs[q] = w / sum
		if w > 0 {
			last = q
		}
	}
	running := 0.0
	for q := range cum {
		running += weights[q]
		if cum[q] = running / sum; q >= last {
			cum[q] = 1
		}
	}
}

// addBlock compiles a block.
func (g *gibbsNet) addBlock(vars []int) {
	s := g.s
	b := block{vars: vars}
	s.each(vars, func(x []int) bool {
		b.states = append(b.states, x...)
		w := 1.0
		for j, v := range vars {
			if s.prior[v] != nil {
				w *= s.prior[v][x[j]]
			}
		}
		b.prior = append(b.prior, w)
		b.n++
		return true
	})
	seen := map[int]bool{}
	for _, v := range vars {
		for _, i := range s.of[v] {
			if seen[i] {
				continue
			}
			seen[i] = true
			pt := &s.parts[i]
			if pt.values == nil {
				b.asked = append(b.asked, i)
				continue
			}
			bp := blockPart{values: pt.values, pos: g.offsetOf(i), strides: make([]int, len(vars)), deltas: make([]int, b.n)}
			for j, v := range vars {
				if k := index(pt.vars, v); k >= 0 {
					bp.strides[j] = pt.strides[k]
				}
			}
			for c := range b.n {
				for j := range vars {
					bp.deltas[c] += b.states[c*len(vars)+j] * bp.strides[j]
				}
			}
			b.parts = append(b.parts, bp)
		}
	}
	g.blocks = append(g.blocks, b)
}
