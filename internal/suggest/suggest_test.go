package suggest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearest(t *testing.T) {
	known := []string{"LVFAILURE", "LVEDVOLUME", "HRBP", "HREKG", "HRSAT", "CO", "smoke"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"LVFAILRUE", []string{"LVFAILURE"}},
		{"lvfailure", []string{"LVFAILURE"}},
		{"HRB", []string{"HRBP"}},
		{"smkoe", []string{"smoke"}},
		{"entirely different", nil},
		{strings.Repeat("x", 1000), nil},
	} {
		if diff := cmp.Diff(c.want, Nearest(c.name, slices.Values(known), 3)); diff != "" {
			t.Errorf("Nearest(%.20q) (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"größe", "grösse", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
