package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	var means, mixture float64
	if _, err := fmt.Sscanf(lines[0], "k-means %f", &means); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(lines[1], "mixture %f", &mixture); err != nil {
		t.Fatal(err)
	}
	if means > 75 || mixture < 98 || !strings.Contains(out.String(), "2 are chosen") {
		t.Errorf("%s", &out)
	}
}
