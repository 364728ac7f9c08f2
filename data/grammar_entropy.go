package data

// What sentences are like on average: linear systems in the matrix of means, whose
// entry (a, b) is how many b come of one a on average.

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"gonum.org/v1/gonum/mat"
)

// A TextEntropy says how much there is to know about the text of a grammar, in nats;
// over ln 2 they are bits. It is exact if the grammar is proven to be unambiguous, see
// [Grammar.Unambiguous], else an upper bound, namely the entropy of the derivations, of
// which several may write the same text. Text is what [Grammar.Reader] gives: words with
// a space between them, and a newline after every sentence.
type TextEntropy struct {
	// Sentence is the entropy of a sentence (Grenander 1967): h with
	// h(a) = Σ p (−log p + Σ h(b)), over the rules of a, and the symbols b of a rule.
	Sentence belief.Estimate
	// Word is the entropy per word, Sentence over Words+1: to end is a choice, too.
	Word belief.Estimate
	// Character is the entropy rate of the text per character (Unicode code point),
	// Sentence over Characters. No model of the text has a lower loss in the long run.
	Character belief.Estimate
	// Words is how many words a sentence has on average.
	Words float64
	// Characters is how many characters a sentence takes on average, spaces and newline
	// included.
	Characters float64
}

// Entropy returns the entropy of the text.
func (g *Grammar) Entropy() TextEntropy { return g.entropy }

// means returns the matrix of means, row after row.
func (g *Grammar) means() []float64 {
	n := len(g.symbols)
	m := make([]float64, n*n)
	for _, r := range g.rules {
		for _, b := range r.right {
			if b >= 0 {
				m[r.left*n+b] += r.p
			}
		}
	}
	return m
}

// solve returns a function that solves x = c + M·x for the matrix of means M, and makes
// sure that such an x is a mean: with c = 1 it is the number of rules that a symbol
// takes, which is finite and positive if and only if the spectral radius is below 1.
func (g *Grammar) solve() (func(c []float64) []float64, error) {
	n := len(g.symbols)
	m := g.means()
	a := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			a.Set(i, j, -m[i*n+j])
		}
		a.Set(i, i, 1-m[i*n+i])
	}
	var lu mat.LU
	lu.Factorize(a)
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	solve := func(c []float64) []float64 {
		var x mat.VecDense
		_ = lu.SolveVecTo(&x, false, mat.NewVecDense(n, c)) // a bad condition is seen below
		return x.RawVector().Data
	}
	fine, worst := true, 0.0
	if det, _ := lu.LogDet(); math.IsInf(det, -1) {
		fine, worst = false, math.Inf(1)
	} else {
		for _, s := range solve(ones) {
			fine = fine && s >= 1-1e-9 && s <= math.MaxFloat64
			worst = max(worst, s)
		}
	}
	if fine && worst <= maxSteps {
		return solve, nil
	}
	for _, part := range components(n, func(i int) []int { return neighbours(m[i*n : (i+1)*n]) }) {
		if rho := radius(m, n, part); rho > 1-1e-9 {
			e := &InconsistentGrammarError{Radius: rho}
			for _, i := range part {
				e.Symbols = append(e.Symbols, g.symbols[i])
			}
			return nil, e
		}
	}
	return nil, &belief.TooLargeError{What: "sentence of the grammar", Bytes: worst * 8, Budget: maxSteps * 8, Advice: "let its rules end sooner"}
}

func neighbours(row []float64) (to []int) {
	for j, v := range row {
		if v > 0 {
			to = append(to, j)
		}
	}
	return to
}

// radius is the spectral radius of an irreducible block of a matrix, by the bounds of
// Collatz (1942) and Wielandt (1950) for a power of the matrix plus the identity, which
// is never periodic.
func radius(m []float64, n int, part []int) float64 {
	x, y := make([]float64, len(part)), make([]float64, len(part))
	for i := range x {
		x[i] = 1
	}
	low, high := 0.0, math.Inf(1)
	for range 1000 {
		low, high = math.Inf(1), 0.0
		most := 0.0
		for i, a := range part {
			y[i] = x[i]
			for j, b := range part {
				y[i] += m[a*n+b] * x[j]
			}
			low, high = min(low, y[i]/x[i]), max(high, y[i]/x[i])
			most = max(most, y[i])
		}
		if high-low <= 1e-12*high {
			break
		}
		for i := range x {
			x[i] = y[i] / most
		}
	}
	return (low+high)/2 - 1
}

// components returns the strongly connected components of a graph, each after all that
// it leads to (Tarjan 1972).
func components(n int, next func(i int) []int) [][]int {
	var (
		parts [][]int
		stack []int
		order = make([]int, n) // from 1; 0 is unseen
		low   = make([]int, n)
		on    = make([]bool, n)
		count int
		visit func(i int)
	)
	visit = func(i int) {
		count++
		order[i], low[i] = count, count
		stack = append(stack, i)
		on[i] = true
		for _, j := range next(i) {
			if order[j] == 0 {
				visit(j)
				low[i] = min(low[i], low[j])
			} else if on[j] {
				low[i] = min(low[i], order[j])
			}
		}
		if low[i] == order[i] {
			at := len(stack) - 1
			for stack[at] != i {
				at--
			}
			part := append([]int(nil), stack[at:]...)
			for _, j := range part {
				on[j] = false
			}
			stack = stack[:at]
			parts = append(parts, part)
		}
	}
	for i := range n {
		if order[i] == 0 {
			visit(i)
		}
	}
	return parts
}

// measure works out entropy and lengths.
func (g *Grammar) measure(solve func([]float64) []float64) {
	n := len(g.symbols)
	local, words, letters := make([]float64, n), make([]float64, n), make([]float64, n)
	decodable := true
	for _, r := range g.rules {
		local[r.left] -= r.p * r.logP
		for _, b := range r.right {
			if b < 0 {
				w := g.words[-1-b]
				words[r.left] += r.p
				letters[r.left] += r.p * float64(utf8.RuneCountInString(w))
				decodable = decodable && !strings.ContainsAny(w, " \n")
			}
		}
	}
	e := &g.entropy
	e.Words = solve(words)[0]
	// A sentence of k words has k−1 spaces, one of none has none.
	e.Characters = solve(letters)[0] + e.Words - 1 + g.empty[0] + 1
	e.Sentence.Value = max(0, solve(local)[0])
	e.Word.Value = e.Sentence.Value / (e.Words + 1)
	e.Character.Value = e.Sentence.Value / e.Characters
	if !g.unambiguous {
		e.Sentence.Kind, e.Word.Kind, e.Character.Kind = belief.UpperBound, belief.UpperBound, belief.UpperBound
	}
	if !decodable {
		e.Character.Kind = belief.UpperBound
	}
}

// emptiness finds the probabilities that symbols become no words at all: the least
// solution of e(a) = Σ p Π e(b) over the rules without words, by Newton's method from
// zero, which rises to it (Etessami & Yannakakis 2009).
func (g *Grammar) emptiness() {
	g.empty = make([]float64, len(g.symbols))
	index := make([]int, len(g.symbols)) // from 1, of the symbols that may become nothing
	var symbols []int
	var rules []grammarRule
	used := make([]bool, len(g.rules))
	for again := true; again; {
		again = false
		for i, r := range g.rules {
			vanishes := !used[i]
			for _, b := range r.right {
				vanishes = vanishes && b >= 0 && index[b] > 0
			}
			if vanishes {
				used[i], again = true, true
				rules = append(rules, r)
				if index[r.left] == 0 {
					symbols = append(symbols, r.left)
					index[r.left] = len(symbols)
				}
			}
		}
	}
	n := len(symbols)
	if n == 0 {
		return
	}
	var after [maxRight + 1]float64
	for range 100 {
		jacobian, rest := mat.NewDense(n, n, nil), make([]float64, n)
		for i, a := range symbols {
			jacobian.Set(i, i, 1)
			rest[i] = -g.empty[a]
		}
		for _, r := range rules {
			i := index[r.left] - 1
			after[len(r.right)] = 1 // the products of what stands behind a place
			for k := len(r.right) - 1; k >= 0; k-- {
				after[k] = after[k+1] * g.empty[r.right[k]]
			}
			rest[i] += r.p * after[0]
			before := r.p
			for k, b := range r.right {
				j := index[b] - 1
				jacobian.Set(i, j, jacobian.At(i, j)-before*after[k+1])
				before *= g.empty[b]
			}
		}
		var step mat.VecDense
		if err := step.SolveVec(jacobian, mat.NewVecDense(n, rest)); err != nil && step.Len() != n {
			return // not below the spectral radius of the means, which is below 1
		}
		moved := false
		for i, a := range symbols {
			next := min(1, max(g.empty[a], g.empty[a]+step.AtVec(i)))
			moved = moved || next-g.empty[a] > 1e-16
			g.empty[a] = next
		}
		if !moved {
			return
		}
	}
}
