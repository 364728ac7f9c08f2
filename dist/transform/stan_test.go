package transform_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist/transform"
	"github.com/belief-go/belief/internal/datadir"
)

// TestStan holds values and log Jacobians to those that Stan 2.21 computes for the
// parameters of three posteriors.
func TestStan(t *testing.T) {
	for name, parts := range map[string][]struct {
		parameter string
		t         transform.Transform
	}{
		"hmm_example-hmm_example":              {{"theta1", transform.Simplex{K: 2}}, {"theta2", transform.Simplex{K: 2}}, {"mu", transform.Ordered{K: 2, Positive: true}}},
		"low_dim_gauss_mix-low_dim_gauss_mix":  {{"mu", transform.Ordered{K: 2}}, {"sigma", transform.Positive{N: 2}}, {"theta", transform.Interval{Upper: 1}}},
		"eight_schools-eight_schools_centered": {{"theta", transform.Identity{N: 8}}, {"mu", transform.Identity{}}, {"tau", transform.Positive{}}},
	} {
		data, err := os.ReadFile(datadir.Path(t, "logdensity", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Points []struct {
				Unconstrained []float64
				Constrained   map[string]json.RawMessage
				LP            float64
				LPNoJacobian  float64 `json:"lp_no_jacobian"`
			}
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		if len(file.Points) == 0 {
			t.Errorf("%s has no points", name)
		}
		for _, p := range file.Points {
			y, jacobian := p.Unconstrained, 0.0
			for _, part := range parts {
				free := y[:part.t.FreeDim()]
				y = y[part.t.FreeDim():]
				jacobian += part.t.LogJacobian(free)
				var want []float64
				if err := json.Unmarshal(p.Constrained[part.parameter], &want); err != nil {
					want = make([]float64, 1)
					if err := json.Unmarshal(p.Constrained[part.parameter], &want[0]); err != nil {
						t.Fatal(err)
					}
				}
				for i, x := range part.t.ForwardTo(nil, free) {
					if !(math.Abs(x-want[i]) <= 1e-13*max(1, math.Abs(want[i]))) { // written with 15 digits
						t.Errorf("%s: %s[%d] at %v is %v, want %v", name, part.parameter, i, free, x, want[i])
					}
				}
			}
			// Differences of log densities, of which 15 digits were written.
			if want := p.LP - p.LPNoJacobian; len(y) != 0 || !(math.Abs(jacobian-want) <= 1e-13*(1+math.Abs(p.LP))) {
				t.Errorf("%s: the log Jacobian at %v is %v, want %v", name, p.Unconstrained, jacobian, want)
			}
		}
	}
}
