package inference

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// Gibbs is Gibbs sampling (Geman & Geman 1984; Pearl 1987): variables are drawn in
// turn from their full conditionals, which depend on their Markov blankets alone,
//
//	p(x_i | all others) ∝ λ_i(x_i) Π_{f ∋ i} φ_f(x),
//
// in any discrete model. The posteriors are averages of the full conditionals and
// not of the states drawn (Rao–Blackwellized; Gelfand & Smith 1990). Several chains
// start apart, and every probability carries its standard error and R-hat. Errors come
// from means of batches, within chains and between them, and are larger where few
// batches hold what variation there is: chains that leave the bulk of the posterior
// seldom have not converged before they did so often.
//
// Where tables have zeros, variables moved one at a time may not reach all possible
// states. That is looked into before the run, and variables that must move together
// are drawn in blocks. A Bayesian network is now and then also proposed a whole
// state, drawn as by [Weighting] and accepted by the ratio of weights, which reaches
// every state and helps where tables are nearly deterministic. What remains in doubt
// is a warning, "not-ergodic" where it is certain and "ergodicity-unproven" where it is
// not.
//
// The zero value is ready. A sweep costs O(variables) where blankets are small.
// Memory does not grow with the number of sweeps.
type Gibbs struct {
	Chains int `json:"chains"`  // 0: 4
	Sweeps int `json:"sweeps"`  // of each chain after burn-in, at most; 0: 10,000, or 1,000,000 if StdErr is set
	BurnIn int `json:"burn_in"` // sweeps of each chain that do not count; 0: a tenth of Sweeps, 1000 at most; negative: none
	Thin   int `json:"thin"`    // record every so many sweeps; 0: 1, which is best unless recording is dear
	// RandomScan updates variables drawn at random instead of one after the other.
	RandomScan bool `json:"random_scan"`
	// SingleSite moves one variable at a time whatever the tables: no blocks and
	// no whole states.
	SingleSite bool    `json:"single_site"`
	StdErr     float64 `json:"std_err"` // stop when no probability's standard error is larger, and chains agree; 0: make all sweeps
	Seed       uint64  `json:"seed"`
	Workers    int     `json:"workers"` // goroutines, one per chain at most; 0: all cores. The answer does not depend on it
	// MemoryBudget is in bytes, for what the chains record; 0: 4 GiB.
	MemoryBudget int64 `json:"memory_budget"`
	// Progress is called now and then with the sweeps made; may be nil.
	Progress func(Progress) `json:"-"`
}

// A StartError says that no state of positive probability was found for a chain
// to start in. There may be one.
type StartError struct {
	Method string
	Tries  int // assignments of a state to a variable
}

// Error says what to use.
func (e *StartError) Error() string {
	return fmt.Sprintf("%s: no state of positive probability was found in %d steps of a search, so that no chain can start; use an exact method (junction-tree)", e.Method, e.Tries)
}

// Name implements [Engine].
func (Gibbs) Name() string { return "gibbs" }

// withDefaults checks the settings and fills in what is left open.
func (gs Gibbs) withDefaults() (Gibbs, error) {
	if err := checkWorkers(gs.Workers); err != nil {
		return gs, err
	}
	var err error
	if _, err = drawSettings("Sweeps", int64(gs.Sweeps), 10_000, gs.StdErr); err != nil {
		return gs, err
	}
	if gs.Sweeps == 0 {
		gs.Sweeps = 10_000
		if gs.StdErr > 0 {
			gs.Sweeps = 1_000_000
		}
	}
	if gs.Chains, err = count("Chains", gs.Chains, 4, "a number of chains, or 0 for 4"); err != nil {
		return gs, err
	}
	if gs.Thin, err = count("Thin", gs.Thin, 1, "a number of sweeps, or 0 for 1"); err != nil {
		return gs, err
	}
	if gs.Thin > gs.Sweeps {
		return gs, &belief.ConfigError{Field: "Thin", Value: gs.Thin, Want: "no more than the sweeps"}
	}
	if gs.BurnIn == 0 {
		gs.BurnIn = min(gs.Sweeps/10, 1000)
	}
	gs.BurnIn = max(gs.BurnIn, 0)
	const most = 1 << 16
	if gs.Chains > most {
		return gs, &belief.ConfigError{Field: "Chains", Value: gs.Chains, Want: fmt.Sprintf("%d at most", most)}
	}
	gs.MemoryBudget, err = budget(gs.MemoryBudget)
	return gs, err
}

// A gibbsRun is a question made ready for chains.
type gibbsRun struct {
	Gibbs
	s      *space
	net    *gibbsNet
	reach  reach
	walk   *walk // for starts; nil for undirected models
	jumps  bool
	chains []*gibbsChain
}

// prepare compiles the model and starts the chains.
func (gs Gibbs) prepare(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets []string) (*gibbsRun, error) {
	s, err := setUp(ctx, m, ev, targets)
	if err != nil {
		return nil, err
	}
	run := &gibbsRun{Gibbs: gs, s: s}
	if run.reach, err = s.reachOf(ctx, !gs.SingleSite); err != nil {
		return nil, err
	}
	if _, directed := m.(*graphical.BayesNet); directed {
		run.walk = walkOf(s)
		run.jumps = !gs.SingleSite
	}
	run.net = newGibbsNet(s, run.reach.blocks)
	batches, err := run.batches()
	if err != nil {
		return nil, err
	}
	for i := range gs.Chains {
		r := stream.New(gs.Seed, "gibbs", uint64(i))
		x, v := run.start(r)
		switch v {
		case proven:
			return nil, impossible(ctx, m, ev, s.p)
		case spent:
			return nil, &StartError{Method: gs.Name(), Tries: searchTries}
		}
		var jump *walk
		if run.jumps {
			jump = run.walk.clone()
		}
		run.chains = append(run.chains, newGibbsChain(run.net, r, x, batches, jump))
	}
	return run, ctx.Err()
}

// start looks for a possible state: by drawing, which finds probable ones, and else
// by a search.
func (run *gibbsRun) start(r *rand.Rand) ([]int, verdict) {
	const draws = 200
	if run.walk != nil {
		x := run.s.start()
		for range draws {
			if !math.IsInf(run.walk.draw(r, x), -1) {
				return x, found
			}
		}
	}
	return run.s.search(r, searchTries)
}

// batches is how many batch means each chain keeps: fewer if memory is short.
func (run *gibbsRun) batches() (int, error) {
	const most, least = 128, 16
	n := most
	need := func() float64 { return 16 * float64(n+2) * float64(run.net.width) * float64(run.Chains) }
	for n > least && need() > float64(run.MemoryBudget) {
		n /= 2
	}
	if need() > float64(run.MemoryBudget) {
		return 0, &belief.TooLargeError{What: "the record of Gibbs sampling", Bytes: need(), Budget: run.MemoryBudget, Advice: "name targets, or run fewer chains"}
	}
	return n, nil
}

// Marginals implements [Engine]. When ctx ends it returns ctx's error and, if
// something was recorded, the answer so far. Errors: [*StartError], and a
// [*belief.ImpossibleEvidenceError] where the evidence is proven impossible.
func (gs Gibbs) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	gs, err := gs.withDefaults()
	if err != nil {
		return nil, err
	}
	run, err := gs.prepare(ctx, m, ev, targets)
	if err != nil {
		return nil, err
	}
	wanted := gs.Sweeps / gs.Thin
	if len(run.net.sites) == 0 {
		wanted = 0
	}
	for done := 0; done < wanted; {
		done = min(wanted, max(256, done+done/4))
		err = parallel.For(ctx, gs.Chains, gs.Workers, func(i int) error {
			return run.chains[i].run(ctx, gs.BurnIn, done, gs.Thin, gs.RandomScan)
		})
		if err != nil {
			break
		}
		if gs.Progress == nil && gs.StdErr == 0 {
			continue
		}
		stats := columnsOf(run.chains)
		post := run.posterior(stats)
		if gs.Progress != nil {
			gs.Progress(Progress{Done: float64(done * gs.Thin), Total: float64(gs.Sweeps), StdErr: post.Sampling.MaxStdErr})
		}
		if post.Sampling.MaxStdErr <= gs.StdErr && run.mixed(post) {
			break
		}
	}
	if err != nil {
		kept := run.chains[:0]
		for _, c := range run.chains {
			if c.rec.n >= 8 {
				kept = append(kept, c)
			}
		}
		if run.chains = kept; len(kept) == 0 {
			return nil, err
		}
	}
	var stats []columnStats
	if wanted > 0 {
		stats = columnsOf(run.chains)
	}
	post := run.posterior(stats)
	run.judge(post, m)
	return post, err
}

// posterior makes the answer from the record.
func (run *gibbsRun) posterior(stats []columnStats) *Posterior {
	s := run.s
	site := make(map[int]*site, len(run.net.sites))
	for i := range run.net.sites {
		site[run.net.sites[i].v] = &run.net.sites[i]
	}
	info := &Sampling{Chains: len(run.chains), BurnIn: run.BurnIn, Blocks: len(run.net.blocks), ESS: math.NaN(), ParetoK: math.NaN(), MaxRHat: 1}
	var accepted, jumps int64
	for _, c := range run.chains {
		info.Draws += int64(c.rec.n)
		info.Updates += c.updates
		accepted, jumps = accepted+c.accepted, jumps+c.jumps
	}
	if jumps > 0 {
		info.Acceptance = float64(accepted) / float64(jumps)
	}
	for _, c := range stats {
		if !(c.ess >= info.ESS) && !math.IsNaN(c.ess) {
			info.ESS = c.ess
		}
	}
	unseen := 1 / float64(info.Draws)
	if info.ESS < float64(info.Draws) {
		unseen = 1 / info.ESS
	}
	out := make([]Marginal, len(s.p.targets))
	for i, v := range s.p.targets {
		k := len(s.domain[v])
		m := Marginal{Variable: s.p.vars[v], Probs: make([]float64, k), Accuracy: make([]Accuracy, k)}
		for q, in := range s.domain[v] {
			m.Accuracy[q] = Accuracy{ESS: math.NaN(), RHat: 1}
			st := site[v]
			if st == nil {
				if in {
					m.Probs[q] = 1 // the evidence decides
				}
				continue
			}
			c := stats[st.record+q]
			m.Probs[q] = c.mean
			if !in {
				continue
			}
			// Neighbours in states that were never seen, or too seldom to be
			// counted, may together have the probability of one effective draw.
			spread := 1.0
			if st.spread != nil {
				spread = st.spread[q]
			}
			se := math.Hypot(c.mcse, spread*unseen)
			m.Accuracy[q] = Accuracy{StdErr: se, ESS: c.ess, RHat: c.rHat}
			info.MaxStdErr = max(info.MaxStdErr, se)
			info.MaxRHat = max(info.MaxRHat, c.rHat)
		}
		out[i] = m
	}
	post := NewPosterior(run.Name(), belief.Estimate{Value: math.NaN(), Kind: belief.Sampled, StdErr: math.NaN()}, out)
	post.Sampling = info
	post.Stats = s.stats(8*run.net.words + 16*float64(run.net.width)*float64(len(run.chains)))
	if len(run.chains) > 0 {
		post.Iterations = run.chains[0].rec.n
	}
	post.Residual = info.MaxRHat - 1
	return post
}

// States yields the states of a single chain after burn-in, one for every Thin
// sweeps, as indices in the order of the model's variables, without end. They are
// not independent. The slice is valid until the next one. Errors are those of
// Marginals.
func (gs Gibbs) States(ctx context.Context, m graphical.Model, ev graphical.Evidence) iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		gs, err := gs.withDefaults()
		var run *gibbsRun
		if err == nil {
			gs.Chains = 1
			run, err = gs.prepare(ctx, m, ev, nil)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		c := run.chains[0]
		for n := 1; ; n++ {
			if ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			c.sweep(gs.RandomScan, false)
			if n > gs.BurnIn && (n-gs.BurnIn)%gs.Thin == 0 && !yield(c.x, nil) {
				return
			}
		}
	}
}
