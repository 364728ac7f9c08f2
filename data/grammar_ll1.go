package data

// isLL1 says whether the next word, or the end of the sentence, decides on the rule for
// every symbol. Such a grammar derives every sentence in one way only (Lewis & Stearns
// 1968; Aho & Ullman 1972, section 5.1). It works on sets of words, in which the number
// after the last word is the end.
func (g *Grammar) isLL1() bool {
	n, end := len(g.symbols), len(g.words)
	if sets := end/64 + 1; n*sets > 1<<18 || len(g.rules)*sets > 1<<21 {
		return false // not worth the time
	}
	var (
		nullable = make([]bool, n)
		first    = make([]wordSet, n)
		follow   = make([]wordSet, n)
	)
	for a := range n {
		first[a], follow[a] = newWordSet(end+1), newWordSet(end+1)
	}
	follow[0].add(end)
	starts := func(right []int, into wordSet) (null, grown bool) { // FIRST of a right side
		for _, b := range right {
			if b < 0 {
				return false, into.add(-1-b) || grown
			}
			grown = into.union(first[b]) || grown
			if !nullable[b] {
				return false, grown
			}
		}
		return true, grown
	}
	for again := true; again; {
		again = false
		for _, r := range g.rules {
			null, grown := starts(r.right, first[r.left])
			again = again || grown || null && !nullable[r.left]
			nullable[r.left] = nullable[r.left] || null
		}
	}
	for again := true; again; {
		again = false
		for _, r := range g.rules {
			for i, b := range r.right {
				if b < 0 {
					continue
				}
				null, grown := starts(r.right[i+1:], follow[b])
				if null {
					grown = follow[b].union(follow[r.left]) || grown
				}
				again = again || grown
			}
		}
	}
	for a := range n {
		taken := newWordSet(end + 1)
		for _, r := range g.rules[g.first[a]:g.first[a+1]] {
			choose := newWordSet(end + 1)
			if null, _ := starts(r.right, choose); null {
				choose.union(follow[a])
			}
			for i, w := range choose {
				if w&taken[i] != 0 {
					return false
				}
			}
			taken.union(choose)
		}
	}
	return true
}

// A wordSet is a set of numbers of words.
type wordSet []uint64

func newWordSet(n int) wordSet { return make(wordSet, (n+63)/64) }

// add and union say whether the set has grown.
func (s wordSet) add(i int) bool {
	had := s[i/64]
	s[i/64] |= 1 << (i % 64)
	return s[i/64] != had
}

func (s wordSet) union(t wordSet) (grown bool) {
	for i, w := range t {
		grown = grown || w&^s[i] != 0
		s[i] |= w
	}
	return grown
}
