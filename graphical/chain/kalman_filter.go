package chain

import (
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A KalmanPosterior is what a sequence of T observations says about the states of a
// [Kalman]: means are T × k, covariances T × k × k. Its memory is used again.
type KalmanPosterior struct {
	Steps         int
	LogLikelihood float64 // log p(x₁ … x_T), in nats

	// p(z_t | x₁ … x_{t−1}).
	PredictedMean, PredictedCov []float64
	// p(z_t | x₁ … x_t).
	FilteredMean, FilteredCov []float64
	// p(z_t | x₁ … x_T), of the smoother.
	SmoothedMean, SmoothedCov []float64
	// Cov(z_{t+1}, z_t | x₁ … x_T), (T−1) × k × k, of the smoother.
	CrossCov []float64

	scratch kalmanScratch
}

type kalmanScratch struct {
	seen                            []int // observed components of a row
	residual, s, root, gain, pc, cz []float64
	a, b, back, spread              []float64
}

func sized(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// FilterTo computes predicted and filtered moments of a sequence, T × p with NaN where
// a number is missing. Rows of NaN at the end are forecasts. The error is a
// [*data.ValueError] for an infinite number, a [*belief.TooLargeError], or a
// [*belief.ConfigError], which names the time at which the state overflows if it does.
func (m *Kalman) FilterTo(post *KalmanPosterior, x []float64) error {
	if err := m.checkShapes(); err != nil {
		return err
	}
	k, p := m.States, m.Observed
	if len(x)%p != 0 {
		panic(fmt.Sprintf("chain: %d numbers are not rows of %d", len(x), p))
	}
	steps := len(x) / p
	for i, v := range x {
		if math.IsInf(v, 0) {
			return &data.ValueError{Column: fmt.Sprint(i % p), Row: i / p, Value: v, Want: "finite or missing"}
		}
	}
	if bytes := 8 * float64(steps) * (3*float64(k) + 4*float64(k)*float64(k)); bytes > float64(kalmanMemory) {
		return &belief.TooLargeError{What: "the moments of a sequence", Bytes: bytes, Budget: kalmanMemory, Advice: "cut the sequence"}
	}
	post.Steps, post.LogLikelihood = steps, 0
	post.PredictedMean, post.FilteredMean = sized(post.PredictedMean, steps*k), sized(post.FilteredMean, steps*k)
	post.PredictedCov, post.FilteredCov = sized(post.PredictedCov, steps*k*k), sized(post.FilteredCov, steps*k*k)
	w := &post.scratch
	w.residual, w.s, w.root = sized(w.residual, p), sized(w.s, p*p), sized(w.root, max(p*p, k*k))
	w.gain, w.pc, w.cz = sized(w.gain, k*p), sized(w.pc, k*p), sized(w.cz, p*k)
	w.a, w.b = sized(w.a, k*k), sized(w.b, k*k)
	for t := range steps {
		mean, cov := post.PredictedMean[t*k:(t+1)*k], post.PredictedCov[t*k*k:(t+1)*k*k]
		if t == 0 {
			copy(mean, m.Initial)
			copy(cov, m.InitialCov)
		} else {
			matVec(mean, m.Transition, post.FilteredMean[(t-1)*k:t*k], k, k)
			matMul(w.a, m.Transition, post.FilteredCov[(t-1)*k*k:t*k*k], k, k, k, false)
			matMul(cov, w.a, m.Transition, k, k, k, true)
			for i, v := range m.Noise {
				cov[i] += v
			}
			symmetrize(cov, k)
			if err := finiteState(mean, cov, t); err != nil {
				return err
			}
		}
		ll, err := m.update(post.FilteredMean[t*k:(t+1)*k], post.FilteredCov[t*k*k:(t+1)*k*k], mean, cov, x[t*p:(t+1)*p], w)
		if err != nil {
			var far *data.ValueError
			if errors.As(err, &far) {
				far.Row = t
			}
			return err
		}
		post.LogLikelihood += ll
	}
	return nil
}

// finiteState says whether the moments of the state at a time are.
func finiteState(mean, cov []float64, t int) error {
	sum := 0.0 // NaN if any is not finite
	for _, v := range mean {
		sum += v - v
	}
	for _, v := range cov {
		sum += v - v
	}
	if sum != 0 {
		return &belief.ConfigError{Field: "Transition", Value: fmt.Sprintf("one with which the state at time %d overflows", t), Want: "one that does not grow so much in so many steps"}
	}
	return nil
}

// update conditions the moments of a state on the components of a row that are there, and
// returns their log density. The covariance is in the form of Joseph (Bucy & Joseph 1968),
// which rounding does not make indefinite.
func (m *Kalman) update(mean, cov, before, beforeCov, row []float64, w *kalmanScratch) (float64, error) {
	k, p := m.States, m.Observed
	w.seen = w.seen[:0]
	for i, v := range row {
		if v == v {
			w.seen = append(w.seen, i)
		}
	}
	copy(mean, before)
	copy(cov, beforeCov)
	n := len(w.seen)
	if n == 0 {
		return 0, nil
	}
	c := w.cz[:n*k]
	for i, at := range w.seen {
		copy(c[i*k:], m.Emission[at*k:(at+1)*k])
	}
	residual, s := w.residual[:n], w.s[:n*n]
	matVec(residual, c, before, n, k)
	for i, at := range w.seen {
		residual[i] = row[at] - residual[i]
		if m.Offset != nil {
			residual[i] -= m.Offset[at]
		}
	}
	pc := w.pc[:k*n]
	matMul(pc, beforeCov, c, k, k, n, true)
	matMul(s, c, pc, n, k, n, false)
	for i, a := range w.seen {
		for j, b := range w.seen {
			s[i*n+j] += m.EmissionCov[a*p+b]
		}
	}
	symmetrize(s, n)
	if !covarianceRoot(w.root[:n*n], s, n, true) {
		return 0, &belief.ConfigError{Field: "EmissionCov", Value: "too small beside the states' variance", Want: "one that rounding leaves something of"}
	}
	root := w.root[:n*n]
	gain := w.gain[:k*n]
	copy(gain, pc)
	for i := range k {
		solveRoot(root, gain[i*n:(i+1)*n], n)
	}
	for i := range k {
		for j, v := range residual {
			mean[i] += gain[i*n+j] * v
		}
	}
	// (I − KC) P (I − KC)ᵀ + K R Kᵀ
	matMul(w.a, gain, c, k, n, k, false)
	for i, v := range w.a {
		w.a[i] = -v
	}
	for i := range k {
		w.a[i*k+i]++
	}
	matMul(w.b, w.a, beforeCov, k, k, k, false)
	matMul(cov, w.b, w.a, k, k, k, true)
	for i, a := range w.seen {
		for j, b := range w.seen {
			if r := m.EmissionCov[a*p+b]; r != 0 {
				for q := range k {
					g := gain[q*n+i] * r
					for u := range k {
						cov[q*k+u] += g * gain[u*n+j]
					}
				}
			}
		}
	}
	symmetrize(cov, k)
	ll := -0.5 * float64(n) * math.Log(2*math.Pi)
	for i := range n {
		v := residual[i]
		for j := range i {
			v -= root[i*n+j] * residual[j]
		}
		v /= root[i*n+i]
		residual[i] = v
		ll -= v*v/2 + math.Log(root[i*n+i])
	}
	if math.IsNaN(ll) || math.IsInf(ll, 0) {
		at := w.seen[0]
		return 0, &data.ValueError{Column: fmt.Sprint(at), Value: row[at], Want: "so near that its density does not overflow"}
	}
	return ll, nil
}

// SmoothTo is FilterTo, and the moments given all of the sequence besides. Singular noise
// is allowed for.
func (m *Kalman) SmoothTo(post *KalmanPosterior, x []float64) error {
	if err := m.FilterTo(post, x); err != nil {
		return err
	}
	k, steps := m.States, post.Steps
	post.SmoothedMean, post.SmoothedCov = sized(post.SmoothedMean, steps*k), sized(post.SmoothedCov, steps*k*k)
	post.CrossCov = sized(post.CrossCov, max(0, steps-1)*k*k)
	if steps == 0 {
		return nil
	}
	w := &post.scratch
	last := steps - 1
	copy(post.SmoothedMean[last*k:], post.FilteredMean[last*k:])
	copy(post.SmoothedCov[last*k*k:], post.FilteredCov[last*k*k:])
	w.back, w.spread = sized(w.back, k*k), sized(w.spread, k*k)
	back, spread := w.back, w.spread // back is J = P_{t|t} Aᵀ P_{t+1|t}⁻¹
	for t := last - 1; t >= 0; t-- {
		filtered := post.FilteredCov[t*k*k : (t+1)*k*k]
		if !covarianceRoot(w.root[:k*k], post.PredictedCov[(t+1)*k*k:(t+2)*k*k], k, false) {
			return &belief.ConfigError{Field: "Noise", Value: "lost in rounding", Want: "one that leaves predictions positive semidefinite"}
		}
		matMul(back, filtered, m.Transition, k, k, k, true)
		for i := range k {
			solveRoot(w.root[:k*k], back[i*k:(i+1)*k], k)
		}
		mean := post.SmoothedMean[t*k : (t+1)*k]
		copy(mean, post.FilteredMean[t*k:(t+1)*k])
		for i := range k {
			for j := range k {
				mean[i] += back[i*k+j] * (post.SmoothedMean[(t+1)*k+j] - post.PredictedMean[(t+1)*k+j])
			}
		}
		// (I − JA) P (I − JA)ᵀ + J (Q + V) Jᵀ, which stays semidefinite.
		after := post.SmoothedCov[(t+1)*k*k : (t+2)*k*k]
		cov := post.SmoothedCov[t*k*k : (t+1)*k*k]
		matMul(w.a, back, m.Transition, k, k, k, false)
		for i, v := range w.a {
			w.a[i] = -v
		}
		for i := range k {
			w.a[i*k+i]++
		}
		matMul(w.b, w.a, filtered, k, k, k, false)
		matMul(cov, w.b, w.a, k, k, k, true)
		for i, v := range after {
			spread[i] = v + m.Noise[i]
		}
		matMul(w.a, back, spread, k, k, k, false)
		matMul(w.b, w.a, back, k, k, k, true)
		for i, v := range w.b {
			cov[i] += v
		}
		symmetrize(cov, k)
		if err := finiteState(mean, cov, t); err != nil {
			return err
		}
		matMul(post.CrossCov[t*k*k:(t+1)*k*k], after, back, k, k, k, true)
	}
	return nil
}
