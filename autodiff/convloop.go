package autodiff

import (
	"context"

	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
)

// The loops of convolution. Images are copied, some at a time, from planes to pixels
// with all channels side by side and zeros around, so that what the kernel sees of
// one place are a few runs of memory; these become the rows of a matrix, a patch each.
// If the runs would be short, what an entry of the kernel sees becomes a row instead.

const (
	convEntries  = 1 << 18 // of a matrix of patches, about
	convPlaces   = 1 << 11 // its rows, at most
	convParts    = 4       // in which the gradient of a kernel is summed, at most
	convParallel = 1 << 18 // multiplications, below which goroutines do not pay
	convNarrow   = 16      // channels, below which a product has them as its rows
)

// convJob is one of the three maps over a batch. Its work is divided into parts by the
// sizes alone.
type convJob[T Float] struct {
	conv
	kind   int
	x      []T  // images, read or added to
	g      []T  // results, read or added to
	short  bool // runs: the matrix has the kernel's entries as its rows
	kernel []T  // ordered as the patches are
	sums   []T  // gradients of the kernel, one for each part of each group
	images int  // of a product
	rows   int  // of places of each image, in a product
	parts  int  // of each group
	inner  int  // workers of a product

	pixels, patches, result int // sizes of a worker's memory
}

const (
	convForward = iota
	convInputGrad
	convKernelGrad
)

// convolve adds the convolution of x, and the bias, to y, which is fresh or not.
func convolve[T Float](t *Tape[T], c conv, x, k, y, bias []T, add bool) {
	if !add {
		fillPlanes(y, c.groups*c.out, c.oh*c.ow, bias)
	}
	mark := t.values.mark()
	j := newConvJob(c, convForward, x, y)
	j.setKernel(t, k, c.out >= convNarrow)
	j.do(t)
	t.values.release(mark)
}

// convolveInput adds to dx the gradient in x of a convolution whose result has gradient g.
func convolveInput[T Float](t *Tape[T], c conv, g, k, dx []T) {
	mark := t.values.mark()
	j := newConvJob(c, convInputGrad, dx, g)
	j.setKernel(t, k, false)
	j.do(t)
	t.values.release(mark)
}

// convolveKernel adds to dk the gradient in the kernel.
func convolveKernel[T Float](t *Tape[T], c conv, x, g, dk []T) {
	if c.batch == 0 || len(dk) == 0 {
		return
	}
	mark := t.values.mark()
	j := newConvJob(c, convKernelGrad, x, g)
	j.parts = max(1, min(j.parts, convParts, 1<<22/len(dk)))
	one := c.out * c.depth()
	j.sums = t.values.take(j.parts * len(dk))
	j.do(t)
	for group := range c.groups {
		sums := j.sums[group*j.parts*one : (group+1)*j.parts*one]
		for i := one; i < len(sums); i += one {
			kernel.Add(sums[:one], sums[:one], sums[i:i+one])
		}
		if dk := dk[group*one : (group+1)*one]; j.short {
			kernel.Add(dk, dk, sums[:one])
		} else {
			addKernel(&c, dk, sums[:one])
		}
	}
	t.values.release(mark)
}

func newConvJob[T Float](c conv, kind int, x, g []T) convJob[T] {
	j := convJob[T]{conv: c, kind: kind, x: x, g: g, rows: c.oh}
	j.short = c.kw*c.in < 8 && c.ow >= 8
	places := min(convPlaces, max(32, convEntries/max(1, c.depth())))
	if j.images = places / (c.oh * c.ow); j.images == 0 {
		j.images, j.rows = 1, max(1, places/c.ow)
	}
	j.parts = max(1, (c.batch+j.images-1)/j.images)
	j.images = min(j.images, (c.batch+j.parts-1)/j.parts)
	return j
}

// setKernel takes the kernel in the order of patches, or its transpose.
func (j *convJob[T]) setKernel(t *Tape[T], k []T, transposed bool) {
	if j.kernel = k; !j.short {
		j.kernel = t.values.take(len(k))
		orderKernel(&j.conv, j.kernel, k, transposed)
	}
}

// do runs the parts of all groups.
func (j *convJob[T]) do(t *Tape[T]) {
	if j.batch == 0 || j.in == 0 || j.out == 0 {
		return
	}
	total := j.parts * j.groups
	workers := parallel.Workers(t.Workers)
	if float64(len(j.g))*float64(j.depth()) < convParallel {
		workers = 1
	}
	j.inner = max(1, workers/total)
	workers = min(workers, total)
	places := j.images * j.rows * j.ow
	if !j.short {
		j.pixels = j.span(j.rows) * j.width() * j.in
	}
	j.patches, j.result = places*j.depth(), places*j.out
	own := j.pixels + j.patches + j.result
	memory := t.values.take(workers * own)
	if workers == 1 {
		for i := range total {
			j.part(i, memory)
		}
		return
	}
	shared := *j // on the heap, which small convolutions are spared
	err := parallel.For(context.Background(), workers, workers, func(worker int) error {
		for i := worker; i < total; i += workers {
			shared.part(i, memory[worker*own:(worker+1)*own])
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
}

// part does one part of one group, in products of so many places.
func (j *convJob[T]) part(i int, memory []T) {
	pixels, patches, result := memory[:j.pixels], memory[j.pixels:j.pixels+j.patches], memory[j.pixels+j.patches:]
	group, part := i/j.parts, i%j.parts
	to := (part + 1) * j.batch / j.parts
	beta := T(0)
	for b := part * j.batch / j.parts; b < to; b += j.images {
		images := min(j.images, to-b)
		for row := 0; row < j.oh; row += j.rows {
			rows := min(j.rows, j.oh-row)
			switch j.kind {
			case convForward:
				j.forward(b, images, group, row, rows, pixels, patches, result)
			case convInputGrad:
				j.inputGrad(b, images, group, row, rows, pixels, patches, result)
			case convKernelGrad:
				j.kernelGrad(b, images, group, row, rows, pixels, patches, result, j.sums[i*j.out*j.depth():], beta)
				beta = 1
			}
		}
	}
}

func (j *convJob[T]) forward(b, images, group, row, rows int, pixels, patches, result []T) {
	n, depth := images*rows*j.ow, j.depth()
	k, byPlace := j.kernel[group*j.out*depth:], false
	if j.short {
		j.gatherRows(b, images, group, row, rows, patches)
		kernel.Gemm(false, false, j.out, n, depth, 1, k, depth, patches, n, 0, result, n, j.inner)
	} else {
		j.unfold(b, images, group, row, rows, pixels, patches)
		if byPlace = j.out >= convNarrow; byPlace {
			kernel.Gemm(false, false, n, j.out, depth, 1, patches, depth, k, j.out, 0, result, j.out, j.inner)
		} else {
			kernel.Gemm(false, true, j.out, n, depth, 1, k, depth, patches, depth, 0, result, n, j.inner)
		}
	}
	plane, places := j.oh*j.ow, rows*j.ow
	for i := range images {
		y := j.g[((b+i)*j.groups+group)*j.out*plane+row*j.ow:]
		if byPlace {
			addPlanes(y, plane, result[i*places*j.out:], j.out, places)
			continue
		}
		for o := range j.out {
			y, r := y[o*plane:o*plane+places], result[o*n+i*places:o*n+(i+1)*places]
			kernel.Add(y, y, r)
		}
	}
}

func (j *convJob[T]) inputGrad(b, images, group, row, rows int, pixels, patches, result []T) {
	n, depth := images*rows*j.ow, j.depth()
	g, ld := j.results(b, images, group, row, rows, result)
	k := j.kernel[group*j.out*depth:]
	if j.short {
		kernel.Gemm(true, false, depth, n, j.out, 1, k, depth, g, ld, 0, patches, n, j.inner)
		j.scatterRows(b, images, group, row, rows, patches)
		return
	}
	kernel.Gemm(true, false, n, depth, j.out, 1, g, ld, k, depth, 0, patches, depth, j.inner)
	for i := range images {
		clear(pixels)
		scatterPatches(&j.conv, pixels, patches[i*rows*j.ow*depth:], rows)
		x := j.x[((b+i)*j.groups+group)*j.in*j.h*j.w:]
		first, span := row*j.sh-j.ph, j.span(rows)
		for y := max(0, first); y < min(first+span, j.h); y++ {
			addPlanes(x[y*j.w:], j.h*j.w, pixels[((y-first)*j.width()+j.pw)*j.in:], j.in, j.w)
		}
	}
}

func (j *convJob[T]) kernelGrad(b, images, group, row, rows int, pixels, patches, result, sum []T, beta T) {
	n, depth := images*rows*j.ow, j.depth()
	g, ld := j.results(b, images, group, row, rows, result)
	if j.short {
		j.gatherRows(b, images, group, row, rows, patches)
		kernel.Gemm(false, true, j.out, depth, n, 1, g, ld, patches, n, beta, sum, depth, j.inner)
		return
	}
	j.unfold(b, images, group, row, rows, pixels, patches)
	kernel.Gemm(false, false, j.out, depth, n, 1, g, ld, patches, depth, beta, sum, depth, j.inner)
}

// results returns a matrix of the results' channels and places, and its stride.
func (j *convJob[T]) results(b, images, group, row, rows int, memory []T) (g []T, ld int) {
	plane, places := j.oh*j.ow, rows*j.ow
	from := (b*j.groups+group)*j.out*plane + row*j.ow
	if images == 1 {
		return j.g[from:], plane
	}
	n := images * places
	for i := range images {
		g := j.g[from+i*j.groups*j.out*plane:]
		for o := range j.out {
			copy(memory[o*n+i*places:o*n+(i+1)*places], g[o*plane:])
		}
	}
	return memory, n
}

// unfold makes the matrix of patches.
func (j *convJob[T]) unfold(b, images, group, row, rows int, pixels, patches []T) {
	width := j.width()
	first, span := row*j.sh-j.ph, j.span(rows)
	for i := range images {
		x := j.x[((b+i)*j.groups+group)*j.in*j.h*j.w:]
		from, to := min(max(0, first), j.h), max(0, min(first+span, j.h))
		clear(pixels[:min(max(0, from-first), span)*width*j.in])
		clear(pixels[max(0, min(to-first, span))*width*j.in : span*width*j.in])
		switch {
		case from >= to:
			clear(pixels[:span*width*j.in])
		case j.pw == 0:
			pixelsOf(pixels[(from-first)*width*j.in:], x[from*j.w:], j.h*j.w, j.in, (to-from)*j.w)
		default:
			for y := from; y < to; y++ {
				line := pixels[(y-first)*width*j.in : (y-first+1)*width*j.in]
				clear(line[:j.pw*j.in])
				clear(line[(j.pw+j.w)*j.in:])
				pixelsOf(line[j.pw*j.in:], x[y*j.w:], j.h*j.w, j.in, j.w)
			}
		}
		gatherPatches(&j.conv, patches[i*rows*j.ow*j.depth():], pixels, rows)
	}
}
