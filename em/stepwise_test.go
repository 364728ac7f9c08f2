package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/data"
)

// Stepwise EM is what its formula says, written out over the same order of rows.
func TestEngineStepwise(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	x, w := make([]float64, 1234), make([]float64, 1234)
	for i := range x {
		x[i], w[i] = float64(rng.IntN(2)), rng.Float64()
	}
	table, err := data.NewTable(data.Numbers("x"), x, w)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := NewRows(context.Background(), table, Config{}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Batch: 600, Decay: 0.8, Iterations: 4, Seed: 3, Starts: 2}
	start := pair{0.3, 0.2, 0.6}
	want := start
	var history []float64
	expect := func(m *pair, xs, ws []float64) *Statistics {
		s := m.NewStatistics()
		if err := m.Expect(&Block{Rows: len(xs), Columns: 1, X: xs, Weights: ws}, s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	maximize := func(m *pair, mean []float64, weight float64) {
		m.Pi, m.P, m.Q = mean[0]/weight, mean[1]/mean[0], mean[2]/(weight-mean[0])
	}
	all := expect(&want, x, w)
	history = append(history, all.LogLikelihood)
	mean := append([]float64(nil), all.Sums...)
	maximize(&want, mean, all.Weight)
	batch := 0
	for pass := 1; pass < 4; pass++ {
		sum := 0.0
		for b, err := range data.Batches(table, data.Order{Shuffle: true, Seed: 3, Epoch: uint64(pass)}, 600) {
			if err != nil {
				t.Fatal(err)
			}
			s := expect(&want, b.X, b.Weights)
			gamma := math.Pow(float64(batch+2), -0.8)
			for i := range mean {
				mean[i] = (1-gamma)*mean[i] + gamma*s.Sums[i]*all.Weight/s.Weight
			}
			maximize(&want, mean, all.Weight)
			sum += s.LogLikelihood
			batch++
		}
		history = append(history, sum)
	}
	history = append(history, expect(&want, x, w).LogLikelihood)
	run, err := Fit(context.Background(), rows, func(_ context.Context, i int) (*pair, error) {
		if i == 1 {
			return nil, errors.New("one is enough")
		}
		m := start
		return &m, nil
	}, c)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, *run.Model, cmpopts.EquateApprox(1e-10, 0)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(history, run.History, cmpopts.EquateApprox(1e-10, 0)); d != "" {
		t.Error(d)
	}
}

// Where batches leave nothing to gain, stepwise EM has converged before its limit, and
// every start has orders of its own.
func TestEngineStepwiseConverges(t *testing.T) {
	x := make([]float64, 400)
	for i := range x {
		x[i] = float64(i % 2)
	}
	rows := engineRows(t, x, 1, Config{})
	run, err := Fit(context.Background(), rows, enginePairFrom(pair{0.3, 0.2, 0.6}), Config{Batch: 400, Starts: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !run.Converged || run.Iterations > 100 || math.Abs(run.LogLikelihood-400*math.Log(0.5)) > 1e-6 {
		t.Errorf("%+v", run)
	}
	run, err = Fit(context.Background(), rows, enginePairFrom(pair{0.3, 0.2, 0.6}), Config{Batch: 30, Starts: 2, Iterations: 3})
	if err != nil {
		t.Fatal(err)
	}
	if run.Starts[0].Objective == run.Starts[1].Objective {
		t.Error("two starts from one place have the same orders")
	}
}

// engineOwner refuses statistics that another model has made.
type engineOwner struct{ pair }

func (m *engineOwner) NewStatistics() *Statistics {
	s := m.pair.NewStatistics()
	s.Scratch = m
	return s
}

func (m *engineOwner) Expect(b *Block, s *Statistics) error {
	if s.Scratch != m {
		return errors.New("not mine")
	}
	return m.pair.Expect(b, s)
}

func (m *engineOwner) Maximize(s *Statistics) error {
	if s.Scratch != m {
		return errors.New("not mine")
	}
	return m.pair.Maximize(s)
}

func TestEngineScratchStaysWithItsModel(t *testing.T) {
	rows := engineRows(t, engineTosses, 1, Config{})
	for _, c := range []Config{{Starts: 3}, {Starts: 2, Batch: 4, Iterations: 2}} {
		run, err := Fit(context.Background(), rows, func(context.Context, int) (*engineOwner, error) {
			return &engineOwner{pair{0.3, 0.2, 0.6}}, nil
		}, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range run.Starts {
			if s.Problem != "" {
				t.Errorf("%+v", s)
			}
		}
	}
}
