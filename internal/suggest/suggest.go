package suggest

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// maxName bounds the length of names that are compared, because the cost of a
// comparison grows with the square of it.
const maxName = 64

// Nearest returns up to most of the known names that are close to name, nearest
// first and in alphabetical order among equals. Close means that at most a third
// of the longer name has to change, letter case not counting. Names that differ
// much in length cost next to nothing.
func Nearest(name string, known iter.Seq[string], most int) []string {
	if len(name) > maxName || most <= 0 {
		return nil
	}
	type candidate struct {
		name string
		dist int
	}
	order := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.dist, b.dist), cmp.Compare(a.name, b.name))
	}
	var best []candidate // in order, at most as many as are wanted
	var d distance
	low := []rune(strings.ToLower(name))
	var other []rune
	for k := range known {
		if len(k) > maxName {
			continue
		}
		other = other[:0]
		for _, c := range strings.ToLower(k) {
			other = append(other, c)
		}
		limit := max(1, max(len(low), len(other))/3)
		if len(best) == most {
			limit = min(limit, best[most-1].dist)
		}
		if n := d.within(low, other, limit); n <= limit {
			c := candidate{k, n}
			at, _ := slices.BinarySearchFunc(best, c, order)
			best = slices.Insert(best, at, c)
			best = best[:min(most, len(best))]
		}
	}
	var out []string
	for _, c := range best {
		out = append(out, c.name)
	}
	return out
}

// distance has the rows of the table that comparing two names takes.
type distance struct{ rows [3][maxName + 1]int }

// within counts the insertions, deletions, substitutions and swaps of neighbours
// that turn s into t (optimal string alignment), or returns limit+1 as soon as it
// is clear that there are more than limit.
func (d *distance) within(s, t []rune, limit int) int {
	if len(s)-len(t) > limit || len(t)-len(s) > limit {
		return limit + 1
	}
	before, prev, cur := &d.rows[0], &d.rows[1], &d.rows[2]
	for j := range len(t) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			n := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				n = min(n, before[j-2]+1)
			}
			cur[j] = n
			least = min(least, n)
		}
		if least > limit+1 { // a swap may still save one
			return limit + 1
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(t)]
}
