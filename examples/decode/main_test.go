package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, ""); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines:\n%s", len(lines), &out)
	}
	// Letters that the words of the grammar have only beside others of their kind go astray.
	if lines[0] != "two states emit the letters aegio and bcdfhklmnpqrstuvwy" {
		t.Errorf("%s", lines[0])
	}
	var right float64
	if _, err := fmt.Sscanf(lines[4], "%f %% of 6000 letters are right", &right); err != nil || right < 95 {
		t.Errorf("%s", lines[4])
	}
}

func TestErrors(t *testing.T) {
	if err := run(context.Background(), new(bytes.Buffer), filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("too short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), new(bytes.Buffer), short); err == nil {
		t.Error("a short text is enough")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer), ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
