package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
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

// Every return is behind VZEROUPPER: what follows may be code for shorter vectors.
func TestZeroUpper(t *testing.T) {
	returns := regexp.MustCompile(`(?m)^.*\n\tRET$`)
	for name, text := range files() {
		for _, r := range returns.FindAll(text, -1) {
			if !bytes.Contains(r, []byte("VZEROUPPER")) {
				t.Errorf("%s returns after %q", name, r)
			}
		}
	}
}
