// Package suggest finds the known names nearest to a misspelt one.
package suggest

import (
	"iter"
	"sort"
	"strings"
	"unicode/utf8"
)

// maxName bounds the length of names that are compared, because the cost of a
// comparison grows with the square of it.
const maxName = 64

// Nearest returns up to most of the known names that are close to name, nearest
// first and in alphabetical order among equals. Close means that at most a third
// of the longer name has to change, letter case not counting.
func Nearest(name string, known iter.Seq[string], most int) []string {
	if len(name) > maxName {
		return nil
	}
	type candidate struct {
		name string
		dist int
	}
	var found []candidate
	low := strings.ToLower(name)
	for k := range known {
		if len(k) > maxName {
			continue
		}
		d := distance(low, strings.ToLower(k))
		longer := max(utf8.RuneCountInString(low), utf8.RuneCountInString(k))
		if 3*d <= longer || d <= 1 {
			found = append(found, candidate{k, d})
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if found[i].dist != found[j].dist {
			return found[i].dist < found[j].dist
		}
		return found[i].name < found[j].name
	})
	var out []string
	for _, c := range found[:min(most, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(t)]
}
