package bif_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
)

func ExampleReadFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "weather.bif")
	text := `network weather {
}
variable rain {
  type discrete [ 2 ] { yes, no };
}
variable wet {
  type discrete [ 2 ] { yes, no };
}
probability ( rain ) {
  table 0.2, 0.8;
}
probability ( wet | rain ) {
  (yes) 0.9, 0.1;
  (no) 0.1, 0.9;
}
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}

	net, err := bif.ReadFile(path)
	if err != nil {
		panic(err)
	}
	for _, v := range net.Variables() {
		fmt.Println(v, v.States(), "given", net.Parents(v))
	}
	// Output:
	// rain [yes no] given []
	// wet [yes no] given [rain]
}

// Errors say where, and can be taken apart.
func ExampleUnmarshal_error() {
	_, err := bif.Unmarshal([]byte(`network weather { }
variable rain { type discrete [ 2 ] { yes, no }; }
variable wet { type discrete [ 2 ] { yes, no }; }
probability ( rain ) { table 0.2, 0.8; }
probability ( wet | rian ) {
  (yes) 0.9, 0.1;
  (no) 0.1, 0.9;
}
`), bif.Options{File: "weather.bif"})
	fmt.Println(err)

	var unknown *belief.UnknownNameError
	if errors.As(err, &unknown) {
		fmt.Println(unknown.Suggestions)
	}
	// Output:
	// weather.bif:5:21: BIF: unknown variable "rian" of the parents of "wet"; did you mean "rain"?
	// [rain]
}

// Rows that do not sum to one, such as counts, are read with Normalize.
func ExampleOptions() {
	text := []byte(`network counts { }
variable coin { type discrete [ 2 ] { heads, tails }; }
probability ( coin ) { table 30 10; }
`)
	_, err := bif.Unmarshal(text)
	fmt.Println(err)

	net, err := bif.Unmarshal(text, bif.Options{Normalize: true})
	if err != nil {
		panic(err)
	}
	fmt.Println(net.Conditional(net.Variables()[0]).Prob(0, nil))
	// Output:
	// 3:24: BIF: table of "coin" sums to 40, not 1
	// 0.75
}

func ExampleWrite() {
	b := graphical.NewBayesNet().Name("weather")
	rain := b.Variable("rain", "yes", "no")
	wet := b.Variable("wet", "yes", "not at all")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1).Row(0.1, 0.9)
	net, err := b.Build()
	if err != nil {
		panic(err)
	}
	if err := bif.Write(os.Stdout, net); err != nil {
		panic(err)
	}
	// Output:
	// network weather {
	// }
	// variable rain {
	//   type discrete [ 2 ] { yes, no };
	// }
	// variable wet {
	//   type discrete [ 2 ] { yes, "not at all" };
	// }
	// probability ( rain ) {
	//   table 0.2, 0.8;
	// }
	// probability ( wet | rain ) {
	//   (yes) 0.9, 0.1;
	//   (no) 0.1, 0.9;
	// }
}
