package density

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
)

// Neighbors finds the nearest of many vectors, in Euclidean distance, with a k-d tree
// (Bentley 1975) of boxes: O(log n) in few dimensions, up to O(n) in many. Equal
// distances are in the order of the indices, so that an answer never depends on the
// tree.
type Neighbors struct {
	dim   int
	leaf  int       // the most vectors of a leaf, unless they are equal
	x     []float64 // leaf after leaf
	index []int     // of the vectors in x, as they were given
	nodes []node
	boxes []float64 // least and greatest coordinates of each node
}

// A Neighbor is one of the nearest vectors.
type Neighbor struct {
	Index    int // in the order in which they were given; −1 if x is no vector
	Distance float64
}

// A node holds the vectors from first to end; its children are at left and left+1.
type node struct{ first, end, left int }

const leafSize = 12

// NewNeighbors builds the tree of vectors of dim numbers, which stand one after the
// other in x, in O(n log² n). The error is a [*dist.FitError] or a
// [*belief.ConfigError].
func NewNeighbors(dim int, x []float64) (*Neighbors, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	if _, err := shares("nearest neighbours", x, nil, dim); err != nil {
		return nil, err
	}
	return newTree(x, dim, leafSize), nil
}

// newTree builds the tree with leaves of at most that many vectors.
func newTree(x []float64, dim, leaf int) *Neighbors {
	n := len(x) / dim
	t := &Neighbors{dim: dim, leaf: leaf, index: make([]int, n)}
	for i := range t.index {
		t.index[i] = i
	}
	t.nodes = append(t.nodes, node{first: 0, end: n})
	for i := 0; i < len(t.nodes); i++ {
		t.split(i, x)
	}
	t.x = make([]float64, len(x))
	for at, i := range t.index {
		copy(t.x[at*dim:(at+1)*dim], x[i*dim:(i+1)*dim])
	}
	return t
}

// split measures the box of a node and, unless it is a leaf, halves it at the median
// of its longest side. Halves have equal numbers whatever the values, so that the
// depth is that of log n.
func (t *Neighbors) split(i int, x []float64) {
	nd := t.nodes[i]
	rows := t.index[nd.first:nd.end]
	longest, side := -1.0, 0
	for j := range t.dim {
		low, high := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			v := x[r*t.dim+j]
			low, high = min(low, v), max(high, v)
		}
		t.boxes = append(t.boxes, low, high)
		if high-low > longest {
			longest, side = high-low, j
		}
	}
	if len(rows) <= t.leaf || longest == 0 {
		return
	}
	slices.SortFunc(rows, func(a, b int) int {
		switch va, vb := x[a*t.dim+side], x[b*t.dim+side]; {
		case va < vb:
			return -1
		case va > vb:
			return 1
		}
		return a - b
	})
	t.nodes[i].left = len(t.nodes)
	middle := (nd.first + nd.end) / 2
	t.nodes = append(t.nodes, node{first: nd.first, end: middle}, node{first: middle, end: nd.end})
}

// Dim returns the length of the vectors.
func (t *Neighbors) Dim() int { return t.dim }

// Len returns how many vectors there are.
func (t *Neighbors) Len() int { return len(t.index) }

// NearestTo fills dst with the nearest vectors to x, as many as dst has room for and
// the nearest first, and returns it. It does not allocate. There must be as many
// vectors. An x with a NaN is near to nothing: indices are −1 and distances NaN.
func (t *Neighbors) NearestTo(dst []Neighbor, x []float64) []Neighbor {
	if len(x) != t.dim || len(dst) > len(t.index) {
		panic(fmt.Sprintf("density: %d neighbours of a vector of length %d, with %d vectors of %d numbers", len(dst), len(x), len(t.index), t.dim))
	}
	for _, v := range x {
		if math.IsNaN(v) {
			for i := range dst {
				dst[i] = Neighbor{Index: -1, Distance: v}
			}
			return dst
		}
	}
	if len(dst) == 0 {
		return dst
	}
	found := t.search(0, dst, 0, x)
	for end := found - 1; end > 0; end-- { // a heap, taken apart from its largest
		dst[0], dst[end] = dst[end], dst[0]
		sink(dst[:end], 0)
	}
	for i := range dst {
		dst[i].Distance = math.Sqrt(dst[i].Distance)
	}
	return dst
}

// search looks through a node, with squared distances in a heap whose first found
// entries are filled, and returns how many then are.
func (t *Neighbors) search(i int, heap []Neighbor, found int, x []float64) int {
	nd := t.nodes[i]
	if nd.left == 0 {
		for at := nd.first; at < nd.end; at++ {
			square := 0.0
			for j, v := range t.x[at*t.dim : (at+1)*t.dim] {
				off := x[j] - v
				square += off * off
			}
			found = offer(heap, found, Neighbor{t.index[at], square})
		}
		return found
	}
	near, far := nd.left, nd.left+1
	a, b := t.boxDistance(near, x), t.boxDistance(far, x)
	if b < a {
		near, far, a, b = far, near, b, a
	}
	// At equal distance an index may still be lower.
	if found < len(heap) || a <= heap[0].Distance {
		found = t.search(near, heap, found, x)
	}
	if found < len(heap) || b <= heap[0].Distance {
		found = t.search(far, heap, found, x)
	}
	return found
}

// boxDistance returns the squared distance of x to the box of a node. Its rounding
// is that of distances, so that it never exceeds that of a vector inside.
func (t *Neighbors) boxDistance(i int, x []float64) float64 {
	box, square := t.boxes[2*i*t.dim:2*(i+1)*t.dim], 0.0
	for j, v := range x {
		off := max(box[2*j]-v, v-box[2*j+1], 0)
		square += off * off
	}
	return square
}

// offer adds a neighbour to the heap, or puts it in the place of the furthest.
func offer(heap []Neighbor, found int, n Neighbor) int {
	if found < len(heap) {
		i := found
		heap[i] = n
		for i > 0 && further(heap[i], heap[(i-1)/2]) {
			heap[i], heap[(i-1)/2] = heap[(i-1)/2], heap[i]
			i = (i - 1) / 2
		}
		return found + 1
	}
	if further(heap[0], n) {
		heap[0] = n
		sink(heap, 0)
	}
	return found
}

// sink restores the order of a heap whose entry i may be too small.
func sink(heap []Neighbor, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && further(heap[child+1], heap[child]) {
			child++
		}
		if !further(heap[child], heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// further orders neighbours by distance and then by index.
func further(a, b Neighbor) bool {
	return a.Distance > b.Distance || a.Distance == b.Distance && a.Index > b.Index
}

// checkK refuses numbers of neighbours that cannot be.
func checkK(k, n int) error {
	if k < 1 || k > n {
		return &belief.ConfigError{Field: "K", Value: k, Want: fmt.Sprintf("between 1 and %d, the number of observations", n)}
	}
	return nil
}
