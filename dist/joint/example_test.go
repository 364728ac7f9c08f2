package joint_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief/dist/joint"
)

// The rules of probability on a table of two variables.
func ExampleTable() {
	rain := joint.NewVariable("rain", "yes", "no")
	grass := joint.NewVariable("grass", "wet", "dry")
	t, err := joint.New([]joint.Variable{rain, grass}, []float64{0.18, 0.02, 0.08, 0.72})
	if err != nil {
		fmt.Println(err)
		return
	}
	wet, err := t.Prob(joint.Event{"grass": "wet"})
	fmt.Printf("%.2f %v\n", wet, err)
	given, err := t.Given(joint.Event{"grass": "wet"})
	fmt.Printf("%.3f %v\n", given.Probs(), err)
	_, err = t.Given(joint.Event{"gras": "wet"})
	fmt.Println(err)
	// Output:
	// 0.26 <nil>
	// [0.692 0.308] <nil>
	// unknown variable "gras"; did you mean "grass"?
}

// Bayes' rule: how likely is the illness after a positive test?
func ExampleBayes() {
	illness := joint.NewVariable("illness", "present", "absent")
	test := joint.NewVariable("test", "positive", "negative")
	prior, err := joint.New([]joint.Variable{illness}, []float64{0.01, 0.99})
	if err != nil {
		fmt.Println(err)
		return
	}
	likelihood, err := joint.NewConditional([]joint.Variable{test}, []joint.Variable{illness}, []float64{
		0.95, 0.05, // present
		0.10, 0.90, // absent
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	posterior, err := joint.Bayes(prior, likelihood)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(posterior)
	positive, err := posterior.At(joint.Event{"test": "positive"})
	fmt.Printf("%.4f %v\n", positive.Probs()[0], err)
	// Output:
	// test \ illness  present      absent
	// positive        0.0875576    0.912442
	// negative        0.000560852  0.999439
	// 0.0876 <nil>
}

// The rows of a conditional distribution, from a joint one.
func ExampleConditional() {
	t, err := joint.New([]joint.Variable{joint.NewVariable("rain", "yes", "no"), joint.NewVariable("grass", "wet", "dry")}, []float64{0.18, 0.02, 0.08, 0.72})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := t.Conditional("rain")
	fmt.Print(c)
	fmt.Println(err)
	// Output:
	// rain \ grass  wet  dry
	// yes           0.9  0.1
	// no            0.1  0.9
	// <nil>
}

// Sum and difference of two dice: uncorrelated, yet far from independent.
func ExampleFunction() {
	p := make([]float64, 36)
	for i := range p {
		p[i] = 1. / 36
	}
	dice, err := joint.New([]joint.Variable{joint.NewNumber("i", 1, 2, 3, 4, 5, 6), joint.NewNumber("j", 1, 2, 3, 4, 5, 6)}, p)
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := dice.Functions(
		joint.Function{Name: "sum", Of: func(x []float64) float64 { return x[0] + x[1] }},
		joint.Function{Name: "gap", Of: func(x []float64) float64 { return max(x[0]-x[1], x[1]-x[0]) }},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, _ := t.Mean("sum")
	variance, _ := t.Variance("sum")
	covariance, _ := t.Covariance("sum", "gap")
	fmt.Printf("%.4f %.4f %.4f\n", mean, variance, covariance)
	gap, err := t.Independence([]string{"sum"}, []string{"gap"})
	fmt.Println(gap, err)
	// Output:
	// 7.0000 5.8333 0.0000
	// largest violation 0.0463 at gap=5, sum=7 <nil>
}

// The probability of an event, and what is wrong with one that cannot be.
func ExampleEvent() {
	t, err := joint.New([]joint.Variable{joint.NewVariable("sky", "clear", "cloudy"), joint.NewVariable("rain", "yes", "no"), joint.NewVariable("wind", "yes", "no")},
		[]float64{0, 0, 0.2, 0.4, 0.1, 0, 0.1, 0.2})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := t.Prob(joint.Event{"sky": "cloudy", "rain": "yes"})
	fmt.Println(p, err)
	_, err = t.Given(joint.Event{"sky": "clear", "rain": "yes"})
	fmt.Println(err)
	// Output:
	// 0.1 <nil>
	// impossible evidence: these findings cannot hold together: rain=yes, sky=clear
}

// A variable whose states are numbers has moments.
func ExampleVariable() {
	die := joint.NewNumber("die", 1, 2, 3, 4, 5, 6)
	t, err := joint.New([]joint.Variable{die}, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := t.Mean("die")
	fmt.Printf("%.2f %v %q\n", mean, err, die.States[5])
	// Output: 4.50 <nil> "6"
}

// What is wrong with a variable.
func ExampleVariableError() {
	_, err := joint.New([]joint.Variable{joint.NewVariable("rain", "yes", "no"), joint.NewVariable("rain", "yes", "no")}, nil)
	fmt.Println(err)
	// Output: joint table: variable "rain" occurs twice
}

// Does party depend on gender? The counts are of Agresti (2013, table 3.2).
func ExampleIndependenceTest() {
	gender := joint.NewVariable("gender", "female", "male")
	party := joint.NewVariable("party", "democrat", "independent", "republican")
	c, err := joint.NewCounts([]joint.Variable{gender, party}, []float64{762, 327, 468, 484, 239, 477})
	if err != nil {
		fmt.Println(err)
		return
	}
	test, err := c.IndependenceTest([]string{"gender"}, []string{"party"})
	fmt.Println(test, err)
	// Output: χ² = 30.0701 (p = 2.95e-07), G = 30.0167 (p = 3.03e-07), 2 degrees of freedom <nil>
}

// From observations to a table.
func ExampleCounts() {
	vars := []joint.Variable{joint.NewVariable("coin", "heads", "tails"), joint.NewVariable("light", "on", "off")}
	c, err := joint.Count(vars, [][]string{{"heads", "on"}, {"tails", "off"}, {"heads", "on"}, {"heads", "off"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := c.Table(0)
	fmt.Print(t)
	fmt.Println(err)
	// Output:
	// coin \ light  on   off   sum
	// heads         0.5  0.25  0.75
	// tails         0    0.25  0.25
	// sum           0.5  0.5   1
	// <nil>
}

// How far from independent two variables are.
func ExampleIndependence() {
	t, err := joint.New([]joint.Variable{joint.NewVariable("rain", "yes", "no"), joint.NewVariable("grass", "wet", "dry")}, []float64{0.18, 0.02, 0.08, 0.72})
	if err != nil {
		fmt.Println(err)
		return
	}
	gap, err := t.Independence([]string{"rain"}, []string{"grass"})
	fmt.Printf("%.3f %v %v\n", gap.Violation, gap.Holds(1e-9), err)
	// Output: 0.128 false <nil>
}

// Draws have the positions of the states.
func ExampleSampler() {
	t, err := joint.New([]joint.Variable{joint.NewVariable("rain", "yes", "no"), joint.NewVariable("grass", "wet", "dry")}, []float64{0, 0, 0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := t.Sampler().RandTo(nil, rand.New(rand.NewPCG(1, 2)))
	fmt.Println(x, t.Event(x))
	// Output: [1 1] map[grass:dry rain:no]
}
