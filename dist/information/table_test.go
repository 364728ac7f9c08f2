package information

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist/joint"
)

// newTable makes a table of variables a, b, c with some numbers of states.
func newTable(t interface{ Fatal(...any) }, dims []int, p []float64) *joint.Table {
	var vars []joint.Variable
	for i, d := range dims {
		values := make([]float64, d)
		for k := range values {
			values[k] = float64(k)
		}
		vars = append(vars, joint.NewNumber(string(rune('a'+i)), values...))
	}
	table, err := joint.New(vars, p)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// must returns the value of a measure of a table.
func must(t interface{ Fatal(...any) }) func(v float64, err error) float64 {
	return func(v float64, err error) float64 {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Exclusive or: any two of the three are independent, and any two tell the third.
func TestTableExclusiveOr(t *testing.T) {
	table := newTable(t, []int{2, 2, 2}, []float64{0.25, 0, 0, 0.25, 0, 0.25, 0.25, 0})
	v := must(t)
	a, b, c := []string{"a"}, []string{"b"}, []string{"c"}
	for _, m := range []struct {
		name      string
		got, want float64
	}{
		{"H(a, b, c)", v(JointEntropy(table)), 2 * math.Ln2},
		{"H(c)", v(JointEntropy(table, "c")), math.Ln2},
		{"H(c | a)", v(ConditionalEntropy(table, c, a)), math.Ln2},
		{"H(c | a, b)", v(ConditionalEntropy(table, c, []string{"a", "b"})), 0},
		{"I(a; b)", v(MutualInformation(table, a, b)), 0},
		{"I(c; a, b)", v(MutualInformation(table, c, []string{"b", "a"})), math.Ln2},
		{"I(a; b | c)", v(ConditionalMutualInformation(table, a, b, c)), math.Ln2},
	} {
		if math.Abs(m.got-m.want) > 1e-15 {
			t.Errorf("%s = %v, want %v", m.name, m.got, m.want)
		}
	}
}

// Nearly independent: for two fair coins with p = ¼ ± e, I = Σ p log 4p, whose series is
// 8e² + 64e⁴/3 + ….
func TestTableNearIndependence(t *testing.T) {
	const e = 0x1p-25
	table := newTable(t, []int{2, 2}, []float64{0.25 + e, 0.25 - e, 0.25 - e, 0.25 + e})
	got := must(t)(MutualInformation(table, []string{"a"}, []string{"b"}))
	if want := 8*e*e + 64./3*e*e*e*e; !near(got, want, 1e-13) {
		t.Errorf("I = %v, want %v", got, want)
	}
}

// Chain rules, symmetry and the data-processing inequality.
func TestTableRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dims := []int{rapid.IntRange(1, 4).Draw(t, "a"), rapid.IntRange(1, 4).Draw(t, "b"), rapid.IntRange(1, 3).Draw(t, "c")}
		table := newTable(t, dims, some(t, dims[0]*dims[1]*dims[2], "p").p)
		v := must(t)
		a, b, c := []string{"a"}, []string{"b"}, []string{"c"}
		hab := v(JointEntropy(table, "a", "b"))
		ha, hb := v(JointEntropy(table, "a")), v(JointEntropy(table, "b"))
		iab := v(MutualInformation(table, a, b))
		hac, hbc, hc, habc := v(JointEntropy(table, "a", "c")), v(JointEntropy(table, "b", "c")), v(JointEntropy(table, "c")), v(JointEntropy(table))
		for _, r := range []struct {
			name        string
			left, right float64
		}{
			{"H(a, b) = H(a) + H(b | a)", hab, ha + v(ConditionalEntropy(table, b, a))},
			{"I(a; b) = H(a) + H(b) − H(a, b)", iab, ha + hb - hab},
			{"I(a; b) = I(b; a)", iab, v(MutualInformation(table, b, a))},
			{"I(a; b | c) by entropies", v(ConditionalMutualInformation(table, a, b, c)), hac + hbc - habc - hc},
			{"I(a; b, c) = I(a; c) + I(a; b | c)", v(MutualInformation(table, a, []string{"b", "c"})),
				v(MutualInformation(table, a, c)) + v(ConditionalMutualInformation(table, a, b, c))},
		} {
			if math.Abs(r.left-r.right) > 1e-13 {
				t.Errorf("%s: %v and %v", r.name, r.left, r.right)
			}
		}
		if iab < 0 || iab > min(ha, hb)+1e-13 {
			t.Errorf("I(a; b) = %v, H(a) = %v, H(b) = %v", iab, ha, hb)
		}
		// A channel from b to d cannot add to what b says of a.
		channel := some(t, 3*dims[1], "channel").p
		pab := table.MarginalTo(nil, 0, 1)
		pad := make([]float64, dims[0]*3)
		for k, p := range pab {
			row := channel[k%dims[1]*3 : k%dims[1]*3+3]
			total := row[0] + row[1] + row[2]
			for d, w := range row {
				if total == 0 {
					w, total = 1, 3
				}
				pad[k/dims[1]*3+d] += p * w / total
				if total == 3 && w == 1 {
					total = 0
				}
			}
		}
		iad := v(MutualInformation(newTable(t, []int{dims[0], 3}, pad), a, b))
		if iad > iab+1e-13 {
			t.Errorf("processing adds information: %v after, %v before", iad, iab)
		}
	})
}

func TestTableErrors(t *testing.T) {
	table := newTable(t, []int{2, 2}, []float64{0.25, 0.25, 0.25, 0.25})
	var unknown *belief.UnknownNameError
	if _, err := JointEntropy(table, "z"); !errors.As(err, &unknown) {
		t.Errorf("an unknown variable: %v", err)
	}
	if _, err := ConditionalEntropy(table, []string{"a"}, []string{"z"}); !errors.As(err, &unknown) {
		t.Errorf("an unknown variable: %v", err)
	}
	var twice *joint.VariableError
	if _, err := MutualInformation(table, []string{"a"}, []string{"a"}); !errors.As(err, &twice) {
		t.Errorf("a variable twice: %v", err)
	}
}
