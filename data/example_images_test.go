package data_test

import (
	"bytes"
	"fmt"

	"github.com/belief-go/belief/data"
)

// Images are a source: a column per pixel, and the label last. Pixels can be made
// binary once, or anew in every epoch.
func ExampleImages() {
	im, err := data.NewImages(1, 3, []byte{0, 51, 255, 255, 102, 0}, []uint8{1, 0}, []string{"falling", "rising"})
	if err != nil {
		panic(err)
	}
	for _, src := range []data.Source{im, im.Binarize(1), im.BinarizeEachEpoch(1)} {
		for b, err := range data.Batches(src, data.Order{Epoch: 1}, 2) {
			if err != nil {
				panic(err)
			}
			fmt.Println(b.Row(0), b.Row(1))
		}
	}
	fmt.Println(im.ClassCounts())

	var picture bytes.Buffer
	if err := im.WritePNG(&picture, 1); err != nil {
		panic(err)
	}
	fmt.Printf("%q\n", picture.Bytes()[1:4])
	// Output:
	// [0 0.2 1 1] [1 0.4 0 0]
	// [0 0 1 1] [1 1 0 0]
	// [0 0 1 1] [1 0 0 0]
	// [1 1]
	// "PNG"
}
