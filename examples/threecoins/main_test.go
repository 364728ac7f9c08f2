package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	starts := strings.Split(out.String(), "\n\n")
	if len(starts) != 3 {
		t.Fatalf("%d parts:\n%s", len(starts), &out)
	}
	for i, want := range []string{"π = 0.5000  p = 0.6000  q = 0.6000", "π = 0.4064  p = 0.5368  q = 0.6432"} {
		lines := strings.Split(starts[i], "\n")
		if len(lines) < 3 {
			t.Fatalf("start %d:\n%s", i, starts[i])
		}
		for _, line := range lines[1 : len(lines)-1] {
			if !strings.Contains(line, want) || !strings.Contains(line, "log-likelihood -6.730117") {
				t.Errorf("want %s in %s", want, line)
			}
		}
		if !strings.HasSuffix(lines[len(lines)-1], "q = 0.6000") {
			t.Errorf("%s", lines[len(lines)-1])
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
