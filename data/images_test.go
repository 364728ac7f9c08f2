package data

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/patience"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ramp makes n images of every grey level in turn, with labels.
func ramp(tb testing.TB, n, height, width int) *Images {
	tb.Helper()
	pixels := make([]byte, n*height*width)
	labels := make([]uint8, n)
	for i := range pixels {
		pixels[i] = byte(i)
	}
	for i := range labels {
		labels[i] = uint8(i % 3)
	}
	im, err := NewImages(height, width, pixels, labels, []string{"a", "b", "c"})
	if err != nil {
		tb.Fatal(err)
	}
	return im
}

func all(tb testing.TB, src Source, o Order, size int) [][]float64 {
	tb.Helper()
	var rows [][]float64
	for b, err := range Batches(src, o, size) {
		if err != nil {
			tb.Fatal(err)
		}
		for i := range b.Rows {
			rows = append(rows, slices.Clone(b.Row(i)))
		}
	}
	return rows
}

func TestImagesSource(t *testing.T) {
	im := ramp(t, 50, 3, 4)
	columns := im.Columns()
	if len(columns) != 13 || columns[0].Name != "pixel1" || columns[11].Name != "pixel12" ||
		!cmp.Equal(columns[12], Column{Name: "label", Categories: []string{"a", "b", "c"}}) {
		t.Errorf("columns %v", columns)
	}
	check := func(rows [][]float64, at func(i int) int) {
		t.Helper()
		if len(rows) != 50 {
			t.Fatalf("%d rows", len(rows))
		}
		for k, row := range rows {
			i := at(k)
			for j, v := range row[:12] {
				if want := float64(byte(12*i+j)) / 255; v != want {
					t.Fatalf("image %d, pixel %d is %v, want %v", i, j, v, want)
				}
			}
			if row[12] != float64(i%3) {
				t.Fatalf("image %d has label %v", i, row[12])
			}
		}
	}
	check(all(t, im, Order{}, 7), func(i int) int { return i })
	shuffled := all(t, im, Order{Shuffle: true, Seed: 1}, 7)
	seen := map[int]bool{}
	where := make([]int, 50)
	for k, row := range shuffled {
		i := 0
		for ; math.Round(row[0]*255) != float64(byte(12*i)) || row[12] != float64(i%3); i++ {
		}
		where[k], seen[i] = i, true
	}
	if len(seen) != 50 || slices.IsSorted(where) {
		t.Errorf("shuffled to %v", where)
	}
	check(shuffled, func(k int) int { return where[k] })

	if got := im.ClassCounts(); !cmp.Equal(got, []int{17, 17, 16}) {
		t.Errorf("counts %v", got)
	}
	part := im.Slice(10, 13)
	if part.Rows() != 3 || !bytes.Equal(part.Pixels(), im.Pixels()[120:156]) || !bytes.Equal(part.Labels(), []byte{1, 2, 0}) {
		t.Errorf("images 10 to 12: %v, %v", part.Pixels(), part.Labels())
	}
	bare, err := NewImages(3, 4, im.Pixels(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(bare.Columns()) != 12 || bare.ClassCounts() != nil || len(all(t, bare, Order{}, 0)[0]) != 12 {
		t.Error("images without labels have more than their pixels")
	}
}

// A warm pass allocates nothing, whichever way the pixels come.
func TestImagesAllocations(t *testing.T) {
	im := ramp(t, 1000, 28, 28)
	for name, src := range map[string]Source{"grey": im, "binary": im.BinarizeEachEpoch(1)} {
		pass, err := src.Pass(Order{Shuffle: true})
		if err != nil {
			t.Fatal(err)
		}
		b := Batch{Size: 8}
		next := func() {
			if err := pass.Next(&b); err != nil {
				t.Fatal(err)
			}
		}
		next()
		if n := patience.Allocations(100, next); n != 0 {
			t.Errorf("%s: a batch allocates %v times", name, n)
		}
	}
}

// The frequency of white is the grey level, in one draw of many pixels and in many
// epochs of few. Tests: 2·254 of binomials, alarms at 6.1 standard deviations in place
// of the 5.9 that a rate of 1e-6 allows together.
func TestBinarize(t *testing.T) {
	const n = 256 * 40
	im := ramp(t, n, 8, 8) // every level n·64/256 times
	fixed := im.Binarize(3)
	var draws, white [256]float64
	for i, p := range im.Pixels() {
		draws[p]++
		switch fixed.Pixels()[i] {
		case 255:
			white[p]++
		case 0:
		default:
			t.Fatalf("pixel %d became %d", i, fixed.Pixels()[i])
		}
	}
	test := func(name string) {
		t.Helper()
		if white[0] != 0 || white[255] != draws[255] {
			t.Errorf("%s: black became white %v times, white %v of %v times", name, white[0], white[255], draws[255])
		}
		for p := 1; p < 255; p++ {
			mean := float64(p) / 255
			if z := (white[p] - draws[p]*mean) / math.Sqrt(draws[p]*mean*(1-mean)); math.Abs(z) > 6.1 {
				t.Errorf("%s: level %d became white %v of %v times: %.1f standard deviations off", name, p, white[p], draws[p], z)
			}
		}
	}
	test("fixed")
	few := im.Slice(0, 256)
	draws, white = [256]float64{}, [256]float64{}
	for epoch := range uint64(40) {
		for i, row := range all(t, few.BinarizeEachEpoch(5), Order{Epoch: epoch}, 100) {
			for j, v := range row[:64] {
				p := few.Image(i)[j]
				draws[p]++
				white[p] += v
			}
		}
	}
	test("each epoch")

	if !bytes.Equal(fixed.Labels(), im.Labels()) {
		t.Error("the labels are others")
	}
	// An image's draw depends on the seed and its number alone.
	if !bytes.Equal(im.Slice(0, 5).Binarize(3).Pixels(), fixed.Slice(0, 5).Pixels()) {
		t.Error("the draw depends on how many images there are")
	}
	if bytes.Equal(im.Binarize(4).Pixels(), fixed.Pixels()) {
		t.Error("another seed draws the same")
	}
	if bytes.Equal(fixed.Image(0), fixed.Image(4)) {
		t.Error("images alike are drawn alike")
	}
}

func TestImagesConform(t *testing.T) {
	conform(t, ramp(t, 97, 5, 7))
	conform(t, Digits(50, 1))
	conform(t, ramp(t, 2, 2, 2).Slice(1, 1))
}

func TestBinarizeEachEpoch(t *testing.T) {
	im := ramp(t, 300, 4, 4)
	src := im.BinarizeEachEpoch(9)
	base := all(t, src, Order{Epoch: 2}, 64)
	if !cmp.Equal(all(t, src, Order{Epoch: 2}, 1000), base) {
		t.Error("the size of a batch matters")
	}
	if cmp.Equal(all(t, src, Order{Epoch: 3}, 64), base) {
		t.Error("another epoch has the same draws")
	}
	if cmp.Equal(all(t, im.BinarizeEachEpoch(8), Order{Epoch: 2}, 64), base) {
		t.Error("another seed has the same draws")
	}
	key := func(a, b []float64) int { return slices.Compare(a, b) }
	sorted := slices.SortedFunc(slices.Values(base), key)
	shuffled := all(t, src, Order{Shuffle: true, Seed: 4, Epoch: 2}, 64)
	if cmp.Equal(shuffled, base) {
		t.Error("not shuffled")
	}
	if !cmp.Equal(slices.SortedFunc(slices.Values(shuffled), key), sorted) {
		t.Error("a draw depends on the order of the images")
	}
	// Parts of the source are drawn anew in every epoch as the whole is.
	bare, err := Without(Range(src, 100, 200), "label")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range all(t, bare, Order{Epoch: 2}, 64) {
		if !cmp.Equal(row, base[100+i][:16]) {
			t.Fatalf("image %d of a part is drawn otherwise", i)
		}
	}
	// A pass that skips goes on as one that has read.
	pass, err := src.Pass(Order{Epoch: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Close()
	b := Batch{Size: 10}
	if err := errors.Join(pass.Skip(290), pass.Next(&b)); err != nil || !cmp.Equal(b.Row(3), base[293]) {
		t.Errorf("after skipping: %v", err)
	}
	if err := pass.Next(&b); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestNewImagesErrors(t *testing.T) {
	var config *belief.ConfigError
	for _, size := range [][2]int{{0, 1}, {1, 0}, {-1, -1}, {1 << 11, 1 << 10}, {math.MaxInt, math.MaxInt}} {
		if _, err := NewImages(size[0], size[1], nil, nil, nil); !errors.As(err, &config) {
			t.Errorf("size %v: %v", size, err)
		}
		if _, err := ScaleImages(nil, size[0], size[1], 0, 1); !errors.As(err, &config) {
			t.Errorf("size %v: %v", size, err)
		}
	}
	var value *ValueError
	if _, err := NewImages(1, 1, []byte{0, 0}, []uint8{0, 2}, []string{"a", "b"}); !errors.As(err, &value) || value.Row != 1 {
		t.Error(err)
	}
	if _, err := NewImages(1, 1, nil, []uint8{}, []string{"a", "a"}); !errors.As(err, &config) {
		t.Error(err)
	}
	if _, err := ScaleImages([]float64{0, math.NaN()}, 1, 1, 0, 1); !errors.As(err, &value) || value.Row != 1 || value.Column != "pixel1" {
		t.Error(err)
	}
	for _, r := range [][2]float64{{1, 0}, {0, math.Inf(1)}, {math.NaN(), 1}, {0, math.NaN()}} {
		if _, err := ScaleImages([]float64{0}, 1, 1, r[0], r[1]); !errors.As(err, &config) {
			t.Errorf("from %v to %v: %v", r[0], r[1], err)
		}
	}
	for name, f := range map[string]func(){
		"3 pixels in images of 2": func() { NewImages(1, 2, make([]byte, 3), nil, nil) },
		"1 labels for 2 images":   func() { NewImages(1, 1, make([]byte, 2), []uint8{0}, []string{"a"}) },
	} {
		func() {
			defer func() {
				if r := recover(); r != "data: "+name {
					t.Errorf("panic %v, want %q", r, name)
				}
			}()
			f()
		}()
	}
}

func TestScaleImages(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		low, high float64
		x         []float64
		want      []byte
	}{
		{0, 1, []float64{-3, 0, 0.5, 1, 7, 0.001, 0.003, inf, -inf}, []byte{0, 0, 128, 255, 255, 0, 1, 255, 0}},
		{0, 0, []float64{-1, 0, 1, inf}, []byte{0, 128, 255, 255}},
		{0, 0, []float64{2, 2}, []byte{0, 0}},
		{0, 0, []float64{inf, -inf}, []byte{255, 0}},
		{0, 0, nil, []byte{}},
		{-math.MaxFloat64, math.MaxFloat64, []float64{0, math.MaxFloat64 / 2}, []byte{128, 191}},
	} {
		im, err := ScaleImages(c.x, 1, 1, c.low, c.high)
		if err != nil || !bytes.Equal(im.Pixels(), c.want) {
			t.Errorf("%v from %v to %v: %v, %v; want %v", c.x, c.low, c.high, im.Pixels(), err, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // grey levels survive the way to values and back
		pixels := rapid.SliceOf(rapid.Byte()).Draw(t, "pixels")
		x := make([]float64, len(pixels))
		for i, p := range pixels {
			x[i] = levels[p]
		}
		im, err := ScaleImages(x, 1, 1, 0, 1)
		if err != nil || !bytes.Equal(im.Pixels(), pixels) {
			t.Fatalf("%v became %v, %v", pixels, im.Pixels(), err)
		}
	})
}

func TestWritePNG(t *testing.T) {
	im := ramp(t, 7, 3, 5)
	for columns, want := range map[int]image.Point{0: {17, 11}, 1: {5, 27}, 4: {23, 7}, 7: {41, 3}, 100: {41, 3}} {
		var out bytes.Buffer
		if err := im.WritePNG(&out, columns); err != nil {
			t.Fatal(err)
		}
		sheet, err := png.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		if sheet.Bounds().Size() != want {
			t.Errorf("%d columns: %v, want %v", columns, sheet.Bounds(), want)
			continue
		}
		across := (want.X + 1) / 6
		grey := sheet.(*image.Gray)
		for y := range want.Y {
			for x := range want.X {
				i, level := y/4*across+x/6, byte(96)
				if y%4 != 3 && x%6 != 5 {
					level = 0
					if i < 7 {
						level = im.Image(i)[y%4*5+x%6]
					}
				}
				if got := grey.GrayAt(x, y).Y; got != level {
					t.Fatalf("%d columns: pixel %d, %d is %d, want %d", columns, x, y, got, level)
				}
			}
		}
	}
	var config *belief.ConfigError
	var large *belief.TooLargeError
	if err := im.WritePNG(io.Discard, -1); !errors.As(err, &config) {
		t.Error(err)
	}
	if err := im.Slice(0, 0).WritePNG(io.Discard, 0); !errors.As(err, &config) {
		t.Error(err)
	}
	many, err := NewImages(64, 64, make([]byte, 300<<20), nil, nil) // memory that nobody touches
	if err != nil {
		t.Fatal(err)
	}
	if err := many.WritePNG(io.Discard, 0); !errors.As(err, &large) {
		t.Error(err)
	}
}

// MNIST as published: the numbers of images per class, the first labels, mean and
// standard deviation of the training pixels (0.1307 and 0.3081, as widely used).
func TestMNIST(t *testing.T) {
	train, test, err := MNIST(datadir.Path(t, "mnist"))
	if err != nil {
		t.Fatal(err)
	}
	if got := train.ClassCounts(); !cmp.Equal(got, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}) {
		t.Errorf("training images per class: %v", got)
	}
	if got := test.ClassCounts(); !cmp.Equal(got, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}) {
		t.Errorf("test images per class: %v", got)
	}
	if got := train.Labels()[:10]; !bytes.Equal(got, []byte{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}) {
		t.Errorf("first labels: %v", got)
	}
	if h, w := test.Size(); h != 28 || w != 28 {
		t.Errorf("images of %d×%d", h, w)
	}
	mean, sd := grey(train)
	if math.Abs(mean-0.1307) > 5e-5 || math.Abs(sd-0.3081) > 5e-5 {
		t.Errorf("mean %v, standard deviation %v", mean, sd)
	}
}

func grey(im *Images) (mean, sd float64) {
	var s, ss int
	for _, p := range im.Pixels() {
		s += int(p)
		ss += int(p) * int(p)
	}
	n := float64(len(im.Pixels())) * 255
	mean = float64(s) / n
	return mean, math.Sqrt(float64(ss)/(n*255) - mean*mean)
}

func TestMNISTFiles(t *testing.T) {
	dir := t.TempDir()
	idx := func(a *Array) []byte {
		var b bytes.Buffer
		if err := WriteIDX(&b, a); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	images := idx(&Array{[]int{2, 1, 3}, []uint8{1, 2, 3, 4, 5, 6}})
	labels := idx(&Array{[]int{2}, []uint8{7, 0}})
	write := func(name string, file []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	missing := func(name string) {
		t.Helper()
		_, _, err := MNIST(dir)
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("%v; want that %s is missing", err, name)
		}
	}
	missing("train-images-idx3-ubyte[.gz]")
	write("train-images-idx3-ubyte", images)
	missing("train-labels-idx1-ubyte[.gz]")
	write("train-labels-idx1-ubyte.gz", packed(labels))
	missing("t10k-images-idx3-ubyte[.gz]")
	write("t10k-images-idx3-ubyte.gz", packed(images))
	missing("t10k-labels-idx1-ubyte[.gz]")
	write("t10k-labels-idx1-ubyte", labels)
	train, test, err := MNIST(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range []*Images{train, test} {
		if !bytes.Equal(im.Image(1), []byte{4, 5, 6}) || !bytes.Equal(im.Labels(), []byte{7, 0}) || len(im.Classes()) != 10 {
			t.Errorf("images %v, labels %v of %v", im.Pixels(), im.Labels(), im.Classes())
		}
	}
	file := filepath.Join(dir, "t10k-labels-idx1-ubyte")
	for want, a := range map[string]*Array{
		"3 labels for the 2 images":  {[]int{3}, []uint8{1, 2, 3}},
		"labels are bytes of rank 1": {[]int{2, 1}, []uint8{1, 2}},
		"type []int8":                {[]int{2}, []int8{1, 2}},
	} {
		write("t10k-labels-idx1-ubyte", idx(a))
		var parse *belief.ParseError
		if _, _, err := MNIST(dir); !errors.As(err, &parse) || parse.File != file || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	write("t10k-labels-idx1-ubyte", labels)
	file = filepath.Join(dir, "t10k-images-idx3-ubyte.gz")
	for want, a := range map[string]*Array{
		"images are bytes of rank 3": {[]int{2, 3}, []uint8{1, 2, 3, 4, 5, 6}},
		"type []float32":             {[]int{2, 1, 1}, []float32{1, 2}},
		"size is 3×0":                {[]int{2, 3, 0}, []uint8{}},
	} {
		write("t10k-images-idx3-ubyte.gz", packed(idx(a)))
		var parse *belief.ParseError
		if _, _, err := MNIST(dir); !errors.As(err, &parse) || parse.File != file || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if im, err := ReadImages(filepath.Join(dir, "train-images-idx3-ubyte"), "", Limits{}); err != nil || im.Labels() != nil || im.Rows() != 2 {
		t.Errorf("images without labels: %v", err)
	}
	large := idx(&Array{[]int{10, 10}, []uint8(make([]byte, 100))})
	write("train-labels-idx1-ubyte.gz", large)
	var tooLarge *belief.TooLargeError
	if _, err := ReadImages(filepath.Join(dir, "train-labels-idx1-ubyte.gz"), "", Limits{Memory: 99}); !errors.As(err, &tooLarge) {
		t.Error(err)
	}
}

func BenchmarkBinarizeEachEpoch(b *testing.B) {
	src := ramp(b, 100, 28, 28).BinarizeEachEpoch(1)
	batch := Batch{Size: 100}
	for b.Loop() {
		pass, err := src.Pass(Order{})
		if err != nil {
			b.Fatal(err)
		}
		if err := pass.Next(&batch); err != nil {
			b.Fatal(err)
		}
	}
}
