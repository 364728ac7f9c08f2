package chain

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// viterbi is the search for the most probable path, with logarithms. It keeps
//
//	δ_t(j) = max over z_0 … z_{t−1} of log p(z_0 … z_{t−1}, z_t = j, x_0 … x_t),
//
// and finds the way back by looking which state a maximum came from.
type viterbi struct {
	delta []float64 // rows of a segment, with the last of that before
	saved []float64
	// nothing is a row of −Inf.
	nothing []float64
}

// Viterbi returns the most probable path and log p(z, x) of it, in memory of path if there
// is enough. Of equally probable paths it is the one that has the smaller state where they
// differ last. The error is an [*ImpossibleError] or [*EvidenceError].
func (w *Workspace) Viterbi(path []int, m Markov, e Evidence) ([]int, float64, error) {
	if err := m.check(e); err != nil {
		return nil, 0, err
	}
	s := m.States()
	n := e.Len(s)
	path = grow(path, n)
	if n == 0 {
		return path, 0, nil
	}
	if err := checkEvidence(e, s, 0); err != nil {
		return nil, 0, err
	}
	l, v := &w.log, &w.viterbi
	l.begin(m)
	length := segmentOf(n, n, s, w.Memory)
	segments := (n + length - 1) / length
	v.saved = grow(v.saved, segments*s)
	v.delta, v.nothing = grow(v.delta, (length+1)*s), grow(v.nothing, s)
	for i := range v.nothing {
		v.nothing[i] = math.Inf(-1)
	}
	for k := range segments {
		if t := v.forward(l, e, k*length, min((k+1)*length, n)); t >= 0 {
			return nil, 0, &ImpossibleError{Time: t}
		}
	}
	last := v.delta[(n-(segments-1)*length)*s:][:s]
	path[n-1] = firstMax(last)
	logProb := last[path[n-1]]
	for k := segments - 1; k >= 0; k-- {
		first, end := k*length, min((k+1)*length, n)
		if k < segments-1 {
			v.forward(l, e, first, end)
		}
		for t := end - 1; t >= max(first, 1); t-- {
			l.load(t)
			kernel.Add(l.terms, v.delta[(t-first)*s:(t-first+1)*s], l.back[path[t]*s:(path[t]+1)*s])
			path[t-1] = firstMax(l.terms)
		}
	}
	return path, logProb, nil
}

// forward computes δ of a segment: row t−first+1 is that of time t. It begins with what is
// saved of the segment before, and saves its own last row. It returns the first time at
// which nothing is possible, −1 if there is none.
func (v *viterbi) forward(l *logSpace, e Evidence, first, last int) int {
	s := len(l.initial)
	length := len(v.delta)/s - 1
	if first > 0 {
		copy(v.delta[:s], v.saved[(first/length-1)*s:])
	}
	for t := first; t < last; t++ {
		row := v.delta[(t-first+1)*s:][:s]
		if t == 0 {
			copy(row, l.initial)
		} else {
			l.load(t)
			copy(row, v.nothing)
			kernel.MaxPlus(row, v.delta[(t-first)*s:][:s], l.forth)
		}
		kernel.Add(row, row, e.row(t, s))
	}
	for t := last; math.IsInf(kernel.Max(v.delta[(t-first)*s:(t-first+1)*s]), -1); t-- {
		if t == first+1 || !math.IsInf(kernel.Max(v.delta[(t-first-1)*s:(t-first)*s]), -1) {
			return t - 1
		}
	}
	copy(v.saved[first/length*s:], v.delta[(last-first)*s:(last-first+1)*s])
	return -1
}

// firstMax is the index of the largest, the first of those.
func firstMax(x []float64) int {
	most := kernel.Max(x)
	for i, v := range x {
		if v == most {
			return i
		}
	}
	return 0
}
