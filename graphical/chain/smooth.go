package chain

// Smooth writes γ_t(s) = p(z_t = s | x) to dst, T×S, and returns log p(x). The error is an
// [*ImpossibleError] or [*EvidenceError]. [Workspace.Expect] gives more.
func (w *Workspace) Smooth(dst []float64, m Markov, e Evidence) (float64, error) {
	m.checkLengths(e)
	wantNumbers(len(dst), e.Len(m.States())*m.States())
	x := &w.lonely
	s := m.States()
	x.Initial, x.Transition = grow(x.Initial, s), grow(x.Transition, s*s)
	x.Gamma = append(x.Gamma[:0], dst[:len(dst):len(dst)])
	w.single[0] = e
	err := w.Expect(x, m, w.single[:], nil)
	x.Gamma[0] = nil
	if err != nil {
		return 0, err
	}
	return x.LogZ[0], nil
}

// Decode returns the most probable state of every time by itself (posterior decoding),
// the first of those that are equally probable, in memory of path if there is enough. It
// makes the fewest mistakes that can be expected; the path as a whole may be impossible,
// which that of [Workspace.Viterbi] never is.
func (w *Workspace) Decode(path []int, m Markov, e Evidence) ([]int, error) {
	s := m.States()
	m.checkLengths(e)
	path = grow(path, e.Len(s))
	w.gamma = grow(w.gamma, len(path)*s)
	if _, err := w.Smooth(w.gamma, m, e); err != nil {
		return nil, err
	}
	for t := range path {
		row := w.gamma[t*s : (t+1)*s]
		path[t] = 0
		for i, p := range row {
			if p > row[path[t]] {
				path[t] = i
			}
		}
	}
	return path, nil
}
