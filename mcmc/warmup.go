package mcmc

import "math"

// An adaptation is what a Hamiltonian kernel learns with during warm-up. The
// step size is tuned at every step. The metric is estimated again and again, each
// time from the more recent part of the draws and gradients so far, at times that
// grow geometrically: so the first draws, from far away or under a bad metric,
// are soon forgotten, and the last estimate has many draws.
type adaptation struct {
	Tuning
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
	firstEstimate  = 10   // when the metric is first estimated
	growth         = 1.5  // from one estimate's time to the next
	forget         = 0.4  // of the time so far, whose draws an estimate leaves out
	finalSteps     = 0.12 // of the warm-up, in which only the step size is tuned
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
	k.eps = k.average.update(info.Accept, k.TargetAccept)
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
