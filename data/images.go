package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// Images are grey-level pictures of one size, perhaps with labels, one byte per pixel
// from 0, black, to 255, white. They are a [Source] with a column per pixel, row after
// row from "pixel1", whose values are the grey levels over 255; and, if there are
// labels, a last column "label" of categories, which Without drops.
//
// They are made by [NewImages], [ScaleImages], [ReadImages], [MNIST] and [Digits], do
// not change, and may be used concurrently.
type Images struct {
	height, width int
	pixels        []byte
	labels        []uint8
	classes       []string
	columns       []Column
}

// NewImages makes images of pixels that stand image after image and row after row, of
// labels, one per image, or nil, and of the names of the classes that they count. It
// keeps the slices. Pixels that do not fit the size and labels that do not fit the
// images panic; a label without a class is a [*ValueError].
func NewImages(height, width int, pixels []byte, labels []uint8, classes []string) (*Images, error) {
	if err := checkSize(height, width); err != nil {
		return nil, err
	}
	size := height * width
	if len(pixels)%size != 0 {
		panic(fmt.Sprintf("data: %d pixels in images of %d", len(pixels), size))
	}
	if labels != nil && len(labels) != len(pixels)/size {
		panic(fmt.Sprintf("data: %d labels for %d images", len(labels), len(pixels)/size))
	}
	for i, l := range labels {
		if int(l) >= len(classes) {
			return nil, &ValueError{Column: labelName, Row: i, Value: float64(l), Want: fmt.Sprintf("the index of one of %d classes", len(classes))}
		}
	}
	im := &Images{height: height, width: width, pixels: pixels, labels: labels, classes: classes}
	im.columns = make([]Column, size, size+1)
	for j := range im.columns {
		im.columns[j].Name = pixelName(j)
	}
	if labels != nil {
		im.columns = append(im.columns, Column{Name: labelName, Categories: classes})
	}
	return im, checkColumns(im.columns)
}

const (
	labelName = "label"
	maxPixels = 1 << 20 // of an image; keeps the columns within 64 MiB
)

func pixelName(j int) string { return "pixel" + strconv.Itoa(j+1) }

func checkSize(height, width int) error {
	if height < 1 || width < 1 || height > maxPixels/width {
		return &belief.ConfigError{Field: "size", Value: fmt.Sprintf("%d×%d", height, width), Want: fmt.Sprintf("at least 1×1 and at most %d pixels", maxPixels)}
	}
	return nil
}

// ScaleImages makes images of numbers, such as samples of a model or its weights: low
// becomes black, high white, what lies beyond is cut off. If both are 0, they are the
// least and the greatest of the finite numbers. NaN is a [*ValueError].
func ScaleImages(x []float64, height, width int, low, high float64) (*Images, error) {
	if err := checkSize(height, width); err != nil {
		return nil, err
	}
	auto := low == 0 && high == 0
	if auto {
		low, high = math.MaxFloat64, -math.MaxFloat64
	}
	for i, v := range x {
		if v != v {
			size := height * width
			return nil, &ValueError{Column: pixelName(i % size), Row: i / size, Value: v, Want: "a number"}
		}
		if auto && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if auto && low > high { // nothing is finite
		low, high = 0, 0
	}
	if !(low <= high && low >= -math.MaxFloat64 && high <= math.MaxFloat64) {
		return nil, &belief.ConfigError{Field: "low and high", Value: fmt.Sprintf("%v and %v", low, high), Want: "finite and in this order"}
	}
	pixels := make([]byte, len(x))
	for i, v := range x {
		switch {
		case v <= low:
		case v >= high:
			pixels[i] = 255
		default: // halves, for the difference of large numbers may overflow
			pixels[i] = byte(255*((v/2-low/2)/(high/2-low/2)) + 0.5)
		}
	}
	return NewImages(height, width, pixels, nil, nil)
}

// Size returns the height and the width of every image, in pixels.
func (im *Images) Size() (height, width int) { return im.height, im.width }

// Rows is the number of images.
func (im *Images) Rows() int { return len(im.pixels) / (im.height * im.width) }

// Columns says what stands in the rows. The slice is not to be changed.
func (im *Images) Columns() []Column { return im.columns }

// Pixels returns the grey levels of all images, which are not to be changed.
func (im *Images) Pixels() []byte { return im.pixels }

// Image returns the grey levels of image i, which are not to be changed.
func (im *Images) Image(i int) []byte {
	size := im.height * im.width
	return im.pixels[i*size : (i+1)*size : (i+1)*size]
}

// Labels returns the label of every image, or nil; they are not to be changed.
func (im *Images) Labels() []uint8 { return im.labels }

// Classes returns the names of what the labels count.
func (im *Images) Classes() []string { return im.classes }

// ClassCounts returns how many images every class has, nil without labels.
func (im *Images) ClassCounts() []int {
	if im.labels == nil {
		return nil
	}
	n := make([]int, len(im.classes))
	for _, l := range im.labels {
		n[l]++
	}
	return n
}

// Slice returns the images from number i up to but not including number j. They share
// memory with im.
func (im *Images) Slice(i, j int) *Images {
	part := *im
	size := im.height * im.width
	part.pixels = im.pixels[i*size : j*size : j*size]
	if im.labels != nil {
		part.labels = im.labels[i:j:j]
	}
	return &part
}

// Pass starts a pass over the images.
func (im *Images) Pass(o Order) (Pass, error) { return newRandomPass(im, o) }

// levels are the values of the grey levels.
var levels = func() (v [256]float64) {
	for i := range v {
		v[i] = float64(i) / 255
	}
	return v
}()

func (im *Images) reader(uint64) rowReader {
	size := im.height * im.width
	return func(b *Batch, rows []int) error {
		b.Reshape(len(rows), len(im.columns), false)
		for k, i := range rows {
			x := b.Row(k)
			for j, p := range im.Image(i) {
				x[j] = levels[p]
			}
			if im.labels != nil {
				x[size] = float64(im.labels[i])
			}
		}
		return nil
	}
}

// Binarize draws every pixel once: it becomes white with its grey level, over 255, as
// the probability (Salakhutdinov & Murray 2008). Image i depends on the seed and i
// alone. It is what test images are compared on; for training see
// [Images.BinarizeEachEpoch].
func (im *Images) Binarize(seed uint64) *Images {
	out := *im
	out.pixels = make([]byte, len(im.pixels))
	size := im.height * im.width
	row := make([]float64, size)
	var src rand.PCG
	for i := range im.Rows() {
		stream.Reset(&src, seed, "binarize", uint64(i))
		bernoulli(row, im.Image(i), &src)
		for j, v := range row {
			out.pixels[i*size+j] = byte(255 * v)
		}
	}
	return &out
}

// BinarizeEachEpoch returns a source of the same images whose pixels are drawn anew,
// as in [Images.Binarize], for every [Order].Epoch: values are 0 and 1, labels stay.
// Seed, epoch and the number of the image decide on a draw, and not the order in which
// images come, so that a run that is resumed sees what it would have seen.
func (im *Images) BinarizeEachEpoch(seed uint64) Source { return &redrawn{im, seed} }

type redrawn struct {
	im   *Images
	seed uint64
}

func (r *redrawn) Columns() []Column { return r.im.columns }
func (r *redrawn) Rows() int         { return r.im.Rows() }

func (r *redrawn) Pass(o Order) (Pass, error) { return newRandomPass(r, o) }

func (r *redrawn) reader(epoch uint64) rowReader {
	im, size, src := r.im, r.im.height*r.im.width, new(rand.PCG)
	return func(b *Batch, rows []int) error {
		b.Reshape(len(rows), len(im.columns), false)
		for k, i := range rows {
			x := b.Row(k)
			stream.Reset(src, r.seed, "binarize each epoch", epoch, uint64(i))
			bernoulli(x[:size], im.Image(i), src)
			if im.labels != nil {
				x[size] = float64(im.labels[i])
			}
		}
		return nil
	}
}

// chances are the probabilities of the grey levels in units of 2^−16, which is exact
// for black and white and true to 8e-6 between them.
var chances = func() (v [256]uint64) {
	for i := range v {
		v[i] = (uint64(i)<<16 + 127) / 255
	}
	return v
}()

// bernoulli draws a row of pixels, four of them from each word of the source.
func bernoulli(dst []float64, pixels []byte, src *rand.PCG) {
	var word uint64
	for j, p := range pixels {
		if j&3 == 0 {
			word = src.Uint64()
		}
		dst[j] = float64(int64((word&0xffff - chances[p]) >> 63)) // 1 if less; a branch would be guessed wrongly
		word >>= 16
	}
}
