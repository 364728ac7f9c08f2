package density

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A BinRule chooses how many bins a histogram has.
type BinRule uint8

// The rules, n being the number of observations and s their standard deviation.
const (
	// FreedmanDiaconis takes bins of width 2 n^(−1/3) times the interquartile
	// range (1981). If that is zero, as half of the observations are equal, it
	// does as ScottBins.
	FreedmanDiaconis BinRule = iota
	// ScottBins takes bins of width (24√π)^(1/3) s n^(−1/3), best for a normal
	// distribution (Scott 1979).
	ScottBins
	// Sturges takes ⌈log₂ n + 1⌉ bins (1926), too few if n is large.
	Sturges
)

var binRuleNames = []string{"freedman-diaconis", "scott", "sturges"}

// String returns the name of the rule.
func (r BinRule) String() string {
	if int(r) < len(binRuleNames) {
		return binRuleNames[r]
	}
	return fmt.Sprintf("BinRule(%d)", uint8(r))
}

// maxBins bounds histograms: data with one far outlier ask for more.
const maxBins = 1 << 20

// binCount returns the number of equal bins that a rule wants.
func binCount(r BinRule, s *sample) (int, error) {
	width := math.Cbrt(24*math.Sqrt(math.Pi)) * s.deviation / math.Cbrt(s.effective)
	reach := s.x[len(s.x)-1] - s.x[0]
	switch r {
	case Sturges:
		return max(1, int(math.Ceil(math.Log2(s.effective)+1-1e-12))), nil
	case FreedmanDiaconis:
		if iqr := s.spread(); iqr > 0 {
			width = 2 * iqr / math.Cbrt(s.effective)
		}
	case ScottBins:
	default:
		return 0, &belief.ConfigError{Field: "Rule", Value: r, Want: "one of the bin rules"}
	}
	count := math.Ceil(reach / width)
	if !(count <= maxBins) {
		return 0, &belief.TooLargeError{What: "histogram", Bytes: count * 24, Budget: maxBins * 24,
			Advice: "there are far outliers: give Bins or Edges, or use Sturges' rule"}
	}
	return max(1, int(count)), nil
}

// binEdges returns the edges that a configuration stands for.
func binEdges(s *sample, c HistogramConfig) ([]float64, error) {
	low, high := s.x[0], s.x[len(s.x)-1]
	if c.Edges != nil {
		if len(c.Edges) < 2 {
			return nil, &belief.ConfigError{Field: "Edges", Value: c.Edges, Want: "at least two numbers"}
		}
		for i, e := range c.Edges {
			if !(math.Abs(e) <= limit) || i > 0 && !(e > c.Edges[i-1]) {
				return nil, &belief.ConfigError{Field: "Edges", Value: e, Want: "increasing, and between ±1e150"}
			}
		}
		return append([]float64(nil), c.Edges...), nil
	}
	if low == high {
		return nil, &dist.FitError{Distribution: "histogram", Row: -1, Problem: "the observations do not vary; give Edges"}
	}
	bins := c.Bins
	if bins < 0 || bins > maxBins {
		return nil, &belief.ConfigError{Field: "Bins", Value: bins, Want: fmt.Sprintf("between 0 and %d", maxBins)}
	}
	if bins == 0 {
		var err error
		if bins, err = binCount(c.Rule, s); err != nil {
			return nil, err
		}
	}
	edges := make([]float64, bins+1)
	for i := range edges {
		share := float64(i) / float64(bins)
		edges[i] = low + (high-low)*share
		if i > 0 && !(edges[i] > edges[i-1]) {
			return nil, &dist.FitError{Distribution: "histogram", Row: -1, Problem: "the observations are too close together for so many bins"}
		}
	}
	edges[bins] = high
	return edges, nil
}
