package density

import "math"

// minimize looks for the least of f between low and high, given that f is not greater
// at middle than at both ends, until it is known to within tol: Brent's method (1973,
// chapter 5), which takes the vertex of the parabola through the three best points
// where that is inside and steps shrink, and golden section elsewhere.
func minimize(f func(x float64) float64, low, middle, high, tol float64) float64 {
	const golden = 0.3819660112501051 // 2 − the golden ratio
	best, second, third := middle, middle, middle
	fBest := f(best)
	fSecond, fThird := fBest, fBest
	step, before := 0.0, high-low
	for range 100 {
		center := 0.5 * (low + high)
		if math.Abs(best-center)+0.5*(high-low) <= 2*tol {
			break
		}
		// The vertex is at best + p/q.
		r, q := (best-second)*(fBest-fThird), (best-third)*(fBest-fSecond)
		p := (best-third)*q - (best-second)*r
		if q = 2 * (q - r); q > 0 {
			p = -p
		} else {
			q = -q
		}
		if math.Abs(p) < math.Abs(0.5*q*before) && p > q*(low-best) && p < q*(high-best) {
			before, step = step, p/q
			if x := best + step; x-low < 2*tol || high-x < 2*tol {
				step = math.Copysign(tol, center-best)
			}
		} else {
			before = high - best
			if best >= center {
				before = low - best
			}
			step = golden * before
		}
		x := best + step
		if math.Abs(step) < tol {
			x = best + math.Copysign(tol, step)
		}
		fx := f(x)
		if fx <= fBest {
			if x >= best {
				low = best
			} else {
				high = best
			}
			third, fThird, second, fSecond, best, fBest = second, fSecond, best, fBest, x, fx
			continue
		}
		if x < best {
			low = x
		} else {
			high = x
		}
		if fx <= fSecond || second == best {
			third, fThird, second, fSecond = second, fSecond, x, fx
		} else if fx <= fThird || third == best || third == second {
			third, fThird = x, fx
		}
	}
	return best
}
