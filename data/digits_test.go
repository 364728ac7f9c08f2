package data

import (
	"bytes"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"runtime"
	"testing"
)

func TestDigitsReproducible(t *testing.T) {
	im := Digits(300, 7)
	if im.Rows() != 300 || len(im.Classes()) != 10 {
		t.Fatalf("%d images of %d classes", im.Rows(), len(im.Classes()))
	}
	more := Digits(1000, 7).Slice(0, 300)
	if !bytes.Equal(im.Pixels(), more.Pixels()) || !bytes.Equal(im.Labels(), more.Labels()) {
		t.Error("the first images depend on how many follow")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	alone := Digits(300, 7)
	if !bytes.Equal(im.Pixels(), alone.Pixels()) || !bytes.Equal(im.Labels(), alone.Labels()) {
		t.Error("the images depend on the number of workers")
	}
	if other := Digits(300, 8); bytes.Equal(im.Labels(), other.Labels()) || bytes.Equal(im.Image(0), other.Image(0)) {
		t.Error("another seed gives the same images")
	}
	if n := Digits(0, 1).Rows(); n != 0 {
		t.Errorf("%d images of none", n)
	}
	// What users reproduce: labels, and the ink but for rounding.
	goldenLabels, goldenInk := []byte{6, 9, 6, 0, 7, 6, 4, 6}, 14192
	if got := Digits(8, 1).Labels(); !bytes.Equal(got, goldenLabels) {
		t.Errorf("labels %v, want %v", got, goldenLabels)
	}
	ink := 0
	for _, p := range Digits(1, 1).Pixels() {
		ink += int(p)
	}
	if ink < goldenInk-20 || ink > goldenInk+20 {
		t.Errorf("the first image has ink %d, want %d", ink, goldenInk)
	}
}

// The images look like those of MNIST: mean and spread of the grey levels, the box of
// 20 pixels that the longer side fills, the centre of mass in the middle.
func TestDigitsLikeMNIST(t *testing.T) {
	const n = 5000
	im := Digits(n, 3)
	if mean, sd := grey(im); math.Abs(mean-0.131) > 0.005 || math.Abs(sd-0.304) > 0.01 {
		t.Errorf("mean %.4f, standard deviation %.4f", mean, sd)
	}
	// Counts are binomial; two-sided at 1e-6 in 10 classes is 5.3 standard deviations.
	for digit, c := range im.ClassCounts() {
		if z := (float64(c) - n/10) / math.Sqrt(n*0.1*0.9); math.Abs(z) > 5.3 {
			t.Errorf("%d images of %d", c, digit)
		}
	}
	light := 0
	for i := range n {
		left, right, top, bottom, mass, mx, my := 28, -1, 28, -1, 0.0, 0.0, 0.0
		for at, p := range im.Image(i) {
			x, y := at%28, at/28
			if p > 127 {
				left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
			}
			mass += float64(p)
			mx += float64(p) * (float64(x) + 0.5)
			my += float64(p) * (float64(y) + 0.5)
			if p > 0 && (x == 0 || y == 0 || x == 27 || y == 27) {
				light++
			}
		}
		if side := max(right-left, bottom-top) + 1; side < 18 || side > 22 {
			t.Fatalf("image %d, a %d, has a longer side of %d", i, im.Labels()[i], side)
		}
		if mx, my := mx/mass, my/mass; math.Abs(mx-14) > 2.5 || math.Abs(my-14) > 2.5 { // where strokes lie on each other, ink is not length
			t.Fatalf("image %d, a %d, has its centre at %.2f, %.2f", i, im.Labels()[i], mx, my)
		}
	}
	if light > n/10 { // of the first 5000 of MNIST 263 are not
		t.Errorf("%d pixels at the rim are not black", light)
	}
}

// The classes can be learnt, and not trivially: of fresh images the nearest of 2000
// neighbours gets 95 to 99.5 %, the nearest class mean much less, and no class is lost.
func TestDigitsDistinct(t *testing.T) {
	train, test := Digits(2000, 1), Digits(250, 2)
	var mean [10][784]float64
	counts := train.ClassCounts()
	for i, l := range train.Labels() {
		for j, p := range train.Image(i) {
			mean[l][j] += float64(p) / float64(counts[l])
		}
	}
	var near, central int
	var right [10]int
	for i, l := range test.Labels() {
		x := test.Image(i)
		best, label := math.MaxInt, uint8(0)
		for k, other := range train.Labels() {
			d := 0
			for j, p := range train.Image(k) {
				e := int(x[j]) - int(p)
				d += e * e
				if j%56 == 55 && d >= best {
					break
				}
			}
			if d < best {
				best, label = d, other
			}
		}
		if label == l {
			near++
			right[l]++
		}
		least, class := math.Inf(1), 0
		for k := range mean {
			d := 0.0
			for j, m := range mean[k] {
				e := float64(x[j]) - m
				d += e * e
			}
			if d < least {
				least, class = d, k
			}
		}
		if class == int(l) {
			central++
		}
	}
	if near < 238 || near > 248 {
		t.Errorf("the nearest neighbour is right about %d of 250", near)
	}
	if central < 150 || central > 225 {
		t.Errorf("the nearest mean is right about %d of 250", central)
	}
	for digit, n := range test.ClassCounts() {
		if float64(right[digit]) < 0.85*float64(n) {
			t.Errorf("of %d, %d of %d are recognized", digit, right[digit], n)
		}
	}
	t.Logf("nearest neighbour %.1f %%, nearest mean %.1f %%", float64(near)/2.5, float64(central)/2.5)
}

// A pen that is warm draws without allocating.
func TestDigitsAllocations(t *testing.T) {
	few := patience.Allocations(3, func() { Digits(256, 1) })
	many := patience.Allocations(3, func() { Digits(384, 1) })
	if many-few > 64 { // the slices of one more pen grow
		t.Errorf("128 more images take %v allocations more", many-few)
	}
}

func BenchmarkDigits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Digits(128, 1) // one chunk, one core
	}
	b.ReportMetric(128*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
