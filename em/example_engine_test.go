package em_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// coins is a model of one's own: of a coin that decides which of two others is tossed,
// only whose outcome is seen.
type coins struct{ Pi, P, Q float64 }

func (m *coins) NewStatistics() *em.Statistics { return em.NewStatistics("coins", 3) }

// joint is p(x, z) for both z.
func (m *coins) joint(x float64) (b, c float64) {
	return m.Pi * (x*m.P + (1-x)*(1-m.P)), (1 - m.Pi) * (x*m.Q + (1-x)*(1-m.Q))
}

func (m *coins) Expect(block *em.Block, s *em.Statistics) error {
	for i := range block.Rows {
		x, w := block.Row(i)[0], block.Weight(i)
		b, c := m.joint(x)
		r := b / (b + c)
		s.Sums[0] += w * r
		s.Sums[1] += w * r * x
		s.Sums[2] += w * (1 - r) * x
		s.LogLikelihood += w * math.Log(b+c)
		s.Weight += w
	}
	return nil
}

func (m *coins) Maximize(s *em.Statistics) error {
	m.Pi, m.P, m.Q = s.Sums[0]/s.Weight, s.Sums[1]/s.Sums[0], s.Sums[2]/(s.Weight-s.Sums[0])
	return nil
}

// What else it can do: everything below is optional.

func (m *coins) ExpectHard(block *em.Block, s *em.Statistics) error {
	for i := range block.Rows {
		x := block.Row(i)[0]
		if b, c := m.joint(x); b >= c {
			s.Sums[0]++
			s.Sums[1] += x
			s.LogLikelihood += math.Log(b)
		} else {
			s.Sums[2] += x
			s.LogLikelihood += math.Log(c)
		}
		s.Weight++
	}
	return nil
}

func (m *coins) Complete(s *em.Statistics) float64 {
	b, heads, tails := s.Sums[0], s.Sums[1], s.Sums[2]
	c := s.Weight - b
	return b*math.Log(m.Pi) + c*math.Log(1-m.Pi) +
		heads*math.Log(m.P) + (b-heads)*math.Log(1-m.P) + tails*math.Log(m.Q) + (c-tails)*math.Log(1-m.Q)
}

func (m *coins) LogPrior() float64 { return 0 }

func (m *coins) Parameters() int { return 3 }

func (m *coins) Origin() []float64 { return nil }

func (m *coins) Recentre(*em.Statistics, []float64) {}

func (m *coins) Warnings() []belief.Warning {
	if math.Abs(m.P-m.Q) > 1e-9 {
		return nil
	}
	return []belief.Warning{{Code: "same-coins", Text: "the two coins are the same"}}
}

func (m *coins) Columns() []string { return []string{"heads"} }

func (m *coins) Components() int { return 2 }

func (m *coins) LogProbTo(dst []float64, block *em.Block) error {
	for i := range block.Rows {
		b, c := m.joint(block.Row(i)[0])
		dst[i] = math.Log(b + c)
	}
	return nil
}

func (m *coins) ResponsibilitiesTo(dst []float64, block *em.Block) error {
	for i := range block.Rows {
		b, c := m.joint(block.Row(i)[0])
		dst[2*i], dst[2*i+1] = b/(b+c), c/(b+c)
	}
	return nil
}

// tosses are ten tosses, six of which showed heads.
func tosses() *data.Table {
	t, err := data.FromMatrix([]float64{1, 1, 0, 1, 0, 0, 1, 0, 1, 1}, 1, "heads")
	if err != nil {
		log.Fatal(err)
	}
	return t
}

func tossed() *em.Rows {
	rows, err := em.NewRows(context.Background(), tosses(), em.Config{}, em.RefuseMissing)
	if err != nil {
		log.Fatal(err)
	}
	return rows
}

// at begins every start with a copy of the same model.
func at(m coins) em.Starter[*coins] {
	return func(context.Context, int) (*coins, error) { c := m; return &c, nil }
}

// A model of one's own is an E step and an M step.
func ExampleModel() {
	var model em.Model[*em.Block] = &coins{0.4, 0.6, 0.7}
	s := model.NewStatistics()
	b := em.Block{Rows: 2, Columns: 1, X: []float64{1, 0}}
	if err := errors.Join(model.Expect(&b, s), model.Maximize(s)); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("log-likelihood %.4f, then %.4f\n", s.LogLikelihood, *model.(*coins))
	// Output: log-likelihood -1.4943, then {0.4171 0.4359 0.5459}
}

func ExampleFit() {
	fit, err := em.Fit(context.Background(), tossed(), at(coins{0.4, 0.6, 0.7}), em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f, converged %t\n", *fit.Model, fit.Converged)
	// Output: {0.4064 0.5368 0.6432}, converged true
}

func ExampleRun() {
	fit, err := em.Fit(context.Background(), tossed(), at(coins{0.5, 0.5, 0.5}), em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("L = %.4f, BIC = %.4f, AIC = %.4f\n", fit.LogLikelihood, fit.BIC(), fit.AIC())
	for _, w := range fit.Warnings {
		fmt.Println(w)
	}
	// Output:
	// L = -6.7301, BIC = 20.3680, AIC = 19.4602
	// the two coins are the same
}

// The objective climbs, and each bound lies between it and the next.
func ExampleStep() {
	for step, err := range em.Steps(context.Background(), tossed(), at(coins{0.4, 0.1, 0.9}), em.Config{Iterations: 3}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d: objective %.4f, bound %.4f\n", step.Iteration, step.Objective, step.Bound)
	}
	// Output:
	// 1: objective -6.7384, bound -6.7301
	// 2: objective -6.7301, bound -6.7301
	// 3: objective -6.7301, bound -6.7301
	// 4: objective -6.7301, bound -6.7301
}

func ExampleSteps() {
	var last em.Step
	for step, err := range em.Steps(context.Background(), tossed(), at(coins{0.4, 0.1, 0.9}), em.Config{}) {
		if err != nil {
			log.Fatal(err)
		}
		if last = step; step.Left < 1e-3 {
			break
		}
	}
	fmt.Printf("broken out of iteration %d\n", last.Iteration)
	// Output: broken out of iteration 3
}

func ExampleConfig() {
	c := em.Config{Seed: 1, Starts: 10, Tolerance: 1e-9}
	fit, err := em.Fit(context.Background(), tossed(), at(coins{0.4, 0.6, 0.7}), c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fit.Starts), "starts, converged", fit.Converged)
	// Output: 10 starts, converged true
}

// A start that fails is told, and the others are kept.
func ExampleStart() {
	begin := func(_ context.Context, start int) (*coins, error) {
		if start == 0 {
			return nil, errors.New("no coins")
		}
		return &coins{0.4, 0.6, 0.7}, nil
	}
	fit, err := em.Fit(context.Background(), tossed(), begin, em.Config{Starts: 2})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range fit.Starts {
		fmt.Printf("%d iterations, %.4f, problem %q\n", s.Iterations, s.Objective, s.Problem)
	}
	// Output:
	// 0 iterations, NaN, problem "no coins"
	// 4 iterations, -6.7301, problem ""
}

// A warm start goes on from a model that is there: a fit that has converged stays.
func ExampleStarter() {
	first, err := em.Fit(context.Background(), tossed(), at(coins{0.4, 0.6, 0.7}), em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	var again em.Starter[*coins] = func(context.Context, int) (*coins, error) { return first.Model, nil }
	second, err := em.Fit(context.Background(), tossed(), again, em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f after %d iterations more\n", *second.Model, second.Iterations)
	// Output: {0.4064 0.5368 0.6432} after 3 iterations more
}

// Two machines have a part of the data each. They send their statistics, which are merged
// for the M step, and get the parameters back.
func ExampleStatistics() {
	model := &coins{0.4, 0.6, 0.7}
	ctx := context.Background()
	shard := func(i int) []byte { // on machine i
		rows, err := em.NewRows(ctx, data.Shard(tosses(), i, 2), em.Config{}, em.RefuseMissing)
		if err != nil {
			log.Fatal(err)
		}
		s := model.NewStatistics()
		err = rows.Each(ctx, em.Pass{}, func(_ int, b *em.Block) error { return model.Expect(b, s) })
		if err != nil {
			log.Fatal(err)
		}
		sent, err := s.MarshalBinary()
		if err != nil {
			log.Fatal(err)
		}
		return sent
	}
	for range 3 {
		total := model.NewStatistics()
		for i := range 2 {
			var part em.Statistics
			if err := part.UnmarshalBinary(shard(i)); err != nil {
				log.Fatal(err)
			}
			if err := total.Merge(&part); err != nil {
				log.Fatal(err)
			}
		}
		if err := model.Maximize(total); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.4f from %v tosses\n", *model, total.Weight)
	}
	// Output:
	// {0.4064 0.5368 0.6432} from 10 tosses
	// {0.4064 0.5368 0.6432} from 10 tosses
	// {0.4064 0.5368 0.6432} from 10 tosses
}
