package data

// Handwritten digits without a download: a pen follows a skeleton whose knots are
// moved a little, the plane is slanted, turned, stretched and bent by slow waves, and
// what the pen leaves is fitted to the box and centred as in MNIST, whose digits stand
// in 20×20 pixels with the centre of mass in the middle of 28×28.

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

const (
	digitSide = 28
	digitBox  = 20.0 // what the larger side of a digit fills
	maxDigits = 1 << (16 + bits.UintSize/8)
	perSpan   = 5 // straight pieces between two knots
)

// Digits draws n images of handwritten digits, 28×28 grey levels, white on black, with
// labels 0 to 9, every one as likely as the others. They stand in for MNIST where
// nothing can be downloaded: size, position and grey levels are alike (mean 0.131,
// standard deviation 0.300; MNIST's are 0.131 and 0.308), and they are easier to tell
// apart (nearest of 2000 neighbours: 98 % right; MNIST 87 %).
//
// Image i depends on the seed and i alone, so that Digits(n, seed) are the first images
// of Digits(m, seed) with a larger m; for a test set take another seed. Between kinds
// of CPU a grey level may differ by a rounding. A negative n panics, and so does one
// over 2²⁴, or 2²⁰ where addresses have 32 bits, whose pixels take 13 GB. All cores share
// the work, and each draws some 40,000 images per second.
func Digits(n int, seed uint64) *Images {
	const size, chunk = digitSide * digitSide, 128
	if n < 0 || n > maxDigits {
		panic(fmt.Sprintf("data: %d digits; at least 0 and at most %d can be had", n, maxDigits))
	}
	pixels, labels := make([]byte, n*size), make([]uint8, n)
	err := parallel.For(context.Background(), (n+chunk-1)/chunk, 0, func(c int) error {
		var (
			src rand.PCG
			p   pen
			r   = rand.New(&src)
		)
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			stream.Reset(&src, seed, "digits", uint64(i))
			labels[i] = uint8(r.IntN(10))
			p.draw(pixels[i*size:(i+1)*size], int(labels[i]), r)
		}
		return nil
	})
	if err == nil {
		var im *Images
		im, err = NewImages(digitSide, digitSide, pixels, labels, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"})
		if err == nil {
			return im
		}
	}
	panic("data: " + err.Error()) // neither can fail
}

// A pen has the path of one digit.
type pen struct {
	x, y   []float64 // points of the path
	lifted []bool    // the pen is lifted before the point
	knots  []knot    // of a stroke, moved
}

// draw draws a digit on a black image.
func (p *pen) draw(dst []byte, digit int, r *rand.Rand) {
	ways := glyphs()[digit]
	p.trace(ways[r.IntN(len(ways))], r)
	p.bend(r)
	radius := min(2.2, max(0.55, 1.15*math.Exp(0.25*r.NormFloat64())))
	p.fit(radius)
	p.ink(dst, radius, r)
}

// trace follows the strokes with a spline of Catmull & Rom (1974) through knots that
// are moved a little.
func (p *pen) trace(g glyph, r *rand.Rand) {
	const jitter = 0.036
	p.x, p.y, p.lifted = p.x[:0], p.y[:0], p.lifted[:0]
	for _, stroke := range g {
		p.knots = append(p.knots[:0], stroke...)
		for i := range p.knots {
			p.knots[i].x += jitter * r.NormFloat64()
			p.knots[i].y += jitter * r.NormFloat64()
		}
		k := p.knots
		p.point(k[0].x, k[0].y, true)
		for i := 0; i+1 < len(k); i++ {
			a, b := k[i], k[i+1]
			before, after := a, b // at ends and corners the curve straightens
			if i > 0 && !a.corner {
				before = k[i-1]
			}
			if i+2 < len(k) && !b.corner {
				after = k[i+2]
			}
			for s := 1; s <= perSpan; s++ {
				t := float64(s) / perSpan
				t2, t3 := t*t, t*t*t
				ca, cb, cc, cd := -t3+2*t2-t, 3*t3-5*t2+2, -3*t3+4*t2+t, t3-t2
				p.point((ca*before.x+cb*a.x+cc*b.x+cd*after.x)/2, (ca*before.y+cb*a.y+cc*b.y+cd*after.y)/2, false)
			}
		}
	}
}

func (p *pen) point(x, y float64, lifted bool) {
	p.x, p.y, p.lifted = append(p.x, x), append(p.y, y), append(p.lifted, lifted)
}

// bend moves the points as a hand does: a slant, a turn, a stretch, and slow waves.
func (p *pen) bend(r *rand.Rand) {
	var (
		slant   = 0.12 + 0.25*r.NormFloat64()
		sin     = math.Sin(0.12 * r.NormFloat64())
		cos     = math.Sqrt(1 - sin*sin)
		stretch = 1.0 * math.Exp(0.18*r.NormFloat64())
		wave    [2]struct{ size, fx, fy, phase float64 }
	)
	for i := range wave {
		w := &wave[i]
		w.size = 0.06 * r.NormFloat64()
		w.fx, w.fy = 5*r.Float64(), 5*r.Float64()
		w.phase = 2 * math.Pi * r.Float64()
	}
	for i := range p.x {
		x, y := p.x[i]-0.5, p.y[i]-0.5
		dx := wave[0].size * math.Sin(wave[0].fx*x+wave[0].fy*y+wave[0].phase)
		dy := wave[1].size * math.Sin(wave[1].fx*x+wave[1].fy*y+wave[1].phase)
		x, y = (x+dx)*stretch-slant*(y+dy), y+dy
		p.x[i], p.y[i] = cos*x-sin*y, sin*x+cos*y
	}
}

// fit scales the path so that its ink fills the box, and puts its centre of mass into
// the middle of the image.
func (p *pen) fit(radius float64) {
	left, right, top, bottom := p.x[0], p.x[0], p.y[0], p.y[0]
	var length, mx, my float64
	for i := range p.x {
		left, right = min(left, p.x[i]), max(right, p.x[i])
		top, bottom = min(top, p.y[i]), max(bottom, p.y[i])
		if p.lifted[i] {
			continue
		}
		dx, dy := p.x[i]-p.x[i-1], p.y[i]-p.y[i-1]
		l := math.Sqrt(dx*dx + dy*dy)
		length += l
		mx += l * (p.x[i] + p.x[i-1]) / 2
		my += l * (p.y[i] + p.y[i-1]) / 2
	}
	scale := (digitBox - 2*radius) / max(right-left, bottom-top)
	mx, my = mx/length, my/length
	// Not so far from the middle of the box that ink would leave the image.
	const far = 2.9
	mx = min((left+right)/2+far/scale, max((left+right)/2-far/scale, mx))
	my = min((top+bottom)/2+far/scale, max((top+bottom)/2-far/scale, my))
	for i := range p.x {
		p.x[i] = (p.x[i]-mx)*scale + digitSide/2
		p.y[i] = (p.y[i]-my)*scale + digitSide/2
	}
}

// ink draws the path. The grey level of a pixel falls with the distance of its centre
// from the path, over the edge of the stroke. The pen presses more here and less there.
func (p *pen) ink(dst []byte, radius float64, r *rand.Rand) {
	const edge = 0.65 // half of the width over which white becomes black
	pressure, phase := 0.2*r.Float64(), 2*math.Pi*r.Float64()
	for i := range p.x {
		if p.lifted[i] {
			continue
		}
		half := radius * (1 + pressure*math.Sin(phase+0.15*float64(i)))
		inner, outer := max(0, half-edge), half+edge
		inner2, outer2 := inner*inner, outer*outer
		ax, ay := p.x[i-1], p.y[i-1]
		dx, dy := p.x[i]-ax, p.y[i]-ay
		norm := 1 / max(dx*dx+dy*dy, 1e-12)
		// Pixel (u, v) has its centre at (u+½, v+½).
		u0, u1 := span(ax, dx, outer)
		v0, v1 := span(ay, dy, outer)
		for v := v0; v < v1; v++ {
			qy := float64(v) + 0.5 - ay
			row := dst[v*digitSide:][:digitSide]
			for u := u0; u < u1; u++ {
				if row[u] == 255 {
					continue
				}
				qx := float64(u) + 0.5 - ax
				t := (qx*dx + qy*dy) * norm
				if t < 0 {
					t = 0
				} else if t > 1 {
					t = 1
				}
				ex, ey := qx-t*dx, qy-t*dy
				d2 := ex*ex + ey*ey
				if d2 >= outer2 {
					continue
				}
				level := byte(255)
				if d2 > inner2 {
					level = byte(255*((outer-math.Sqrt(d2))/(outer-inner)) + 0.5)
				}
				if level > row[u] {
					row[u] = level
				}
			}
		}
	}
}

// span gives the pixels within the given distance of a piece of path, along one axis.
func span(a, d, reach float64) (from, to int) {
	low, high := min(a, a+d)-reach, max(a, a+d)+reach
	return max(0, int(math.Floor(low))), min(digitSide, int(math.Ceil(high)))
}
