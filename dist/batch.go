package dist

// batchTo writes dst piece by piece: part gets pieces of dst and x, and room of their
// length for what the loops of package kernel compute at once. It may write dst[i]
// once it has read x[i], as they may be the same.
func batchTo(dst, x []float64, part func(dst, x, y, z []float64)) {
	b := batchBuffers.Get().(*batchBuffer)
	defer batchBuffers.Put(b)
	for len(x) > 0 {
		n := min(len(x), batchRows)
		part(dst[:n], x[:n], b[0][:n], b[1][:n])
		dst, x = dst[n:], x[n:]
	}
}
