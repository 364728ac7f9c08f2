//go:build !purego

package kernel

func paths() []path {
	return []path{
		{"generic", true, &generic32, &generic64},
		{"avx2", hasAVX2, &avx2x32, &avx2x64},
		{"avx512", hasAVX512, &avx512x32, &avx512x64},
	}
}
