package posteriordb

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A regression is y ~ N(Xβ, σ) with independent priors. The parameters are β and
// log σ. The data enter by the least squares β̂, its residual sum of squares S and
// the Gram matrix G = XᵀX, for the sum of squares at β is S + (β − β̂)ᵀG(β − β̂);
// nothing cancels in this form.
type regression struct {
	coefficients []string // their names
	observations float64
	estimate     []float64 // β̂
	gram         []float64 // G by rows
	residual     float64   // S
	precision    []float64 // of the normal priors with mean zero, 0 where flat
	special      student   // prior of the last coefficient beside that
	scale        student   // prior of σ
	offset, pull []float64 // scratch: β − β̂ and G(β − β̂)
}

// newRegression sums up the data: rows of X beside y.
func newRegression(coefficients []string, rows [][]float64, y []float64) (*regression, error) {
	n, p := len(rows), len(coefficients)
	if n < p {
		return nil, fmt.Errorf("%d observations for %d coefficients", n, p)
	}
	design := mat.NewDense(n, p, slices.Concat(rows...))
	var qr mat.QR
	qr.Factorize(design)
	estimate := mat.NewVecDense(p, nil)
	response := mat.NewVecDense(n, y)
	if err := qr.SolveVecTo(estimate, false, response); err != nil {
		return nil, err
	}
	var fitted, left mat.VecDense
	fitted.MulVec(design, estimate)
	left.SubVec(response, &fitted)
	var gram mat.Dense
	gram.Mul(design.T(), design)
	return &regression{
		coefficients: coefficients,
		observations: float64(n),
		estimate:     estimate.RawVector().Data,
		gram:         gram.RawMatrix().Data,
		residual:     mat.Dot(&left, &left),
		precision:    make([]float64, p),
		offset:       make([]float64, p),
		pull:         make([]float64, p),
	}, nil
}

func (m *regression) dim() int { return len(m.estimate) + 1 }

func (m *regression) clone() model {
	c := *m
	c.offset, c.pull = make([]float64, len(m.estimate)), make([]float64, len(m.estimate))
	return &c
}

func (m *regression) names() []string { return slices.Concat(m.coefficients, []string{"sigma"}) }

func (m *regression) quantitiesTo(dst, x []float64) {
	p := len(m.estimate)
	copy(dst, x[:p])
	dst[p] = math.Exp(x[p])
}

func (m *regression) logJacobian(x []float64) float64 { return x[len(m.estimate)] }

func (m *regression) logDensityGrad(x, grad []float64) (float64, error) {
	p := len(m.estimate)
	logSigma := x[p]
	if !(math.Abs(logSigma) < far) {
		return impossible, nil
	}
	sigma := math.Exp(logSigma)
	inverse := 1 / (sigma * sigma)
	beta, gradBeta := x[:p], grad[:p]
	offset, pull := m.offset[:p], m.pull[:p]
	for j, b := range beta {
		offset[j] = b - m.estimate[j]
	}
	clear(pull)
	// Column by column the sums have no chain of additions to wait for.
	for j, d := range offset {
		column := m.gram[j*p : (j+1)*p][:p]
		for k := range pull {
			pull[k] += d * column[k]
		}
	}
	squares, penalty := m.residual, 0.0
	for j, b := range beta {
		squares += offset[j] * pull[j]
		shrink := m.precision[j] * b
		penalty += b * shrink
		gradBeta[j] = -inverse*pull[j] - shrink
	}
	squares *= inverse
	value := (1-m.observations)*logSigma - 0.5*(squares+penalty)
	if m.special.df != 0 {
		v, slope := m.special.at(beta[p-1])
		value += v
		gradBeta[p-1] += slope
	}
	prior, slope := m.scale.at(sigma)
	grad[p] = 1 - m.observations + squares + sigma*slope
	return value + prior, nil
}

func readKidscore(data []byte) (model, error) {
	var in struct {
		N     int
		Score []float64 `json:"kid_score"`
		HS    []float64 `json:"mom_hs"`
		IQ    []float64 `json:"mom_iq"`
	}
	err := decode(data, &in, func() [][2]int {
		return [][2]int{{in.N, len(in.Score)}, {in.N, len(in.HS)}, {in.N, len(in.IQ)}}
	})
	if err != nil {
		return nil, err
	}
	rows := make([][]float64, in.N)
	for i, iq := range in.IQ {
		rows[i] = []float64{1, in.HS[i], iq, in.HS[i] * iq}
	}
	m, err := newRegression(indexed("beta", 4), rows, in.Score)
	if err != nil {
		return nil, err
	}
	m.scale = student{1, 0, 2.5}
	return m, nil
}

func readAutoregression(data []byte) (model, error) {
	var in struct {
		K, T int
		Y    []float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.T, len(in.Y)}} })
	if err != nil {
		return nil, err
	}
	if in.K < 0 || in.K >= in.T {
		return nil, fmt.Errorf("order %d for a series of length %d", in.K, in.T)
	}
	var rows [][]float64
	for t := in.K; t < in.T; t++ {
		row := []float64{1}
		for k := 1; k <= in.K; k++ {
			row = append(row, in.Y[t-k])
		}
		rows = append(rows, row)
	}
	m, err := newRegression(slices.Concat([]string{"alpha"}, indexed("beta", in.K)), rows, in.Y[in.K:])
	if err != nil {
		return nil, err
	}
	for j := range m.precision {
		m.precision[j] = 0.01
	}
	m.scale = student{1, 0, 2.5}
	return m, nil
}

func readDiamonds(data []byte) (model, error) {
	var in struct {
		N, K int
		Y    []float64
		X    [][]float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.N, len(in.Y)}, {in.N, len(in.X)}} })
	if err != nil {
		return nil, err
	}
	rows := make([][]float64, in.N)
	means := make([]float64, in.K)
	for i, x := range in.X {
		if len(x) != in.K || in.K < 1 {
			return nil, fmt.Errorf("row %d of X has %d columns and must have %d", i+1, len(x), in.K)
		}
		// The intercept comes last, and its column first.
		rows[i] = append(x[1:in.K:in.K], 1)
		for j, v := range rows[i] {
			means[j] += v / float64(in.N)
		}
	}
	for _, row := range rows {
		for j := range in.K - 1 {
			row[j] -= means[j]
		}
	}
	m, err := newRegression(append(indexed("b", in.K-1), "Intercept"), rows, in.Y)
	if err != nil {
		return nil, err
	}
	for j := range in.K - 1 {
		m.precision[j] = 1
	}
	m.special, m.scale = student{3, 8, 10}, student{3, 0, 10}
	return m, nil
}

func readSblrc(data []byte) (model, error) {
	var in struct {
		N, D int
		Y    []float64 `json:"y"`
		X    [][]float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.N, len(in.Y)}, {in.N, len(in.X)}} })
	if err != nil {
		return nil, err
	}
	for i, x := range in.X {
		if len(x) != in.D || in.D < 1 {
			return nil, fmt.Errorf("row %d of X has %d columns and must have %d", i+1, len(x), in.D)
		}
	}
	m, err := newRegression(indexed("beta", in.D), in.X, in.Y)
	if err != nil {
		return nil, err
	}
	for j := range m.precision {
		m.precision[j] = 0.01
	}
	m.scale = student{math.Inf(1), 0, 10}
	return m, nil
}

func readMesquite(data []byte) (model, error) {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	columns := []string{"weight", "diam1", "diam2", "canopy_height", "total_height", "density", "group"}
	var y []float64
	var rows [][]float64
	for c, name := range columns {
		var v []float64
		if err := json.Unmarshal(in[name], &v); err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
		if c == 0 {
			y = v
			for range y {
				rows = append(rows, []float64{1})
			}
			continue
		}
		if len(v) != len(y) {
			return nil, fmt.Errorf("column %s has %d entries and must have %d", name, len(v), len(y))
		}
		for i := range rows {
			rows[i] = append(rows[i], v[i])
		}
	}
	return newRegression(indexed("beta", 7), rows, y)
}
