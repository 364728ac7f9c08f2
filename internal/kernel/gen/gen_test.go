package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The assembly in the tree is what the generator writes.
func TestUpToDate(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what gen writes: run go generate ./internal/kernel", name)
		}
	}
}
