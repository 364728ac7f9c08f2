package data

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	"github.com/belief-go/belief"
)

// maxSheet is how many pixels a picture of many images may have.
const maxSheet = 1 << 28

// WritePNG writes all images as one picture, in a grid of so many columns, row after
// row, with lines between them; 0 columns make the grid a square, nearly. For one
// image see [Images.Slice].
func (im *Images) WritePNG(w io.Writer, columns int) error {
	n := im.Rows()
	if n == 0 {
		return &belief.ConfigError{Field: "images", Value: n, Want: "at least one, to be a picture"}
	}
	if columns < 0 {
		return &belief.ConfigError{Field: "columns", Value: columns, Want: "at least 0"}
	}
	if columns == 0 {
		columns = int(math.Ceil(math.Sqrt(float64(n))))
	}
	columns = min(columns, n)
	rows := (n + columns - 1) / columns
	// A line of one pixel is between images only.
	width, height := columns*(im.width+1)-1, rows*(im.height+1)-1
	if area := float64(width) * float64(height); area > maxSheet {
		return &belief.TooLargeError{What: fmt.Sprintf("picture of %d images", n), Bytes: area, Budget: maxSheet, Advice: "write fewer of them, see Slice"}
	}
	sheet := image.NewGray(image.Rect(0, 0, width, height))
	for i := range sheet.Pix {
		sheet.Pix[i] = 96
	}
	for i := range columns * rows {
		at := i/columns*(im.height+1)*sheet.Stride + i%columns*(im.width+1)
		for y := range im.height {
			line := sheet.Pix[at+y*sheet.Stride:][:im.width]
			if i < n {
				copy(line, im.Image(i)[y*im.width:])
			} else {
				clear(line)
			}
		}
	}
	return png.Encode(w, sheet)
}
