package draws

// Names of quantities: theta[1,2] in memory, theta.1.2 in Stan's files.

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// statSuffix ends the names of sampler statistics.
const statSuffix = "__"

// stanName writes theta[1,2] as theta.1.2. A name without indices stays.
func stanName(name string) string {
	base, rest, ok := strings.Cut(name, "[")
	indices, closed := strings.CutSuffix(rest, "]")
	if !ok || !closed || base == "" || !areIndices(indices, ",") {
		return name
	}
	return base + "." + strings.ReplaceAll(indices, ",", ".")
}

// bracketName undoes stanName.
func bracketName(name string) string {
	base, indices, ok := strings.Cut(name, ".")
	if !ok || base == "" || !areIndices(indices, ".") {
		return name
	}
	return base + "[" + strings.ReplaceAll(indices, ".", ",") + "]"
}

// areIndices says whether a text is whole numbers between separators.
func areIndices(s, separator string) bool {
	for part := range strings.SplitSeq(s, separator) {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// checkNames refuses columns that a reader would not get back as they are.
// forStan wants names that Stan's files can hold besides.
func checkNames(names, stats []string, forStan bool) error {
	seen := map[string]bool{}
	for i, name := range slices.Concat(stats, names) {
		stat, want := i < len(stats), ""
		meant := ofQuantity
		if stat {
			meant = ofStat
		}
		switch {
		case name == "" || !utf8.ValidString(name):
			want = "a name in UTF-8"
		case stat != strings.HasSuffix(name, statSuffix):
			want = fmt.Sprintf("a name that ends in %q for a statistic, and in something else for a quantity", statSuffix)
		case seen[name]:
			want = "a name that no other column has"
		case forStan && (strings.ContainsAny(name, "\"'#\r\n") || strings.ContainsAny(stanName(name), ", \t") || bracketName(stanName(name)) != name || roleOf(name, true) != meant):
			want = "a name that Stan's files can hold, such as mu, theta[1] or Sigma[1,2]"
		}
		if want != "" {
			return &belief.ConfigError{Field: "Names", Value: fmt.Sprintf("%q", name), Want: want}
		}
		seen[name] = true
	}
	return nil
}
