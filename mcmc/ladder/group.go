package ladder

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/mcmc/diagnostics"
)

// A group is one of the populations that sequential Monte Carlo runs side by side:
// particles low to high, whose weights sum to mass.
type group struct {
	low, high int
	mass      float64
	variance  float64 // of the estimate, relative to its square
	lineages  int
	resampled int // times
}

// divide makes groups of neighbouring batches.
func (p *population[S]) divide(n int) {
	p.groups = make([]group, n)
	for j := range p.of {
		p.of[j] = j * n / len(p.of)
		low, high := p.layout.bounds(j)
		g := &p.groups[p.of[j]]
		if g.high == 0 {
			g.low = low
		}
		g.high = high
	}
}

// resample draws the particles of a group by their weights, if these are uneven
// enough; the mass of the group remains. Those with children stay where they are, and
// their further children take the places of those without, so that no more is copied
// than must be.
func (p *population[S]) resample(g *group) bool {
	n := g.high - g.low
	w, sums, counts := p.w[g.low:g.high], p.sums[g.low:g.high], p.counts[g.low:g.high]
	squares := 0.0
	for _, v := range w {
		squares += v * v
	}
	if g.mass == 0 || p.cfg.ResampleBelow < 1 && g.mass*g.mass >= p.cfg.ResampleBelow*float64(n)*squares {
		return false
	}
	own := p.ratio[g.low:g.high] // the ratios have been used
	for i, v := range w {
		own[i] = v / g.mass
	}
	p.cfg.Resampling.countsTo(counts, own, sums, p.pick)
	free, size := 0, p.layout.batch
	for i, c := range counts {
		for ; c > 1; c-- {
			for counts[free] != 0 {
				free++
			}
			to, from := g.low+free, g.low+i
			p.path.Copy(p.batches[to/size], to%size, p.batches[from/size], from%size)
			p.eve[to] = p.eve[from]
			free++
		}
	}
	each := g.mass / float64(n)
	for i := g.low; i < g.high; i++ {
		p.w[i], p.logw[i] = each, math.Log(each)
	}
	g.resampled++
	return true
}

// genealogy estimates the relative variance of the evidence of each group from what
// weight the descendants of each of its draws of the base have (Chan & Lai 2013; Lee
// & Whiteley 2018): with families of weight F among N particles and n resamplings,
//
//	V = 1 − (N/(N−1))^{n+1} (1 − Σ F²),
//
// for multinomial resampling, without bias if its times are fixed. Other schemes add
// less noise of their own to the families, of which nothing is known that could be
// subtracted: V = (N ΣF² − 1)/(N − 1) is too large, by a third for the systematic
// scheme at every step and twofold at most for the residual one.
func (p *population[S]) genealogy() {
	clear(p.family)
	for i, w := range p.w {
		p.family[p.eve[i]] += w
	}
	p.lineages = 0
	for k := range p.groups {
		g := &p.groups[k]
		sum, squares := 0.0, 0.0
		g.lineages = 0
		for _, f := range p.family[g.low:g.high] {
			sum += f
			squares += f * f
			if f > 0 {
				g.lineages++
			}
		}
		p.lineages += g.lineages
		g.mass = sum
		squares /= sum * sum
		n := float64(g.high - g.low)
		switch {
		case sum == 0: // the estimate is zero
			g.variance = 0
		case n == 1:
			g.variance = math.Inf(1)
		case p.cfg.Resampling == Multinomial:
			g.variance = max(0, 1-math.Exp(-float64(g.resampled+1)*math.Log1p(-1/n))*(1-squares))
		default:
			g.variance = max(0, (n*squares-1)/(n-1))
		}
	}
}

// stdErr is that of log Z: from the genealogies within the groups, or from what is
// between them, whichever is larger. Two figures tell of the latter: the spread of
// the estimates, and that of their logarithms, which does not stop at one where a
// single group has all of the mass.
func (p *population[S]) stdErr() float64 {
	within, between, mean := 0.0, 0.0, 0.0
	groups, n := float64(len(p.groups)), float64(p.layout.chains)
	for _, g := range p.groups {
		share := float64(g.high-g.low) / n
		within += g.mass * g.mass * g.variance
		between += (g.mass - share) * (g.mass - share)
		mean += math.Log(g.mass/share) / groups
	}
	if groups == 1 {
		return math.Sqrt(within)
	}
	between *= groups / (groups - 1)
	if !math.IsInf(mean, -1) {
		logs := 0.0
		for _, g := range p.groups {
			d := math.Log(g.mass/float64(g.high-g.low)*n) - mean
			logs += d * d
		}
		between = max(between, logs/(groups*(groups-1)))
	}
	return math.Sqrt(max(within, between))
}

// watch takes the log weights of a step, of which those of particles without weight do
// not count, for the worst tail.
func (p *population[S]) watch(logs []float64) {
	for i, v := range logs {
		p.sums[i] = math.Inf(-1)
		if p.w[i] > 0 {
			p.sums[i] = v
		}
	}
	p.tail = max(p.tail, finite(diagnostics.PSIS(p.sums, 0)))
}

// finite takes a shape that could not be fitted for that of equal weights.
func finite(k float64) float64 {
	if math.IsInf(k, 1) {
		return math.Inf(-1)
	}
	return k
}

// judge says where the standard error must not be relied on.
func (p *population[S]) judge(r *SMCResult[S]) {
	if p.lineages < 10 {
		p.warn("smc-lineages", fmt.Sprintf("the particles descend from %d draws of the base, too few for a standard error; take more particles or transitions", p.lineages))
	}
	if p.tail > heavyTail {
		p.warn("smc-pareto", fmt.Sprintf("the weights of a step have a heavy tail, Pareto k = %.2f: the target has heavier tails than the base, or a mode that few particles have found, and the standard error is too small; take a base that is wider, or more particles", p.tail))
	}
	for i, f := range p.family {
		p.sums[i] = math.Log(f)
	}
	if k := finite(diagnostics.PSIS(p.sums, 0)); k > heavyFamilies {
		p.warn("smc-families", fmt.Sprintf("much of the weight is with the descendants of a few draws of the base, Pareto k = %.2f: the standard error is too small; take more particles or transitions, or a base that is nearer to the target", k))
	}
	if se := r.LogZ.StdErr; se > largeError && !math.IsInf(se, 1) {
		p.warn("smc-error", fmt.Sprintf("the standard error, %.2g, is so large that log Z is not normally distributed and probably too low, by %.2g or more; take more particles or transitions", se, se*se/2))
	}
}

const (
	// heavyTail is the shape from which on a weight has no variance.
	heavyTail = 0.5
	// heavyFamilies is the shape from which on a mean over families is not to be
	// trusted. Where particles move little it is above ½ without harm.
	heavyFamilies = 0.7
	// largeError is where half its square, the bias, is a third of the error itself.
	largeError = 2. / 3
)
