package stream

import "math/rand/v2"

// New returns the stream of the given purpose and index under a seed. Seed 0 is
// a fixed stream like any other, never the clock.
func New(seed uint64, purpose string, index ...uint64) *rand.Rand {
	src := rand.NewPCG(0, 0)
	Reset(src, seed, purpose, index...)
	return rand.New(src)
}

// Reset makes src the source of the stream that New returns, without allocating.
// A long run that has a stream for every step can be resumed at any of them.
func Reset(src *rand.PCG, seed uint64, purpose string, index ...uint64) {
	h := mix(seed ^ 0x9e3779b97f4a7c15)
	for i := 0; i < len(purpose); i++ {
		h = mix(h ^ uint64(purpose[i]))
	}
	h = mix(h ^ uint64(len(purpose))<<32)
	for _, i := range index {
		h = mix(h + mix(i))
	}
	src.Seed(h, mix(h+0x9e3779b97f4a7c15))
}

// mix is the finalizer of SplitMix64 (Steele, Lea & Flood 2014), a bijection of
// the 64-bit words in which every input bit moves every output bit.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
