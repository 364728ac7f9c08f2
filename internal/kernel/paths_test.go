//go:build !amd64 || purego

package kernel

func paths() []path { return []path{{"generic", &generic32, &generic64}} }
