// Lowerbound shows expectation–maximization climb its lower bound.
//
//	go run ./examples/lowerbound
//
// Some of eight numbers, nobody knows which, are drawn from a normal distribution with
// mean θ, the others from one with mean zero, both with variance one and half of the
// time. The log-likelihood is
//
//	L(θ) = Σ log(½ N(x | θ, 1) + ½ N(x | 0, 1)),
//
// and for the posterior q of what comes from where, given θ', the evidence lower bound
//
//	F(q, θ) = Σ E_q log p(x, z | θ) + H(q) = L(θ) − KL(q ‖ p(z | x, θ))
//
// touches it at θ' and is below it elsewhere. The E step finds q, the M step the top of
// F, and L is higher there by the gap, the Kullback–Leibler divergence that has opened
// (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April 2019, equations
// 11.87–11.92; the picture is figure 9.1 of Li Hang, Statistical Learning Methods, 2012).
// The numbers are this example's own.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// numbers are the data.
var numbers = []float64{-0.9, -0.4, 0.1, 0.7, 2.3, 2.9, 3.2, 3.8}

// model has one parameter.
type model struct{ theta float64 }

func (m *model) NewStatistics() *em.Statistics { return em.NewStatistics("lower bound", 3) }

// joint is log p(x, z) for both z.
func (m *model) joint(x float64) (a, b float64) {
	c := -math.Ln2 - 0.5*math.Log(2*math.Pi)
	return c - 0.5*(x-m.theta)*(x-m.theta), c - 0.5*x*x
}

// Expect adds up how many numbers seem to come from the first distribution, and the sums
// of these and of their squares.
func (m *model) Expect(b *em.Block, s *em.Statistics) error {
	for i := range b.Rows {
		x := b.Row(i)[0]
		first, second := m.joint(x)
		l := max(first, second) + math.Log1p(math.Exp(-math.Abs(first-second)))
		r := math.Exp(first - l)
		s.Sums[0] += r
		s.Sums[1] += r * x
		s.Sums[2] += r * x * x
		s.LogLikelihood += l
		s.Weight++
	}
	return nil
}

// Maximize makes θ the mean of the numbers that seem to have it.
func (m *model) Maximize(s *em.Statistics) error {
	m.theta = s.Sums[1] / s.Sums[0]
	return nil
}

// Complete is E_q log p(x, z | θ), as far as it depends on θ.
func (m *model) Complete(s *em.Statistics) float64 {
	return -0.5 * (s.Sums[2] - 2*m.theta*s.Sums[1] + m.theta*m.theta*s.Sums[0])
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	src, err := data.FromMatrix(numbers, 1)
	if err != nil {
		return err
	}
	rows, err := em.NewRows(ctx, src, em.Config{}, em.RefuseMissing)
	if err != nil {
		return err
	}
	const from = 0.4
	m := &model{from}
	begin := func(context.Context, int) (*model, error) { return m, nil }
	fmt.Fprintln(w, "iteration       θ  log-likelihood  bound after M step  gap that opens")
	theta, bound := m.theta, math.NaN()
	for step, err := range em.Steps(ctx, rows, begin, em.Config{}) {
		if err != nil {
			return err
		}
		if step.Iteration > 1 {
			fmt.Fprintf(w, "  %12.8f\n", step.Objective-bound)
		}
		fmt.Fprintf(w, "%9d  %6.4f  %14.8f", step.Iteration, theta, step.Objective)
		if theta, bound = m.theta, step.Bound; step.Converged {
			break
		}
		fmt.Fprintf(w, "  %18.8f", bound)
	}
	fmt.Fprintf(w, "  converged\n\n")
	return picture(w, from)
}

// picture draws L, and the bound that touches it at θ'.
func picture(w io.Writer, from float64) error {
	const width, height, left, right = 64, 18, -0.5, 5.0
	block := &em.Block{Rows: len(numbers), Columns: 1, X: numbers}
	m := &model{from}
	q := m.NewStatistics()
	if err := m.Expect(block, q); err != nil {
		return err
	}
	touch, complete := q.LogLikelihood, m.Complete(q)
	var l, f [width]float64
	low, high := math.Inf(1), math.Inf(-1)
	for i := range l {
		m.theta = left + (right-left)*float64(i)/(width-1)
		s := m.NewStatistics()
		if err := m.Expect(block, s); err != nil {
			return err
		}
		l[i], f[i] = s.LogLikelihood, touch+m.Complete(q)-complete
		low, high = min(low, l[i]), max(high, l[i])
	}
	top := *m
	if err := top.Maximize(q); err != nil {
		return err
	}
	low -= 2
	grid := make([][]byte, height)
	for y := range grid {
		grid[y] = []byte(strings.Repeat(" ", width))
	}
	put := func(x int, v float64, mark byte) {
		if y := int(math.Round((high - v) / (high - low) * (height - 1))); y >= 0 && y < height {
			grid[y][x] = mark
		}
	}
	for i := range l {
		put(i, f[i], '.')
		put(i, l[i], '*')
	}
	column := func(theta float64) int {
		return int(math.Round((theta - left) / (right - left) * (width - 1)))
	}
	put(column(from), touch, 'o')
	put(column(top.theta), f[column(top.theta)], '^')
	for _, line := range grid {
		fmt.Fprintf(w, "  |%s\n", strings.TrimRight(string(line), " "))
	}
	fmt.Fprintf(w, "  +%s θ\n", strings.Repeat("-", width))
	_, err := fmt.Fprintf(w, "  * log-likelihood   . bound that touches it at θ = %.1f (o) and is highest at %.4f (^)\n", from, top.theta)
	return err
}
