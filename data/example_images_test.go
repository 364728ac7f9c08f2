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

// Digits to learn from, and others to test on, without a download.
func ExampleDigits() {
	train, test := data.Digits(1000, 1), data.Digits(200, 2)
	height, width := train.Size()
	fmt.Println(train.Rows(), test.Rows(), height, width)
	for y := range height { // the first image, roughly
		line := train.Image(0)[y*width:][:width]
		if y%2 == 1 || y < 3 || y > 24 {
			continue
		}
		for _, p := range line[4:24] {
			fmt.Printf("%c", " .:*#"[int(p)*5/256])
		}
		fmt.Println("|")
	}
	// Output:
	// 1000 200 28 28
	//              :#:    |
	//             *#.     |
	//           :#*       |
	//        .*#:         |
	//       :#:           |
	//       *#.*#*#       |
	//       *#:  :#       |
	//       **  :#.       |
	//      .#.*#:         |
	//        .            |
	//                     |
}
