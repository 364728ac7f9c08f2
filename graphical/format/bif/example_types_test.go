package bif_test

import (
	"errors"
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical/format/bif"
)

// A file from a stranger may declare a table that no memory holds. It is refused
// from the declaration, with the place.
func ExampleOptions_maxEntries() {
	text := []byte(`network big { }
variable cause { type discrete [ 10 ] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }; }
variable effect { type discrete [ 2 ] { yes, no }; }
probability ( cause ) { default 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1; }
probability ( effect | cause ) { default 0.5, 0.5; }
`)
	_, err := bif.Unmarshal(text, bif.Options{File: "big.bif", MaxEntries: 20})
	_, tooLarge := errors.AsType[*belief.TooLargeError](err)
	fmt.Println("too large:", tooLarge)
	if e, ok := errors.AsType[*belief.ParseError](err); ok {
		fmt.Printf("%s, line %d\n", e.File, e.Line)
	}

	net, err := bif.Unmarshal(text, bif.Options{MaxEntries: 30})
	fmt.Println(net.NumParameters(), err)
	// Output:
	// too large: true
	// big.bif, line 5
	// 19 <nil>
}
