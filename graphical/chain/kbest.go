package chain

import (
	"math"

	"github.com/belief-go/belief"
)

// A Path is a path of states and log p(z, x) of it, in nats.
type Path struct {
	States  []int
	LogProb float64
}

// kBestMemory is what the back pointers of [Workspace.KBest] may take.
const kBestMemory = 1 << 30

// KBest returns the k most probable paths, the most probable first, or as many as are
// possible (the parallel list Viterbi algorithm of Seshadri & Sundberg 1994). Of equally
// probable paths the one comes first that has the smaller state where they differ last.
// It takes O(T·S²·k) time and O(T·S·k) memory. The error is an [*ImpossibleError], an
// [*EvidenceError], a [*belief.TooLargeError], or a [*belief.ConfigError] if k is not
// positive.
func (w *Workspace) KBest(k int, m Markov, e Evidence) ([]Path, error) {
	if err := m.check(e); err != nil {
		return nil, err
	}
	s := m.States()
	n := e.Len(s)
	if k < 1 {
		return nil, &belief.ConfigError{Field: "k", Value: k, Want: "positive"}
	}
	if err := checkEvidence(e, s, 0); err != nil {
		return nil, err
	}
	if n == 0 {
		return []Path{{States: []int{}}}, nil
	}
	// There are no more than Sᵗ paths to a time t.
	if most := math.Pow(float64(s), float64(n)); float64(k) > most {
		k = int(most)
	}
	if need := 8*float64(n)*float64(s)*float64(k) + 48*float64(s)*float64(k); need > kBestMemory {
		return nil, &belief.TooLargeError{What: "list of the best paths", Bytes: need, Budget: kBestMemory, Advice: "ask for fewer paths"}
	}
	l := &w.log
	l.begin(m)
	b := lists{k: k, s: s, from: make([]int, n*s*k), score: make([]float64, s*k), next: make([]float64, s*k), count: make([]int, s), counts: make([]int, s), head: make([]int, s)}
	for t := range n {
		if t == 0 {
			for j, p := range l.initial {
				b.next[j*k] = p + e.row(0, s)[j]
				b.counts[j] = 0
				if b.next[j*k] > math.Inf(-1) {
					b.counts[j] = 1
				}
			}
		} else {
			l.load(t)
			for j, v := range e.row(t, s) {
				b.merge(t, j, l.back[j*s:(j+1)*s], v)
			}
		}
		b.score, b.next = b.next, b.score
		b.count, b.counts = b.counts, b.count
		alive := 0
		for _, c := range b.count {
			alive += c
		}
		if alive == 0 {
			return nil, &ImpossibleError{Time: t}
		}
	}
	// The last step is into an end that every state leads to.
	zero := make([]float64, s)
	ends := b.take(zero, 0)
	paths := make([]Path, len(ends.from))
	for r, entry := range ends.from {
		p := Path{States: make([]int, n), LogProb: ends.score[r]}
		for t := n - 1; t >= 0; t-- {
			p.States[t] = entry / k
			entry = b.from[t*s*k+entry]
		}
		paths[r] = p
	}
	return paths, nil
}

// lists are the best paths to every state.
type lists struct {
	k, s        int
	from        []int // of time t, state j and rank r: the state·k + rank at time t−1
	score, next []float64
	count       []int // how many paths there are to each state
	counts      []int
	head        []int
	taken       struct {
		from  []int
		score []float64
	}
}

// merge makes the list of state j at time t.
func (b *lists) merge(t, j int, into []float64, evidence float64) {
	best := b.take(into, evidence)
	b.counts[j] = len(best.from)
	copy(b.next[j*b.k:], best.score)
	copy(b.from[(t*b.s+j)*b.k:], best.from)
}

// take returns the best of all lists, those of state i with into_i and evidence added.
func (b *lists) take(into []float64, evidence float64) struct {
	from  []int
	score []float64
} {
	out := &b.taken
	out.from, out.score = out.from[:0], out.score[:0]
	clear(b.head)
	for len(out.from) < b.k {
		best, score := -1, math.Inf(-1)
		for i, h := range b.head {
			if h == b.count[i] {
				continue
			}
			if v := b.score[i*b.k+h] + into[i]; v > score {
				best, score = i, v
			}
		}
		if score += evidence; best < 0 || math.IsInf(score, -1) {
			break
		}
		out.from, out.score = append(out.from, best*b.k+b.head[best]), append(out.score, score)
		b.head[best]++
	}
	return *out
}
