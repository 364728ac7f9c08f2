//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func paths() []path {
	all := []path{{"generic", &generic32, &generic64}}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, path{"avx2", &avx2x32, &avx2x64})
	}
	return all
}
