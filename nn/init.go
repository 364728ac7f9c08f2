package nn

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// An Init draws the starting weights w from in numbers to out numbers.
type Init interface {
	Draw(r *rand.Rand, w []float64, in, out int)
}

// Constant is an Init that gives every weight this value.
type Constant float64

// Draw sets the weights.
func (c Constant) Draw(_ *rand.Rand, w []float64, _, _ int) {
	for i := range w {
		w[i] = float64(c)
	}
}

// Normal is an Init that draws from the normal distribution with mean 0 and this
// standard deviation.
type Normal float64

// Draw sets the weights.
func (s Normal) Draw(r *rand.Rand, w []float64, _, _ int) {
	for i := range w {
		w[i] = float64(s) * r.NormFloat64()
	}
}

// Uniform is an Init that draws from [−u, u].
type Uniform float64

// Draw sets the weights.
func (u Uniform) Draw(r *rand.Rand, w []float64, _, _ int) {
	for i := range w {
		w[i] = float64(u) * (2*r.Float64() - 1)
	}
}

// Xavier is an Init that keeps the variance through a layer of sigmoid or tanh units,
// forwards and backwards: uniform with variance 2/(in+out), or normal if asked
// (Glorot & Bengio 2010, eq. 16). Gain multiplies the weights; 0 means 1.
type Xavier struct {
	Normal bool
	Gain   float64
}

// Draw sets the weights.
func (x Xavier) Draw(r *rand.Rand, w []float64, in, out int) {
	spread(r, w, gain(x.Gain)*math.Sqrt(2/float64(in+out)), x.Normal)
}

// He is an Init that keeps the variance through a layer of rectified linear units:
// normal with variance 2/in, or uniform if asked (He, Zhang, Ren & Sun 2015, eq. 10).
// Slope is that of a leaky unit.
type He struct {
	Uniform bool
	Slope   float64
}

// Draw sets the weights.
func (h He) Draw(r *rand.Rand, w []float64, in, _ int) {
	spread(r, w, math.Sqrt(2/((1+h.Slope*h.Slope)*float64(in))), !h.Uniform)
}

// LeCun is an Init that is normal with variance 1/in, or uniform if asked (LeCun,
// Bottou, Orr & Müller 1998, eq. 16).
type LeCun struct{ Uniform bool }

// Draw sets the weights.
func (l LeCun) Draw(r *rand.Rand, w []float64, in, _ int) {
	spread(r, w, math.Sqrt(1/float64(in)), !l.Uniform)
}

// Orthogonal is an Init that draws a matrix of in rows, and as many columns as there
// are weights for, uniformly from those with orthonormal rows or, if there are more
// rows than columns, columns (Saxe, McClelland & Ganguli 2014; uniform by Mezzadri
// 2007). Gain multiplies the weights; 0 means 1. It takes O(in·out·min(in, out)) time.
type Orthogonal struct{ Gain float64 }

// Draw sets the weights.
func (o Orthogonal) Draw(r *rand.Rand, w []float64, in, _ int) {
	if len(w) == 0 {
		return
	}
	rows, cols := in, len(w)/in
	tall := rows >= cols
	if !tall {
		rows, cols = cols, rows
	}
	a := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			a.Set(i, j, r.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	var q, upper mat.Dense
	qr.QTo(&q)
	qr.RTo(&upper)
	for i := range rows {
		for j := range cols {
			v := gain(o.Gain) * q.At(i, j) * math.Copysign(1, upper.At(j, j))
			if tall {
				w[i*cols+j] = v
			} else {
				w[j*rows+i] = v
			}
		}
	}
}

func gain(g float64) float64 {
	if g == 0 {
		return 1
	}
	return g
}

// spread draws with mean zero and that standard deviation.
func spread(r *rand.Rand, w []float64, sd float64, normal bool) {
	if normal {
		Normal(sd).Draw(r, w, 0, 0)
	} else {
		Uniform(sd*math.Sqrt(3)).Draw(r, w, 0, 0)
	}
}
