package density

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A BandwidthRule chooses how wide kernels are.
type BandwidthRule uint8

// The rules for a Gaussian kernel, n being the number of observations, s their
// standard deviation and d their dimension. Other kernels get what smooths as much
// (Marron & Nolan 1988).
const (
	// Silverman takes 0.9 n^(−1/5) times the lesser of s and the interquartile
	// range over 1.34 (1986, equation 3.31); if half of the observations are equal
	// and the range is zero, s alone counts. In several dimensions it takes
	// (n(d + 2)/4)^(−1/(d+4)) s in each (1986, equation 4.14).
	Silverman BandwidthRule = iota
	// Scott takes n^(−1/(d+4)) s in each dimension (1992, equation 6.42).
	Scott
	// LeastSquares looks for the least estimate of ∫ (p̂ − p)² by
	// cross-validation (Rudemo 1982, Bowman 1984).
	LeastSquares
	// Likelihood looks for the greatest product of densities at each observation,
	// estimated from the others (Duin 1976). It is at the mercy of outliers.
	Likelihood
)

var bandwidthRuleNames = []string{"silverman", "scott", "least-squares", "likelihood"}

// String returns the name of the rule.
func (r BandwidthRule) String() string {
	if int(r) < len(bandwidthRuleNames) {
		return bandwidthRuleNames[r]
	}
	return fmt.Sprintf("BandwidthRule(%d)", uint8(r))
}

// errConstant is what rules say to observations that do not vary.
func errConstant(name string) error {
	return &dist.FitError{Distribution: name, Row: -1, Problem: "the observations do not vary, and no rule can tell a bandwidth: give one"}
}

const leastBandwidth = 1e-150

// checkBandwidth refuses a bandwidth that is none, or so far from the scale of the
// observations that the quotients of both would overflow.
func checkBandwidth(h float64) error {
	if !(h >= leastBandwidth && h <= limit) {
		return &belief.ConfigError{Field: "Bandwidth", Value: h, Want: "between 1e-150 and 1e150"}
	}
	return nil
}

// silverman and scott are the rules for one dimension and a Gaussian kernel.
func silverman(s *sample) float64 {
	scale := s.deviation
	if iqr := s.spread(); iqr > 0 {
		scale = min(scale, iqr/1.34)
	}
	return 0.9 * scale * math.Pow(s.effective, -0.2)
}

func scott(s *sample) float64 { return s.deviation * math.Pow(s.effective, -0.2) }
