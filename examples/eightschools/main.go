// Eightschools samples one model written in two ways, and shows how the diagnostics
// tell the good one from the bad one.
//
// Coaching programs for an admission test were tried in eight schools, with effects
// y and their standard errors σ (Rubin 1981, Estimation in parallel randomized
// experiments, Journal of Educational Statistics 6, table 1). Schools differ, but not
// without limit:
//
//	y_j ~ N(θ_j, σ_j²),  θ_j ~ N(μ, τ²),  μ ~ N(0, 5²),  τ ~ half-Cauchy(5)
//
// The centered form samples θ. When τ is small the θ are held close to μ: the density
// is a funnel whose neck no step size fits that fits its mouth, so trajectories
// diverge, and small τ are missing from the draws. The non-centered form samples
// η_j = (θ_j − μ)/τ ~ N(0, 1), which knows nothing of τ, and has θ_j = μ + τ η_j as a
// quantity (Betancourt & Girolami 2015, Hamiltonian Monte Carlo for hierarchical
// models).
//
// Each form is sampled twice, as a user would and with short steps, that is with a
// target acceptance near 1. The non-centered form is well sampled both times. At first
// a trajectory or two of thousands may diverge, of which the summary takes note
// without a doubt; they go away with short steps. The centered form is refused both
// times. How often it diverges differs much from seed to seed, and few divergences do
// not make it good: its E-BFMI is low with short steps too, for the energy changes too
// little from draw to draw to travel the length of the funnel.
//
// With a name as its argument the program also writes the draws as Stan does, to be
// read by belief diagnose, ArviZ or posterior:
//
//	eightschools schools
//	belief diagnose schools_centered_*.csv
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/draws"
)

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if err := run(context.Background(), os.Stdout, name); err != nil {
		log.Fatal(err)
	}
}

// The effects and their standard errors, in points of the test.
var (
	effects = [8]float64{28, 8, -3, 7, -1, 1, 18, 12}
	stderrs = [8]float64{15, 10, 16, 11, 9, 11, 10, 18}
)

// schools is the posterior in the coordinates (θ or η, μ, log τ).
type schools struct{ centered bool }

const (
	n      = len(effects)
	atMu   = n
	atTau  = n + 1
	dim    = n + 2
	spread = 5 // of the priors of μ and τ
)

// Dim implements [mcmc.Target].
func (s schools) Dim() int { return dim }

// LogDensity implements [mcmc.Target].
func (s schools) LogDensity(x []float64) (float64, error) {
	return s.LogDensityGrad(x, make([]float64, dim))
}

// LogDensityGrad implements [mcmc.GradTarget]. The density is that of the free
// coordinates: log τ adds itself, the logarithm of its Jacobian.
func (s schools) LogDensityGrad(x, grad []float64) (float64, error) {
	mu, tau := x[atMu], math.Exp(x[atTau])
	if tau == 0 || math.IsInf(tau, 1) {
		return 0, mcmc.ErrReject
	}
	r := tau / spread
	l := -mu*mu/(2*spread*spread) - math.Log1p(r*r) + x[atTau]
	grad[atMu] = -mu / (spread * spread)
	grad[atTau] = 1 - 2*r*r/(1+r*r)
	for j := range n {
		theta, eta := x[j], (x[j]-mu)/tau
		if !s.centered {
			theta, eta = mu+tau*x[j], x[j]
		}
		z := (effects[j] - theta) / stderrs[j]
		l -= (z*z + eta*eta) / 2
		g := z / stderrs[j] // of θ
		if s.centered {
			l -= x[atTau] // N(μ, τ²) has 1/τ in front, N(0, 1) has not
			grad[j] = g - eta/tau
			grad[atMu] += eta / tau
			grad[atTau] += eta*eta - 1
		} else {
			grad[j] = g*tau - eta
			grad[atMu] += g
			grad[atTau] += g * tau * eta
		}
	}
	return l, nil
}

// Names implements [mcmc.Quantifier]: both forms have the same quantities.
func (s schools) Names() []string {
	names := []string{"mu", "tau"}
	for j := range n {
		names = append(names, fmt.Sprintf("theta[%d]", j+1))
	}
	return names
}

// QuantitiesTo implements [mcmc.Quantifier].
func (s schools) QuantitiesTo(dst, x []float64) {
	mu, tau := x[atMu], math.Exp(x[atTau])
	dst[0], dst[1] = mu, tau
	for j := range n {
		dst[2+j] = x[j]
		if !s.centered {
			dst[2+j] = mu + tau*x[j]
		}
	}
}

// sample draws from one form, and to files if they have a name. An acceptance of 0
// leaves the step size to the sampler.
func sample(ctx context.Context, s schools, accept float64, file string) (*mcmc.Run, error) {
	const seed = 1
	c := mcmc.Config{Chains: 4, Draws: 1000, Seed: seed}
	if file != "" {
		c.Sink = &draws.CmdStan{Name: file, Seed: seed, WarmUp: mcmc.NUTS{}.WarmUp()}
	}
	return mcmc.NUTS{Tuning: mcmc.Tuning{TargetAccept: accept}}.Run(ctx, s, c)
}

func run(ctx context.Context, w io.Writer, name string) error {
	for _, form := range []struct {
		title, suffix string
		schools       schools
		accept        float64
	}{
		{"Centered: θ is sampled", "_centered", schools{centered: true}, 0},
		{"Centered, with short steps", "_centered_short", schools{centered: true}, 0.99},
		{"Non-centered: η is sampled, θ = μ + τ η", "_noncentered", schools{}, 0},
		{"Non-centered, with short steps", "_noncentered_short", schools{}, 0.99},
	} {
		file := ""
		if name != "" {
			file = name + form.suffix
		}
		run, err := sample(ctx, form.schools, form.accept, file)
		if err != nil {
			return err
		}
		summary := run.Summary()
		verdict := "nothing speaks against these draws"
		if !summary.Converged {
			verdict = "do not rely on these draws"
		}
		if _, err := fmt.Fprintf(w, "%s\n\n%v=> %s\n\n", form.title, summary, verdict); err != nil {
			return err
		}
	}
	return nil
}
