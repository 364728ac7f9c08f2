package joint_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief/dist/joint"
)

// What is nil or zero was made by no constructor, and is an error.
func TestNothing(t *testing.T) {
	coin := joint.NewVariable("coin", "heads", "tails")
	table, err := joint.New([]joint.Variable{coin}, []float64{0.5, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	second := func(_ any, err error) error { return err }
	var none *joint.Table
	for name, err := range map[string]error{
		"At of zero":          second((&joint.Conditional{}).At(nil)),
		"At of nil":           second((*joint.Conditional)(nil).At(nil)),
		"Bayes of nil":        second(joint.Bayes(nil, nil)),
		"Bayes of zero":       second(joint.Bayes(table, &joint.Conditional{})),
		"Bayes without":       second(joint.Bayes(table, nil)),
		"Chain of zero":       second(joint.Chain(&joint.Table{})),
		"Independent of nil":  second(joint.Independent(nil)),
		"Independent of zero": second(joint.Independent(table, &joint.Table{})),
		"Conditional of nil":  second(none.Conditional("coin")),
	} {
		var e *joint.VariableError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Twelve billion counts that are off by a twelfth; both statistics by their formulas
// with mpmath at 50 digits.
func TestIndependenceTestBillions(t *testing.T) {
	a, b := joint.NewVariable("a", "0", "1"), joint.NewVariable("b", "0", "1")
	c, err := joint.NewCounts([]joint.Variable{a, b}, []float64{1e9, 2e9, 3e9, 6e9 + 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.IndependenceTest([]string{"a"}, []string{"b"})
	const square, ratio = 1.3888888886766975309e-11, 1.3888888886638374486e-11
	if err != nil || math.Abs(got.ChiSquare/square-1) > 1e-13 || math.Abs(got.G/ratio-1) > 1e-13 {
		t.Errorf("χ² = %v and G = %v, want %v and %v (%v)", got.ChiSquare, got.G, square, ratio, err)
	}
}

// Correlation has no units, and is that of any scale.
func TestCorrelationScales(t *testing.T) {
	p := []float64{0.4, 0.1, 0.2, 0.3}
	want := (0.3 - 0.5*0.4) / math.Sqrt(0.25*0.24)
	for _, x := range [][]float64{{0, 1}, {0, 1e-200}, {-1e308, 1e308}, {0, 5e-324}, {1e-300, 3e-300}, {0, 1e200}} {
		for _, y := range [][]float64{{0, 1}, {0, 1e-200}, {-1.7e308, 1.7e308}} {
			table, err := joint.New([]joint.Variable{joint.NewNumber("x", x...), joint.NewNumber("y", y...)}, p)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := table.Correlation("x", "y"); err != nil || math.Abs(got-want) > 1e-14 {
				t.Errorf("%v and %v: correlation %v, want %v (%v)", x, y, got, want, err)
			}
			if got, err := table.Correlation("x", "x"); err != nil || math.Abs(got-1) > 1e-15 {
				t.Errorf("%v: correlation with itself %v (%v)", x, got, err)
			}
		}
	}
}
