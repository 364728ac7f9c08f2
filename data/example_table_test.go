package data_test

import (
	"fmt"
	"log"
	"math"

	"github.com/belief-go/belief/data"
)

// A scaling is learnt on the training data, and applied to whatever comes later.
func ExampleScaling() {
	train, err := data.FromRows([][]float64{{10, 1}, {20, 1}, {30, 1}}, "height", "one")
	if err != nil {
		log.Fatal(err)
	}
	scaling, err := data.Standardize(train, "height")
	if err != nil {
		log.Fatal(err)
	}
	test, err := data.FromRows([][]float64{{20, 7}}, "height", "one")
	if err != nil {
		log.Fatal(err)
	}
	scaled, err := scaling.Apply(test)
	if err != nil {
		log.Fatal(err)
	}
	table, err := data.ReadAll(scaled, data.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("(x - %.0f) / %.3f: %v\n", scaling.Means[0], scaling.Scales[0], table.Row(0))
	// Output: (x - 20) / 8.165: [0 7]
}

// flowers is a small table with categories and a missing cell.
func flowers() *data.Table {
	nan := math.NaN()
	table, err := data.NewTable(
		[]data.Column{{Name: "petal"}, {Name: "species", Categories: []string{"setosa", "virginica"}}},
		[]float64{1.5, 0, nan, 1, 6, 1}, nil)
	if err != nil {
		log.Fatal(err)
	}
	return table
}

// What is in a table.
func ExampleSummary() {
	s, err := data.Summarize(flowers())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(s)
	// Output:
	// 3 rows
	// column   missing  mean  sd    min  max
	// petal    1        3.75  2.25  1.5  6
	// species  0        virginica 2, setosa 1
}

// A summary is also there for programs.
func ExampleColumnSummary() {
	s, err := data.Summarize(flowers())
	if err != nil {
		log.Fatal(err)
	}
	c := s.Columns[0]
	fmt.Println(c.Name, c.Min, c.Max, c.Missing)
	// Output: petal 1.5 6 1
}

// The most frequent category comes first.
func ExampleCategoryCount() {
	s, err := data.Summarize(flowers())
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range s.Columns[1].Categories {
		fmt.Println(c.Text, c.Weight)
	}
	// Output:
	// virginica 2
	// setosa 1
}

// Eight of ten rows to train with, two to test with, the same ones every time.
func ExampleSplit() {
	table, err := data.FromMatrix([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1)
	if err != nil {
		log.Fatal(err)
	}
	parts, err := data.Split(table, 1, 0.8)
	if err != nil {
		log.Fatal(err)
	}
	for _, part := range parts {
		for b, err := range data.Batches(part, data.Order{}, 0) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(b.X)
		}
	}
	// Output:
	// [0 1 3 5 6 7 8 9]
	// [2 4]
}

// Models want numbers: categories become columns of zeros and ones.
func ExampleOneHot() {
	complete, dropped := flowers().DropMissing()
	src, err := data.OneHot(complete)
	if err != nil {
		log.Fatal(err)
	}
	table, err := data.ReadAll(src, data.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("dropped", dropped)
	for _, c := range table.Columns() {
		fmt.Print(c.Name, " ")
	}
	fmt.Println(table.Row(0), table.Row(1))
	// Output:
	// dropped [1]
	// petal species=setosa species=virginica [1.5 1 0] [6 0 1]
}
