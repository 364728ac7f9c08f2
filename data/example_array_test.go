package data_test

import (
	"bytes"
	"fmt"

	"github.com/belief-go/belief/data"
)

// An array goes to a file that NumPy reads, and comes back.
func ExampleArray() {
	a := &data.Array{Shape: []int{2, 3}, Data: []int16{1, 2, 3, 4, 5, 6}}
	var file bytes.Buffer
	if err := data.WriteNPY(&file, a); err != nil {
		panic(err)
	}
	fmt.Printf("%q\n", file.String()[10:70])

	back, err := data.ReadNPY(&file, data.Limits{})
	if err != nil {
		panic(err)
	}
	fmt.Println(back.Shape, back.Data, back.Float64s()[5])
	// Output:
	// "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), } "
	// [2 3] [1 2 3 4 5 6] 6
}
