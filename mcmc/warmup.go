package mcmc

import "math"

// An adaptation is what a Hamiltonian kernel learns with during warm-up. The
// step size is tuned at every step. The metric is estimated again and again, each
// time from the more recent part of the draws and gradients so far, at times that
// grow geometrically: so the first draws, from far away or under a bad metric,
// are soon forgotten, and the last estimate has many draws.
type adaptation struct {
	Tuning
	turns
	average stepTuner
	scaled  bool // the step size is of the right order
	warming bool
	time    int // steps of the warm-up so far
	total   int // of its steps
	next    int // when the metric is estimated next; 0 if never again
	draws   []float64
	grads   []float64 // a row for each of draws
}

// The schedule, in steps and as fractions.
const (
	firstEstimate  = 10  // when the metric is first estimated
	growth         = 1.5 // from one estimate's time to the next
	forget         = 0.4 // of the time so far, whose draws an estimate leaves out
	finalSteps     = 0.2 // of the warm-up, in which only the step size is tuned
	mostRemembered = 1 << 23
)

// BeginWarmUp implements [Tuner].
func (k *hamiltonian) BeginWarmUp(steps int) {
	k.warming, k.time, k.total = true, 0, steps
	k.draws, k.grads = k.draws[:0], k.grads[:0]
	k.next = k.after(0)
}

// after is the time of the first estimate after a time; 0 if there is none.
func (k *hamiltonian) after(time int) int {
	last := k.total - int(math.Ceil(finalSteps*float64(k.total)))
	next := max(firstEstimate, int(growth*float64(time)))
	switch {
	case time >= last || firstEstimate > last:
		return 0
	case growth*float64(next) > float64(last): // too near to the last
		return last
	}
	return next
}

// Tune implements [Tuner].
func (k *hamiltonian) Tune(s *State, info Info) error {
	if !k.warming {
		return nil
	}
	k.time++
	if k.part == 1 {
		learn := k.average.update
		if k.DualAveraging {
			learn = k.average.updateDual
		}
		k.eps = learn(info.Accept, k.wantedAccept())
	}
	k.turns.count(info, k.worst, k.average.count > settling)
	if k.next == 0 {
		return nil
	}
	n := k.metric.n
	if len(k.draws)+n > max(mostRemembered, 100*n) {
		k.drop(len(k.draws) / n / 2)
	}
	k.draws, k.grads = append(k.draws, s.X...), append(k.grads, s.Grad...)
	if k.time < k.next {
		return nil
	}
	k.turns.learn(k.draws, n)
	fitMetric(k.metric, k.Metric, k.draws, k.grads)
	k.scaled = false
	now := k.time
	k.next = k.after(now)
	if k.next == 0 {
		k.draws, k.grads = nil, nil
	} else if n > 0 {
		first := now - len(k.draws)/n
		k.drop(int(forget*float64(k.next)) - first)
	}
	return nil
}

// drop forgets the oldest draws.
func (k *hamiltonian) drop(rows int) {
	rows = min(max(rows, 0)*k.metric.n, len(k.draws))
	k.draws = append(k.draws[:0], k.draws[rows:]...)
	k.grads = append(k.grads[:0], k.grads[rows:]...)
}

// EndWarmUp implements [Tuner].
func (k *hamiltonian) EndWarmUp(*State) error {
	if k.warming && k.average.count > 0 {
		k.eps = math.Exp(k.average.mean)
	}
	k.warming, k.next, k.draws, k.grads = false, 0, nil, nil
	return nil
}

// What a warm-up finds trajectories to be. Divergences that spoil one draw of a
// thousand are too rare to be seen in it. Where they come up, though, there are
// many more trajectories whose energy goes wrong by less: with step sizes that
// suit a density near a normal one, hardly any goes wrong by 20 nats.
const (
	smooth    = iota
	rough     // the energy often goes wrong
	diverging // trajectories often diverge
)

// turns is what is learnt about the length of trajectories, and whether they are
// too coarse.
//
// The criterion of the U-turn is dominated by the many directions that a metric
// makes alike. Where a density is far from normal, a few directions are much
// longer than any metric tells, and trajectories turn long before they have gone
// through those: successive draws are then alike. With r the autocorrelation of
// successive draws of the slowest coordinate, and a motion that is a cosine, the
// time to a draw that knows nothing of the last is longer by (π/2)/arccos r. Twice
// that, since no coordinate is the slowest direction, is made a least depth of the
// trees.
type turns struct {
	minDepth  int
	hopeless  int // 1 if longer trajectories have been found not to help, else 0
	careful   int // smooth, rough or diverging: what has been found
	steps     int // since the last estimate, and of these steps
	leapfrogs int
	divergent int
	rough     int
}

const (
	slowDraws    = 0.6  // the autocorrelation above which draws are too much alike
	quickDraws   = 0.1  // that below which longer trajectories were not called for
	hopeless     = 0.7  // the same if the draws came from longer trajectories: they do not help
	oftenEnough  = 0.01 // the part of divergent trajectories that calls for more care
	settling     = 10   // steps under a new metric until the step size fits it
	roughError   = 20   // the error of the energy, in nats, at which a trajectory is rough
	roughEnough  = 0.02 // the part of these that calls for more care
	fewestDraws  = 50   // from which to learn
	shorterOften = 0.15 // the part of trajectories that take shorter steps, where trajectories often diverge
	shortest     = 3    // doublings by which these are shorter at most
	mostTurns    = 6    // the largest least depth
)

// count takes note of a step and, if its size has settled, of the greatest error of
// the energy in it.
func (u *turns) count(info Info, worst float64, settled bool) {
	u.steps++
	u.leapfrogs += info.Leapfrogs
	if settled && info.Divergent {
		u.divergent++
	}
	if settled && worst > roughError {
		u.rough++
	}
}

// learn looks back on the steps since it was called last, whose draws are the
// last rows of a table.
func (u *turns) learn(draws []float64, n int) {
	rows := 0
	if n > 0 {
		rows = min(len(draws)/n, u.steps)
	}
	if rows >= fewestDraws {
		r := slowest(draws[len(draws)-rows*n:], n)
		switch {
		case u.minDepth > 0 && r > hopeless:
			u.minDepth, u.hopeless = 0, 1
		case u.hopeless == 0 && r > slowDraws:
			length := float64(u.leapfrogs) / float64(u.steps) * math.Pi / math.Acos(min(r, 0.99))
			u.minDepth = min(max(u.minDepth, int(math.Ceil(math.Log2(length)))), mostTurns)
		case r < quickDraws:
			u.minDepth = 0
		}
		switch {
		case u.divergent > 1 && float64(u.divergent) >= oftenEnough*float64(u.steps):
			u.careful = diverging
		case u.careful == smooth && float64(u.rough) >= roughEnough*float64(u.steps):
			u.careful = rough
		}
	}
	u.steps, u.leapfrogs, u.divergent, u.rough = 0, 0, 0, 0
}

// wantedAccept is the acceptance to aim at: the user's, or else what was found to
// be needed.
func (k *hamiltonian) wantedAccept() float64 {
	switch {
	case k.TargetAccept > 0:
		return k.TargetAccept
	case k.careful == diverging:
		return divergingAccept
	case k.careful == rough:
		return roughAccept
	}
	return defaultAccept
}

// slowest returns the largest autocorrelation of successive rows among columns.
func slowest(table []float64, n int) float64 {
	worst := -1.0
	for i := range n {
		mean, square, product, count := 0.0, 0.0, 0.0, float64(len(table)/n)
		for j := i; j < len(table); j += n {
			mean += table[j] / count
		}
		for j := i; j < len(table); j += n {
			d := table[j] - mean
			square += d * d
			if j+n < len(table) {
				product += d * (table[j+n] - mean)
			}
		}
		worst = max(worst, product/square)
	}
	return worst
}
