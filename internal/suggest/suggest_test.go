package suggest

import (
	"fmt"
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
	var d distance
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"größe", "grösse", 2}} {
		for limit := range 8 {
			got := d.within([]rune(c.a), []rune(c.b), limit)
			if c.want <= limit && got != c.want || c.want > limit && got <= limit {
				t.Errorf("distance of %q and %q within %d is %d, want %d", c.a, c.b, limit, got, c.want)
			}
		}
	}
}

// A typo in a model of a hundred thousand names is no wait.
func BenchmarkNearest(b *testing.B) {
	var names []string
	for i := range 100000 {
		names = append(names, fmt.Sprintf("variable_number_%d", i))
	}
	for b.Loop() {
		if Nearest("variabl_number_77", slices.Values(names), 3) == nil {
			b.Fatal("nothing found")
		}
	}
}
