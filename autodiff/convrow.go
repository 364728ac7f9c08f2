package autodiff

import "github.com/belief-go/belief/internal/kernel"

// Convolution of a few channels: a row of the matrix holds what one entry of the
// kernel sees at all places. In a row of places that is a run of a row of the image.

// overlap returns the places of a row at which entry v of a kernel's row is over the
// image, and where it is at the first of them.
func (c *conv) overlap(v int) (from, to, at int) {
	offset := v*c.dw - c.pw
	if offset < 0 {
		from = min((-offset+c.sw-1)/c.sw, c.ow)
	}
	if room := c.w - 1 - offset; room >= 0 {
		to = min(room/c.sw+1, c.ow)
	}
	return from, max(from, to), from*c.sw + offset
}

// gatherRows makes the matrix of depth × places.
func (j *convJob[T]) gatherRows(b, images, group, row, rows int, matrix []T) {
	for i := range j.in {
		for u := range j.kh {
			for v := range j.kw {
				from, to, at := j.overlap(v)
				for image := range images {
					x := j.x[(((b+image)*j.groups+group)*j.in+i)*j.h*j.w:]
					for y := row; y < row+rows; y++ {
						dst := matrix[:j.ow]
						matrix = matrix[j.ow:]
						line := y*j.sh + u*j.dh - j.ph
						if line < 0 || line >= j.h || from == to {
							clear(dst)
							continue
						}
						clear(dst[:from])
						clear(dst[to:])
						src := x[line*j.w+at:]
						if j.sw == 1 {
							copy(dst[from:to], src)
							continue
						}
						for p := range dst[from:to] {
							dst[from+p] = src[p*j.sw]
						}
					}
				}
			}
		}
	}
}

// scatterRows adds to the images what gatherRows has copied from there.
func (j *convJob[T]) scatterRows(b, images, group, row, rows int, matrix []T) {
	for i := range j.in {
		for u := range j.kh {
			for v := range j.kw {
				from, to, at := j.overlap(v)
				for image := range images {
					x := j.x[(((b+image)*j.groups+group)*j.in+i)*j.h*j.w:]
					for y := row; y < row+rows; y++ {
						add := matrix[from:to]
						matrix = matrix[j.ow:]
						line := y*j.sh + u*j.dh - j.ph
						if line < 0 || line >= j.h || from == to {
							continue
						}
						dst := x[line*j.w+at:]
						if j.sw == 1 {
							kernel.Add(dst[:len(add)], dst[:len(add)], add)
							continue
						}
						for p, v := range add {
							dst[p*j.sw] += v
						}
					}
				}
			}
		}
	}
}
