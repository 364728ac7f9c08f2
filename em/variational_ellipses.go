package em

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// ellipses are the centres and shapes of the components of a mixture. They measure how
// far rows are from the centres, and add up how rows scatter. The mixtures that are more
// than a Gaussian one are built upon them: Bayesian, of Student's t, with missing cells.
type ellipses struct {
	covariance Covariance
	k, d       int
	centers    []float64 // k × d
	// origins are what scatter is summed about, k × d. They are near the data, so that
	// the sums keep their digits, and do not change between statistics that are averaged.
	origins []float64
	// factors are roots F of the inverse shapes, FᵀF = S⁻¹: d × d lower triangular for
	// every component (Full) or all (Tied), d for every component (Diagonal) or one
	// (Spherical).
	factors []float64
}

func newEllipses(covariance Covariance, k, d int) *ellipses {
	e := &ellipses{covariance: covariance, k: k, d: d, centers: make([]float64, k*d), origins: make([]float64, k*d)}
	e.factors = make([]float64, e.shapes()*e.shapeLen())
	return e
}

// shapes is the number of shapes, shapeLen the length of each.
func (e *ellipses) shapes() int {
	if e.covariance == Tied {
		return 1
	}
	return e.k
}

func (e *ellipses) shapeLen() int { return shapeLen(e.covariance, e.d) }

func shapeLen(covariance Covariance, d int) int {
	switch covariance {
	case Diagonal:
		return d
	case Spherical:
		return 1
	default:
		return d * d
	}
}

// shapeOf returns the part of shapes, such as factors, that is component j's.
func (e *ellipses) shapeOf(shapes []float64, j int) []float64 {
	n := e.shapeLen()
	if e.covariance == Tied {
		j = 0
	}
	return shapes[j*n : (j+1)*n]
}

func (e *ellipses) center(j int) []float64 { return e.centers[j*e.d : (j+1)*e.d] }
func (e *ellipses) origin(j int) []float64 { return e.origins[j*e.d : (j+1)*e.d] }

// The sums of component j are its weight, the weighted sum of the deviations from its
// origin, and that of their outer squares, of which only the diagonal (Diagonal) or its
// sum (Spherical) is kept. With Tied the outer squares of all components stand at the end
// as one sum.
func (e *ellipses) sumsLen() int { return e.k*(1+e.d) + e.shapes()*e.shapeLen() }

func (e *ellipses) weightSums(sums []float64) []float64 { return sums[:e.k] }

func (e *ellipses) deviationSums(sums []float64, j int) []float64 {
	return sums[e.k+j*e.d : e.k+(j+1)*e.d]
}

func (e *ellipses) squareSums(sums []float64) []float64 {
	from := e.k * (1 + e.d)
	return sums[from : from+e.shapes()*e.shapeLen()]
}

// ellipseScratch is what the E step of a block works in. Columns stand one after the
// other, each of as many numbers as there are rows.
type ellipseScratch struct {
	rows    int
	columns []float64 // d × rows: the data
	y, z    []float64 // d × rows
	squares []float64 // k × rows: squared distances
	weights []float64 // rows
	product []float64 // rows
	logs    []float64 // rows × k: log joint densities, then responsibilities
	logSums []float64 // rows
}

// scratch returns the scratch of statistics, large enough for a block.
func (e *ellipses) scratch(s *Statistics, rows int) *ellipseScratch {
	sc, _ := s.Scratch.(*ellipseScratch)
	if sc == nil {
		sc = new(ellipseScratch)
		s.Scratch = sc
	}
	if n := max(rows, blockRows); len(sc.logSums) < n {
		sc.columns, sc.y, sc.z = make([]float64, e.d*n), make([]float64, e.d*n), make([]float64, e.d*n)
		sc.squares, sc.logs = make([]float64, e.k*n), make([]float64, e.k*n)
		sc.weights, sc.product, sc.logSums = make([]float64, n), make([]float64, n), make([]float64, n)
	}
	sc.rows = rows
	return sc
}

// load puts the rows of a block into columns.
func (sc *ellipseScratch) load(b *Block) {
	d, n := b.Columns, sc.rows
	for i := range n {
		for c, v := range b.X[i*d : (i+1)*d] {
			sc.columns[c*n+i] = v
		}
		sc.weights[i] = b.Weight(i)
	}
}

// measure writes the squared distances of all rows from all centres to sc.squares.
func (e *ellipses) measure(sc *ellipseScratch) {
	n := sc.rows
	for j := range e.k {
		factor, q := e.shapeOf(e.factors, j), sc.squares[j*n:(j+1)*n]
		clear(q)
		if e.covariance == Diagonal || e.covariance == Spherical {
			root := factor[0]
			for c, m := range e.center(j) {
				if e.covariance == Diagonal {
					root = factor[c]
				}
				y := sc.y[:n]
				kernel.AddConst(-m, y, sc.columns[c*n:(c+1)*n])
				kernel.Scale(root, y, y)
				kernel.MulAdd(q, y, y)
			}
			continue
		}
		sc.deviate(e.center(j))
		z := sc.z[:e.d*n]
		kernel.Gemm(false, false, e.d, n, e.d, 1, factor, e.d, sc.y, n, 0, z, n, 1)
		for c := range e.d {
			kernel.MulAdd(q, z[c*n:(c+1)*n], z[c*n:(c+1)*n])
		}
	}
}

// distance returns the squared length of a deviation by the shape of component j.
func (e *ellipses) distance(j int, from []float64) float64 {
	factor, sum := e.shapeOf(e.factors, j), 0.0
	for a, y := range from {
		var z float64
		switch e.covariance {
		case Diagonal:
			z = factor[a] * y
		case Spherical:
			z = factor[0] * y
		default:
			z = kernel.Dot(factor[a*e.d:a*e.d+a+1], from[:a+1])
		}
		sum += z * z
	}
	return sum
}

// totalDistance returns the weighted squared distances from the centres of all that was
// summed.
func (e *ellipses) totalDistance(sums []float64) float64 {
	means, scatters := make([]float64, e.k*e.d), make([]float64, e.shapes()*e.shapeLen())
	e.moments(means, scatters, sums)
	total := 0.0
	for j, n := range e.weightSums(sums) {
		mean := means[j*e.d : (j+1)*e.d]
		kernel.Sub(mean, mean, e.center(j))
		total += n * e.distance(j, mean)
	}
	// tr(FᵀF S) of every shape.
	for j := range e.shapes() {
		factor, scatter := e.shapeOf(e.factors, j), e.shapeOf(scatters, j)
		if e.covariance == Diagonal || e.covariance == Spherical {
			for c, v := range scatter {
				total += factor[c] * v * factor[c]
			}
			continue
		}
		for a := range e.d {
			row := factor[a*e.d : a*e.d+a+1]
			for b, v := range row {
				total += v * kernel.Dot(row, scatter[b*e.d:b*e.d+a+1])
			}
		}
	}
	return total
}

// deviate writes the deviations of all rows from a point to sc.y.
func (sc *ellipseScratch) deviate(from []float64) {
	n := sc.rows
	for c, m := range from {
		kernel.AddConst(-m, sc.y[c*n:(c+1)*n], sc.columns[c*n:(c+1)*n])
	}
}

// scatter adds all rows, weighted, to the sums of component j.
func (e *ellipses) scatter(sums []float64, sc *ellipseScratch, j int, weights []float64) {
	sc.deviate(e.origin(j))
	e.scatterDeviations(sums, sc, j, weights)
}

// scatterDeviations is scatter of the deviations that are in sc.y.
func (e *ellipses) scatterDeviations(sums []float64, sc *ellipseScratch, j int, weights []float64) {
	n := sc.rows
	e.weightSums(sums)[j] += kernel.Sum(weights)
	deviations, squares := e.deviationSums(sums, j), e.shapeOf(e.squareSums(sums), j)
	for c := range e.d {
		y, z := sc.y[c*n:(c+1)*n], sc.z[c*n:(c+1)*n]
		kernel.Mul(z, y, weights)
		deviations[c] += kernel.Sum(z)
		switch e.covariance {
		case Diagonal:
			squares[c] += kernel.Dot(z, y)
		case Spherical:
			squares[0] += kernel.Dot(z, y)
		}
	}
	if e.covariance == Full || e.covariance == Tied {
		kernel.Gemm(false, true, e.d, e.d, n, 1, sc.z, n, sc.y, n, 1, squares, e.d, 1)
	}
}

// shares makes responsibilities of the log joint densities in sc.logs and returns the
// weighted sum of the log densities of the rows.
func (e *ellipses) shares(sc *ellipseScratch) float64 {
	n := sc.rows
	logs := sc.logs[:n*e.k]
	kernel.SoftmaxRows(n, e.k, logs, logs, sc.logSums[:n])
	return kernel.Dot(sc.weights[:n], sc.logSums[:n])
}

// share writes the weighted responsibilities of component j for all rows to sc.product.
func (e *ellipses) share(sc *ellipseScratch, j int) []float64 {
	n := sc.rows
	for i := range n {
		sc.product[i] = sc.weights[i] * sc.logs[i*e.k+j]
	}
	return sc.product[:n]
}

// moments writes the means of what was summed for the components, k × d, and the scatter
// about them of every shape. The mean of a component without weight is its origin.
func (e *ellipses) moments(means, scatters, sums []float64) {
	copy(scatters, e.squareSums(sums))
	for j, weight := range e.weightSums(sums) {
		mean, deviations := means[j*e.d:(j+1)*e.d], e.deviationSums(sums, j)
		copy(mean, e.origin(j))
		if weight > 0 {
			e.addOuter(e.shapeOf(scatters, j), -1/weight, deviations)
			kernel.Axpy(1/weight, deviations, mean)
		}
	}
	for j := range e.shapes() {
		e.tidy(e.shapeOf(scatters, j))
	}
}

// addOuter adds c v vᵀ, or what of it is kept, to a shape.
func (e *ellipses) addOuter(dst []float64, c float64, v []float64) {
	for a, x := range v {
		switch e.covariance {
		case Diagonal:
			dst[a] += c * x * x
		case Spherical:
			dst[0] += c * x * x
		default:
			kernel.Axpy(c*x, v, dst[a*e.d:(a+1)*e.d])
		}
	}
}

// tidy makes a sum of squares what rounding may have left it not to be: symmetric, with
// nothing negative on the diagonal.
func (e *ellipses) tidy(a []float64) {
	if e.covariance == Diagonal || e.covariance == Spherical {
		for i, v := range a {
			a[i] = max(v, 0)
		}
		return
	}
	for i := range e.d {
		a[i*e.d+i] = max(a[i*e.d+i], 0)
		for j := range i {
			v := 0.5 * (a[i*e.d+j] + a[j*e.d+i])
			a[i*e.d+j], a[j*e.d+i] = v, v
		}
	}
}

// asymmetric returns the first row of a shape that is not symmetric, −1 if it is.
func (e *ellipses) asymmetric(shape []float64) int {
	if e.covariance == Diagonal || e.covariance == Spherical {
		return -1
	}
	for i := range e.d {
		for j := range i {
			if shape[i*e.d+j] != shape[j*e.d+i] {
				return i
			}
		}
	}
	return -1
}

// factor writes the root of the inverse of c times a shape to dst and returns
// log |shape|, of all d dimensions, without c. It says whether the shape is positive
// definite.
func (e *ellipses) factor(dst, shape []float64, c float64) (logDet float64, ok bool) {
	copy(dst, shape)
	if e.covariance == Diagonal || e.covariance == Spherical {
		for i, v := range shape {
			if !(v > 0 && v <= math.MaxFloat64) {
				return 0, false
			}
			logDet += math.Log(v)
			dst[i] = 1 / math.Sqrt(c*v)
		}
		if e.covariance == Spherical {
			logDet *= float64(e.d)
		}
		return logDet, true
	}
	if !invertedRoot(dst, e.d) {
		return 0, false
	}
	logDet = -2 * logDiagonal(dst, e.d)
	kernel.Scale(1/math.Sqrt(c), dst, dst)
	return logDet, true
}

// weakPivot replaces a shape by its lower root, or the roots of its numbers. It returns
// the first pivot that is not positive as far as its digits go, −1 if there is none.
func (e *ellipses) weakPivot(a []float64) int {
	d := e.d
	if e.covariance == Diagonal || e.covariance == Spherical {
		for i, v := range a {
			if !(v > 0 && v <= math.MaxFloat64) {
				return i
			}
			a[i] = math.Sqrt(v)
		}
		return -1
	}
	for i := range d {
		for j := range i + 1 {
			v := a[i*d+j] - kernel.Dot(a[i*d:i*d+j], a[j*d:j*d+j])
			switch {
			case j < i:
				a[i*d+j] = v / a[j*d+j]
			case !(v > 1e-14*a[i*d+i] && v <= math.MaxFloat64):
				return i
			default:
				a[i*d+i] = math.Sqrt(v)
			}
		}
		clear(a[i*d+i+1 : (i+1)*d])
	}
	return -1
}
