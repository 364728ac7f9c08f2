package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, "", 2); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), &out)
	}
	var pass [2]int
	var wrong [2]float64
	for i, line := range lines[1:] {
		if _, err := fmt.Sscanf(line, "after pass %d %f %% wrong", &pass[i], &wrong[i]); err != nil {
			t.Fatal(err)
		}
	}
	// Chance would be 90 %.
	if pass != [2]int{1, 2} || !(wrong[1] < wrong[0]) || wrong[1] > 8 {
		t.Errorf("the network does not learn:\n%s", &out)
	}
}

func TestErrors(t *testing.T) {
	if err := run(context.Background(), new(bytes.Buffer), t.TempDir(), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without MNIST's files: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer), "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
