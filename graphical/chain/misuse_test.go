package chain

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// Numbers that make no chain are refused and named.
func TestBadChainsAreNamed(t *testing.T) {
	e := Evidence{Log: make([]float64, 6)}
	for _, bad := range []float64{math.NaN(), -1, math.Inf(1)} {
		m := Markov{Initial: []float64{0.5, 0.5}, Transition: []float64{0.5, 0.5, bad, 0.5}}
		for _, logSpace := range []bool{false, true} {
			w := &Workspace{LogSpace: logSpace}
			for name, call := range map[string]func() error{
				"Filter":  func() error { _, err := w.Filter(make([]float64, 6), m, e); return err },
				"LogProb": func() error { return w.LogProb(make([]float64, 1), m, []Evidence{e}) },
				"Smooth":  func() error { _, err := w.Smooth(make([]float64, 6), m, e); return err },
				"Viterbi": func() error { _, _, err := w.Viterbi(nil, m, e); return err },
				"KBest":   func() error { _, err := w.KBest(2, m, e); return err },
				"Sample":  func() error { return w.Sample(make([][]int, 1), m, e, rand.New(rand.NewPCG(1, 1))) },
			} {
				var config *belief.ConfigError
				if err := call(); !errors.As(err, &config) || config.Field != "Transition[1][0]" {
					t.Errorf("%s with %v: %v", name, bad, err)
				}
			}
		}
	}
}

func TestNegativeWeightsPanic(t *testing.T) {
	m := Markov{Initial: []float64{1}, Transition: []float64{1}}
	for _, weight := range []float64{-1, math.NaN(), math.Inf(1)} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "chain: ") {
					t.Errorf("the weight %v: %v", weight, text)
				}
			}()
			_ = new(Workspace).Expect(new(Expected), m, []Evidence{{Log: []float64{0}}}, []float64{weight})
		}()
	}
}

func TestNothingIsAnError(t *testing.T) {
	var config *belief.ConfigError
	if _, err := weather().LogProb(background, nil); !errors.As(err, &config) {
		t.Errorf("no sequences: %v", err)
	}
	if _, err := weather().EvidenceTo(nil, nil, []int{0}); !errors.As(err, &config) {
		t.Errorf("evidence of no sequences: %v", err)
	}
	if err := new(Kalman).SmoothTo(new(KalmanPosterior), []float64{1}); !errors.As(err, &config) || config.Field != "States" {
		t.Errorf("no system: %v", err)
	}
}

// A cell is named by its column, by its sequence and by its row in the data.
func TestCellsAreNamed(t *testing.T) {
	normals, err := NewDiagonalGaussian([][]float64{{0, 0}}, [][]float64{{1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	h := &HMM{Columns: []string{"c", "b"}, Initial: []float64{1}, Transition: []float64{1}, Emission: normals}
	table, err := data.FromRows([][]float64{{0, 0, 0}, {0, 0, 0}, {0, math.Inf(1), 0}}, "a", "b", "c")
	if err != nil {
		t.Fatal(err)
	}
	seqs, err := data.NewSequences(table, []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	var value *data.ValueError
	if _, err := h.LogProb(background, seqs); !errors.As(err, &value) || value.Column != "b" || value.Row != 2 || !strings.Contains(err.Error(), "sequence 1") {
		t.Error(err)
	}
}

// A state that grows without an end is an error that names the time.
func TestKalmanOverflows(t *testing.T) {
	m := &Kalman{States: 1, Observed: 1, Initial: []float64{1}, InitialCov: []float64{1}, Transition: []float64{2},
		Noise: []float64{1}, Emission: []float64{1}, EmissionCov: []float64{1}}
	x := make([]float64, 3000)
	for i := range x {
		x[i] = math.NaN()
	}
	var config *belief.ConfigError
	if err := m.SmoothTo(new(KalmanPosterior), x); !errors.As(err, &config) || !strings.Contains(err.Error(), "time 512") {
		t.Error(err)
	}
}
