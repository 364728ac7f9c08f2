package diagnostics

import "math"

// EBFMI returns the energy Bayesian fraction of missing information of one chain of a
// Hamiltonian sampler, the mean square of the changes of energy over the variance of
// energy (Betancourt 2016, equation 7). Below 0.3 the momenta move the chain too
// little between energies, and tails are missed. NaN for fewer than three draws, and
// constant or non-finite energies. O(n).
func EBFMI(energy []float64) float64 {
	n := len(energy)
	if n < 3 {
		return math.NaN()
	}
	changes := 0.0
	for i := 1; i < n; i++ {
		d := energy[i] - energy[i-1]
		changes += d * d
	}
	if changes == 0 {
		return math.NaN()
	}
	return changes / float64(n-1) / variance(energy, mean(energy))
}
