package data_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// Most files need no options.
func ExampleCSVOptions() {
	table, err := data.ReadCSV(strings.NewReader("species;petal\nsetosa;1,4\nvirginica;6\nvirginica;NA\n"), data.CSVOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table.Columns()[0].Categories)
	for i := range table.Rows() {
		fmt.Println(table.Row(i))
	}
	// Output:
	// [setosa virginica]
	// [0 1.4]
	// [1 6]
	// [1 NaN]
}

// A mistake is said with its place.
func ExampleReadCSV() {
	_, err := data.ReadCSV(strings.NewReader("x,y\n1,2\n3,4\n5,o\n"), data.CSVOptions{File: "points.csv"})
	var parse *belief.ParseError
	fmt.Println(errors.As(err, &parse), parse.Line)
	fmt.Println(err)
	// Output:
	// true 4
	// points.csv:4: CSV: column "y": "o" is not a number, as most of the column is; put "y" into Text if it is a text, the field into Missing if it means that
}

// The first record is data, though it holds no numbers.
func ExampleHeader() {
	table, err := data.ReadCSV(strings.NewReader("sunny,out\nrainy,in\n"), data.CSVOptions{Header: data.NoHeader})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table.Rows(), table.Columns())
	// Output: 2 [{x1 [rainy sunny]} {x2 [in out]}]
}

// Any source can be written, this one without one of its columns.
func ExampleWriteCSV() {
	table, err := data.ReadCSV(strings.NewReader("id,kind,x\n1,a,0.5\n2,b,\n"), data.CSVOptions{})
	if err != nil {
		log.Fatal(err)
	}
	src, err := data.Without(table, "id")
	if err != nil {
		log.Fatal(err)
	}
	if err := data.WriteCSV(os.Stdout, src); err != nil {
		log.Fatal(err)
	}
	// Output:
	// kind,x
	// a,0.5
	// b,
}
