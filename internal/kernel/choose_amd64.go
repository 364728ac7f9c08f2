//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// What this CPU has, with the operating system's support.
var (
	hasAVX2   = cpu.X86.HasAVX2 && cpu.X86.HasFMA
	hasAVX512 = hasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL
)

func init() {
	switch {
	case hasAVX512:
		active32, active64 = &avx512x32, &avx512x64
	case hasAVX2:
		active32, active64 = &avx2x32, &avx2x64
	}
}
