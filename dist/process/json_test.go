package process

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
)

func TestJSON(t *testing.T) {
	for _, k := range []struct {
		v    any
		want string
	}{
		{&Optimum{X: []float64{1}, Value: 2, Evaluations: []Evaluation{{X: []float64{1}, Value: 2}, {X: []float64{3}, Value: math.NaN(), Err: errors.New("no")}}, Failed: 1},
			`{"x":[1],"value":2,"evaluations":[{"x":[1],"value":2},{"x":[3],"value":null,"error":"no"}],"failed":1}`},
		{HyperparameterStart{LogTheta: []float64{0.5}, LogMarginalLikelihood: math.Inf(-1)},
			`{"index":0,"log_theta":[0.5],"log_marginal_likelihood":"-Inf","iterations":0,"converged":false}`},
	} {
		if got, err := json.Marshal(k.v); err != nil || string(got) != k.want {
			t.Errorf("%s, %v, want %s", got, err, k.want)
		}
	}
}
