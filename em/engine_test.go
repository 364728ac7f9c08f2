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
	s.Scale(-1) // it may
	return nil
}

func (m *pair) MarshalJSON() ([]byte, error) { type plain pair; return json.Marshal((*plain)(m)) }

func (m *pair) UnmarshalJSON(b []byte) error {
	type plain pair
	return json.Unmarshal(b, (*plain)(m))
}

func (m *pair) ExpectHard(b *Block, s *Statistics) error {
	for i := range b.Rows {
		x, w := b.Row(i)[0], b.Weight(i)
		p := m.Pi * (x*m.P + (1-x)*(1-m.P))
		q := (1 - m.Pi) * (x*m.Q + (1-x)*(1-m.Q))
		if p >= q {
			s.Sums[0] += w
			s.Sums[1] += w * x
		} else {
			s.Sums[2] += w * x
		}
		s.LogLikelihood += w * math.Log(max(p, q))
		s.Weight += w
	}
	return nil
}

func (m *pair) Complete(s *Statistics) float64 {
	n, p, q := s.Sums[0], s.Sums[1], s.Sums[2]
	rest := s.Weight - n
	return n*math.Log(m.Pi) + rest*math.Log(1-m.Pi) + p*math.Log(m.P) + (n-p)*math.Log(1-m.P) + q*math.Log(m.Q) + (rest-q)*math.Log(1-m.Q)
}

func (m *pair) Origin() []float64               { return nil }
func (m *pair) Recentre(*Statistics, []float64) { panic("not called") }
func (m *pair) Parameters() int                 { return 3 }

// movingPair is the same model with sums about its own parameters, and a Beta(2, 2) prior
// on each of them if it is to have one.
type movingPair struct {
	pair
	prior bool
}

func (m *movingPair) Expect(b *Block, s *Statistics) error {
	if err := m.pair.Expect(b, s); err != nil {
		return err
	}
	// What was added is known from the sums about zero, which are kept beside.
	var t Statistics
	t.Sums = make([]float64, 3)
	if err := m.pair.Expect(b, &t); err != nil {
		return err
	}
	s.Sums[1] -= t.Sums[0] * m.P
	s.Sums[2] -= (t.Weight - t.Sums[0]) * m.Q
	return nil
}

func (m *movingPair) Complete(s *Statistics) float64 { return math.NaN() }

func (m *movingPair) Maximize(s *Statistics) error {
	c := 0.0
	if m.prior {
		c = 1
	}
	n, rest := s.Sums[0], s.Weight-s.Sums[0]
	m.Pi, m.P, m.Q = (n+c)/(s.Weight+2*c), (n*m.P+s.Sums[1]+c)/(n+2*c), (rest*m.Q+s.Sums[2]+c)/(rest+2*c)
	return nil
}

func (m *movingPair) Origin() []float64 { return []float64{m.P, m.Q} }

func (m *movingPair) Recentre(s *Statistics, from []float64) {
	s.Sums[1] += s.Sums[0] * (from[0] - m.P)
	s.Sums[2] += (s.Weight - s.Sums[0]) * (from[1] - m.Q)
}

func (m *movingPair) LogPrior() float64 {
	if !m.prior {
		return 0
	}
	return math.Log(m.Pi*(1-m.Pi)) + math.Log(m.P*(1-m.P)) + math.Log(m.Q*(1-m.Q))
}

func enginePairFrom(m pair) Starter[*pair] {
	return func(context.Context, int) (*pair, error) { m := m; return &m, nil }
}

func engineRows(t testing.TB, x []float64, columns int, c Config) *Rows {
	t.Helper()
	table, err := data.FromMatrix(x, columns)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := NewRows(context.Background(), table, c, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var engineTosses = []float64{1, 1, 0, 1, 0, 0, 1, 0, 1, 1}

// The three coins of Dempster, Laird & Rubin's followers: one toss decides which of two
// other coins is shown; ten tosses, six heads. The maximum found depends on the start.
func TestThreeCoins(t *testing.T) {
	for _, c := range []struct{ start, want pair }{
		{pair{0.5, 0.5, 0.5}, pair{0.5, 0.6, 0.6}},
		{pair{0.4, 0.6, 0.7}, pair{0.4064, 0.5368, 0.6432}},
	} {
		rows := engineRows(t, engineTosses, 1, Config{})
		run, err := Fit(context.Background(), rows, enginePairFrom(c.start), Config{})
		if err != nil {
			t.Fatal(err)
		}
		got := *run.Model
		if !run.Converged || math.Abs(got.Pi-c.want.Pi) > 5e-5 || math.Abs(got.P-c.want.P) > 5e-5 || math.Abs(got.Q-c.want.Q) > 5e-5 {
			t.Errorf("from %v to %v, converged %t; want %v", c.start, got, run.Converged, c.want)
		}
	}
}
