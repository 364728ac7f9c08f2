package em

// The E step of one row of a network: what is observed is counted, and what is missing
// falls into parts.

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"sync"

	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/tensor"
)

// A networkStructure is what does not depend on tables, and the parts that rows have had.
type networkStructure struct {
	families *learn.Families
	kind     string  // of statistics
	states   []int   // by variable
	touch    [][]int // the families that have a variable, ascending
	from     []int   // of every family in members and strides, and the end of the last
	members  []int
	strides  []int
	entries  float64 // a clique may have

	large sync.Mutex // held while a large part is made, so that it is made once
	mu    sync.RWMutex
	parts map[string]*networkPart // by their variables
	size  int                     // of all parts, in bytes, about
}

// networkParts is how many bytes of parts are kept; when they are more, all are forgotten.
const networkParts = 128 << 20

func newNetworkStructure(f *learn.Families, memory int64) *networkStructure {
	if memory == 0 {
		memory = 1 << 30
	}
	s := &networkStructure{families: f, entries: float64(memory) / 8, parts: map[string]*networkPart{}}
	vars := f.Net().Variables()
	s.states, s.touch = make([]int, len(vars)), make([][]int, len(vars))
	for i, v := range vars {
		s.states[i] = v.NumStates()
		members, strides := f.Members(i)
		for _, u := range members {
			s.touch[u] = append(s.touch[u], i)
		}
		s.from = append(s.from, len(s.members))
		s.members, s.strides = append(s.members, members...), append(s.strides, strides...)
	}
	s.from = append(s.from, len(s.members))
	h := fnv.New64a()
	for i, v := range vars {
		fmt.Fprintf(h, "%q %q %v\n", v.Name(), v.States(), s.members[s.from[i]:s.from[i+1]])
	}
	s.kind = fmt.Sprintf("network of %d variables, %016x", len(vars), h.Sum64())
	return s
}

// part returns the part of some variables, ascending; key is room for their name.
func (s *networkStructure) part(m *NetworkModel, vars []int, key []byte) (*networkPart, []byte, error) {
	key = key[:0]
	for _, v := range vars {
		key = binary.LittleEndian.AppendUint32(key, uint32(v))
	}
	p := s.known(key)
	if p == nil && len(vars) > manyVariables {
		s.large.Lock()
		defer s.large.Unlock()
		p = s.known(key)
	}
	if p != nil {
		return p, key, nil
	}
	p, err := s.newPart(m.context, vars)
	if err != nil {
		return nil, key, err
	}
	s.mu.Lock()
	if s.size += p.bytes + 2*len(key); s.size > networkParts {
		s.parts, s.size = map[string]*networkPart{}, p.bytes+2*len(key)
	}
	s.parts[string(key)] = p
	s.mu.Unlock()
	return p, key, nil
}

// known returns a part that has been made, or nil.
func (s *networkStructure) known(key []byte) *networkPart {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.parts[string(key)]
}

// A networkScratch is memory for rows, one after the other.
type networkScratch struct {
	structure *networkStructure
	state     []int // by variable, 0 if missing
	missing   []bool
	known     bool  // complete and parts belong to missing
	base      []int // of every family: where the row is in its table, missing states being 0
	complete  []int // families with nothing missing
	parts     []*networkPart

	root, next, last []int // of sets of variables that are missing together
	vars             []int
	key              []byte

	arena  []float64
	in     [][]float64
	out    [][]float64
	tensor tensor.Scratch
	digits []int
	at     []int
}

func newNetworkScratch(m *NetworkModel) *networkScratch {
	n := len(m.fixed)
	w := &networkScratch{
		structure: m.structure, state: make([]int, n), missing: make([]bool, n), base: make([]int, n),
		root: make([]int, n), next: make([]int, n), last: make([]int, n),
	}
	for i := range w.missing {
		w.missing[i] = true
	}
	return w
}

// row adds what row i of a block is expected to say, unless counts are nil, and returns
// its log-likelihood, or that of its most probable completion.
func (m *NetworkModel) row(w *networkScratch, b *Block, i int, weight float64, counts []float64, hard bool) (float64, error) {
	x := b.Row(i)
	for j, v := range m.columns {
		s, gone := 0, x[j] != x[j]
		if !gone {
			if s = int(x[j]); uint(s) >= uint(m.structure.states[v]) || float64(s) != x[j] {
				return 0, m.check(v, b.First+i, x[j])
			}
		}
		if gone != w.missing[v] {
			w.missing[v], w.known = gone, false
		}
		w.state[v] = s
	}
	f := m.structure.families
	j := 0
	for k, end := range m.structure.from[1:] {
		at := f.First(k)
		for ; j < end; j++ {
			at += w.state[m.structure.members[j]] * m.structure.strides[j]
		}
		w.base[k] = at
	}
	if !w.known {
		if err := w.divide(m); err != nil {
			return 0, err
		}
	}
	l := 0.0
	for _, k := range w.complete {
		l += m.logTheta[w.base[k]]
	}
	if math.IsInf(l, -1) {
		return l, nil
	}
	if counts != nil {
		for _, k := range w.complete {
			counts[w.base[k]] += weight
		}
	}
	for _, p := range w.parts {
		var part float64
		var err error
		switch {
		case hard:
			part = p.most(w, m, weight, counts)
		case len(p.vars) == 1:
			part = p.single(w, m, weight, counts)
		default:
			part, err = p.expect(w, m, weight, counts)
		}
		if err != nil || math.IsInf(part, -1) {
			return part, err
		}
		l += part
	}
	return l, nil
}

// divide finds the parts of what is missing: variables that share a family are in one.
func (w *networkScratch) divide(m *NetworkModel) error {
	f := m.structure.families
	for v := range w.root {
		w.root[v], w.next[v], w.last[v] = v, -1, v
	}
	find := func(v int) int {
		for w.root[v] != v {
			w.root[v] = w.root[w.root[v]]
			v = w.root[v]
		}
		return v
	}
	w.complete, w.parts = w.complete[:0], w.parts[:0]
	for k := range w.base {
		members, _ := f.Members(k)
		first := -1
		for _, v := range members {
			if !w.missing[v] {
				continue
			}
			if first < 0 {
				first = find(v)
				continue
			}
			if other := find(v); other != first {
				first, other = min(first, other), max(first, other)
				w.root[other] = first
			}
		}
		if first < 0 {
			w.complete = append(w.complete, k)
		}
	}
	for v, gone := range w.missing {
		if gone {
			if r := find(v); r != v {
				w.next[w.last[r]], w.last[r] = v, v
			}
		}
	}
	for v, gone := range w.missing {
		if !gone || w.root[v] != v {
			continue
		}
		w.vars = w.vars[:0]
		for u := v; u >= 0; u = w.next[u] {
			w.vars = append(w.vars, u)
		}
		var p *networkPart
		var err error
		if p, w.key, err = m.structure.part(m, w.vars, w.key); err != nil {
			return err
		}
		w.parts = append(w.parts, p)
		if len(w.arena) < p.floats {
			w.arena = make([]float64, p.floats)
		}
	}
	w.known = true
	return nil
}
