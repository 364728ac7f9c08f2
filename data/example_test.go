package data_test

import (
	"fmt"
	"io"
	"log"

	"github.com/belief-go/belief/data"
)

// The rows of a table, two at a time.
func Example() {
	table, err := data.FromRows([][]float64{{3.6, 79}, {1.8, 54}, {3.333, 74}}, "eruptions", "waiting")
	if err != nil {
		log.Fatal(err)
	}
	for b, err := range data.Batches(table, data.Order{}, 2) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(b.Rows, b.X)
	}
	// Output:
	// 2 [3.6 79 1.8 54]
	// 1 [3.333 74]
}

// A source that is in no memory: row i is made up when it is read.
func ExampleSource() {
	squares := data.FromFunc(data.Numbers("n", "square"), 1000, func(i int, dst []float64) {
		dst[0], dst[1] = float64(i), float64(i*i)
	})
	var sum float64
	for b, err := range data.Batches(squares, data.Order{Shuffle: true}, 0) {
		if err != nil {
			log.Fatal(err)
		}
		for i := range b.Rows {
			sum += b.Row(i)[1]
		}
	}
	fmt.Println(squares.Rows(), "squares add up to", sum)
	// Output: 1000 squares add up to 3.328335e+08
}

// The same seed and epoch give the same order, another epoch another one.
func ExampleOrder() {
	table, err := data.FromMatrix([]float64{0, 1, 2, 3, 4, 5}, 1)
	if err != nil {
		log.Fatal(err)
	}
	for _, epoch := range []uint64{0, 1, 0} {
		for b, err := range data.Batches(table, data.Order{Shuffle: true, Seed: 1, Epoch: epoch}, 6) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(b.X)
		}
	}
	// Output:
	// [5 1 0 2 4 3]
	// [3 5 0 4 1 2]
	// [5 1 0 2 4 3]
}

// A pass by hand goes on where an earlier run was interrupted.
func ExamplePass() {
	table, err := data.FromMatrix([]float64{0, 1, 2, 3, 4}, 1)
	if err != nil {
		log.Fatal(err)
	}
	pass, err := table.Pass(data.Order{})
	if err != nil {
		log.Fatal(err)
	}
	defer pass.Close()
	if err := pass.Skip(3); err != nil {
		log.Fatal(err)
	}
	var b data.Batch
	for {
		err := pass.Next(&b)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(b.X)
	}
	// Output: [3 4]
}

// A batch keeps its memory from one filling to the next.
func ExampleBatch() {
	table, err := data.FromRows([][]float64{{1, 2}, {3, 4}, {5, 6}})
	if err != nil {
		log.Fatal(err)
	}
	b := data.Batch{Size: 2}
	for range 2 {
		pass, err := table.Pass(data.Order{})
		if err != nil {
			log.Fatal(err)
		}
		for pass.Next(&b) == nil {
			fmt.Println(b.Rows, "rows of", b.Columns, "columns; the last is", b.Row(b.Rows-1))
		}
	}
	// Output:
	// 2 rows of 2 columns; the last is [3 4]
	// 1 rows of 2 columns; the last is [5 6]
	// 2 rows of 2 columns; the last is [3 4]
	// 1 rows of 2 columns; the last is [5 6]
}

// Values of a column with categories are indices into them.
func ExampleColumn() {
	columns := []data.Column{{Name: "petal length"}, {Name: "species", Categories: []string{"setosa", "virginica"}}}
	table, err := data.NewTable(columns, []float64{1.4, 0, 6, 1}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i := range table.Rows() {
		row := table.Row(i)
		fmt.Println(row[0], columns[1].Categories[int(row[1])])
	}
	// Output:
	// 1.4 setosa
	// 6 virginica
}

// A table can have weights.
func ExampleTable() {
	table, err := data.NewTable(data.Numbers("x"), []float64{1, 2, 4}, []float64{1, 1, 2})
	if err != nil {
		log.Fatal(err)
	}
	var sum, total float64
	for i, w := range table.Weights() {
		sum += w * table.Row(i)[0]
		total += w
	}
	fmt.Println("mean", sum/total)
	_, err = data.Index(table, "y")
	fmt.Println(err)
	// Output:
	// mean 2.75
	// unknown column "y"; did you mean "x"?
}

// A weight cannot be negative.
func ExampleValueError() {
	_, err := data.NewTable(data.Numbers("x"), []float64{1, 2}, []float64{1, -1})
	fmt.Println(err)
	// Output: column "weight" of row 1 is -1; it must be a finite weight, at least 0
}
