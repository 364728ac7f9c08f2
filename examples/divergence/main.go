// Divergence fits one normal distribution q to a mixture p of two, twice: by the
// forward divergence KL(p, q) and by the reverse one, KL(q, p) (Qiu Xipeng 2019,
// Neural Networks and Deep Learning, draft of 6 April 2019, equations 13.49 and 13.50
// and figure 13.10).
//
//	KL(p, q) = ∫ p log(p/q) dx    punishes a q that is small where p is not
//	KL(q, p) = ∫ q log(q/p) dx    punishes a q that is large where p is not
//
// The forward fit covers both modes of p and the gap between them; it has the mean
// and the variance of p. The reverse fit sits on one mode and leaves the other out,
// and there is one such fit for each mode: an optimizer finds the one it starts near.
// The figure is drawn after one of Bishop (2006, figure 10.3) and has no numbers; the
// mixture is our own.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"gonum.org/v1/gonum/optimize"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/information"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// mixture is p.
func mixture() (dist.Mixture, error) {
	return dist.NewMixture([]dist.Univariate{
		dist.Normal{Mu: -3, Sigma: 0.6},
		dist.Normal{Mu: 3, Sigma: 0.9},
	}, []float64{0.4, 0.6})
}

// forward is the normal distribution of least KL(p, q): log q is linear in x and x²,
// so that only their means under p matter.
func forward(p dist.Univariate) (dist.Normal, error) {
	return dist.NewNormal(p.Mean(), math.Sqrt(p.Variance()))
}

// reverse descends from a start to a normal distribution of least KL(q, p).
func reverse(p dist.Univariate, start dist.Normal) (dist.Normal, error) {
	at := func(x []float64) dist.Normal { return dist.Normal{Mu: x[0], Sigma: math.Exp(x[1])} }
	result, err := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 {
			v, err := information.KL(at(x), p)
			if err != nil {
				return math.Inf(1)
			}
			return v.Value
		},
	}, []float64{start.Mu, math.Log(start.Sigma)}, nil, &optimize.NelderMead{})
	if err != nil {
		return dist.Normal{}, err
	}
	return at(result.X), nil
}

func run(w io.Writer) error {
	p, err := mixture()
	if err != nil {
		return err
	}
	cover, err := forward(p)
	if err != nil {
		return err
	}
	left, err := reverse(p, dist.Normal{Mu: -2, Sigma: 0.5})
	if err != nil {
		return err
	}
	right, err := reverse(p, dist.Normal{Mu: 2, Sigma: 0.5})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "p = %v\n\n", p)
	fmt.Fprintln(w, "fit                         mean     sd      KL(p, q)  KL(q, p)  mass of p within 2 sd")
	for _, fit := range []struct {
		name string
		q    dist.Normal
	}{
		{"forward", cover},
		{"reverse, from the left", left},
		{"reverse, from the right", right},
	} {
		f, err := information.KL(p, fit.q)
		if err != nil {
			return err
		}
		b, err := information.KL(fit.q, p)
		if err != nil {
			return err
		}
		mass := p.CDF(fit.q.Mu+2*fit.q.Sigma) - p.CDF(fit.q.Mu-2*fit.q.Sigma)
		fmt.Fprintf(w, "%-24s  %7.4f  %6.4f  %8.4f  %8.4f  %.3f\n", fit.name, fit.q.Mu, fit.q.Sigma, f.Value, b.Value, mass)
	}
	return nil
}
