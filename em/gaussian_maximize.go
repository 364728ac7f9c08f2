package em

// Gaussian mixtures: the M step, with its floors and priors.

import (
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// gaussianPrior is a [GaussianPrior] in the frame of a fit.
type gaussianPrior struct {
	mean       []float64 // m
	kappa, nu  float64
	lambda     []float64 // Λ, d×d
	sphereMean float64   // mean of the Λ_jj in the units of the data
}

// Maximize implements [Model]. With sums over responsibilities r it is
//
//	w_k = Σr/Σw,  μ_k = Σrx/Σr,  Σ_k = Σr(x − μ_k)(x − μ_k)ᵀ/Σr
//
// (Bishop 2006, equations 9.24 to 9.26), the last within what the floor allows; with a
// prior the mode of the posterior (Fraley & Raftery 2007, table 1). A component that no
// row wants gets weight zero and stays where it is.
func (m *GaussianModel) Maximize(s *Statistics) error {
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	k, d := m.Components(), len(m.columns)
	total := 0.0
	for _, v := range s.Sums[:k] {
		total += v
	}
	if !(total > 0) || math.IsInf(total, 0) || math.IsNaN(kernel.Sum(s.Sums)) {
		return &belief.ConfigError{Field: "statistics", Value: total, Want: "finite, of a positive weight"}
	}
	next := &GaussianModel{Weights: make([]float64, k), Means: make([][]float64, k), covariance: m.covariance, columns: m.columns,
		spread: append([]float64(nil), m.spread...), origin: m.origin, scale: m.scale,
		floor: m.floor, concentration: m.concentration, prior: m.prior, floored: make([]bool, k), emptied: make([]bool, k)}
	extra := max(0, m.concentration-1)
	means := make([]float64, k*d) // in the frame
	for i := range k {
		n := max(0, s.Sums[i])
		next.Weights[i] = min(1, (n+extra)/(total+extra*float64(k)))
		next.Means[i] = append([]float64(nil), m.Means[i]...)
		mean := means[i*d : (i+1)*d]
		if next.emptied[i] = n <= 1e-14*total; next.emptied[i] && m.prior == nil {
			for j := range mean {
				mean[j] = (m.Means[i][j] - m.origin[j]) / m.scale[j]
			}
			continue
		}
		for j := range mean {
			v := s.Sums[(1+j)*k+i]
			if p := m.prior; p != nil {
				v = (v + p.kappa*p.mean[j]) / (n + p.kappa)
			} else {
				v /= n
			}
			mean[j] = v
			next.Means[i][j] = m.origin[j] + v*m.scale[j]
		}
	}
	next.spreads(s, means)
	for i, row := range next.Means {
		for j, v := range row {
			if math.IsInf(v, 0) {
				return &belief.ConfigError{Field: m.columns[j], Value: v, Want: fmt.Sprintf("a finite mean in component %d", i)}
			}
		}
	}
	if err := next.prepare(); err != nil {
		return err
	}
	m.Weights, m.Means, m.spread = next.Weights, next.Means, next.spread
	m.floored, m.emptied, m.gaussianCache = next.floored, next.emptied, next.gaussianCache
	return nil
}

// spreads sets the covariances, given the means in the frame.
func (m *GaussianModel) spreads(s *Statistics, means []float64) {
	k, d := m.Components(), len(m.columns)
	scatter := make([]float64, d*d)
	var pooled []float64
	pooledWeight := 0.0
	for i := range k {
		n, mean := max(0, s.Sums[i]), means[i*d:(i+1)*d]
		if m.emptied[i] && m.prior == nil {
			continue
		}
		m.scatter(scatter, s, i, n, mean)
		switch m.covariance {
		case Full:
			weight := n
			if p := m.prior; p != nil {
				kernel.Add(scatter, scatter, p.lambda)
				weight += p.nu + float64(d) + 2
			}
			kernel.Scale(1/weight, scatter, scatter)
			m.floored[i] = raiseFloor(scatter, d, nil, m.floor)
			m.storeMatrix(m.spread[i*d*d:(i+1)*d*d], scatter)
		case Diagonal:
			for j := range d {
				v, weight := scatter[j*d+j], n
				if p := m.prior; p != nil {
					v, weight = v+p.lambda[j*d+j], weight+p.nu+3
				}
				v /= weight
				if v < m.floor {
					v, m.floored[i] = m.floor, true
				}
				m.spread[i*d+j] = v * m.scale[j] * m.scale[j]
			}
		case Spherical:
			v, least, weight := 0.0, 0.0, n*float64(d)
			for j := range d {
				unit := m.scale[j] * m.scale[j]
				v += scatter[j*d+j] * unit
				least += m.floor * unit / float64(d)
			}
			if p := m.prior; p != nil {
				v, weight = v+p.sphereMean, weight+p.nu+float64(d)+2
			}
			if v /= weight; v < least {
				v, m.floored[i] = least, true
			}
			m.spread[i] = v
		case Tied:
			if pooled == nil {
				pooled = make([]float64, d*d)
			}
			kernel.Add(pooled, pooled, scatter)
			pooledWeight += n
		}
	}
	if m.covariance != Tied || pooled == nil {
		return
	}
	at := (1 + d) * k
	for i := range d {
		for j := i; j < d; j++ {
			pooled[i*d+j] += s.Sums[at]
			pooled[j*d+i] = pooled[i*d+j]
			at++
		}
	}
	if p := m.prior; p != nil {
		kernel.Add(pooled, pooled, p.lambda)
		pooledWeight += p.nu + float64(d+k) + 1
	}
	kernel.Scale(1/pooledWeight, pooled, pooled)
	m.floored[0] = raiseFloor(pooled, d, nil, m.floor)
	m.storeMatrix(m.spread, pooled)
}

// raiseSpread raises covariances to the floor, as every M step does.
func (m *GaussianModel) raiseSpread() {
	d := len(m.columns)
	mean := 0.0
	for _, s := range m.scale {
		mean += s * s / float64(d)
	}
	switch m.covariance {
	case Diagonal:
		for i, v := range m.spread {
			m.spread[i] = max(v, m.floor*m.scale[i%d]*m.scale[i%d])
		}
	case Spherical:
		for i, v := range m.spread {
			m.spread[i] = max(v, m.floor*mean)
		}
	default:
		a := make([]float64, d*d)
		for at := 0; at < len(m.spread); at += d * d {
			for i := range a {
				a[i] = m.spread[at+i] / m.scale[i/d] / m.scale[i%d]
			}
			if raiseFloor(a, d, nil, m.floor) {
				m.storeMatrix(m.spread[at:at+d*d], a)
			}
		}
	}
}

// scatter writes Σr(z − mean)(z − mean)ᵀ of component k, and what the prior adds to it
// because of the mean, but for the inverse Wishart's own; only the diagonal where no more
// is known, and without Σrzzᵀ if the covariances are tied.
func (m *GaussianModel) scatter(dst []float64, s *Statistics, k int, n float64, mean []float64) {
	comps, d := m.Components(), len(m.columns)
	sum := func(f int) float64 { return s.Sums[f*comps+k] }
	q := 1 + d
	for i := range d {
		for j := i; j < d; j++ {
			if m.covariance >= Diagonal && j > i {
				break
			}
			v := 0.0
			if m.covariance != Tied {
				v = sum(q)
				q++
			}
			// Around any mean μ: Σrzzᵀ − (Σrz)μᵀ − μ(Σrz)ᵀ + (Σr)μμᵀ.
			v += n*mean[i]*mean[j] - sum(1+i)*mean[j] - mean[i]*sum(1+j)
			if p := m.prior; p != nil {
				v += p.kappa * (mean[i] - p.mean[i]) * (mean[j] - p.mean[j])
			}
			dst[i*d+j], dst[j*d+i] = v, v
		}
	}
}

// storeMatrix writes a covariance of the frame in the units of the data.
func (m *GaussianModel) storeMatrix(dst, a []float64) {
	d := len(m.columns)
	for i := range d {
		for j := i; j < d; j++ {
			v := a[i*d+j] * m.scale[i] * m.scale[j]
			dst[i*d+j], dst[j*d+i] = v, v
		}
	}
}

// Complete implements [Bounded].
func (m *GaussianModel) Complete(s *Statistics) float64 {
	k, d := m.Components(), len(m.columns)
	units := 0.0
	for _, v := range m.scale {
		units += math.Log(v)
	}
	units += float64(d) / 2 * math.Log(2*math.Pi)
	total := 0.0
	scatter, t := make([]float64, d*d), m.white
	mean := make([]float64, d)
	for i, w := range m.Weights {
		n := s.Sums[i]
		if n == 0 {
			continue
		}
		for j := range mean {
			mean[j] = (m.Means[i][j] - m.origin[j]) / m.scale[j]
		}
		bare := GaussianModel{Weights: m.Weights, covariance: m.covariance, columns: m.columns}
		bare.scatter(scatter, s, i, n, mean)
		switch m.covariance {
		case Full:
			t = m.white[i*d*d : (i+1)*d*d]
		case Diagonal, Spherical:
			t = m.white[i*d : (i+1)*d]
		}
		total += n*(math.Log(w)-units+logDiagonal(t, d)) - traceOf(t, scatter, d)/2
	}
	if m.covariance == Tied {
		at := (1 + d) * k
		for i := range d {
			for j := i; j < d; j++ {
				scatter[i*d+j], scatter[j*d+i] = s.Sums[at], s.Sums[at]
				at++
			}
		}
		total -= traceOf(t, scatter, d) / 2
	}
	return total
}

// LogPrior implements [Prior]; it is 0 without one.
func (m *GaussianModel) LogPrior() float64 {
	v, d := 0.0, len(m.columns)
	if m.concentration > 1 {
		for _, w := range m.Weights {
			v += (m.concentration - 1) * math.Log(w)
		}
	}
	p := m.prior
	if p == nil {
		return v
	}
	off := make([]float64, d)
	for i := range m.Weights {
		t := m.white
		if m.covariance != Tied {
			size := len(m.white) / len(m.Weights)
			t = m.white[i*size : (i+1)*size]
		}
		for j := range off {
			off[j] = (m.Means[i][j]-m.origin[j])/m.scale[j] - p.mean[j]
		}
		outer := make([]float64, d*d)
		for r := range d {
			kernel.Axpy(off[r], off, outer[r*d:(r+1)*d])
		}
		v += logDiagonal(t, d) - p.kappa/2*traceOf(t, outer, d)
		if m.covariance == Tied && i > 0 {
			continue
		}
		switch m.covariance {
		case Spherical:
			v += (p.nu+2)/float64(d)*logDiagonal(t, d) - p.sphereMean/m.spread[i]/2
		case Diagonal:
			v += (p.nu+2)*logDiagonal(t, d) - traceOf(t, p.lambda, d)/2
		default:
			v += (p.nu+float64(d)+1)*logDiagonal(t, d) - traceOf(t, p.lambda, d)/2
		}
	}
	return v
}

// Warnings implements [Warner]: where the floor acts, and components without rows.
func (m *GaussianModel) Warnings() []belief.Warning {
	var out []belief.Warning
	listed := func(marks []bool) string {
		var names []string
		for i, yes := range marks {
			if yes {
				names = append(names, fmt.Sprint(i))
			}
		}
		if len(names) > 8 {
			names = append(names[:8], "…")
		}
		return strings.Join(names, ", ")
	}
	if in := listed(m.floored); in != "" {
		where := "components " + in
		if m.covariance == Tied {
			where = "all components"
		}
		out = append(out, belief.Warning{Code: "variance-floor", Where: where,
			Text: fmt.Sprintf("a variance would be below %g of the data's and is held there by Floor; constant or collinear columns, duplicated rows or too many components do this", m.floor)})
	}
	if in := listed(m.emptied); in != "" {
		out = append(out, belief.Warning{Code: "empty-component", Where: "components " + in,
			Text: "no row belongs to them; fewer components do as well"})
	}
	return out
}
