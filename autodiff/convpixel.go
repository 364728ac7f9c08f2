package autodiff

import "github.com/belief-go/belief/internal/kernel"

// The orders of a convolution's memory: planes, pixels, patches.

// depth is the number of entries that the kernel sees at a place.
func (c *conv) depth() int { return c.kh * c.kw * c.in }

// width is that of an image with its zeros.
func (c *conv) width() int { return c.w + 2*c.pw }

// span is the number of rows of pixels that so many rows of places see.
func (c *conv) span(rows int) int { return (rows-1)*c.sh + (c.kh-1)*c.dh + 1 }

// runs returns how many runs of memory the kernel sees at a place for each of its
// rows, and how long they are. If there is nothing between its rows, they are one.
func (c *conv) runs() (rows, n, length int) {
	switch {
	case c.dw > 1 && c.kw > 1:
		return c.kh, c.kw, c.in
	case c.dh == 1 && c.width() == c.kw:
		return 1, 1, c.kh * c.kw * c.in
	}
	return c.kh, 1, c.kw * c.in
}

// gatherPatches copies what the kernel sees at each place.
func gatherPatches[T Float](c *conv, patches, pixels []T, rows int) {
	height, n, length := c.runs()
	line := c.width() * c.in
	at := 0
	for y := range rows {
		for x := range c.ow {
			from := y*c.sh*line + x*c.sw*c.in
			for u := range height {
				from := from + u*c.dh*line
				for range n {
					copy(patches[at:at+length], pixels[from:from+length])
					at += length
					from += c.dw * c.in
				}
			}
		}
	}
}

// scatterPatches adds to the pixels what gatherPatches has copied from there.
func scatterPatches[T Float](c *conv, pixels, patches []T, rows int) {
	height, n, length := c.runs()
	line := c.width() * c.in
	at := 0
	for y := range rows {
		for x := range c.ow {
			from := y*c.sh*line + x*c.sw*c.in
			for u := range height {
				from := from + u*c.dh*line
				for range n {
					to, add := pixels[from:from+length], patches[at:at+length]
					if length < 16 {
						for i, v := range add {
							to[i] += v
						}
					} else {
						kernel.Add(to, to, add)
					}
					at += length
					from += c.dw * c.in
				}
			}
		}
	}
}

// orderKernel writes the kernel, in its groups, in the order of patches: a matrix of
// channels × depth, or its transpose.
func orderKernel[T Float](c *conv, dst, k []T, transposed bool) {
	depth, taps := c.depth(), c.kh*c.kw
	for group := range c.groups {
		dst, k := dst[group*c.out*depth:], k[group*c.out*depth:]
		for o := range c.out {
			for i := range c.in {
				from := k[(o*c.in+i)*taps : (o*c.in+i+1)*taps]
				to, step := dst[o*depth+i:], c.in
				if transposed {
					to, step = dst[i*c.out+o:], c.in*c.out
				}
				for tap, v := range from {
					to[tap*step] = v
				}
			}
		}
	}
}

// addKernel adds what is in the order of patches to a group of the kernel.
func addKernel[T Float](c *conv, k, sum []T) {
	depth, taps := c.depth(), c.kh*c.kw
	for o := range c.out {
		for i := range c.in {
			from, to := sum[o*depth+i:], k[(o*c.in+i)*taps:(o*c.in+i+1)*taps]
			for tap := range to {
				to[tap] += from[tap*c.in]
			}
		}
	}
}

// pixelsOf copies n pixels from planes that are so far apart.
func pixelsOf[T Float](pixels, planes []T, apart, channels, n int) {
	if channels == 1 {
		copy(pixels[:n], planes)
		return
	}
	i := 0
	for ; i+4 <= channels; i += 4 {
		a, b := planes[i*apart:i*apart+n], planes[(i+1)*apart:(i+1)*apart+n]
		c, d := planes[(i+2)*apart:(i+2)*apart+n], planes[(i+3)*apart:(i+3)*apart+n]
		to := pixels[i:]
		for p, v := range a {
			q := to[p*channels : p*channels+4 : p*channels+4]
			q[0], q[1], q[2], q[3] = v, b[p], c[p], d[p]
		}
	}
	for ; i < channels; i++ {
		to := pixels[i:]
		for p, v := range planes[i*apart : i*apart+n] {
			to[p*channels] = v
		}
	}
}

// addPlanes adds n pixels to planes that are so far apart.
func addPlanes[T Float](planes []T, apart int, pixels []T, channels, n int) {
	if channels == 1 {
		kernel.Add(planes[:n], planes[:n], pixels[:n])
		return
	}
	i := 0
	for ; i+4 <= channels; i += 4 {
		a, b := planes[i*apart:i*apart+n], planes[(i+1)*apart:(i+1)*apart+n]
		c, d := planes[(i+2)*apart:(i+2)*apart+n], planes[(i+3)*apart:(i+3)*apart+n]
		from := pixels[i:]
		for p := range a {
			q := from[p*channels : p*channels+4 : p*channels+4]
			a[p] += q[0]
			b[p] += q[1]
			c[p] += q[2]
			d[p] += q[3]
		}
	}
	for ; i < channels; i++ {
		from := pixels[i:]
		for p := range n {
			planes[i*apart+p] += from[p*channels]
		}
	}
}

// fillPlanes sets planes of so many entries to the bias of their channel, or zero.
func fillPlanes[T Float](y []T, channels, plane int, bias []T) {
	if bias == nil {
		clear(y)
		return
	}
	for i := 0; i < len(y); i += plane {
		y, v := y[i:i+plane], bias[i/plane%channels]
		for p := range y {
			y[p] = v
		}
	}
}

// mark and release give back what was taken in between.
func (a *arena[E]) mark() arenaMark { return arenaMark{a.used, a.over} }

func (a *arena[E]) release(m arenaMark) {
	if a.over == m.over {
		a.used = m.used
		return
	}
	// The block is of what was taken in between; the next round has a larger one.
	a.peak = max(a.peak, a.over+a.used)
	a.used = 0
}

type arenaMark struct{ used, over int }
