package graphical

import "math/rand/v2"

// vertexHeap is a binary heap of vertices by key, then tie, then number, in which
// a vertex can be found and moved when its key changes.
type vertexHeap struct {
	key, tie []float64
	heap     []int32
	pos      []int32 // of each vertex in heap, −1 when it is out
}

// reset fills the heap with n vertices in no order, with random ties if ties is
// not nil.
func (h *vertexHeap) reset(n int, ties *rand.Rand) {
	if len(h.key) != n {
		h.key, h.tie = make([]float64, n), make([]float64, n)
		h.heap, h.pos = make([]int32, n), make([]int32, n)
	}
	h.heap = h.heap[:n]
	for v := range n {
		h.heap[v], h.pos[v] = int32(v), int32(v)
		if ties != nil {
			h.tie[v] = ties.Float64()
		}
	}
}

func (h *vertexHeap) less(a, b int32) bool {
	if h.key[a] != h.key[b] {
		return h.key[a] < h.key[b]
	}
	if h.tie[a] != h.tie[b] {
		return h.tie[a] < h.tie[b]
	}
	return a < b
}

func (h *vertexHeap) build() {
	for i := len(h.heap)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

// pop takes out the least vertex.
func (h *vertexHeap) pop() int {
	v := h.heap[0]
	last := len(h.heap) - 1
	h.put(0, h.heap[last])
	h.heap = h.heap[:last]
	if last > 0 {
		h.down(0)
	}
	h.pos[v] = -1
	return int(v)
}

// fix restores the order after the key of v has changed.
func (h *vertexHeap) fix(v int32) {
	i := int(h.pos[v])
	if !h.up(i) {
		h.down(i)
	}
}

func (h *vertexHeap) put(i int, v int32) {
	h.heap[i] = v
	h.pos[v] = int32(i)
}

func (h *vertexHeap) up(i int) bool {
	v, moved := h.heap[i], false
	for i > 0 {
		parent := (i - 1) / 2
		if !h.less(v, h.heap[parent]) {
			break
		}
		h.put(i, h.heap[parent])
		i, moved = parent, true
	}
	h.put(i, v)
	return moved
}

func (h *vertexHeap) down(i int) {
	v, n := h.heap[i], len(h.heap)
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && h.less(h.heap[child+1], h.heap[child]) {
			child++
		}
		if !h.less(h.heap[child], v) {
			break
		}
		h.put(i, h.heap[child])
		i = child
	}
	h.put(i, v)
}
