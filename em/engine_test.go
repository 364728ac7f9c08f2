package em

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	"github.com/belief-go/belief/data"
)

// pair is the simplest mixture: rows are 0 or 1, drawn with one of two probabilities.
// It is the engine's own model in its tests.
type pair struct {
	Pi, P, Q float64
}

func (m *pair) NewStatistics() *Statistics { return NewStatistics("pair", 3) }

func (m *pair) Expect(b *Block, s *Statistics) error {
	for i := range b.Rows {
		x, w := b.Row(i)[0], b.Weight(i)
		p := m.Pi * (x*m.P + (1-x)*(1-m.P))
		q := (1 - m.Pi) * (x*m.Q + (1-x)*(1-m.Q))
		r := p / (p + q)
		s.Sums[0] += w * r
		s.Sums[1] += w * r * x
		s.Sums[2] += w * (1 - r) * x
		s.LogLikelihood += w * math.Log(p+q)
		s.Weight += w
	}
	return nil
}

func (m *pair) Maximize(s *Statistics) error {
	m.Pi, m.P, m.Q = s.Sums[0]/s.Weight, s.Sums[1]/s.Sums[0], s.Sums[2]/(s.Weight-s.Sums[0])
	return nil
}

func (m *pair) MarshalJSON() ([]byte, error) { type plain pair; return json.Marshal((*plain)(m)) }

func (m *pair) UnmarshalJSON(b []byte) error {
	type plain pair
	return json.Unmarshal(b, (*plain)(m))
}

// The three coins of Dempster, Laird & Rubin's followers: one toss decides which of two
// other coins is shown; ten tosses, six heads. The maximum found depends on the start.
func TestThreeCoins(t *testing.T) {
	tosses, err := data.FromMatrix([]float64{1, 1, 0, 1, 0, 0, 1, 0, 1, 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ start, want pair }{
		{pair{0.5, 0.5, 0.5}, pair{0.5, 0.6, 0.6}},
		{pair{0.4, 0.6, 0.7}, pair{0.4064, 0.5368, 0.6432}},
	} {
		rows, err := NewRows(context.Background(), tosses, Config{}, RefuseMissing)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Fit(context.Background(), rows, func(context.Context, int) (*pair, error) { m := c.start; return &m, nil }, Config{})
		if err != nil {
			t.Fatal(err)
		}
		got := *run.Model
		if !run.Converged || math.Abs(got.Pi-c.want.Pi) > 5e-5 || math.Abs(got.P-c.want.P) > 5e-5 || math.Abs(got.Q-c.want.Q) > 5e-5 {
			t.Errorf("from %v to %v, converged %t; want %v", c.start, got, run.Converged, c.want)
		}
	}
}
