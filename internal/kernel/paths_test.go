//go:build !amd64 || purego

package kernel

func paths() []path { return []path{{"generic", true, &generic32, &generic64}} }
