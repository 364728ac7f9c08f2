package joint_test

import (
	"fmt"

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
